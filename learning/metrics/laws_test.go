package metrics_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/bareme/bareme/learning/metrics"
)

// rows draws scores with ties and outcomes of both classes.
func rows(t *rapid.T) ([]float64, []bool) {
	n := rapid.IntRange(4, 60).Draw(t, "n")
	score, converted := make([]float64, n), make([]bool, n)
	for i := range n {
		score[i] = float64(rapid.IntRange(0, 12).Draw(t, "score")) / 12
		converted[i] = rapid.Bool().Draw(t, "converted")
	}
	converted[0], converted[1], converted[2], converted[3] = true, false, true, false
	return score, converted
}

// TestDeLongByPairs: AUC and its variance against the definition, pair by pair.
func TestDeLongByPairs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		score, converted := rows(t)
		psi := func(a, b float64) float64 {
			switch {
			case a > b:
				return 1
			case a == b:
				return .5
			}
			return 0
		}
		var v10, v01 []float64
		for i := range score {
			sum, n := 0.0, 0.0
			for j := range score {
				if converted[i] == converted[j] {
					continue
				}
				n++
				if converted[i] {
					sum += psi(score[i], score[j])
				} else {
					sum += psi(score[j], score[i])
				}
			}
			if converted[i] {
				v10 = append(v10, sum/n)
			} else {
				v01 = append(v01, sum/n)
			}
		}
		auc, s10 := moments(v10)
		_, s01 := moments(v01)
		se := math.Sqrt(s10/float64(len(v10)) + s01/float64(len(v01)))
		got := must(metrics.Rank(score, converted))
		if math.Abs(auc-got.AUC) > 1e-12 || math.Abs(se-got.SE) > 1e-12 || math.Abs(2*auc-1-got.Gini) > 1e-12 {
			t.Fatalf("want %v ± %v, got %+v", auc, se, got)
		}
		same := must(metrics.Compare(score, score, converted))
		if same.Difference != 0 || same.P != 1 {
			t.Fatalf("a score against itself: %+v", same)
		}
	})
}

func moments(v []float64) (mean, variance float64) {
	for _, x := range v {
		mean += x / float64(len(v))
	}
	for _, x := range v {
		variance += (x - mean) * (x - mean) / float64(len(v)-1)
	}
	return mean, variance
}

// TestFiguresAreFiniteAndWithoutOrder: no NaN comes out, and turning the rows round changes nothing beyond rounding.
func TestFiguresAreFiniteAndWithoutOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		score, converted := rows(t)
		back, cameBack := make([]float64, len(score)), make([]bool, len(score))
		for i := range score {
			back[len(score)-1-i], cameBack[len(score)-1-i] = score[i], converted[i]
		}
		a, b := all(score, converted), all(back, cameBack)
		for i := range a {
			if math.IsNaN(a[i]) || math.IsInf(a[i], 0) {
				t.Fatalf("figure %d is %v", i, a[i])
			}
			if math.Abs(a[i]-b[i]) > 1e-6*(1+math.Abs(a[i])) {
				t.Fatalf("figure %d depends on the order: %v, %v", i, a[i], b[i])
			}
		}
	})
}

func all(score []float64, converted []bool) []float64 {
	r := must(metrics.Rank(score, converted))
	l := must(metrics.Losses(score, converted))
	c := must(metrics.Calibrate(score, converted))
	out := []float64{r.AUC, r.SE, r.Gini, r.KS, l.LogLoss, l.Brier, c.Intercept, c.Slope, c.Said, c.Came}
	for _, s := range must(metrics.Gains(score, converted)) {
		out = append(out, s.Captured, s.Lift, s.Own)
	}
	return out
}

