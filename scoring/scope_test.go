package scoring

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// rawScope is who a model or a score is made for, in the cases of testdata.
type rawScope struct{ Include, Exclude string }

// TestScopeLaws: in scope, a score is what it is without one; out of scope, the overall score is that of a model without
// the score.
func TestScopeLaws(t *testing.T) {
	attributes := []Attribute{{"country", Text}, {"employees", Number}}
	score := func(name string, scope ScopeSpec, at float64) ScoreSpec {
		path := "$.scores." + name
		return ScoreSpec{Name: name, Path: path, Max: 100, Scope: scope, Groups: []GroupSpec{{Name: "g", Path: path, Criteria: []CriterionSpec{
			{Name: "size", Path: path, When: fmt.Sprintf("employees >= %g", at), Points: 30 + at},
		}}}}
	}
	compile := func(t *rapid.T, scores ...ScoreSpec) *Model {
		weights := []Weight{}
		for i, s := range scores {
			weights = append(weights, Weight{s.Name, float64(1 + 2*i)})
		}
		m, problems := Compile(Spec{Scores: scores, Overall: weights}, Schema{Attributes: attributes})
		if m == nil {
			t.Fatal(problems)
		}
		return m
	}
	rapid.Check(t, func(t *rapid.T) {
		scope := rapid.SampledFrom([]ScopeSpec{{Include: `country == "FR"`}, {Exclude: `country != "FR"`}, {Include: "true", Exclude: `not (country == "FR")`}}).Draw(t, "scope")
		country := rapid.SampledFrom([]string{"FR", "BE"}).Draw(t, "country")
		one, two := score("one", ScopeSpec{}, rapid.Float64Range(0, 40).Draw(t, "one")), score("two", scope, 20)
		s := Subject{Values: []Value{{Type: Text, Str: country}, {Type: Number, Num: rapid.Float64Range(0, 60).Draw(t, "employees")}}}
		var got, want Result
		compile(t, one, two).Score(&s, time.Unix(1_790_000_000, 0), &got)
		if country == "FR" {
			two.Scope = ScopeSpec{}
			compile(t, one, two).Score(&s, time.Unix(1_790_000_000, 0), &want)
		} else {
			compile(t, one).Score(&s, time.Unix(1_790_000_000, 0), &want)
		}
		if got.Overall != want.Overall || got.Scored != want.Scored || len(got.Lines) != len(want.Lines) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}
