package scorecard_test

import (
	"testing"

	"github.com/bareme/bareme/learning/scorecard"
)

func TestDiffOfPoints(t *testing.T) {
	t.Parallel()
	card := func(cut float64, points ...int) *scorecard.Card {
		a := scorecard.Attribute{Name: "employees", Cuts: []float64{cut}, Missing: 2, Other: -1}
		for _, p := range points {
			a.Bins = append(a.Bins, scorecard.Bin{Points: p})
		}
		return &scorecard.Card{Version: scorecard.Version, Attributes: []scorecard.Attribute{a}}
	}
	same := card(10, 0, 20, 5)
	if got := scorecard.Table(scorecard.Diff(same, card(10, 0, 20, 5))); got != "No points change.\n" {
		t.Error(got)
	}
	for want, now := range map[string]*scorecard.Card{
		"employees 10 or more +20 → +25": card(10, 0, 25, 5),
		"employees under 12 – → +0 12 or more – → +20 under 10 +0 → – 10 or more +20 → –": card(12, 0, 20, 5),
	} {
		if got := squeeze(scorecard.Table(scorecard.Diff(same, now))); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
	if got := len(scorecard.Diff(nil, same)); got != 3 {
		t.Errorf("against nothing there are %d new lines, not 3", got)
	}
}
