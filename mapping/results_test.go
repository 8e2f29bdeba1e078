package mapping

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
)

// TestExclusions: a value of not leaves an activity out, letter case aside; "*" at an end stands for anything.
func TestExclusions(t *testing.T) {
	e := compileExclusions([]Condition{{Field: "subject", In: []string{"*newsletter*", "Info:*", "*(auto)", "Welcome", "a*b"}}})[0]
	for subject, want := range map[string]bool{
		"Our NEWSLETTER of May": true, "newsletter": true, "info: hello": true, "more info: hello": false, "reply (AUTO)": true,
		"(auto) reply": false, "welcome": true, "Welcome back": false, "a*b": true, "a and b": false, "": false,
	} {
		if got := e.holds(crm.Fields{"subject": subject}); got != want {
			t.Errorf("%q: left out %v, want %v", subject, got, want)
		}
	}
}

// TestShowResults: stage, route and next step are written, and the stage can be read back.
func TestShowResults(t *testing.T) {
	mapper, problems := Compile(Spec{
		Attributes: []AttributeSpec{{Name: "size", From: []string{"company.size"}, Type: scoring.Number}},
		Activities: []ActivitySpec{{Name: "mail", From: crm.Emails, Not: []Condition{{Field: "hs_email_subject", In: []string{"*news*"}}}}},
		Write: WriteSpec{Language: "fr", Fields: []WriteField{
			{Key: KeyNext, Field: "b_next"}, {Key: KeyLifecycle, Field: "b_stage"}, {Key: KeyRouting, Field: "b_route"},
		}},
	})
	if mapper == nil {
		t.Fatal(problems)
	}
	model, problems := scoring.Compile(scoring.Spec{
		Scores:    []scoring.ScoreSpec{{Name: "fit", Path: "$.scores.fit", Max: 100, Groups: []scoring.GroupSpec{{Name: "g", Criteria: []scoring.CriterionSpec{{Name: "Large", When: "size >= 50", Points: 60}}}}}},
		Grade:     &scoring.GradeSpec{Path: "$.grade", Scale: "laywork"},
		Lifecycle: []scoring.StageSpec{{Name: "at_risk", Enter: "fit < 50"}, {Name: "suspect", Enter: scoring.Always}},
	}, mapper.Schema())
	if model == nil {
		t.Fatal(problems)
	}
	var r scoring.Result
	model.Score(&scoring.Subject{Values: []scoring.Value{{Type: scoring.Number, Num: 80}}}, now, &r)
	shown := mapper.Show(model, &r, "", now, "")
	if diff := cmp.Diff(crm.Fields{"b_next": "Appeler maintenant", "b_stage": "suspect", "b_route": "sales"}, shown); diff != "" {
		t.Error(diff)
	}
	if mapper.Stage(shown) != "suspect" || mapper.Stage(nil) != "" {
		t.Errorf("stages %q and %q", mapper.Stage(shown), mapper.Stage(nil))
	}
	if diff := cmp.Diff([]crm.Field{
		{Name: "b_next", Type: crm.Text, Writable: true, Label: "À faire", Help: "Ce que la note conseille de faire.", Length: nextLength},
		{Name: "b_stage", Type: crm.Choice, Writable: true, Label: "Cycle de vie", Help: "Étape de la relation, calculée par Barème.",
			Options: []crm.Option{{Value: "at_risk", Label: "À risque"}, {Value: "suspect", Label: "Suspect"}}},
		{Name: "b_route", Type: crm.Choice, Writable: true, Label: "Orientation", Help: "Commerciaux, à nourrir ou hors cible.",
			Options: []crm.Option{{Value: "sales", Label: "Commerciaux"}, {Value: "nurture", Label: "À nourrir"}, {Value: "out_of_target", Label: "Hors cible"}}},
	}, mapper.WriteFields(model)); diff != "" {
		t.Error(diff)
	}
	if got := mapper.Need().Read[crm.Emails]; !cmp.Equal(got, []string{"hs_email_subject"}) {
		t.Errorf("reads %v of e-mails", got)
	}
	if len(mapper.ScoreFields()) != 0 {
		t.Errorf("score fields %v", mapper.ScoreFields())
	}
}

// TestValidateResults: grades and stages that do not exist are found in the rules of routes, and options that do not exist
// in every condition.
func TestValidateResults(t *testing.T) {
	mapper, problems := Compile(Spec{Attributes: []AttributeSpec{{Name: "level", From: []string{"jobtitle"}, Transform: "seniority"}}})
	if mapper == nil {
		t.Fatal(problems)
	}
	model, problems := scoring.Compile(scoring.Spec{
		Scores:    []scoring.ScoreSpec{{Name: "fit", Path: "$.scores.fit", Max: 100, Groups: []scoring.GroupSpec{{Name: "g", Criteria: []scoring.CriterionSpec{{Name: "c", When: `level == "vp"`, Points: 60}}}}}},
		Grade:     &scoring.GradeSpec{Path: "$.grade", Scale: "madkudu"},
		Adjust:    []scoring.AdjustSpec{{Name: "a", Path: "$.adjust[0]", When: `level == "boss"`, Points: 1}},
		Lifecycle: []scoring.StageSpec{{Name: "customer", Path: "$.lifecycle.customer", Enter: `grade == "A"`, Leave: `grade == "F"`}},
		Routing:   []scoring.StageSpec{{Name: "sales", Path: "$.routing.sales", Enter: `stage == "client"`}},
	}, mapper.Schema())
	if model == nil {
		t.Fatal(problems)
	}
	var got []string
	for _, p := range mapper.ValidateModel(model, nil) {
		got = append(got, p.Path+": "+p.Message)
	}
	if diff := cmp.Diff([]string{
		`$.adjust[0].when: level is never "boss"`, `$.lifecycle.customer.leave: grade is never "F"`, `$.routing.sales: stage is never "client"`,
	}, got); diff != "" {
		t.Error(diff)
	}
}
