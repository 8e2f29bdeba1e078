package salesforce_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bareme/bareme/connectors/salesforce"
	"github.com/bareme/bareme/crm"
	sandbox "github.com/bareme/bareme/sandbox/salesforce"
)

func needOf(read, write string) crm.Need {
	need := crm.Need{Read: map[string][]string{}, Write: map[string][]string{}}
	if read != "" {
		need.Read[crm.People] = []string{read}
	}
	if write != "" {
		need.Write[crm.People] = []string{write}
	}
	return need
}

// TestCheck names what is missing: a field that does not exist, one that is hidden, one that cannot be edited, an object.
func TestCheck(t *testing.T) {
	a := begin(t)
	mark(a)
	a.ok(a.AddField("Lead", "Hidden__c", "double(5,0)", true))
	a.ok(a.AddField("Contact", "Hidden__c", "double(5,0)", false))
	a.ok(a.AddField("Lead", "Only__c", "double(5,0)", false))
	a.HideField("Contact.Points__c", true)
	for _, c := range []struct {
		name string
		need crm.Need
		want []string // nil: all is well
	}{
		{"fine", needOf("Only__c", "Stage__c"), nil},
		{"hidden on leads", needOf("", "Hidden__c"), []string{"exists on Lead", "hidden from the user", "Bareme_Worker"}},
		{"not on contacts", needOf("", "Only__c"), []string{"no such field on Contact", "bareme provision"}},
		{"read-only", needOf("", "Points__c"), []string{"may not edit the field on Contact", "permission set"}},
		{"mistyped", needOf("Titles", ""), []string{"Did you mean", "Title"}},
		{"of the platform", needOf("", "CreatedDate"), []string{"may not edit the field on Lead"}},
		{"missing", needOf("", "Bareme_Score__c"), []string{"Bareme_Score__c", "bareme provision"}},
		{"several", crm.Need{Read: map[string][]string{crm.People: {"Nothing__c"}}, Write: map[string][]string{crm.People: {"Hidden__c"}}}, []string{"Nothing__c", "Hidden__c"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := a.connect().Check(t.Context(), c.need)
			if c.want == nil && err != nil || c.want != nil && !errors.Is(err, crm.ErrInvalid) {
				t.Fatalf("got: %v", err)
			}
			for _, words := range c.want {
				if !strings.Contains(err.Error(), words) {
					t.Errorf("want %q in: %v", words, err)
				}
			}
		})
	}
	a.HideField("Lead", false)
	if err := a.connect().Check(t.Context(), needOf("LastName", "")); err == nil || !strings.Contains(err.Error(), "no object Lead") {
		t.Errorf("hidden object: %v", err)
	}
}

// TestLinksHidden: deals that concern nobody because their roles are hidden are told before a run.
func TestLinksHidden(t *testing.T) {
	a := begin(t)
	need := crm.Need{Read: map[string][]string{crm.Deals: {"Name"}, crm.Emails: {"Subject"}}}
	if err := a.connect().Check(t.Context(), need); err != nil {
		t.Fatal(err)
	}
	for _, object := range []string{"OpportunityContactRole", "EmailMessageRelation"} {
		a.HideField(object, false)
		if err := a.connect().Check(t.Context(), need); !errors.Is(err, crm.ErrInvalid) || !strings.Contains(err.Error(), object) {
			t.Errorf("%s hidden: %v", object, err)
		}
		a.ShowField(object)
	}
	a.HideField("EmailMessage", false) // then e-mails are tasks alone
	if err := a.connect().Check(t.Context(), need); err != nil {
		t.Errorf("e-mail messages hidden: %v", err)
	}
}

// TestOnlyContacts: an org whose people are contacts alone needs nothing on leads.
func TestOnlyContacts(t *testing.T) {
	a := begin(t)
	a.HideField("Lead", false)
	id := a.contact("", "a")
	c := a.connect(func(o *salesforce.Options) { o.People = []string{"Contact"} })
	if err := c.Check(t.Context(), needOf("LastName", "Title")); err != nil {
		t.Fatal(err)
	}
	if got, _ := records(t, c, people); len(got) != 1 || got[id].ID != id {
		t.Errorf("got %v", got)
	}
}

