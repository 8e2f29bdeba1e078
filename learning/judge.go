package learning

import (
	"github.com/bareme/bareme/learning/metrics"
)

// Judged is how probabilities, or a score made into some, did on rows they were not learnt from.
type Judged struct {
	Name       string             `json:"name"`
	Rows       int                `json:"rows"`
	Events     int                `json:"events"`
	Rank       metrics.Ranked     `json:"rank"`
	Loss       metrics.Loss       `json:"loss"`
	BaseLoss   float64            `json:"base_loss"` // log-loss of giving everybody the share that converted in these rows
	Gain       metrics.Gain       `json:"gain"`      // of log-loss against that
	Calibrated metrics.Calibrated `json:"calibration"`
	Gains      []metrics.Step     `json:"gains"`
}

// Beats reports whether the gain in log-loss over the base rate is more than two standard errors.
func (j *Judged) Beats() bool { return j.Gain.Mean > 0 && j.Gain.Mean > surely*j.Gain.SE }

// judge ranks by score and takes p at its word.
func judge(name string, score, p []float64, converted []bool) (Judged, error) {
	j := Judged{Name: name, Rows: len(converted)}
	for _, c := range converted {
		if c {
			j.Events++
		}
	}
	base := make([]float64, len(converted))
	for i := range base {
		base[i] = float64(j.Events) / float64(j.Rows)
	}
	var err error
	if j.Rank, err = metrics.Rank(score, converted); err != nil {
		return j, err
	}
	if j.Loss, err = metrics.Losses(p, converted); err != nil {
		return j, err
	}
	if j.Gain, err = metrics.Better(p, base, converted); err != nil {
		return j, err
	}
	j.BaseLoss = j.Loss.LogLoss + j.Gain.Mean
	if j.Calibrated, err = metrics.Calibrate(p, converted); err != nil {
		return j, err
	}
	j.Gains, err = metrics.Gains(score, converted)
	return j, err
}
