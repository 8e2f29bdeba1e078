package hubspot_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/bareme/bareme/connectors/hubspot"
	"github.com/bareme/bareme/crm"
)

// Everything the connector asks is held against HubSpot's own definitions.
func TestRequestsMatchHubSpotsDefinitions(t *testing.T) {
	root := os.Getenv("HUBSPOT_SPEC_DIR")
	if root == "" {
		t.Skip("HUBSPOT_SPEC_DIR is not set: point it at a checkout of HubSpot/HubSpot-public-api-spec-collection to run this test")
	}
	defined := definitions(t, root)
	a := open(t)
	seen := map[string]bool{}
	a.seen = func(r *http.Request) { seen[r.Method+" "+defined.check(t, r)] = true }
	everyCall(t, a, a.connect())
	oauthed := a.connect(func(o *hubspot.Options) { o.OAuth = app })
	if _, err := oauthed.Account(t.Context()); err != nil {
		t.Error(err)
	}
	if len(seen) < 14 {
		t.Errorf("only these were called: %v", seen)
	}
}

// everyCall makes the connector use each of the operations it knows.
func everyCall(t *testing.T, a *account, c *hubspot.Connector) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	ids := a.createMany(250, "contacts", named)
	meeting := a.create("meetings", map[string]string{"hs_timestamp": "2026-01-01T10:00:00Z"})
	a.link("meetings", meeting, "contacts", ids[0])
	a.Pass(time.Hour)
	fields := []crm.Field{{Name: "bareme_score", Type: crm.Number}, {Name: "bareme_label", Type: crm.Choice, Options: []crm.Option{{Value: "hot"}}}}
	_, err := c.Provision(t.Context(), crm.People, fields)
	must(err)
	fields[1].Options = append(fields[1].Options, crm.Option{Value: "cold", Label: "Cold"})
	_, err = c.Provision(t.Context(), crm.People, fields)
	must(err)
	must(c.Check(t.Context(), crm.Need{Read: map[string][]string{crm.People: {"email"}}, Write: map[string][]string{crm.People: {"bareme_score"}}}))
	_, err = c.Owners(t.Context())
	must(err)
	people := crm.Query{Object: crm.People, Fields: []string{"jobtitle"}, Links: []string{crm.Companies}}
	_, people.Cursor, _ = collect(t, c.Records(t.Context(), people))
	_, meetings, _ := collect(t, c.Activities(t.Context(), crm.Query{Object: crm.Meetings}))
	var all []crm.Update
	for _, id := range append(ids, "999999") {
		all = append(all, crm.Update{ID: id, Fields: crm.Fields{"bareme_score": "72", "bareme_label": ""}})
	}
	_, err = c.Write(t.Context(), crm.People, all)
	must(err)
	a.change("meetings", meeting, map[string]string{"hs_meeting_outcome": "COMPLETED"})
	a.Pass(time.Minute)
	collect(t, c.Records(t.Context(), people))
	collect(t, c.Activities(t.Context(), crm.Query{Object: crm.Meetings, Cursor: meetings}))
	a.delete("contacts", ids[0])
	collect(t, c.Removed(t.Context(), crm.People, ""))
	_, err = c.Read(t.Context(), crm.People, ids[:3], []string{"email"})
	must(err)
}

// definitionFiles are HubSpot's description of its API, as far as the connector uses it.
type definitionFiles []routers.Router

func definitions(t *testing.T, root string) definitionFiles {
	t.Helper()
	var out definitionFiles
	for _, area := range []string{"CRM/Objects", "CRM/Contacts", "CRM/Properties", "CRM/Associations", "CRM/Crm Owners", "Account/Account Info", "Auth/Oauth"} {
		files, err := filepath.Glob(filepath.Join(root, "PublicApiSpecs", filepath.FromSlash(area), "Rollouts", "*", hubspot.Version, "*.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no definition of %s for %s in HUBSPOT_SPEC_DIR (%v)", area, hubspot.Version, err)
		}
		for _, file := range files {
			doc, err := openapi3.NewLoader().LoadFromFile(file)
			if err != nil {
				t.Fatal(err)
			}
			doc.Servers = nil
			// The files say that sorts are texts; HubSpot's documentation, and HubSpot, say that they are objects.
			if search := doc.Components.Schemas["PublicObjectSearchRequest"]; search != nil {
				search.Value.Properties["sorts"].Value.Items = openapi3.NewObjectSchema().NewRef()
			}
			router, err := gorillamux.NewRouter(doc)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, router)
		}
	}
	return out
}

// check holds one request against the definitions and returns the path it goes by there.
func (d definitionFiles) check(t *testing.T, r *http.Request) string {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	copied := r.Clone(r.Context())
	copied.Body = io.NopCloser(bytes.NewReader(raw))
	// The files call the properties of a list an array; HubSpot takes them separated by commas, as its text says.
	query := copied.URL.Query()
	for _, name := range []string{"properties", "associations"} {
		if query.Has(name) {
			query[name] = strings.Split(query.Get(name), ",")
		}
	}
	copied.URL.RawQuery = query.Encode()
	for _, router := range d {
		route, params, err := router.FindRoute(copied)
		if err != nil {
			continue
		}
		err = openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{Request: copied, PathParams: params, Route: route,
			Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}})
		if err != nil {
			t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
		}
		return route.Path
	}
	t.Errorf("%s %s is in none of HubSpot's definitions", r.Method, r.URL.Path)
	return ""
}
