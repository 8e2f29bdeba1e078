package worker_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

func (w *world) override(id string, o worker.Override) error {
	w.t.Helper()
	one := w.open()
	defer func() {
		if err := one.Store.Close(); err != nil {
			w.t.Fatal(err)
		}
	}()
	if o.Kind == "" {
		_, err := one.ClearOverride(w.t.Context(), id)
		return err
	}
	o.Author, o.Reason = "Claire", "signed"
	_, err := one.SetOverride(w.t.Context(), id, o)
	return err
}

func (w *world) explained(id string) worker.Explanation {
	w.t.Helper()
	one := w.open()
	defer func() { _ = one.Store.Close() }()
	e, err := one.Explain(w.t.Context(), id, "en")
	if err != nil {
		w.t.Fatal(err)
	}
	return e
}

// TestOverrideIsWrittenAndEnds: what is set by hand is written by the next run with its author and reason, and taken back
// by itself, by whichever kind of run comes after its end.
func TestOverrideIsWrittenAndEnds(t *testing.T) {
	t.Parallel()
	for _, kind := range []worker.Kind{worker.Rescore, worker.Reload} {
		w := first(t, 10)
		before := w.shown("p003")
		if err := w.override("p003", worker.Override{Kind: worker.OverrideScore, Points: 93, Until: w.at.Add(48 * time.Hour)}); err != nil {
			t.Fatal(err)
		}
		w.at = w.at.Add(time.Hour)
		w.run(worker.Options{Accept: true})
		got := w.shown("p003")
		if got["b_score"] != "93" || !strings.HasPrefix(got["b_reasons"], "+73 Set by hand by Claire until 23 Nov 2026: signed") || got["b_fit"] != before["b_fit"] || got["b_grade"] != before["b_grade"] {
			t.Errorf("set to 93: %v, before %v", got, before)
		}
		e := w.explained("p003")
		if e.Overall != 93 || len(e.Adjustments) != 1 || !e.Adjustments[0].Hand || e.History[0].New.Score != 93 || !strings.Contains(e.History[1].Reasons[0], "Set by hand by Claire") {
			t.Errorf("explained: %+v", e)
		}
		w.at = w.at.Add(48 * time.Hour)
		if kind == worker.Reload { // only a change makes a sync look at a person again
			fields, _ := w.crm.Stored(crm.People, "p003")
			fields["jobtitle"] = "director of buying"
			w.crm.Put(crm.People, "p003", fields, map[string][]string{crm.Companies: {"c00"}})
		}
		w.run(worker.Options{Accept: true, Kind: kind})
		if got := w.shown("p003")["b_score"]; got != before["b_score"] {
			t.Errorf("after its end, by a %s: %s, want %s", kind, got, before["b_score"])
		}
	}
}

func TestFreezeKeepsWhatIsShown(t *testing.T) {
	t.Parallel()
	w := first(t, 10)
	before := w.shown("p003")
	if err := w.override("p003", worker.Override{Kind: worker.OverrideFreeze, Until: w.at.Add(48 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	fields, _ := w.crm.Stored(crm.People, "p003")
	fields["jobtitle"] = "Intern"
	w.at = w.at.Add(time.Hour)
	w.crm.Put(crm.People, "p003", fields, map[string][]string{crm.Companies: {"c00"}})
	for _, kind := range []worker.Kind{worker.Sync, worker.Rescore} {
		w.at = w.at.Add(time.Hour)
		w.run(worker.Options{Accept: true, Kind: kind})
		if got := w.shown("p003"); got["b_score"] != before["b_score"] || got["b_reasons"] != before["b_reasons"] {
			t.Errorf("frozen, after a %s: %v, before %v", kind, got, before)
		}
	}
	if e := w.explained("p003"); e.Frozen != "Frozen by hand by Claire until 2026-11-23: signed" {
		t.Errorf("explained: %q", e.Frozen)
	}
	if err := w.override("p003", worker.Override{}); err != nil {
		t.Fatal(err)
	}
	w.run(worker.Options{Accept: true})
	if got := w.shown("p003"); got["b_fit"] != "0" {
		t.Errorf("thawed: %v", got)
	}
}

// TestOverrideFromTheCRM: a field set by people counts until its day is over, and not without an end.
func TestOverrideFromTheCRM(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.edit(`privacy: {skip_if: {optout: "true"}}`, "privacy: {skip_if: {optout: \"true\"}}\noverride: {field: by_hand, until: by_hand_until}")
	w.crm.Declare(crm.People, crm.Field{Name: "by_hand", Type: crm.Number, Writable: true}, crm.Field{Name: "by_hand_until", Type: crm.Date, Writable: true})
	w.populate(6)
	w.provision()
	w.crm.Put(crm.People, "set", crm.Fields{"email": "s@example.com", "jobtitle": "Director", "by_hand": "77", "by_hand_until": "2026-11-22"}, nil)
	w.crm.Put(crm.People, "endless", crm.Fields{"email": "e@example.com", "jobtitle": "Director", "by_hand": "77"}, nil)
	report := w.run(worker.Options{Accept: true})
	if got := w.shown("set"); got["b_score"] != "77" || !strings.Contains(got["b_reasons"], "Set by hand until 22 Nov 2026") {
		t.Errorf("set in the CRM: %v", got)
	}
	if got := w.shown("endless")["b_score"]; got != "20" || report.Warnings["override: not used: it has no end"] != 1 {
		t.Errorf("without an end: %s, %v", got, report.Warnings)
	}
	for day, want := range []string{"77", "20"} {
		w.at = time.Date(2026, 11, 22+day, 20, 0, 0, 0, time.UTC)
		w.run(worker.Options{Accept: true, Kind: worker.Rescore})
		if got := w.shown("set")["b_score"]; got != want {
			t.Errorf("at %s: %s, want %s", w.at, got, want)
		}
	}
}

func TestOverrideRefusals(t *testing.T) {
	t.Parallel()
	w := first(t, 3)
	until := w.at.Add(time.Hour)
	for want, o := range map[string]worker.Override{
		"101 is no score of this model":                 {Kind: worker.OverrideScore, Points: 101, Until: until},
		"moves nothing, or more than the whole scale":   {Kind: worker.OverrideAdd, Until: until},
		"its end has passed already":                    {Kind: worker.OverrideFreeze, Until: w.at},
		"is not kept here, or was not scored yet (nob)": {},
	} {
		id := "p001"
		if o.Kind == "" {
			id, o, want = "nob", worker.Override{Kind: worker.OverrideFreeze, Until: until}, "is not kept here"
		}
		if err := w.override(id, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	one := w.open()
	defer func() { _ = one.Store.Close() }()
	_, err := one.SetOverride(t.Context(), "p001", worker.Override{Kind: worker.OverrideFreeze, Until: until, Author: "Claire"})
	if !errors.Is(err, crm.ErrInvalid) || !strings.Contains(err.Error(), "there is no reason") {
		t.Errorf("without a reason: %v", err)
	}
}
