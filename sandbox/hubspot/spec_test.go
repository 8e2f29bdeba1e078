package hubspot_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/bareme/bareme/sandbox/hubspot"
)

// specs are HubSpot's own API definitions of one version.
type specs []routers.Router

// loadSpecs reads the definitions the sandbox serves from a checkout of HubSpot/HubSpot-public-api-spec-collection.
func loadSpecs(t *testing.T, version string, areas ...string) specs {
	t.Helper()
	root := os.Getenv("HUBSPOT_SPEC_DIR")
	var out specs
	for _, area := range areas {
		files, err := filepath.Glob(filepath.Join(root, "PublicApiSpecs", "*", area, "Rollouts", "*", version, "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			out = append(out, loadSpec(t, file))
		}
	}
	if len(out) == 0 {
		t.Fatalf("no definitions of version %s under %s: HUBSPOT_SPEC_DIR must be a checkout of HubSpot/HubSpot-public-api-spec-collection", version, root)
	}
	return out
}

func loadSpec(t *testing.T, file string) routers.Router {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile(file)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	doc.Servers = nil
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return router
}

func (s specs) find(r *http.Request) (*routers.Route, map[string]string) {
	for _, router := range s {
		if route, params, err := router.FindRoute(r); err == nil {
			return route, params
		}
	}
	return nil, nil
}

// check validates one answer against the definitions.
func (s specs) check(t *testing.T, method, path string, payload []byte, res *http.Response) {
	t.Helper()
	r := httptest.NewRequest(method, path, bytes.NewReader(payload))
	r.Header.Set("Content-Type", "application/json")
	route, params := s.find(r)
	if route == nil {
		t.Errorf("%s %s: not in the definitions", method, path)
		return
	}
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: res.StatusCode, Header: res.Header, Options: in.Options}
	out.SetBodyBytes(raw)
	if err := openapi3filter.ValidateResponse(context.Background(), out); err != nil {
		t.Errorf("%s %s: %d: %v\n%.600s", method, path, res.StatusCode, err, raw)
	}
}

// TestAnswersMatchHubSpotsDefinitions sends one request of every kind and holds the answers against HubSpot's files.
func TestAnswersMatchHubSpotsDefinitions(t *testing.T) {
	if os.Getenv("HUBSPOT_SPEC_DIR") == "" {
		t.Skip("HUBSPOT_SPEC_DIR is not set: point it at a checkout of HubSpot/HubSpot-public-api-spec-collection to run this test")
	}
	areas := []string{"Contacts", "Companies", "Deals", "Meetings", "Objects", "Properties", "Associations", "Crm Owners", "Account Info", "Limits Tracking", "Pipelines"}
	dated := append(loadSpecs(t, "2026-09", areas...), loadSpecs(t, "2026-03", "Pipelines")...)
	// The 2026-09 files leave out the 207 answers, which 2026-03 has.
	partial := loadSpecs(t, "2026-03", areas...)
	legacy := loadSpecs(t, "v3", areas...)

	a := open(t, hubspot.Options{People: 60, Seed: 4, Limits: hubspot.Limits{Off: true}})
	some := a.IDs("contacts")
	for _, c := range requestsOfEveryKind(some[0], some[1], some[2], some[3]) {
		for name, in := range map[string]struct {
			path  string
			specs specs
		}{"2026-09": {c.dated, dated}, "2026-03": {c.partial, partial}, "v3": {c.legacy, legacy}} {
			if in.path == "" {
				continue
			}
			t.Run(name+" "+c.method+" "+in.path, func(t *testing.T) {
				payload := []byte(nil)
				if c.body != nil {
					payload = mustJSON(t, c.body)
				}
				res := a.raw(c.method, in.path, c.body)
				if res.StatusCode != c.status {
					t.Errorf("status %d, want %d", res.StatusCode, c.status)
				}
				in.specs.check(t, c.method, in.path, payload, res)
			})
		}
	}
}

type specCase struct {
	method                 string
	dated, partial, legacy string
	body                   any
	status                 int
}

