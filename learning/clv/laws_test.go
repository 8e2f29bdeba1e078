package clv_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bareme/bareme/learning/clv"
)

// sized draws a positive number of any order of size between two.
func sized(t *rapid.T, name string, low, high float64) float64 {
	return math.Exp(rapid.Float64Range(math.Log(low), math.Log(high)).Draw(t, name))
}

func drawHistory(t *rapid.T) clv.History {
	h := clv.History{T: rapid.Float64Range(0, 600).Draw(t, "T")}
	if h.T > 0 && rapid.Bool().Draw(t, "came back") {
		h.X = int(sized(t, "x", 1, clv.MostPurchases))
		h.Tx = h.T * rapid.Float64Range(.001, 1).Draw(t, "t_x")
		h.Mean = sized(t, "mean", 1e-9, clv.MostAmount)
	}
	return h
}

func drawModel(t *rapid.T, low, high float64) *clv.Model {
	p := func(name string) float64 { return sized(t, name, low, high) }
	processes := []clv.Process{
		clv.BGNBD{R: p("r"), Alpha: p("alpha"), A: p("a"), B: p("b")},
		clv.MBGNBD{R: p("r"), Alpha: p("alpha"), A: p("a"), B: p("b")},
		clv.ParetoNBD{R: p("r"), Alpha: p("alpha"), S: p("s"), Beta: p("beta")},
	}
	return &clv.Model{
		Buying:   rapid.SampledFrom(processes).Draw(t, "process"),
		Spending: &clv.GammaGamma{P: p("p"), Q: 1 + p("q"), V: p("v")},
	}
}

// TestLaws: chances are chances, more time is more purchases, and no answer is NaN or infinite, at ordinary parameters
// (low, high) and at those on the edge of what is accepted.
func TestLaws(t *testing.T) {
	t.Parallel()
	for name, size := range map[string][2]float64{"ordinary": {.01, 1e3}, "edge": {2e-8, 1e7}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				lawful(t, drawModel(t, size[0], size[1]), drawHistory(t))
			})
		})
	}
}

func lawful(t *rapid.T, m *clv.Model, h clv.History) {
	weeks := rapid.Float64Range(0, 200).Draw(t, "weeks")
	alive, err := m.Alive(h)
	if err != nil || !(alive >= 0 && alive <= 1) {
		t.Fatalf("alive %g %v", alive, err)
	}
	some, err := m.Expected(h, weeks)
	if err != nil {
		if !clv.Refused(err, clv.BadQuestion) {
			t.Fatal(err)
		}
		return // the sum does not settle at these parameters, and that is said
	}
	more, err := m.Expected(h, weeks*1.5+1)
	if err == nil && !(some >= 0 && more >= some*(1-1e-9)-1e-12) || math.IsInf(some, 0) {
		t.Fatalf("expected %g, then %g", some, more)
	}
	next, err := m.Next(h, weeks)
	if err != nil || !(next.Chance >= 0 && next.Chance <= alive*(1+1e-12)) || !(next.Median >= 0 && next.Median <= clv.MostWeeks) || !(next.Mean >= 0) || math.IsInf(next.Mean, 0) {
		t.Fatalf("next %+v %v", next, err)
	}
	if next.Chance > some*(1+1e-6)+1e-9 {
		t.Fatalf("a chance of %g of at least one purchase, and %g expected", next.Chance, some)
	}
	amount, err := m.Amount(h)
	if err != nil || !(amount > 0) || math.IsInf(amount, 0) {
		t.Fatalf("amount %g %v", amount, err)
	}
	revenue, err := m.Value(h, clv.Terms{Months: 24, Discount: .01})
	if err != nil && !clv.Refused(err, clv.BadQuestion) || !(revenue >= 0) || math.IsInf(revenue, 0) {
		t.Fatalf("value %g %v", revenue, err)
	}
	later, err := m.Value(h, clv.Terms{Months: 24, Discount: .02})
	if err == nil && later > revenue*(1+1e-9) {
		t.Fatalf("value %g, discounted more %g", revenue, later)
	}
}

