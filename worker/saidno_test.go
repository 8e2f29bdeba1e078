package worker_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// onDisk is everything the state has left outside of memory.
func (w *world) onDisk() string {
	w.t.Helper()
	var all strings.Builder
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		data, err := os.ReadFile(w.state + suffix)
		if err != nil && !os.IsNotExist(err) {
			w.t.Fatal(err)
		}
		all.Write(data)
	}
	return all.String()
}

// traces is what the state keeps of a person.
func (w *world) traces(id string) map[string]int {
	w.t.Helper()
	one := w.open()
	defer func() { _ = one.Store.Close() }()
	found, err := one.Store.Traces(w.t.Context(), worker.PeopleOf("main"), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

// past is what happened to a person before they said no, and how that was noticed.
type past struct {
	canary                      string
	others, before, runs, after int
	kind                        worker.Kind
}

var pasts = rapid.Custom(func(t *rapid.T) past {
	return past{
		canary: "kanarie" + rapid.StringMatching(`[a-z]{6}`).Draw(t, "canary"), others: rapid.IntRange(3, 12).Draw(t, "others"),
		before: rapid.IntRange(0, 3).Draw(t, "meetings before"), runs: rapid.IntRange(0, 2).Draw(t, "runs before"), after: rapid.IntRange(0, 2).Draw(t, "meetings after"),
		kind: rapid.SampledFrom([]worker.Kind{worker.Sync, worker.Reload}).Draw(t, "kind"),
	}
})

// TestOptedOutLeavesNothing: whatever a person did and was before they said no, in whichever order it was pulled, the
// raw state file holds none of their values afterwards; and when they change their mind they are scored again.
func TestOptedOutLeavesNothing(t *testing.T) {
	t.Parallel()
	for seed := range 15 { // a fixed few: each is several runs on a file of its own
		p := pasts.Example(seed)
		t.Run(fmt.Sprintf("%+v", p), func(t *testing.T) { optedOut(t, p) })
	}
}

func optedOut(t *testing.T, p past) {
	w := newWorld(t)
	w.populate(p.others)
	w.provision()
	fields := crm.Fields{"email": p.canary + "@example.com", "jobtitle": p.canary + " director", "clicks": "7731", "last_click": "2026-11-20T10:11:12Z"}
	put := func() { w.crm.Put(crm.People, "odd", fields, map[string][]string{crm.Companies: {"c00"}}) }
	meet := func(i int) {
		w.crm.PutActivity(crm.Meetings, crm.Activity{
			ID: fmt.Sprintf("m%d", i), Time: w.at, Fields: crm.Fields{"outcome": p.canary + fmt.Sprint(i)}, Links: map[string][]string{crm.People: {"odd"}},
		})
	}
	put()
	for i := range p.before {
		meet(i)
	}
	for range p.runs {
		w.run(worker.Options{Accept: true})
		w.at = w.at.Add(time.Hour)
	}
	fields["optout"] = "true"
	put()
	for i := range p.after {
		meet(10 + i)
	}
	w.at = w.at.Add(time.Hour)
	one := w.open()
	if _, err := one.RunOnce(t.Context(), worker.Options{Accept: true, Kind: p.kind}); err != nil {
		t.Fatal(err)
	}
	open := w.onDisk() // with the log beside the file
	if err := one.Store.Close(); err != nil {
		t.Fatal(err)
	}
	for when, disk := range map[string]string{"while it is open": open, "closed": w.onDisk()} {
		if strings.Contains(strings.ToLower(disk), p.canary) {
			t.Errorf("the state file, %s, still holds values of a person who opted out", when)
		}
	}
	for field, value := range w.shown("odd") {
		if value != "" && field != "b_why" {
			t.Errorf("%s still shows %q", field, value)
		}
	}

	fields["optout"] = "false"
	w.at = w.at.Add(time.Hour)
	put()
	w.run(worker.Options{Accept: true})
	if got := w.shown("odd")["b_fit"]; got != "40" {
		t.Errorf("fit after changing their mind: %q", got)
	}
}

// TestOptedOutByANewRule: a rule added to the model reaches people who were stored before it.
func TestOptedOutByANewRule(t *testing.T) {
	t.Parallel()
	w := first(t, 5)
	w.crm.Put(crm.People, "odd", crm.Fields{"email": "odd@example.com", "jobtitle": "kanarie director"}, nil)
	w.run(worker.Options{Accept: true})
	w.edit(`privacy: {skip_if: {optout: "true"}}`, `privacy: {skip_if: [{optout: "true"}, {clicks: "", jobtitle: kanarie director}]}`)
	w.at = w.at.Add(time.Hour)
	w.run(worker.Options{Accept: true})
	if got := w.shown("odd")["b_why"]; got != "left out by the privacy rule on clicks and jobtitle" {
		t.Errorf("why there is no score: %q", got)
	}
	if traces := w.traces("odd"); traces[worker.TraceActivity] != 0 || traces[worker.TraceLedger] != 1 {
		t.Errorf("kept: %v, want the record and the entry that its fields were cleared", traces)
	}
}

// TestLongSilent: nobody is scored whose last active contact is longer ago than retain, until there is a new one.
func TestLongSilent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.edit(`privacy: {skip_if: {optout: "true"}}`, `privacy: {skip_if: {optout: "true"}, retain: 1y}`)
	w.populate(3)
	w.provision()
	old := w.at.AddDate(0, 0, -300).Format(time.RFC3339)
	w.crm.Put(crm.People, "silent", crm.Fields{"email": "s@example.com", "jobtitle": "Director", "clicks": "2", "last_click": old}, nil)
	w.crm.Put(crm.People, "new", crm.Fields{"email": "n@example.com", "jobtitle": "Director"}, nil)
	w.run(worker.Options{Accept: true})
	if got := w.shown("silent"); got["b_fit"] != "40" {
		t.Errorf("within the time: %v", got)
	}
	w.at = w.at.AddDate(0, 0, 100)
	w.run(worker.Options{Accept: true, Kind: worker.Rescore})
	const why = "the last active contact was more than 365 days ago"
	if got := w.shown("silent"); got["b_fit"] != "" || got["b_why"] != why {
		t.Errorf("after it, from the snapshot: %v", got)
	}
	if got := w.shown("new"); got["b_fit"] != "40" {
		t.Errorf("someone without any contact is not silent: %v", got)
	}
	w.run(worker.Options{Accept: true, Kind: worker.Reload})
	if got := w.shown("silent"); got["b_why"] != why {
		t.Errorf("after it, mapped anew: %v", got)
	}
	w.at = w.at.Add(time.Hour)
	w.crm.Put(crm.People, "silent", crm.Fields{"email": "s@example.com", "jobtitle": "Director", "clicks": "3", "last_click": w.at.Format(time.RFC3339)}, nil)
	w.at = w.at.Add(time.Hour)
	w.run(worker.Options{Accept: true})
	if got := w.shown("silent"); got["b_fit"] != "40" || got["b_why"] != "" {
		t.Errorf("after a new contact: %v", got)
	}
}

// TestOldActivityIsForgotten: the daily sweep forgets activity older than retain, but for each person's latest contact.
func TestOldActivityIsForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.edit(`privacy: {skip_if: {optout: "true"}}`, `privacy: {skip_if: {optout: "true"}, retain: 1y}`)
	w.populate(6)
	w.provision()
	for id, met := range map[string]struct {
		days   int
		people []string
	}{"recent": {10, []string{"p001"}}, "old": {400, []string{"p001"}}, "shared": {420, []string{"p001", "p003"}}, "only": {500, []string{"p005"}}} {
		w.crm.PutActivity(crm.Meetings, crm.Activity{
			ID: id, Time: w.at.AddDate(0, 0, -met.days), Fields: crm.Fields{"outcome": "COMPLETED"}, Links: map[string][]string{crm.People: met.people},
		})
	}
	w.run(worker.Options{Accept: true, Sweep: true})
	for id, want := range map[string]int{"p001": 1, "p005": 1, "p003": 1} {
		if got := w.traces(id)[worker.TraceActivity]; got != want {
			t.Errorf("%s keeps %d activities, want %d", id, got, want)
		}
	}
	if got := w.shown("p005")["b_why"]; got != "the last active contact was more than 365 days ago" {
		t.Errorf("p005: %q", got)
	}
	before := w.shown("p001")
	w.at = w.at.Add(time.Hour)
	if r := w.run(worker.Options{Accept: true, Sweep: true}); r.Written != 0 {
		t.Errorf("forgetting what did not count changed %d records; before %v", r.Written, before)
	}
}

// TestRuleOnTheIdentity: an attribute or a rule on the address reaches people who were stored without it.
func TestRuleOnTheIdentity(t *testing.T) {
	t.Parallel()
	w := first(t, 4)
	w.edit(`privacy: {skip_if: {optout: "true"}}`, "privacy: {skip_if: {email: p001@example.com}}")
	w.at = w.at.Add(time.Hour)
	w.run(worker.Options{Accept: true})
	if got := w.shown("p001")["b_why"]; got != "left out by the privacy rule on email" {
		t.Errorf("why there is no score: %q", got)
	}
}
