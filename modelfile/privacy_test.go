package modelfile_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/scoring"
)

const reviewable = `version: 1
connections: [{name: marketing, crm: hubspot}]
people:
  exclude: %RULE%
  attributes:
    employees: {from: company.numberofemployees, type: number}
    rating: {from: hubspotscore, type: number}
scores:
  fit: {groups: {company: {criteria: [{name: Size, when: employees >= 50, points: 20}]}}}
grade: {score: fit, scale: madkudu}
write:
  people: {score: bareme_score%ROUTING%}
%PRIVACY%
`

// TestReview: a rule that rests on scores alone needs a person; one that asks for a fact as well does not.
func TestReview(t *testing.T) {
	for _, c := range []struct {
		rule, routing, privacy string
		refused                bool
	}{
		{"rating < 20", "", "", true},
		{"rating < 20", "", "privacy: {human_review: false}", true},
		{"rating < 20", "", "privacy: {human_review: true}", false},
		{"rating < 20 && employees < 5", "", "", false},
		{"employees < 5", "", "", false},
		{"employees < 5", ", routing: b_route", "", true},
		{"employees < 5", ", routing: b_route", "privacy: {human_review: true}", false},
		{"employees < 5", ", routing: b_route", `routing: {sales: 'grade == "A"', nurture: "*"}`, false},
		{"employees < 5", ", routing: b_route", `routing: {out_of_target: 'grade == "E" && employees < 5', nurture: "*"}`, false},
	} {
		text := strings.NewReplacer("%RULE%", c.rule, "%ROUTING%", c.routing, "%PRIVACY%", c.privacy).Replace(reviewable)
		_, err := modelfile.Parse("bareme.yaml", []byte(text), nil)
		if refused := err != nil && strings.Contains(err.Error(), "left out by a score alone"); refused != c.refused || err != nil && !refused {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// TestSameHashWithoutPrivacyKeys: the keys of today's files mean what they meant, so nobody is scored anew for them.
func TestSameHashWithoutPrivacyKeys(t *testing.T) {
	text := strings.NewReplacer("  exclude: %RULE%\n", "", "%ROUTING%", "", "%PRIVACY%", "privacy: {skip_if: {optout: \"true\"}}").Replace(reviewable)
	more := strings.Replace(text, "{skip_if", "{human_review: true, skip_if", 1)
	one, err := modelfile.Parse("a", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	two, err := modelfile.Parse("b", []byte(more), nil)
	if err != nil {
		t.Fatal(err)
	}
	if one.Hash() != two.Hash() {
		t.Error("who reviews changes no record, and the hash changed")
	}
}

// TestPrivacyKeysArrive: every key reaches what acts on it.
func TestPrivacyKeysArrive(t *testing.T) {
	f, err := modelfile.Parse("bareme.yaml", []byte(`version: 1
connections: [{name: marketing, crm: hubspot}]
people:
  include: employees > 1
  exclude: employees > 1000
  attributes: {employees: {from: company.numberofemployees, type: number}}
  activity: {met: {from: meetings}}
scores:
  fit: {include: employees > 2, exclude: employees > 900, groups: {company: {criteria: [{name: Size, when: employees >= 50, points: 20}]}}}
override: {field: a, until: b, author: c, reason: d}
privacy: {skip_if: [{x: [y, z], v: ""}, {w: u}], retain: 1y, active: met}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []any{
		scoring.ScopeSpec{Include: "employees > 1", Exclude: "employees > 1000"}, scoring.ScopeSpec{Include: "employees > 2", Exclude: "employees > 900"},
		&mapping.OverrideSpec{Field: "a", Until: "b", Author: "c", Reason: "d"}, []string{"met"},
		[][]mapping.Condition{{{Field: "x", In: []string{"y", "z"}}, {Field: "v", In: []string{""}}}, {{Field: "w", In: []string{"u"}}}},
	}
	got := []any{f.Scoring.Scope, f.Scoring.Scores[0].Scope, f.Mapping.Override, f.Mapping.Active, f.Mapping.SkipSets}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
