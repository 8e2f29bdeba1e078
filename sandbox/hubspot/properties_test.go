package hubspot_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/sandbox/hubspot"
)

func scoreField() body {
	return body{"name": "ls_score", "label": "Lead score", "groupName": "lead_scoring", "type": "number", "fieldType": "number", "displayOrder": -1}
}

func gradeField(values ...string) body {
	var options []any
	for i, v := range values {
		options = append(options, body{"label": "Grade " + v, "value": v, "displayOrder": i, "hidden": false})
	}
	return body{"name": "ls_grade", "label": "Grade", "groupName": "lead_scoring", "type": "enumeration", "fieldType": "select", "options": options}
}

func TestPropertyLife(t *testing.T) {
	for _, base := range []string{"/crm/properties/2026-09/contacts", "/crm/v3/properties/contacts"} {
		a := quiet(t)
		if b := a.do(400, "POST", base, scoreField()); b["subCategory"] != "PropertyValidationError.PROPERTY_GROUP_NOT_FOUND" {
			t.Errorf("without its group: %v", b)
		}
		a.do(201, "POST", base+"/groups", body{"name": "lead_scoring", "label": "Lead scoring", "displayOrder": -1})
		a.do(409, "POST", base+"/groups", body{"name": "lead_scoring", "label": "Lead scoring"})
		a.do(201, "POST", base, scoreField())
		b := a.do(409, "POST", base, scoreField())
		if b["category"] != "OBJECT_ALREADY_EXISTS" || b["subCategory"] != "Properties.PROPERTY_WITH_NAME_EXISTS" || b["message"] != "A property named 'ls_score' already exists." {
			t.Errorf("twice: %v", b)
		}
		if b := a.do(400, "DELETE", base+"/groups/lead_scoring", nil); b["subCategory"] != "PropertyGroupError.GROUP_WITH_ACTIVE_PROPERTIES" {
			t.Errorf("group in use: %v", b)
		}
		id := a.create(map[string]string{"ls_score": "72"})
		a.do(204, "DELETE", base+"/ls_score", nil)
		a.do(404, "GET", base+"/ls_score", nil)
		a.do(200, "GET", base+"/ls_score?archived=true", nil)
		a.do(400, "PATCH", contactsPath+"/"+id, body{"properties": body{"ls_score": "1"}})
		a.do(201, "POST", base, scoreField()) // brings it back, values and all
		if got := at(a.do(200, "GET", contactsPath+"/"+id+"?properties=ls_score", nil), "properties", "ls_score"); got != "72" {
			t.Errorf("value after restore: %v", got)
		}
		a.do(204, "DELETE", base+"/ls_score", nil)
		a.do(204, "DELETE", base+"/groups/lead_scoring", nil)
		a.do(404, "GET", base+"/groups/lead_scoring", nil)
	}
}

func TestPatchOptionsReplacesTheWholeList(t *testing.T) {
	a := quiet(t)
	const base = "/crm/properties/2026-09/contacts"
	a.do(201, "POST", base+"/groups", body{"name": "lead_scoring", "label": "Lead scoring"})
	a.do(201, "POST", base, gradeField("a1", "a2"))
	id := a.create(map[string]string{"ls_grade": "a1"})
	b := a.do(200, "PATCH", base+"/ls_grade", body{"options": gradeField("b1")["options"]})
	want := []any{body{"label": "Grade b1", "value": "b1", "displayOrder": 0.0, "hidden": false}}
	if diff := cmp.Diff(want, b["options"]); diff != "" {
		t.Error(diff)
	}
	a.do(400, "PATCH", contactsPath+"/"+id, body{"properties": body{"ls_grade": "a2"}})
	if got := at(a.do(200, "GET", contactsPath+"/"+id+"?properties=ls_grade", nil), "properties", "ls_grade"); got != "a1" {
		t.Errorf("a value outlives its option: got %v", got)
	}
}

func TestPropertyRefusals(t *testing.T) {
	a := quiet(t)
	field := func(change body) body {
		f := body{"name": "x_field", "label": "X", "groupName": "contactinformation", "type": "string", "fieldType": "text"}
		for k, v := range change {
			f[k] = v
		}
		return f
	}
	for name, f := range map[string]body{
		"no label":         field(body{"label": ""}),
		"bad name":         field(body{"name": "X Field"}),
		"unknown type":     field(body{"type": "colour"}),
		"types that clash": field(body{"type": "number", "fieldType": "select"}),
		"no options":       field(body{"type": "enumeration", "fieldType": "select"}),
		"no order":         field(body{"type": "enumeration", "fieldType": "select", "options": []any{body{"label": "A", "value": "a"}}}),
		"option twice": field(body{"type": "enumeration", "fieldType": "select", "options": []any{body{"label": "A", "value": "a", "displayOrder": 0},
			body{"label": "B", "value": "a", "displayOrder": 1}}}),
	} {
		if b := a.do(400, "POST", "/crm/properties/2026-09/contacts", f); b["category"] != "VALIDATION_ERROR" {
			t.Errorf("%s: %v", name, b)
		}
	}
	a.do(201, "POST", "/crm/v3/properties/contacts", field(body{"type": "enumeration", "fieldType": "select", "options": []any{body{"label": "A", "value": "a"}}}))
	a.do(400, "DELETE", "/crm/properties/2026-09/contacts/email", nil)
	a.do(400, "PATCH", "/crm/properties/2026-09/contacts/email", body{"label": "Mail"})
	a.do(404, "PATCH", "/crm/properties/2026-09/contacts/nonsense", body{"label": "Mail"})
}

func TestPropertyDefinitionsOfHubSpot(t *testing.T) {
	a := quiet(t)
	b := a.do(200, "GET", "/crm/properties/2026-09/contacts/hs_email_open", nil)
	want := body{"type": "number", "fieldType": "number", "groupName": "emailinformation", "label": "Marketing emails opened", "hubspotDefined": true, "calculated": false}
	for k, want := range want {
		if b[k] != want {
			t.Errorf("%s: got %v, want %v", k, b[k], want)
		}
	}
	if at(b, "modificationMetadata", "readOnlyValue") != true {
		t.Error("hs_email_open is writable")
	}
	all := a.do(200, "GET", "/crm/properties/2026-09/contacts", nil)
	if n := len(all["results"].([]any)); n < 80 {
		t.Errorf("only %d contact properties", n)
	}
	read := a.do(207, "POST", "/crm/properties/2026-09/contacts/batch/read", body{"archived": false, "inputs": []any{body{"name": "email"}, body{"name": "nonsense"}}})
	if at(read, "results", 0, "name") != "email" || at(read, "errors", 0, "category") != "OBJECT_NOT_FOUND" {
		t.Errorf("batch read: %v", read)
	}
}

func TestNewPropertyIsUnknownToWritesForAMoment(t *testing.T) {
	a := open(t, hubspot.Options{PropertyDelay: 500 * time.Millisecond, Limits: hubspot.Limits{Off: true}})
	a.do(201, "POST", "/crm/properties/2026-09/contacts", body{"name": "ls_score", "label": "S", "groupName": "contactinformation", "type": "number", "fieldType": "number"})
	a.do(400, "POST", contactsPath, body{"properties": body{"ls_score": "1"}})
	a.Pass(500 * time.Millisecond)
	a.do(201, "POST", contactsPath, body{"properties": body{"ls_score": "1"}})
}
