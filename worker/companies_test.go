package worker_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/plan"
	"github.com/bareme/bareme/worker"
)

// companiesSection scores companies by their size, their people, and the deals linked to them.
const companiesSection = `
companies:
  attributes:
    employees: {from: employees, type: number}
    best:      {roll_up: overall, how: max}
    interest:  {roll_up: engagement, how: sum, cap: 60}
    directors: {roll_up: count, when: 'title contains "director"'}
  activity:
    won: {from: deals, when: {stage: won}}
  scores:
    account:
      groups:
        size:   {criteria: [{name: Mid-size, when: employees >= 50, points: 20}]}
        people: {criteria: [{name: A good contact, when: best >= 50, points: 30}, {name: Interest, when: interest >= 20, points: 10}, {name: Two directors, when: directors >= 2, points: 5}]}
        deals:  {criteria: [{name: Bought, activity: won, points: 15}]}
  grade: {bands: {A: 50, B: 20, C: 0}}
`

// withCompanies is a world whose model scores companies too.
func withCompanies(t *testing.T, people int) *world {
	t.Helper()
	w := newWorld(t)
	w.crm.Declare(crm.Deals, crm.Field{Name: "stage", Writable: true})
	w.edit("trend: {over: 7d", strings.TrimPrefix(companiesSection, "\n")+"trend: {over: 7d")
	w.edit("  min_change: 1\n", "  companies: {score: b_score, grade: b_grade, reasons: b_reasons, unscored: b_why}\n  min_change: 1\n")
	w.populate(people)
	w.provision()
	return w
}

// company is what one company's record shows.
func (w *world) company(id string) crm.Fields {
	w.t.Helper()
	all, ok := w.crm.Stored(crm.Companies, id)
	if !ok {
		w.t.Fatalf("%s is not in the CRM", id)
	}
	out := crm.Fields{}
	for field, value := range all {
		if strings.HasPrefix(field, "b_") {
			out[field] = value
		}
	}
	return out
}

func TestCompaniesAreScoredByTheirPeople(t *testing.T) {
	t.Parallel()
	w := withCompanies(t, 60) // six companies of 10, 30, 50 … employees, ten people each
	w.crm.PutActivity(crm.Deals, crm.Activity{ID: "d1", Time: w.at.Add(-day), Fields: crm.Fields{"stage": "won"}, Links: map[string][]string{crm.Companies: {"c03"}}})
	report := w.run(worker.Options{Accept: true})
	if report.Written != 60 || report.Companies == nil || report.Companies.Written != 6 || report.Companies.Population.People != 6 {
		t.Fatalf("people: %d written; companies: %+v", report.Written, report.Companies)
	}
	// c03 has 70 employees and p003, p009 …: those of every third place are directors, and all of an odd number never
	// clicked. The best has 100 and 0, 50 in all.
	want := crm.Fields{"b_score": "70", "b_grade": "A", "b_reasons": "+30 A good contact; +20 Mid-size; +15 Bought (20 Nov 2026); +5 Two directors"}
	if diff := cmp.Diff(want, w.company("c03")); diff != "" {
		t.Errorf("the company shows (-want +got):\n%s", diff)
	}

	w.crm.Settle()
	before := w.crm.Writes()
	report = w.run(worker.Options{})
	if w.crm.Writes() != before || report.Mapped != 0 || report.Companies.Mapped != 0 {
		t.Errorf("our own writes came back as %d people and %d companies to map", report.Mapped, report.Companies.Mapped)
	}
}

func TestWhoMovesMovesBothCompanies(t *testing.T) {
	t.Parallel()
	w := withCompanies(t, 60)
	w.run(worker.Options{Accept: true})
	w.crm.Settle()
	w.crm.Put(crm.People, person(3), crm.Fields{"email": "p003@example.com", "jobtitle": "Director of Operations"}, map[string][]string{crm.Companies: {"c04"}})
	report := w.run(worker.Options{})
	if report.Companies.Mapped != 2 {
		t.Errorf("%d companies were mapped, want the one left and the one joined", report.Companies.Mapped)
	}
	w.crm.Settle()
	w.crm.Change(crm.People, person(9), crm.Fields{"jobtitle": "Buyer"})
	if report = w.run(worker.Options{}); report.Companies.Mapped != 1 {
		t.Errorf("%d companies were mapped, want that of the person who changed", report.Companies.Mapped)
	}
	w.crm.Settle()
	w.crm.Change(crm.People, person(9), crm.Fields{"email": "other@example.com"})
	if report = w.run(worker.Options{}); report.Mapped != 1 || report.Companies.Mapped != 0 {
		t.Errorf("%d people and %d companies were mapped: what nobody's score rests on makes no company dirty", report.Mapped, report.Companies.Mapped)
	}
}

// TestCompaniesFollowWhateverTheOrder: after any history, each company shows what a fresh state would make it show.
func TestCompaniesFollowWhateverTheOrder(t *testing.T) {
	t.Parallel()
	w := withCompanies(t, 40)
	w.run(worker.Options{Accept: true})
	for i := range 6 {
		w.at = w.at.Add(day)
		w.crm.Settle()
		w.crm.Put(crm.People, person(5*i), crm.Fields{"email": fmt.Sprint(i, "@example.com"), "jobtitle": "Director"}, map[string][]string{crm.Companies: {fmt.Sprintf("c%02d", i%4)}})
		w.crm.Change(crm.Companies, fmt.Sprintf("c%02d", i%4), crm.Fields{"employees": fmt.Sprint(40 + 7*i)})
		if i == 3 {
			w.crm.Change(crm.People, person(12), crm.Fields{"optout": "true"})
		}
		w.run(worker.Options{Accept: true, Kind: []worker.Kind{worker.Sync, worker.Reload}[i%2]})
	}
	w.run(worker.Options{Accept: true, Kind: worker.Rescore})
	kept := map[string]crm.Fields{}
	for i := range 4 {
		kept[fmt.Sprintf("c%02d", i)] = w.company(fmt.Sprintf("c%02d", i))
	}
	w.state += ".fresh"
	w.run(worker.Options{Accept: true})
	for id, want := range kept {
		if diff := cmp.Diff(want, w.company(id)); diff != "" {
			t.Errorf("%s differs from what a fresh state shows (-kept +fresh):\n%s", id, diff)
		}
	}
}

