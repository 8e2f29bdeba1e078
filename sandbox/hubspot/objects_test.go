package hubspot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/sandbox/hubspot"
)

// dialects are the two ways to write the path of contacts.
func dialects() map[string]string {
	return map[string]string{"dated": "/crm/objects/2026-09/contacts", "v3": "/crm/v3/objects/contacts"}
}

const contactsPath = "/crm/objects/2026-09/contacts"

func TestListWalksAllRecordsByID(t *testing.T) {
	a := open(t, hubspot.Options{People: 250, Seed: 1, Limits: hubspot.Limits{Off: true}})
	for name, base := range dialects() {
		t.Run(name, func(t *testing.T) {
			var all []string
			for after, pages := "", 0; pages < 10; pages++ {
				b := a.do(200, "GET", base+"?limit=100&properties=email,nonsense&after="+after, nil)
				all = append(all, ids(b)...)
				if after, _ = at(b, "paging", "next", "after").(string); after == "" {
					break
				}
			}
			if diff := cmp.Diff(a.IDs("contacts"), all); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestListLimits(t *testing.T) {
	a := quiet(t)
	for query, want := range map[string]int{"limit=100": 200, "limit=101": 400, "limit=0": 400, "limit=abc": 400,
		"limit=50&propertiesWithHistory=email": 200, "limit=51&propertiesWithHistory=email": 400, "after=x": 400, "associations=nothing": 400} {
		a.do(want, "GET", contactsPath+"?"+query, nil)
	}
	a.do(414, "GET", contactsPath+"?properties="+strings.Repeat("city,", 4000), nil)
}

func TestRecordShape(t *testing.T) {
	a := quiet(t)
	id := a.create(map[string]string{"email": "Ada.Martin@Example.ORG", "city": ""})
	got := a.do(200, "GET", contactsPath+"/"+id+"?properties=email,city,nonsense", nil)
	want := body{"id": id, "createdAt": "2026-11-20T09:30:00.000Z", "updatedAt": "2026-11-20T09:30:00.000Z", "archived": false,
		"properties": body{"email": "ada.martin@example.org", "city": nil, "hs_object_id": id,
			"createdate": "2026-11-20T09:30:00.000Z", "lastmodifieddate": "2026-11-20T09:30:00.000Z"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	byEmail := a.do(200, "GET", contactsPath+"/ada.martin@example.org?idProperty=email", nil)
	if byEmail["id"] != id {
		t.Errorf("by e-mail: got %v", byEmail["id"])
	}
	names, _ := byEmail["properties"].(body)
	if _, ok := names["firstname"]; !ok || len(names) != 6 {
		t.Errorf("default properties: got %v", names)
	}
}

func TestValueRefusals(t *testing.T) {
	a := quiet(t)
	id := a.create(map[string]string{"email": "a@b.example"})
	for _, c := range []struct{ property, value, code string }{
		{"nonsense", "1", "PROPERTY_DOESNT_EXIST"},
		{"hs_email_open", "1", "READ_ONLY_VALUE"},
		{"num_conversion_events", "1", "READ_ONLY_VALUE"},
		{"hs_lead_status", "HOT", "INVALID_OPTION"},
		{"email", "not an address", "INVALID_EMAIL"},
		{"associatedcompanyid", "many", "INVALID_LONG"},
		{"closedate", "yesterday", "INVALID_DATE"},
		{"city", strings.Repeat("é", 65537), "INVALID_LENGTH"},
	} {
		t.Run(c.property, func(t *testing.T) {
			b := a.do(400, "PATCH", contactsPath+"/"+id, body{"properties": body{c.property: c.value}})
			if got := at(b, "errors", 0, "code"); got != c.code {
				t.Errorf("code %v, want %s", got, c.code)
			}
			if message, _ := b["message"].(string); !strings.HasPrefix(message, "Property values were not valid: [{") {
				t.Errorf("message %q", message)
			}
		})
	}
}

func TestValuesAreStoredAsHubSpotDoes(t *testing.T) {
	a := quiet(t)
	a.do(201, "POST", "/crm/properties/2026-09/contacts", body{"name": "birthday", "label": "Birthday", "type": "date", "fieldType": "date", "groupName": "contactinformation"})
	id := a.create(map[string]string{"email": "a@b.example"})
	for _, c := range []struct{ property, in, out string }{
		{"closedate", "1763683200000", "2025-11-21T00:00:00.000Z"},
		{"closedate", "2026-01-02T03:04:05+01:00", "2026-01-02T02:04:05.000Z"},
		{"birthday", "631152000000", "1990-01-01"},
		{"birthday", "1990-01-02", "1990-01-02"},
		{"hs_buying_role", "CHAMPION;END_USER", "CHAMPION;END_USER"},
		{"email", "New@B.example", "new@b.example"},
	} {
		b := a.do(200, "PATCH", contactsPath+"/"+id, body{"properties": body{c.property: c.in}})
		if got := at(b, "properties", c.property); got != c.out {
			t.Errorf("%s %s: got %v, want %s", c.property, c.in, got, c.out)
		}
	}
	b := a.do(200, "PATCH", contactsPath+"/"+id, body{"properties": body{"birthday": "631152000000"}})
	if got := at(b, "warnings", 0, "category"); got != "PROPERTY_VALUE_NORMALIZED" {
		t.Errorf("warnings: %v", b["warnings"])
	}
	b = a.do(200, "PATCH", contactsPath+"/"+id, body{"properties": body{"birthday": ""}})
	if got := at(b, "properties", "birthday"); got != nil {
		t.Errorf("cleared value: got %v", got)
	}
	a.do(400, "PATCH", contactsPath+"/"+id, `{"properties":{"city":null}}`)
	a.do(400, "PATCH", contactsPath+"/"+id, `{"properties":{"birthday":"1990-01-01T05:00:00Z"}}`)
}

func TestLifecycleStageOnlyMovesForward(t *testing.T) {
	a := quiet(t)
	id := a.create(map[string]string{"email": "a@b.example", "lifecyclestage": "opportunity"})
	stage := func(v string) any {
		return at(a.do(200, "PATCH", contactsPath+"/"+id, body{"properties": body{"lifecyclestage": v}}), "properties", "lifecyclestage")
	}
	if got := []any{stage("lead"), stage("customer"), stage(""), stage("lead")}; !cmp.Equal(got, []any{"opportunity", "customer", nil, "lead"}) {
		t.Errorf("got %v", got)
	}
}

func TestDuplicateEmailIsAConflict(t *testing.T) {
	a := quiet(t)
	id := a.create(map[string]string{"email": "a@b.example"})
	b := a.do(409, "POST", contactsPath, body{"properties": body{"email": "A@b.example"}})
	if b["category"] != "CONFLICT" || b["message"] != "Contact already exists. Existing ID: "+id {
		t.Errorf("got %v", b)
	}
	a.do(204, "DELETE", contactsPath+"/"+id, nil)
	a.create(map[string]string{"email": "a@b.example"}) // a deleted record does not hold its address
}

func TestDeleteRestoreAndGDPR(t *testing.T) {
	a := quiet(t)
	id := a.create(map[string]string{"email": "a@b.example"})
	a.do(204, "DELETE", contactsPath+"/"+id, nil)
	a.do(204, "DELETE", contactsPath+"/"+id, nil)
	a.do(404, "GET", contactsPath+"/"+id, nil)
	b := a.do(200, "GET", contactsPath+"?archived=true", nil)
	if !slices.Equal(ids(b), []string{id}) || at(b, "results", 0, "archivedAt") == nil {
		t.Errorf("archived: %v", b)
	}
	if err := a.Restore("contacts", id); err != nil {
		t.Fatal(err)
	}
	a.do(200, "GET", contactsPath+"/"+id, nil)
	a.do(204, "POST", contactsPath+"/gdpr-delete", body{"objectId": "a@b.example", "idProperty": "email"})
	a.do(404, "GET", contactsPath+"/"+id+"?archived=true", nil)
	if got := ids(a.do(200, "GET", contactsPath+"?archived=true", nil)); got != nil {
		t.Errorf("traces of a purged record: %v", got)
	}
}

func TestMergeMakesANewRecord(t *testing.T) {
	a := quiet(t)
	company, err := a.Create("companies", map[string]string{"name": "Vauban"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	x := a.create(map[string]string{"email": "x@b.example", "city": "Lyon", "associatedcompanyid": company})
	y := a.create(map[string]string{"email": "y@b.example", "jobtitle": "PDG"})
	for _, id := range []string{x, y} {
		if err := a.Bump("contacts", id, map[string]float64{"hs_email_click": 2}, nil); err != nil {
			t.Fatal(err)
		}
	}
	a.Pass(time.Minute)
	z, _ := a.do(200, "POST", contactsPath+"/merge", body{"primaryObjectId": x, "objectIdToMerge": y})["id"].(string)
	if z == x || z == y {
		t.Fatalf("survivor %s is one of %s, %s", z, x, y)
	}
	props := "?properties=email,city,jobtitle,hs_email_click,hs_merged_object_ids,hs_calculated_merged_vids&associations=companies"
	for _, id := range []string{x, y, z} { // old ids lead to the survivor
		b := a.do(200, "GET", contactsPath+"/"+id+props, nil)
		moment := itoa(a.Now().UnixMilli())
		want := body{"email": "x@b.example", "city": "Lyon", "jobtitle": "PDG", "hs_email_click": "4", "hs_object_id": z,
			"hs_merged_object_ids": x + ";" + y, "hs_calculated_merged_vids": x + ":" + moment + ";" + y + ":" + moment,
			"createdate": "2026-11-20T09:30:00.000Z", "lastmodifieddate": "2026-11-20T09:31:00.000Z"}
		if diff := cmp.Diff(want, b["properties"]); diff != "" {
			t.Error(diff)
		}
		if got := at(b, "associations", "companies", "results", 0, "id"); got != company {
			t.Errorf("company of the survivor: %v", got)
		}
	}
	if got := a.IDs("contacts"); !slices.Equal(got, []string{z}) {
		t.Errorf("live records: %v", got)
	}
	b := a.do(200, "POST", contactsPath+"/batch/update", body{"inputs": []any{
		body{"id": x, "properties": body{"city": "Paris"}}, body{"id": z, "properties": body{"city": "Nantes"}}}})
	if !slices.Equal(ids(b), []string{z}) || b["errors"] != nil {
		t.Errorf("a merged-away id must vanish without a word: %v", b)
	}
	a.do(404, "POST", contactsPath+"/merge", body{"primaryObjectId": z, "objectIdToMerge": "1"})
	a.do(400, "POST", contactsPath+"/merge", body{"primaryObjectId": z, "objectIdToMerge": x})
}

func itoa(n int64) string { return fmt.Sprint(n) }

func TestHistoryNamesItsSource(t *testing.T) {
	a := quiet(t)
	id := a.create(map[string]string{"email": "a@b.example", "city": "Lyon"})
	a.Pass(time.Hour)
	a.do(200, "PATCH", contactsPath+"/"+id, body{"properties": body{"city": "Lille"}})
	a.Pass(time.Hour)
	if err := a.Change("contacts", id, map[string]string{"city": "Brest"}); err != nil {
		t.Fatal(err)
	}
	b := a.do(200, "GET", contactsPath+"/"+id+"?propertiesWithHistory=city", nil)
	want := []any{
		body{"value": "Brest", "timestamp": "2026-11-20T11:30:00.000Z", "sourceType": "CRM_UI", "sourceId": "userId:4242", "updatedByUserId": 4242.0},
		body{"value": "Lille", "timestamp": "2026-11-20T10:30:00.000Z", "sourceType": "INTEGRATION", "sourceId": "3141592", "sourceLabel": "Private app"},
		body{"value": "Lyon", "timestamp": "2026-11-20T09:30:00.000Z", "sourceType": "INTEGRATION", "sourceId": "3141592", "sourceLabel": "Private app"},
	}
	if diff := cmp.Diff(want, at(b, "propertiesWithHistory", "city")); diff != "" {
		t.Error(diff)
	}
}

func TestModifiedTime(t *testing.T) {
	a := quiet(t)
	id := a.create(map[string]string{"email": "a@b.example", "city": "Lyon"})
	modified := func() time.Time {
		r, err := a.Record("contacts", id)
		if err != nil {
			t.Fatal(err)
		}
		return r.Modified
	}
	write := func(city string) { a.do(200, "PATCH", contactsPath+"/"+id, body{"properties": body{"city": city}}) }
	for _, c := range []struct {
		what  string
		do    func()
		moves bool
	}{
		{"a new value", func() { write("Lille") }, true},
		{"the same value", func() { write("Lille") }, true},
		{"the same value, when switched off", func() { a.BumpOnSameValue(false); write("Lille") }, false},
		{"a counter", func() { _ = a.Bump("contacts", id, map[string]float64{"hs_email_open": 1}, nil) }, false},
		{"a user's change", func() { _ = a.Change("contacts", id, map[string]string{"city": "Metz"}) }, true},
		{"a meeting", func() {
			_, _ = a.Create("meetings", map[string]string{"hs_timestamp": "2026-11-20T09:00:00.000Z"}, map[string][]string{"contacts": {id}})
		}, true},
		{"a deal", func() {
			_, _ = a.Create("deals", map[string]string{"dealname": "x"}, map[string][]string{"contacts": {id}})
		}, false},
	} {
		before := modified()
		a.Pass(time.Second)
		c.do()
		if got := modified().After(before); got != c.moves {
			t.Errorf("%s: moved %v, want %v", c.what, got, c.moves)
		}
	}
}

func TestAdministratorsRules(t *testing.T) {
	a := quiet(t)
	if err := a.Require("contacts", "lastname", "", ""); err != nil {
		t.Fatal(err)
	}
	if err := a.Require("contacts", "city", "country", "France"); err != nil {
		t.Fatal(err)
	}
	b := a.do(400, "POST", contactsPath, body{"properties": body{"country": "France"}})
	got := []any{at(b, "errors", 0, "code"), at(b, "errors", 1, "code")}
	if !cmp.Equal(got, []any{"MISSING_REQUIRED_PROPERTY", "MISSING_CONDITIONAL_REQUIRED_PROPERTY"}) {
		t.Errorf("got %v", got)
	}
	a.DropRules()
	a.do(201, "POST", contactsPath, body{"properties": body{"country": "France"}})
}
