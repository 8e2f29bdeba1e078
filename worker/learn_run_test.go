package worker_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/learning"
	"github.com/bareme/bareme/worker"
)

// history is a world of n people who met us over 400 days, of whom directors mostly buy three weeks later and others
// seldom.
func history(t *testing.T, n int) *world {
	t.Helper()
	w := newWorld(t)
	w.crm.PageSize = 200
	w.crm.Declare(crm.Deals, crm.Field{Name: "stage", Writable: true})
	w.edit("    meeting: {", "    purchase: {from: deals, when: {stage: won}}\n    meeting: {")
	for i := range n {
		w.crm.Put(crm.People, person(i), crm.Fields{"email": person(i) + "@example.com", "jobtitle": []string{"Director", "Buyer", "Buyer"}[i%3]}, nil)
		met := w.at.Add(-time.Duration(1+i*400/n) * day)
		w.crm.CreateActivity(crm.Meetings, crm.Activity{Time: met, Fields: crm.Fields{"outcome": "COMPLETED"}, Links: map[string][]string{crm.People: {person(i)}}})
		likely := 2
		if i%3 == 0 { // a director
			likely = 7
		}
		if bought := met.Add(20 * day); i*7919%10 < likely && bought.Before(w.at) {
			w.crm.CreateActivity(crm.Deals, crm.Activity{Time: bought, Fields: crm.Fields{"stage": "won"}, Links: map[string][]string{crm.People: {person(i)}}})
		}
	}
	w.provision()
	return w
}

// learns runs once with something to learn.
func (w *world) learns(kind worker.Kind) (worker.Report, *worker.Proposal) {
	w.t.Helper()
	one := w.open()
	one.Learn = &worker.Learn{
		Score: "learnt", Model: "m", Activity: "purchase", Within: 90 * day, After: 5 * day, Fixed: []string{"title"},
		Activities: []string{}, Options: learning.Options{Within: 90 * day, Allow: []string{"title"}}, // all there is
	}
	report, err := one.RunOnce(w.t.Context(), worker.Options{Kind: kind, Accept: true})
	if err != nil {
		w.t.Fatal(err)
	}
	p, err := one.LastProposal(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	if cerr := one.Store.Close(); cerr != nil {
		w.t.Fatal(cerr)
	}
	return report, p
}

// TestScheduledFitLeavesAProposal: nothing is proposed until it is due; then a proposal is left in the store, and the next
// rescore compares those who came since with those it was learnt from. Nobody's score moves by it.
func TestScheduledFitLeavesAProposal(t *testing.T) {
	if testing.Short() {
		t.Skip("arithmetic of one goroutine, slow under the race detector; make test runs it")
	}
	t.Parallel()
	w := history(t, 1500)
	if report, p := w.learns(worker.Sync); p != nil || report.Learnt != nil {
		t.Errorf("a sync proposed %v", p)
	}
	if report, _ := w.learns(worker.Rescore); report.Learnt != nil {
		t.Errorf("drift of nothing: %+v", report.Learnt)
	}
	before := w.shown(person(3))
	report, p := w.learns(worker.Refit)
	if p == nil || report.Learnt == nil || report.Learnt.Proposed == nil {
		t.Fatalf("no proposal: %+v, warnings %v", report.Learnt, report.Warnings)
	}
	if j := p.Fitted.HeldOut; !j.Beats() || p.Score != "learnt" || p.Model != "m" {
		t.Errorf("proposed %s, which does not beat the base rate", p.Score)
	}
	if after := w.shown(person(3)); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("a proposal moved a score: %v, %v", before, after)
	}
	report, _ = w.learns(worker.Rescore)
	if report.Learnt == nil || len(report.Learnt.Drift) < 2 || report.Learnt.Drift[0].Level != "steady" {
		t.Errorf("drift %+v", report.Learnt)
	}
}

// TestAppliedProposals: what is in force is the last proposal until one is applied, and then that one.
func TestAppliedProposals(t *testing.T) {
	t.Parallel()
	w := history(t, 10)
	one := w.open()
	defer func() {
		if err := one.Store.Close(); err != nil {
			t.Error(err)
		}
	}()
	ctx := t.Context()
	if _, _, err := one.LearntDrift(ctx); !errors.Is(err, worker.ErrNothingLearnt) {
		t.Errorf("drift of nothing: %v", err)
	}
	if _, err := one.LearnHistory(ctx); err == nil {
		t.Error("learnt without being told what")
	}
	first := &worker.Proposal{Score: "learnt", At: w.at, Fitted: fittedOf(t)}
	if err := one.KeepProposal(ctx, first); err != nil {
		t.Fatal(err)
	}
	if p, applied, err := one.InForce(ctx); err != nil || p == nil || applied {
		t.Errorf("in force %v, applied %t: %v", p, applied, err)
	}
	if err := one.Applied(ctx, w.at.Add(time.Hour)); err != nil { // of another proposal
		t.Fatal(err)
	}
	if _, applied, _ := one.InForce(ctx); applied {
		t.Error("another proposal was taken for the last")
	}
	if err := one.Applied(ctx, w.at); err != nil {
		t.Fatal(err)
	}
	second := *first
	second.At = w.at.Add(time.Hour)
	if err := one.KeepProposal(ctx, &second); err != nil {
		t.Fatal(err)
	}
	if p, applied, err := one.InForce(ctx); err != nil || !applied || !p.At.Equal(w.at) {
		t.Errorf("in force %v, applied %t: %v", p, applied, err)
	}
}

func fittedOf(t *testing.T) *learning.Fitted {
	t.Helper()
	p, err := worker.Propose(learnSpec(), gather(t, 2000, true), "made up", learnNow)
	if err != nil {
		t.Fatal(err)
	}
	return p.Fitted
}

// TestCalibrate: points that promise too much are told true, and too few outcomes are refused.
func TestCalibrate(t *testing.T) {
	t.Parallel()
	h := gather(t, 2000, true)
	if _, err := worker.Calibrate(h); !errors.Is(err, worker.ErrNoLearntScore) {
		t.Errorf("calibrated nothing: %v", err)
	}
	for i, o := range h.Table.Outcomes { // 60 of 100 with points convert, 20 of those without
		h.Learnt[i] = 0
		if o == learning.Yes && i%4 > 0 || o == learning.No && i%4 == 0 {
			h.Learnt[i] = 10
		}
	}
	c, err := worker.Calibrate(h)
	if err != nil || c.Probability.Slope <= 0 || c.Calibration.ECE > 0.03 {
		t.Errorf("%+v: %v", c, err)
	}
	few := gather(t, 60, true)
	few.Learnt = make([]float64, few.Table.Len())
	if _, err := worker.Calibrate(few); !errors.Is(err, learning.ErrTooFew) {
		t.Errorf("calibrated on few: %v", err)
	}
}
