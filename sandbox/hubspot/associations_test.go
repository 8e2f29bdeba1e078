package hubspot_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAssociationsBatchRead(t *testing.T) {
	a := quiet(t)
	first, _ := a.Create("companies", map[string]string{"name": "First"}, nil)
	second, _ := a.Create("companies", map[string]string{"name": "Second"}, nil)
	x := a.create(map[string]string{"email": "x@b.example", "associatedcompanyid": first})
	y := a.create(map[string]string{"email": "y@b.example"})
	a.do(200, "PUT", "/crm/objects/2026-09/contacts/"+x+"/associations/default/companies/"+second, nil)
	request := body{"inputs": []any{body{"id": x}, body{"id": y}}}
	spec := func(id any) []any {
		return []any{body{"from": body{"id": x}, "to": []any{
			body{"toObjectId": id, "associationTypes": []any{
				body{"category": "HUBSPOT_DEFINED", "typeId": 1.0, "label": "Primary"}, body{"category": "HUBSPOT_DEFINED", "typeId": 279.0}}},
		}}}
	}
	b := a.do(200, "POST", "/crm/associations/2026-09/contacts/companies/batch/read", request)
	got := b["results"].([]any)
	if len(got) != 1 || len(at(got, 0, "to").([]any)) != 2 {
		t.Fatalf("records without links are left out: %v", b)
	}
	at(got, 0).(body)["to"] = at(got, 0, "to").([]any)[:1]
	if diff := cmp.Diff(spec(first), got); diff != "" {
		t.Errorf("dated: ids are text, the primary company comes first: %s", diff)
	}
	b = a.do(200, "POST", "/crm/v4/associations/contacts/companies/batch/read", request)
	if _, number := at(b, "results", 0, "to", 0, "toObjectId").(float64); !number {
		t.Errorf("v4: ids are numbers: %v", b)
	}
	if label, there := at(b, "results", 0, "to", 0, "associationTypes", 1).(body)["label"]; label != nil || !there {
		t.Errorf("v4: a missing label is null: %v", b)
	}
	list := a.do(200, "GET", contactsPath+"?associations=companies&limit=1", nil)
	want := []any{body{"id": first, "type": "contact_to_company"}, body{"id": first, "type": "contact_to_company_unlabeled"}, body{"id": second, "type": "contact_to_company"}}
	if diff := cmp.Diff(want, at(list, "results", 0, "associations", "companies", "results")); diff != "" {
		t.Error(diff)
	}
}

func TestAssociationsRefusals(t *testing.T) {
	a := quiet(t)
	const path = "/crm/associations/2026-09/contacts/companies/batch/read"
	x := a.create(map[string]string{"email": "x@b.example"})
	a.do(200, "POST", path, body{"inputs": contactInputs(0)})
	if b := a.do(207, "POST", path, body{"inputs": contactInputs(1000)}); at(b, "errors", 0, "category") != "OBJECT_NOT_FOUND" {
		t.Errorf("unknown ids: %v", b)
	}
	a.do(400, "POST", path, body{"inputs": contactInputs(1001)})
	a.do(204, "DELETE", contactsPath+"/"+x, nil)
	a.do(400, "POST", path, body{"inputs": []any{body{"id": x}}}) // one deleted record spoils the batch
	a.do(400, "POST", "/crm/associations/2026-09/contacts/unicorns/batch/read", body{})
}

func TestCreateWithAssociations(t *testing.T) {
	a := quiet(t)
	x := a.create(map[string]string{"email": "x@b.example"})
	task := body{"properties": body{"hs_task_subject": "Call A1 lead", "hs_timestamp": "2026-11-22T09:00:00.000Z", "hs_task_status": "NOT_STARTED"},
		"associations": []any{body{"to": body{"id": x}, "types": []any{body{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 204}}}}}
	id := a.do(201, "POST", "/crm/objects/2026-09/tasks", task)["id"].(string)
	r, err := a.Record("contacts", x)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string][]string{"tasks": {id}}, r.Links); diff != "" {
		t.Error(diff)
	}
	a.do(400, "POST", "/crm/objects/2026-09/tasks", body{"properties": body{}, "associations": []any{body{"to": body{"id": "9"}, "types": []any{body{"associationTypeId": 204}}}}})
}

func TestAssociateAndDissociate(t *testing.T) {
	a := quiet(t)
	company, _ := a.Create("companies", map[string]string{"name": "First"}, nil)
	x := a.create(map[string]string{"email": "x@b.example"})
	ends := body{"from": body{"id": x}, "to": body{"id": company}, "types": []any{body{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}}}
	a.do(200, "POST", "/crm/associations/2026-09/contacts/companies/batch/create", body{"inputs": []any{ends}})
	if r, _ := a.Record("contacts", x); r.Values["associatedcompanyid"] != company {
		t.Errorf("associatedcompanyid: %v", r.Values)
	}
	if r, _ := a.Record("companies", company); r.Values["num_associated_contacts"] != "1" {
		t.Errorf("num_associated_contacts: %v", r.Values)
	}
	a.do(200, "POST", "/crm/associations/2026-09/contacts/companies/batch/archive", body{"inputs": []any{body{"from": body{"id": x}, "to": []any{body{"id": company}}}}})
	if r, _ := a.Record("contacts", x); len(r.Links) != 0 || r.Values["associatedcompanyid"] != "" {
		t.Errorf("after the end: %v", r)
	}
}

func TestAssociationTypeNumbers(t *testing.T) {
	a := quiet(t)
	for path, want := range map[string]float64{"contacts/companies": 1, "companies/contacts": 2, "contacts/deals": 4, "deals/contacts": 3, "deals/companies": 5,
		"contacts/meetings": 199, "meetings/contacts": 200, "companies/calls": 181, "calls/companies": 182, "tasks/contacts": 204,
		"communications/contacts": 81, "contacts/communications": 82, "emails/deals": 210} {
		b := a.do(200, "GET", "/crm/associations/2026-09/"+path+"/labels", nil)
		if got := at(b, "results", 0, "typeId"); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
}
