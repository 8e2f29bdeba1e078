package clv_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"testing"

	"github.com/bareme/bareme/internal/outside"
	"github.com/bareme/bareme/learning/clv"
)

func open(t testing.TB, name string) []byte {
	t.Helper()
	return outside.Read(t, "data/cdnow/"+name)
}

// table is the rows of a CSV file as numbers by column; a cell that is no number is NaN.
func table(t testing.TB, name string) []map[string]float64 {
	t.Helper()
	lines, err := csv.NewReader(bytes.NewReader(open(t, name))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]float64
	for _, line := range lines[1:] {
		row := map[string]float64{}
		for i, cell := range line {
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil && v == 0 && cell != "0" {
				v = math.NaN()
			}
			row[lines[0][i]] = v
		}
		rows = append(rows, row)
	}
	return rows
}

type golden struct {
	Sample struct {
		BG  fitted                        `json:"bgnbd"`
		MBG fitted                        `json:"mbgnbd"`
		P   fitted                        `json:"pnbd"`
		GG  fitted                        `json:"gg"`
		E   map[string]map[string]float64 `json:"E_t"`
	} `json:"sample"`
}

type fitted struct {
	Params []float64 `json:"params"`
	LL     float64   `json:"LL"`
	SE     []float64 `json:"se"`
	Sum    float64   `json:"sum_ce39"`
	Alive  float64   `json:"mean_palive"`
	Mean   float64   `json:"pop_mean"`
	Corr   float64   `json:"corr_x_m"`
}

