package mapping

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/internal/outside"
	"github.com/bareme/bareme/scoring"
	"github.com/google/go-cmp/cmp"
)

// suggested shows a suggestion as one line for each proposal.
func suggested(s Suggestion) []string {
	out := []string{"identity " + s.Identity}
	for _, a := range s.Attributes {
		line := a.Name + " " + typeName(a.Type) + " from " + strings.Join(a.From, ", ")
		if a.Transform != "" {
			line += " by " + a.Transform
		}
		out = append(out, line)
	}
	for _, a := range s.Activities {
		line := a.Name + " from " + a.From
		for _, part := range []string{a.Count, a.Last, a.Time} {
			if part != "" {
				line += " " + part
			}
		}
		for _, w := range a.When {
			line += " when " + w.Field + " is " + strings.Join(w.In, " or ")
		}
		out = append(out, line)
	}
	for _, c := range s.SkipIf {
		out = append(out, "skip if "+c.Field+" is "+strings.Join(c.In, " or "))
	}
	return out
}

// mustFit compiles a suggestion, and validates it against the schemas it was made from.
func mustFit(t *testing.T, s Suggestion, schemas map[string]crm.Schema) {
	t.Helper()
	spec := Spec{Identity: s.Identity, SkipIf: s.SkipIf}
	for _, a := range s.Attributes {
		spec.Attributes = append(spec.Attributes, a.AttributeSpec)
		if a.Why == "" || a.Confidence < sureEnough || a.Confidence > 1 {
			t.Errorf("%s: why %q, confidence %v", a.Name, a.Why, a.Confidence)
		}
	}
	for _, a := range s.Activities {
		spec.Activities = append(spec.Activities, a.ActivitySpec)
	}
	for _, p := range mustCompile(t, spec).Validate(schemas) {
		t.Errorf("%s: %s (%s)", p.Path, p.Message, p.Hint)
	}
}

