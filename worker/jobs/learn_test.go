package jobs_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	gocmpopts "github.com/google/go-cmp/cmp/cmpopts"
	"github.com/riverqueue/river"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/crm/crmtest"
	"github.com/bareme/bareme/learning"
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

// buyers is a world of 120 people of whom 40 bought, with a score by purchases and churn risk.
func buyers(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, "model.yaml")
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
	return w
}

// learnt is what the scores of buyers learnt, as it is stored.
func learnt(t *testing.T, s worker.Store) string {
	t.Helper()
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

// TestDiesWhileGathering: what a process that dies had gathered is kept, another gathers the rest, and nobody counts twice.
func TestDiesWhileGathering(t *testing.T) {
	t.Parallel()
	whole, w := buyers(t), buyers(t)
	w.config.Workers = 1
	dying := w.process(w.crm)
	done, stop := dying.Events(river.EventKindJobCompleted)
	defer stop()
	if err := dying.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for e := range done {
		if stageOf(t, e.Job) == worker.StageGather {
			break
		}
	}
	if err := dying.Kill(t.Context()); err != nil {
		t.Fatal(err)
	}
	other, alone := w.process(w.crm), whole.process(whole.crm)
	w.start(other)
	whole.start(alone)
	for _, r := range []worker.Report{w.report(), whole.report()} {
		if r.Status != "done" {
			t.Fatalf("%s: %s", r.Status, r.Error)
		}
	}
	if diff := gocmp.Diff(learnt(t, alone.store), learnt(t, other.store)); diff != "" {
		t.Errorf("learnt otherwise (-by one process +by two):\n%s", diff)
	}
}

// TestLearnsInParts: what scores learn from everybody is gathered from parts of the people by several processes, and is
// what one process learns from all of them at once; and so with what they learn when it is time to learn anew.
func TestLearnsInParts(t *testing.T) {
	t.Parallel()
	alone, together := buyers(t), buyers(t)
	store, of := stateFile(t), together.replicas()
	first := ""
	for _, kind := range []worker.Kind{worker.Sync, worker.Refit} {
		if _, err := alone.worker(alone.crm, store).RunOnce(t.Context(), worker.Options{Kind: kind}); err != nil {
			t.Fatal(err)
		}
		if kind == worker.Refit {
			of.want(t, kind)
		}
		if r := together.report(); r.Status != "done" || r.Kind != kind {
			t.Fatalf("%s: %s: %s", r.Kind, r.Status, r.Error)
		}
		want := learnt(t, store)
		if diff := gocmp.Diff(want, learnt(t, of.store)); diff != "" || !strings.Contains(want, `"customers":40`) {
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

// replicas starts three processes, and returns one.
func (w *world) replicas() (one *process) {
	w.t.Helper()
	for range 3 {
		one = w.process(w.crm)
		w.start(one)
	}
	return one
}

// want has a kind of run begin.
func (p *process) want(t *testing.T, kind worker.Kind) {
	t.Helper()
	if _, err := p.store.Pool().Exec(t.Context(), "UPDATE job_slots SET wanted = true WHERE kind = $1", kind); err != nil {
		t.Fatal(err)
	}
	if err := p.Due(t.Context()); err != nil {
		t.Fatal(err)
	}
}

const day = 24 * time.Hour

// come has n people come over so many days, up to now: directors mostly buy three weeks later, others seldom, and whoever
// buys is called a customer from then on.
func (w *world) come(from, n, days int) {
	w.pass(-time.Duration(days) * day)
	w.crm.PageSize = 200
	for i := from; i < from+n; i++ {
		w.pass(time.Duration(days) * day / time.Duration(n))
		id := fmt.Sprintf("p%04d", i)
		w.crm.Put(crm.People, id, crm.Fields{"email": id + "@example.com", "jobtitle": []string{"Director", "Buyer", "Buyer"}[i%3]}, nil)
		w.crm.CreateActivity(crm.Meetings, crm.Activity{Time: w.now(), Fields: crm.Fields{"outcome": "COMPLETED"}, Links: map[string][]string{crm.People: {id}}})
		if i*7919%10 < []int{7, 2, 2}[i%3] {
			w.pass(20 * day)
			w.crm.CreateActivity(crm.Deals, crm.Activity{Time: w.now(), Fields: crm.Fields{"stage": "won", "closed": w.now().Format(time.RFC3339)}, Links: map[string][]string{crm.People: {id}}})
			w.crm.Change(crm.People, id, crm.Fields{"jobtitle": "Customer"})
			w.pass(-20 * day)
		}
	}
}

// lookingBack is a world with so many people and something to learn from what they were.
func lookingBack(t *testing.T, people int) *world {
	t.Helper()
	w := newWorld(t, "model.yaml")
	w.model = edit(t, w.model, "    click: ", "    purchase: {from: deals, when: {stage: won}, time: closed}\n    click: ")
	w.crm.Declare(crm.Deals, deals()...)
	w.provision()
	w.config.PartSize = 150
	w.learn = &worker.Learn{
		Score: "learnt", Model: "m", Activity: "purchase", Within: 90 * day, After: 5 * day,
		Attributes: []string{"title"}, Activities: []string{}, Options: learning.Options{Within: 90 * day, Allow: []string{"title"}}, // all there is
	}
	w.come(0, people, 600)
	w.pass(120 * day)
	return w
}

// TestLooksBackInParts: what is proposed, and how far people have moved since, is told by several processes that each ask
// the CRM what a part of the people were, as by one that asks of all.
func TestLooksBackInParts(t *testing.T) {
	t.Parallel()
	alone, together := lookingBack(t, 900), lookingBack(t, 900)
	store, of := stateFile(t), together.replicas()
	both := func(kind worker.Kind) (one, many worker.Report) {
		if kind != worker.Sync { // which begins by itself
			of.want(t, kind)
		}
		one, err := alone.worker(alone.crm, store).RunOnce(t.Context(), worker.Options{Kind: kind})
		if err != nil {
			t.Fatal(err)
		}
		many = together.report()
		if many.Status != "done" || many.Kind != kind {
			t.Fatalf("%s: %s: %s", many.Kind, many.Status, many.Error)
		}
		if diff := gocmp.Diff(one.Learnt, many.Learnt); diff != "" {
			t.Errorf("the %s tells otherwise (-embedded +jobs):\n%s", kind, diff)
		}
		if diff := gocmp.Diff(one.Warnings, many.Warnings, gocmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the %s warns otherwise (-embedded +jobs):\n%s", kind, diff)
		}
		return one, many
	}
	both(worker.Sync)
	if one, _ := both(worker.Refit); one.Learnt == nil || one.Learnt.Proposed == nil {
		t.Fatalf("nothing was proposed: %v", one.Warnings)
	}
	proposed := func(w *world, s worker.Store) *worker.Proposal {
		p, err := w.worker(w.crm, s).LastProposal(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		p.Calls = 0 // each part asks what is kept
		return p
	}
	want := proposed(alone, store)
	if diff := gocmp.Diff(want, proposed(together, of.store), gocmpopts.EquateNaNs()); diff != "" {
		t.Errorf("proposed otherwise (-embedded +jobs):\n%s", diff)
	}
	if len(want.AsOf) != 1 || want.AsOf[0].By != worker.ByHistory || want.AsOf[0].Changed == 0 {
		t.Errorf("known as of then: %+v", want.AsOf)
	}
	for _, w := range []*world{alone, together} {
		w.pass(200 * day)
		w.come(900, 300, 150)
		w.pass(30 * day)
	}
	of.want(t, worker.Sync)
	both(worker.Sync)
	if one, _ := both(worker.Rescore); one.Learnt == nil || len(one.Learnt.Drift) != 2 {
		t.Errorf("drift: %+v, %v", one.Learnt, one.Warnings)
	}
	var parts int
	if err := of.store.Pool().QueryRow(t.Context(), "SELECT count(*) FROM river_job WHERE args->>'stage' = $1", worker.StageRecall).Scan(&parts); err != nil || parts != 6+8 {
		t.Errorf("looked back at %d parts: %v", parts, err)
	}
}

// spent is a CRM whose limit of the day is reached when somebody is asked for.
type spent struct {
	*crmtest.Memory

	at string
}

func (c spent) Histories(ctx context.Context, q crm.HistoryQuery) ([]crm.History, error) {
	if slices.Contains(q.IDs, c.at) {
		return nil, &crm.Error{Kind: crm.ErrQuota, Op: "read what people were", Message: "the calls of today are used up"}
	}
	return c.Memory.Histories(ctx, q)
}

// TestPastOfOnePartIsNotTold: a proposal made of some of the people would not be what it says; the run is done all the same.
func TestPastOfOnePartIsNotTold(t *testing.T) {
	t.Parallel()
	w := lookingBack(t, 300)
	of := w.process(spent{w.crm, "p0200"})
	w.start(of)
	if r := w.report(); r.Status != "done" {
		t.Fatalf("%s: %s", r.Status, r.Error)
	}
	of.want(t, worker.Refit)
	r := w.report()
	if r.Status != "done" || r.Learnt != nil {
		t.Errorf("%s: %s; learnt %+v", r.Status, r.Error, r.Learnt)
	}
	want := map[string]int{"learn: nothing is proposed: field history: read what people were: the calls of today are used up": 1}
	if diff := gocmp.Diff(want, r.Warnings); diff != "" {
		t.Errorf("warns otherwise (-want +got):\n%s", diff)
	}
}

// TestNothingToLearnFrom is a warning of the run, as in one process: nobody tells what people were.
func TestNothingToLearnFrom(t *testing.T) {
	t.Parallel()
	alone, together := lookingBack(t, 200), lookingBack(t, 200)
	alone.learn.Offline, together.learn.Offline = true, true
	store, of := stateFile(t), together.replicas()
	if _, err := alone.worker(alone.crm, store).RunOnce(t.Context(), worker.Options{Kind: worker.Sync}); err != nil {
		t.Fatal(err)
	}
	together.report()
	one, err := alone.worker(alone.crm, store).RunOnce(t.Context(), worker.Options{Kind: worker.Refit})
	if err != nil {
		t.Fatal(err)
	}
	of.want(t, worker.Refit)
	many := together.report()
	if many.Status != "done" || len(many.Warnings) != 1 {
		t.Errorf("%s: %s; %v", many.Status, many.Error, many.Warnings)
	}
	if diff := gocmp.Diff(one.Warnings, many.Warnings); diff != "" {
		t.Errorf("warns otherwise (-embedded +jobs):\n%s", diff)
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

// TestCannotLearn: a score that cannot learn from the people there are ends the run at once, in the words of the score.
func TestCannotLearn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "model.yaml")
	w.model = edit(t, w.model, "    click: ", purchases+"    click: ")
	w.model = edit(t, w.model, "scores:\n", "scores:\n"+worth)
	w.crm.Declare(crm.Deals, deals()...)
	w.populate(30)
	w.provision()
	p := w.process(w.crm)
	w.start(p)
	r := w.report()
	if want := "fit: score worth: there is no customer to fit to: nobody has a dated purchase"; r.Status != "failed" || r.Error != want {
		t.Errorf("%s: %s, want %s", r.Status, r.Error, want)
	}
	var attempts int
	if err := p.store.Pool().QueryRow(t.Context(), "SELECT max(attempt) FROM river_job").Scan(&attempts); err != nil || attempts != 1 {
		t.Errorf("tried %d times: %v", attempts, err)
	}
}
