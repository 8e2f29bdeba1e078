package clv_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/bareme/bareme/learning/clv"
)

var (
	bg     = clv.BGNBD{R: .6, Alpha: 5, A: .8, B: 2.5}
	mbg    = clv.MBGNBD{R: .7, Alpha: 6, A: .9, B: 1.8}
	pareto = clv.ParetoNBD{R: .8, Alpha: 8, S: .9, Beta: 15}
	spend  = clv.GammaGamma{P: 6, Q: 4, V: 15}
)

// TestFitRecovers fits customers made up by known parameters and finds them again, within four standard errors.
func TestFitRecovers(t *testing.T) {
	t.Parallel()
	for _, p := range []clv.Process{bg, mbg, pareto} {
		made := newPopulation(11, p)
		made.spend = &spend
		m, err := clv.Fit(made.make(3000), p.Kind())
		if err != nil {
			t.Fatal(err)
		}
		want := parameters(&clv.Model{Buying: p})
		for i, got := range parameters(m) {
			if math.Abs(got-want[i]) > 4*m.BuyingFit.Errors[i] {
				t.Errorf("%s: parameter %d is %g ± %g, made with %g", p.Kind(), i, got, m.BuyingFit.Errors[i], want[i])
			}
		}
		for i, d := range []float64{m.Spending.P - spend.P, m.Spending.Q - spend.Q, m.Spending.V - spend.V} {
			if math.Abs(d) > 4*m.SpendingFit.Errors[i] {
				t.Errorf("amounts: parameter %d is off by %g ± %g", i, d, m.SpendingFit.Errors[i])
			}
		}
	}
}

// TestFitWithoutOrder: the same customers in another order, the same bytes.
func TestFitWithoutOrder(t *testing.T) {
	t.Parallel()
	made := newPopulation(5, bg)
	made.spend = &spend
	all := made.make(600)
	for _, kind := range clv.Kinds() {
		var first string
		for seed := range uint64(3) {
			m, err := clv.Fit(all, kind)
			if err != nil {
				t.Fatal(kind, err)
			}
			stored, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			if first == "" {
				first = string(stored)
			}
			if string(stored) != first {
				t.Fatalf("%s\n%s", stored, first)
			}
			r := rand.New(rand.NewPCG(seed, 1))
			r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		}
	}
}

// stayers buy at rates of their own and never leave.
func stayers(n int) []clv.History {
	made := newPopulation(3, clv.ParetoNBD{R: 1.2, Alpha: 8, S: 1, Beta: 1e8})
	return made.make(n)
}

func same(n int, h clv.History) []clv.History {
	out := make([]clv.History, n)
	for i := range out {
		out[i] = h
	}
	return out
}

// TestFitRefuses what cannot be learnt, with words.
func TestFitRefuses(t *testing.T) {
	t.Parallel()
	once := same(500, clv.History{T: 20})
	few := append(same(39, clv.History{X: 1, Tx: 3, T: 9}), once...)
	clock := make([]clv.History, 300)
	for i := range clock {
		n := 20 + i%40
		clock[i] = clv.History{X: n, Tx: float64(n), T: float64(n) + .5}
	}
	for name, c := range map[string]struct {
		customers []clv.History
		kind      clv.Kind
		code      clv.Code
		words     string
	}{
		"nobody":            {nil, clv.BG, clv.TooFew, "nobody to learn from"},
		"one purchase each": {once, clv.MBG, clv.TooFew, "none of 500 bought a second time"},
		"few came back":     {few, clv.Pareto, clv.TooFew, "39 of 539 bought a second time"},
		"all the same":      {same(100, clv.History{X: 3, Tx: 9, T: 10}), clv.BG, clv.AllTheSame, "all 100 bought at the same times"},
		"unknown process":   {once, "nbd", clv.BadModel, `there is no process "nbd"`},
		"negative time":     {append(few[:1:1], clv.History{X: 1, Tx: -1, T: 4}), clv.BG, clv.BadHistory, "customer 2, t_x: the last purchase at week -1"},
		"negative age":      {same(1, clv.History{T: -4}), clv.BG, clv.BadHistory, "customer 1, T: an age of -4 weeks"},
		"not a number":      {same(1, clv.History{T: math.NaN()}), clv.BG, clv.BadHistory, "an age of NaN weeks"},
		"overflow":          {same(1, clv.History{X: math.MaxInt, Tx: 1, T: 2}), clv.BG, clv.BadHistory, "9223372036854775807 repeat purchases are more than 1000000"},
		"t_x without x":     {same(1, clv.History{Tx: 1, T: 2}), clv.BG, clv.BadHistory, "0 repeat purchases, the last at week 1"},
		"infinite amount":   {same(1, clv.History{Mean: math.Inf(1)}), clv.BG, clv.BadHistory, "a mean amount of +Inf"},
		"stayers, bg":       {stayers(2000), clv.BG, clv.NoDropout, "no dropout identifiable"},
		"stayers, mbg":      {stayers(2000), clv.MBG, clv.NoDropout, "no dropout identifiable"},
		"stayers, pareto":   {stayers(2000), clv.Pareto, clv.NoDropout, "no dropout identifiable"},
		"by the clock":      {clock, clv.BG, clv.NoDropout, "no dropout"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, err := clv.Fit(c.customers, c.kind)
			if !clv.Refused(err, c.code) || !strings.Contains(err.Error(), c.words) {
				t.Errorf("%v %v, want %s with %q", m, err, c.code, c.words)
			}
			if err != nil {
				t.Log(err)
			}
		})
	}
}

