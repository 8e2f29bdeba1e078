package hubspot_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// wasOf reads the values a property had, newest first, with the hours since the account was opened.
func wasOf(a *account, id, property string) []string {
	a.t.Helper()
	b := a.do(200, "POST", contactsPath+"/batch/read", body{"properties": []string{}, "propertiesWithHistory": []string{property}, "inputs": []any{body{"id": id}}})
	var out []string
	entries, _ := at(b, "results", 0, "propertiesWithHistory", property).([]any)
	for i := range entries {
		moment, err := time.Parse(time.RFC3339, at(entries[i], "timestamp").(string))
		if err != nil {
			a.t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%v@%g", at(entries[i], "value"), moment.Sub(opened).Hours()))
	}
	return out
}

var opened = time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)

// TestHistoryOfAMerge: what happened to either record shows in its order, and what the merge changed at the end.
func TestHistoryOfAMerge(t *testing.T) {
	a := quiet(t)
	change := func(id, city string) {
		a.Pass(time.Hour)
		if err := a.Change("contacts", id, map[string]string{"city": city}); err != nil {
			t.Fatal(err)
		}
	}
	first := a.create(map[string]string{"email": "a@b.example", "city": "Lyon"})
	a.Pass(time.Hour)
	second := a.create(map[string]string{"email": "c@d.example", "city": "Nantes", "jobtitle": "Buyer"})
	change(first, "Lille")
	change(second, "Brest")
	a.Pass(time.Hour)
	survivor, err := a.Merge("contacts", first, second)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Lille@4", "Brest@3", "Lille@2", "Nantes@1", "Lyon@0"}, wasOf(a, survivor, "city")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Buyer@1"}, wasOf(a, survivor, "jobtitle")); diff != "" {
		t.Errorf("a value that only one had is as old as that one: %s", diff)
	}
}

// TestHistoryKeepsTheNewestTwenty, as HubSpot's does.
func TestHistoryKeepsTheNewestTwenty(t *testing.T) {
	a := quiet(t)
	id := a.create(map[string]string{"email": "a@b.example", "city": "0"})
	for i := range 25 {
		a.Pass(time.Hour)
		if err := a.Change("contacts", id, map[string]string{"city": fmt.Sprint(i + 1)}); err != nil {
			t.Fatal(err)
		}
	}
	got := wasOf(a, id, "city")
	if len(got) != 20 || got[0] != "25@25" || got[19] != "6@6" {
		t.Errorf("%d values: %v", len(got), got)
	}
}

// TestHistoryOfTheCompany: moving to another company shows, whoever moved the person and how.
func TestHistoryOfTheCompany(t *testing.T) {
	a := quiet(t)
	company := func(name string) string {
		id, err := a.Create("companies", map[string]string{"name": name}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	old, next := company("Old"), company("Next")
	id := a.create(map[string]string{"email": "a@b.example", "associatedcompanyid": old})
	a.Pass(time.Hour)
	a.do(201, "PUT", contactsPath+"/"+id+"/associations/companies/"+next, []any{body{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}})
	a.Pass(time.Hour)
	a.do(204, "DELETE", contactsPath+"/"+id+"/associations/companies/"+next, nil)
	if diff := cmp.Diff([]string{"@2", next + "@1", old + "@0"}, wasOf(a, id, "associatedcompanyid")); diff != "" {
		t.Error(diff)
	}
}
