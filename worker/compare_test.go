package worker_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/worker"
)

func contender(name string, f *modelfile.File) worker.Contender {
	return worker.Contender{Name: name, Hash: f.Hash(), Mapper: f.Mapper, Model: f.Model}
}

func (w *world) compare(old, now *modelfile.File, examples int) worker.Comparison {
	w.t.Helper()
	one := w.open()
	one.CRM = nil // nothing may be asked
	c, err := one.Compare(w.t.Context(), contender("old.yaml", old), contender("new.yaml", now), examples)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := one.Store.Close(); err != nil {
		w.t.Fatal(err)
	}
	return c
}

// TestCompareByHand: directors get 20 instead of 40, and mid-size companies at most 50 of their 60.
func TestCompareByHand(t *testing.T) {
	t.Parallel()
	w := first(t, 60)
	old := w.file()
	w.edit("name: Director, when: title contains \"director\", points: 40", "name: Director, when: title contains \"director\", points: 20")
	w.edit("{name: Met us,", "{name: Never, activity: meeting, points: 1, within: 1h}\n          - {name: Met us,")
	w.edit("company: {criteria: [", "company: {max: 50, criteria: [")
	c := w.compare(old, w.file(), 3)

	people, stay := 0, 0
	for _, m := range c.Moves {
		people += m.People
		if m.From == m.To {
			stay += m.People
		}
	}
	if people != 60 || c.People != 60 || c.Moved != 60-stay || c.Moved == 0 {
		t.Errorf("%d of %d people in the matrix, %d stay, %d moved", people, c.People, stay, c.Moved)
	}
	// Directors of companies of 50 people and more lose 20 and, by the cap, 10: the mean of two scores falls by 15.
	most := c.Most[0]
	want := []worker.ReasonMove{{Points: -20, Text: "Director"}, {Points: -10, Text: "fit, company: cap"}}
	if diff := cmp.Diff(want, most.Why); diff != "" || most.Old.Score-most.New.Score != 15 || len(c.Most) != 3 {
		t.Errorf("%s: %v → %v because (-want +got):\n%s", most.ID, most.Old, most.New, diff)
	}
	names := func(list []worker.CriterionUse) (out []string) {
		for _, u := range list {
			out = append(out, u.Criterion)
		}
		return out
	}
	if diff := cmp.Diff([]string{"Never", "Met us"}, names(c.Never())); diff != "" {
		t.Error("never:", diff)
	}
	if i := slices.IndexFunc(c.Criteria, func(u worker.CriterionUse) bool { return u.Criterion == "Director" }); c.Criteria[i].People != 20 || *c.Criteria[i].Old != 20 {
		t.Errorf("every third is a director: %+v", c.Criteria[i])
	}
	if i := slices.IndexFunc(c.Criteria, func(u worker.CriterionUse) bool { return u.Criterion == "Never" }); c.Criteria[i].Old != nil {
		t.Error("the old model has no such criterion")
	}
	if capped := c.AlwaysCapped(); len(capped) != 1 || capped[0].Group != "company" || capped[0].AtCap != 40 {
		t.Errorf("always capped: %+v", capped)
	}
	for _, s := range []worker.Side{c.Old, c.New} {
		sum := 0
		for _, n := range s.Spread {
			sum += n
		}
		if sum != s.Tally.Mapped-s.Tally.Unscored || s.Tally.People != 60 {
			t.Errorf("%s: %d scores in the spread of %d", s.Name, sum, s.Tally.Mapped)
		}
	}
	if report := w.run(worker.Options{Accept: true}); !report.NewModel {
		t.Error("comparing left a trace: the run after it did not see that the model is new")
	}
}

// TestCompareWithOneself: the same file on both sides moves nobody, and agrees with what a run counts.
func TestCompareWithOneself(t *testing.T) {
	t.Parallel()
	w := first(t, 60)
	c := w.compare(w.file(), w.file(), 5)
	if c.Moved != 0 || len(c.Most) != 0 || len(c.Limits) != 0 {
		t.Errorf("moved %d, %v, %v", c.Moved, c.Most, c.Limits)
	}
	report := w.run(worker.Options{Kind: worker.Rescore})
	if diff := cmp.Diff(report.Population.Grades, c.New.Tally.Grades); diff != "" {
		t.Errorf("the run counts otherwise (-run +comparison):\n%s", diff)
	}
}

// TestCompareSaysWhatItCannot: a field that the snapshot does not hold is named, one that it holds is not.
func TestCompareSaysWhatItCannot(t *testing.T) {
	t.Parallel()
	w := first(t, 20)
	old := w.file()
	w.edit("title:     {from: jobtitle", "rank: {from: rank, type: number}\n    title:     {from: jobtitle")
	w.edit("{name: Director, when", "{name: Ranked, when: rank > 3, points: 5}, {name: Director, when")
	c := w.compare(old, w.file(), 5)
	if len(c.Limits) != 1 || !strings.HasPrefix(c.Limits[0], "people.rank: only new.yaml reads it") {
		t.Errorf("limits: %q", c.Limits)
	}
	if len(c.Missing) == 0 || c.Missing[0].Attribute != "rank" || c.Missing[0].Missing != 20 {
		t.Errorf("missing: %+v", c.Missing)
	}
}

// TestCompareOtherCuts: where only the cuts differ, people move although nobody's score does.
func TestCompareOtherCuts(t *testing.T) {
	t.Parallel()
	w := first(t, 20)
	old := w.file()
	w.edit("row_cuts: [75, 50, 25]", "row_cuts: [41, 39, 25]")
	c := w.compare(old, w.file(), 20)
	// The seven directors of a company of ten or thirty people have 40: C before, B now.
	if c.Moved != 7 || len(c.Most) != 7 || len(c.Most[0].Why) != 0 || c.Most[0].Old.Grade[0] != 'C' || c.Most[0].New.Grade[0] != 'B' {
		t.Errorf("moved %d, most %+v", c.Moved, c.Most)
	}
}