func TestForgottenPeopleLeaveTheirCompany(t *testing.T) {
	t.Parallel()
	w := withCompanies(t, 20)
	w.run(worker.Options{Accept: true})
	one := w.open()
	e, err := one.OfCompanies().Explain(t.Context(), "c01", "en")
	if err != nil {
		t.Fatal(err)
	}
	if len(e.RolledUp) != 3 || e.RolledUp[0].People != 10 || e.Object != crm.Companies {
		t.Errorf("the company is made of %+v", e.RolledUp)
	}
	before := e.RolledUp[2].Value
	if _, err := one.ForgetPerson(t.Context(), person(3), worker.ForgetOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := one.Store.Close(); err != nil {
		t.Fatal(err)
	}
	report := w.run(worker.Options{Accept: true})
	if report.Companies.Mapped != 1 {
		t.Errorf("%d companies were mapped after a person was forgotten, want 1", report.Companies.Mapped)
	}
	one = w.open()
	defer func() { _ = one.Store.Close() }()
	if e, err = one.OfCompanies().Explain(t.Context(), "c01", "en"); err != nil || e.RolledUp[2].Value != before-1 {
		t.Errorf("%v directors, there were %v before one was forgotten (%v)", e.RolledUp[2].Value, before, err)
	}
}

func TestSectionOfCompaniesComesLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.populate(30)
	w.provision()
	if report := w.run(worker.Options{Accept: true}); report.Companies != nil {
		t.Fatal("companies were scored without a section of theirs")
	}
	w.crm.Settle()
	w.crm.Declare(crm.Deals, crm.Field{Name: "stage", Writable: true})
	w.edit("trend: {over: 7d", strings.TrimPrefix(companiesSection, "\n")+"trend: {over: 7d")
	w.edit("  min_change: 1\n", "  companies: {score: b_score}\n  min_change: 1\n")
	w.provision()
	if report := w.run(worker.Options{Accept: true}); report.Companies.Written != 3 {
		t.Errorf("%d companies written, want all 3", report.Companies.Written)
	}
	p, err := func() (worker.Preview, error) {
		one := w.open()
		defer func() { _ = one.Store.Close() }()
		return one.Preview(t.Context(), worker.Options{Kind: worker.Rescore}, 3)
	}()
	if err != nil || p.Companies == nil || len(p.Companies.Most) != 0 {
		t.Errorf("a preview after everything was written: %+v, %v", p.Companies, err)
	}
}

func TestPlanOfCompaniesTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	w := withCompanies(t, 300)
	w.run(worker.Options{Accept: true})
	w.crm.Settle()
	w.edit("name: Mid-size, when: employees >= 50, points: 20", "name: Mid-size, when: employees >= 1, points: 26")
	before := w.crm.Writes()
	_, err := w.try(worker.Options{})
	if !errors.Is(err, plan.ErrTooLarge) || !strings.Contains(err.Error(), "of 30 companies") || w.crm.Writes() != before {
		t.Errorf("got %v and %d writes", err, w.crm.Writes()-before)
	}
}

// TestCompaniesByPurchases: a score of companies may learn from all of them, apart from what scores of people learn.
func TestCompaniesByPurchases(t *testing.T) {
	t.Parallel()
	w := withCompanies(t, 80)
	w.crm.Declare(crm.Deals, crm.Field{Name: "stage", Writable: true}, crm.Field{Name: "amount", Type: crm.Number, Writable: true})
	w.edit("    won: {from: deals, when: {stage: won}}\n", "    won: {from: deals, when: {stage: won}, amount: amount, currency: EUR}\n")
	w.edit("  grade: {bands: {A: 50", "    value: {method: rfm, activity: won, recency: {bins: 2}, frequency: {bins: 2}, monetary: {bins: 2}, segments: {Best: R2 F2 M2, Others: '*'}}\n  grade: {score: account, bands: {A: 50")
	w.edit("b_why}\n  min_change", "b_why, value: b_value, value_segment: b_segment}\n  min_change")
	w.provision()
	for i := range 8 {
		for n := range i {
			w.crm.PutActivity(crm.Deals, crm.Activity{ID: fmt.Sprintf("d%d-%d", i, n), Time: w.at.Add(-time.Duration(40-4*i+n) * day),
				Fields: crm.Fields{"stage": "won", "amount": fmt.Sprint(100 * i)}, Links: map[string][]string{crm.Companies: {fmt.Sprintf("c%02d", i)}}})
		}
	}
	w.run(worker.Options{Accept: true})
	if got := w.company("c07"); got["b_segment"] != "Best" || got["b_value"] != "100" {
		t.Errorf("the company that buys most shows %v", got)
	}
	if got := w.company("c01"); got["b_segment"] != "Others" {
		t.Errorf("the company that bought once shows %v", got)
	}
	one := w.open()
	defer func() { _ = one.Store.Close() }()
	fits, err := one.Fit(t.Context())
	if err != nil || len(fits) != 1 || fits[0].Object != crm.Companies || fits[0].Customers != 7 {
		t.Errorf("learnt %+v, %v", fits, err)
	}
}