// TestUnion: the fields of both objects, with what differs told.
func TestUnion(t *testing.T) {
	a := begin(t)
	a.ok(a.AddField("Lead", "Size__c", "double(5,0)", false))
	a.ok(a.AddField("Contact", "Size__c", "string(20)", false))
	s, err := a.connect().Describe(t.Context(), crm.People)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct {
		typ  crm.Type
		help string
	}{
		"Size__c": {crm.Text, "Conflict: number on Lead, text on Contact"}, "Company": {crm.Text, "Only on Lead"},
		"Department": {crm.Text, "Only on Contact"}, "Email": {crm.Text, ""},
	} {
		f, ok := s.Field(name)
		if !ok || f.Type != want.typ || !strings.Contains(f.Help, want.help) {
			t.Errorf("%s: %+v", name, f)
		}
	}
	for _, name := range []string{"Address", "MailingAddress"} {
		if _, ok := s.Field(name); ok {
			t.Errorf("%s is compound and listed", name)
		}
	}
	for _, object := range []string{crm.Companies, crm.Deals, crm.Meetings, crm.Calls, crm.Tasks, crm.Emails, crm.Campaigns} {
		if s, err := a.connect().Describe(t.Context(), object); err != nil || len(s.Fields) == 0 {
			t.Errorf("%s: %v", object, err)
		}
	}
}

// TestCeilings: a run stops kindly at the org's ceiling and at its own, and the next one goes on.
func TestCeilings(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(*salesforce.Options)
		left int
		want string
	}{
		{"org", func(o *salesforce.Options) { o.OrgShare, o.RunShare = 0.5, 1 }, 520, "stops at 0.5"},
		{"run", func(o *salesforce.Options) { o.OrgShare, o.RunShare = 1, 0.01 }, 1000, "its share of the org's 1000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := begin(t, func(o *sandbox.Options) { o.Limits = sandbox.Limits{Daily: 1000} })
			for range 3000 {
				a.lead("a")
			}
			a.LeaveDaily(c.left)
			connector := a.connect(c.set)
			if err := connector.Check(t.Context(), needOf("LastName", "")); err != nil {
				t.Fatal(err)
			}
			seen := map[string]bool{}
			q := people
			var stopped error
			for range 10 {
				for page, err := range connector.Records(t.Context(), q) {
					if err != nil {
						stopped = err
						break
					}
					q.Cursor = page.Next
					for _, r := range page.Items {
						seen[r.ID] = true
					}
				}
				if stopped != nil {
					break
				}
				q.Cursor = ""
			}
			if !errors.Is(stopped, crm.ErrQuota) || !strings.Contains(stopped.Error(), c.want) || crm.RetryAfter(stopped) <= 0 {
				t.Fatalf("stopped by: %v", stopped)
			}
			a.LeaveDaily(1000)
			a.pass(25 * time.Hour)
			if err := connector.Check(t.Context(), needOf("LastName", "")); err != nil {
				t.Fatalf("the next run: %v", err)
			}
			rest, _ := records(t, a.connect(), q)
			for id := range rest {
				seen[id] = true
			}
			if len(seen) != 3000 {
				t.Errorf("%d of 3000 came", len(seen))
			}
			if u := connector.Usage(); u.DailyLimit != 1000 {
				t.Errorf("usage %+v", u)
			}
		})
	}
}

// TestProvision creates what is missing on both objects, grants it, and a second time does nothing.
func TestProvision(t *testing.T) {
	a := begin(t)
	a.ok(a.AddField("Lead", "Bareme_Score__c", "double(9,2)", true)) // there and hidden
	c := a.connect()
	fields := []crm.Field{{Name: "Bareme_Score__c", Label: "Score", Type: crm.Number},
		{Name: "Bareme_Label__c", Label: "Label", Type: crm.Choice, Options: []crm.Option{{Value: "hot"}, {Value: "cold"}}}}
	done, err := c.Provision(t.Context(), crm.People, fields)
	if err != nil || len(done) != 2 || done[0].Action != "created" || done[1].Action != "created" {
		t.Fatalf("%v, error: %v", done, err)
	}
	if err := a.connect().Check(t.Context(), needOf("", "Bareme_Score__c")); err != nil {
		t.Errorf("after it: %v", err)
	}
	changes := 0
	a.seen = func(r *http.Request) {
		if r.Method != http.MethodGet {
			changes++
		}
	}
	if done, err = c.Provision(t.Context(), crm.People, fields); err != nil || changes != 0 || done[0].Action != "already there" {
		t.Errorf("a second time: %v, %d changes, error: %v", done, changes, err)
	}
	if _, err := c.Provision(t.Context(), crm.Companies, fields[:1]); err != nil {
		t.Errorf("companies: %v", err)
	}
	a.SetRight(sandbox.CustomizeApplication, false)
	_, err = c.Provision(t.Context(), crm.People, []crm.Field{{Name: "Bareme_New__c", Label: "New", Type: crm.Number}})
	if !errors.Is(err, crm.ErrAuth) || !strings.Contains(err.Error(), "sf project deploy start") || !strings.Contains(err.Error(), "Customize Application") {
		t.Errorf("without the right: %v", err)
	}
	if _, err := c.Provision(t.Context(), crm.People, []crm.Field{{Name: "score", Type: crm.Number}}); !errors.Is(err, crm.ErrInvalid) {
		t.Errorf("a name without __c: %v", err)
	}
}

