package worker_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// TestEveryRecordIsAccountedFor: of all records a run reads, each is unchanged, written, rejected or skipped.
func TestEveryRecordIsAccountedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.populate(60)
	w.provision()
	w.crm.Refuse(crm.People, person(3))
	refused, err := w.try(worker.Options{})
	if err == nil {
		t.Fatal("the plan was not refused")
	}
	w.balanced(refused, worker.Balance{Met: 60, Skipped: 60})
	w.balanced(w.run(worker.Options{DryRun: true}), worker.Balance{Met: 60, Skipped: 60})
	w.balanced(w.run(worker.Options{Accept: true}), worker.Balance{Met: 60, Written: 59, Rejected: 1})
	w.crm.Settle()
	w.crm.Change(crm.People, person(1), crm.Fields{"jobtitle": "Managing Director"})
	w.crm.Change(crm.People, person(2), crm.Fields{"email": "other@example.com"})
	r := w.run(worker.Options{})
	b := r.Balance()
	if b.Written != 1 || b.Lost != 0 || b.Met != b.Unchanged+b.Written+b.Rejected+b.Skipped || b.Met < r.Read[crm.People].Read {
		t.Errorf("after two changes: %+v of %d read", b, r.Read[crm.People].Read)
	}
	w.at = w.at.Add(30 * day)
	for _, o := range []worker.Options{{Kind: worker.Rescore, Accept: true}, {Kind: worker.Reload, Accept: true}, {}} {
		if b := ptr(w.run(o)).Balance(); b.Lost != 0 || b.Met < 60 && o.Kind != "" {
			t.Errorf("%s: %+v", o.Kind, b)
		}
	}
}

func ptr[T any](v T) *T { return &v }

func (w *world) balanced(r worker.Report, want worker.Balance) {
	w.t.Helper()
	if diff := cmp.Diff(want, r.Balance()); diff != "" || r.Read[crm.People].Read > want.Met {
		w.t.Errorf("%s run of %d people read (-want +got):\n%s", r.Status, r.Read[crm.People].Read, diff)
	}
}

// TestNothingIsLostInAnyHistory: the same for made-up histories of changes, refusals, merges and runs of every kind.
func TestNothingIsLostInAnyHistory(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		w := newWorld(t)
		w.populate(30)
		w.provision()
		rng := rand.New(rand.NewPCG(seed, 1))
		kinds := []worker.Kind{worker.Sync, worker.Sync, worker.Rescore, worker.Reload}
		for step := range 12 {
			w.at = w.at.Add(time.Duration(1+rng.IntN(72)) * time.Hour)
			for range rng.IntN(6) {
				who := person(rng.IntN(30))
				switch rng.IntN(4) {
				case 0:
					w.crm.Change(crm.People, who, crm.Fields{"jobtitle": fmt.Sprintf("Director %d", step)})
				case 1:
					w.crm.Change(crm.People, who, crm.Fields{"clicks": fmt.Sprint(step), "last_click": w.at.Format(time.RFC3339)})
				case 2:
					w.crm.Refuse(crm.People, who)
				case 3:
					w.crm.Accept(crm.People, who)
				}
			}
			r, err := w.try(worker.Options{Kind: kinds[rng.IntN(len(kinds))], Accept: true, DryRun: rng.IntN(5) == 0})
			if err != nil {
				t.Fatal(err)
			}
			if b, firms := r.Balance(), r.CompanyBalance(); b.Lost != 0 || firms.Lost != 0 {
				t.Fatalf("seed %d, step %d, %s: people %+v, companies %+v\n%+v", seed, step, r.Kind, b, firms, r.Outcome)
			}
		}
	}
}

// TestFreshness: the time from a change in the CRM to the acknowledged score, of what changed since the last good run.
func TestFreshness(t *testing.T) {
	t.Parallel()
	w := first(t, 20)
	if r := w.run(worker.Options{}); len(r.Freshness) != 0 {
		t.Errorf("nothing changed, and %v was measured", r.Freshness)
	}
	w.at = w.at.Add(time.Minute)
	w.crm.Change(crm.People, person(1), crm.Fields{"jobtitle": "Managing Director"})
	w.at = w.at.Add(2 * time.Minute)
	w.crm.Change(crm.People, person(4), crm.Fields{"jobtitle": "Director"})
	w.at = w.at.Add(25 * time.Second)
	r := w.run(worker.Options{})
	if diff := cmp.Diff(worker.Freshness{25: 1, 140: 1}, r.Freshness); diff != "" {
		t.Error(diff)
	}
	if p95, half := r.Freshness.Quantile(0.95), r.Freshness.Quantile(0.5); p95 != 140*time.Second || half != 25*time.Second {
		t.Errorf("p95 %s, median %s", p95, half)
	}
	w.at = w.at.Add(-5 * time.Second) // before that run began: its search did not show the change yet
	w.crm.Change(crm.People, person(2), crm.Fields{"jobtitle": "Managing Director"})
	w.at = w.at.Add(65 * time.Second)
	if diff := cmp.Diff(worker.Freshness{65: 1}, w.run(worker.Options{}).Freshness); diff != "" {
		t.Errorf("a change that came late: %s", diff)
	}
	w.at = w.at.Add(30 * day) // time alone moves scores: nobody waited for that
	if r := w.run(worker.Options{Kind: worker.Rescore, Accept: true}); r.Written == 0 || len(r.Freshness) != 0 {
		t.Errorf("a rescore wrote %d and measured %v", r.Written, r.Freshness)
	}
}
