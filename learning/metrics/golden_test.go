package metrics_test

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/internal/outside"
	"github.com/bareme/bareme/learning/metrics"
)

func open(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.Open(outside.Path(t, "data/"+name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// TestPSIOfBankByTime compares every attribute of the first 70 % of the calls with the last 30 %.
func TestPSIOfBankByTime(t *testing.T) {
	t.Parallel()
	var golden struct {
		PSI struct {
			Features map[string]struct {
				PSI      float64  `json:"psi"`
				JS       float64  `json:"js_bits"`
				KS       *float64 `json:"ks"`
				Expected []float64
				Actual   []float64
			}
		} `json:"psi_bank_time_70_30"`
	}
	if err := json.NewDecoder(open(t, "scoring/metrics_golden.json")).Decode(&golden); err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(open(t, "bank/bank-additional-full.csv"))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	const train = 28832
	compared := 0
	for at, name := range rows[0] {
		want, ok := golden.PSI.Features[name]
		if !ok {
			continue
		}
		compared++
		near(t, name+" PSI", want.PSI, must(metrics.PSI(want.Expected, want.Actual)), 1e-12)
		near(t, name+" JS", want.JS, must(metrics.JensenShannon(want.Expected, want.Actual)), 1e-12)
		if want.KS == nil {
			continue
		}
		values := make([]float64, 0, len(rows))
		for _, row := range rows[1:] {
			v, err := strconv.ParseFloat(row[at], 64)
			if err != nil {
				t.Fatal(err)
			}
			if name == "pdays" && v == 999 {
				v = math.NaN() // never called before
			}
			values = append(values, v)
		}
		cuts := metrics.Deciles(values[:train])
		expected, actual := metrics.Count(values[:train], cuts), metrics.Count(values[train:], cuts)
		expected, actual = occupied(expected, actual)
		if d := cmp.Diff([][]float64{want.Expected, want.Actual}, [][]float64{expected, actual}); d != "" {
			t.Errorf("%s: counts (-want +got):\n%s", name, d)
		}
		near(t, name+" KS", *want.KS, metrics.Apart(values[:train], values[train:]), 1e-12)
	}
	if compared != len(golden.PSI.Features) {
		t.Errorf("%d of %d attributes compared", compared, len(golden.PSI.Features))
	}
}

// occupied leaves out the bins that are empty on both sides: they add nothing to PSI.
func occupied(expected, actual []float64) (e, a []float64) {
	for i := range expected {
		if expected[i]+actual[i] > 0 {
			e, a = append(e, expected[i]), append(a, actual[i])
		}
	}
	return e, a
}

// TestAUCOfGermanCredit: the maximum-likelihood card, and the same in whole points.
func TestAUCOfGermanCredit(t *testing.T) {
	t.Parallel()
	rows, err := csv.NewReader(open(t, "german-credit/golden/woe_matrix_and_scores.csv")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		MLE struct{ AUC, LL float64 }
		L2  struct{ AUC float64 } `json:"l2_lambda1_intercept_unpenalised"`
		Int float64               `json:"auc_integer_score"`
	}
	if err := json.NewDecoder(open(t, "german-credit/golden/golden.json")).Decode(&golden); err != nil {
		t.Fatal(err)
	}
	var bad []bool
	var mle, l2, points []float64
	for _, row := range rows[1:] {
		number := func(i int) float64 {
			v, err := strconv.ParseFloat(row[i], 64)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		bad = append(bad, row[11] == "1")
		mle, l2, points = append(mle, number(12)), append(l2, number(13)), append(points, -number(14))
	}
	near(t, "AUC of MLE", golden.MLE.AUC, must(metrics.Rank(mle, bad)).AUC, 1e-12)
	near(t, "AUC of ridge", golden.L2.AUC, must(metrics.Rank(l2, bad)).AUC, 1e-12)
	near(t, "AUC of points", golden.Int, must(metrics.Rank(points, bad)).AUC, 1e-12)
	near(t, "log-likelihood", golden.MLE.LL, -1000*must(metrics.Losses(mle, bad)).LogLoss, 1e-7)
	c := must(metrics.Calibrate(mle, bad))
	near(t, "calibration intercept of the maximum", 0, c.Intercept, 1e-6)
	near(t, "calibration slope of the maximum", 1, c.Slope, 1e-6)
}

// TestGainsOfLeads: the golden rows tell how many of each tenth's boundary were captured, shares and lifts follow.
func TestGainsOfLeads(t *testing.T) {
	t.Parallel()
	var golden struct {
		Leads struct {
			Gains []struct {
				Top, Rows, Captured float64
				Rate                float64 `json:"capture_rate"`
				Lift                float64 `json:"cum_lift"`
			} `json:"gains_ties_proportional"`
		} `json:"leads_hybrid_score100"`
	}
	if err := json.NewDecoder(open(t, "scoring/metrics_golden.json")).Decode(&golden); err != nil {
		t.Fatal(err)
	}
	// A score that falls from tenth to tenth, with the golden counts rounded to whole conversions.
	var score []float64
	var converted []bool
	before := 0
	for i, g := range golden.Leads.Gains {
		rows, yes := int(math.Round(g.Rows))-len(score), int(math.Round(g.Captured))-before
		for k := range rows {
			score, converted = append(score, float64(-i)), append(converted, k < yes)
		}
		before += yes
	}
	for i, s := range must(metrics.Gains(score, converted)) {
		g := golden.Leads.Gains[i]
		near(t, "rows", g.Rows, s.Rows, 1e-9)
		near(t, "captured", g.Captured, s.Captured, 1)
		near(t, "share", g.Rate, s.Share, 1e-3)
		near(t, "lift", g.Lift, s.Lift, 1e-2)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func near(t *testing.T, what string, want, got, within float64) {
	t.Helper()
	if !(math.Abs(want-got) <= within) {
		t.Errorf("%s: want %v, got %v", what, want, got)
	}
}
