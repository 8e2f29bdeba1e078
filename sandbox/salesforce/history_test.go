package salesforce_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/sandbox/salesforce"
)

// changesOf reads the history of an object by queryAll, as "field: old → new".
func changesOf(o *org, object, parent, id string) []string {
	o.t.Helper()
	q := fmt.Sprintf("SELECT Id, %s, Field, DataType, OldValue, NewValue, CreatedDate FROM %s WHERE %s = '%s' ORDER BY CreatedDate, Id", parent, object, parent, id)
	var out []string
	for _, r := range records(o.do(200, "GET", "/services/data/v66.0/queryAll?q="+url.QueryEscape(q), nil)) {
		out = append(out, fmt.Sprintf("%v: %v → %v", r["Field"], r["OldValue"], r["NewValue"]))
	}
	return out
}

// TestFieldHistory: what is tracked shows from the moment it is, in the notation of its type; what is not leaves no trace.
func TestFieldHistory(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	o.must(o.AddField("Lead", "Points__c", "double(18,2)", false))
	o.must(o.AddField("Lead", "Member__c", "boolean", false))
	o.must(o.AddField("Lead", "Born__c", "date", false))
	o.must(o.AddField("Lead", "Topics__c", "multipicklist(a|b)", false))
	early := o.lead(body{"Title": "Buyer"})
	o.do(204, "PATCH", "/sobjects/Lead/"+early, body{"Title": "Chief Buyer"})
	o.must(o.Track("Lead", true, "Title", "Points__c", "Member__c", "Born__c", "Topics__c", "Description"))
	id := o.lead(body{"Title": "Buyer"})
	o.Pass(time.Hour)
	o.do(204, "PATCH", "/sobjects/Lead/"+id, body{"Title": "Director", "City": "Lyon", "Points__c": 1.5, "Member__c": true, "Born__c": "1990-02-03", "Topics__c": "a;b", "Description": "long"})
	o.Pass(time.Hour)
	o.do(204, "PATCH", "/sobjects/Lead/"+id, body{"Title": nil})
	want := []string{"created: <nil> → <nil>", "Title: Buyer → Director", "Description: <nil> → <nil>", "Points__c: <nil> → 1.5",
		"Member__c: false → true", "Born__c: <nil> → 1990-02-03", "Topics__c: <nil> → <nil>", "Title: Director → <nil>"}
	if diff := cmp.Diff(want, changesOf(o, "LeadHistory", "LeadId", id)); diff != "" {
		t.Error(diff)
	}
	if got := changesOf(o, "LeadHistory", "LeadId", early); got != nil {
		t.Errorf("from before tracking began: %v", got)
	}
	tracked := o.do(200, "GET", "/query?q="+url.QueryEscape("SELECT QualifiedApiName FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName = 'Lead' AND IsFieldHistoryTracked = true"), nil)
	if n := len(records(tracked)); n != 6 {
		t.Errorf("%d fields are tracked", n)
	}
	o.refused(400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "POST", "/sobjects/LeadHistory", body{"Field": "Title"})
}

// TestFieldHistoryLapses: eighteen months for everybody, six more for queryAll, and with the record at once.
func TestFieldHistoryLapses(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	o.must(o.Track("Lead", true, "Title"))
	id := o.lead(body{"Title": "Buyer"})
	o.do(204, "PATCH", "/sobjects/Lead/"+id, body{"Title": "Director"})
	shown := func() (live, all int) {
		o.token = o.Session("")
		return len(o.query("SELECT Id FROM LeadHistory")), len(changesOf(o, "LeadHistory", "LeadId", id))
	}
	for _, c := range []struct {
		after     time.Duration
		live, all int
	}{{0, 2, 2}, {19 * 30 * 24 * time.Hour, 0, 2}, {7 * 30 * 24 * time.Hour, 0, 0}} {
		o.Pass(c.after)
		if live, all := shown(); live != c.live || all != c.all {
			t.Errorf("%s later: %d rows, %d by queryAll", c.after, live, all)
		}
	}
	next := o.lead(body{"Title": "Buyer"})
	o.do(204, "DELETE", "/sobjects/Lead/"+next, nil)
	if n := len(o.query("SELECT Id FROM LeadHistory")); n != 0 {
		t.Errorf("%d rows of a deleted lead", n)
	}
}

// TestFieldHistoryOfMergesAndMoves: what a merge fills in shows with the master; a new account shows by name and by id; the
// lead keeps what it was when it is converted.
func TestFieldHistoryOfMergesAndMoves(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	o.must(o.Track("Lead", true, "Title", "Status"))
	o.must(o.Track("Contact", true, "AccountId"))
	master, loser := o.lead(body{"LastName": "A"}), o.lead(body{"LastName": "B", "Title": "Director"})
	o.must(o.Merge(master, loser))
	if diff := cmp.Diff([]string{"created: <nil> → <nil>", "Title: <nil> → Director"}, changesOf(o, "LeadHistory", "LeadId", master)); diff != "" {
		t.Error(diff)
	}
	first, second := o.create("Account", body{"Name": "First"}), o.create("Account", body{"Name": "Second"})
	contact := o.create("Contact", body{"LastName": "C", "AccountId": first})
	o.do(204, "PATCH", "/sobjects/Contact/"+contact, body{"AccountId": second})
	want := []string{"created: <nil> → <nil>", "Account: First → Second", "Account: " + first + " → " + second}
	if diff := cmp.Diff(want, changesOf(o, "ContactHistory", "ContactId", contact)); diff != "" {
		t.Error(diff)
	}
	if _, err := o.Convert(master, second, "", ""); err != nil {
		t.Fatal(err)
	}
	got := changesOf(o, "LeadHistory", "LeadId", master)
	if diff := cmp.Diff([]string{"Status: Open - Not Contacted → Closed - Converted", "leadConverted: <nil> → <nil>"}, got[2:]); diff != "" {
		t.Error(diff)
	}
	for name, err := range map[string]error{"an object without history": o.Track("User", true, "Email"), "a field that is not there": o.Track("Lead", true, "Shoe"),
		"a formula": o.Track("Lead", true, "Name")} {
		if err == nil {
			t.Errorf("%s was tracked", name)
		}
	}
}
