package learning_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bareme/bareme/learning"
	"github.com/bareme/bareme/learning/clv"
	"github.com/bareme/bareme/learning/scorecard"
)

// TestBadInputInWords: what each kind of bad input is answered with, to the letter: this is what an admin reads.
// Amounts of zero are in clv (TestUnpaid), an outcome of dates in the scripts of the command line (learn.txtar).
func TestBadInputInWords(t *testing.T) {
	t.Parallel()
	only := func(c scorecard.Column) string {
		table := history(c.Len(), 1, 31)
		table.Columns = []scorecard.Column{c}
		f, err := learning.Fit(table, learning.Options{})
		return said(f, err)
	}
	n := 500
	levels, twin, days := make([]string, 10_000), make([]float64, n), make([]float64, n)
	for i := range levels {
		levels[i] = fmt.Sprint("level ", i)
	}
	base := history(n, 1, 31)
	for i := range n {
		twin[i] = float64(base.Outcomes[i])
		days[i] = float64(base.At[i].UnixMilli())
	}
	oneClass := history(n, 1, 31)
	for i := range oneClass.Outcomes {
		oneClass.Outcomes[i] = learning.No
	}
	_, oneClassSaid := learning.Fit(oneClass, learning.Options{})

	const nothing = "no model: it would not beat the base rate: no attribute tells those who converted from those who did not "
	for name, c := range map[string]struct{ got, want string }{
		"one class only":                 {said(nil, oneClassSaid), "too few outcomes to learn from: all 500 rows with a known outcome have the same one; both are needed, 40 of each at least"},
		"a constant column":              {only(scorecard.Numbers("size", make([]float64, n))), nothing + "(1 looked at)\n  size: it has the same value in every row"},
		"a column equal to the outcome":  {only(scorecard.Numbers("signed", twin)), nothing + "(0 looked at)\n  signed: by itself it ranks 100.0 % of all pairs right: it says the outcome in other words (left out until you allow it)\n  signed: its information value is 12.33 (left out until you allow it)"},
		"10,000 levels":                  {only(scorecard.Texts("company", levels, nil)), nothing + "(1 looked at)\n  company: each of its 10,000 values is too rare to learn from: group them first"},
		"all missing":                    {only(scorecard.Numbers("budget", slices.Repeat([]float64{math.NaN()}, n))), nothing + "(1 looked at)\n  budget: it is missing in every row"},
		"infinite values":                {only(scorecard.Numbers("revenue", slices.Repeat([]float64{math.Inf(1)}, n))), nothing + "(1 looked at)\n  revenue: it is missing in every row"},
		"dates that are those of coming": {only(scorecard.Dates("created", days)), nothing + "(1 looked at)\n  created: it has the same value in every row"},
		"one purchase only":              {buys(clv.History{T: 20}), "customers: none of 500 bought a second time; wait until some come back; until then use how long ago they bought"},
		"a count beyond all measure":     {buys(clv.History{X: math.MaxInt, Tx: 1, T: 2}), "customer 1, x: 9223372036854775807 repeat purchases are more than 1000000; leave this customer out: this is an account of many, or a counter that overflowed"},
	} {
		if c.got != c.want {
			t.Errorf("%s:\nwant %s\ngot  %s", name, c.want, c.got)
		}
	}
}

// said is what a refusal says, or why the one column was left out.
func said(f *learning.Fitted, err error) string {
	switch {
	case err != nil:
		return err.Error()
	case f != nil && len(f.LeftOut) > 0:
		return f.LeftOut[0].Why
	}
	return ""
}

func buys(h clv.History) string {
	_, err := clv.Fit(slices.Repeat([]clv.History{h}, 500), clv.BG)
	return said(nil, err)
}

// TestNoNaNLeaves: whatever the table, what is learnt, judged, compared and described can be written as JSON, which knows no
// NaN and no infinity; or it is refused with words.
func TestNoNaNLeaves(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table := strange(t)
		f, err := learning.Fit(table, learning.Options{})
		plain(t, f, err)
		r, err := learning.Backtest(table, learning.Options{}, []learning.Rival{{Name: "odd", Scores: odd(table.Len())}}, nil)
		plain(t, r, err)
		if f == nil || f.Card == nil {
			return
		}
		d, err := learning.Drift(f, table)
		plain(t, d, err)
		plain(t, learning.Describe(f, d, "purpose", "people", "outcome", table.At[0]), nil)
	})
}

func plain[T any](t *rapid.T, v *T, err error) {
	if err != nil {
		if err.Error() == "" || strings.Contains(err.Error(), "NaN") {
			t.Fatalf("no words: %v", err)
		}
		return
	}
	if _, err := json.Marshal(v); err != nil {
		t.Fatal(err)
	}
}

// strange is a table of odd values, of which some tell the outcome.
func strange(t *rapid.T) *learning.Table {
	n := rapid.IntRange(150, 260).Draw(t, "n")
	table := history(n, rapid.Float64Range(0, 3).Draw(t, "signal"), rapid.Uint64().Draw(t, "seed"))
	values := odd(n)
	switch rapid.IntRange(0, 4).Draw(t, "what") {
	case 0:
		table.Columns = append(table.Columns, scorecard.Numbers("odd", values))
	case 1:
		for i := range values {
			values[i] = float64(table.Outcomes[i]) * math.MaxFloat64
		}
		table.Columns = append(table.Columns, scorecard.Numbers("twin", values))
	case 2:
		table.Columns = append(table.Columns, scorecard.Dates("dated", values))
	case 3:
		table.Columns = append(table.Columns, scorecard.Texts("ids", table.IDs, nil), scorecard.Lists("tags", make([][]string, n)))
	default:
		for i := range table.At {
			table.At[i] = table.At[0]
		}
	}
	return table
}

// odd is numbers at the edge of what a number can be, again and again.
func odd(n int) []float64 {
	edges := []float64{0, -1, 1e-300, math.MaxFloat64, -math.MaxFloat64, math.NaN(), math.Inf(1), math.Inf(-1), .1, 1e15, math.SmallestNonzeroFloat64}
	out := make([]float64, n)
	for i := range out {
		out[i] = edges[i*7%len(edges)]
	}
	return out
}
