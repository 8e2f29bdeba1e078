package storetest

import (
	"testing"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

func bound(_ *testing.T, p *place) {
	p.ok(p.s().Bind(bg, conn, crm.Account{ID: "11"}))
	p.ok(p.s().Bind(bg, conn, crm.Account{ID: "11", Currency: "EUR"}))
	p.fails(p.s().Bind(bg, conn, crm.Account{ID: "12"}), worker.ErrOtherAccount)
	p.ok(p.s().Bind(bg, "sales", crm.Account{ID: "12"}))
	p.ok(p.s().Bind(bg, conn, crm.Account{ID: "11"}))
}

func cursors(t *testing.T, p *place) {
	check := func(object, cursor, shape string) {
		t.Helper()
		c, s, err := p.s().Cursor(bg, conn, object)
		p.ok(err)
		equal(t, object, []string{cursor, shape}, []string{string(c), s})
	}
	check(crm.People, "", "")
	p.ok(p.s().SaveRecords(bg, worker.RecordPage{Connection: conn, Object: crm.People, Cursor: "p1", Shape: "a,b"}))
	_, err := p.s().SaveActivities(bg, worker.ActivityPage{Connection: conn, Source: crm.Deals, Cursor: "d1", Shape: "c"})
	p.ok(err)
	check(crm.People, "p1", "a,b")
	check(crm.Deals, "d1", "c")
	check(crm.Companies, "", "")
	p.ok(p.s().SaveRecords(bg, worker.RecordPage{Connection: conn, Object: crm.People, Cursor: "", Shape: "a"}))
	check(crm.People, "", "a")
}

func notes(t *testing.T, p *place) {
	value, err := p.s().Note(bg, conn, "model")
	p.ok(err)
	equal(t, "no note yet", "", value)
	p.ok(p.s().SetNote(bg, conn, "model", "m1"))
	p.ok(p.s().SetNote(bg, conn, "mapping", "x"))
	p.ok(p.s().SetNote(bg, conn, "model", "m2"))
	value, err = p.s().Note(bg, conn, "model")
	p.ok(err)
	equal(t, "the note", "m2", value)
}

func records(t *testing.T, p *place) {
	full := worker.Snapshot{
		ID: "7", Hash: 1<<64 - 1, Modified: t0, Identity: "h7", Company: "c1", Owner: "o1",
		Fields: crm.Fields{"a": "1", "empty": "", "ü": "line\nbreak\x00", "": "nameless"}, Memory: []byte{0, 1, 2},
	}
	bare := worker.Snapshot{ID: "8"}
	p.savePeople(full, bare)
	equal(t, "a person as stored", worker.Inputs{Record: full}, p.inputs("7"))
	equal(t, "a person without anything", worker.Inputs{Record: bare}, p.inputs("8"))

	known, err := p.s().Known(bg, conn, crm.People, []string{"7", "8", "9", "7"})
	p.ok(err)
	equal(t, "known", map[string]worker.Known{"7": {Hash: full.Hash, Modified: t0, Memory: full.Memory}, "8": {}}, known)

	p.clean()
	later := t0.Add(time.Hour)
	p.ok(p.s().SaveRecords(bg, worker.RecordPage{Connection: conn, Object: crm.People, Touched: []crm.Version{{ID: "7", Modified: later}, {ID: "9", Modified: later}}}))
	known, err = p.s().Known(bg, conn, crm.People, []string{"7", "9"})
	p.ok(err)
	equal(t, "touched: only the version moves", map[string]worker.Known{"7": {Hash: full.Hash, Modified: later, Memory: full.Memory}}, known)
	equal(t, "touched people are not dirty", []string(nil), p.dirty())

	second := worker.Snapshot{ID: "7", Hash: 2, Modified: t0, Fields: crm.Fields{"b": "2"}}
	p.savePeople(full, second) // one page may carry a record twice: the last counts
	equal(t, "replaced whole", second, p.inputs("7").Record)
	equal(t, "dirty again", []string{"7"}, p.dirty())
}

func replay(t *testing.T, p *place) {
	page := worker.RecordPage{Connection: conn, Object: crm.People, Changed: []worker.Snapshot{person("1"), person("2")}, Gone: []string{"3"}, Cursor: "c"}
	activities := worker.ActivityPage{Connection: conn, Source: crm.Deals, Changed: []crm.Activity{{ID: "9", Time: t0, Links: with("1")}}, Cursor: "d"}
	p.savePeople(person("3"))
	var before []worker.Inputs
	for try := range 3 {
		p.ok(p.s().SaveRecords(bg, page))
		_, err := p.s().SaveActivities(bg, activities)
		p.ok(err)
		after, err := p.s().Dirty(bg, folk, "", all)
		p.ok(err)
		if try > 0 {
			equal(t, "after a replay", before, after)
		}
		before = after
	}
	equal(t, "people", []string{"1", "2"}, p.dirty())
}

func heirs(t *testing.T, p *place) {
	p.savePeople(person("1"), person("2"))
	_, err := p.s().SaveActivities(bg, worker.ActivityPage{Connection: conn, Source: crm.Deals, Changed: []crm.Activity{
		{ID: "8", Time: t0, Links: with("1")}, {ID: "9", Time: t0, Links: with("1", "2")}}})
	p.ok(err)
	p.clean()
	p.ok(p.s().SaveRecords(bg, worker.RecordPage{Connection: conn, Object: crm.People, Changed: []worker.Snapshot{person("3")},
		Gone: []string{"1"}, Heirs: map[string]string{"1": "3"}}))
	equal(t, "dirty", []string{"3"}, p.dirty())
	var inherited []string
	for _, a := range p.inputs("3").Activities {
		inherited = append(inherited, a.ID)
	}
	equal(t, "the heir's activity", []string{"8", "9"}, inherited)
}

func otherObjects(_ *testing.T, p *place) {
	p.fails(p.s().SaveRecords(bg, worker.RecordPage{Connection: conn, Object: crm.Deals, Changed: []worker.Snapshot{person("1")}}), crm.ErrInvalid)
}

func missing(t *testing.T, p *place) {
	check := func(object, reload string, limit int, want ...string) {
		t.Helper()
		got, err := p.s().Missing(bg, conn, object, reload, limit)
		p.ok(err)
		equal(t, "missing "+object, want, got)
	}
	check(crm.People, "r1", all)
	p.savePeople(person("1"), person("2"), person("3"), person("4"))
	p.saveCompanies(person("1"))
	p.ok(p.s().SaveRecords(bg, worker.RecordPage{Connection: conn, Object: crm.People, Reload: "r1",
		Changed: []worker.Snapshot{person("2"), person("5")}, Touched: []crm.Version{{ID: "4", Modified: t0}}}))
	check(crm.People, "r1", all, "1", "3")
	check(crm.People, "r1", 1, "1")
	check(crm.People, "r2", all, "1", "2", "3", "4", "5")
	check(crm.Companies, "r1", all, "1")
	p.savePeople(person("2"))                                                                                                             // a pull in between, of no full reading
	p.ok(p.s().SaveRecords(bg, worker.RecordPage{Connection: conn, Object: crm.People, Touched: []crm.Version{{ID: "4", Modified: t0}}})) // likewise
	check(crm.People, "r1", all, "1", "3")
}

func companies(t *testing.T, p *place) {
	worksAt := func(id, company string) worker.Snapshot {
		s := person(id)
		s.Company = company
		return s
	}
	p.savePeople(worksAt("1", "c1"), worksAt("2", "c2"), person("3"))
	equal(t, "a company not stored", (*worker.Snapshot)(nil), p.inputs("1").Company)
	p.clean()

	acme := worker.Snapshot{ID: "c1", Hash: 5, Modified: t0, Fields: crm.Fields{"size": "10"}}
	p.saveCompanies(acme)
	equal(t, "people stored before their company", []string{"1"}, p.dirty())
	equal(t, "with its fields", &acme, p.inputs("1").Company)

	p.clean()
	p.ok(p.s().SaveRecords(bg, worker.RecordPage{Connection: conn, Object: crm.Companies, Touched: []crm.Version{{ID: "c1", Modified: t0.Add(1)}}}))
	equal(t, "a company touched", []string(nil), p.dirty())
	p.savePeople(worksAt("4", "c1"))
	acme.Modified = t0.Add(1)
	equal(t, "people who come after their company", &acme, p.inputs("4").Company)
	p.saveCompanies(acme)
	equal(t, "a company changed", []string{"1", "4"}, p.dirty())
	p.saveCompanies(worker.Snapshot{ID: ""})
	equal(t, "having no company is not having a company without id", (*worker.Snapshot)(nil), func() *worker.Snapshot {
		p.savePeople(person("3"))
		return p.inputs("3").Company
	}())
}

func activity(t *testing.T, p *place) {
	p.savePeople(person("1"), person("2"), person("3"))
	p.clean()
	meeting := crm.Activity{ID: "9", Time: t0, Fields: crm.Fields{"outcome": "held"}, Modified: t0,
		Links: map[string][]string{crm.People: {"2", "1", "stranger"}, crm.Companies: {"c1"}}}
	undated := crm.Activity{ID: "10", Links: with("1")}
	far := crm.Activity{ID: "11", Time: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), Links: with("1")}
	equal(t, "changed", 1, p.saveActivities(crm.Meetings, meeting))
	equal(t, "changed", 2, p.saveActivities(crm.Deals, undated, far))
	equal(t, "people concerned", []string{"1", "2"}, p.dirty())
	equal(t, "by source, then id", []worker.SourceActivity{
		{Source: crm.Deals, Activity: undated}, {Source: crm.Deals, Activity: far}, {Source: crm.Meetings, Activity: meeting},
	}, p.inputs("1").Activities)

	p.savePeople(person("stranger"))
	equal(t, "a person who comes after the activity", []worker.SourceActivity{{Source: crm.Meetings, Activity: meeting}}, p.inputs("stranger").Activities)

	p.clean()
	moved := meeting
	moved.Links = with("3")
	equal(t, "links differ", 1, p.saveActivities(crm.Meetings, moved))
	equal(t, "those concerned before, and now", []string{"1", "2", "3", "stranger"}, p.dirty())
	equal(t, "no longer his", []worker.SourceActivity(nil), p.inputs("2").Activities)
	equal(t, "now hers", []worker.SourceActivity{{Source: crm.Meetings, Activity: moved}}, p.inputs("3").Activities)
}

