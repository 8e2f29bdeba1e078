package jobs_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/crm/crmtest"
	"github.com/bareme/bareme/store/sqlite"
	"github.com/bareme/bareme/worker"
)

const (
	purchases = `    purchase: {from: deals, when: {stage: won}, time: closed, amount: amount, currency: EUR}
`
	worth = `  worth: {method: rfm, activity: purchase, binning: midrank}
`
)

// sell has every third person buy up to five times.
func sell(c *crmtest.Memory, ids []string, now time.Time) {
	for i, id := range ids {
		if i%3 != 0 {
			continue
		}
		for k := range 1 + i%5 {
			at := now.AddDate(0, 0, -1-(i*7+k*31)%300)
			c.CreateActivity(crm.Deals, crm.Activity{Time: at, Fields: crm.Fields{"stage": "won", "closed": at.Format(time.RFC3339), "amount": fmt.Sprint(50 + i*13%400)},
				Links: map[string][]string{crm.People: {id}}})
		}
	}
}

func deals() []crm.Field {
	return []crm.Field{{Name: "stage", Writable: true}, {Name: "closed", Type: crm.DateTime, Writable: true}, {Name: "amount", Type: crm.Number, Writable: true}}
}

// edit changes the model; what is not there to be changed fails the test.
func edit(t *testing.T, model, old, with string) string {
	t.Helper()
	if !strings.Contains(model, old) {
		t.Fatalf("the model has no %q", old)
	}
	return strings.Replace(model, old, with, 1)
}

// TestLearnsInParts: what scores learn from everybody is gathered from parts of the people by several processes, and is
// what one process learns from all of them at once; and so with what they learn when it is time to learn anew.
func TestLearnsInParts(t *testing.T) {
	t.Parallel()
	alone, together := newWorld(t, "model.yaml"), newWorld(t, "model.yaml")
	for _, w := range []*world{alone, together} {
		w.model = edit(t, w.model, "    click: ", purchases+"    click: ")
		w.model = edit(t, w.model, "scores:\n", "scores:\n"+worth)
		w.model = edit(t, w.model, "engagement: b_eng", "engagement: b_eng, worth: b_worth, worth_rfm: b_rfm, churn_risk: b_risk")
		w.model = edit(t, w.model, "scores:\n", "value: {activity: purchase, months: 12}\nscores:\n")
		w.crm.Declare(crm.Deals, deals()...)
		w.populate(120)
		w.provision()
		var ids []string
		for i := range 120 {
			ids = append(ids, fmt.Sprintf("p%03d", i))
		}
		sell(w.crm, ids, w.now())
	}
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	learnt := func(s worker.Store) string {
		var all []string
		for _, name := range []string{"worth", "churn risk and value"} {
			text, err := s.Note(t.Context(), "main", "fit:"+name)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, text)
		}
		return strings.Join(all, "\n")
	}
	var of *process
	for range 3 {
		of = together.process(together.crm)
		together.start(of)
	}
	first := ""
	for _, kind := range []worker.Kind{worker.Sync, worker.Refit} {
		if _, err := alone.worker(alone.crm, store).RunOnce(t.Context(), worker.Options{Kind: kind}); err != nil {
			t.Fatal(err)
		}
		if kind == worker.Refit {
			if _, err := of.store.Pool().Exec(t.Context(), "UPDATE job_slots SET wanted = true WHERE kind = $1", kind); err != nil {
				t.Fatal(err)
			}
			if err := of.Due(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if r := together.report(); r.Status != "done" || r.Kind != kind {
			t.Fatalf("%s: %s: %s", r.Kind, r.Status, r.Error)
		}
		want := learnt(store)
		if diff := gocmp.Diff(want, learnt(of.store)); diff != "" || !strings.Contains(want, `"customers":40`) {
			t.Errorf("%s learnt otherwise (-embedded +jobs), from %s:\n%s", kind, want, diff)
		}
		if diff := gocmp.Diff(shown(alone.crm), shown(together.crm)); diff != "" {
			t.Errorf("after the %s, what people show differs (-embedded +jobs):\n%s", kind, diff)
		}
		if want == first {
			t.Error("nothing was learnt anew")
		}
		first = want
		for _, w := range []*world{alone, together} {
			w.pass(40 * 24 * time.Hour)
		}
	}
	var parts, left int
	if err := of.store.Pool().QueryRow(t.Context(), "SELECT count(*) FROM river_job WHERE args->>'stage' = $1", worker.StageGather).Scan(&parts); err != nil || parts != 10 {
		t.Errorf("gathered from %d parts: %v", parts, err)
	}
	if err := of.store.Pool().QueryRow(t.Context(), "SELECT count(*) FROM job_pieces").Scan(&left); err != nil || left > 0 {
		t.Errorf("%d pieces are left: %v", left, err)
	}
}

// TestOneLearnsForAll: of several connections, what one learns from its people is there before those of any are scored.
func TestOneLearnsForAll(t *testing.T) {
	t.Parallel()
	alone, together := newPair(t), newPair(t)
	for _, p := range []*pair{alone, together} {
		p.edit(t, "    meeting: ", "    purchase: {from: deals, connection: sales, when: {stage: won}, time: closed, amount: amount, currency: EUR}\n    meeting: ")
		p.edit(t, "scores:\n", "scores:\n"+worth)
		p.edit(t, "engagement: b_eng", "engagement: b_eng, worth: b_worth, worth_rfm: b_rfm")
		p.edit(t, "engagement: B_Eng", "engagement: B_Eng, worth: B_Worth, worth_rfm: B_Rfm")
		p.provision(t)
		p.sales.Declare(crm.Deals, deals()...)
		var ids []string
		for i := range 30 {
			ids = append(ids, fmt.Sprintf("003%d", 2*i))
		}
		sell(p.sales, ids, p.at)
	}
	likeOneProcess(t, alone, together)
	if shows, _ := together.marketing.Stored(crm.People, "1000"); shows["b_rfm"] == "" {
		t.Errorf("who bought shows %v", shows)
	}
}
