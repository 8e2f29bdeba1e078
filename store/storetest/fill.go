package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// Fill stores something of every sort, in two connections, for so many people each: for tests that move state.
func Fill(t testing.TB, s worker.Store, people int) {
	t.Helper()
	for _, name := range []string{"sales", conn, "ünïcode"} {
		fill(t, s, name, people)
	}
}

func fill(t testing.TB, s worker.Store, name string, many int) {
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ok(s.Bind(bg, name, crm.Account{ID: "account of " + name}))
	ok(s.SetNote(bg, name, "model", `{"m": 1}`))
	ok(s.SaveRecords(bg, worker.RecordPage{Connection: name, Object: crm.Companies, Changed: []worker.Snapshot{person("c1"), person("c2")}, Cursor: "c", Shape: "s"}))
	page := worker.RecordPage{Connection: name, Object: crm.People, Cursor: `{"after":"é"}`, Shape: "a,b", Reload: "r1"}
	var activities []crm.Activity
	var scored []worker.Scored
	for i := range many {
		p := employed(fmt.Sprintf("%05d", i), fmt.Sprint("c", i%4))
		p.Hash, p.Identity, p.Owner = 1<<63+uint64(i), fmt.Sprint("h", i), "o"
		if i%3 == 0 {
			p.Memory = []byte{0, byte(i)}
		}
		if i%5 == 0 {
			p.Modified, p.Fields = time.Time{}, nil
		}
		if i%4 == 0 {
			p.Links = []worker.Link{{Connection: conn, ID: p.ID}, {Connection: "never bound", ID: "x"}}
		}
		page.Changed = append(page.Changed, p)
		activities = append(activities, crm.Activity{ID: fmt.Sprint(i), Time: t0, Fields: crm.Fields{"x": "\x00 \n \" ü"}, Modified: t0,
			Links: map[string][]string{crm.People: {p.ID, p.ID, "stranger"}, crm.Companies: {"c1"}}})
		if i%7 != 0 {
			scored = append(scored, scoredOf(p, i))
		}
	}
	ok(s.SaveRecords(bg, page))
	_, err := s.SaveActivities(bg, worker.ActivityPage{Connection: name, Source: crm.Meetings, Changed: activities, Cursor: "m"})
	ok(err)
	of := worker.PeopleOf(name)
	ok(s.SaveScored(bg, of, scored))
	var settled []worker.Settled
	for i, one := range scored {
		status := []crm.Status{crm.Written, crm.Rejected}[i%2]
		if i%5 != 0 {
			settled = append(settled, worker.Settled{ID: one.ID, Status: status, At: t0.Add(time.Duration(-i)), Reason: "no", RetryAt: t0.Add(time.Hour), Raised: crossing(one.ID, i)})
		}
	}
	ok(s.Settle(bg, of, settled))
	if len(scored) > 0 {
		ok(s.MarkSent(bg, of, "run 1", []string{scored[0].ID}))
	}
	ok(s.SaveScored(bg, worker.CompaniesOf(name), []worker.Scored{scoredOf(person("c1"), 1)}))
	ok(s.Settle(bg, worker.CompaniesOf(name), []worker.Settled{{ID: "c1", Status: crm.Written, At: t0}}))
	ok(s.SaveOverride(bg, of, worker.Override{ID: page.Changed[0].ID, Kind: "score", Points: 0.1, Author: "A", Until: t0, At: t0}, worker.Entry{At: t0, Model: "m"}))
	ok(s.Suppress(bg, name, []string{worker.RecordKey("9"), worker.IdentityKey("x")}, t0))
	for i, status := range []string{"done", "running"} {
		ok(s.SaveRun(bg, worker.Run{ID: fmt.Sprint(name, i), Connection: name, Kind: "sync", Started: t0.Add(time.Duration(-i)), Status: status, Report: []byte(`{"n":1}`)}))
	}
}

// scoredOf is a result that differs from person to person.
func scoredOf(p worker.Snapshot, i int) worker.Scored {
	planned := worker.Planned{Scored: i%6 != 0, Score: float64(i%101) + 0.1, Rows: -1.5, Cols: 1e-9, Grade: []string{"A1", "B2", ""}[i%3], Label: "hot", Trend: "rising"}
	one := worker.Scored{ID: p.ID, Hash: p.Hash, Blob: []byte{1, 0, byte(i)}, Planned: planned,
		Pending: &worker.Pending{ID: p.ID, Fields: crm.Fields{"score": fmt.Sprint(i), "old": ""}, Entry: worker.Entry{Model: "m1", New: planned, Reasons: []string{"+5 because"}}}}
	if i%2 == 0 {
		one.Share = []byte{byte(i), 1}
	}
	return one
}