func published(t testing.TB) (g golden) {
	t.Helper()
	if err := json.Unmarshal(open(t, "golden.json"), &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// customers are the 2,357 of the CDNOW sample as of 1997-09-30, with what they bought in the 39 weeks after.
func customers(t testing.TB) (all []clv.History, rows []map[string]float64) {
	t.Helper()
	rows = table(t, "sample2357_customers.csv")
	for _, r := range rows {
		all = append(all, clv.History{X: int(r["x"]), Tx: r["tx_days"] / 7, T: r["T_days"] / 7, Mean: r["m"]})
	}
	return all, rows
}

func near(t *testing.T, what string, got, want, relative float64) {
	t.Helper()
	if !(math.Abs(got-want) <= relative*math.Abs(want)) {
		t.Errorf("%s: %.15g, want %.15g within %g", what, got, want, relative)
	}
}

// TestFitCDNOW fits the sample and compares with the published parameters: a log-likelihood within 1e-3 and never below,
// parameters within 1e-3 (beta of Pareto/NBD, where the surface is flat, 3e-3).
func TestFitCDNOW(t *testing.T) {
	t.Parallel()
	want := published(t).Sample
	all, _ := customers(t)
	for kind, w := range map[clv.Kind]fitted{clv.BG: want.BG, clv.MBG: want.MBG, clv.Pareto: want.P} {
		m, err := clv.Fit(all, kind)
		if err != nil {
			t.Fatal(kind, err)
		}
		t.Logf("%s %+v %+v", kind, m.Buying, m.BuyingFit)
		got := parameters(m)
		for i := range w.Params {
			near(t, string(kind)+" parameter", got[i], w.Params[i], 1e-5)
			near(t, string(kind)+" standard error", m.BuyingFit.Errors[i], w.SE[i], 1e-3)
		}
		if d := m.BuyingFit.LogLikelihood - w.LL; d < -1e-8 || d > 1e-3 {
			t.Errorf("%s: log-likelihood %.9f, want %.9f", kind, m.BuyingFit.LogLikelihood, w.LL)
		}
		g := m.Spending
		near(t, "p", g.P, want.GG.Params[0], 1e-5)
		near(t, "q", g.Q, want.GG.Params[1], 1e-5)
		near(t, "v", g.V, want.GG.Params[2], 1e-5)
		near(t, "mean", g.Mean(), want.GG.Mean, 1e-6)
		near(t, "correlation", m.Correlation, want.GG.Corr, 1e-9)
		near(t, "log-likelihood of amounts", m.SpendingFit.LogLikelihood, want.GG.LL, 1e-9)
		for i, e := range want.GG.SE {
			near(t, "standard error", m.SpendingFit.Errors[i], e, 1e-3)
		}
	}
}

func parameters(m *clv.Model) []float64 {
	switch p := m.Buying.(type) {
	case clv.BGNBD:
		return []float64{p.R, p.Alpha, p.A, p.B}
	case clv.MBGNBD:
		return []float64{p.R, p.Alpha, p.A, p.B}
	case clv.ParetoNBD:
		return []float64{p.R, p.Alpha, p.S, p.Beta}
	}
	return nil
}

// at are models at the published parameters, to compare predictions with nothing of the fit in them.
func at(t testing.TB) map[string]*clv.Model {
	t.Helper()
	w := published(t).Sample
	b, m, p, g := w.BG.Params, w.MBG.Params, w.P.Params, w.GG.Params
	spending := &clv.GammaGamma{P: g[0], Q: g[1], V: g[2]}
	return map[string]*clv.Model{
		"bgnbd":  {Buying: clv.BGNBD{R: b[0], Alpha: b[1], A: b[2], B: b[3]}, Spending: spending},
		"mbgnbd": {Buying: clv.MBGNBD{R: m[0], Alpha: m[1], A: m[2], B: m[3]}, Spending: spending},
		"pnbd":   {Buying: clv.ParetoNBD{R: p[0], Alpha: p[1], S: p[2], Beta: p[3]}, Spending: spending},
	}
}

// TestEveryCustomer compares what is said of each of the 2,357 customers. The file has 12 digits.
func TestEveryCustomer(t *testing.T) {
	t.Parallel()
	want := published(t).Sample
	all, rows := customers(t)
	sums := map[string]float64{"bgnbd": want.BG.Sum, "mbgnbd": want.MBG.Sum, "pnbd": want.P.Sum}
	year := clv.Terms{Months: 12, Discount: 0.01}
	for name, m := range at(t) {
		sum := 0.0
		for i, h := range all {
			r := rows[i]
			alive, err1 := m.Alive(h)
			expected, err2 := m.Expected(h, 39)
			amount, err3 := m.Amount(h)
			value, err4 := m.Value(h, year)
			if err := errors.Join(err1, err2, err3, err4); err != nil {
				t.Fatal(err)
			}
			sum += expected
			near(t, name+" P(alive)", alive, r[name+"_palive"], 1e-9)
			near(t, name+" expected", expected, r[name+"_ce39"], 1e-9)
			near(t, "amount", amount, r["gg_mean"], 1e-9)
			if name != "mbgnbd" {
				near(t, name+" value", value, r["clv12_"+name], 1e-9)
			}
			if name == "bgnbd" {
				value, err := m.ValueOf(h, year, 4.345)
				if err != nil {
					t.Fatal(err)
				}
				near(t, "value with months of 4.345 weeks", value, r["clv12_lifetimesW"], 1e-9)
			}
		}
		near(t, name+" sum", sum, sums[name], 1e-9)
		for weeks, e := range want.E {
			w, _ := strconv.ParseFloat(weeks, 64)
			got, err := m.ExpectedNew(w)
			if err != nil {
				t.Fatal(err)
			}
			near(t, name+" new customer at "+weeks, got, e[name], 1e-9)
		}
	}
}

// TestExpectationStable compares with 60-digit arithmetic, in places where the formula of the paper overflows or is
// undefined. Below 1e-300 there is no relative precision to have.
func TestExpectationStable(t *testing.T) {
	t.Parallel()
	worst, n := 0.0, 0
	for _, r := range table(t, "bgnbd_ce_mpmath.csv") {
		m := clv.Model{Buying: clv.BGNBD{R: r["r"], Alpha: r["alpha"], A: r["a"], B: r["b"]}}
		got, err := m.Expected(clv.History{X: int(r["x"]), Tx: r["tx"], T: r["T"]}, r["t"])
		if err != nil {
			t.Fatal(err)
		}
		want := r["ref_mpmath"]
		if want < 1e-300 {
			if got > 1e-300 {
				t.Errorf("%v: %g, want %g", r, got, want)
			}
			continue
		}
		n++
		worst = max(worst, math.Abs(got/want-1))
	}
	t.Logf("%d cases, at worst %.1e", n, worst)
	if worst > 1e-9 {
		t.Errorf("off by %g", worst)
	}
}

// TestParetoIntegral compares the integral of the likelihood with 60-digit arithmetic.
func TestParetoIntegral(t *testing.T) {
	t.Parallel()
	worst := 0.0
	for _, r := range table(t, "pnbd_logintegral_mpmath.csv") {
		m := clv.ParetoNBD{R: r["r"], Alpha: r["alpha"], S: r["s"], Beta: r["beta"]}
		got := m.LogLeft(int(r["x"]), r["tx"], r["T"])
		worst = max(worst, math.Abs(got-r["ref_log_sI"]))
	}
	t.Logf("at worst %.1e", worst)
	if worst > 1e-9 {
		t.Errorf("off by %g", worst)
	}
}

// TestPublishedPoints are single values of the papers and their spreadsheets.
func TestPublishedPoints(t *testing.T) {
	t.Parallel()
	m := clv.Model{Buying: clv.BGNBD{R: .243, Alpha: 4.414, A: .793, B: 2.426}}
	got, err := m.Expected(clv.History{X: 2, Tx: 30.43, T: 38.86}, 39)
	if err != nil || math.Abs(got-1.226) > 5e-4 {
		t.Errorf("expected purchases of the BG/NBD note: %g, want 1.226 (%v)", got, err)
	}
	p := clv.Model{Buying: clv.ParetoNBD{R: .5533, Alpha: 10.5776, S: .6061, Beta: 11.6562}}
	h := clv.History{X: 26, Tx: 30.86, T: 31}
	if got, err := p.Alive(h); err != nil || math.Abs(got-.9979179) > 5e-6 {
		t.Errorf("P(alive) of BTYD: %.7f, want .9979179 (%v)", got, err)
	}
	if got, err := p.Expected(h, 52); err != nil || math.Abs(got-25.455318) > 5e-3 {
		t.Errorf("expected purchases of BTYD: %.6f, want 25.455318 (%v)", got, err)
	}
	g := clv.GammaGamma{P: 6.25, Q: 3.74, V: 15.44}
	for _, c := range []struct{ x, mean, want float64 }{{2, 22.35, 24.65}, {1, 11.77, 18.91}, {0, 0, 35.17}, {7, 73.74, 71.46}} {
		got, err := g.Of(clv.History{X: int(c.x), Tx: c.x, T: 40, Mean: c.mean})
		if err != nil || math.Abs(got-c.want) > .1 {
			t.Errorf("amount of the Gamma-Gamma note: %.2f, want %.2f (%v)", got, c.want, err)
		}
	}
}
