package salesforce_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/sandbox/salesforce"
)

func TestQueryMore(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	for range 5 {
		var rows []any
		for range 100 {
			rows = append(rows, body{"attributes": body{"type": "Account"}, "Name": "A"})
		}
		o.do(200, "POST", "/composite/sobjects", body{"records": rows})
	}
	o.header.Set("Sforce-Query-Options", "batchSize=200")
	seen := map[any]bool{}
	path, pages := "/query/?q="+url.QueryEscape("SELECT Id FROM Account ORDER BY Id"), 0
	var next string
	for path != "" {
		b := o.do(200, "GET", path, nil)
		if b["totalSize"] != 500.0 {
			t.Fatalf("totalSize %v", b["totalSize"])
		}
		for _, r := range records(b) {
			seen[r["Id"]] = true
		}
		pages++
		if path, _ = b["nextRecordsUrl"].(string); path != "" {
			next = path
		} else if b["done"] != true {
			t.Error("not done, and no next page")
		}
	}
	if pages != 3 || len(seen) != 500 {
		t.Errorf("%d pages, %d records", pages, len(seen))
	}
	o.do(200, "GET", next, nil) // a page can be read again
	other := o.token
	o.token = o.Session(salesforce.AdminUser)
	o.refused(400, "INVALID_QUERY_LOCATOR", "GET", next, nil)
	o.token = other
	o.Pass(time.Hour)
	o.do(200, "GET", next, nil)
	o.DropCursors()
	o.refused(400, "INVALID_QUERY_LOCATOR", "GET", next, nil)
	o.refused(400, "INVALID_QUERY_LOCATOR", "GET", "/query/nonsense", nil)
}

func TestQueryRefusals(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	for soql, code := range map[string]string{
		"SELECT Nope FROM Lead":                         "INVALID_FIELD",
		"SELECT Id FROM Nope":                           "INVALID_TYPE",
		"SELEC Id FROM Lead":                            "MALFORMED_QUERY",
		"SELECT Id FROM Lead WHERE Description = 'x'":   "INVALID_FIELD",
		"SELECT Id FROM ScratchOrgInfo LIMIT 1":         "INVALID_TYPE",
		"SELECT Id, Score__c FROM Lead ORDER BY Name":   "INVALID_FIELD",
		"SELECT Id FROM Lead LIMIT 1 OFFSET 2001":       "NUMBER_OUTSIDE_VALID_RANGE",
		"SELECT Id FROM Lead WHERE NumberOfEmployees=x": "MALFORMED_QUERY",
	} {
		o.refused(400, code, "GET", "/query?q="+url.QueryEscape(soql), nil)
	}
	o.refused(400, "MALFORMED_QUERY", "GET", "/query", nil)
	o.refused(414, "URI_TOO_LONG", "GET", "/query?q="+strings.Repeat("x", 17_000), nil)
}

