package mapping

import (
	"math"
	"testing"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var now = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

func mustCompile(t testing.TB, s Spec) *Mapper {
	t.Helper()
	m, problems := Compile(s)
	for _, p := range problems {
		t.Errorf("%s: %s (%s)", p.Path, p.Message, p.Hint)
	}
	if m == nil {
		t.FailNow()
	}
	return m
}

func text(s string) *string { return &s }

func TestSubject(t *testing.T) {
	m := mustCompile(t, Spec{
		Identity: "email",
		Attributes: []AttributeSpec{
			{Name: "employees", From: []string{"company.numberofemployees"}, Type: scoring.Number},
			{Name: "industry", From: []string{"company.industry", "industry"}, Default: text("unknown")},
			{Name: "sector", From: []string{"company.industry", "industry"}, Lookup: map[string]string{"Éducation": "public"}},
			{Name: "budget", From: []string{"budget"}, Type: scoring.Money, Currency: "EUR"},
			{Name: "country", From: []string{"country"}, Transform: "country"},
			{Name: "owner", From: []string{"owner.email"}, Transform: "domain"},
			{Name: "free", From: []string{"email"}, Transform: "free_mail"},
			{Name: "topics", From: []string{"topics"}, Type: scoring.List},
			{Name: "since", From: []string{"createdate"}, Type: scoring.Date},
		},
		Activities: []ActivitySpec{
			{Name: "click", From: Counter, Count: "clicks", Last: "last_click"},
			{Name: "meeting", From: crm.Meetings, When: []Condition{{Field: "outcome", In: []string{"COMPLETED"}}}},
			{Name: "purchase", From: crm.Deals, When: []Condition{{Field: "dealstage", In: []string{"closedwon"}}}, Time: "closedate", Amount: "amount", Currency: "EUR", CurrencyFrom: "currency"},
		},
	})
	person := crm.Fields{
		"email": "Zoé@GMAIL.com", "industry": "education", "budget": "12 000,50 €", "country": "Frankreich",
		"topics": "crm; scoring;crm", "createdate": "2026-01-02", "clicks": "3", "last_click": "2026-11-20T09:00:00Z",
	}
	in := Input{
		Person:  person,
		Company: crm.Fields{"numberofemployees": "250"},
		Owner:   &crm.Owner{Email: "rep@acme.example"},
		Memory:  m.Remember(nil, person, now),
		Activities: []Activity{
			{crm.Meetings, crm.Activity{ID: "1", Time: now.Add(-time.Hour), Fields: crm.Fields{"outcome": "completed"}}},
			{crm.Meetings, crm.Activity{ID: "2", Time: now.Add(-time.Hour), Fields: crm.Fields{"outcome": "NO_SHOW"}}},
			{crm.Meetings, crm.Activity{ID: "3", Time: now.Add(time.Minute), Fields: crm.Fields{"outcome": "COMPLETED"}}},
			{crm.Deals, crm.Activity{ID: "4", Fields: crm.Fields{"dealstage": "closedwon", "amount": "900", "closedate": "2026-12-24"}}},
			{crm.Deals, crm.Activity{ID: "5", Fields: crm.Fields{"dealstage": "closedwon", "amount": "900", "currency": "USD"}}},
		},
	}
	var got scoring.Subject
	warnings := m.Subject(in, now, &got)
	ms := func(at time.Time) int64 { return at.UnixMilli() }
	want := scoring.Subject{
		Values: []scoring.Value{
			{Type: scoring.Number, Num: 250},
			{Type: scoring.Text, Str: "education"},
			{Type: scoring.Text, Str: "public"},
			{Type: scoring.Money, Num: 12000.5},
			{Type: scoring.Text, Str: "FR"},
			{Type: scoring.Text, Str: "acme.example"},
			{Type: scoring.Bool, Num: 1},
			{Type: scoring.List, List: []string{"crm", "scoring"}},
			{Type: scoring.Date, Num: float64(ms(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)))},
		},
		Events: []scoring.Event{
			{Kind: 0, Count: 1, At: ms(now.Add(-24 * time.Hour)), Amount: math.NaN()},
			{Kind: 0, Count: 2, Amount: math.NaN()},
			{Kind: 1, Count: 1, At: ms(now.Add(-time.Hour)), Amount: math.NaN()},
			{Kind: 1, Count: 1, At: ms(now), Amount: math.NaN()},
			{Kind: 2, Count: 1, At: ms(time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC)), Amount: 900},
			{Kind: 2, Count: 1, Amount: math.NaN()},
		},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("subject (-want +got):\n%s", diff)
	}
	wantWarnings := []Warning{
		{"purchase", "closedate", "dated in the future: not counted until then"},
		{"purchase", "amount", "amount not used: it is in another currency than EUR"},
	}
	if diff := cmp.Diff(wantWarnings, warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"deals", "meetings"}, m.Sources()); diff != "" {
		t.Error(diff)
	}
}

func TestEmptyTextsAreNoValue(t *testing.T) {
	m := mustCompile(t, Spec{Attributes: []AttributeSpec{{Name: "city", From: []string{"city", "company.city"}, Empty: []string{"Select", "n/a"}}}})
	for _, c := range []struct {
		person, company string
		want            scoring.Value
	}{
		{"Lyon", "Paris", scoring.Value{Type: scoring.Text, Str: "Lyon"}},
		{" SELECT ", "Paris", scoring.Value{Type: scoring.Text, Str: "Paris"}},
		{"Select", "N/A", scoring.Value{}},
	} {
		var s scoring.Subject
		warnings := m.Subject(Input{Person: crm.Fields{"city": c.person}, Company: crm.Fields{"city": c.company}}, now, &s)
		if diff := cmp.Diff([]scoring.Value{c.want}, s.Values); diff != "" || len(warnings) > 0 {
			t.Errorf("%q, %q: %v\n%s", c.person, c.company, warnings, diff)
		}
	}
}
