package salesforce_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/sandbox/salesforce"
)

func TestUpsert(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	scoreFields(o)
	o.header.Set("Sforce-Auto-Assign", "FALSE")
	path := "/sobjects/Lead/Ext__c/a%20b"
	made := o.do(201, "PATCH", path, body{"LastName": "Doe", "Company": "Acme"})
	if made["created"] != true {
		t.Errorf("%v", made)
	}
	again := o.do(200, "PATCH", path, body{"Title": "CEO"})
	if again["created"] != false || again["id"] != made["id"] {
		t.Errorf("%v", again)
	}
	o.text(204, "PATCH", "/services/data/v45.0"+path, body{"Title": "CFO"})
	if got := o.do(200, "GET", path, nil); got["Title"] != "CFO" || got["Ext__c"] != "a b" {
		t.Errorf("%v", got)
	}
	twin := o.lead(body{"Ext__c": "a b"})
	o.header.Set("Sforce-Auto-Assign", "FALSE")
	want := `["/services/data/v66.0/sobjects/Lead/` + made["id"].(string) + `","/services/data/v66.0/sobjects/Lead/` + twin + `"]`
	if got := o.text(300, "PATCH", path, body{"Title": "x"}); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if m := o.refused(404, "NOT_FOUND", "PATCH", "/sobjects/Lead/Namez/x", body{}); m != "Provided external ID field does not exist or is not accessible: Namez" {
		t.Errorf("message %q", m)
	}
	all := o.do(200, "PATCH", "/composite/sobjects/Lead/Ext__c", body{"records": []any{
		body{"attributes": body{"type": "Lead"}, "Ext__c": "new", "LastName": "Roe", "Company": "Acme"},
		body{"attributes": body{"type": "Lead"}, "Ext__c": "new", "Title": "CEO"},
		body{"attributes": body{"type": "Lead"}, "Title": "CEO"},
	}})["all"].([]any)
	var created []any
	for _, x := range all {
		created = append(created, x.(body)["created"])
	}
	if diff := cmp.Diff([]any{true, false, false}, created); diff != "" || all[2].(body)["success"] != false {
		t.Error(diff, all[2])
	}
	o.text(204, "DELETE", "/sobjects/Lead/Ext__c/new", nil)
	o.refused(404, "NOT_FOUND", "GET", "/sobjects/Lead/Ext__c/new", nil)
}

func TestReferencesByValue(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	o.must(o.AddField("Account", "Number__c", "string(20)", false, "externalid", "unique"))
	account := o.create("Account", body{"Name": "A", "Number__c": "n1"})
	o.refused(400, "DUPLICATE_VALUE", "POST", "/sobjects/Account", body{"Name": "B", "Number__c": "N1"})
	id := o.create("Contact", body{"LastName": "C", "Account": body{"Number__c": "n1"}, "Owner": body{"Username": salesforce.AdminUser}})
	if got := o.one("SELECT AccountId, Owner.Username FROM Contact"); got["AccountId"] != account || got["Owner"].(body)["Username"] != salesforce.AdminUser {
		t.Errorf("%s: %v", id, got)
	}
	m := o.refused(400, "INVALID_FIELD", "POST", "/sobjects/Contact", body{"LastName": "C", "Account": body{"Number__c": "n9"}})
	if m != "Foreign key external ID: n9 not found for field Number__c in entity Account" {
		t.Errorf("message %q", m)
	}
}

