package storetest

import (
	"testing"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

func suppressed(t *testing.T, p *place) {
	keys := []string{worker.RecordKey("1"), worker.IdentityKey("abc")}
	found, err := p.s().Suppressed(bg, conn, keys)
	p.ok(err)
	equal(t, "nobody", map[string]time.Time{}, found)
	p.ok(p.s().Suppress(bg, conn, keys, t0))
	p.ok(p.s().Suppress(bg, conn, keys[:1], t0.Add(time.Hour)))
	found, err = p.s().Suppressed(bg, conn, append(keys, worker.RecordKey("2")))
	p.ok(err)
	equal(t, "both, since the first time", map[string]time.Time{keys[0]: t0, keys[1]: t0}, found)
	found, err = p.s().Suppressed(bg, "sales", keys)
	p.ok(err)
	equal(t, "of one connection", 0, len(found))
	p.savePeople(person("1"))
	p.ok(p.s().Forget(bg, conn, crm.People, []string{"1"}))
	p.ok(p.s().Readmit(bg, conn, []string{keys[1], "nobody"}))
	found, err = p.s().Suppressed(bg, conn, keys)
	p.ok(err)
	equal(t, "what is left", map[string]time.Time{keys[0]: t0}, found)
}

func stripped(t *testing.T, p *place) {
	p.savePeopleMapped("1", "2")
	p.saveActivities(crm.Meetings, crm.Activity{ID: "alone", Modified: t0, Links: with("1")}, crm.Activity{ID: "both", Modified: t0, Links: with("1", "2")})
	p.score(worker.Planned{Scored: true, Score: 50}, true, "1", "2")
	p.ok(p.s().MarkSent(bg, folk, "r1", []string{"1"}))
	p.ok(p.s().Settle(bg, folk, []worker.Settled{{ID: "1", Status: crm.Written, At: t0}}))
	traces, err := p.s().Traces(bg, folk, "1")
	p.ok(err)
	equal(t, "before", map[string]int{worker.TraceRecord: 1, worker.TraceInputs: 1, worker.TraceLedger: 1, worker.TraceActivity: 2}, traces)

	p.ok(p.s().Strip(bg, conn, []worker.Snapshot{{ID: "1", Hash: 9, Identity: "abc"}, {ID: "stranger", Hash: 9}}))
	traces, err = p.s().Traces(bg, folk, "1")
	p.ok(err)
	equal(t, "after", map[string]int{worker.TraceRecord: 1, worker.TraceInputs: 1}, traces)
	subject, in, err := p.s().Subject(bg, folk, "1")
	p.ok(err)
	equal(t, "what it shows stays", "50", subject.Shown["score"])
	equal(t, "the snapshot", worker.Snapshot{ID: "1", Hash: 9, Identity: "abc", Modified: t0}, in.Record)
	equal(t, "nobody is dirty", 0, len(p.dirty()))
	p.ok(p.s().MarkAllDirty(bg, folk))
	equal(t, "others keep theirs", 1, len(p.inputs("2").Activities))
	p.ok(p.s().Forget(bg, conn, crm.People, []string{"1"}))
	traces, err = p.s().Traces(bg, folk, "1")
	p.ok(err)
	equal(t, "forgotten", map[string]int{}, traces)
}

func overrides(t *testing.T, p *place) {
	o := worker.Override{ID: "1", Kind: "score", Points: 90, Author: "Ann", Reason: "met at the fair", Until: t0.Add(time.Hour), At: t0}
	entry := worker.Entry{At: t0, Model: "m1", Reasons: []string{"set by hand"}}
	p.fails(p.s().SaveOverride(bg, folk, o, entry), crm.ErrNotFound)
	p.savePeopleMapped("1", "2")
	p.ok(p.s().SaveOverride(bg, folk, o, entry))
	equal(t, "dirty", []string{"1"}, p.dirty())
	o.Points = 80
	p.ok(p.s().SaveOverride(bg, folk, o, entry))
	p.ok(p.s().SaveOverride(bg, folk, worker.Override{ID: "2", Kind: "freeze", Until: t0, At: t0}, entry))
	all, err := p.s().Overrides(bg, folk)
	p.ok(err)
	equal(t, "all", []worker.Override{o, {ID: "2", Kind: "freeze", Until: t0, At: t0}}, all)
	history, err := p.s().Ledger(bg, folk, "1", 5)
	p.ok(err)
	equal(t, "ledger", []worker.Entry{entry, entry}, history)
	p.ok(p.s().SaveOverride(bg, folk, worker.Override{ID: "1"}, entry))
	p.ok(p.s().Forget(bg, conn, crm.People, []string{"2"}))
	all, err = p.s().Overrides(bg, folk)
	p.ok(err)
	equal(t, "cleared and forgotten", 0, len(all))
}
