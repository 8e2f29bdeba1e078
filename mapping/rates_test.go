package mapping

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
)

var dealRates = RatesSpec{AsOf: "2026-01-31", Rates: map[string]string{"EUR": "1", "USD": "0.92", "GBP": "1.17", "CAD": "0.68", "SEK": "0.0875"}}

// dealMapper maps a person's revenue and deals, in euros.
func dealMapper(t testing.TB, table *RatesSpec) *Mapper {
	t.Helper()
	m, problems := Compile(Spec{
		Rates:      table,
		Attributes: []AttributeSpec{{Name: "revenue", Path: "$.people.attributes.revenue", From: []string{"revenue"}, Type: scoring.Money, Currency: "EUR"}},
		Activities: []ActivitySpec{{Name: "won", Path: "$.people.activity.won", From: crm.Deals, Amount: "amount", Currency: "EUR", CurrencyFrom: "currency"}},
	})
	if m == nil {
		t.Fatal(problems)
	}
	return m
}

func TestCurrenciesAreConverted(t *testing.T) {
	t.Parallel()
	m := dealMapper(t, &dealRates)
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	deal := func(id, amount, currency string) Activity {
		return Activity{Source: crm.Deals, Activity: crm.Activity{ID: id, Time: now, Fields: crm.Fields{"amount": amount, "currency": currency}}}
	}
	in := Input{Person: crm.Fields{"revenue": "1 000 £"}, Activities: []Activity{
		deal("1", "100", "EUR"), deal("2", "100", "USD"), deal("3", "0.1", "USD"), deal("4", "19.99", ""), deal("5", "250", "usd"),
		deal("6", "300", "PLN"), deal("7", "10 $", ""), deal("8", "5 €", "USD"), deal("9", "40 kr", ""),
	}}
	var s scoring.Subject
	warnings := m.Subject(in, now, &s)
	var got []float64
	for _, e := range s.Events {
		got = append(got, e.Amount)
	}
	none := math.NaN()
	want := []float64{100, 92, 0.09, 19.99, 230, none, none, none, 3.5}
	equal := cmp.Comparer(func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) })
	if diff := cmp.Diff(want, got, equal); diff != "" {
		t.Errorf("amounts in euros (-want +got):\n%s", diff)
	}
	if v := s.Values[0]; v.Num != 1170 {
		t.Errorf("1 000 £ are %v euros, want 1170", v.Num)
	}
	wantWarnings := []Warning{
		{"won", "amount", "amount not used: currencies has no rate for PLN"},
		{"won", "amount", "amount not used: $ may be CAD or USD"},
		{"won", "amount", "amount not used: its sign and the field of its currency differ"},
	}
	if diff := cmp.Diff(wantWarnings, warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	wantConverted := []Conversion{
		{"revenue", "GBP", "EUR", 1.17, "2026-01-31", 1}, {"won", "USD", "EUR", 0.92, "2026-01-31", 3}, {"won", "SEK", "EUR", 0.0875, "2026-01-31", 1},
	}
	if diff := cmp.Diff(wantConverted, m.Conversions(in)); diff != "" {
		t.Errorf("what was converted (-want +got):\n%s", diff)
	}
}

// TestWithoutRatesNothingIsConverted: as before there were any.
func TestWithoutRatesNothingIsConverted(t *testing.T) {
	t.Parallel()
	m := dealMapper(t, nil)
	in := Input{Person: crm.Fields{"revenue": "1 000 £"}}
	var s scoring.Subject
	warnings := m.Subject(in, time.Unix(0, 0), &s)
	if len(warnings) != 1 || warnings[0].Message != "not used: it is in another currency than EUR" || s.Values[0].Type != scoring.Unknown || m.Conversions(in) != nil {
		t.Errorf("got %v and %v", s.Values[0], warnings)
	}
	with := dealMapper(t, &dealRates)
	other := dealRates
	other.AsOf = "2026-02-28"
	if m.Hash() == with.Hash() || with.Hash() == dealMapper(t, &other).Hash() {
		t.Error("other rates map the same amounts to something else, and the hash does not tell")
	}
}

// TestConversionLaws: there and back is the same to the cent and a rounding; more stays more; the sign stays.
func TestConversionLaws(t *testing.T) {
	t.Parallel()
	r := dealMapper(t, &dealRates).rates
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.Int64Range(-1e11, 1e11).Draw(t, "cents")
		amount := float64(cents) / 100
		there, trouble := r.convert(amount, "USD", "EUR")
		if trouble != "" {
			t.Fatal(trouble)
		}
		back, _ := r.convert(there, "EUR", "USD")
		if math.Abs(back-amount) > 0.02 || there*amount < 0 {
			t.Fatalf("%v USD are %v EUR, which are %v USD", amount, there, back)
		}
		if more, _ := r.convert(amount+1, "USD", "EUR"); more < there {
			t.Fatalf("%v USD are %v EUR, and one more are %v", amount, there, more)
		}
	})
}
