package worker_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// What is learnt from purchases, of people and of companies.
const (
	peopleBuy = `
version: 1
connections: [{name: main, crm: hubspot}]
people:
  activity:
    purchase: {from: deals, when: {stage: won}, time: closed, amount: amount, currency: EUR}
value: {activity: purchase}
next_product: {activity: purchase, by: product, products: {printer: Printer, ink: Ink, chair: Chair, lamp: Lamp, desk: Desk}}
scores:
  fit: {groups: {g: {criteria: [{name: Bought, activity: purchase, points: 60}]}}}
write:
  people: {score: b_score, churn_risk: b_risk, expected_value: b_worth, next_product: b_next}
`
	companiesBuy = `
version: 1
connections: [{name: main, crm: hubspot}]
people:
  attributes: {title: {from: jobtitle}}
companies:
  activity:
    purchase: {from: deals, when: {stage: won}, time: closed, amount: amount, currency: EUR}
  value: {activity: purchase}
  next_product: {activity: purchase, by: product, products: {printer: Printer, ink: Ink, chair: Chair, lamp: Lamp, desk: Desk}}
  scores:
    account: {groups: {g: {criteria: [{name: Bought, activity: purchase, points: 60}]}}}
scores:
  fit: {groups: {g: {criteria: [{name: Titled, when: known(title), points: 60}]}}}
write:
  people: {score: b_fit}
  companies: {score: b_score, churn_risk: b_risk, expected_value: b_worth, next_product: b_next}
`
)

// bought is one deal that was won.
type bought struct {
	product string
	days    int // ago
	amount  int
}

// The customers of purchaseBook with a story of their own.
const (
	leftBuyer    = 0 // bought each month for a year, and then nothing for another
	loyalBuyer   = 1 // buys each month to this day
	printerBuyer = 2 // bought a printer a month ago
	noBuyer      = 3
)

// purchaseBook is what each of many customers bought: at a pace of their own, until they leave. After a printer
// mostly comes ink, after a chair a lamp.
func purchaseBook() [][]bought {
	r := rand.New(rand.NewPCG(7, 11))
	book := make([][]bought, 1500)
	for month := range 12 {
		book[leftBuyer] = append(book[leftBuyer], bought{"Lamp", 365 + 30*month, 100})
		book[loyalBuyer] = append(book[loyalBuyer], bought{"Lamp", 5 + 30*month, 100})
	}
	book[printerBuyer] = []bought{{"Printer", 30, 400}}
	for i := range book[noBuyer+1:] {
		pace, leaving, spends := 20+r.IntN(120), .1+.5*r.Float64(), 50+r.IntN(200)
		product := ""
		for ago := 10 + r.IntN(1500); ago > 0; ago -= 1 + r.IntN(2*pace) {
			next, follows := map[string]string{"Printer": "Ink", "Chair": "Lamp"}[product]
			if product = next; !follows || r.IntN(10) < 2 {
				product = []string{"Printer", "Ink", "Chair", "Lamp", "Desk"}[r.IntN(5)]
			}
			book[noBuyer+1+i] = append(book[noBuyer+1+i], bought{product, ago, spends/2 + r.IntN(spends)})
			if r.Float64() < leaving {
				break
			}
		}
	}
	return book
}

// shop is a world of customers of one kind and what they bought.
func shop(t *testing.T, model, object string) *world {
	t.Helper()
	w := newWorld(t)
	w.model = model
	w.crm.Declare(crm.Deals, crm.Field{Name: "stage", Writable: true}, crm.Field{Name: "closed", Type: crm.DateTime, Writable: true},
		crm.Field{Name: "amount", Type: crm.Number, Writable: true}, crm.Field{Name: "product", Writable: true})
	w.provision()
	for i, deals := range purchaseBook() {
		id := strconv.Itoa(1000 + i)
		w.crm.Put(object, id, nil, nil)
		for n, d := range deals {
			at := w.at.AddDate(0, 0, -d.days)
			w.crm.PutActivity(crm.Deals, crm.Activity{ID: fmt.Sprintf("%s-%d", id, n), Time: at, Links: map[string][]string{object: {id}},
				Fields: crm.Fields{"stage": "won", "closed": at.Format(time.RFC3339), "amount": strconv.Itoa(d.amount), "product": d.product}})
		}
	}
	w.run(worker.Options{Accept: true})
	return w
}

// TestCompaniesBuyAsPeopleDo: of companies that buy often it is told how likely they are lost, what they will be worth and what
// they buy next; and to the last digit it is what is told of people who bought the same.
func TestCompaniesBuyAsPeopleDo(t *testing.T) {
	t.Parallel()
	companies, people := shop(t, companiesBuy, crm.Companies), shop(t, peopleBuy, crm.People)
	number := func(customer int, field string) float64 {
		t.Helper()
		x, err := strconv.ParseFloat(companies.company(strconv.Itoa(1000 + customer))[field], 64)
		if err != nil {
			t.Fatalf("%s of customer %d: %v", field, customer, err)
		}
		return x
	}
	if left, stays := number(leftBuyer, "b_risk"), number(loyalBuyer, "b_risk"); left < 90 || stays > 20 {
		t.Errorf("churn risk: %g %% after a silent year, %g %% of who bought five days ago", left, stays)
	}
	if left, stays := number(leftBuyer, "b_worth"), number(loyalBuyer, "b_worth"); left > 100 || stays < 300 || stays > 1200 {
		t.Errorf("worth in a year: %g of who left, %g of who spends 100 each month", left, stays)
	}
	if next := companies.company(strconv.Itoa(1000 + printerBuyer))["b_next"]; next != "ink" {
		t.Errorf("after a printer comes %q", next)
	}
	if none := companies.company(strconv.Itoa(1000 + noBuyer)); none["b_risk"] != "" || none["b_worth"] != "" || none["b_next"] != "" {
		t.Errorf("who never bought shows %v", none)
	}
	for i := range purchaseBook() {
		id := strconv.Itoa(1000 + i)
		if diff := cmp.Diff(people.shown(id), companies.company(id)); diff != "" {
			t.Fatalf("customer %d (-as a person +as a company):\n%s", i, diff)
		}
	}
}
