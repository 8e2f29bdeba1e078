package main

import (
	"math"

	"github.com/bareme/bareme/learning/metrics"
)

// calibrated is probabilities of every other row as they were said, and as two ways to calibrate make them that learnt from
// the rows in between.
type calibrated struct {
	intercept, slope float64
	isotonic         *metrics.Isotonic
	came             []bool
	raw, line, steps []float64
}

// calibrations learns from the even rows and applies to the odd ones.
func calibrations(p []float64, came []bool) (*calibrated, error) {
	var fit, logits []float64
	var outcome []bool
	out := &calibrated{}
	for i, v := range p {
		if i%2 == 0 {
			fit, logits, outcome = append(fit, v), append(logits, logit(v)), append(outcome, came[i])
		} else {
			out.raw, out.came = append(out.raw, v), append(out.came, came[i])
		}
	}
	var err error
	if out.isotonic, err = metrics.FitIsotonic(fit, outcome); err != nil {
		return nil, err
	}
	out.intercept, out.slope = metrics.Line(logits, outcome)
	for _, v := range out.raw {
		out.line = append(out.line, metrics.Sigmoid(out.intercept+out.slope*logit(v)))
		out.steps = append(out.steps, out.isotonic.At(v))
	}
	return out, nil
}

func logit(p float64) float64 { return math.Log(p) - math.Log1p(-p) }

// again prints what it would be worth to calibrate once more.
func (o *printer) again(p []float64, came []bool) error {
	c, err := calibrations(p, came)
	if err != nil {
		return err
	}
	var losses []any
	for _, list := range [][]float64{c.raw, c.line, c.steps} {
		loss, err := metrics.Losses(list, c.came)
		if err != nil {
			return err
		}
		losses = append(losses, loss.LogLoss)
	}
	o.line("  calibrated once more on every other of these rows, log-loss on the rest: %.4f as it is, %.4f by a line, %.4f by isotonic steps", losses...)
	return nil
}
