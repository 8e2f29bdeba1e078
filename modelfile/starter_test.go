package modelfile_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/modelfile"
)

func hubspotSchemas() map[string]crm.Schema {
	return map[string]crm.Schema{
		crm.People: {Object: crm.People, Fields: []crm.Field{
			{Name: "country", Label: "Country/Region", Type: crm.Text},
			{Name: "email", Label: "Email", Type: crm.Text},
			{Name: "hs_analytics_last_timestamp", Label: "Time Last Seen", Type: crm.DateTime},
			{Name: "hs_analytics_num_page_views", Label: "Number of Pageviews", Type: crm.Number},
			{Name: "hs_analytics_source", Label: "Original Traffic Source", Type: crm.Choice},
			{Name: "hs_email_click", Label: "Marketing emails clicked", Type: crm.Number},
			{Name: "hs_email_last_click_date", Label: "Last marketing email click date", Type: crm.DateTime},
			{Name: "hs_email_optout", Label: "Unsubscribed from all email", Type: crm.Bool},
			{Name: "jobtitle", Label: "Job Title", Type: crm.Text},
			{Name: "lifecyclestage", Label: "Lifecycle Stage", Type: crm.Choice},
			{Name: "num_conversion_events", Label: "Number of Form Submissions", Type: crm.Number},
			{Name: "recent_conversion_date", Label: "Recent Conversion Date", Type: crm.DateTime},
		}},
		crm.Companies: {Object: crm.Companies, Fields: []crm.Field{
			{Name: "industry", Label: "Industry", Type: crm.Choice},
			{Name: "numberofemployees", Label: "Number of Employees", Type: crm.Number},
		}},
		crm.Meetings: {Object: crm.Meetings, Fields: []crm.Field{{Name: "hs_meeting_outcome", Label: "Meeting outcome", Type: crm.Choice, Options: []crm.Option{{Value: "COMPLETED"}}}}},
		crm.Deals:    {Object: crm.Deals, Fields: []crm.Field{{Name: "closedate", Type: crm.DateTime}, {Name: "dealstage", Type: crm.Choice, Options: []crm.Option{{Value: "closedwon"}}}}},
	}
}

func columns(names ...string) map[string]crm.Schema {
	s := crm.Schema{Object: crm.People}
	for _, n := range names {
		s.Fields = append(s.Fields, crm.Field{Name: n, Label: n, Type: crm.Text})
	}
	return map[string]crm.Schema{crm.People: s}
}

// starter writes a first model over the suggestion for schemas, and holds it to be valid without a warning.
func starter(t *testing.T, crmName string, schemas map[string]crm.Schema) (*modelfile.File, []byte) {
	t.Helper()
	data := modelfile.Starter("first", crmName, mapping.Suggest(schemas, nil))
	f, err := modelfile.Parse("bareme.yaml", data, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	for _, w := range f.Warnings {
		if len(f.Mapping.Attributes) == 0 && strings.Contains(w.Message, "stand alone") {
			continue // where nothing is known of people, only what they do can be scored, and the file says so
		}
		t.Errorf("%s", f.Show(w))
	}
	return f, data
}

func TestStarterOverHubSpot(t *testing.T) {
	f, data := starter(t, "hubspot", hubspotSchemas())
	for _, p := range f.Mapper.Validate(hubspotSchemas()) {
		if !strings.HasPrefix(p.Path, "$.write.people") { // those fields are created later
			t.Errorf("%s", f.Show(p))
		}
	}
	const path = "testdata/starter-hubspot.yaml"
	if *update {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(data)); diff != "" {
		t.Errorf("first model (-want +got):\n%s", diff)
	}
}

// TestStarterNamesForSalesforce: fields are named as the shipped metadata names them, and as Salesforce takes new ones.
func TestStarterNamesForSalesforce(t *testing.T) {
	_, data := starter(t, "salesforce", hubspotSchemas())
	for _, line := range []string{"score: Bareme_Score__c", "scored_at: Bareme_Scored_At__c", "unscored: Bareme_Unscored__c"} {
		if !strings.Contains(string(data), "    "+line+"\n") {
			t.Errorf("no line %q", line)
		}
	}
}

func TestStarterOverSpreadsheets(t *testing.T) {
	for name, schemas := range map[string]map[string]crm.Schema{
		"english":    columns("Email", "Job Title", "Company Size", "Country", "Visits", "Last visit", "Do Not Email"),
		"french":     columns("Courriel", "Intitulé de poste", "Effectif", "Pays", "Pages vues", "Désabonné"),
		"leads":      columns("Prospect ID", "Lead Origin", "Lead Source", "TotalVisits", "Total Time Spent on Website", "Page Views Per Visit", "Country", "Specialization", "What is your current occupation", "City"),
		"an address": columns("E-mail"),
		"nothing":    columns("x", "y"),
	} {
		t.Run(name, func(t *testing.T) { starter(t, "file", schemas) })
	}
}

// TestStarterSurvivesStrangeNames: field names and labels are the CRM's, not ours.
func TestStarterSurvivesStrangeNames(t *testing.T) {
	for _, name := range []string{"a: b", "#x", "- x", "'", `"`, `\`, "{x}", "[", "true", "yes", "~", "1", "été à l'école", "a\nb: c", "a\tb", " x ", "&a", "*", "!t", "%", "@", "a #b", "x: 'y\""} {
		s := mapping.Suggestion{
			Identity:   name,
			Attributes: []mapping.SuggestedAttribute{{AttributeSpec: mapping.AttributeSpec{Name: "industry", From: []string{name}}, Why: name + "\nand: more"}},
			Activities: []mapping.SuggestedActivity{{ActivitySpec: mapping.ActivitySpec{Name: "visit", From: mapping.Counter, Count: name}, Why: name}},
			SkipIf:     []mapping.Condition{{Field: name, In: []string{name}}},
		}
		data := modelfile.Starter(name, "hubspot", s)
		f, err := modelfile.Parse("bareme.yaml", data, nil)
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		if got := f.Mapping.Attributes[0].From[0]; got != name || f.Mapping.SkipIf[0].Field != name || f.Mapping.Activities[0].Count != name {
			t.Errorf("%q became %q", name, got)
		}
	}
}
