package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

func pruned(t *testing.T, p *place) {
	p.savePeopleMapped("1", "2")
	day := 24 * time.Hour
	for n := range 5 {
		at := t0.Add(time.Duration(n) * day)
		p.ok(p.s().SaveRun(bg, worker.Run{ID: fmt.Sprint(n), Connection: conn, Started: at, Finished: at, Status: "done"}))
		p.score(worker.Planned{Scored: true, Score: float64(n)}, true, "1")
		p.ok(p.s().Settle(bg, folk, []worker.Settled{{ID: "1", Status: crm.Written, At: at}}))
	}
	p.ok(p.s().SaveRun(bg, worker.Run{ID: "other", Connection: "sales", Started: t0}))
	p.ok(p.s().SaveOverride(bg, folk, worker.Override{ID: "2", Kind: "freeze"}, worker.Entry{At: t0, Model: "m"}))
	left := func(what string, wantRuns, wantEntries []string, keep worker.Retention, want worker.Pruned) {
		t.Helper()
		got, err := p.s().Prune(bg, conn, keep, t0.Add(5*day))
		p.ok(err)
		equal(t, what, want, got)
		runs, err := p.s().Runs(bg, conn, all)
		p.ok(err)
		equal(t, what+": runs", wantRuns, ids(runs, func(r worker.Run) string { return r.ID }))
		entries, err := p.s().Ledger(bg, folk, "1", all)
		p.ok(err)
		equal(t, what+": entries", wantEntries, ids(entries, func(e worker.Entry) string { return fmt.Sprint(e.New.Score) }))
		byHand, err := p.s().Ledger(bg, folk, "2", all)
		p.ok(err)
		equal(t, what+": the last entry of the other", 1, len(byHand))
	}
	everything := []string{"4", "3", "2", "1", "0"}
	left("nothing is too old", everything, everything, worker.Retention{Runs: 5 * day, Ledger: 5 * day}, worker.Pruned{})
	left("kept for ever", everything, everything, worker.Retention{Last: 1}, worker.Pruned{})
	left("the last of all are enough", everything, everything, worker.Retention{Runs: day, Ledger: day, Last: 5}, worker.Pruned{})
	left("runs", []string{"4", "3", "2"}, everything, worker.Retention{Runs: 3 * day, Last: 1}, worker.Pruned{Runs: 2})
	left("entries", []string{"4", "3", "2"}, []string{"4", "3"}, worker.Retention{Ledger: 2 * day, Last: 1}, worker.Pruned{Entries: 3})
	left("all but the last", []string{"4"}, []string{"4"}, worker.Retention{Runs: 1, Ledger: 1, Last: 1}, worker.Pruned{Runs: 2, Entries: 1})
	runs, err := p.s().Runs(bg, "sales", all)
	p.ok(err)
	equal(t, "of another connection", 1, len(runs))
}
