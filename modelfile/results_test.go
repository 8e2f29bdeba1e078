package modelfile_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/scoring"
)

// results is a model file with every key of what is made of scores and of what is left out before.
func results(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("testdata/results.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestResults(t *testing.T) {
	f, err := modelfile.Parse("bareme.yaml", []byte(results(t)), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range f.Warnings {
		t.Error(f.Show(w))
	}
	s := f.Scoring
	most := 120.0
	want := scoring.Spec{
		Scores: s.Scores, Trend: s.Trend,
		Overall: []scoring.Weight{{Score: "fit", Weight: 1}, {Score: "engagement", Weight: 0.5}},
		Total:   scoring.TotalSpec{Path: "$.overall", Sum: true, Max: &most, Scale: 10},
		Adjust:  []scoring.AdjustSpec{{Name: "Needs nurturing", Path: "$.adjust[0]", When: `job == "intern"`, Points: -1}},
		Grade:   &scoring.GradeSpec{Path: "$.grade", Scale: "madkudu", Score: "fit"},
		Labels:  []scoring.LabelSpec{{Path: "$.grade.label.hot", Label: "hot", Grades: []string{"A", "B"}}, {Path: "$.grade.label.cold", Label: "cold", Grades: []string{"*"}}},
		Next:    []scoring.NextSpec{{For: "hot", Path: "$.grade.next.hot", Do: "Call today"}, {For: "E", Path: "$.grade.next.E", Do: "Forget"}},
		Lifecycle: []scoring.StageSpec{
			{Name: "customer", Path: "$.lifecycle.customer", Enter: `happened("bought")`},
			{Name: "prospect", Path: "$.lifecycle.prospect", EnterPath: "$.lifecycle.prospect.enter", Enter: "fit >= 50", Leave: "fit < 40"},
			{Name: "suspect", Path: "$.lifecycle.suspect", Enter: "*"},
		},
		Routing: []scoring.StageSpec{
			{Name: "sales", Path: "$.routing.sales", Enter: `grade == "A" && stage != "customer"`},
			{Name: "nurture", Path: "$.routing.nurture", Enter: "*"},
		},
		Filters: scoring.FilterSpec{
			Opens:    "count",
			Bursts:   &scoring.BurstSpec{Path: "$.filters.bursts", Times: 3, Seconds: 10, Of: []string{"email_click"}},
			Scanners: &scoring.ScannerSpec{Path: "$.filters.scanners", Clicks: "email_click", Opens: "email_open", Delivered: "email_sent", Seconds: 1},
			Ignore: []scoring.IgnoreSpec{
				{Path: "$.filters.ignore.domains", When: `domain == "example.com" || domain endsWith ".example.com"`},
				{Path: "$.filters.ignore.emails_matching", When: `lower(email) matches "^test.*@.*$"`},
				{Path: "$.filters.ignore.where", When: `job == "test"`},
			},
		},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("spec (-want +got):\n%s", diff)
	}
	if g := s.Scores[0].Groups[0]; g.Weight != 2 || g.Criteria[1].Family != "psychographic" || s.Scores[1].Groups[0].Family != "engagement" {
		t.Errorf("groups: %+v", s.Scores)
	}
	if s.Trend.Move != 0.5 || f.Limits.MinChange != 0.1 || f.Mapping.Write.Decimals != 1 {
		t.Errorf("on a scale of 10: move %g, least change %g, %d decimals", s.Trend.Move, f.Limits.MinChange, f.Mapping.Write.Decimals)
	}
	if diff := cmp.Diff([]mapping.Condition{{Field: "hs_email_subject", In: []string{"*newsletter*", "Info:*"}}}, f.Mapping.Activities[2].Not); diff != "" {
		t.Error(diff)
	}
	if schema := f.Mapper.Schema(); !schema.Company[0] || schema.Company[1] || !schema.Money[3] || schema.Money[0] {
		t.Errorf("where attributes and activity come from: %+v", schema)
	}
}

// TestGradesOfOneScore loads the other ways to grade.
func TestGradesOfOneScore(t *testing.T) {
	const scale = "  scale: madkudu\n  score: fit\n  label: {hot: A B, cold: \"*\"}\n  next: {hot: Call today, E: Forget}\n"
	for text, best := range map[string]string{
		"  bands: {gold: 80, silver: 50.5, bronze: 0}\n": "gold",
		"  thirds: {start: C, criteria: [{name: Large, when: employees >= 50, thirds: 2}, {name: Small, when: employees < 5, thirds: -3}]}\n": "A+",
		"  scale: dynamics365\n": "A",
		"  matrix: {rows: fit, columns: engagement, row_cuts: [50], column_cuts: [80, 60, 40, 20, 10]}\n": "A1",
	} {
		f, err := modelfile.Parse("bareme.yaml", []byte(strings.Replace(results(t), scale, text, 1)), nil)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if grades := f.Model.Grades(); grades[0] != best {
			t.Errorf("%s: grades %v", text, grades)
		}
	}
}

// TestForgottenStages: hysteresis needs a memory, which is the field that shows the stage.
func TestForgottenStages(t *testing.T) {
	f, err := modelfile.Parse("bareme.yaml", []byte(strings.Replace(results(t), "lifecycle: b_stage, ", "", 1)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Warnings) != 1 || !strings.Contains(f.Show(f.Warnings[0]), `the stage is written nowhere, so nobody is known to be in "prospect"`) {
		t.Errorf("warnings: %v", f.Warnings)
	}
}