func activityCounts(t *testing.T, p *place) {
	p.savePeople(person("1"), person("2"))
	p.clean()
	a := crm.Activity{ID: "9", Time: t0, Fields: crm.Fields{"x": "1"}, Modified: t0, Links: with("1")}
	b := crm.Activity{ID: "8", Time: t0, Links: with("2", "2")}
	c := crm.Activity{ID: "7", Time: t0} // concerns nobody yet
	equal(t, "new", 3, p.saveActivities(crm.Deals, a, b, c))
	p.clean()
	a.Modified = t0.Add(time.Hour)
	equal(t, "equal but for the version", 0, p.saveActivities(crm.Deals, a, b, c))
	equal(t, "nobody", []string(nil), p.dirty())
	known, err := p.s().Known(bg, conn, crm.Deals, []string{"9", "6"})
	p.ok(err)
	equal(t, "the version is known", map[string]worker.Known{"9": {Modified: a.Modified}}, known)
	equal(t, "the same id in another source is another activity", 1, p.saveActivities(crm.Calls, a))
	a.Time = t0.Add(1)
	later := a
	later.Fields = crm.Fields{"x": "2"}
	equal(t, "twice in a page, each time different", 2, p.saveActivities(crm.Deals, a, b, later))
	equal(t, "who it concerns", []string{"1"}, p.dirty())
	equal(t, "the last counts", later, p.inputs("1").Activities[1].Activity)
}

func identity(t *testing.T, p *place) {
	a, b, c := person("2"), person("10"), person("3")
	a.Identity, b.Identity = "same", "same"
	p.savePeople(a, b, c)
	p.saveCompanies(worker.Snapshot{ID: "c1", Identity: "same"})
	check := func(identity string, want ...string) {
		t.Helper()
		got, err := p.s().Find(bg, conn, identity)
		p.ok(err)
		equal(t, "found by "+identity, want, got)
	}
	check("same", "10", "2")
	check("other")
	check("")
	a.Identity = "new"
	p.savePeople(a)
	check("same", "10")
	check("new", "2")
}