// TestQuestionsRefused: what cannot be asked.
func TestQuestionsRefused(t *testing.T) {
	t.Parallel()
	m := clv.Model{Buying: bg, Spending: &spend}
	h := clv.History{X: 1, Tx: 2, T: 3, Mean: 4}
	for _, weeks := range []float64{-1, math.NaN(), math.Inf(1), 1e9} {
		if _, err := m.Expected(h, weeks); !clv.Refused(err, clv.BadQuestion) {
			t.Errorf("%g weeks: %v", weeks, err)
		}
		if _, err := m.Next(h, weeks); !clv.Refused(err, clv.BadQuestion) {
			t.Errorf("%g weeks: %v", weeks, err)
		}
	}
	for _, terms := range []clv.Terms{{}, {Months: -1}, {Months: 1e6}, {Months: 1, Discount: -1}, {Months: 1, Discount: math.NaN()}, {Months: 1, Margin: 30}} {
		if _, err := m.Value(h, terms); !clv.Refused(err, clv.BadQuestion) {
			t.Errorf("%+v: %v", terms, err)
		}
	}
	if _, err := m.Alive(clv.History{X: -1}); !clv.Refused(err, clv.BadHistory) {
		t.Error(err)
	}
	for _, bad := range []clv.Model{{}, {Buying: clv.BGNBD{}}, {Buying: clv.ParetoNBD{R: math.NaN(), Alpha: 1, S: 1, Beta: 1}}, {Buying: bg, Spending: &clv.GammaGamma{P: 1, Q: 1, V: 1}}} {
		if _, err := bad.Alive(h); !clv.Refused(err, clv.BadModel) && !clv.Refused(err, clv.HeavyTail) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if _, err := (&clv.Model{Buying: bg}).Value(h, clv.Terms{Months: 1}); !clv.Refused(err, clv.NoSpending) {
		t.Error(err)
	}
	if ll, err := clv.LogLikelihood(bg, []clv.History{h, {T: math.NaN()}}); err == nil || !strings.Contains(err.Error(), "customer 2") {
		t.Errorf("%g %v", ll, err)
	}
}

// TestNext: half of the customers have bought by the median, the mean is the integral of the chance that they have not.
func TestNext(t *testing.T) {
	t.Parallel()
	h := clv.History{X: 4, Tx: 30, T: 32}
	for _, p := range []clv.Process{bg, mbg} {
		m := clv.Model{Buying: p}
		alive, _ := m.Alive(h)
		next, err := m.Next(h, 0)
		if err != nil || next.Chance != 0 {
			t.Fatal(next, err)
		}
		half, err := m.Next(h, next.Median)
		near(t, "chance by the median", half.Chance/alive, .5, 1e-12)
		sum, width := 0.0, .01
		for at := width / 2; at < 3000; at += width {
			n, _ := m.Next(h, at)
			sum += (1 - n.Chance/alive) * width
		}
		near(t, "mean", next.Mean, sum, 1e-3)
		if err != nil {
			t.Fatal(err)
		}
	}
	// Under Pareto/NBD the chance is lower, because they may leave before.
	m, buys := clv.Model{Buying: pareto}, clv.Model{Buying: clv.ParetoNBD{R: pareto.R, Alpha: pareto.Alpha, S: 1e-8, Beta: pareto.Beta}}
	one, _ := m.Next(h, 26)
	two, err := buys.Next(h, 26)
	if want := 1 - math.Pow((8+32.0)/(8+32+26), 4.8); err != nil || one.Chance >= two.Chance || math.Abs(two.Chance-want) > 1e-6 {
		t.Errorf("%g and %g, without leaving %g", one.Chance, two.Chance, want)
	}
}

func TestMonthly(t *testing.T) {
	t.Parallel()
	near(t, "monthly discount of 12.68 % a year", clv.Monthly(math.Pow(1.01, 12)-1), .01, 1e-12)
}