func TestComposite(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	requests := []any{
		body{"method": "POST", "url": api + "/sobjects/Account", "referenceId": "acc", "body": body{"Name": "A"}},
		body{"method": "POST", "url": api + "/sobjects/Contact", "referenceId": "con", "body": body{"LastName": "C", "AccountId": "@{acc.id}"}},
		body{"method": "GET", "url": api + "/query?q=SELECT+Id,AccountId+FROM+Contact", "referenceId": "q"},
		body{"method": "GET", "url": api + "/sobjects/Contact/@{q.records[0].Id}", "referenceId": "read"},
	}
	all := o.do(200, "POST", "/composite", body{"compositeRequest": requests})["compositeResponse"].([]any)
	var status []any
	for _, x := range all {
		status = append(status, x.(body)["httpStatusCode"])
	}
	if diff := cmp.Diff([]any{201.0, 201.0, 200.0, 200.0}, status); diff != "" {
		t.Fatal(diff, all)
	}
	if got := all[3].(body)["body"].(body); got["AccountId"] != all[0].(body)["body"].(body)["id"] {
		t.Errorf("%v", got)
	}
	bad := body{"method": "POST", "url": api + "/sobjects/Contact", "referenceId": "bad", "body": body{"Title": "x"}}
	all = o.do(200, "POST", "/composite", body{"allOrNone": true, "compositeRequest": append(requests[:2:2], bad)})["compositeResponse"].([]any)
	if all[0].(body)["httpStatusCode"] != 400.0 || all[2].(body)["httpStatusCode"] != 400.0 {
		t.Errorf("%v", all)
	}
	if n := len(o.query("SELECT Id FROM Account")); n != 1 {
		t.Errorf("%d accounts after a rolled-back request", n)
	}
	all = o.do(200, "POST", "/composite", body{"compositeRequest": []any{bad, body{"method": "GET", "url": api + "/sobjects/Contact/@{bad.id}", "referenceId": "r"}}})["compositeResponse"].([]any)
	if e := all[1].(body)["body"].([]any)[0].(body); e["errorCode"] != "PROCESSING_HALTED" {
		t.Errorf("%v", e)
	}
	var many []any
	for i := range 26 {
		many = append(many, body{"method": "GET", "url": api + "/limits", "referenceId": "r" + string(rune('a'+i))})
	}
	o.refused(400, "LIMIT_EXCEEDED", "POST", "/composite", body{"compositeRequest": many})
}

func TestTree(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	record := func(last any) body {
		return body{"attributes": body{"type": "Account", "referenceId": "a"}, "Name": "A", "Contacts": body{"records": []any{
			body{"attributes": body{"type": "Contact", "referenceId": "c"}, "LastName": last}}}}
	}
	if b := o.do(201, "POST", "/composite/tree/Account/", body{"records": []any{record("C")}}); len(b["results"].([]any)) != 2 {
		t.Errorf("%v", b)
	}
	if got := o.one("SELECT Account.Name FROM Contact"); got["Account"].(body)["Name"] != "A" {
		t.Errorf("%v", got)
	}
	o.do(400, "POST", "/composite/tree/Account/", body{"records": []any{record(nil)}})
	if n := len(o.query("SELECT Id FROM Account")); n != 1 {
		t.Errorf("%d accounts", n)
	}
}

// TestConversion: a converted lead names its contact, activities move there, and nobody writes to the lead any more.
func TestConversion(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	lead := o.lead(body{"FirstName": "Ann", "Email": "ann@acme.example"})
	o.create("Task", body{"WhoId": lead, "Subject": "Call", "Status": "Completed", "ActivityDate": "2026-11-19"})
	member := o.create("CampaignMember", body{"CampaignId": o.create("Campaign", body{"Name": "C"}), "LeadId": lead})
	o.Pass(time.Minute)
	contact, err := o.Convert(lead, "", "", "Deal")
	o.must(err)
	got := o.one("SELECT IsConverted, ConvertedContactId, ConvertedAccount.Name, ConvertedOpportunity.Name, Status FROM Lead")
	if got["IsConverted"] != true || got["ConvertedContactId"] != contact || got["Status"] != "Closed - Converted" ||
		got["ConvertedAccount"].(body)["Name"] != "Acme" || got["ConvertedOpportunity"].(body)["Name"] != "Deal" {
		t.Errorf("%v", got)
	}
	if task := o.one("SELECT WhoId, Who.Type, Account.Name FROM Task"); task["WhoId"] != contact || task["Account"] == nil {
		t.Errorf("%v", task)
	}
	if m := o.one("SELECT Id, LeadId, ContactId FROM CampaignMember"); m["Id"] != member || m["ContactId"] != contact || m["LeadId"] != lead {
		t.Errorf("%v", m)
	}
	o.refused(400, "CANNOT_UPDATE_CONVERTED_LEAD", "PATCH", "/sobjects/Lead/"+lead, body{"Title": "x"})
	o.SetRight(salesforce.EditConvertedLeads, true)
	o.do(204, "PATCH", "/sobjects/Lead/"+lead, body{"Title": "x"})
}

