package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

func cancelledContext() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(bg)
	cancel()
	return ctx, cancel
}

var planned = worker.Planned{Scored: true, Score: 50, Grade: "B2"}

func settle(t *testing.T, p *place) {
	p.savePeople(person("1"), person("2"))
	p.score(planned, true, "1", "2")
	entry := worker.Entry{Model: "m1", New: planned, Reasons: []string{"+5 because"}}
	update := worker.Pending{ID: "1", Fields: crm.Fields{"score": "50", "old": ""}, Entry: entry}
	page, err := p.s().Pending(bg, folk, "", 1, t0)
	p.ok(err)
	equal(t, "as stored", []worker.Pending{update}, page)
	equal(t, "nothing was written yet", crm.Fields(nil), p.subject("1").Shown)

	p.ok(p.s().MarkSent(bg, folk, "run1", []string{"1"}))
	at := t0.Add(time.Minute)
	p.ok(p.s().Settle(bg, folk, []worker.Settled{{ID: "1", Status: crm.Written, At: at}}))
	equal(t, "what the record shows", crm.Fields{"score": "50"}, p.subject("1").Shown)
	equal(t, "who waits", []string{"2"}, p.waiting(t0))
	entry.At, entry.Run = at, "run1"
	history := func(want ...worker.Entry) {
		t.Helper()
		got, err := p.s().Ledger(bg, folk, "1", all)
		p.ok(err)
		equal(t, "ledger", want, got)
	}
	history(entry)
	p.ok(p.s().Settle(bg, folk, []worker.Settled{{ID: "1", Status: crm.Written, At: at.Add(1)}, {ID: "stranger", Status: crm.Written, At: at}}))
	history(entry) // settled before

	next := worker.Pending{ID: "1", Fields: crm.Fields{"score": "", "grade": "A1"}, Entry: worker.Entry{Run: "own", Old: planned, First: true}}
	p.ok(p.s().SaveScored(bg, folk, []worker.Scored{{ID: "1", Planned: planned, Pending: &next}}))
	p.ok(p.s().Settle(bg, folk, []worker.Settled{{ID: "1", Status: crm.Written, At: at}}))
	equal(t, "only the fields of the update change", crm.Fields{"grade": "A1"}, p.subject("1").Shown)
	next.Entry.At = at
	history(next.Entry, entry)

	clearing := worker.Pending{ID: "1", Fields: crm.Fields{"grade": ""}}
	p.ok(p.s().SaveScored(bg, folk, []worker.Scored{{ID: "1", Planned: planned, Pending: &clearing}}))
	p.ok(p.s().Settle(bg, folk, []worker.Settled{{ID: "1", Status: crm.Written, At: at}}))
	equal(t, "written, then cleared, is not never written", crm.Fields{}, p.subject("1").Shown)
	p.savePeople(person("1"))
	equal(t, "dirty people show it too", crm.Fields{}, p.inputs("1").Shown)

	p.score(planned, false, "2")
	equal(t, "nothing to write any more", []string(nil), p.waiting(t0))
}

func inDoubt(t *testing.T, p *place) {
	p.savePeople(person("1"), person("2"), person("3"))
	p.score(planned, true, "1", "2", "3")
	p.ok(p.s().MarkSent(bg, folk, "run1", []string{"2", "3", "stranger"}))
	doubts := func(want ...string) {
		t.Helper()
		page, err := p.s().InDoubt(bg, folk, all)
		p.ok(err)
		equal(t, "in doubt", want, ids(page, func(u worker.Pending) string { return u.ID + " " + u.Sent }))
	}
	doubts("2 run1", "3 run1")
	page, err := p.s().InDoubt(bg, folk, 1)
	p.ok(err)
	equal(t, "up to a limit", 1, len(page))
	p.ok(p.s().MarkUnsent(bg, folk, []string{"2"}))
	doubts("3 run1")
	equal(t, "all three wait", []string{"1", "2", "3"}, p.waiting(t0))
	p.ok(p.s().Settle(bg, folk, []worker.Settled{{ID: "3", Status: crm.Rejected, At: t0, RetryAt: t0.Add(time.Hour)}}))
	doubts()
	p.ok(p.s().MarkSent(bg, folk, "run2", []string{"1"}))
	p.score(planned, true, "1")
	doubts() // a new update was not sent
}

