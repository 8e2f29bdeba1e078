package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/bareme/bareme/learning/metrics"
	"github.com/bareme/bareme/learning/scorecard"
)

// onRecord is what is on record of some probabilities.
type onRecord struct {
	LogLoss float64
	Brier   float64
	AUC     float64
	ECE     float64 `json:"ece10"`
}

// TestCalibrationOfTelco: the rows of the test in their order, every other one calibrated on and the rest judged, against
// what is on record for logistic regression. It alone can be made again to the digits that tell: it has one solution. Naive
// Bayes, the weights of evidence and boosting on record have no rows and no recipe with them, and boosting differs from
// version to version. The solver on record stopped some hundred thousandths short of the solution, which turns a few neighbours
// round: hence the tolerances, and steps are compared by what they say, not one by one.
func TestCalibrationOfTelco(t *testing.T) {
	t.Parallel()
	_, h := load(t, "telco", false)
	text, err := os.ReadFile(filepath.Join(data, "scoring", "metrics_golden.json"))
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		SE  map[string]map[string][2]float64 `json:"auc_se"`
		Cal map[string]struct {
			Platt [2]float64 `json:"platt_a_b"`
			Raw   onRecord
			Line  onRecord     `json:"platt"`
			Steps onRecord     `json:"isotonic"`
			Knots [][2]float64 `json:"isotonic_knots"`
		} `json:"calibration_telco_even_fit_odd_eval"`
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	p, came := regression(h)
	rank, err := metrics.Rank(p, came)
	if err != nil {
		t.Fatal(err)
	}
	auc := golden.SE["telco-churn/clean_strat"]["lr"]
	near(t, "AUC of all", auc[0], rank.AUC, 1e-5)
	near(t, "DeLong's standard error", auc[1], rank.SE, 1e-6)

	want := golden.Cal["lr"]
	c, err := calibrations(p, came)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "intercept", want.Platt[0], c.intercept, 1e-4)
	near(t, "slope", want.Platt[1], c.slope, 1e-4)
	compare(t, "as it is", want.Raw, c.raw, c.came, 1e-5)
	compare(t, "line", want.Line, c.line, c.came, 1e-5)
	compare(t, "steps", want.Steps, c.steps, c.came, 1e-3)
	var steps metrics.Isotonic
	for _, knot := range want.Knots {
		steps.X, steps.P = append(steps.X, knot[0]), append(steps.P, knot[1])
	}
	apart := 0.0
	for i, x := range c.raw {
		apart += math.Abs(steps.At(x)-c.steps[i]) / float64(len(c.raw))
	}
	near(t, "mean distance from the steps on record", 0, apart, 5e-4)
}

// compare judges p and compares. Of steps within is wider: two neighbours that change places move a whole step.
func compare(t *testing.T, what string, want onRecord, p []float64, came []bool, within float64) {
	t.Helper()
	rank, loss, err := quality(p, p, came)
	if err != nil {
		t.Fatal(err)
	}
	cal, err := metrics.Calibrate(p, came)
	if err != nil {
		t.Fatal(err)
	}
	near(t, what+": AUC", want.AUC, rank.AUC, 3*within)
	near(t, what+": log-loss", want.LogLoss, loss.LogLoss, within)
	near(t, what+": Brier", want.Brier, loss.Brier, within)
	near(t, what+": mean gap of ten bins", want.ECE, cal.ECE, max(within, 2e-4))
}

func near(t *testing.T, what string, want, got, within float64) {
	t.Helper()
	if !(math.Abs(want-got) <= within) {
		t.Errorf("%s: want %v, got %v", what, want, got)
	}
}

// regression is logistic regression as baseline.py has it, by Newton's method: C = 1, the intercept left alone.
func regression(h *history) (p []float64, came []bool) {
	x := wide(h)
	width := len(x[0])
	beta := mat.NewVecDense(width, nil)
	for range 12 {
		curve, fall := mat.NewSymDense(width, nil), mat.NewVecDense(width, nil)
		for i, row := range x {
			if h.test[i] {
				continue
			}
			v := mat.NewVecDense(width, row)
			q := metrics.Sigmoid(mat.Dot(v, beta))
			fall.AddScaledVec(fall, q-bit(h.converted[i]), v)
			curve.SymRankOne(curve, q*(1-q), v)
		}
		for j := 1; j < width; j++ {
			curve.SetSym(j, j, curve.At(j, j)+1)
			fall.SetVec(j, fall.AtVec(j)+beta.AtVec(j))
		}
		var chol mat.Cholesky
		var step mat.VecDense
		if !chol.Factorize(curve) || chol.SolveVecTo(&step, fall) != nil {
			return nil, nil
		}
		beta.SubVec(beta, &step)
	}
	for i, row := range x {
		if h.test[i] {
			p, came = append(p, metrics.Sigmoid(mat.Dot(mat.NewVecDense(width, row), beta))), append(came, h.converted[i])
		}
	}
	return p, came
}

// wide is the rows as regression takes them: 1, numbers standardised, a column for each level.
func wide(h *history) [][]float64 {
	x := make([][]float64, len(h.converted))
	for i := range x {
		x[i] = []float64{1}
	}
	for j := range h.columns {
		c := &h.columns[j]
		if c.Kind == scorecard.Number {
			widen(x, c.Numbers, h.test)
			continue
		}
		for i, code := range c.Codes {
			for level := range c.Levels {
				x[i] = append(x[i], bit(int(code) == level))
			}
		}
	}
	return x
}

func widen(x [][]float64, values []float64, test []bool) {
	var known []float64
	gone := 0.0
	for i, v := range values {
		if test[i] {
			continue
		}
		if math.IsNaN(v) {
			gone++
		} else {
			known = append(known, v)
		}
	}
	median := metrics.Quantiles(known, 2)[0]
	var n, sum, square float64
	for i, v := range values {
		if math.IsNaN(v) {
			v = median
		}
		if !test[i] {
			n, sum, square = n+1, sum+v, square+v*v
		}
	}
	mean := sum / n
	spread := math.Sqrt(square/n - mean*mean)
	for i, v := range values {
		missing := math.IsNaN(v)
		if missing {
			v = median
		}
		x[i] = append(x[i], (v-mean)/spread)
		if gone > 0 {
			x[i] = append(x[i], bit(missing))
		}
	}
}

func bit(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