func TestMerge(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	a := o.create("Contact", body{"LastName": "A"})
	b := o.create("Contact", body{"LastName": "B", "Title": "CEO"})
	o.create("Task", body{"WhoId": b, "Subject": "x"})
	o.Pass(time.Minute)
	o.must(o.Merge(a, b))
	all := records(o.do(200, "GET", "/queryAll?q=SELECT+Id,IsDeleted,MasterRecordId,Title+FROM+Contact+ORDER+BY+Id", nil))
	for _, r := range all {
		delete(r, "attributes")
	}
	want := []body{{"Id": a, "IsDeleted": false, "MasterRecordId": nil, "Title": "CEO"}, {"Id": b, "IsDeleted": true, "MasterRecordId": a, "Title": "CEO"}}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Error(diff)
	}
	if got := o.one("SELECT WhoId FROM Task"); got["WhoId"] != a {
		t.Errorf("%v", got)
	}
	if o.Merge(a, b) == nil || o.Merge(a, a) == nil {
		t.Error("merged what cannot be merged")
	}
}

func TestBin(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	account := o.create("Account", body{"Name": "A"})
	contact := o.create("Contact", body{"LastName": "C", "AccountId": account})
	o.do(204, "DELETE", "/sobjects/Account/"+account, nil)
	if n := len(o.query("SELECT Id FROM Contact")); n != 0 {
		t.Errorf("%d contacts outlive their account", n)
	}
	o.must(o.Undelete(contact))
	if n := len(o.query("SELECT Id FROM Contact")); n != 1 {
		t.Errorf("%d contacts", n)
	}
	if o.Undelete(contact) == nil {
		t.Error("undeleted twice")
	}
	o.EmptyBin()
	if n := o.do(200, "GET", "/queryAll?q=SELECT+COUNT()+FROM+Account", nil)["totalSize"]; n != 0.0 {
		t.Errorf("%v accounts", n)
	}
	o.must(o.Purge(contact))
	o.refused(404, "NOT_FOUND", "GET", "/sobjects/Contact/"+contact, nil)
}

// TestStamps: what moves SystemModstamp, what LastModifiedDate, and by whom.
func TestStamps(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	contact := o.create("Contact", body{"LastName": "C"})
	stamps := func() []any {
		r := o.one("SELECT SystemModstamp, LastModifiedDate, LastActivityDate FROM Contact")
		return []any{r["SystemModstamp"], r["LastModifiedDate"], r["LastActivityDate"]}
	}
	o.Pass(1500 * time.Millisecond)
	o.create("Event", body{"WhoId": contact, "Subject": "x", "StartDateTime": "2026-11-20T08:00:00Z", "DurationInMinutes": 30})
	want := []any{"2026-11-20T09:30:01.000+0000", "2026-11-20T09:30:00.000+0000", "2026-11-20"}
	if diff := cmp.Diff(want, stamps()); diff != "" {
		t.Error(diff)
	}
	o.Pass(time.Minute)
	o.must(o.Change(contact, map[string]any{"Title": "late"}, 30*time.Second))
	want = []any{"2026-11-20T09:30:31.000+0000", "2026-11-20T09:30:31.000+0000", "2026-11-20"}
	if diff := cmp.Diff(want, stamps()); diff != "" {
		t.Error(diff)
	}
	if n, err := o.TouchAll("Contact"); n != 1 || err != nil {
		t.Error(n, err)
	}
	if got := stamps(); got[0] != "2026-11-20T09:31:01.000+0000" || got[1] != want[1] {
		t.Errorf("%v", got)
	}
	o.header.Set("If-Unmodified-Since", "Fri, 20 Nov 2026 09:00:00 GMT")
	o.refused(412, "PRECONDITION_FAILED", "PATCH", "/sobjects/Contact/"+contact, body{"Title": "x"})
}