func pendingDirty(t *testing.T, p *place) {
	p.savePeople(person("1"), person("2"), person("3"), person("4"))
	p.score(planned, true, "1", "2", "3")
	p.score(planned, false, "4")
	p.ok(p.s().MarkSent(bg, folk, "run1", []string{"2"}))
	p.ok(p.s().Settle(bg, folk, []worker.Settled{{ID: "3", Status: crm.Rejected, At: t0, RetryAt: t0}}))
	p.ok(p.s().MarkPendingDirty(bg, folk))
	equal(t, "neither sent nor set aside", []string{"1"}, p.dirty())
}

func quarantine(t *testing.T, p *place) {
	p.savePeople(person("1"), person("2"), person("3"))
	p.score(planned, true, "1", "2", "3")
	due := t0.Add(time.Hour)
	reject := func(id, reason string, at time.Time) {
		p.ok(p.s().Settle(bg, folk, []worker.Settled{{ID: id, Status: crm.Rejected, At: at, Reason: reason, RetryAt: due}}))
	}
	aside := func(want ...worker.Rejection) {
		t.Helper()
		got, err := p.s().SetAside(bg, folk, all)
		p.ok(err)
		equal(t, "set aside", want, got)
	}
	reject("2", "first", t0)
	reject("1", "second", t0.Add(-24*time.Hour)) // the clock was set back
	aside(worker.Rejection{ID: "1", Reason: "second", At: t0.Add(-24 * time.Hour), RetryAt: due, Tries: 1},
		worker.Rejection{ID: "2", Reason: "first", At: t0, RetryAt: due, Tries: 1})
	equal(t, "not yet due", []string{"3"}, p.waiting(due.Add(-1)))
	equal(t, "due", []string{"1", "2", "3"}, p.waiting(due))
	equal(t, "known in a sweep", true, p.subject("2").SetAside)
	equal(t, "nothing is shown", crm.Fields(nil), p.subject("2").Shown)

	p.score(worker.Planned{Scored: true, Score: 51}, true, "2")
	equal(t, "another update for one set aside waits as long", []string{"3"}, p.waiting(due.Add(-1)))
	due = due.Add(time.Hour)
	reject("2", "again", t0)
	aside(worker.Rejection{ID: "2", Reason: "again", At: t0, RetryAt: due, Tries: 2},
		worker.Rejection{ID: "1", Reason: "second", At: t0.Add(-24 * time.Hour), RetryAt: due.Add(-time.Hour), Tries: 1})
	page, err := p.s().Pending(bg, folk, "", all, due)
	p.ok(err)
	equal(t, "tries", 2, page[1].Tries)

	p.ok(p.s().Settle(bg, folk, []worker.Settled{{ID: "2", Status: crm.Written, At: t0}}))
	equal(t, "accepted at last", false, p.subject("2").SetAside)
	p.score(planned, false, "1")
	equal(t, "nothing to write any more", false, p.subject("1").SetAside)
	aside()
	p.score(planned, true, "1")
	equal(t, "a later update starts afresh", []string{"1", "3"}, p.waiting(t0))
}

func ledger(t *testing.T, p *place) {
	p.savePeople(person("1"))
	for i, at := range []time.Time{t0, t0.Add(-time.Hour), t0.Add(time.Hour), t0.Add(-time.Hour)} {
		p.score(worker.Planned{Scored: true, Score: float64(i)}, true, "1")
		p.ok(p.s().Settle(bg, folk, []worker.Settled{{ID: "1", Status: crm.Written, At: at}}))
	}
	for limit, want := range map[int][]float64{all: {3, 2, 1, 0}, 2: {3, 2}, 0: nil} {
		got, err := p.s().Ledger(bg, folk, "1", limit)
		p.ok(err)
		var scores []float64
		for _, e := range got {
			scores = append(scores, e.New.Score)
		}
		equal(t, "latest written first, whatever the clock said", want, scores)
	}
}

func goneAndMerged(t *testing.T, p *place) {
	p.savePeople(person("1"), person("2"), person("3"))
	p.score(planned, true, "1", "2", "3")
	p.ok(p.s().Settle(bg, folk, []worker.Settled{{ID: "1", Status: crm.Gone, At: t0}, {ID: "2", Status: crm.Merged, At: t0}}))
	p.ok(p.s().MarkAllDirty(bg, folk))
	equal(t, "who is left", []string{"3"}, p.dirty())
	equal(t, "who waits", []string{"3"}, p.waiting(t0))
	p.ok(p.s().SaveRecords(bg, worker.RecordPage{Connection: conn, Object: crm.People, Changed: []worker.Snapshot{person("3"), person("4")}, Gone: []string{"3"}}))
	equal(t, "absorbed by a merge", []string{"4"}, p.dirty())
}

