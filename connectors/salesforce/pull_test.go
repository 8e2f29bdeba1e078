package salesforce_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/connectors/salesforce"
	"github.com/bareme/bareme/crm"
)

func byBulk(o *salesforce.Options) { o.BulkRead, o.BulkWrite = 1, 1 }

// records reads people or companies to the end of a pull.
func records(t *testing.T, c crm.Connector, q crm.Query) (map[string]crm.Record, crm.Cursor) {
	t.Helper()
	out := map[string]crm.Record{}
	cursor := q.Cursor
	for page, err := range c.Records(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Items {
			out[r.ID] = r
		}
		cursor = page.Next
	}
	return out, cursor
}

func activities(t *testing.T, c crm.Connector, q crm.Query) (map[string]crm.Activity, crm.Cursor) {
	t.Helper()
	out := map[string]crm.Activity{}
	cursor := q.Cursor
	for page, err := range c.Activities(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range page.Items {
			out[a.ID] = a
		}
		cursor = page.Next
	}
	return out, cursor
}

func (a *org) account(name string) string {
	return a.make("Account", map[string]any{"Name": name})
}

func (a *org) contact(account, name string) string {
	values := map[string]any{"LastName": name}
	if account != "" {
		values["AccountId"] = account
	}
	return a.make("Contact", values)
}

func (a *org) lead(name string) string {
	return a.make("Lead", map[string]any{"LastName": name, "Company": "A company"})
}

// TestSameRows: REST and Bulk give identical records of values that the two write in different ways.
func TestSameRows(t *testing.T) {
	a := begin(t)
	mark(a)
	home := a.account("Home")
	id := a.contact(home, "Every type")
	a.contact(home, "Nothing else")
	for name, text := range map[string]string{"lines": "one\r\ntwo\nthree", "quotes": `she said "hi", and left`, "NA": "N/A", "null mark": "#N/A",
		"null word": "null", "formula": "=1+1", "spaces": "  around  ", "accents": "Élodie Œuvre 東京", "NUL": "before\x00after", "comma": "a,b;c"} {
		a.contact(home, name)
		a.make("Lead", map[string]any{"LastName": name, "Company": "C", "Description": text, "Title": text})
	}
	a.ok(a.Change(id, map[string]any{"Points__c": "1234567.8901", "Birthday__c": "2026-02-03", "Seen__c": "2026-02-03T04:05:06Z",
		"Member__c": "true", "Stage__c": "lead", "Topics__c": "a;b", "Email": "a@example.com", "Description": "x"}, 0))
	q := crm.Query{Object: crm.People, Links: []string{crm.Companies, crm.Owners}, Fields: []string{"Id", "LastName", "Title", "Description", "Points__c",
		"Birthday__c", "Seen__c", "Member__c", "Stage__c", "Topics__c", "Email", "CreatedDate", "SystemModstamp", "Account.Name", "Owner.Name", "HasOptedOutOfEmail"}}
	byREST, _ := records(t, a.connect(), q)
	bulk := a.connect(byBulk)
	inBulk, _ := records(t, bulk, q)
	if diff := cmp.Diff(byREST, inBulk); diff != "" {
		t.Errorf("REST and Bulk differ (-REST +Bulk):\n%s", diff)
	}
	if bulk.Usage().Calls["bulk result"] == 0 {
		t.Error("nothing went by Bulk")
	}
	if len(byREST) != 22 {
		t.Errorf("%d records, want 22", len(byREST))
	}
	want := crm.Fields{"Points__c": "1234567.8901", "Birthday__c": "2026-02-03", "Seen__c": "2026-02-03T04:05:06Z", "Account.Name": "Home"}
	for name, value := range want {
		if got := byREST[id].Fields[name]; got != value {
			t.Errorf("%s: got %q, want %q", name, got, value)
		}
	}
	texts := map[string]string{}
	for _, r := range byREST {
		texts[r.Fields["LastName"]] = r.Fields["Description"]
		for name, value := range r.Fields {
			if strings.Contains(value, "\x00") || strings.Contains(value, "\r\n") {
				t.Errorf("%s holds a NUL byte or a carriage return", name)
			}
		}
	}
	if diff := cmp.Diff(map[bool]string{true: "N/A", false: "null"}, map[bool]string{true: someText(byREST, "NA"), false: someText(byREST, "null word")}); diff != "" {
		t.Error(diff)
	}
}

// someText is the description of the lead of that name.
func someText(all map[string]crm.Record, name string) string {
	for id, r := range all {
		if strings.HasPrefix(id, "00Q") && r.Fields["LastName"] == name {
			return r.Fields["Description"]
		}
	}
	return ""
}

