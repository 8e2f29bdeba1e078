package storetest

import (
	"testing"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// kin: records of several connections that may be the same person.
func kin(t *testing.T, p *place) {
	const other = "sales"
	look := func(what string, want map[string][]worker.Kin, ids ...string) {
		t.Helper()
		got, err := p.s().Kin(bg, conn, []string{other}, ids)
		p.ok(err)
		equal(t, what, want, got)
	}
	look("an empty store", nil, "1")

	p.savePeople(
		worker.Snapshot{ID: "1", Identity: "ada"},
		worker.Snapshot{ID: "2", Identity: "bob", Links: []worker.Link{{Connection: other, ID: "003x"}, {Connection: other, ID: "003b"}}}, // the last link counts
		worker.Snapshot{ID: "3", Identity: "shared:info"},
		worker.Snapshot{ID: "4"},
		worker.Snapshot{ID: "5", Identity: "ada"},
	)
	look("before the other connection has anybody", map[string][]worker.Kin{"1": {{Connection: conn, ID: "5"}}, "5": {{Connection: conn, ID: "1"}}}, "1", "2", "3", "4", "5")

	save := func(people ...worker.Snapshot) {
		p.ok(p.s().SaveRecords(bg, worker.RecordPage{Connection: other, Object: crm.People, Changed: people}))
	}
	save(
		worker.Snapshot{ID: "003a", Identity: "ada"},
		worker.Snapshot{ID: "003b", Identity: "bob"},
		worker.Snapshot{ID: "003c", Identity: "shared:info"},
		worker.Snapshot{ID: "003d", Links: []worker.Link{{Connection: conn, ID: "4"}}},
	)
	look("linked either way, or of one identity; nobody by a shared mailbox", map[string][]worker.Kin{
		"1": {{Connection: conn, ID: "5"}, {Connection: other, ID: "003a"}},
		"2": {{Connection: other, ID: "003b", Linked: true}},
		"4": {{Connection: other, ID: "003d", Linked: true}},
	}, "1", "2", "3", "4")

	without, err := p.s().Kin(bg, conn, nil, []string{"1", "2"})
	p.ok(err)
	equal(t, "without the other connection", map[string][]worker.Kin{"1": {{Connection: conn, ID: "5"}}}, without)

	p.savePeople(worker.Snapshot{ID: "2", Identity: "bob"})
	look("a link taken back leaves the identity", map[string][]worker.Kin{"2": {{Connection: other, ID: "003b"}}}, "2")
	p.ok(p.s().Forget(bg, other, crm.People, []string{"003a", "003d"}))
	look("the forgotten are nobody's kin", map[string][]worker.Kin{"1": {{Connection: conn, ID: "5"}}}, "1", "4")

	p.ok(p.s().SaveScored(bg, folk, []worker.Scored{{ID: "1", Blob: []byte("x")}, {ID: "4", Blob: []byte("x")}}))
	p.ok(p.s().MarkDirty(bg, folk, []string{"1", "nobody"}))
	p.inputs("1") // which is there only when it is dirty
	some, err := p.s().InputsOf(bg, folk, []string{"4", "1", "nobody"})
	p.ok(err)
	equal(t, "inputs of some", []worker.Inputs{{Record: worker.Snapshot{ID: "1", Identity: "ada"}}, {Record: worker.Snapshot{ID: "4"}}}, some)
}
