package modelfile_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
)

// salesforceSchemas are the standard fields of an org, as far as a first model cares: leads and contacts are one object here.
func salesforceSchemas() map[string]crm.Schema {
	return map[string]crm.Schema{
		crm.People: {Object: crm.People, Fields: []crm.Field{
			{Name: "AnnualRevenue", Label: "Annual Revenue", Type: crm.Number},
			{Name: "Country", Label: "Country", Type: crm.Text},
			{Name: "CreatedDate", Label: "Created Date", Type: crm.DateTime},
			{Name: "Department", Label: "Department", Type: crm.Text},
			{Name: "Email", Label: "Email", Type: crm.Text},
			{Name: "EmailBouncedReason", Label: "Email Bounced Reason", Type: crm.Text},
			{Name: "HasOptedOutOfEmail", Label: "Email Opt Out", Type: crm.Bool},
			{Name: "Industry", Label: "Industry", Type: crm.Choice},
			{Name: "LeadSource", Label: "Lead Source", Type: crm.Choice},
			{Name: "MailingCountry", Label: "Mailing Country", Type: crm.Text},
			{Name: "NumberOfEmployees", Label: "Employees", Type: crm.Number},
			{Name: "Status", Label: "Status", Type: crm.Choice},
			{Name: "Title", Label: "Title", Type: crm.Text},
		}},
		crm.Companies: {Object: crm.Companies, Fields: []crm.Field{
			{Name: "BillingCountry", Label: "Billing Country", Type: crm.Text},
			{Name: "Industry", Label: "Industry", Type: crm.Choice},
			{Name: "NumberOfEmployees", Label: "Employees", Type: crm.Number},
		}},
		crm.Meetings: {Object: crm.Meetings, Fields: []crm.Field{{Name: "StartDateTime", Label: "Start Date Time", Type: crm.DateTime}}},
		crm.Calls:    {Object: crm.Calls, Fields: []crm.Field{{Name: "CallDurationInSeconds", Label: "Call Duration", Type: crm.Number}}},
		crm.Campaigns: {Object: crm.Campaigns, Fields: []crm.Field{
			{Name: "HasResponded", Label: "Responded", Type: crm.Bool}}},
		crm.Emails: {Object: crm.Emails, Fields: []crm.Field{{Name: "Incoming", Label: "Is Incoming", Type: crm.Bool}}},
		crm.Deals: {Object: crm.Deals, Fields: []crm.Field{
			{Name: "CloseDate", Label: "Close Date", Type: crm.Date}, {Name: "CreatedDate", Label: "Created Date", Type: crm.DateTime}, {Name: "IsClosed", Label: "Closed", Type: crm.Bool},
			{Name: "IsWon", Label: "Won", Type: crm.Bool}, {Name: "StageName", Label: "Stage", Type: crm.Choice}}},
	}
}

func TestStarterOverSalesforce(t *testing.T) {
	f, data := starter(t, "salesforce", salesforceSchemas())
	for _, p := range f.Mapper.Validate(salesforceSchemas()) {
		if !strings.HasPrefix(p.Path, "$.write.people") { // those fields are created later
			t.Errorf("%s", f.Show(p))
		}
	}
	const path = "testdata/starter-salesforce.yaml"
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
