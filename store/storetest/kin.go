package storetest

import (
	"testing"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// kin: records of several connections that may be the same person.
func kin(t *testing.T, p *place) {
	const other = "sales"
	lookOf := func(of worker.Population, what string, want map[string][]worker.Kin, ids ...string) {
		t.Helper()
		got, err := p.s().Kin(bg, of, []string{other}, ids)
		p.ok(err)
		equal(t, what, want, got)
	}
	look := func(what string, want map[string][]worker.Kin, ids ...string) {
		t.Helper()
		lookOf(folk, what, want, ids...)
	}
	look("an empty store", nil, "1")

	p.savePeople(
		worker.Snapshot{ID: "1", Identity: "ada"},
		worker.Snapshot{ID: "2", Identity: "bob", Links: []worker.Link{{Connection: other, ID: "003x"}, {Connection: other, ID: "003b"}, {Connection: other, ID: "003c"}}},
		worker.Snapshot{ID: "3", Identity: "shared:info"},
		worker.Snapshot{ID: "4"},
		worker.Snapshot{ID: "5", Identity: "ada"},
	)
	look("before the other connection has anybody", map[string][]worker.Kin{
		"1": {{Connection: conn, ID: "5", Identity: "ada"}}, "5": {{Connection: conn, ID: "1", Identity: "ada"}},
	}, "1", "2", "3", "4", "5")

	save := func(people ...worker.Snapshot) {
		t.Helper()
		p.ok(p.s().SaveRecords(bg, worker.RecordPage{Connection: other, Object: crm.People, Changed: people}))
	}
	save(
		worker.Snapshot{ID: "003a", Identity: "ada"},
		worker.Snapshot{ID: "003b", Identity: "bob"},
		worker.Snapshot{ID: "003c", Identity: "shared:info"},
		worker.Snapshot{ID: "003d", Links: []worker.Link{{Connection: conn, ID: "4"}}},
	)
	look("linked either way, or of one identity; nobody by a shared mailbox", map[string][]worker.Kin{
		"1": {{Connection: conn, ID: "5", Identity: "ada"}, {Connection: other, ID: "003a", Identity: "ada"}},
		"2": {{Connection: other, ID: "003b", Identity: "bob", Linked: true}, {Connection: other, ID: "003c", Identity: "shared:info", Linked: true}},
		"4": {{Connection: other, ID: "003d", Linked: true}},
	}, "1", "2", "3", "4")

	without, err := p.s().Kin(bg, folk, nil, []string{"1", "2"})
	p.ok(err)
	equal(t, "without the other connection", map[string][]worker.Kin{"1": {{Connection: conn, ID: "5", Identity: "ada"}}}, without)

	p.savePeople(worker.Snapshot{ID: "2", Identity: "bob"})
	look("links taken back leave the identity", map[string][]worker.Kin{"2": {{Connection: other, ID: "003b", Identity: "bob"}}}, "2")
	p.ok(p.s().Forget(bg, other, crm.People, []string{"003a", "003d"}))
	look("the forgotten are nobody's kin", map[string][]worker.Kin{"1": {{Connection: conn, ID: "5", Identity: "ada"}}}, "1", "4")

	p.ok(p.s().SaveScored(bg, folk, []worker.Scored{{ID: "1", Blob: []byte("x")}, {ID: "4", Blob: []byte("x")}}))
	p.ok(p.s().MarkDirty(bg, folk, []string{"1", "nobody"}))
	p.inputs("1") // which is there only when it is dirty
	some, err := p.s().InputsOf(bg, folk, []string{"4", "1", "nobody"})
	p.ok(err)
	equal(t, "inputs of some", []worker.Inputs{{Record: worker.Snapshot{ID: "1", Identity: "ada"}}, {Record: worker.Snapshot{ID: "4"}}}, some)

	p.ok(p.s().SaveRecords(bg, worker.RecordPage{Connection: conn, Object: crm.Companies, Changed: []worker.Snapshot{
		{ID: "1", Identity: "acme"}, {ID: "2", Links: []worker.Link{{Connection: other, ID: "0012"}}},
	}}))
	p.ok(p.s().SaveRecords(bg, worker.RecordPage{Connection: other, Object: crm.Companies, Changed: []worker.Snapshot{{ID: "0011", Identity: "acme"}, {ID: "0012"}}}))
	lookOf(worker.CompaniesOf(conn), "companies have kin of their own", map[string][]worker.Kin{
		"1": {{Connection: other, ID: "0011", Identity: "acme"}}, "2": {{Connection: other, ID: "0012", Linked: true}},
	}, "1", "2", "4")
}

// livingOn: links to people who live on under another id.
func livingOn(t *testing.T, p *place) {
	const other = "sales"
	astray := func(what string, want ...string) {
		t.Helper()
		got, err := p.s().Astray(bg, other, 10)
		p.ok(err)
		equal(t, what, want, got)
	}
	kin := func(what string, of worker.Population, with, id string, want ...worker.Kin) {
		t.Helper()
		got, err := p.s().Kin(bg, of, []string{with}, []string{id})
		p.ok(err)
		equal(t, what, want, got[id])
	}
	astray("nobody is named")
	to := func(ids ...string) (links []worker.Link) {
		for _, id := range ids {
			links = append(links, worker.Link{Connection: other, ID: id})
		}
		return links
	}
	p.savePeople(worker.Snapshot{ID: "1", Links: to("00Qa")}, worker.Snapshot{ID: "2", Links: to("00Qb", "003b")}, worker.Snapshot{ID: "3", Links: to("00Qc")})
	p.ok(p.s().SaveRecords(bg, worker.RecordPage{Connection: other, Object: crm.People, Changed: []worker.Snapshot{{ID: "003a", Identity: "ada"}, {ID: "003b"}}}))
	astray("those who are named and not stored", "00Qa", "00Qb", "00Qc")

	p.ok(p.s().SaveHeirs(bg, other, map[string]string{"00Qa": "003a", "00Qb": "003b", "00Qc": ""}))
	astray("it is known what became of them")
	kin("an heir stands for whom it took in", folk, other, "1", worker.Kin{Connection: other, ID: "003a", Identity: "ada", Linked: true})
	kin("and the other way round", worker.PeopleOf(other), conn, "003a", worker.Kin{Connection: conn, ID: "1", Linked: true})
	kin("two links to one person are one", folk, other, "2", worker.Kin{Connection: other, ID: "003b", Linked: true})
	kin("nobody lives on", folk, other, "3")

	p.ok(p.s().Forget(bg, other, crm.Companies, []string{"00Qa", "003a"}))
	kin("a company that goes by the same id takes nobody along", folk, other, "1", worker.Kin{Connection: other, ID: "003a", Identity: "ada", Linked: true})

	p.ok(p.s().SaveHeirs(bg, other, map[string]string{"00Qc": "003x"}))
	kin("an heir who is not stored is none", folk, other, "3")
	p.ok(p.s().Forget(bg, other, crm.People, []string{"003a"}))
	kin("an heir who is forgotten is none", folk, other, "1")
	astray("and nothing is known any more", "00Qa")
}
