package clv_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/bareme/bareme/learning/clv"
)

// TestGradients compares the derivatives with differences, away from the top, where both are large.
func TestGradients(t *testing.T) {
	t.Parallel()
	made := newPopulation(4, bg)
	made.spend = &spend
	all := append(made.make(300), clv.History{}, clv.History{X: 3, Tx: 5, T: 5, Mean: 1}, clv.History{X: 900, Tx: 90, T: 100, Mean: 2})
	compare := func(name string, exact, differences []float64) {
		for i := range exact {
			near(t, name+" derivative", exact[i], differences[i], 1e-6)
		}
	}
	for name, p := range map[string]clv.Process{
		"bg": clv.BGNBD{R: .9, Alpha: 2, A: 3, B: .7}, "mbg": clv.MBGNBD{R: .3, Alpha: 20, A: .2, B: 4},
		"pareto": clv.ParetoNBD{R: .5, Alpha: 3, S: .4, Beta: 30}, "pareto, beta small": clv.ParetoNBD{R: 2, Alpha: 30, S: 1.4, Beta: 3},
	} {
		exact, differences := clv.Gradient(p, all)
		compare(name, exact, differences)
	}
	exact, differences := clv.SpendingGradient(clv.GammaGamma{P: 2, Q: 1.5, V: 40}, all)
	compare("gamma-gamma", exact, differences)
}

// strange makes customers up that follow no process: a few kinds, drawn from a seed and mixed.
func strange(seed uint64, n int) []clv.History {
	r := rand.New(rand.NewPCG(seed, 3))
	ages := []float64{0, 1e-3, 1, 52, 2000, clv.MostWeeks}
	counts := []int{0, 0, 1, 2, 30, 5000, clv.MostPurchases}
	amounts := []float64{0, 1e-9, 1, 99.99, 1e6, clv.MostAmount}
	kinds := make([]clv.History, 1+r.IntN(8))
	for i := range kinds {
		h := clv.History{X: counts[r.IntN(len(counts))], T: ages[r.IntN(len(ages))] * (1 - r.Float64()/10)}
		h.Tx = h.T * []float64{1, 1e-6, .5, 1 - 1e-9}[r.IntN(4)]
		if h.X == 0 || h.Tx == 0 {
			h.X, h.Tx = 0, 0
		}
		h.Mean = amounts[r.IntN(len(amounts))]
		kinds[i] = h
	}
	out := make([]clv.History, n)
	for i := range out {
		h := kinds[r.IntN(len(kinds))]
		if r.IntN(2) == 0 {
			h.T *= 1 + r.Float64()*1e-3
			h.T = min(h.T, clv.MostWeeks)
		}
		out[i] = h
	}
	return out
}

// FuzzFit: whoever the customers are, a model whose answers are numbers, or a refusal in words.
func FuzzFit(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(seed, byte(seed))
	}
	f.Fuzz(func(t *testing.T, seed uint64, which byte) {
		all := strange(seed, 150)
		kind := clv.Kinds()[int(which)%3]
		m, err := clv.Fit(all, kind)
		if err != nil {
			if err.Error() == "" {
				t.Error("refused without a word")
			}
			return
		}
		for _, e := range append(m.BuyingFit.Errors, m.BuyingFit.LogLikelihood, m.Correlation) {
			if e-e != 0 {
				t.Errorf("%+v", m.BuyingFit)
			}
		}
		for _, h := range all[:10] {
			alive, err := m.Alive(h)
			if err != nil || !(alive >= 0 && alive <= 1) {
				t.Errorf("%+v: alive %g %v", h, alive, err)
			}
			if n, err := m.Expected(h, 52); err == nil && (math.IsNaN(n) || math.IsInf(n, 0) || n < 0) {
				t.Errorf("%+v: expected %g", h, n)
			}
			if v, err := m.Value(h, clv.Terms{Months: 12}); err == nil && (math.IsNaN(v) || math.IsInf(v, 0) || v < 0) {
				t.Errorf("%+v: value %g", h, v)
			}
		}
	})
}
