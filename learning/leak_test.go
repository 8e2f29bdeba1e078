package learning_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bareme/bareme/learning"
	"github.com/bareme/bareme/learning/scorecard"
)

// leaky adds attributes that know the outcome in each of the ways the guard looks for.
func leaky() *learning.Table {
	t := history(1500, 1, 21)
	n := t.Len()
	twin, filled, moved := make([]string, n), make([]string, n), make([]string, n)
	score := make([]float64, n)
	changed, won := make([]time.Time, n), make([]time.Time, n)
	for i, o := range t.Outcomes {
		yes := o == learning.Yes
		twin[i] = map[bool]string{true: "customer", false: "lead"}[yes]
		filled[i] = map[bool]string{true: "a", false: ""}[yes || i%3 == 0]
		moved[i] = []string{"x", "y"}[i%2]
		score[i] = float64(i*7919%1000) / 10
		changed[i] = t.At[i].Add(-time.Hour)
		if yes {
			score[i] += 60
			won[i] = t.At[i].Add(24 * time.Hour)
			if i%5 == 0 {
				changed[i] = won[i]
			}
		}
	}
	t.Columns = append(t.Columns, scorecard.Texts("twin", twin, nil), scorecard.Numbers("quality", score),
		scorecard.Texts("filled", filled, func(row int) bool { return filled[row] != "" }), scorecard.Texts("moved", moved, nil))
	t.History = map[string]learning.Changes{"moved": {LastChanged: changed, Converted: won}}
	return t
}

func TestLeaksAreNamedWithTheirEvidence(t *testing.T) {
	t.Parallel()
	found, err := learning.Leaks(leaky(), []string{"quality"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]learning.Suspicion{
		"twin": learning.EqualsOutcome, "quality": learning.TooGood, "filled": learning.FilledByWin, "moved": learning.ChangedAfter,
	}
	for name, s := range want {
		i := slices.IndexFunc(found, func(f learning.Finding) bool { return f.Attribute == name && f.Suspicion == s })
		if i < 0 || found[i].Evidence == "" || found[i].Allowed != (name == "quality") {
			t.Errorf("%s is not found as %s: %+v", name, s, found)
		}
	}
	for _, f := range found {
		if want[f.Attribute] == "" {
			t.Errorf("%s is suspected without reason: %s", f.Attribute, f.Evidence)
		}
	}
}

func TestSuspectsStayOutUntilAllowed(t *testing.T) {
	t.Parallel()
	f, err := learning.Fit(leaky(), learning.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range f.Card.Names() {
		if slices.Contains([]string{"twin", "quality", "filled", "moved"}, name) {
			t.Errorf("%s is in the card", name)
		}
	}
	f, err = learning.Fit(leaky(), learning.Options{Allow: []string{"quality"}})
	if err != nil || !slices.Contains(f.Card.Names(), "quality") {
		t.Errorf("allowed, and not in the card: %v", err)
	}
	if !strings.Contains(f.String(), "allowed by you") {
		t.Error("the text does not say that it was allowed")
	}
}

// TestBadTables: each mistake has its words, and nothing panics.
func TestBadTables(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		make func(*learning.Table)
		want error
		says string
	}{
		{"no rows", func(t *learning.Table) { *t = learning.Table{} }, learning.ErrTable, "no rows"},
		{"one class", func(t *learning.Table) {
			for i := range t.Outcomes {
				t.Outcomes[i] = learning.No
			}
		}, learning.ErrTooFew, "the same one"},
		{"nothing known", func(t *learning.Table) { clear(t.Outcomes) }, learning.ErrTooFew, "both are needed"},
		{"twins", func(t *learning.Table) { t.IDs[1] = t.IDs[0] }, learning.ErrTable, "same id"},
		{"lengths", func(t *learning.Table) { t.Outcomes = t.Outcomes[1:] }, learning.ErrTable, "each row needs one"},
		{"column length", func(t *learning.Table) { t.Columns[0].Numbers = t.Columns[0].Numbers[1:] }, learning.ErrTable, "values for"},
		{"no moment", func(t *learning.Table) { t.At[3] = time.Time{} }, learning.ErrTable, "row 4 has no moment"},
		{"two of a name", func(t *learning.Table) { t.Columns[0].Name = t.Columns[1].Name }, learning.ErrTable, "two attributes"},
		{"dates without moments", func(t *learning.Table) {
			t.At = nil
			t.Columns[0].Kind = scorecard.Date
		}, learning.ErrTable, "moment of scoring"},
		{"no attributes", func(t *learning.Table) { t.Columns = nil }, learning.ErrNoSignal, "no attribute"},
		{"only useless ones", func(t *learning.Table) {
			n := t.Len()
			t.Columns = []scorecard.Column{
				scorecard.Numbers("constant", make([]float64, n)), scorecard.Numbers("missing", slices.Repeat([]float64{math.NaN()}, n)),
				scorecard.Texts("unique", t.IDs, nil),
			}
		}, learning.ErrNoSignal, "no attribute"},
		{"only its own outcome", func(t *learning.Table) {
			twin := make([]float64, t.Len())
			for i, o := range t.Outcomes {
				twin[i] = float64(o)
			}
			t.Columns = []scorecard.Column{scorecard.Numbers("twin", twin)}
		}, learning.ErrNoSignal, "says the outcome in other words"},
	} {
		table := history(500, 1, 31)
		c.make(table)
		_, err := learning.Fit(table, learning.Options{})
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestUselessColumnsSayWhy: beside good attributes they are left out, each with its reason.
func TestUselessColumnsSayWhy(t *testing.T) {
	t.Parallel()
	table := history(2000, 1, 41)
	n := table.Len()
	huge, ids := make([]float64, n), make([]string, n)
	for i := range n {
		huge[i] = math.MaxFloat64 * math.Pow(-1, float64(i))
		ids[i] = fmt.Sprint("company ", i)
	}
	table.Columns = append(table.Columns, scorecard.Numbers("constant", make([]float64, n)), scorecard.Numbers("huge", huge),
		scorecard.Texts("company", ids, nil), scorecard.Numbers("gone", slices.Repeat([]float64{math.NaN()}, n)),
		scorecard.Lists("tags", make([][]string, n)))
	f, err := learning.Fit(table, learning.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, why := range map[string]string{
		"constant": "the same value in every row", "gone": "missing in every row", "company": "2,000 values is too rare",
		"huge": "hardly tells", "tags": "none of its texts",
	} {
		i := slices.IndexFunc(f.LeftOut, func(l scorecard.LeftOut) bool { return l.Name == name })
		if i < 0 || !strings.Contains(f.LeftOut[i].Why, why) {
			t.Errorf("%s: %+v", name, f.LeftOut)
		}
	}
}
