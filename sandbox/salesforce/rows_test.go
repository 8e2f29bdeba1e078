package salesforce_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/sandbox/salesforce"
)

// rowCase is a write of one lead that the org refuses.
type rowCase struct {
	name    string
	values  body
	prepare func(o *org, id string)
	code    string
	message string
	fields  []any
	status  int // of the write by REST; 0: 400
}

func rowCases() []rowCase {
	return []rowCase{
		{name: "required", values: body{"LastName": nil, "Company": ""}, code: "REQUIRED_FIELD_MISSING", message: "Required fields are missing: [LastName, Company]", fields: []any{"LastName", "Company"}},
		{name: "too long", values: body{"FirstName": strings.Repeat("x", 41)}, code: "STRING_TOO_LONG", message: "First Name: data value too large: " + strings.Repeat("x", 41) + " (max length=40)", fields: []any{"FirstName"}},
		{name: "number", values: body{"Score__c": 123456}, code: "NUMBER_OUTSIDE_VALID_RANGE", message: "Score: value outside of valid range on numeric field: 123456", fields: []any{"Score__c"}},
		{name: "picklist", values: body{"Grade__c": "Z"}, code: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message: "Grade: bad value for restricted picklist field: Z", fields: []any{"Grade__c"}},
		{name: "e-mail", values: body{"Email": "no address"}, code: "INVALID_EMAIL_ADDRESS", message: "Email: invalid email address: no address", fields: []any{"Email"}},
		{name: "owner unknown", values: body{"OwnerId": "005Qy00000000zzIAA"}, code: "INVALID_CROSS_REFERENCE_KEY", message: "invalid cross reference id", fields: []any{"OwnerId"}},
		{name: "owner of another kind", values: body{"OwnerId": "00QQy00000000zzMAA"}, code: "MALFORMED_ID", message: "Owner ID: id value of incorrect type: 00QQy00000000zzMAA", fields: []any{"OwnerId"}},
		{name: "read-only", values: body{"IsConverted": true}, code: "INVALID_FIELD_FOR_INSERT_UPDATE", message: "Unable to create/update fields: IsConverted. Please check the security settings of this field and verify that it is read/write for your profile or permission set.", fields: []any{"IsConverted"}},
		{name: "shown but not to be changed", values: body{"Title": "CEO"}, prepare: func(o *org, _ string) { o.HideField("Lead.Title", true) },
			code: "INVALID_FIELD_FOR_INSERT_UPDATE", message: "Unable to create/update fields: Title. Please check the security settings of this field and verify that it is read/write for your profile or permission set.", fields: []any{"Title"}},
		{name: "validation rule", values: body{"Title": "CEO"}, prepare: func(o *org, _ string) {
			o.must(o.AddRule(salesforce.Rule{Object: "Lead", Field: "Phone", When: "LastName", Equals: "Doe", Message: "A phone number is needed."}))
		}, code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", message: "A phone number is needed.", fields: []any{"Phone"}},
		{name: "trigger", values: body{"Title": "CEO"}, prepare: func(o *org, _ string) {
			o.must(o.AddRule(salesforce.Rule{Object: "Lead", Field: "Phone", Trigger: true}))
		}, code: "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message: "LeadGuard: execution of BeforeUpdate\n\ncaused by: System.DmlException: Phone must be filled in.\n\nTrigger.LeadGuard: line 7, column 1", fields: []any{}},
		{name: "locked", values: body{"Title": "CEO"}, prepare: func(o *org, id string) { o.Lock(id, -1) },
			code: "UNABLE_TO_LOCK_ROW", message: "unable to obtain exclusive access to this record", fields: []any{}},
		{name: "planned", values: body{"Title": "CEO"}, prepare: func(o *org, id string) {
			o.must(o.SpoilRows(salesforce.RowFault{ID: id, Code: "CANNOT_EXECUTE_FLOW_TRIGGER", Message: "no", Count: -1}))
		}, code: "CANNOT_EXECUTE_FLOW_TRIGGER", message: "no", fields: []any{}},
		{name: "converted", values: body{"Title": "CEO"}, prepare: func(o *org, id string) {
			_, err := o.Convert(id, "", "", "")
			o.must(err)
		}, code: "CANNOT_UPDATE_CONVERTED_LEAD", message: "cannot reference converted lead", fields: []any{}},
		{name: "deleted", values: body{"Title": "CEO"}, prepare: func(o *org, id string) { o.must(o.Delete(id)) },
			code: "ENTITY_IS_DELETED", message: "entity is deleted", fields: []any{}, status: 404},
		{name: "duplicate", values: body{"Title": "CEO"}, prepare: func(o *org, _ string) {
			o.lead(body{"Email": "SOME@body.example"})
			o.DuplicateRules(true)
		}, code: "DUPLICATES_DETECTED", message: "Use one of these records?", fields: []any{}},
	}
}

func (o *org) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// scoreFields gives leads the fields the cases write.
func scoreFields(o *org) {
	o.must(o.AddField("Lead", "Score__c", "double(5,0)", false))
	o.must(o.AddField("Lead", "Grade__c", "picklist(A|B|C)", false, "restricted"))
	o.must(o.AddField("Lead", "Ext__c", "string(40)", false, "externalid"))
}

// TestRefusedRows: the same refusal by REST, where it is the whole request's, and by collections, where it is the row's.
func TestRefusedRows(t *testing.T) {
	t.Parallel()
	for _, c := range rowCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := open(t, salesforce.Options{})
			scoreFields(o)
			id := o.lead(body{"Email": "some@body.example"})
			if c.prepare != nil {
				c.prepare(o, id)
			}
			status := c.status
			if status == 0 {
				status = 400
			}
			if m := o.refused(status, c.code, "PATCH", "/sobjects/Lead/"+id, c.values); m != c.message {
				t.Errorf("message %q, want %q", m, c.message)
			}
			record := body{"attributes": body{"type": "Lead"}, "Id": id}
			for k, v := range c.values {
				record[k] = v
			}
			all := o.do(200, "PATCH", "/composite/sobjects", body{"records": []any{record}})["all"].([]any)
			want := []any{body{"id": id, "success": false, "errors": []any{body{"statusCode": c.code, "message": c.message, "fields": c.fields}}}}
			if diff := cmp.Diff(want, all); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestUnreadable: what cannot even be read spoils a whole request.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	scoreFields(o)
	id := o.lead(body{})
	good := body{"attributes": body{"type": "Lead"}, "id": id, "Title": "CEO"}
	for _, c := range []struct {
		name string
		bad  body
		code string
	}{
		{"no such column", body{"attributes": body{"type": "Lead"}, "id": id, "Nope__c": 1}, "INVALID_FIELD"},
		{"no such object", body{"attributes": body{"type": "Nope"}, "id": id}, "INVALID_TYPE"},
		{"no type", body{"id": id}, "INVALID_TYPE"},
		{"not a number", body{"attributes": body{"type": "Lead"}, "id": id, "Score__c": "many"}, "INVALID_TYPE_ON_FIELD_IN_RECORD"},
		{"not a date", body{"attributes": body{"type": "Lead"}, "id": id, "EmailBouncedDate": "soon"}, "INVALID_TYPE_ON_FIELD_IN_RECORD"},
	} {
		o.refused(400, c.code, "PATCH", "/composite/sobjects", body{"records": []any{good, c.bad}})
		if got := o.one("SELECT Title FROM Lead"); got["Title"] != nil {
			t.Errorf("%s: the good record was written", c.name)
		}
	}
	o.refused(400, "JSON_PARSER_ERROR", "PATCH", "/composite/sobjects", "{")
	o.refused(400, "JSON_PARSER_ERROR", "PATCH", "/composite/sobjects", nil)
}

func TestAllOrNone(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	a, b := o.lead(body{}), o.lead(body{})
	o.Pass(time.Minute)
	rec := func(id, title string) body { return body{"attributes": body{"type": "Lead"}, "id": id, "Title": title} }
	before := o.query("SELECT Id, Title, OwnerId, SystemModstamp FROM Lead ORDER BY Id")
	all := o.do(200, "PATCH", "/composite/sobjects", body{"allOrNone": true, "records": []any{rec(a, "x"), rec(b, strings.Repeat("x", 200))}})["all"].([]any)
	first := all[0].(body)["errors"].([]any)[0].(body)
	if first["statusCode"] != "ALL_OR_NONE_OPERATION_ROLLED_BACK" || all[1].(body)["success"] != false {
		t.Errorf("%v", all)
	}
	if diff := cmp.Diff(before, o.query("SELECT Id, Title, OwnerId, SystemModstamp FROM Lead ORDER BY Id")); diff != "" {
		t.Errorf("something was written: %s", diff)
	}
	all = o.do(200, "POST", "/composite/sobjects", body{"allOrNone": true, "records": []any{
		body{"attributes": body{"type": "Account"}, "Name": "A"}, body{"attributes": body{"type": "Account"}}}})["all"].([]any)
	if len(all) != 2 || len(o.query("SELECT Id FROM Account")) != 0 {
		t.Errorf("%v", all)
	}
}

func TestCollectionLimits(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	var many, mixed []any
	for i := range 201 {
		many = append(many, body{"attributes": body{"type": "Account"}, "Name": "A"})
		if i < 11 {
			mixed = append(mixed, body{"attributes": body{"type": []string{"Account", "Contact"}[i%2]}, "Name": "A", "LastName": "B"})
		}
	}
	o.refused(400, "INVALID_INPUT", "POST", "/composite/sobjects", body{"records": many})
	o.do(200, "POST", "/composite/sobjects", body{"records": many[:200]})
	o.refused(400, "INVALID_INPUT", "POST", "/composite/sobjects", body{"records": mixed})
	ids := []string{}
	for _, r := range o.query("SELECT Id FROM Account LIMIT 3") {
		ids = append(ids, r["Id"].(string))
	}
	got := o.do(200, "POST", "/composite/sobjects/Account", body{"ids": append(ids, "001Qy0000zzzzzz"), "fields": []string{"Id", "Name"}})["all"].([]any)
	if len(got) != 4 || got[3] != nil || got[0].(body)["Name"] != "A" {
		t.Errorf("%v", got)
	}
	o.do(200, "DELETE", "/composite/sobjects?ids="+strings.Join(ids, ","), nil)
	if n := len(o.query("SELECT Id FROM Account")); n != 197 {
		t.Errorf("%d left", n)
	}
}

// TestAssignmentTrap: without the header a write of a lead changes its owner.
func TestAssignmentTrap(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	id := o.lead(body{})
	owner := func() any { return o.one("SELECT Owner.Type, OwnerId FROM Lead")["OwnerId"] }
	mine := owner()
	record := body{"records": []any{body{"attributes": body{"type": "Lead"}, "id": id, "Title": "CEO"}}}
	o.header.Set("Sforce-Auto-Assign", "FALSE")
	o.do(200, "PATCH", "/composite/sobjects", record)
	o.do(204, "PATCH", "/sobjects/Lead/"+id, body{"Title": "CFO"})
	if owner() != mine {
		t.Fatal("the owner changed in spite of the header")
	}
	o.header.Del("Sforce-Auto-Assign")
	o.do(200, "PATCH", "/composite/sobjects", record)
	if owner() == mine {
		t.Error("the owner did not change")
	}
}

func TestDuplicateRules(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{DuplicateRules: true})
	o.lead(body{"Email": "some@body.example"})
	twin := body{"LastName": "Doe", "Email": "some@body.example"}
	o.refused(400, "DUPLICATES_DETECTED", "POST", "/sobjects/Contact", twin)
	o.header.Set("Sforce-Duplicate-Rule-Header", "allowSave=true")
	o.create("Contact", twin)
}

func TestLocks(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	account := o.create("Account", body{"Name": "A"})
	contact := o.create("Contact", body{"LastName": "C", "AccountId": account})
	o.Lock(account, 2)
	for range 2 {
		o.refused(400, "UNABLE_TO_LOCK_ROW", "PATCH", "/sobjects/Contact/"+contact, body{"Title": "x"})
	}
	o.do(204, "PATCH", "/sobjects/Contact/"+contact, body{"Title": "x"})
	o.SetLockShare(1)
	o.refused(400, "UNABLE_TO_LOCK_ROW", "PATCH", "/sobjects/Contact/"+contact, body{"Title": "x"})
	o.do(204, "PATCH", "/sobjects/Contact/"+contact, body{"Title": "x"}) // never twice in a row
}