// TestCalibrationOfCounts: counted by probability, in any order and in any parts, rows give the line they give one by one;
// equal ones stay together, and the bins hold everybody. Where all differ, the bins are those of the rows.
func TestCalibrationOfCounts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, converted := rows(t)
		if rapid.Bool().Draw(t, "all differ") {
			for i := range p {
				p[i] = (float64(i*7919%len(p)) + .5) / float64(len(p)+1)
			}
		}
		want := must(metrics.Calibrate(p, converted))
		ones, yes := make([]int, len(p)), make([]int, len(p))
		of := map[float64]int{}
		for i, c := range converted {
			ones[i] = 1
			if c {
				yes[i] = 1
			}
			of[p[i]]++
		}
		got := must(metrics.CalibrateOf(p, ones, yes))
		var values []float64
		var n, came []int
		for v, rows := range of {
			yes := 0
			for i := range p {
				if p[i] == v && converted[i] {
					yes++
				}
			}
			values, n, came = append(values, v, .77), append(n, rows, 0), append(came, yes, 0)
		}
		if d := cmp.Diff(got, must(metrics.CalibrateOf(values, n, came))); d != "" {
			t.Fatalf("by value: %s", d)
		}
		for _, pair := range [][2]float64{{want.Intercept, got.Intercept}, {want.Slope, got.Slope}, {want.Said, got.Said}, {want.Came, got.Came}} {
			if math.Abs(pair[0]-pair[1]) > 1e-6*(1+math.Abs(pair[0])) {
				t.Fatalf("%+v by rows, %+v by counts", want, got)
			}
		}
		all := 0
		for i, b := range got.Bins {
			if all += b.Rows; b.Rows == 0 || b.From > b.To || i > 0 && b.From <= got.Bins[i-1].To {
				t.Fatalf("bin %d: %+v", i+1, got.Bins)
			}
		}
		if all != len(p) || len(got.Bins) > 10 {
			t.Fatalf("%d of %d rows in %d bins", all, len(p), len(got.Bins))
		}
		if len(of) == len(p) && cmp.Diff(want.Bins, got.Bins) != "" {
			t.Fatalf("all differ: %s", cmp.Diff(want.Bins, got.Bins))
		}
	})
}

// TestIsotonicOnlyRises: probabilities never fall, the mean of what was learnt from is what came, and what is learnt again
// from the same steps is the same.
func TestIsotonicOnlyRises(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		score, converted := rows(t)
		f := must(metrics.FitIsotonic(score, converted))
		said, came, before := 0.0, 0.0, 0.0
		for x := -1.0; x < 2; x += 1. / 24 {
			p := f.At(x)
			if !(p > 0 && p < 1) || p < before-1e-15 {
				t.Fatalf("%v after %v at %v", p, before, x)
			}
			before = p
		}
		for i, x := range score {
			said += f.At(x)
			if converted[i] {
				came++
			}
		}
		if math.Abs(said-came) > 1e-6*float64(len(score))+1e-9 {
			t.Fatalf("said %v, came %v", said, came)
		}
	})
	wide := must(metrics.FitIsotonic([]float64{-math.MaxFloat64, math.MaxFloat64}, []bool{false, true}))
	if p := wide.At(0); math.Abs(p-.5) > 1e-9 {
		t.Errorf("half way: %v", p)
	}
}

func TestGainsEndWithEverybody(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		score, converted := rows(t)
		steps := must(metrics.Gains(score, converted))
		last, own := steps[9], 0.0
		for _, s := range steps {
			own += s.Own / 10
		}
		if math.Abs(last.Share-1) > 1e-9 || math.Abs(last.Lift-1) > 1e-9 || math.Abs(own-1) > 1e-9 {
			t.Fatalf("%+v", last)
		}
		if d := must(metrics.LiftAt(score, converted, .1)) - steps[0].Lift; math.Abs(d) > 1e-9 {
			t.Fatalf("two ways to the lift of the first tenth differ by %v", d)
		}
	})
}