// TestHardDeleted: what leaves no trace is found by asking for the ids.
func TestHardDeleted(t *testing.T) {
	a := begin(t)
	lead := a.lead("a")
	campaign := a.make("Campaign", map[string]any{"Name": "Fair"})
	member := a.make("CampaignMember", map[string]any{"CampaignId": campaign, "LeadId": lead})
	other := a.make("CampaignMember", map[string]any{"CampaignId": campaign, "ContactId": a.contact("", "b")})
	c := a.connect()
	a.ok(a.Delete(member))
	got, err := c.Missing(t.Context(), crm.Campaigns, []string{member, other, "nonsense"})
	if err != nil || !slices.Equal(got, []string{member, "nonsense"}) {
		t.Errorf("missing %v, error: %v", got, err)
	}
	contact := a.contact("", "c")
	a.ok(a.Delete(lead))
	a.ok(a.Purge(contact))
	got, err = c.Missing(t.Context(), crm.People, []string{lead, contact})
	if err != nil || len(got) != 2 {
		t.Errorf("missing %v, error: %v", got, err)
	}
	event := a.make("Event", map[string]any{"Subject": "old", "StartDateTime": time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), "DurationInMinutes": "30"})
	a.Archive(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC))
	if got, err = c.Missing(t.Context(), crm.Meetings, []string{event}); err != nil || len(got) != 0 {
		t.Errorf("archived is not missing: %v, error: %v", got, err)
	}
}

// TestPersonAccounts: the contact is the person; its account is no company.
func TestPersonAccounts(t *testing.T) {
	a := begin(t, func(o *sandbox.Options) { o.People, o.Seed, o.PersonAccounts = 200, 3, true })
	accounts, err := a.Values("Account", "IsPersonAccount", "PersonContactId")
	a.ok(err)
	contacts, err := a.Values("Contact", "IsPersonAccount", "AccountId")
	a.ok(err)
	bothWays(t, func(t *testing.T, change func(*salesforce.Options)) {
		c := a.connect(change)
		companies, _ := records(t, c, crm.Query{Object: crm.Companies, Fields: []string{"Name"}})
		persons := 0
		for id, v := range accounts {
			_, came := companies[id]
			if came == (v["IsPersonAccount"] == "true") {
				t.Errorf("account %s: person %s, came %t", id, v["IsPersonAccount"], came)
			}
			if v["IsPersonAccount"] == "true" {
				persons++
			}
		}
		if persons == 0 {
			t.Fatal("no person accounts in the population")
		}
		all, _ := records(t, c, crm.Query{Object: crm.People, Fields: []string{"LastName"}, Links: []string{crm.Companies}})
		var ids []string
		for id, v := range contacts {
			linked := len(all[id].Links[crm.Companies]) > 0
			if want := v["AccountId"] != "" && v["IsPersonAccount"] != "true"; linked != want {
				t.Errorf("contact %s: %v, linked %t", id, v, linked)
			}
			if v["IsPersonAccount"] == "true" {
				ids = append(ids, id)
			}
		}
		if out, err := c.Write(t.Context(), crm.People, titles(ids, "x")); err != nil || statuses(out)[crm.Written] != persons {
			t.Errorf("%v, error: %v", statuses(out), err)
		}
	})
}

func TestOwners(t *testing.T) {
	a := begin(t)
	owners, err := a.connect().Owners(t.Context())
	if err != nil || len(owners) == 0 || owners[0].Email == "" || owners[0].Name == "" {
		t.Errorf("%v, error: %v", owners, err)
	}
}
