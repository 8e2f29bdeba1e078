package plan_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/bareme/bareme/plan"
)

func TestLimits(t *testing.T) {
	third := plan.Limits{MaxChanged: 0.3}
	const look = `Look at it with "bareme preview"; to write it, run again with --accept-changes`
	for name, c := range map[string]struct {
		limits plan.Limits
		counts plan.Counts
		want   string
	}{
		"the limit itself passes":        {third, plan.Counts{People: 1000, Changed: 300}, ""},
		"shares binary cannot hold":      {plan.Limits{MaxChanged: 0.29}, plan.Counts{People: 100, Changed: 29}, ""},
		"few changes are never too many": {third, plan.Counts{People: 20, Changed: 19}, ""},
		"no limit":                       {plan.Limits{}, plan.Counts{People: 1000, Changed: 1000}, ""},
		"nothing to do":                  {third, plan.Counts{}, ""},
		"one too many": {third, plan.Counts{People: 1000, Changed: 301},
			"the plan changes 301 of 1,000 people (30 %), more than the limit of 30 %; nothing was written. " +
				"The model has not changed, so look for the cause: many records changed in the CRM at once, or a field that no longer arrives. " + look},
		"own least": {plan.Limits{MaxChanged: 0.5, Least: 2}, plan.Counts{People: 3, Changed: 2, NewModel: true},
			"the plan changes 2 of 3 people (66 %), more than the limit of 50 %; nothing was written. It may be right: the model has changed since people were last scored. " + look},
		"first load": {plan.Limits{MaxChanged: 0.125}, plan.Counts{People: 1234567, Changed: 1234567, First: true},
			"the plan changes 1,234,567 of 1,234,567 people (100 %), more than the limit of 12.5 %; nothing was written. It may be right: this is the first load, everybody gets a score. " + look},
		"clearing": {third, plan.Counts{People: 50, Changed: 40, Clearing: 38, NewModel: true},
			"the plan changes 40 of 50 people (80 %), more than the limit of 30 %, and clears the score of 38; nothing was written. It may be right: the model has changed since people were last scored. " + look},
		"changes without people": {third, plan.Counts{Changed: 20},
			"the plan changes 20 of 0 people (all), more than the limit of 30 %; nothing was written. " +
				"The model has not changed, so look for the cause: many records changed in the CRM at once, or a field that no longer arrives. " + look},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.limits.Check(c.counts)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if large, ok := errors.AsType[*plan.TooLarge](err); err != nil && (!ok || large.Counts != c.counts || !errors.Is(err, plan.ErrTooLarge)) {
				t.Errorf("%#v is not the refusal of these counts", err)
			}
		})
	}
}

// A plan that passes still passes with fewer changes, or a higher limit.
func TestLimitsAreMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := plan.Counts{People: rapid.IntRange(0, 1e6).Draw(t, "people"), Changed: rapid.IntRange(0, 1e6).Draw(t, "changed")}
		l := plan.Limits{MaxChanged: rapid.Float64Range(0.001, 1).Draw(t, "limit"), Least: rapid.IntRange(-1, 100).Draw(t, "least")}
		if l.Check(c) != nil {
			return
		}
		fewer, wider := c, l
		fewer.Changed = rapid.IntRange(0, c.Changed).Draw(t, "fewer")
		wider.MaxChanged = rapid.Float64Range(l.MaxChanged, 2).Draw(t, "wider")
		if l.Check(fewer) != nil || wider.Check(c) != nil {
			t.Fatal("refused")
		}
	})
}
