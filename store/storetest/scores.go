package storetest

import (
	"errors"
	"math"
	"testing"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

func order(t *testing.T, p *place) {
	p.savePeople(person("10"), person("9"), person("A"), person("a"), person("é"), person("1"))
	want := []string{"1", "10", "9", "A", "a", "é"}
	equal(t, "dirty", want, p.dirty())
	p.score(worker.Planned{}, true, want...)
	var paged []string
	for after := ""; ; {
		page, err := p.s().Subjects(bg, folk, after, 2)
		p.ok(err)
		if len(page) == 0 {
			break
		}
		for _, s := range page {
			paged = append(paged, s.ID)
		}
		after = paged[len(paged)-1]
	}
	equal(t, "subjects by twos", want, paged)
	page, err := p.s().Pending(bg, folk, "10", 3, t0)
	p.ok(err)
	equal(t, "pending after 10", []string{"9", "A", "a"}, ids(page, func(u worker.Pending) string { return u.ID }))
	none, err := p.s().Subjects(bg, folk, "", 0)
	p.ok(err)
	equal(t, "a limit of nothing", 0, len(none))
}

func dirty(t *testing.T, p *place) {
	p.savePeople(person("1"), person("2"), person("3"))
	page, err := p.s().Dirty(bg, folk, "1", 1)
	p.ok(err)
	equal(t, "one after 1", []worker.Inputs{{Record: person("2")}}, page)

	changed := person("2")
	changed.Hash = 2
	p.savePeople(changed) // while 1 and 2 were being mapped
	p.score(worker.Planned{Scored: true, Score: 10}, false, "1", "2")
	equal(t, "whoever changed since stays dirty", []string{"2", "3"}, p.dirty())
	equal(t, "and shows the score", worker.Planned{Scored: true, Score: 10}, p.inputs("2").Planned)
	p.clean()
	p.ok(p.s().MarkAllDirty(bg, folk))
	equal(t, "everybody", []string{"1", "2", "3"}, p.dirty())
}

func everybody(t *testing.T, p *place) {
	p.savePeople(person("1"), person("2"), person("3"))
	p.saveCompanies(person("c1"))
	employed := person("2")
	employed.Company = "c1"
	p.savePeople(employed)
	p.saveActivities(crm.Meetings, crm.Activity{ID: "m", Modified: t0, Links: with("2")})
	p.score(worker.Planned{Scored: true, Score: 10}, false, "1", "2")
	want := []worker.Inputs{{Record: person("1"), Planned: worker.Planned{Scored: true, Score: 10}}, p.inputsOf("2"), {Record: person("3")}}
	var got []worker.Inputs
	for after := ""; ; {
		page, err := p.s().Inputs(bg, folk, after, 2)
		p.ok(err)
		if len(page) == 0 {
			break
		}
		got = append(got, page...)
		after = got[len(got)-1].Record.ID
	}
	equal(t, "everybody by twos", want, got)
	equal(t, "with a company", "c1", got[1].Company.ID)
	equal(t, "and activity", 1, len(got[1].Activities))
	equal(t, "who was dirty still is", []string{"3"}, p.dirty())
}

func (p *place) inputsOf(id string) worker.Inputs {
	p.t.Helper()
	_, in, err := p.s().Subject(bg, folk, id)
	p.ok(err)
	return in
}

func blobs(t *testing.T, p *place) {
	p.savePeople(person("1"), person("2"))
	first := worker.Planned{Scored: true, Score: 12.5, Rows: -3, Cols: 1e-9, Grade: "C1", Label: "warm", Trend: "rising"}
	p.score(first, false, "1")
	equal(t, "as stored", worker.Subject{ID: "1", Blob: []byte("blob 1"), Planned: first}, p.subject("1"))
	p.ok(p.s().MarkAllDirty(bg, folk))
	second := worker.Planned{Rows: 4, Grade: "D4"}
	p.ok(p.s().SaveScored(bg, folk, []worker.Scored{{ID: "1", Planned: second}, {ID: "2", Planned: second}}))
	equal(t, "the blob stays", worker.Subject{ID: "1", Blob: []byte("blob 1"), Planned: second}, p.subject("1"))
	equal(t, "and so does being dirty", []string{"1", "2"}, p.dirty())
	_, _, err := p.s().Subject(bg, folk, "2")
	p.fails(err, crm.ErrNotFound)
	_, in, err := p.s().Subject(bg, folk, "1")
	p.ok(err)
	equal(t, "inputs of one person", worker.Inputs{Record: person("1"), Planned: second}, in)
}

func strangers(t *testing.T, p *place) {
	p.savePeopleMapped("1")
	p.ok(p.s().Forget(bg, conn, crm.People, []string{"1"}))
	p.score(worker.Planned{Scored: true}, true, "1", "2") // scored before the news came
	subjects, err := p.s().Subjects(bg, folk, "", all)
	p.ok(err)
	equal(t, "subjects", []worker.Subject(nil), subjects)
	equal(t, "updates", []string(nil), p.waiting(t0))
	_, _, err = p.s().Subject(bg, folk, "1")
	p.fails(err, crm.ErrNotFound)
}

func tally(t *testing.T, p *place) {
	got, err := p.s().Tally(bg, folk)
	p.ok(err)
	equal(t, "nobody", worker.Tally{Grades: map[string]int{}, Labels: map[string]int{}, Trends: map[string]int{}}, got)
	p.savePeople(person("1"), person("2"), person("3"), person("4"), person("5"), person("6"))
	p.score(worker.Planned{Scored: true, Score: 100, Grade: "A1", Label: "hot", Trend: "rising"}, true, "1")
	p.score(worker.Planned{Scored: true, Score: 99.9, Grade: "A1", Label: "hot"}, true, "2")
	p.score(worker.Planned{Scored: true, Score: -5, Grade: "D4", Label: "cold", Trend: "falling"}, false, "3")
	p.score(worker.Planned{Scored: true, Score: 10, Grade: "D4"}, false, "4")
	p.score(worker.Planned{}, true, "5")
	p.ok(p.s().Settle(bg, folk, []worker.Settled{{ID: "5", Status: crm.Rejected, At: t0, RetryAt: t0.Add(1)}}))
	p.saveCompanies(person("c1"))
	got, err = p.s().Tally(bg, folk)
	p.ok(err)
	equal(t, "the population", worker.Tally{
		People: 6, Mapped: 5, Dirty: 1, Pending: 2, SetAside: 1, Unscored: 1,
		Grades: map[string]int{"A1": 2, "D4": 2}, Labels: map[string]int{"hot": 2, "cold": 1}, Trends: map[string]int{"rising": 1, "falling": 1},
		Histogram: [10]int{0: 1, 1: 1, 9: 2},
	}, got)
}

func best(t *testing.T, p *place) {
	p.savePeople(person("1"), person("2"), person("3"), person("4"))
	p.score(worker.Planned{Scored: true, Score: 50}, false, "3", "2")
	p.score(worker.Planned{Scored: true, Score: 70}, false, "4")
	p.score(worker.Planned{}, false, "1")
	check := func(limit int, want ...string) {
		t.Helper()
		got, err := p.s().Best(bg, folk, limit)
		p.ok(err)
		equal(t, "the best", want, ids(got, func(s worker.Subject) string { return s.ID }))
	}
	check(2, "4", "2")
	check(all, "4", "2", "3")
	p.ok(p.s().SaveScored(bg, folk, []worker.Scored{{ID: "4", Planned: worker.Planned{Scored: true, Score: -1}}}))
	check(all, "2", "3", "4")
}

func strangersByConnection(t *testing.T, p *place) {
	p.savePeopleMapped("1")
	other := worker.Snapshot{ID: "1", Hash: 1, Fields: crm.Fields{"title": "x"}}
	p.ok(p.s().SaveRecords(bg, worker.RecordPage{Connection: "sales", Object: crm.People, Changed: []worker.Snapshot{other}, Cursor: "s"}))
	p.ok(p.s().SetNote(bg, "sales", "model", "m9"))
	p.ok(p.s().Forget(bg, "sales", crm.People, []string{"1"}))
	equal(t, "the other connection's person", []byte("blob 1"), p.subject("1").Blob)
	equal(t, "not dirty", []string(nil), p.dirty())
	note, err := p.s().Note(bg, conn, "model")
	p.ok(err)
	equal(t, "note", "", note)
	page, err := p.s().Dirty(bg, worker.PeopleOf("nobody has heard of it"), "", all)
	p.ok(err)
	equal(t, "a connection without anything", 0, len(page))
}

func failedPage(t *testing.T, p *place) {
	p.savePeople(person("1"), person("2"))
	scored := []worker.Scored{
		{ID: "1", Hash: 1, Blob: []byte("x"), Pending: &worker.Pending{ID: "1", Fields: crm.Fields{"score": "1"}}},
		{ID: "2", Hash: 1, Blob: []byte("x"), Planned: worker.Planned{Scored: true, Score: math.NaN()}},
	}
	if err := p.s().SaveScored(bg, folk, scored); err == nil {
		t.Fatal("a score that is no number was stored")
	}
	equal(t, "still dirty", []string{"1", "2"}, p.dirty())
	equal(t, "no update", []string(nil), p.waiting(t0))

	p.score(worker.Planned{}, true, "1", "2")
	if err := p.s().Settle(bg, folk, []worker.Settled{{ID: "1", Status: crm.Written, At: t0}, {ID: "2", Status: 99}}); err == nil {
		t.Fatal("an unknown outcome was stored")
	}
	equal(t, "both still wait", []string{"1", "2"}, p.waiting(t0))
	equal(t, "nothing is shown", crm.Fields(nil), p.subject("1").Shown)
}

func cancelled(t *testing.T, p *place) {
	p.savePeople(person("1"))
	ctx, cancel := cancelledContext()
	defer cancel()
	for name, err := range map[string]error{
		"save":   p.s().SaveRecords(ctx, worker.RecordPage{Connection: conn, Object: crm.People, Changed: []worker.Snapshot{person("2")}, Cursor: "c"}),
		"forget": p.s().Forget(ctx, conn, crm.People, []string{"1"}),
		"read":   second(p.s().Dirty(ctx, folk, "", all)),
	} {
		if !errors.Is(err, ctx.Err()) {
			t.Errorf("%s: got %v, want %v", name, err, ctx.Err())
		}
	}
	equal(t, "people", []string{"1"}, p.dirty())
	cursor, _, err := p.s().Cursor(bg, conn, crm.People)
	p.ok(err)
	equal(t, "cursor", crm.Cursor(""), cursor)
}

func second[T any](_ T, err error) error { return err }

func copies(t *testing.T, p *place) {
	s := person("1")
	p.savePeople(s)
	s.Fields["jobtitle"] = "changed by the caller"
	in := p.inputs("1")
	equal(t, "fields", "CTO 1", in.Record.Fields["jobtitle"])
	in.Record.Fields["jobtitle"] = "changed by the reader"
	equal(t, "fields", "CTO 1", p.inputs("1").Record.Fields["jobtitle"])
}