func TestFieldLevelSecurity(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	names := func() map[string]bool {
		out := map[string]bool{}
		for _, x := range o.do(200, "GET", "/sobjects/Lead/describe", nil)["fields"].([]any) {
			f := x.(body)
			out[f["name"].(string)] = f["updateable"].(bool)
		}
		return out
	}
	field := o.do(201, "POST", "/tooling/sobjects/CustomField/", body{"FullName": "Lead.Score__c",
		"Metadata": body{"type": "Number", "label": "Score", "precision": 5, "scale": 0, "required": false}})["id"].(string)
	if !strings.HasPrefix(field, "00N") {
		t.Errorf("id %q", field)
	}
	o.refused(400, "DUPLICATE_DEVELOPER_NAME", "POST", "/tooling/sobjects/CustomField", body{"FullName": "Lead.Score__c", "Metadata": body{"type": "Number", "label": "Score", "precision": 5}})
	if _, there := names()["Score__c"]; there {
		t.Fatal("a new field shows without permission")
	}
	o.refused(400, "INVALID_FIELD", "GET", "/query?q=SELECT+Score__c+FROM+Lead", nil)

	me := o.do(200, "GET", "/services/oauth2/userinfo", nil)["user_id"]
	set := o.create("PermissionSet", body{"Name": "Scoring", "Label": "Scoring"})
	grant := o.create("FieldPermissions", body{"ParentId": set, "SobjectType": "Lead", "Field": "Lead.Score__c", "PermissionsRead": true, "PermissionsEdit": false})
	if _, there := names()["Score__c"]; there {
		t.Fatal("the set is not assigned yet")
	}
	o.refused(400, "DUPLICATE_DEVELOPER_NAME", "POST", "/sobjects/PermissionSet", body{"Name": "scoring", "Label": "Again"})
	for code, grant := range map[string]body{
		"DUPLICATE_VALUE":                         {"Field": "Lead.Score__c"},
		"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": {"Field": "Lead.Nope__c"},
		"FIELD_INTEGRITY_EXCEPTION":               {"Field": "Lead.LastName"},
	} {
		grant["ParentId"], grant["SobjectType"], grant["PermissionsRead"] = set, "Lead", true
		o.refused(400, code, "POST", "/sobjects/FieldPermissions", grant)
	}
	assigned := o.create("PermissionSetAssignment", body{"PermissionSetId": set, "AssigneeId": me})
	if editable, there := names()["Score__c"]; !there || editable {
		t.Fatalf("there %v, editable %v", there, editable)
	}
	id := o.lead(body{})
	o.refused(400, "INVALID_FIELD_FOR_INSERT_UPDATE", "PATCH", "/sobjects/Lead/"+id, body{"Score__c": 5})
	o.do(204, "PATCH", "/sobjects/FieldPermissions/"+grant, body{"PermissionsEdit": true})
	o.do(204, "PATCH", "/sobjects/Lead/"+id, body{"Score__c": 5})
	if got := o.one("SELECT Score__c FROM Lead"); got["Score__c"] != 5.0 {
		t.Errorf("%v", got)
	}
	o.do(204, "DELETE", "/sobjects/PermissionSetAssignment/"+assigned, nil)
	o.refused(400, "INVALID_FIELD", "PATCH", "/sobjects/Lead/"+id, body{"Score__c": 6})

	o.HideField("Contact.Email", false)
	o.refused(400, "INVALID_FIELD", "GET", "/query?q=SELECT+Email+FROM+Contact", nil)
	o.HideField("EmailMessage", false)
	o.refused(400, "INVALID_TYPE", "GET", "/query?q=SELECT+Id+FROM+EmailMessage", nil)
	o.refused(404, "NOT_FOUND", "GET", "/sobjects/EmailMessage/describe", nil)
	o.ShowField("EmailMessage")
	o.do(200, "GET", "/sobjects/EmailMessage/describe", nil)
	o.do(204, "DELETE", "/tooling/sobjects/CustomField/"+field, nil)
	if n := len(o.query("SELECT Id FROM FieldPermissions")); n != 0 {
		t.Errorf("%d permissions outlive their field", n)
	}
	o.SetRight(salesforce.CustomizeApplication, false)
	o.refused(400, "INSUFFICIENT_ACCESS_OR_READONLY", "POST", "/sobjects/PermissionSet", body{"Name": "More", "Label": "More"})
	o.SetRight(salesforce.ViewSetup, false)
	o.refused(403, "INSUFFICIENT_ACCESS", "GET", "/limits", nil)
	o.refused(400, "INSUFFICIENT_ACCESS", "POST", "/tooling/sobjects/CustomField", body{"FullName": "Lead.B__c", "Metadata": body{"type": "Checkbox", "label": "B"}})
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	o.must(o.AddField("Lead", "Grade__c", "picklist(A|B)", false, "restricted"))
	d := o.do(200, "GET", "/sobjects/Lead/describe/", nil)
	byName := map[string]body{}
	for _, x := range d["fields"].([]any) {
		byName[x.(body)["name"].(string)] = x.(body)
	}
	for _, c := range []struct {
		field, key string
		want       any
	}{
		{"Id", "type", "id"}, {"Id", "updateable", false}, {"LastName", "nillable", false}, {"LastName", "compoundFieldName", "Name"},
		{"Street", "compoundFieldName", "Address"}, {"Address", "type", "address"}, {"OwnerId", "relationshipName", "Owner"},
		{"OwnerId", "polymorphicForeignKey", true}, {"Grade__c", "restrictedPicklist", true}, {"Grade__c", "custom", true},
		{"Description", "filterable", false}, {"IsConverted", "updateable", false}, {"SystemModstamp", "type", "datetime"}, {"Email", "idLookup", true},
		{"NumberOfEmployees", "type", "int"}, {"AnnualRevenue", "precision", 18.0}, {"Name", "nameField", true},
	} {
		if got := byName[c.field][c.key]; got != c.want {
			t.Errorf("%s.%s is %v, want %v", c.field, c.key, got, c.want)
		}
	}
	if d["keyPrefix"] != "00Q" || d["replicateable"] != true {
		t.Errorf("%v %v", d["keyPrefix"], d["replicateable"])
	}
	o.header.Set("If-Modified-Since", o.raw("GET", "/sobjects/Lead/describe", nil).Header.Get("Last-Modified"))
	o.text(304, "GET", "/sobjects/Lead/describe", nil)
	o.Pass(time.Minute)
	o.must(o.AddField("Lead", "More__c", "boolean", false))
	o.do(200, "GET", "/sobjects/Lead/describe", nil)
	o.do(200, "GET", "/sobjects", nil)
	o.do(200, "GET", "/sobjects/Lead", nil)
}

