package learning_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/learning"
	"github.com/bareme/bareme/learning/scorecard"
)

func day(n int) time.Time { return time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n) }

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

func TestYoungPeopleAreUnknown(t *testing.T) {
	t.Parallel()
	rule := learning.Rule{Within: days(90)}
	never := time.Time{}
	for _, c := range []struct {
		name      string
		created   time.Time
		converted time.Time
		want      learning.Outcome
	}{
		{"in time", day(0), day(90), learning.Yes},
		{"too late", day(0), day(91), learning.No},
		{"old, not yet", day(0), never, learning.No},
		{"exactly old enough", day(110), never, learning.No},
		{"too young", day(111), never, learning.Unknown},
		{"young, and won", day(150), day(160), learning.Yes},
		{"won after the cut", day(150), day(250), learning.Unknown},
		{"came after the cut", day(201), never, learning.Unknown},
		{"won before they came", day(50), day(40), learning.Unknown},
		{"no beginning", never, day(40), learning.Unknown},
	} {
		if got := rule.Of(learning.Case{Created: c.created, Converted: c.converted}, day(200)); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestSuggestedTimeIsNearTheNinetiethPercentile(t *testing.T) {
	t.Parallel()
	var cases []learning.Case
	for i := range 100 {
		cases = append(cases, learning.Case{Created: day(i), Converted: day(i + i)})
	}
	got, err := learning.Suggest(cases, day(1000))
	if err != nil {
		t.Fatal(err)
	}
	want := learning.Timing{Conversions: 100, Median: days(49), P90: days(89), Within: days(90), Kept: 91}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if _, err := learning.Suggest(nil, day(1)); !errors.Is(err, learning.ErrTooFew) {
		t.Errorf("nobody: %v", err)
	}
}

// TestLeftTruncation: people came for a year, and conversions are on record only for its second half.
func TestLeftTruncation(t *testing.T) {
	t.Parallel()
	whole, late := []learning.Case{}, []learning.Case{}
	for i := range 365 {
		c := learning.Case{Created: day(i)}
		if i%4 == 0 {
			c.Converted = day(i + 20)
		}
		whole = append(whole, c)
		if c.Converted.Before(day(180)) {
			c.Converted = time.Time{}
		}
		late = append(late, c)
	}
	got, err := learning.Suggest(late, day(500))
	if err != nil || !got.Truncated || got.Since.Before(day(180)) || got.Since.After(day(190)) || got.Lacking < 20 {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := learning.Suggest(whole, day(500)); err != nil || got.Truncated {
		t.Errorf("nothing is missing: %+v, %v", got, err)
	}
}

func TestWhatIsNoOutcome(t *testing.T) {
	t.Parallel()
	many := make([]string, 10_000)
	for i := range many {
		many[i] = string(rune('a'+i%26)) + strings.Repeat("x", i/26)
	}
	for name, c := range map[string]scorecard.Column{
		"dates, which are no outcome":     scorecard.Dates("closed", []float64{1e12, 1.1e12}),
		"numbers other than 0 and 1":      scorecard.Numbers("amount", []float64{0, 1, 250}),
		"holds lists":                     scorecard.Lists("tags", [][]string{{"a"}}),
		`no row has "won" in "stage"`:     scorecard.Texts("stage", []string{"open", "lost"}, nil),
		"it holds 10000 different values": scorecard.Texts("name", many, nil),
	} {
		_, err := learning.Outcomes(&c, "won")
		if !errors.Is(err, learning.ErrTable) || !strings.Contains(err.Error(), name) {
			t.Errorf("want %q in: %v", name, err)
		}
	}
	c := scorecard.Texts("stage", []string{"won", "lost", "", "won"}, func(row int) bool { return row != 2 })
	got, err := learning.Outcomes(&c, "won")
	if d := cmp.Diff([]learning.Outcome{learning.Yes, learning.No, learning.Unknown, learning.Yes}, got); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
}