func TestOpportunityHistory(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	id := o.create("Opportunity", body{"Name": "O", "StageName": "Prospecting", "CloseDate": "2027-01-01", "Amount": 1000})
	o.Pass(time.Minute)
	o.do(204, "PATCH", "/sobjects/Opportunity/"+id, body{"StageName": "Closed Won"})
	o.do(204, "PATCH", "/sobjects/Opportunity/"+id, body{"Description": "nothing of note"})
	var got []any
	for _, r := range o.query("SELECT StageName, Probability, ExpectedRevenue FROM OpportunityHistory ORDER BY CreatedDate") {
		got = append(got, r["StageName"], r["Probability"], r["ExpectedRevenue"])
	}
	if diff := cmp.Diff([]any{"Prospecting", 10.0, 100.0, "Closed Won", 100.0, 1000.0}, got); diff != "" {
		t.Error(diff)
	}
	if r := o.one("SELECT IsWon, IsClosed, ForecastCategoryName, (SELECT StageName FROM OpportunityHistories) FROM Opportunity"); r["IsWon"] != true || r["IsClosed"] != true ||
		len(records(r["OpportunityHistories"].(body))) != 2 {
		t.Errorf("%v", r)
	}
	o.refused(400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "POST", "/sobjects/OpportunityHistory", body{"OpportunityId": id})
}

func TestPersonAccounts(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{People: 200, Seed: 3, PersonAccounts: true})
	o.must(o.AddField("Contact", "Score__c", "double(5,0)", false))
	r := o.query("SELECT Id, Name, PersonContactId, PersonEmail FROM Account WHERE IsPersonAccount = true AND PersonEmail != null")[0]
	contact, _ := r["PersonContactId"].(string)
	o.Pass(time.Minute)
	o.do(204, "PATCH", "/sobjects/Contact/"+contact, body{"Score__c": 7})
	account := r["Id"].(string)
	o.HideField("nothing", false)
	got := o.one("SELECT SystemModstamp, PersonContact.Score__c FROM Account WHERE Id = '" + account + "'")
	if got["SystemModstamp"] != "2026-11-20T09:31:00.000+0000" || got["PersonContact"].(body)["Score__c"] != 7.0 {
		t.Errorf("%v", got)
	}
	if strings.Contains(o.text(200, "GET", "/sobjects/Account/describe", nil), "Score__pc") != true {
		t.Error("no mirrored field")
	}
	plain := open(t, salesforce.Options{})
	plain.refused(400, "INVALID_FIELD", "GET", "/query?q=SELECT+IsPersonAccount+FROM+Account", nil)
}

func TestArchivedActivities(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	o.create("Task", body{"Subject": "old", "ActivityDate": "2025-01-01"})
	o.create("Task", body{"Subject": "new", "ActivityDate": "2026-11-01"})
	if n := o.Archive(o.Now().AddDate(-1, 0, 0)); n != 1 {
		t.Errorf("%d archived", n)
	}
	if n := len(o.query("SELECT Id FROM Task")); n != 1 {
		t.Errorf("%d in query", n)
	}
	if n := len(records(o.do(200, "GET", "/queryAll?q=SELECT+Id,IsArchived+FROM+Task", nil))); n != 2 {
		t.Errorf("%d in queryAll", n)
	}
}