// TestSameIncrement: the same, for what changed, with merged and deleted records among it.
func TestSameIncrement(t *testing.T) {
	a := begin(t)
	home := a.account("Home")
	ids := []string{a.contact(home, "a"), a.contact(home, "b"), a.contact(home, "c"), a.contact("", "d")}
	leads := []string{a.lead("e"), a.lead("f"), a.lead("g")}
	q := crm.Query{Object: crm.People, Links: []string{crm.Companies}, Fields: []string{"LastName", "Title"}}
	_, q.Cursor = records(t, a.connect(), q)
	a.pass(time.Hour)
	a.ok(a.Merge(ids[0], ids[1]))
	a.ok(a.Merge(leads[0], leads[1]))
	a.ok(a.Delete(ids[2]))
	_, err := a.Convert(leads[2], home, "", "")
	a.ok(err)
	a.ok(a.Change(ids[3], map[string]any{"Title": "N/A"}, 0))
	byREST, _ := records(t, a.connect(), q)
	inBulk, _ := records(t, a.connect(byBulk), q)
	if diff := cmp.Diff(byREST, inBulk); diff != "" {
		t.Errorf("REST and Bulk differ (-REST +Bulk):\n%s", diff)
	}
	if got := byREST[ids[0]].Absorbed; !slices.Equal(got, []string{ids[1]}) {
		t.Errorf("absorbed %v, want %s", got, ids[1])
	}
	if got := byREST[leads[0]].Absorbed; !slices.Equal(got, []string{leads[1]}) {
		t.Errorf("absorbed %v, want %s", got, leads[1])
	}
	heir := a.heir(leads[2])
	if got := byREST[heir].Absorbed; !slices.Equal(got, []string{leads[2]}) {
		t.Errorf("the contact of a converted lead absorbed %v, want %s", got, leads[2])
	}
	if got := slices.Sorted(maps.Keys(byREST)); len(got) != 4 {
		t.Errorf("came %v, want two survivors, a contact of a conversion and one changed", got)
	}
}

// heir is the contact a lead was converted to.
func (a *org) heir(lead string) string {
	a.t.Helper()
	all, err := a.Values("Lead", "ConvertedContactId")
	a.ok(err)
	return all[lead]["ConvertedContactId"]
}

// TestConvertedLead: it is read as its contact, and a score meant for it is told where it lives on.
func TestConvertedLead(t *testing.T) {
	for _, bulk := range []bool{false, true} {
		a := begin(t)
		c := a.connect(func(o *salesforce.Options) {
			if bulk {
				byBulk(o)
			}
		})
		lead, other := a.lead("a"), a.lead("b")
		_, err := a.Convert(lead, "", "", "")
		a.ok(err)
		heir := a.heir(lead)
		everyone, _ := records(t, c, crm.Query{Object: crm.People, Fields: []string{"LastName"}})
		if _, ok := everyone[lead]; ok || len(everyone) != 2 {
			t.Errorf("came %v, want the contact and the other lead", slices.Collect(maps.Keys(everyone)))
		}
		out, err := c.Write(t.Context(), crm.People, []crm.Update{{ID: lead, Fields: crm.Fields{"Title": "x"}}, {ID: other, Fields: crm.Fields{"Title": "x"}}})
		want := []crm.Outcome{{ID: lead, Status: crm.Merged, NewID: heir}, {ID: other, Status: crm.Written}}
		if diff := cmp.Diff(want, out); diff != "" || err != nil {
			t.Errorf("error: %v, outcomes (-want +got):\n%s", err, diff)
		}
		read, err := c.Read(t.Context(), crm.People, []string{lead}, []string{"LastName"})
		if err != nil || len(read) != 1 || read[0].ID != heir || !slices.Equal(read[0].Absorbed, []string{lead}) {
			t.Errorf("read %v, error: %v", read, err)
		}
		a.ok(a.Delete(heir))
		out, err = c.Write(t.Context(), crm.People, []crm.Update{{ID: lead, Fields: crm.Fields{"Title": "y"}}, {ID: other, Fields: crm.Fields{"Title": "y"}}})
		if err != nil || len(out) != 2 || out[0].Status != crm.Gone {
			t.Errorf("after the contact was deleted: %v, error: %v", out, err)
		}
	}
}

