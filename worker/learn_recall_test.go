package worker_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/crm/crmtest"
	"github.com/bareme/bareme/learning"
	"github.com/bareme/bareme/worker"
)

// tracked is a world of n people who came over 300 days, each with a title, who met us that day; buys tells who bought three
// weeks later, and what title they were given the day after that.
func tracked(t *testing.T, n int, title func(i int) string, buys func(i int) (bought bool, after string)) *world {
	t.Helper()
	w := newWorld(t)
	w.crm.PageSize, w.finer = 200, 0
	w.crm.Declare(crm.Deals, crm.Field{Name: "stage", Writable: true})
	w.edit("    meeting: {", "    purchase: {from: deals, when: {stage: won}}\n    meeting: {")
	w.provision()
	told := w.at
	for i := range n {
		w.at = told.Add(-time.Duration(120+i*300/n) * day)
		w.crm.Put(crm.People, person(i), crm.Fields{"email": person(i) + "@example.com", "jobtitle": title(i)}, nil)
		w.crm.CreateActivity(crm.Meetings, crm.Activity{Time: w.at, Fields: crm.Fields{"outcome": "COMPLETED"}, Links: map[string][]string{crm.People: {person(i)}}})
		if bought, after := buys(i); bought {
			w.at = w.at.Add(20 * day)
			w.crm.CreateActivity(crm.Deals, crm.Activity{Time: w.at, Fields: crm.Fields{"stage": "won"}, Links: map[string][]string{crm.People: {person(i)}}})
			w.at = w.at.Add(day)
			w.crm.Change(crm.People, person(i), crm.Fields{"jobtitle": after})
		}
	}
	w.at = told
	w.run(worker.Options{Accept: true})
	return w
}

// filledInBySales is a world where one in three bought, whoever they are: and whoever buys is a director from the next day
// on, which nobody was before.
func filledInBySales(t *testing.T, n int) *world {
	t.Helper()
	return tracked(t, n, func(i int) string { return []string{"Buyer", "Clerk"}[i%2] }, func(i int) (bool, string) { return i*7919%3 == 0, "Director" })
}

// directorsBuy is a world where directors mostly buy and others seldom; afterwards, all who did are called customers.
func directorsBuy(t *testing.T, n int) *world {
	t.Helper()
	return tracked(t, n, func(i int) string { return []string{"Director", "Buyer", "Buyer"}[i%3] }, func(i int) (bool, string) {
		return i*7919%10 < []int{7, 2, 2}[i%3], "Customer"
	})
}

func titleLearn() *worker.Learn {
	return &worker.Learn{Score: "learnt", Model: "m", Activity: "purchase", Within: 90 * day, After: 5 * day,
		Attributes: []string{"title"}, Activities: []string{}, Options: learning.Options{Within: 90 * day, Allow: []string{"title"}}} // all there is
}

// with has a worker that learns do something; its store is closed afterwards.
func (w *world) with(l *worker.Learn, c crm.Connector, do func(*worker.Worker)) {
	w.t.Helper()
	one := w.open()
	defer func() {
		if err := one.Store.Close(); err != nil {
			w.t.Error(err)
		}
	}()
	if one.Learn = l; c != nil {
		one.CRM = c
	}
	do(one)
}

// looksBack makes the history to learn from.
func (w *world) looksBack(l *worker.Learn, c crm.Connector) (h *worker.History, err error) {
	w.t.Helper()
	w.with(l, c, func(one *worker.Worker) { h, err = one.LearnHistory(w.t.Context()) })
	return h, err
}

// fits runs a scheduled fit.
func (w *world) fits(c crm.Connector) (r worker.Report, p *worker.Proposal) {
	w.t.Helper()
	w.with(titleLearn(), c, func(one *worker.Worker) {
		var err error
		if r, err = one.RunOnce(w.t.Context(), worker.Options{Kind: worker.Refit, Accept: true}); err == nil {
			p, err = one.LastProposal(w.t.Context())
		}
		if err != nil {
			w.t.Fatal(err)
		}
	})
	return r, p
}

// drifts compares those who came since.
func (w *world) drifts(l *worker.Learn, c crm.Connector) (d *learning.DriftReport, err error) {
	w.t.Helper()
	w.with(l, c, func(one *worker.Worker) { _, d, err = one.LearntDrift(w.t.Context()) })
	return d, err
}

