package metrics

import (
	"math"
	"slices"
)

// Isotonic is a calibration without a shape: probabilities that only rise with the score. Between its knots it is a straight
// line, beyond them it is flat.
type Isotonic struct {
	X []float64 `json:"x"` // scores of the knots, rising
	P []float64 `json:"p"` // their probabilities, never falling, within (0, 1)
}

// FitIsotonic makes the rising steps of most likelihood, by pooling adjacent violators (M. Ayer et al., Annals of Mathematical
// Statistics 26, 1955; for calibration B. Zadrozny, C. Elkan, KDD 2002). Rows of equal score count as one. A step keeps its
// first and its last score as knots, and is held a millionth off 0 and 1. It bends to every chance of few rows: below about
// a thousand a Line is better.
func FitIsotonic(score []float64, converted []bool) (*Isotonic, error) {
	if _, err := check(score, converted); err != nil {
		return nil, err
	}
	var steps []step
	for _, g := range group(score, converted) {
		steps = append(steps, step{g.x, g.x, g.rows, g.yes})
		for n := len(steps); n > 1 && steps[n-2].yes*steps[n-1].rows >= steps[n-1].yes*steps[n-2].rows; n-- {
			a, b := steps[n-2], steps[n-1]
			steps = append(steps[:n-2], step{a.from, b.to, a.rows + b.rows, a.yes + b.yes})
		}
	}
	out := &Isotonic{}
	for _, s := range steps {
		p := min(1-edge, max(edge, s.yes/s.rows))
		out.X, out.P = append(out.X, s.from), append(out.P, p)
		if s.to > s.from {
			out.X, out.P = append(out.X, s.to), append(out.P, p)
		}
	}
	return out, nil
}

// step is rows of neighbouring scores.
type step struct{ from, to, rows, yes float64 }

// edge is how far a step is held off certainty.
const edge = 1e-6

// At is the probability of a score.
func (f *Isotonic) At(x float64) float64 {
	if len(f.X) == 0 || math.IsNaN(x) {
		return .5
	}
	at, found := slices.BinarySearch(f.X, x)
	switch {
	case found || at == 0:
		return f.P[at]
	case at == len(f.X):
		return f.P[at-1]
	}
	part := (x/2 - f.X[at-1]/2) / (f.X[at]/2 - f.X[at-1]/2) // halves, since the gap may be more than a number can be
	return min(f.P[at], f.P[at-1]+part*(f.P[at]-f.P[at-1]))
}