func forgetPeople(t *testing.T, p *place) {
	one := person("1")
	one.Identity = "h"
	p.savePeople(one, person("2"))
	p.saveActivities(crm.Meetings, crm.Activity{ID: "shared", Time: t0, Links: with("1", "2")}, crm.Activity{ID: "own", Time: t0, Links: with("1")})
	p.score(planned, true, "1", "2")
	p.ok(p.s().Settle(bg, folk, []worker.Settled{{ID: "1", Status: crm.Written, At: t0}}))
	p.score(planned, true, "1")
	p.ok(p.s().Forget(bg, conn, crm.People, []string{"1", "never stored"}))
	p.ok(p.s().MarkAllDirty(bg, folk))
	equal(t, "people", []string{"2"}, p.dirty())
	equal(t, "updates", []string{"2"}, p.waiting(t0))
	found, err := p.s().Find(bg, conn, "h")
	p.ok(err)
	equal(t, "identity", 0, len(found))
	history, err := p.s().Ledger(bg, folk, "1", all)
	p.ok(err)
	equal(t, "ledger", 0, len(history))
	known, err := p.s().Known(bg, conn, crm.Meetings, []string{"shared", "own"})
	p.ok(err)
	equal(t, "activity of nobody else went too", map[string]worker.Known{"shared": {}}, known)
	equal(t, "shared activity names her no more", with("2"), p.inputs("2").Activities[0].Links)

	p.savePeople(person("1"))
	equal(t, "someone who comes back is new", worker.Inputs{Record: person("1")}, p.inputs("1"))
}

func forgetOthers(t *testing.T, p *place) {
	s := person("1")
	s.Company = "c1"
	p.savePeople(s, person("2"))
	p.saveCompanies(worker.Snapshot{ID: "c1"})
	p.saveActivities(crm.Deals, crm.Activity{ID: "9", Time: t0, Links: with("2", "stranger")})
	p.clean()
	p.ok(p.s().Forget(bg, conn, crm.Companies, []string{"c1"}))
	equal(t, "people of the company", []string{"1"}, p.dirty())
	equal(t, "have none", (*worker.Snapshot)(nil), p.inputs("1").Company)
	p.clean()
	p.ok(p.s().Forget(bg, conn, crm.Deals, []string{"9", "never stored"}))
	equal(t, "people of the activity", []string{"2"}, p.dirty())
	equal(t, "have none", 0, len(p.inputs("2").Activities))
	p.clean()
	p.ok(p.s().Forget(bg, conn, crm.Deals, []string{"9"}))
	p.ok(p.s().Forget(bg, conn, crm.Companies, []string{"c1"}))
	equal(t, "who loses nothing is not dirty", []string(nil), p.dirty())
	equal(t, "a forgotten activity that comes back is new", 1, p.saveActivities(crm.Deals, crm.Activity{ID: "9", Time: t0, Links: with("2")}))
}

func runs(t *testing.T, p *place) {
	first := worker.Run{ID: "a", Connection: conn, Kind: "sync", Started: t0, Status: "running"}
	second := worker.Run{ID: "b", Connection: conn, Kind: "rescore", Started: t0.Add(-time.Hour), Finished: t0, Status: "done", Report: []byte("{}")}
	p.ok(p.s().SaveRun(bg, first))
	p.ok(p.s().SaveRun(bg, second)) // the clock was set back
	first.Status, first.Finished, first.Report = "failed", t0.Add(time.Hour), []byte(`{"read":1}`)
	p.ok(p.s().SaveRun(bg, first))
	got, err := p.s().Runs(bg, conn, all)
	p.ok(err)
	equal(t, "runs", []worker.Run{second, first}, got)
	got, err = p.s().Runs(bg, conn, 1)
	p.ok(err)
	equal(t, "the latest", []worker.Run{second}, got)
	got, err = p.s().Runs(bg, "sales", all)
	p.ok(err)
	equal(t, "of another connection", 0, len(got))
}