// TestTheSaleTeachesNothing: taken as it stands today, the title tells who bought, and the guard says so. By its history it
// tells nothing, and nothing is proposed.
func TestTheSaleTeachesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("arithmetic of one goroutine, slow under the race detector; make test runs it")
	}
	t.Parallel()
	w := filledInBySales(t, 900)
	leaks := func(h *worker.History) (found []learning.Suspicion) {
		t.Helper()
		list, err := learning.Leaks(h.Table, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			found = append(found, f.Suspicion)
		}
		return found
	}
	today := titleLearn()
	today.Fixed, today.Offline = []string{"title"}, true
	h, err := w.looksBack(today, nil)
	if err != nil {
		t.Fatal(err)
	}
	if found := leaks(h); !slices.Contains(found, learning.EqualsOutcome) {
		t.Errorf("as it stands today the title says who bought, and the guard found %v", found)
	}
	for _, fixed := range [][]string{nil, {"title"}} { // the history goes before the list
		then := titleLearn()
		then.Fixed = fixed
		h, err = w.looksBack(then, nil)
		if err != nil {
			t.Fatal(err)
		}
		if found := leaks(h); len(found) > 0 {
			t.Errorf("by its history the title tells nothing, and the guard found %v", found)
		}
		if _, err := worker.Propose(*then, h, "made up", w.at); !errors.Is(err, learning.ErrNoSignal) {
			t.Errorf("proposed out of nothing: %v", err)
		}
		if len(h.AsOf) != 1 || h.AsOf[0].By != worker.ByHistory || h.AsOf[0].Changed != 300 {
			t.Errorf("as of then: %+v", h.AsOf)
		}
	}
}

// TestFixedThatChanges: what is listed as fixed, and by the history was set after the sale, is evidence against it where the
// history tells that and not what it was before.
func TestFixedThatChanges(t *testing.T) {
	if testing.Short() {
		t.Skip("arithmetic of one goroutine, slow under the race detector; make test runs it")
	}
	t.Parallel()
	w := filledInBySales(t, 900)
	w.crm.Depth = 1 // the CRM keeps but the last value
	l := titleLearn()
	l.Fixed = []string{"title"}
	h, err := w.looksBack(l, nil)
	if err != nil {
		t.Fatal(err)
	}
	list, err := learning.Leaks(h.Table, nil)
	if err != nil || len(list) == 0 || list[0].Suspicion != learning.ChangedAfter || !strings.Contains(list[0].Evidence, "for 300 of 300 who converted") {
		t.Errorf("the guard found %+v, %v", list, err)
	}
}

// TestTooBusyToTell: where the CRM keeps so few values that it has forgotten what the busiest were, the attribute is left
// out: to leave out those people would leave out who bought.
func TestTooBusyToTell(t *testing.T) {
	t.Parallel()
	w := filledInBySales(t, 90)
	w.crm.Depth = 1
	l := titleLearn()
	l.Attributes = []string{"title", "employees"}
	h, err := w.looksBack(l, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.LeftOut) != 1 || !strings.Contains(h.LeftOut[0].Why, "has changed so often since for 30 of 90 people") || h.Table.Len() != 90 {
		t.Errorf("left out %+v, %d rows", h.LeftOut, h.Table.Len())
	}
}

// asked notes whose history is asked for.
type asked struct {
	*crmtest.Memory
	ids map[string]bool
}

func (a *asked) Histories(ctx context.Context, q crm.HistoryQuery) ([]crm.History, error) {
	for _, id := range q.IDs {
		a.ids[id] = true
	}
	return a.Memory.Histories(ctx, q)
}

// TestWhoSaidNoIsNotAskedFor: of those who are not scored by choice, and of those who came too lately, no history is read.
func TestWhoSaidNoIsNotAskedFor(t *testing.T) {
	t.Parallel()
	w := filledInBySales(t, 9)
	w.crm.Change(crm.People, person(4), crm.Fields{"optout": "true"})
	w.crm.Put(crm.People, person(100), crm.Fields{"email": "new@example.com"}, nil)
	w.crm.CreateActivity(crm.Meetings, crm.Activity{Time: w.at, Fields: crm.Fields{"outcome": "COMPLETED"}, Links: map[string][]string{crm.People: {person(100)}}})
	w.run(worker.Options{Accept: true})
	spy := &asked{w.crm, map[string]bool{}}
	h, err := w.looksBack(titleLearn(), spy)
	if err != nil {
		t.Fatal(err)
	}
	if len(spy.ids) != 8 || spy.ids[person(4)] || spy.ids[person(100)] || h.Table.Len() != 8 {
		t.Errorf("asked for %v, %d rows, %v", spy.ids, h.Table.Len(), h.Notes)
	}
	if h.Calls != 4 { // for the account, for what is tracked of people and of companies, and for the people
		t.Errorf("%d calls", h.Calls)
	}
}

