package storetest

import (
	"testing"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// dirtyFirms returns the ids of dirty companies.
func (p *place) dirtyFirms() []string {
	p.t.Helper()
	page, err := p.s().Dirty(bg, firms, "", all)
	p.ok(err)
	return ids(page, func(in worker.Inputs) string { return in.Record.ID })
}

func (p *place) cleanFirms() {
	p.t.Helper()
	page, err := p.s().Dirty(bg, firms, "", all)
	p.ok(err)
	var scored []worker.Scored
	for _, in := range page {
		scored = append(scored, worker.Scored{ID: in.Record.ID, Hash: in.Record.Hash, Blob: []byte("blob")})
	}
	p.ok(p.s().SaveScored(bg, firms, scored))
}

// saveShare saves the result of one person that adds something to the company.
func (p *place) saveShare(id, share string) {
	p.t.Helper()
	p.ok(p.s().SaveScored(bg, folk, []worker.Scored{{ID: id, Hash: 1, Blob: []byte("blob"), Share: []byte(share)}}))
}

func employed(id, company string) worker.Snapshot {
	s := person(id)
	s.Company = company
	return s
}

// ownPopulation gives a person and a company one id, and moves the company alone.
func ownPopulation(t *testing.T, p *place) {
	p.savePeopleMapped("1")
	p.saveCompanies(person("1"))
	equal(t, "a new company is dirty", []string{"1"}, p.dirtyFirms())
	planned := worker.Planned{Scored: true, Score: 70, Grade: "A"}
	update := &worker.Pending{ID: "1", Fields: crm.Fields{"score": "70"}, Entry: worker.Entry{Model: "m1", New: planned}}
	p.ok(p.s().SaveScored(bg, firms, []worker.Scored{{ID: "1", Hash: 1, Blob: []byte("company"), Planned: planned, Pending: update}}))
	equal(t, "clean", []string(nil), p.dirtyFirms())
	equal(t, "no update of the person", []string(nil), p.waiting(t0))
	waiting, err := p.s().Pending(bg, firms, "", all, t0)
	p.ok(err)
	equal(t, "the company's update", []worker.Pending{*update}, waiting)
	p.ok(p.s().MarkSent(bg, firms, "r1", []string{"1"}))
	doubt, err := p.s().InDoubt(bg, firms, all)
	p.ok(err)
	equal(t, "in doubt", 1, len(doubt))
	p.ok(p.s().Settle(bg, firms, []worker.Settled{{ID: "1", Status: crm.Written, At: t0}}))
	subject, in, err := p.s().Subject(bg, firms, "1")
	p.ok(err)
	equal(t, "the company", worker.Subject{ID: "1", Blob: []byte("company"), Shown: crm.Fields{"score": "70"}, Planned: planned}, subject)
	equal(t, "its inputs", worker.Inputs{Record: person("1"), Shown: crm.Fields{"score": "70"}, Planned: planned}, in)
	equal(t, "the person", []byte("blob 1"), p.subject("1").Blob)
	entries, err := p.s().Ledger(bg, folk, "1", all)
	p.ok(err)
	equal(t, "the person's ledger", 0, len(entries))
	counts, err := p.s().Tally(bg, firms)
	p.ok(err)
	equal(t, "companies", worker.Tally{People: 1, Mapped: 1, Grades: map[string]int{"A": 1}, Histogram: [10]int{7: 1}}, counts)
	best, err := p.s().Best(bg, firms, all)
	p.ok(err)
	equal(t, "the best company", []string{"1"}, ids(best, func(s worker.Subject) string { return s.ID }))

	p.ok(p.s().SaveOverride(bg, firms, worker.Override{ID: "1", Kind: "freeze", Until: t0, At: t0}, worker.Entry{At: t0, Model: "m1"}))
	byHand, err := p.s().Overrides(bg, folk)
	p.ok(err)
	equal(t, "nothing is set by hand of people", 0, len(byHand))
	traces, err := p.s().Traces(bg, firms, "1")
	p.ok(err)
	equal(t, "what is kept of the company", map[string]int{worker.TraceRecord: 1, worker.TraceInputs: 1, worker.TraceLedger: 2, worker.TraceMark: 1, worker.TraceOverride: 1}, traces)
	p.ok(p.s().MarkAllDirty(bg, firms))
	equal(t, "people are not marked with companies", []string(nil), p.dirty())
	p.ok(p.s().Settle(bg, firms, []worker.Settled{{ID: "1", Status: crm.Gone}}))
	traces, err = p.s().Traces(bg, firms, "1")
	p.ok(err)
	equal(t, "a company gone is forgotten", map[string]int{}, traces)
	equal(t, "the person stays", []byte("blob 1"), p.subject("1").Blob)
}

func noOtherPopulation(_ *testing.T, p *place) {
	deals := worker.Population{Connection: conn, Object: crm.Deals}
	p.fails(second(p.s().Dirty(bg, deals, "", all)), crm.ErrInvalid)
	p.fails(p.s().SaveScored(bg, deals, nil), crm.ErrInvalid)
	p.fails(second(p.s().Tally(bg, deals)), crm.ErrInvalid)
}

func shares(t *testing.T, p *place) {
	p.saveCompanies(person("c1"), person("c2"), person("c3"))
	p.savePeople(employed("1", "c1"), employed("2", "c1"), employed("3", "unknown"), person("4"))
	p.cleanFirms()
	p.clean()
	equal(t, "people without a share", []string(nil), p.dirtyFirms())
	p.saveShare("2", "two")
	p.saveShare("1", "one")
	p.saveShare("3", "three")
	p.saveShare("4", "four")
	equal(t, "a first share", []string{"c1"}, p.dirtyFirms())
	in, err := p.s().Dirty(bg, firms, "", all)
	p.ok(err)
	equal(t, "members by id", []worker.Inputs{{Record: person("c1"), Members: []worker.Member{{ID: "1", Share: []byte("one")}, {ID: "2", Share: []byte("two")}}}}, in)
	equal(t, "as stored", []byte("one"), p.subject("1").Share)

	p.cleanFirms()
	p.saveShare("1", "one")
	equal(t, "the same share", []string(nil), p.dirtyFirms())
	p.ok(p.s().SaveScored(bg, folk, []worker.Scored{{ID: "1", Share: []byte("uno")}}))
	equal(t, "another share, the same inputs", []string{"c1"}, p.dirtyFirms())
	equal(t, "the blob stays", []byte("blob"), p.subject("1").Blob)

	p.cleanFirms()
	p.savePeople(employed("1", "c2"))
	equal(t, "both companies", []string{"c1", "c2"}, p.dirtyFirms())
	p.cleanFirms()
	p.savePeople(employed("1", "c2"))
	equal(t, "who does not move marks nobody", []string(nil), p.dirtyFirms())
	p.ok(p.s().Strip(bg, conn, []worker.Snapshot{{ID: "1", Hash: 9}}))
	equal(t, "stripped", []string{"c2"}, p.dirtyFirms())
	p.cleanFirms()
	p.ok(p.s().Forget(bg, conn, crm.People, []string{"2", "stranger"}))
	equal(t, "forgotten", []string{"c1"}, p.dirtyFirms())
	_, left, err := p.s().Subject(bg, firms, "c1")
	p.ok(err)
	equal(t, "nobody is left", 0, len(left.Members))

	p.savePeople(employed("5", "c3"))
	p.saveShare("5", "five")
	p.cleanFirms()
	p.saveShare("5", "")
	equal(t, "a share taken back", []string{"c3"}, p.dirtyFirms())
	_, left, err = p.s().Subject(bg, firms, "c3")
	p.ok(err)
	equal(t, "no member without a share", 0, len(left.Members))
}

func companyActivity(t *testing.T, p *place) {
	p.savePeople(person("1"))
	p.saveCompanies(person("c1"), person("c2"), person("c3"))
	p.clean()
	p.cleanFirms()
	of := func(person, company string) map[string][]string {
		return map[string][]string{crm.People: {person}, crm.Companies: {company}}
	}
	deal, own := crm.Activity{ID: "7", Time: t0, Links: of("1", "c1")}, crm.Activity{ID: "8", Time: t0, Links: map[string][]string{crm.Companies: {"c1"}}}
	equal(t, "changed", 2, p.saveActivities(crm.Deals, deal, own))
	equal(t, "people", []string{"1"}, p.dirty())
	equal(t, "companies", []string{"c1"}, p.dirtyFirms())
	in, err := p.s().Dirty(bg, firms, "", all)
	p.ok(err)
	equal(t, "the company's activity", []worker.SourceActivity{{Source: crm.Deals, Activity: deal}, {Source: crm.Deals, Activity: own}}, in[0].Activities)
	equal(t, "the person's", 1, len(p.inputs("1").Activities))
	p.cleanFirms()
	own.Links = map[string][]string{crm.Companies: {"c2"}}
	p.saveActivities(crm.Deals, own)
	equal(t, "before and now", []string{"c1", "c2"}, p.dirtyFirms())
	p.cleanFirms()

	p.ok(p.s().SaveRecords(bg, worker.RecordPage{Connection: conn, Object: crm.Companies, Gone: []string{"c2"}, Heirs: map[string]string{"c2": "c3"}}))
	equal(t, "the heir", []string{"c3"}, p.dirtyFirms())
	p.cleanFirms()
	p.ok(p.s().Forget(bg, conn, crm.Companies, []string{"c1"}))
	known, err := p.s().Known(bg, conn, crm.Deals, []string{"7", "8"})
	p.ok(err)
	equal(t, "what concerns somebody else stays", 2, len(known))
	p.ok(p.s().Forget(bg, conn, crm.People, []string{"1"}))
	p.ok(p.s().Forget(bg, conn, crm.Deals, []string{"8"}))
	equal(t, "a company that loses a deal", []string{"c3"}, p.dirtyFirms())
	known, err = p.s().Known(bg, conn, crm.Deals, []string{"7", "8"})
	p.ok(err)
	equal(t, "what concerns nobody goes", 0, len(known))
}
