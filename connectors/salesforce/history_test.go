package salesforce_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
)

const week = 7 * 24 * time.Hour

// timeline is a past with the weeks since the org began, as "0: Buyer, 2: Director"; "?" stands for what is not known before.
func timeline(a *org, p crm.Past) string {
	var out []string
	if !p.Whole {
		out = append(out, "?")
	}
	for _, w := range p.Values {
		out = append(out, fmt.Sprintf("%.0f: %s", w.From.Sub(a.start).Hours()/24/7, w.Value))
	}
	return strings.Join(out, ", ")
}

// pastOf reads what a field of one record was.
func pastOf(a *org, c crm.Historian, object, id, field string) crm.Past {
	a.t.Helper()
	got, err := c.Histories(a.t.Context(), crm.HistoryQuery{Object: object, IDs: []string{id}, Fields: []string{field}})
	a.ok(err)
	if len(got) != 1 {
		a.t.Fatalf("%d histories of one record", len(got))
	}
	return got[0].Fields[field]
}

// tracked is what is said of a field of people.
func tracked(a *org, c crm.Historian, field string) crm.Tracking {
	a.t.Helper()
	got, err := c.Tracked(a.t.Context(), crm.HistoryQuery{Object: crm.People, Fields: []string{field}})
	a.ok(err)
	return got.Fields[field]
}

// proves lets a tracked field of some lead change, so that tracking is certain from now on.
func proves(a *org, field string, values ...any) {
	a.t.Helper()
	id := a.make("Lead", map[string]any{"LastName": "Witness", "Company": "A company"})
	for _, v := range values {
		a.ok(a.Change(id, map[string]any{field: v}, 0))
	}
}

// leadsAlone is a field that contacts do not have, so that they need no tracking of it.
func leadsAlone(a *org) {
	a.ok(a.Track("Lead", true, "Industry", "Company"))
}

// TestHistoryOfAConvertedLead: what the contact was before it was one is what the lead was.
func TestHistoryOfAConvertedLead(t *testing.T) {
	a := begin(t)
	a.ok(a.Track("Lead", true, "Title"))
	a.ok(a.Track("Contact", true, "Title"))
	proves(a, "Title", "A")
	other := a.make("Contact", map[string]any{"LastName": "Witness"})
	a.ok(a.Change(other, map[string]any{"Title": "A"}, 0))
	a.pass(week)
	lead := a.make("Lead", map[string]any{"LastName": "Lead", "Company": "A company", "Title": "Buyer"})
	a.pass(week)
	a.ok(a.Change(lead, map[string]any{"Title": "Chief Buyer"}, 0))
	a.pass(week)
	contact, err := a.Convert(lead, "", "", "")
	a.ok(err)
	a.pass(week)
	a.ok(a.Change(contact, map[string]any{"Title": "Director"}, 0))
	a.pass(week)
	c := a.connect()
	if got, want := timeline(a, pastOf(a, c, crm.People, contact, "Title")), "1: Buyer, 2: Chief Buyer, 4: Director"; got != want {
		t.Errorf("the contact was %s, want %s", got, want)
	}
	if got, err := c.Histories(t.Context(), crm.HistoryQuery{Object: crm.People, IDs: []string{lead}, Fields: []string{"Title"}}); err != nil || len(got) > 0 {
		t.Errorf("a converted lead is no record of its own: %d, %v", len(got), err)
	}
}