func TestWhatCannotBeJudged(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"one class":    last(metrics.Rank([]float64{1, 2}, []bool{true, true})),
		"lengths":      last(metrics.Rank([]float64{1}, []bool{true, false})),
		"not a number": last(metrics.Losses([]float64{math.NaN(), 1}, []bool{true, false})),
		"above one":    last(metrics.Losses([]float64{1.5, 1}, []bool{true, false})),
		"nobody":       last(metrics.Calibrate(nil, nil)),
		"no counts":    last(metrics.CalibrateOf([]float64{.5}, []int{0}, []int{0})),
		"counts":       last(metrics.CalibrateOf([]float64{.5}, []int{1}, nil)),
		"more than is": last(metrics.CalibrateOf([]float64{.5}, []int{1}, []int{2})),
		"NaN counted":  last(metrics.CalibrateOf([]float64{math.NaN()}, []int{1}, []int{1})),
		"bins":         last(metrics.PSI([]float64{1}, []float64{1, 2})),
		"isotonic":     last(metrics.FitIsotonic([]float64{1, 2}, []bool{false, false})),
		"below zero":   last(metrics.PSI([]float64{-1}, []float64{1})),
	} {
		if !errors.Is(err, metrics.ErrJudge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func last[T any](_ T, err error) error { return err }

// TestLineIsFiniteWhereClassesAreApart: separated classes have no finite maximum; the ridge gives one.
func TestLineIsFiniteWhereClassesAreApart(t *testing.T) {
	t.Parallel()
	for _, x := range [][]float64{{-1, -1, 1, 1}, {0, 0, 0, 0}, {-1e300, -1, 1, 1e300}, {5, 5, 5, 6}} {
		a, b := metrics.Line(x, []bool{false, false, true, true})
		if math.IsNaN(a) || math.IsNaN(b) || math.IsInf(a, 0) || math.IsInf(b, 0) {
			t.Errorf("%v: %v, %v", x, a, b)
		}
	}
}

// TestPSIByHand: shares .5 .5 against .25 .75 give (.25-.5) ln(.5) + (.75-.5) ln(1.5).
func TestPSIByHand(t *testing.T) {
	t.Parallel()
	want := -.25*math.Log(.5) + .25*math.Log(1.5)
	near(t, "PSI", want, must(metrics.PSI([]float64{5, 5}, []float64{1, 3})), 1e-12)
	near(t, "floored", (1e-4-1)*math.Log(1e-4)*2, must(metrics.PSI([]float64{1, 0}, []float64{0, 1})), 1e-12)
}

// TestNoNaNLeaves: of scores at the edge of what a number can be, every figure is a number, or there are words.
func TestNoNaNLeaves(t *testing.T) {
	t.Parallel()
	edges := []float64{0, -1, 1, 1e-300, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, math.NaN(), math.Inf(1), .5, 1e9}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "n")
		x, p, converted, ones, yes := make([]float64, n), make([]float64, n), make([]bool, n), make([]float64, n), make([]float64, n)
		measurable := true
		for i := range n {
			x[i] = rapid.SampledFrom(edges).Draw(t, "x")
			measurable = measurable && !math.IsNaN(x[i]) && !math.IsInf(x[i], 0)
			p[i], converted[i], ones[i] = math.Abs(math.Mod(x[i], 1)), rapid.Bool().Draw(t, "converted"), 1
			if converted[i] {
				yes[i] = 1
			}
		}
		var got []float64
		if r, err := metrics.Rank(x, converted); err == nil {
			got = append(got, r.AUC, r.SE, r.KS)
		}
		if c, err := metrics.Calibrate(p, converted); err == nil {
			got = append(got, c.ECE, c.Intercept, c.Slope)
		}
		if f, err := metrics.FitIsotonic(x, converted); err == nil {
			got = append(got, f.At(.3), f.At(math.NaN()), f.At(math.Inf(1)), f.At(-math.MaxFloat64))
		}
		if measurable {
			a, b := metrics.Line(x, converted)
			c, d, loss := metrics.LineOf(x, ones, yes)
			got = append(got, a, b, c, d, loss, metrics.InterceptOf(x, ones, yes, 1e-3))
		}
		for i, v := range got {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("figure %d of %v is %v", i, x, v)
			}
		}
	})
}
