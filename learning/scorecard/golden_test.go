package scorecard_test

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/internal/outside"
	"github.com/bareme/bareme/learning/scorecard"
)

func table(t testing.TB, name string, comma rune) [][]string {
	t.Helper()
	f, err := os.Open(outside.Path(t, "data/"+name))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r := csv.NewReader(f)
	r.Comma = comma
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

type german struct {
	Vars    []string
	Breaks  map[string][]float64
	MLE     struct{ Coef []float64 }
	L2      struct{ Coef []float64 } `json:"l2_lambda1_intercept_unpenalised"`
	columns []scorecard.Column
	bad     []bool
	fixed   map[string]scorecard.Bins
}

func readGerman(t *testing.T) *german {
	t.Helper()
	rows := table(t, "german-credit/germancredit.csv", ',')
	text, err := os.ReadFile(outside.Path(t, "data/german-credit/golden/golden.json"))
	if err != nil {
		t.Fatal(err)
	}
	g := &german{fixed: map[string]scorecard.Bins{}}
	if err := json.Unmarshal(text, g); err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	for _, row := range rows[1:] {
		g.bad = append(g.bad, row[at["creditability"]] == "bad")
	}
	for _, name := range g.Vars {
		values, texts := make([]float64, len(g.bad)), make([]string, len(g.bad))
		for i, row := range rows[1:] {
			texts[i] = row[at[name]]
			values[i], _ = strconv.ParseFloat(texts[i], 64)
		}
		if cuts, ok := g.Breaks[name]; ok {
			g.fixed[name] = scorecard.Bins{Cuts: cuts}
			g.columns = append(g.columns, scorecard.Numbers(name, values))
			continue
		}
		g.columns = append(g.columns, scorecard.Texts(name, texts, nil))
	}
	for _, row := range table(t, "german-credit/golden/woebin_fixed_breaks.csv", ',')[1:] {
		if _, ok := g.Breaks[row[0]]; !ok {
			b := g.fixed[row[0]]
			b.Groups = append(b.Groups, strings.Split(row[1], "%,%"))
			g.fixed[row[0]] = b
		}
	}
	return g
}

// TestGermanCreditBinByBin: counts, weights of evidence, coefficients, points and every score of the published card.
func TestGermanCreditBinByBin(t *testing.T) {
	t.Parallel()
	g := readGerman(t)
	fitted, err := scorecard.Fit(g.columns, g.bad, nil, scorecard.Options{
		Fixed: g.fixed, Unsmoothed: true, Ridge: &scorecard.Ridge{},
		Scaling: &scorecard.Scaling{PDO: 50, Score: 600, Odds: 1. / 19},
	})
	if err != nil {
		t.Fatal(err)
	}
	card := fitted.Card
	next := bins(card)
	for _, row := range table(t, "german-credit/golden/woebin_fixed_breaks.csv", ',')[1:] {
		a, b := next(row[0])
		same(t, row[0]+" rows", row[2], b.Rows)
		same(t, row[0]+" bad", row[5], b.Events)
		near(t, row[0]+" WoE", row[7], b.WoE, 1e-9)
		near(t, row[0]+" IV", row[9], a.IV, 1e-9)
	}
	points := table(t, "german-credit/golden/scorecard_points.csv", ',')
	same(t, "base", points[1][3], card.Base)
	next = bins(card)
	for _, row := range points[2:] {
		_, b := next(row[0])
		same(t, row[0]+" "+row[1], row[3], b.Points)
	}
	for j, want := range g.MLE.Coef[1:] {
		for _, b := range card.Attributes[j].Bins {
			if math.Abs(b.Logit-want*b.WoE) > 1e-6 {
				t.Errorf("%s: adds %v, want %v", g.Vars[j], b.Logit, want*b.WoE)
			}
		}
	}
	got, _, err := card.Table(g.columns, nil, len(g.bad))
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range table(t, "german-credit/golden/woe_matrix_and_scores.csv", ',')[1:] {
		same(t, "score of row "+row[0], row[14], got[i])
	}
}

// TestGermanCreditRidge: the same with a ridge of 1 on each coefficient.
func TestGermanCreditRidge(t *testing.T) {
	t.Parallel()
	g := readGerman(t)
	fitted, err := scorecard.Fit(g.columns, g.bad, nil, scorecard.Options{Fixed: g.fixed, Unsmoothed: true, Ridge: &scorecard.Ridge{Line: 1}})
	if err != nil {
		t.Fatal(err)
	}
	for j, want := range g.L2.Coef[1:] {
		for _, b := range fitted.Card.Attributes[j].Bins {
			if math.Abs(b.Logit-want*b.WoE) > 1e-6 {
				t.Errorf("%s: adds %v, want %v", g.Vars[j], b.Logit, want*b.WoE)
			}
		}
	}
}

// bins walks a card's bins attribute by attribute.
func bins(c *scorecard.Card) func(name string) (*scorecard.Attribute, *scorecard.Bin) {
	at := map[string]int{}
	return func(name string) (*scorecard.Attribute, *scorecard.Bin) {
		for i := range c.Attributes {
			if a := &c.Attributes[i]; a.Name == name {
				at[name]++
				return a, &a.Bins[at[name]-1]
			}
		}
		return &scorecard.Attribute{}, &scorecard.Bin{}
	}
}

// TestBankDoesNotRunAway: without step halving, Newton's method diverges on these calls, whose attributes all but repeat
// each other. The fit must be finite, and steady under the ridges that let it bend most.
func TestBankDoesNotRunAway(t *testing.T) {
	t.Parallel()
	columns, converted := calls(t, 6) // enough for the divergence
	for _, ridge := range []scorecard.Ridge{{}, {Line: 1e-6, Bends: .1}, {Line: 1, Bends: 30}} {
		fitted, err := scorecard.Fit(columns, converted, nil, scorecard.Options{Ridge: &ridge})
		if err != nil {
			t.Fatal(err)
		}
		if err := fitted.Card.Valid(); err != nil {
			t.Errorf("ridge %+v: %v", ridge, err)
		}
		for _, a := range fitted.Card.Attributes {
			for _, b := range a.Bins {
				if math.Abs(b.Logit) > 25 {
					t.Errorf("ridge %+v: %s adds %v to the log-odds", ridge, a.Name, b.Logit)
				}
			}
		}
	}
}

// calls reads each so many-th of the bank's calls.
func calls(t testing.TB, each int) ([]scorecard.Column, []bool) {
	t.Helper()
	rows := table(t, "bank/bank-additional-full.csv", ';')
	head, rows := rows[0], rows[1:]
	var converted []bool
	for i := 0; i < len(rows); i += each {
		converted = append(converted, rows[i][20] == "yes")
	}
	var columns []scorecard.Column
	for j, name := range head[:20] {
		if name == "duration" {
			continue
		}
		values, texts, numeric := make([]float64, len(converted)), make([]string, len(converted)), true
		for i := range converted {
			texts[i] = rows[each*i][j]
			v, err := strconv.ParseFloat(texts[i], 64)
			numeric = numeric && err == nil
			values[i] = v
		}
		if numeric {
			columns = append(columns, scorecard.Numbers(name, values))
		} else {
			columns = append(columns, scorecard.Texts(name, texts, nil))
		}
	}
	return columns, converted
}

func same(t *testing.T, what, want string, got int) {
	t.Helper()
	if d := cmp.Diff(want, strconv.Itoa(got)); d != "" {
		t.Errorf("%s: want %s, got %d", what, want, got)
	}
}

func near(t *testing.T, what, want string, got, within float64) {
	t.Helper()
	w, err := strconv.ParseFloat(want, 64)
	if err != nil || math.Abs(w-got) > within {
		t.Errorf("%s: want %s, got %v", what, want, got)
	}
}