// TestFieldOfLeadsAlone: what a contact has no field for, it lost when it was converted.
func TestFieldOfLeadsAlone(t *testing.T) {
	a := begin(t)
	leadsAlone(a)
	proves(a, "Industry", "Banking")
	a.pass(week)
	lead := a.make("Lead", map[string]any{"LastName": "Lead", "Company": "A company", "Industry": "Energy"})
	a.pass(week)
	contact, err := a.Convert(lead, "", "", "")
	a.ok(err)
	if got, want := timeline(a, pastOf(a, a.connect(), crm.People, contact, "Industry")), "1: Energy, 2: "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestTrackingBegins: Salesforce does not say since when a field is tracked. It is certain from the first change of anybody
// on; what was before is not known, except of those who came later.
func TestTrackingBegins(t *testing.T) {
	a := begin(t)
	c := a.connect()
	if got := tracked(a, c, "Industry"); got.Kept || !strings.Contains(got.Why, "not tracked on Lead") {
		t.Errorf("before it is tracked: %+v", got)
	}
	old := a.make("Lead", map[string]any{"LastName": "Old", "Company": "A company", "Industry": "Energy"})
	a.pass(week)
	a.ok(a.Change(old, map[string]any{"Industry": "Banking"}, 0)) // nobody notes it
	a.pass(week)
	leadsAlone(a)
	if got := tracked(a, c, "Industry"); got.Kept || !strings.Contains(got.Why, "no change is noted") {
		t.Errorf("tracked, and nothing happened: %+v", got)
	}
	a.pass(week)
	proves(a, "Industry", "Retail")
	since := a.now()
	a.pass(week)
	young := a.make("Lead", map[string]any{"LastName": "Young", "Company": "A company"})
	a.pass(week)
	a.ok(a.Change(old, map[string]any{"Industry": "Media"}, 0))
	a.ok(a.Change(young, map[string]any{"Industry": "Media"}, 0))
	if got := tracked(a, c, "Industry"); !got.Kept || !got.Since.Equal(since) {
		t.Errorf("after a change: %+v, want since %s", got, since)
	}
	for id, want := range map[string]string{old: "?, 3: Banking, 5: Media", young: "5: Media"} {
		if got := timeline(a, pastOf(a, c, crm.People, id, "Industry")); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for field, why := range map[string]string{"Description": "without their values", "Email": "not tracked"} {
		if got := tracked(a, c, field); got.Kept || !strings.Contains(got.Why, why) {
			t.Errorf("%s: %+v", field, got)
		}
	}
	if got := tracked(a, c, "CreatedDate"); !got.Kept {
		t.Errorf("what never changes: %+v", got)
	}
}

// TestHistoryCutByRetention: of what happened more than eighteen months ago nothing is certain, except that those who came
// later were not there yet.
func TestHistoryCutByRetention(t *testing.T) {
	a := begin(t)
	leadsAlone(a)
	proves(a, "Industry", "Retail")
	old := a.make("Lead", map[string]any{"LastName": "Old", "Company": "A company", "Industry": "Energy"})
	a.pass(2 * week)
	a.ok(a.Change(old, map[string]any{"Industry": "Banking"}, 0))
	a.pass(50 * week)
	a.ok(a.Change(old, map[string]any{"Industry": "Media"}, 0))
	a.pass(50 * week)
	c := a.connect()
	p := pastOf(a, c, crm.People, old, "Industry")
	if got, want := timeline(a, p), "?, 23: Banking, 52: Media"; got != want {
		t.Errorf("after 102 weeks %s, want %s", got, want)
	}
	if value, known := p.At(a.start.Add(10 * week)); known {
		t.Errorf("in week 10 it is known to have been %q", value)
	}
	a.pass(60 * week)
	if got := tracked(a, a.connect(), "Industry"); got.Kept || !strings.Contains(got.Why, "no change is noted") {
		t.Errorf("after 162 weeks, when nothing is left of the changes: %+v", got)
	}
}

// TestChangeThatNobodyNoted: where old and new values do not join, tracking was off in between, and nothing is concluded.
func TestChangeThatNobodyNoted(t *testing.T) {
	a := begin(t)
	leadsAlone(a)
	proves(a, "Industry", "Retail")
	id := a.make("Lead", map[string]any{"LastName": "Lead", "Company": "A company", "Industry": "Energy"})
	a.ok(a.Change(id, map[string]any{"Industry": "Retail"}, 0))
	a.pass(week)
	a.ok(a.Track("Lead", false, "Industry"))
	a.ok(a.Change(id, map[string]any{"Industry": "Banking"}, 0))
	a.ok(a.Track("Lead", true, "Industry"))
	a.pass(week)
	c := a.connect()
	for range 2 {
		p := pastOf(a, c, crm.People, id, "Industry")
		if _, known := p.At(a.start.Add(week / 2)); known || !p.Cut {
			t.Errorf("known of a time of which nothing is: %s", timeline(a, p))
		}
		a.pass(week)
		a.ok(a.Change(id, map[string]any{"Industry": "Media"}, 0))
	}
}

// TestHistoryOfCompaniesAndDeals, and of the account of a contact.
func TestHistoryOfCompaniesAndDeals(t *testing.T) {
	a := begin(t)
	a.ok(a.Track("Account", true, "Industry"))
	a.ok(a.Track("Opportunity", true, "StageName"))
	a.ok(a.Track("Contact", true, "AccountId"))
	account := a.make("Account", map[string]any{"Name": "First", "Industry": "Energy"})
	second := a.make("Account", map[string]any{"Name": "Second"})
	deal := a.make("Opportunity", map[string]any{"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2027-01-01"})
	witness := a.make("Contact", map[string]any{"LastName": "Witness"})
	a.ok(a.Change(account, map[string]any{"Industry": "Banking"}, 0))
	a.ok(a.Change(deal, map[string]any{"StageName": "Qualification"}, 0))
	a.ok(a.Change(witness, map[string]any{"AccountId": account}, 0))
	contact := a.make("Contact", map[string]any{"LastName": "Contact", "AccountId": account})
	a.pass(week)
	a.ok(a.Change(account, map[string]any{"Industry": "Media"}, 0))
	a.ok(a.Change(deal, map[string]any{"StageName": "Closed Won"}, 0))
	a.ok(a.Change(contact, map[string]any{"AccountId": second}, 0))
	c := a.connect()
	got := []string{
		timeline(a, pastOf(a, c, crm.Companies, account, "Industry")),
		timeline(a, pastOf(a, c, crm.Deals, deal, "StageName")),
	}
	people, err := c.Histories(t.Context(), crm.HistoryQuery{Object: crm.People, IDs: []string{contact}, Links: []string{crm.Companies}})
	a.ok(err)
	got = append(got, timeline(a, people[0].Links[crm.Companies]))
	want := []string{"0: Energy, 0: Banking, 1: Media", "0: Prospecting, 0: Qualification, 1: Closed Won", "0: " + account + ", 1: " + second}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := c.Tracked(t.Context(), crm.HistoryQuery{Object: crm.Calls}); err == nil {
		t.Error("the history of calls is said to be known")
	}
}