func TestSuggestHubSpot(t *testing.T) {
	people := crm.Schema{Object: crm.People, Fields: []crm.Field{
		{Name: "annualrevenue", Label: "Annual Revenue", Type: crm.Text},
		{Name: "bareme_score", Label: "Lead score", Type: crm.Number},
		{Name: "country", Label: "Country/Region", Type: crm.Text},
		{Name: "createdate", Label: "Create Date", Type: crm.DateTime},
		{Name: "email", Label: "Email", Type: crm.Text},
		{Name: "hs_analytics_last_timestamp", Label: "Time Last Seen", Type: crm.DateTime},
		{Name: "hs_analytics_num_page_views", Label: "Number of Pageviews", Type: crm.Number},
		{Name: "hs_analytics_source", Label: "Original Traffic Source", Type: crm.Choice},
		{Name: "hs_email_click", Label: "Marketing emails clicked", Type: crm.Number},
		{Name: "hs_email_domain", Label: "Email Domain", Type: crm.Text},
		{Name: "hs_email_last_click_date", Label: "Last marketing email click date", Type: crm.DateTime},
		{Name: "hs_email_last_open_date", Label: "Last marketing email open date", Type: crm.DateTime},
		{Name: "hs_email_open", Label: "Marketing emails opened", Type: crm.Number},
		{Name: "hs_email_optout", Label: "Unsubscribed from all email", Type: crm.Bool},
		{Name: "hs_latest_source", Label: "Latest Traffic Source", Type: crm.Choice},
		{Name: "hs_object_source", Label: "Record source", Type: crm.Text},
		{Name: "hubspotscore", Label: "HubSpot Score", Type: crm.Number},
		{Name: "industry", Label: "Industry", Type: crm.Text},
		{Name: "jobtitle", Label: "Job Title", Type: crm.Text},
		{Name: "lifecyclestage", Label: "Lifecycle Stage", Type: crm.Choice},
		{Name: "num_conversion_events", Label: "Number of Form Submissions", Type: crm.Number},
		{Name: "recent_conversion_date", Label: "Recent Conversion Date", Type: crm.DateTime},
		{Name: "salutation", Label: "Salutation", Type: crm.Text},
	}}
	schemas := map[string]crm.Schema{
		crm.People: people,
		crm.Companies: {Object: crm.Companies, Fields: []crm.Field{
			{Name: "annualrevenue", Label: "Annual Revenue", Type: crm.Number},
			{Name: "industry", Label: "Industry", Type: crm.Choice},
			{Name: "numberofemployees", Label: "Number of Employees", Type: crm.Number},
		}},
		crm.Meetings: {Object: crm.Meetings, Fields: []crm.Field{{Name: "hs_meeting_outcome", Label: "Meeting outcome", Type: crm.Choice, Options: []crm.Option{{Value: "COMPLETED"}, {Value: "NO_SHOW"}}}}},
		crm.Deals:    {Object: crm.Deals, Fields: []crm.Field{{Name: "closedate", Type: crm.DateTime}, {Name: "dealstage", Label: "Deal Stage", Type: crm.Choice, Options: []crm.Option{{Value: "closedwon"}}}}},
	}
	fill := map[string]map[string]float64{crm.People: {}}
	for _, f := range people.Fields {
		fill[crm.People][f.Name] = 0.8
	}
	fill[crm.People]["annualrevenue"] = 0.001
	s := Suggest(schemas, fill)
	mustFit(t, s, schemas)
	want := []string{
		"identity email",
		"seniority text from jobtitle by seniority",
		"department text from jobtitle by function",
		"employees number from company.numberofemployees",
		"industry text from company.industry, industry",
		"revenue number from company.annualrevenue",
		"country text from country by country",
		"free_mail bool from email by free_mail",
		"disposable bool from email by disposable",
		"lead_source text from hs_analytics_source",
		"lifecycle text from lifecyclestage",
		"created date from createdate",
		"form from counter num_conversion_events recent_conversion_date",
		"email_click from counter hs_email_click hs_email_last_click_date",
		"email_open from counter hs_email_open hs_email_last_open_date",
		"page_view from counter hs_analytics_num_page_views hs_analytics_last_timestamp",
		"meeting from meetings when hs_meeting_outcome is COMPLETED",
		"purchase from deals closedate when dealstage is closedwon",
		"skip if hs_email_optout is true",
	}
	if diff := cmp.Diff(want, suggested(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// columns is the schema of a spreadsheet.
func columns(names ...string) map[string]crm.Schema {
	s := crm.Schema{Object: crm.People}
	for _, n := range names {
		s.Fields = append(s.Fields, crm.Field{Name: n, Label: n, Type: crm.Text})
	}
	return map[string]crm.Schema{crm.People: s}
}

func TestSuggestSpreadsheets(t *testing.T) {
	for name, c := range map[string]struct{ columns, want []string }{
		"a French export": {
			[]string{"Adresse e-mail", "Intitulé du poste", "Pays", "Secteur d'activité", "Nombre de salariés", "Chiffre d'affaires", "Nombre de visites", "Dernière visite", "Désabonné", "Civilité"},
			[]string{
				"identity Adresse e-mail",
				"seniority text from Intitulé du poste by seniority",
				"department text from Intitulé du poste by function",
				"employees number from Nombre de salariés",
				"industry text from Secteur d'activité",
				"revenue number from Chiffre d'affaires",
				"country text from Pays by country",
				"free_mail bool from Adresse e-mail by free_mail",
				"disposable bool from Adresse e-mail by disposable",
				"visit from counter Nombre de visites Dernière visite",
				"skip if Désabonné is true or yes or oui or 1",
			},
		},
		"nothing to score by": {[]string{"A", "B", "hubspotscore", "notes"}, []string{"identity "}},
	} {
		t.Run(name, func(t *testing.T) {
			schemas := columns(c.columns...)
			s := Suggest(schemas, nil)
			mustFit(t, s, schemas)
			if diff := cmp.Diff(c.want, suggested(s)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestSuggestLeads reads the columns of a real export, where it is at hand.
func TestSuggestLeads(t *testing.T) {
	f, err := os.Open(outside.Path(t, "data/leads/Leads.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	header, err := csv.NewReader(f).Read()
	if err != nil {
		t.Fatal(err)
	}
	schemas := columns(header...)
	s := Suggest(schemas, nil)
	mustFit(t, s, schemas)
	want := []string{
		"identity ",
		"occupation text from What is your current occupation",
		"country text from Country by country",
		"lead_source text from Lead Source",
		"lead_origin text from Lead Origin",
		"heard_from text from How did you hear about X Education",
		"interest text from Specialization",
		"time_on_site number from Total Time Spent on Website",
		"pages_per_visit number from Page Views Per Visit",
		"visit from counter TotalVisits",
		"skip if Do Not Email is true or yes or oui or 1",
	}
	if diff := cmp.Diff(want, suggested(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSuggestPortal reads the property names of a real portal, where they are at hand.
func TestSuggestPortal(t *testing.T) {
	f, err := os.Open(outside.Path(t, "data/hubspot/contact_properties_table.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r := csv.NewReader(f)
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = '\t', -1, true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]crm.Type{"number": crm.Number, "datetime": crm.DateTime, "date": crm.Date, "bool": crm.Bool, "enumeration": crm.Choice}
	people := crm.Schema{Object: crm.People}
	for _, row := range rows {
		if len(row) < 3 || strings.HasPrefix(row[1], "NOT IN") {
			continue
		}
		typ, ok := types[row[1]]
		if !ok {
			typ = crm.Text
		}
		people.Fields = append(people.Fields, crm.Field{Name: row[0], Type: typ})
	}
	schemas := map[string]crm.Schema{crm.People: people}
	s := Suggest(schemas, nil)
	mustFit(t, s, schemas)
	for _, line := range suggested(s) {
		t.Log(line)
	}
	if s.Identity != "email" || len(s.Attributes) < 8 || len(s.Activities) < 7 {
		t.Errorf("identity %q, %d attributes, %d activities", s.Identity, len(s.Attributes), len(s.Activities))
	}
	for _, a := range s.Attributes {
		if a.Type == scoring.Unknown {
			t.Errorf("%s has no type", a.Name)
		}
	}
}
