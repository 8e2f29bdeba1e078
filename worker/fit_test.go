package worker_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// buying is a world whose model has a score by purchases, with n people of whom most bought something.
func buying(t *testing.T, n int) *world {
	t.Helper()
	w := newWorld(t)
	w.crm.Declare(crm.Deals, crm.Field{Name: "stage", Writable: true}, crm.Field{Name: "amount", Type: crm.Number, Writable: true})
	w.edit("    meeting: {", "    purchase: {from: deals, when: {stage: won}, amount: amount, currency: EUR}\n    meeting: {")
	w.edit("grade:\n", "  value: {method: rfm, activity: purchase, binning: quantile, recency: {bins: 3}, frequency: {bins: 3}, monetary: {bins: 3}}\noverall: {fit: 1, engagement: 1}\ngrade:\n")
	w.edit("engagement: b_eng}", "engagement: b_eng, value: b_value, value_segment: b_segment, value_rfm: b_rfm}")
	w.populate(n)
	for i := range n {
		for j := range i % 5 {
			w.buy(i, 3*i+j, 10*i+1)
		}
	}
	w.provision()
	return w
}

// buy has a person buy something some days ago.
func (w *world) buy(i, days, amount int) {
	w.crm.CreateActivity(crm.Deals, crm.Activity{
		Time: w.at.Add(-time.Duration(days) * day), Fields: crm.Fields{"stage": "won", "amount": fmt.Sprint(amount)},
		Links: map[string][]string{crm.People: {person(i)}},
	})
}

// places are those of everybody.
func (w *world) places(n int) string {
	all := ""
	for i := range n {
		all += w.shown(person(i))["b_rfm"] + " "
	}
	return all
}

// TestFirstSyncLearnsOnce: the first sync learns, the next ones use it unchanged whoever comes, and a fit changes it.
func TestFirstSyncLearnsOnce(t *testing.T) {
	t.Parallel()
	w := buying(t, 60)
	report := w.run(worker.Options{Accept: true})
	if report.Scored != 60 {
		t.Errorf("%d were scored: people were scored twice or not at all", report.Scored)
	}
	segments := map[string]int{}
	for i := range 60 {
		shown := w.shown(person(i))
		segments[shown["b_segment"]]++
		if bought := i%5 > 0; (shown["b_segment"] != "") != bought || (shown["b_value"] != "0") != bought || (len(shown["b_rfm"]) == 3) != bought {
			t.Errorf("%s shows %v", person(i), shown)
		}
	}
	if segments["Champions"] == 0 || segments["Hibernating"] == 0 {
		t.Errorf("segments %v", segments)
	}
	before := w.shown(person(14))
	for i := range 60 { // everybody else buys a great deal; person 14 does what they did
		if i != 14 {
			for range 10 + i%3 {
				w.buy(i, i%4, 1000)
			}
		}
	}
	w.crm.Settle()
	w.run(worker.Options{Accept: true})
	if got := w.shown(person(14)); got["b_rfm"] != before["b_rfm"] {
		t.Errorf("others bought, and person 14 went from %s to %s without a fit", before["b_rfm"], got["b_rfm"])
	}
	one := w.open()
	fits, err := one.Fit(t.Context())
	if cerr := one.Store.Close(); err != nil || cerr != nil {
		t.Fatal(err, cerr)
	}
	if len(fits) != 1 || fits[0].Score != "value" || fits[0].Customers != 60 {
		t.Fatalf("learnt %+v", fits)
	}
	w.crm.Settle()
	if report := w.run(worker.Options{Accept: true}); report.Scored < 60 || report.Mapped == 60 || !report.NewFit {
		t.Errorf("after the fit %d of 60 were scored, %d mapped", report.Scored, report.Mapped)
	}
	if got := w.shown(person(14)); got["b_rfm"] == before["b_rfm"] {
		t.Errorf("the fit did not move person 14, who shows %s", got["b_rfm"])
	}
}

// TestScheduledFit learns anew, scores everybody and reads nothing.
func TestScheduledFit(t *testing.T) {
	t.Parallel()
	w := buying(t, 60)
	w.run(worker.Options{Accept: true})
	for i := range 60 {
		w.buy(i, i%7, 500)
	}
	w.crm.Settle()
	w.run(worker.Options{Accept: true})
	before := w.places(60)
	report := w.run(worker.Options{Kind: worker.Refit, Accept: true})
	if report.Scored != 60 || len(report.Read) != 0 || w.places(60) == before {
		t.Errorf("scored %d, read %v, still %s", report.Scored, report.Read, before)
	}
}

// TestPreviewLearnsForItself: what a preview learnt is not kept.
func TestPreviewLearnsForItself(t *testing.T) {
	t.Parallel()
	w := buying(t, 60)
	one := w.open()
	view, err := one.Preview(t.Context(), worker.Options{Kind: worker.Sync}, 3)
	if err != nil || view.Report.Population.Unscored != 0 {
		t.Errorf("%v; %d unscored", err, view.Report.Population.Unscored)
	}
	note, err := one.Store.Note(t.Context(), "main", "fit:value")
	if cerr := one.Store.Close(); err != nil || cerr != nil || note != "" {
		t.Errorf("a preview kept %q: %v %v", note, err, cerr)
	}
	w.run(worker.Options{Accept: true})
	one = w.open()
	defer func() { _ = one.Store.Close() }()
	e, err := one.Explain(t.Context(), person(59), "en")
	if err != nil {
		t.Fatal(err)
	}
	value := e.Scores[2]
	sum := 0.0
	for _, r := range value.Reasons {
		sum += r.Points.Float()
	}
	if !value.Known || value.Segment == "" || len(value.Reasons) != 3 || fmt.Sprintf("%.6f", sum) != fmt.Sprintf("%.6f", value.Points) {
		t.Errorf("explained as %+v", value)
	}
}

// TestTooFewToLearnFrom: a population that cannot be divided stops the run before anything is scored, in clear words.
func TestTooFewToLearnFrom(t *testing.T) {
	t.Parallel()
	w := buying(t, 3)
	_, err := w.try(worker.Options{Accept: true})
	const want = "fit: score value: recency: fewer different values than bins: "
	if err == nil || !strings.HasPrefix(err.Error(), want) || w.crm.Writes() != 0 {
		t.Errorf("got %v, want %s…; %d writes", err, want, w.crm.Writes())
	}
}

// TestAnotherModelIsComparedFitted: the new file's score learns in memory.
func TestAnotherModelIsComparedFitted(t *testing.T) {
	t.Parallel()
	w := buying(t, 60)
	w.run(worker.Options{Accept: true})
	old := w.file()
	w.edit("binning: quantile", "binning: midrank")
	now := w.file()
	one := w.open()
	defer func() { _ = one.Store.Close() }()
	c, err := one.Compare(t.Context(), worker.Contender{Name: "old", Mapper: old.Mapper, Model: old.Model}, worker.Contender{Name: "new", Mapper: now.Mapper, Model: now.Model}, 3)
	if err != nil || c.New.Tally.Unscored != 0 || c.Old.Tally.Unscored != 0 {
		t.Errorf("%v; %d and %d unscored", err, c.Old.Tally.Unscored, c.New.Tally.Unscored)
	}
}
