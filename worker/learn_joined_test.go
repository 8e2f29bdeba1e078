package worker_test

import (
	"testing"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// TestTwoCRMsAsOfThen: a person whom two CRMs know is seen as both knew them then. The sales CRM goes first, and did not know
// the first of them yet when they were looked at; of the second it has changed the title since, and of the company the size.
func TestTwoCRMsAsOfThen(t *testing.T) {
	t.Parallel()
	w := newTwoWorlds(t)
	now := w.at
	on := func(days int) { w.at = now.Add(time.Duration(days-300) * day) }
	on(1)
	for _, id := range []string{"1", "2"} {
		w.marketing.Put(crm.People, id, crm.Fields{"email": "p" + id + "@acme.example", "jobtitle": "Buyer"}, nil)
	}
	w.sales.Put(crm.Companies, "001", crm.Fields{"Employees": "20"}, nil)
	w.sales.Put(crm.People, "0032", crm.Fields{"Email": "p2@acme.example", "Title": "Head of Sales"}, map[string][]string{crm.Companies: {"001"}})
	on(2)
	for _, id := range []string{"0031", "0032"} {
		w.sales.CreateActivity(crm.Meetings, crm.Activity{Time: w.at, Fields: crm.Fields{"outcome": "COMPLETED"}, Links: map[string][]string{crm.People: {id}}})
	}
	on(100)
	w.sales.Put(crm.People, "0031", crm.Fields{"Email": "p1@acme.example", "Title": "Director"}, map[string][]string{crm.Companies: {"001"}})
	w.sales.Change(crm.People, "0032", crm.Fields{"Title": "Director"})
	w.sales.Change(crm.Companies, "001", crm.Fields{"Employees": "900"})
	w.at = now
	w.run()
	g, done := w.group()
	defer done()
	g[0].Learn = &worker.Learn{Score: "learnt", Activity: "click", Within: 90 * day, After: 5 * day, Activities: []string{}}
	h, err := g[0].LearnHistory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for i, id := range h.Table.IDs {
		for c := range h.Table.Columns {
			got[id+" "+h.Table.Columns[c].Name] = cell(&h.Table.Columns[c], i)
		}
	}
	for what, want := range map[string]string{"1 title": "buyer", "2 title": "head of sales", "1 employees": "?", "2 employees": "20"} {
		if got[what] != want {
			t.Errorf("%s was %q, want %q", what, got[what], want)
		}
	}
	for _, a := range h.AsOf {
		if a.By != worker.ByHistory || a.Changed == 0 {
			t.Errorf("as of then: %+v", a)
		}
	}
	g[0].Siblings = nil
	_, err = g[0].LearnHistory(t.Context())
	if err == nil {
		t.Error("learnt by what nobody was asked")
	}
}