func TestUpdatedAndDeleted(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	kept, gone := o.lead(body{}), o.lead(body{})
	campaign := o.create("Campaign", body{"Name": "C"})
	member := o.create("CampaignMember", body{"CampaignId": campaign, "LeadId": kept})
	o.Pass(10 * time.Minute)
	o.do(204, "DELETE", "/sobjects/Lead/"+gone, nil)
	o.do(204, "DELETE", "/sobjects/CampaignMember/"+member, nil)
	window := fmt.Sprintf("?start=%s&end=%s", url.QueryEscape("2026-11-20T09:00:00+00:00"), url.QueryEscape("2026-11-20T10:00:00+00:00"))
	if b := o.do(200, "GET", "/sobjects/Lead/updated/"+window, nil); len(b["ids"].([]any)) != 1 || b["latestDateCovered"] != "2026-11-20T09:40:00.000+0000" {
		t.Errorf("%v", b)
	}
	b := o.do(200, "GET", "/sobjects/Lead/deleted/"+window, nil)
	want := []any{body{"id": gone, "deletedDate": "2026-11-20T09:40:00.000+0000"}}
	if diff := cmp.Diff(want, b["deletedRecords"]); diff != "" {
		t.Error(diff)
	}
	if b["earliestDateAvailable"] != "2026-11-05T09:40:00.000+0000" {
		t.Errorf("%v", b["earliestDateAvailable"])
	}
	if b := o.do(200, "GET", "/sobjects/CampaignMember/deleted/"+window, nil); len(b["deletedRecords"].([]any)) != 1 {
		t.Errorf("%v", b)
	}
	if n := o.do(200, "GET", "/queryAll?q=SELECT+COUNT()+FROM+CampaignMember", nil)["totalSize"]; n != 0.0 {
		t.Errorf("%v campaign members in the bin", n)
	}
	o.refused(400, "INVALID_REPLICATION_DATE", "GET", "/sobjects/Lead/deleted?start=2026-10-01T00:00:00Z&end=2026-11-20T00:00:00Z", nil)
	o.refused(400, "INVALID_REPLICATION_DATE", "GET", "/sobjects/Lead/updated?start=nonsense&end=2026-11-20T00:00:00Z", nil)
}

func TestVersions(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	o.token = ""
	all := o.do(200, "GET", "/services/data", nil)["all"].([]any)
	last := all[len(all)-1].(body)
	if diff := cmp.Diff(body{"label": "Summer '26", "url": "/services/data/v67.0", "version": "67.0"}, last); diff != "" {
		t.Error(diff)
	}
	if l := all[len(all)-2].(body)["label"]; l != "Spring '26" {
		t.Errorf("v66 is %v", l)
	}
	if l := all[len(all)-3].(body)["label"]; l != "Winter '26" {
		t.Errorf("v65 is %v", l)
	}
	o.token = o.Session("")
	o.refused(410, "UNSUPPORTED_API_VERSION", "GET", "/services/data/v30.0/limits", nil)
	o.refused(404, "NOT_FOUND", "GET", "/services/data/v99.0/limits", nil)
	o.refused(404, "NOT_FOUND", "GET", "/services/data/v66.0/nonsense", nil)
	o.do(200, "GET", "/services/data/v66.0/", nil)
}

func TestColumns(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	b := o.do(200, "GET", "/query?columns=true&q="+url.QueryEscape("SELECT Id, Account.Name, Account.Owner.Name FROM Contact"), nil)
	columns := b["columnMetadata"].([]any)
	account := columns[1].(body)
	if b["entityName"] != "Contact" || account["columnName"] != "Account" || len(account["joinColumns"].([]any)) != 2 {
		t.Errorf("%v", b)
	}
}
