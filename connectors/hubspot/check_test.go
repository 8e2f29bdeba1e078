package hubspot_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
)

// One reading says everything that stands in the way.
func TestCheckSaysEverything(t *testing.T) {
	a := open(t)
	a.DropScopes("crm.objects.companies.write")
	c := a.connect()
	err := c.Check(t.Context(), crm.Need{
		Read:  map[string][]string{crm.People: {"jobtitel", "Job Title", "email"}, crm.Companies: {"numberofemployes"}},
		Write: map[string][]string{crm.People: {"bareme_score", "hs_email_open"}, crm.Companies: {"description"}},
	})
	want := `check: field numberofemployes: HubSpot's companies have no such property. Did you mean numberofemployees?
check writing companies: the token lacks the scope crm.objects.companies.write. Grant them in HubSpot under Development > Keys > Service keys (or in the app's scopes), then try again (request ID)
check: field jobtitel: HubSpot's people have no such property. Did you mean jobtitle?
check: field Job Title: HubSpot's people have no such property. Did you mean jobtitle?
check: field bareme_score: HubSpot's people have no such property. Run bareme provision to create it
check: field hs_email_open: the property is read-only. Write to a property of your own instead`
	if err == nil {
		t.Fatal("found nothing wrong")
	}
	var e *crm.Error
	got := err.Error()
	if i := strings.Index(got, "(request "); i >= 0 {
		got = got[:i] + "(request ID" + got[i+strings.IndexByte(got[i:], ')'):]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !errors.As(err, &e) || !errors.Is(err, crm.ErrAuth) || !errors.Is(err, crm.ErrInvalid) {
		t.Errorf("kinds of %v", err)
	}
}

func TestCheckCalls(t *testing.T) {
	c := open(t).connect()
	need := crm.Need{Read: map[string][]string{crm.People: {"email"}, crm.Companies: {"name"}}, Write: map[string][]string{crm.People: {"jobtitle"}}}
	for range 2 {
		if err := c.Check(t.Context(), need); err != nil {
			t.Fatal(err)
		}
	}
	// The account (once: the second check follows at once), its daily usage (no answer of an account without limits tells
	// it), and two schemas each time; whether the token may write is tried once.
	want := map[string]int{"account": 2, "schema": 4, "write": 1}
	if got := c.Usage().Calls; !cmp.Equal(got, want) {
		t.Errorf("calls %v, want %v", got, want)
	}
}

func TestProvision(t *testing.T) {
	a := open(t)
	c := a.connect()
	fields := []crm.Field{
		{Name: "bareme_score", Label: "Score", Type: crm.Number},
		{Name: "bareme_label", Label: "Label", Type: crm.Choice, Options: []crm.Option{{Value: "hot", Label: "Hot"}, {Value: "cold", Label: "Cold"}}},
		{Name: "bareme_reasons", Label: "Reasons", Type: crm.Text},
		{Name: "bareme_unscored", Label: "Unscored", Type: crm.Bool},
		{Name: "bareme_scored_at", Label: "Scored at", Type: crm.DateTime},
		{Name: "bareme_due", Label: "Due", Type: crm.Date},
		{Name: "bareme_groups", Label: "Groups", Type: crm.Choices, Options: []crm.Option{{Value: "a"}, {Value: "b"}}},
	}
	run := func(actions ...string) {
		t.Helper()
		got, err := c.Provision(t.Context(), crm.People, fields)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range got {
			want := "already there"
			if i < len(actions) {
				want = actions[i]
			}
			if p.Field != fields[i].Name || p.Action != want {
				t.Errorf("%s: %s, want %s", p.Field, p.Action, want)
			}
		}
		if len(got) != len(fields) {
			t.Errorf("%d of %d fields", len(got), len(fields))
		}
	}
	created := strings.Fields(strings.Repeat("created ", len(fields)))
	run(created...)
	run()
	s, err := c.Describe(t.Context(), crm.People)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fields {
		if got, ok := s.Field(f.Name); !ok || got.Type != f.Type || !got.Writable || len(got.Options) != len(f.Options) {
			t.Errorf("%s is %+v", f.Name, got)
		}
	}
	reasons := a.do(http.StatusOK, http.MethodGet, "/crm/v3/properties/contacts/bareme_reasons", nil)
	if reasons["fieldType"] != "textarea" || reasons["groupName"] != "bareme" {
		t.Errorf("reasons are %v", reasons)
	}
	// An administrator adds an option of his own; ours are added to his.
	a.do(http.StatusOK, http.MethodPatch, "/crm/v3/properties/contacts/bareme_label", body{"options": []body{
		{"label": "Tepid", "value": "tepid", "displayOrder": 0}, {"label": "Hot", "value": "hot", "displayOrder": 1}}})
	run("already there", "options added")
	if s, err = c.Describe(t.Context(), crm.People); err != nil {
		t.Fatal(err)
	}
	label, _ := s.Field("bareme_label")
	if want := []crm.Option{{Value: "tepid", Label: "Tepid"}, {Value: "hot", Label: "Hot"}, {Value: "cold", Label: "Cold"}}; !cmp.Equal(label.Options, want) {
		t.Errorf("options %v", label.Options)
	}
	a.do(http.StatusNoContent, http.MethodDelete, "/crm/v3/properties/contacts/bareme_score", nil)
	a.do(http.StatusNoContent, http.MethodDelete, "/crm/v3/properties/contacts/bareme_label", nil)
	run("restored", "restored")
}

// A property of another type is named before anything is changed.
func TestProvisionRefuses(t *testing.T) {
	a := open(t)
	a.do(http.StatusCreated, http.MethodPost, "/crm/v3/properties/contacts", body{"name": "bareme_score", "label": "x",
		"groupName": "contactinformation", "type": "string", "fieldType": "text"})
	c := a.connect()
	_, err := c.Provision(t.Context(), crm.People, []crm.Field{{Name: "bareme_new", Type: crm.Number}, {Name: "bareme_score", Type: crm.Number}, {Name: "hs_email_open", Type: crm.Number}})
	want := `provision: field bareme_score: the property exists with the type text, and number is needed. Choose another name in the model file's write section
provision: field hs_email_open: the property exists and is read-only. Choose another name in the model file's write section`
	if err == nil || err.Error() != want || !errors.Is(err, crm.ErrInvalid) {
		t.Errorf("got %v", err)
	}
	if s, err := c.Describe(t.Context(), crm.People); err != nil {
		t.Error(err)
	} else if _, ok := s.Field("bareme_new"); ok {
		t.Error("a field was created all the same")
	}
}
