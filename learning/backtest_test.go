package learning_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/bareme/bareme/learning"
)

func TestBacktestBesideRivals(t *testing.T) {
	t.Parallel()
	table := history(3000, 1.2, 51)
	n := table.Len()
	good, random, grades := make([]float64, n), make([]float64, n), make([]string, n)
	for i := range n {
		good[i] = table.Columns[0].Numbers[i] // NaN where the size is not known
		random[i] = float64(i * 7919 % 101)
		grades[i] = map[bool]string{true: "A", false: "B"}[good[i] > 100]
	}
	r, err := learning.Backtest(table, learning.Options{}, []learning.Rival{{Name: "size alone", Scores: good}, {Name: "dice", Scores: random}},
		[]learning.Grouping{{Name: "grade", Of: grades, Order: []string{"A", "B", "C"}}})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Trusted() {
		t.Errorf("not trusted: %s\n%s", r.Refused, r.Drift.String())
	}
	if len(r.Judged) != 3 || r.Judged[0].Rank.AUC < r.Judged[1].Rank.AUC || math.Abs(r.Judged[2].Rank.AUC-.5) > .06 {
		t.Errorf("judged: %v", r)
	}
	if a := r.Against[1]; a.AUC.Z < 5 || a.AUC.P > 1e-6 {
		t.Errorf("against dice: %+v", a)
	}
	g := r.Groups[0].Groups
	if len(g) != 3 || g[0].Rate <= g[1].Rate || g[2].Rows != 0 || g[0].Rows+g[1].Rows != r.After {
		t.Errorf("groups: %+v", g)
	}
	rows := 0
	for _, b := range r.Scores {
		rows += b.Rows
	}
	if rows != r.After || r.Past+r.After != n {
		t.Errorf("%d scores of %d rows after", rows, r.After)
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
	for _, want := range []string{"It would have worked", "size alone", "grade", "Drift"} {
		if !strings.Contains(r.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, r)
		}
	}
}

// TestTrainingKnowsNothingOfTheFuture: rows whose outcome was open at the cut are not learnt from.
func TestTrainingKnowsNothingOfTheFuture(t *testing.T) {
	t.Parallel()
	table := history(1000, 1, 61)
	past, after, cut, err := table.Split(.3, 48*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range past.At {
		if at.Add(48 * time.Hour).After(cut) {
			t.Fatalf("%s is learnt from, and was open at %s", at, cut)
		}
	}
	for _, at := range after.At {
		if at.Before(cut) {
			t.Fatalf("%s is judged on, and is before %s", at, cut)
		}
	}
	if past.Len()+after.Len() != 1000-47 {
		t.Errorf("%d and %d rows", past.Len(), after.Len())
	}
}

func TestDrift(t *testing.T) {
	t.Parallel()
	f, err := learning.Fit(history(2000, 1, 71), learning.Options{})
	if err != nil {
		t.Fatal(err)
	}
	same, err := learning.Drift(f, history(2000, 1, 72))
	if err != nil || same.Alarm() || len(same.Warnings) > 0 {
		t.Errorf("the same people: %v\n%s", err, same)
	}
	other := history(2000, 1, 73)
	for i := range other.Columns[0].Numbers {
		other.Columns[0].Numbers[i] *= 20
	}
	grades := make([]string, other.Len())
	for i := range grades {
		grades[i] = []string{"A", "B"}[i%2]
	}
	moved, err := learning.Drift(f, other, learning.Grouping{Name: "grade", Of: grades, Order: []string{"A", "B"}})
	if g := moved.Groups; err != nil || len(g) != 1 || len(g[0].Periods) != 3 || g[0].Periods[0].Month != "2025-01" || g[0].Periods[0].Groups[0].Rows != 372 {
		t.Errorf("grades by month: %+v", g)
	}
	if err != nil || !moved.Alarm() || moved.Attributes[0].Name != "size" {
		t.Errorf("other people: %v\n%s", err, moved)
	}
	for i := range other.Outcomes {
		other.Outcomes[i] = learning.Unknown
	}
	unknown, err := learning.Drift(f, other)
	if err != nil || unknown.Calibrated != nil || !unknown.Alarm() {
		t.Errorf("outcomes not known yet: %v\n%s", err, unknown)
	}
	fewer := history(2000, 1, 74)
	fewer.Columns = fewer.Columns[1:] // size is no longer filled
	gone, err := learning.Drift(f, fewer)
	if err != nil || !gone.Alarm() {
		t.Errorf("an attribute is gone: %v\n%s", err, gone)
	}
}

func TestModelCard(t *testing.T) {
	t.Parallel()
	f, err := learning.Fit(history(2000, 1, 81), learning.Options{Within: 90 * 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	c := learning.Describe(f, nil, "Whom to call first", "Trial users of 2025", "a won deal", time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC))
	for _, want := range []string{"Whom to call first", "within 90 days", "2 January 2026", "AUC", "Drift has not been looked at", "industry, size"} {
		if !strings.Contains(c.String(), want) {
			t.Errorf("the card lacks %q:\n%s", want, c)
		}
	}
	if _, err := c.Encode(); err != nil {
		t.Error(err)
	}
}
