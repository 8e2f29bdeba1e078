package salesforce_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/bareme/bareme/sandbox/salesforce"
)

// TestPacked: requests may be packed, and so may answers.
func TestPacked(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := io.WriteString(z, `{"Name":"Packed"}`); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	o.header.Set("Content-Encoding", "gzip")
	o.do(201, "POST", "/sobjects/Account", packed.String())
	o.refused(400, "JSON_PARSER_ERROR", "POST", "/sobjects/Account", "not packed")
	o.header.Del("Content-Encoding")
	o.header.Set("Accept-Encoding", "gzip")
	res := o.raw("GET", "/sobjects/Account/describe", nil)
	if res.Header.Get("Content-Encoding") != "gzip" {
		t.Fatal("not packed")
	}
	r, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil || !strings.Contains(string(text), "BillingAddress") {
		t.Error(err, len(text))
	}
}

// TestNames: paths, objects, fields and ids are read in any case.
func TestNames(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	id := o.create("account", body{"name": "A", "BILLINGCITY": "Lyon"})
	for _, path := range []string{"/sobjects/ACCOUNT/" + id, "/sobjects/account/" + id[:15] + "/", "/sobjects/Account/" + strings.ToLower(id) + "?fields=NAME"} {
		if got := o.do(200, "GET", path, nil); got["Name"] != "A" || got["Id"] != id {
			t.Errorf("%s: %v", path, got)
		}
	}
	if got := o.do(200, "GET", "/sobjects/Account/"+id, nil); got["BillingAddress"].(body)["city"] != "Lyon" {
		t.Errorf("%v", got)
	}
	o.refused(400, "INVALID_FIELD", "GET", "/sobjects/Account/"+id+"?fields=Nope", nil)
	o.refused(400, "INVALID_FIELD", "PATCH", "/sobjects/Account/"+id, body{"Id": id, "Name": "B"})
	o.refused(400, "INVALID_FIELD", "POST", "/sobjects/Account", body{"Id": id, "Name": "B"})
	me := o.do(200, "GET", "/services/oauth2/userinfo", nil)
	o.do(200, "GET", "/id/"+o.OrgID()+"/"+me["user_id"].(string), nil)
	o.refused(403, "FORBIDDEN", "GET", "/id/"+o.OrgID()+"/005Qy00000000zzIAA", nil)
	if got := o.one("SELECT Id, IsSandbox FROM Organization"); got["Id"] != o.OrgID() {
		t.Errorf("%v", got)
	}
}

// TestFieldChanges: a picklist gains a value, a text grows, a field goes and every record's stamp moves.
func TestFieldChanges(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	values := func(names ...string) body {
		var all []any
		for _, n := range names {
			all = append(all, body{"fullName": n, "label": n})
		}
		return body{"type": "Picklist", "label": "Grade", "valueSet": body{"restricted": true, "valueSetDefinition": body{"sorted": false, "value": all}}}
	}
	field := o.do(201, "POST", "/tooling/sobjects/CustomField", body{"FullName": "Contact.Grade__c", "Metadata": values("A", "B")})["id"].(string)
	set := o.create("PermissionSet", body{"Name": "S", "Label": "S"})
	o.create("FieldPermissions", body{"ParentId": set, "SobjectType": "Contact", "Field": "Contact.Grade__c", "PermissionsRead": true, "PermissionsEdit": true})
	o.create("PermissionSetAssignment", body{"PermissionSetId": set, "AssigneeId": o.do(200, "GET", "/services/oauth2/userinfo", nil)["user_id"]})
	id := o.create("Contact", body{"LastName": "C", "Grade__c": "A"})
	o.refused(400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "PATCH", "/sobjects/Contact/"+id, body{"Grade__c": "C"})
	o.text(204, "PATCH", "/tooling/sobjects/CustomField/"+field, body{"Metadata": values("A", "B", "C")})
	o.do(204, "PATCH", "/sobjects/Contact/"+id, body{"Grade__c": "C"})
	o.do(204, "PATCH", "/sobjects/Contact/"+id, body{"Grade__c": nil})
	if got := o.one("SELECT Grade__c FROM Contact"); got["Grade__c"] != nil {
		t.Errorf("%v", got)
	}
	for name, metadata := range map[string]body{
		"Contact.Grade":   values("A"),
		"Contact.G__c":    {"type": "Text", "label": "G"},
		"Contact.H__c":    {"type": "LongTextArea", "label": "H", "length": 10},
		"Contact.I__c":    {"type": "Number", "label": "I", "precision": 30},
		"Contact.J__c":    {"type": "Nonsense", "label": "J"},
		"Contact.K__c":    {"type": "Picklist", "label": "K"},
		"Contact.L__c":    {"type": "Date"},
		"Nope.M__c":       {"type": "Date", "label": "M"},
		"Contact.N__c":    values("A", "A"),
		"Contact.Two__c_": {"type": "Date", "label": "O"},
	} {
		if res := o.raw("POST", "/tooling/sobjects/CustomField", body{"FullName": name, "Metadata": metadata}); res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
	o.text(204, "DELETE", "/tooling/sobjects/CustomField/"+field, nil)
	o.refused(400, "INVALID_FIELD", "GET", "/query?q=SELECT+Grade__c+FROM+Contact", nil)
}
