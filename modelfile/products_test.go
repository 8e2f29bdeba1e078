package modelfile_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/scoring"
)

// TestProductsOfOneActivity: a field of one kind of activity names the product. Each product is a kind of its own, without
// the amount, which is counted once; a product nobody listed is a purchase and no product.
func TestProductsOfOneActivity(t *testing.T) {
	t.Parallel()
	f, err := modelfile.Parse("bareme.yaml", []byte(`
version: 1
connections: [{name: marketing, crm: hubspot}]
people:
  activity:
    purchase: {from: deals, when: {dealstage: closedwon}, amount: amount, currency: EUR}
next_product: {activity: purchase, by: product, products: {printer: [Printer, Printer XL], ink: Ink}, days: 180}
scores:
  fit: {groups: {g: {criteria: [{name: Ink next, when: next_product == "ink", points: 5}, {name: Bought ink, when: happened("ink"), points: 9}]}}}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"printer", "ink"}, f.Scoring.Products.Of); d != "" || f.Scoring.Products.Days != 180 {
		t.Errorf("%s, %d days", d, f.Scoring.Products.Days)
	}
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	deal := func(stage, product string) mapping.Activity {
		return mapping.Activity{Source: "deals", Activity: crm.Activity{Time: now.AddDate(0, -1, 0), Fields: crm.Fields{"dealstage": stage, "product": product, "amount": "12", "deal_currency_code": "EUR"}}}
	}
	var s scoring.Subject
	f.Mapper.Subject(mapping.Input{Person: crm.Fields{}, Activities: []mapping.Activity{
		deal("closedwon", "printer xl"), deal("closedwon", "Ink"), deal("closedwon", "Chair"), deal("lost", "Ink"),
	}}, now, &s)
	got := map[string]int{}
	amounts := 0
	for _, e := range s.Events {
		got[f.Model.Schema().Activities[e.Kind]] += int(e.Count)
		if e.Amount > 0 {
			amounts++
		}
	}
	if d := cmp.Diff(map[string]int{"purchase": 3, "printer": 1, "ink": 1}, got); d != "" || amounts != 3 {
		t.Errorf("%d amounts, events (-want +got):\n%s", amounts, d)
	}
}

// TestCompaniesLearnFromTheirPurchases: value and next product are made of companies as of people.
func TestCompaniesLearnFromTheirPurchases(t *testing.T) {
	t.Parallel()
	f, err := modelfile.Parse("bareme.yaml", []byte(`
version: 1
connections: [{name: marketing, crm: hubspot}]
people:
  attributes: {country: {from: country}}
scores:
  fit: {groups: {g: {criteria: [{name: Here, when: country == "FR", points: 5}]}}}
companies:
  activity:
    won: {from: deals, when: {dealstage: closedwon}, amount: amount, currency: EUR}
  value: {activity: won}
  next_product: {activity: won, by: product, products: {printer: Printer, ink: Ink}}
  scores:
    account: {groups: {g: {criteria: [{name: May leave, when: churn_risk >= 50, points: -5}, {name: Ink, when: next_product == "ink", points: 5}]}}}
write:
  people: {score: bareme_score}
  companies: {account: bareme_account, churn_risk: bareme_risk, next_product: bareme_next}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"account", scoring.ValueFit, scoring.ProductsFit}, f.Companies.Model.Learners()); d != "" {
		t.Errorf("companies (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"fit"}, f.Model.Learners()); d != "" {
		t.Errorf("people (-want +got):\n%s", d)
	}
}
