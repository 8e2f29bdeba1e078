package worker

import (
	"errors"
	"fmt"
	"math"

	"github.com/bareme/bareme/learning"
	"github.com/bareme/bareme/learning/metrics"
	"github.com/bareme/bareme/scoring"
)

// ErrNoLearntScore says that the model in force has no learnt score to calibrate.
var ErrNoLearntScore = errors.New("the model has no learnt score that is known of these people")

// Calibrated is what makes true probabilities of points that were edited by hand.
type Calibrated struct {
	Rows        int                     `json:"rows"`
	Events      int                     `json:"events"`
	Probability scoring.ProbabilitySpec `json:"probability"`
	Calibration metrics.Calibrated      `json:"calibration"` // on the same people
	Rank        metrics.Ranked          `json:"rank"`
}

// Calibrate fits intercept and slope to the points as they stand, and nothing else, on everybody whose outcome is known.
func Calibrate(h *History) (*Calibrated, error) {
	var x []float64
	var converted []bool
	out := &Calibrated{}
	for i, o := range h.Table.Outcomes {
		if o == learning.Unknown || math.IsNaN(h.Learnt[i]) {
			continue
		}
		x, converted = append(x, h.Learnt[i]), append(converted, o == learning.Yes)
		if o == learning.Yes {
			out.Events++
		}
	}
	const fewest = 40
	out.Rows = len(x)
	switch {
	case out.Rows == 0:
		return nil, ErrNoLearntScore
	case min(out.Events, out.Rows-out.Events) < fewest:
		return nil, fmt.Errorf("%w: %d converted and %d did not, and it takes %d of each", learning.ErrTooFew, out.Events, out.Rows-out.Events, fewest)
	}
	out.Probability.Intercept, out.Probability.Slope = metrics.Line(x, converted)
	p := make([]float64, len(x))
	for i := range x {
		p[i] = metrics.Sigmoid(out.Probability.Intercept + out.Probability.Slope*x[i])
	}
	var err error
	if out.Calibration, err = metrics.Calibrate(p, converted); err != nil {
		return nil, err
	}
	out.Rank, err = metrics.Rank(x, converted)
	return out, err
}
