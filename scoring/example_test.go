package scoring_test

import (
	"fmt"
	"time"

	"github.com/bareme/bareme/scoring"
)

// A model is compiled once, then scores any number of people.
func Example() {
	schema := scoring.Schema{
		Attributes: []scoring.Attribute{{Name: "employees", Type: scoring.Number}, {Name: "seniority", Type: scoring.Text}},
		Activities: []string{"email_click"},
	}
	model, problems := scoring.Compile(scoring.Spec{Scores: []scoring.ScoreSpec{
		{Name: "fit", Max: 100, Groups: []scoring.GroupSpec{{Name: "firmographic", Criteria: []scoring.CriterionSpec{
			{Name: "Company size", When: "employees >= 50 && employees <= 1000", Points: 20},
			{Name: "Decision maker", When: `seniority in ["c-level", "vp", "director"]`, Points: 25},
		}}}},
		{Name: "engagement", Max: 100, Groups: []scoring.GroupSpec{{Name: "intent", Criteria: []scoring.CriterionSpec{
			{Name: "Clicked an e-mail", Activity: "email_click", Points: 5, Each: true, Decay: scoring.Decay{HalfLife: scoring.Duration(30 * 24 * time.Hour)}},
		}}}},
	}}, schema)
	if model == nil {
		fmt.Println(problems)
		return
	}

	now := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	person := scoring.Subject{
		Values: []scoring.Value{{}, {Type: scoring.Text, Str: "director"}}, // the number of employees is not known
		Events: []scoring.Event{{Kind: 0, Count: 5, At: now.AddDate(0, 0, -30).UnixMilli()}},
	}
	var result scoring.Result
	model.Score(&person, now, &result)
	fmt.Println("score", result.Overall)
	reasons := model.Reasons(&result, now, "en")
	for _, r := range reasons {
		fmt.Println(r.Points, r.Text)
	}
	fmt.Println(model.Summary(reasons, 60))
	// Output:
	// score 18.75
	// 25 Decision maker
	// 12.5 Clicked an e-mail: 5 times, last on 22 Oct 2026
	// 0 Nothing is known of: employees
	// +25 Decision maker … and 2 more
}

// What is wrong with a model is said all at once, each with its place.
func ExampleCompile() {
	_, problems := scoring.Compile(scoring.Spec{Scores: []scoring.ScoreSpec{
		{Name: "fit", Path: "$.scores.fit", Max: 100, Groups: []scoring.GroupSpec{{
			Name: "profile", Path: "$.scores.fit.groups.profile", Criteria: []scoring.CriterionSpec{
				{Name: "Large", Path: "$.scores.fit.groups.profile.criteria[0]", When: "employes >= 50", Points: 20},
			}}}},
	}}, scoring.Schema{Attributes: []scoring.Attribute{{Name: "employees", Type: scoring.Number}}})
	for _, p := range problems {
		fmt.Println(p)
	}
	// Output:
	// $.scores.fit.groups.profile.criteria[0].when: unknown attribute "employes"; did you mean "employees"?
}

// Remaining previews a decay.
func ExampleDecay_Remaining() {
	d := scoring.Decay{HalfLife: scoring.Duration(30 * 24 * time.Hour)}
	for _, days := range []int{0, 30, 60, 90} {
		fmt.Println(days, d.Remaining(10, scoring.Duration(days)*scoring.Duration(24*time.Hour)))
	}
	// Output:
	// 0 10
	// 30 5
	// 60 2.5
	// 90 1.25
}
