package metrics

import (
	"fmt"
	"math"
)

// floor keeps a probability off 0 and 1, where one surprise would cost infinitely much.
const floor = 1e-15

// Loss is how far probabilities are from what happened.
type Loss struct {
	LogLoss float64 `json:"log_loss"` // mean of -ln(probability given to what happened), in nats
	Brier   float64 `json:"brier"`    // mean squared distance (G. Brier, Monthly Weather Review 78, 1950)
}

// Losses judges probabilities.
func Losses(p []float64, converted []bool) (Loss, error) {
	each, err := RowLosses(p, converted)
	if err != nil {
		return Loss{}, err
	}
	l := Loss{LogLoss: mean(each)}
	for i := range p {
		d := p[i] - bit(converted[i])
		l.Brier += d * d / float64(len(p))
	}
	return l, nil
}

// RowLosses is the log-loss of each row.
func RowLosses(p []float64, converted []bool) ([]float64, error) {
	if err := numbers(p, converted); err != nil {
		return nil, err
	}
	out := make([]float64, len(p))
	for i, v := range p {
		if v < 0 || v > 1 {
			return nil, fmt.Errorf("%w: the probability of row %d is %g", ErrJudge, i+1, v)
		}
		v = min(1-floor, max(floor, v))
		if converted[i] {
			out[i] = -math.Log(v)
		} else {
			out[i] = -math.Log1p(-v)
		}
	}
	return out, nil
}

// Gain is by how much, and how surely, probabilities beat another set of them on the same rows.
type Gain struct {
	Mean float64 `json:"mean"` // log-loss of the other less ours; above 0 ours is better
	SE   float64 `json:"se"`   // its standard error, rows taken in pairs
}

// Better compares the log-loss of two sets of probabilities.
func Better(ours, other []float64, converted []bool) (Gain, error) {
	a, err := RowLosses(ours, converted)
	if err != nil {
		return Gain{}, err
	}
	b, err := RowLosses(other, converted)
	if err != nil {
		return Gain{}, err
	}
	d := minus(b, a)
	return Gain{Mean: mean(d), SE: math.Sqrt(covariance(d, d) / float64(len(d)))}, nil
}

func bit(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