// requestsOfEveryKind names each path in the dialects whose files define it; partial is where a 207 is defined.
func requestsOfEveryKind(w, x, y, z string) []specCase {
	batch := func(path string, status int, b body) specCase {
		c := specCase{method: "POST", legacy: "/crm/v3/objects/contacts" + path, body: b, status: status}
		if status == http.StatusMultiStatus {
			c.partial = "/crm/objects/2026-03/contacts" + path
		} else {
			c.dated = contactsPath + path
		}
		return c
	}
	get := func(dated, legacy string, status int) specCase {
		return specCase{method: "GET", dated: dated, legacy: legacy, status: status}
	}
	traced := body{"inputs": []any{body{"id": x, "objectWriteTraceId": "1", "properties": body{"city": "Lyon"}}, body{"id": y, "objectWriteTraceId": "2", "properties": body{"nonsense": "1"}}}}
	links := body{"inputs": []any{body{"id": x}, body{"id": y}}}
	field := body{"name": "ls_test", "label": "L", "groupName": "contactinformation", "type": "enumeration", "fieldType": "select", "options": []any{body{"label": "A", "value": "a", "displayOrder": 0, "hidden": false}}}
	return []specCase{
		get(contactsPath+"?limit=5&properties=email,city&associations=companies", "/crm/v3/objects/contacts?limit=5&associations=companies", 200),
		get(contactsPath+"?limit=5&propertiesWithHistory=email,jobtitle,hs_email_click", "/crm/v3/objects/contacts?limit=5&propertiesWithHistory=email", 200),
		get(contactsPath+"/"+x, "/crm/v3/objects/contacts/"+x, 200),
		get(contactsPath+"/9", "/crm/v3/objects/contacts/9", 404),
		get(contactsPath+"?limit=101", "/crm/v3/objects/contacts?limit=101", 400),
		get("/crm/objects/2026-09/companies?limit=5", "/crm/v3/objects/companies?limit=5", 200),
		get("/crm/objects/2026-09/deals?limit=5", "/crm/v3/objects/deals?limit=5", 200),
		get("/crm/objects/2026-09/meetings?limit=5", "/crm/v3/objects/meetings?limit=5", 200),
		get("/crm/objects/2026-09/calls?limit=5", "/crm/v3/objects/calls?limit=5", 200),
		batch("/batch/read", 200, body{"properties": []string{"email"}, "propertiesWithHistory": []string{}, "inputs": []any{body{"id": x}}}),
		batch("/batch/read", 207, body{"properties": []string{"email"}, "propertiesWithHistory": []string{}, "inputs": []any{body{"id": x}, body{"id": "9"}}}),
		batch("/batch/update", 200, body{"inputs": []any{body{"id": x, "objectWriteTraceId": "1", "properties": body{"city": "Lyon"}}}}),
		batch("/batch/update", 207, traced),
		batch("/batch/update", 400, body{"inputs": []any{body{"id": x, "properties": body{"nonsense": "1"}}}}),
		batch("/batch/upsert", 200, body{"inputs": []any{body{"id": "up@b.example", "idProperty": "email", "properties": body{"city": "Lyon"}}}}),
		batch("/batch/create", 201, body{"inputs": []any{body{"properties": body{"city": "Lyon"}, "associations": []any{}}}}),
		batch("/batch/archive", 204, body{"inputs": []any{body{"id": z}}}),
		batch("/search", 200, body{"limit": 5, "after": "0", "properties": []string{"email"}, "sorts": []string{"hs_object_id"}, "filterGroups": all(where("hs_object_id", "GT", "0"))}),
		batch("/search", 400, body{"limit": 500, "after": "0", "properties": []string{}, "sorts": []string{}, "filterGroups": []any{}}),
		{method: "PATCH", dated: contactsPath + "/" + x, legacy: "/crm/v3/objects/contacts/" + x, body: body{"properties": body{"city": "Lille"}}, status: 200},
		{method: "DELETE", dated: contactsPath + "/" + w, legacy: "/crm/v3/objects/contacts/" + w, status: 204},
		{method: "POST", dated: contactsPath + "/merge", body: body{"primaryObjectId": x, "objectIdToMerge": y}, status: 200},
		{method: "POST", dated: contactsPath + "/gdpr-delete", body: body{"objectId": w}, status: 204},
		// Not v4: its real answers say "label": null, which its definition forbids.
		{method: "POST", dated: "/crm/associations/2026-09/contacts/companies/batch/read", body: links, status: 200},
		get("/crm/properties/2026-09/contacts", "/crm/v3/properties/contacts", 200),
		get("/crm/properties/2026-09/contacts/email", "/crm/v3/properties/contacts/email", 200),
		get("/crm/properties/2026-09/contacts/nonsense", "/crm/v3/properties/contacts/nonsense", 404),
		get("/crm/properties/2026-09/contacts/groups", "/crm/v3/properties/contacts/groups", 200),
		{method: "POST", dated: "/crm/properties/2026-09/contacts", body: field, status: 201},
		{method: "POST", dated: "/crm/properties/2026-09/contacts", legacy: "/crm/v3/properties/contacts", body: field, status: 409},
		{method: "PATCH", dated: "/crm/properties/2026-09/contacts/ls_test", legacy: "/crm/v3/properties/contacts/ls_test", body: body{"label": "M"}, status: 200},
		{method: "DELETE", dated: "/crm/properties/2026-09/contacts/ls_test", status: 204},
		{method: "POST", dated: "/crm/properties/2026-09/contacts/groups", body: body{"name": "g", "label": "G"}, status: 201},
		{method: "POST", dated: "/crm/properties/2026-09/contacts/batch/read", legacy: "/crm/v3/properties/contacts/batch/read", body: body{"archived": false, "dataSensitivity": "non_sensitive", "inputs": []any{body{"name": "email"}}}, status: 200},
		get("/crm/owners/2026-09?limit=2", "/crm/v3/owners?limit=2", 200),
		get("/account-info/2026-09/details", "/account-info/v3/details", 200),
		get("/account-info/2026-09/api-usage/daily/private-apps", "/account-info/v3/api-usage/daily/private-apps", 200),
		get("/crm/limits/2026-09/custom-properties", "/crm/v3/limits/custom-properties", 200),
		get("/crm/pipelines/2026-09/deals", "/crm/v3/pipelines/deals", 200),
	}
}
