package mapping

import (
	"os"
	"strings"
	"testing"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// said shows problems as the command line does.
func said(problems []scoring.Problem) string {
	var b strings.Builder
	for _, p := range problems {
		b.WriteString(p.Path + ": ")
		if p.Warning {
			b.WriteString("warning: ")
		}
		b.WriteString(p.Message + "\n")
		if p.Hint != "" {
			b.WriteString("  " + p.Hint + "\n")
		}
	}
	return b.String()
}

// golden compares with one file of testdata/problems.txtar.
func golden(t *testing.T, name, got string) {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/problems.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for i := range archive.Files {
		if archive.Files[i].Name == name {
			if diff := cmp.Diff(string(archive.Files[i].Data), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
			return
		}
	}
	if os.Getenv("UPDATE") != "" {
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(got)})
		if err := os.WriteFile("testdata/problems.txtar", txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("testdata/problems.txtar has no %s; it should be:\n%s", name, got)
}

func attributeSpec(a AttributeSpec) Spec {
	a.Path = "$.people.attributes." + a.Name
	return Spec{Attributes: []AttributeSpec{a}}
}

func activitySpec(a ActivitySpec) Spec {
	a.Path = "$.people.activity." + a.Name
	return Spec{Activities: []ActivitySpec{a}}
}

func TestCompileProblems(t *testing.T) {
	for name, spec := range map[string]Spec{
		"a name no condition can use":   attributeSpec(AttributeSpec{Name: "job-title", From: []string{"jobtitle"}}),
		"an attribute from nowhere":     attributeSpec(AttributeSpec{Name: "a"}),
		"an owner has no phone":         attributeSpec(AttributeSpec{Name: "a", From: []string{"x", "owner.phone"}}),
		"an unknown transform":          attributeSpec(AttributeSpec{Name: "a", From: []string{"x"}, Transform: "senority"}),
		"a transform of another type":   attributeSpec(AttributeSpec{Name: "a", From: []string{"email"}, Transform: "free_mail", Type: scoring.Number}),
		"money without a currency":      attributeSpec(AttributeSpec{Name: "budget", From: []string{"x"}, Type: scoring.Money}),
		"a currency that is none":       attributeSpec(AttributeSpec{Name: "budget", From: []string{"x"}, Type: scoring.Money, Currency: "euro"}),
		"a currency without money":      attributeSpec(AttributeSpec{Name: "a", From: []string{"x"}, Currency: "EUR"}),
		"a default of another type":     attributeSpec(AttributeSpec{Name: "a", From: []string{"x"}, Type: scoring.Number, Default: text("none")}),
		"an empty lookup table":         attributeSpec(AttributeSpec{Name: "a", From: []string{"x"}, Lookup: map[string]string{}}),
		"an unknown source":             activitySpec(ActivitySpec{Name: "met", From: "meeting"}),
		"a counter that counts nothing": activitySpec(ActivitySpec{Name: "click", From: Counter}),
		"a counter with a condition":    activitySpec(ActivitySpec{Name: "click", From: Counter, Count: "n", When: []Condition{{"a", []string{"b"}}}}),
		"a counter of the company":      activitySpec(ActivitySpec{Name: "click", From: Counter, Count: "company.n"}),
		"a source with a count":         activitySpec(ActivitySpec{Name: "met", From: crm.Meetings, Count: "n"}),
		"an amount without a currency":  activitySpec(ActivitySpec{Name: "sale", From: crm.Deals, Amount: "amount"}),
		"a condition without values":    activitySpec(ActivitySpec{Name: "sale", From: crm.Deals, When: []Condition{{Field: "dealstage"}}}),
		"two attributes of one name": {Attributes: []AttributeSpec{
			{Name: "a", Path: "$.people.attributes.a", From: []string{"x"}}, {Name: "a", Path: "$.people.attributes.a", From: []string{"y"}}}},
		"written and read": {
			Attributes: []AttributeSpec{{Name: "a", From: []string{"bareme_score"}}},
			Write:      WriteSpec{Path: "$.write.people", Fields: []WriteField{{KeyScore, "bareme_score"}}, Decimals: 9, Language: "de"}},
		"two values for one field": {Write: WriteSpec{Path: "$.write.people", Fields: []WriteField{{KeyScore, "x"}, {KeyGrade, "x"}, {KeyScore, "y"}, {KeyLabel, ""}}}},
		"a negative retention":     {Retain: -1},
	} {
		t.Run(name, func(t *testing.T) {
			m, problems := Compile(spec)
			if m != nil {
				t.Error("a mapper all the same")
			}
			golden(t, "compile: "+name, said(problems))
		})
	}
}

func TestValidate(t *testing.T) {
	people := crm.Schema{Object: crm.People, Fields: []crm.Field{
		{Name: "clicks", Label: "Clicks", Type: crm.Number},
		{Name: "computed", Label: "Computed", Type: crm.Number},
		{Name: "country", Label: "Country/Region", Type: crm.Text},
		{Name: "email", Label: "Email", Type: crm.Text, Writable: true},
		{Name: "jobtitle", Label: "Job Title", Type: crm.Text},
		{Name: "lifecyclestage", Label: "Lifecycle Stage", Type: crm.Choice, Options: []crm.Option{{Value: "lead", Label: "Lead"}, {Value: "customer", Label: "Customer"}}},
		{Name: "notes_date", Label: "Last contacted", Type: crm.DateTime, Writable: true},
		{Name: "optout", Label: "Opt out", Type: crm.Bool},
	}}
	schemas := map[string]crm.Schema{
		crm.People:    people,
		crm.Companies: {Object: crm.Companies, Fields: []crm.Field{{Name: "numberofemployees", Label: "Number of Employees", Type: crm.Number}}},
		crm.Deals: {Object: crm.Deals, Fields: []crm.Field{
			{Name: "amount", Type: crm.Number}, {Name: "closedate", Type: crm.DateTime}, {Name: "deal_currency_code", Type: crm.Choice},
			{Name: "dealstage", Type: crm.Choice, Options: []crm.Option{{Value: "closedwon", Label: "Closed won"}}}}},
	}
	for name, spec := range map[string]Spec{
		"nothing wrong": {
			Identity:   "email",
			Attributes: []AttributeSpec{{Name: "n", From: []string{"company.numberofemployees"}, Type: scoring.Number}, {Name: "o", From: []string{"owner.name"}}},
			Activities: []ActivitySpec{{Name: "sale", From: crm.Deals, When: []Condition{{"dealstage", []string{"CLOSEDWON"}}}, Amount: "amount", Currency: "EUR", CurrencyFrom: "deal_currency_code"}},
			SkipIf:     []Condition{{"optout", []string{"true"}}},
		},
		"a misspelt field":            attributeSpec(AttributeSpec{Name: "title", From: []string{"jobttile"}}),
		"a label for a name":          attributeSpec(AttributeSpec{Name: "title", From: []string{"Job title"}}),
		"a field of no likeness":      attributeSpec(AttributeSpec{Name: "title", From: []string{"country", "zodiac"}}),
		"a field of the company":      attributeSpec(AttributeSpec{Name: "n", From: []string{"company.number_of_employees"}, Type: scoring.Number}),
		"a date for a number":         attributeSpec(AttributeSpec{Name: "n", From: []string{"notes_date"}, Type: scoring.Number}),
		"a table for other options":   attributeSpec(AttributeSpec{Name: "stage", From: []string{"lifecyclestage"}, Lookup: map[string]string{"Prospect": "x"}}),
		"a counter of dates":          activitySpec(ActivitySpec{Name: "click", From: Counter, Count: "notes_date", Last: "clicks"}),
		"an option that is not there": activitySpec(ActivitySpec{Name: "sale", From: crm.Deals, When: []Condition{{"dealstage", []string{"Closed won", "won"}}}}),
		"amounts of any currency":     activitySpec(ActivitySpec{Name: "sale", From: crm.Deals, Amount: "amount", Currency: "EUR"}),
		"a bool is true or false":     {SkipIf: []Condition{{"optout", []string{"yes"}}}},
		"fields to write to": {Write: WriteSpec{Path: "$.write.people", Fields: []WriteField{
			{KeyScore, "bareme_score"}, {"fit", "computed"}, {KeyGrade, "notes_date"}, {KeyScoredAt, "email"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, "validate: "+name, said(mustCompile(t, spec).Validate(schemas)))
		})
	}
	if got := mustCompile(t, Spec{Identity: "e"}).Validate(nil); got != nil {
		t.Errorf("without schemas: %v", got)
	}
}