// TestHistoryIsAnnounced: how many calls it may take is told before they are made, and they are no more.
func TestHistoryIsAnnounced(t *testing.T) {
	t.Parallel()
	w := filledInBySales(t, 900)
	w.log.Reset()
	h, err := w.looksBack(titleLearn(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if text := w.log.String(); !strings.Contains(text, "calls=10 people=900") || !strings.Contains(text, "reading field histories") {
		t.Errorf("logged: %s", text)
	}
	if h.Calls > 10 {
		t.Errorf("%d calls", h.Calls)
	}
}

// TestUnaskedCRM: a CRM that cannot be asked ends a fit by hand; a scheduled run says so, and has done all else.
func TestUnaskedCRM(t *testing.T) {
	t.Parallel()
	w := filledInBySales(t, 300)
	w.crm.Fail(crmtest.QuotaSpent, 0, crmtest.Forever)
	if _, err := w.looksBack(titleLearn(), nil); !errors.Is(err, crm.ErrQuota) {
		t.Errorf("by hand: %v", err)
	}
	w.crm.Heal()
	report, _ := w.fits(&forgetful{w.crm})
	if report.Status != "done" || !slices.ContainsFunc(keys(report.Warnings), func(warning string) bool { return strings.Contains(warning, "nothing is proposed: field history") }) {
		t.Errorf("on a schedule: %s, %v", report.Status, report.Warnings)
	}
	w.crm.AccountID = "another"
	if _, err := w.looksBack(titleLearn(), nil); !errors.Is(err, worker.ErrOtherAccount) {
		t.Errorf("asked another account: %v", err)
	}
}

// forgetful is a CRM that answers everything but what was.
type forgetful struct{ *crmtest.Memory }

func (*forgetful) Histories(context.Context, crm.HistoryQuery) ([]crm.History, error) {
	return nil, &crm.Error{Kind: crm.ErrUnavailable, Op: "read what people were", Message: "no"}
}

func keys(m map[string]int) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	return list
}

// TestDriftByHistory: who came since is compared by what they were, and for nobody else is the CRM asked. When it is not
// asked at all, nobody is compared: all of them unknown would look like a drift.
func TestDriftByHistory(t *testing.T) {
	if testing.Short() {
		t.Skip("arithmetic of one goroutine, slow under the race detector; make test runs it")
	}
	t.Parallel()
	w := directorsBuy(t, 1200)
	report, p := w.fits(nil)
	if p == nil || len(p.AsOf) != 1 || p.AsOf[0].By != worker.ByHistory {
		t.Fatalf("learnt %+v; %v", p, report.Warnings)
	}
	for i := range 300 {
		id := fmt.Sprintf("q%03d", i)
		w.crm.Put(crm.People, id, crm.Fields{"email": id + "@example.com", "jobtitle": []string{"Director", "Buyer", "Buyer"}[i%3]}, nil)
		w.crm.CreateActivity(crm.Meetings, crm.Activity{Time: w.at, Fields: crm.Fields{"outcome": "COMPLETED"}, Links: map[string][]string{crm.People: {id}}})
	}
	w.at = w.at.Add(200 * day)
	for i := range 300 {
		w.crm.Change(crm.People, fmt.Sprintf("q%03d", i), crm.Fields{"jobtitle": "Customer"})
	}
	w.run(worker.Options{Accept: true})
	spy := &asked{w.crm, map[string]bool{}}
	d, err := w.drifts(titleLearn(), spy)
	if err != nil {
		t.Fatal(err)
	}
	if d.Rows != 300 || d.Attributes[0].Level != learning.Steady || spy.ids[person(3)] || len(spy.ids) != 300 {
		t.Errorf("%d rows, %+v, asked for %d", d.Rows, d.Attributes, len(spy.ids))
	}
	offline := titleLearn()
	offline.Offline = true
	if _, err := w.drifts(offline, nil); !errors.Is(err, worker.ErrPastUnknown) {
		t.Errorf("without asking: %v", err)
	}
}
