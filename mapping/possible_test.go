package mapping

import (
	"testing"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
)

func TestValidateModel(t *testing.T) {
	m := mustCompile(t, Spec{Attributes: []AttributeSpec{
		{Name: "level", From: []string{"jobtitle"}, Transform: "seniority"},
		{Name: "country", From: []string{"country"}, Transform: "country", Default: text("??")},
		{Name: "stage", From: []string{"lifecyclestage"}},
		{Name: "topics", From: []string{"topics"}, Type: scoring.List},
		{Name: "tier", From: []string{"company.industry"}, Lookup: map[string]string{"Software": "gold", "Retail": "silver"}},
		{Name: "city", From: []string{"city"}},
	}})
	schemas := map[string]crm.Schema{crm.People: {Object: crm.People, Fields: []crm.Field{
		{Name: "lifecyclestage", Type: crm.Choice, Options: []crm.Option{{Value: "lead"}, {Value: "customer"}}},
		{Name: "topics", Type: crm.Choices, Options: []crm.Option{{Value: "crm"}, {Value: "news"}}},
		{Name: "city", Type: crm.Text},
	}}}
	conditions := []string{
		`level in ["c-level", "vp"] && country == "FR" && stage != "lead" && "crm" in topics && tier == "gold" && city == "Lyon" && country != "??"`,
		`level == "vice president"`,
		`city == "Orléans" && level in ["vp", "Director"]`,
		`country == "France" || country == "UK"`,
		`not (stage == "custmer")`,
		`"sport" in topics`,
		`tier in ["bronze"]`,
	}
	group := scoring.GroupSpec{Name: "g"}
	for i, c := range conditions {
		group.Criteria = append(group.Criteria, scoring.CriterionSpec{Name: string(rune('a' + i)), Path: "$.scores.fit.groups.g.criteria[" + string(rune('0'+i)) + "]", When: c, Points: 1})
	}
	model, problems := scoring.Compile(scoring.Spec{Scores: []scoring.ScoreSpec{{Name: "fit", Max: 100, Groups: []scoring.GroupSpec{group}}}}, m.Schema())
	if model == nil {
		t.Fatal(problems)
	}
	found := m.ValidateModel(model, schemas)
	golden(t, "validate: conditions", said(found))
	for _, p := range found {
		i := p.Path[len("$.scores.fit.groups.g.criteria[")] - '0'
		if part := conditions[i][p.Offset : p.Offset+p.Length]; part[0] != '"' || part[len(part)-1] != '"' {
			t.Errorf("%s points at %s", p.Path, part)
		}
	}
	if n := len(m.ValidateModel(model, nil)); n != len(found)-2 {
		t.Errorf("%d problems without schemas, %d with", n, len(found))
	}
}

func FuzzComparedTexts(f *testing.F) {
	f.Add(`é == "a" && "b" in c || d in ["e", 'f']`)
	f.Add(`((`)
	f.Add("\"\xc8\" || a in ['']")
	f.Fuzz(func(t *testing.T, s string) {
		for _, c := range comparedTexts(s) {
			if c.offset < 0 || c.offset+c.length > len(s) {
				t.Errorf("%+v is outside of %q", c, s)
			}
		}
	})
}