// TestSpendingRefused: amounts that cannot be learnt from leave the rest of the model as it is.
func TestSpendingRefused(t *testing.T) {
	t.Parallel()
	with := func(change func(*population, *clv.History)) []clv.History {
		made := newPopulation(9, bg)
		made.spend = &spend
		all := made.make(1500)
		for i := range all {
			if all[i].X > 0 {
				change(made, &all[i])
			}
		}
		return all
	}
	for name, c := range map[string]struct {
		customers []clv.History
		code      clv.Code
		words     string
	}{
		"no amounts": {with(func(_ *population, h *clv.History) { h.Mean = 0 }), clv.TooFew, "0 customers came back and paid"},
		"one price":  {with(func(_ *population, h *clv.History) { h.Mean = 49 }), clv.AllTheSame, "paid 49"},
		"heavy tail": {with(func(p *population, h *clv.History) {
			h.Mean = math.Exp(8 * (p.src.Float64() + p.src.Float64()*p.src.Float64()))
		}), clv.HeavyTail, "is not above 1"},
		"more and dearer": {with(func(_ *population, h *clv.History) { h.Mean *= float64(h.X) }), clv.Correlated, "who buys often spends more each time"},
		"more and less":   {with(func(_ *population, h *clv.History) { h.Mean /= math.Pow(float64(h.X), 1.5) }), clv.Correlated, "who buys often spends less each time"},
		"next to one":     {with(func(p *population, h *clv.History) { h.Mean = 49 + p.src.Float64()*1e-3 }), clv.NoVariation, "grow without bound"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, err := clv.Fit(c.customers, clv.BG)
			if err != nil {
				t.Fatal(err)
			}
			if m.Spending != nil {
				t.Fatalf("%+v, correlation %g", *m.Spending, m.Correlation)
			}
			h := clv.History{X: 1, Tx: 2, T: 3}
			_, err = m.Amount(h)
			_, also := m.Value(h, clv.Terms{Months: 12})
			if !clv.Refused(err, c.code) || !clv.Refused(also, c.code) || !strings.Contains(err.Error(), c.words) {
				t.Errorf("%v, want %s with %q", err, c.code, c.words)
			}
			t.Log(err)
			if _, err := m.Alive(h); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestUnpaid: who came back and paid nothing is told, and counts as average.
func TestUnpaid(t *testing.T) {
	t.Parallel()
	made := newPopulation(9, bg)
	made.spend = &spend
	all := append(made.make(1500), clv.History{X: 1, Tx: 2, T: 30})
	m, err := clv.Fit(all, clv.BG)
	if err != nil {
		t.Fatal(err)
	}
	if f, ok := m.Why(clv.Unpaid); !ok || !strings.Contains(f.String(), "1 of those who came back paid nothing") {
		t.Errorf("%v", m.Findings)
	}
	if got, err := m.Amount(all[len(all)-1]); err != nil || got != m.Spending.Mean() {
		t.Errorf("%g, want the mean of all %g (%v)", got, m.Spending.Mean(), err)
	}
}