// TestSources reads every source of activity both ways.
func TestSources(t *testing.T) {
	a := begin(t)
	home := a.account("Home")
	person, lead := a.contact(home, "a"), a.lead("b")
	at := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	deal := a.make("Opportunity", map[string]any{"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2026-03-01", "AccountId": home})
	other := a.contact("", "c")
	a.make("OpportunityContactRole", map[string]any{"OpportunityId": deal, "ContactId": other})
	a.make("OpportunityContactRole", map[string]any{"OpportunityId": deal, "ContactId": person, "IsPrimary": "true"})
	a.pass(time.Hour)
	a.ok(a.Change(deal, map[string]any{"StageName": "Closed Won"}, 0))
	call := a.make("Task", map[string]any{"Subject": "call", "WhoId": person, "TaskSubtype": "Call", "CompletedDateTime": at, "Status": "Completed"})
	todo := a.make("Task", map[string]any{"Subject": "todo", "WhoId": lead, "ActivityDate": "2026-02-03"})
	mail := a.make("Task", map[string]any{"Subject": "mail", "WhoId": lead, "TaskSubtype": "Email", "CompletedDateTime": at, "Status": "Completed"})
	twin := a.make("Task", map[string]any{"Subject": "twin", "WhoId": person, "TaskSubtype": "Email", "CompletedDateTime": at, "Status": "Completed"})
	message := a.make("EmailMessage", map[string]any{"Subject": "twin", "ActivityId": twin, "RelatedToId": home, "MessageDate": at, "Status": "3"})
	a.make("EmailMessageRelation", map[string]any{"EmailMessageId": message, "RelationId": person, "RelationType": "ToAddress"})
	meeting := a.make("Event", map[string]any{"Subject": "meeting", "WhoId": person, "WhatId": deal, "StartDateTime": at, "DurationInMinutes": "30"})
	campaign := a.make("Campaign", map[string]any{"Name": "Fair"})
	member := a.make("CampaignMember", map[string]any{"CampaignId": campaign, "LeadId": lead, "Status": "Sent"})
	for name, change := range map[string]func(*salesforce.Options){"REST": func(*salesforce.Options) {}, "Bulk": byBulk} {
		t.Run(name, func(t *testing.T) {
			c := a.connect(change)
			for source, want := range map[string]map[string]struct {
				at     time.Time
				fields crm.Fields
				people []string
			}{
				crm.Calls:    {call: {at, crm.Fields{"Subject": "call"}, []string{person}}},
				crm.Tasks:    {todo: {at.Truncate(24 * time.Hour), crm.Fields{"Subject": "todo"}, []string{lead}}},
				crm.Emails:   {mail: {at, crm.Fields{"Subject": "mail"}, []string{lead}}, message: {at, crm.Fields{"Subject": "twin"}, []string{person}}},
				crm.Meetings: {meeting: {at, crm.Fields{"Subject": "meeting"}, []string{person}}},
				crm.Deals: {deal: {time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), crm.Fields{"Name": "Deal",
					"OpportunityHistories.StageName": "2026-11-20T09:30:00Z Prospecting;2026-11-20T10:30:00Z Closed Won"}, []string{person, other}}},
				crm.Campaigns: {member: {at: a.now().Truncate(time.Second), fields: crm.Fields{"Campaign.Name": "Fair"}, people: []string{lead}}},
			} {
				fields := []string{"Subject"}
				switch source {
				case crm.Deals:
					fields = []string{"Name", "OpportunityHistories.StageName"}
				case crm.Campaigns:
					fields = []string{"Campaign.Name"}
				}
				got, _ := activities(t, c, crm.Query{Object: source, Fields: fields})
				if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))); diff != "" {
					t.Errorf("%s (-want +got):\n%s", source, diff)
				}
				for id, w := range want {
					g := got[id]
					if !g.Time.Equal(w.at) || !maps.Equal(g.Fields, w.fields) || !slices.Equal(g.Links[crm.People], w.people) {
						t.Errorf("%s: got %v %v %v, want %v", source, g.Time, g.Fields, g.Links, w)
					}
				}
			}
		})
	}
}

// TestContactRoleAlone: a role that comes or goes does not touch its opportunity, and is noticed all the same.
func TestContactRoleAlone(t *testing.T) {
	a := begin(t)
	c := a.connect()
	person := a.contact("", "a")
	deal := a.make("Opportunity", map[string]any{"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2026-03-01"})
	a.pass(time.Hour)
	q := crm.Query{Object: crm.Deals, Fields: []string{"Name"}}
	_, q.Cursor = activities(t, c, q)
	a.pass(time.Hour)
	a.make("OpportunityContactRole", map[string]any{"OpportunityId": deal, "ContactId": person})
	got, _ := activities(t, c, q)
	if !slices.Equal(got[deal].Links[crm.People], []string{person}) {
		t.Errorf("got %v", got)
	}
}

// TestArchived: activity older than a year is still read.
func TestArchived(t *testing.T) {
	for _, change := range []func(*salesforce.Options){func(*salesforce.Options) {}, byBulk} {
		a := begin(t)
		person := a.contact("", "a")
		for range 3 {
			a.make("Event", map[string]any{"Subject": "long ago", "WhoId": person, "StartDateTime": time.Date(2024, 2, 3, 4, 5, 6, 0, time.UTC), "DurationInMinutes": "30"})
		}
		if n := a.Archive(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)); n != 3 {
			t.Fatalf("%d archived", n)
		}
		got, _ := activities(t, a.connect(change), crm.Query{Object: crm.Meetings, Fields: []string{"Subject"}})
		if len(got) != 3 {
			t.Errorf("%d of 3 came", len(got))
		}
	}
}
