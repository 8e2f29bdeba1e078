package scoring

import (
	"slices"
	"testing"
)

func hashSpec() Spec {
	return Spec{
		Scores: []ScoreSpec{{Name: "fit", Path: "$.a", Max: 100, Groups: []GroupSpec{{Name: "g", Path: "$.b", Criteria: []CriterionSpec{
			{Name: "Large", Path: "$.c", When: "employees >= 50", Points: 20},
			{Name: "Text", Path: "$.d", When: `seniority == "a  b"`, Points: 20},
			{Name: "Met", Path: "$.e", Activity: "meeting", Points: 20, Cap: pointer(10), Decay: Decay{HalfLife: Duration(day)}},
		}}}}},
		Grade:  &GradeSpec{Path: "$.g", Rows: "fit", Columns: "fit", RowCuts: []float64{50}, ColCuts: []float64{50}},
		Labels: []LabelSpec{{Path: "$.l", Label: "hot", Grades: []string{"A1"}}},
	}
}

func TestHash(t *testing.T) {
	hash := func(change func(*Spec)) string {
		spec := hashSpec()
		change(&spec)
		return mustCompile(t, spec).Hash()
	}
	criterion := func(s *Spec, i int) *CriterionSpec { return &s.Scores[0].Groups[0].Criteria[i] }
	same := hash(func(*Spec) {})
	for name, change := range map[string]func(*Spec){
		"moved in the file": func(s *Spec) { s.Scores[0].Path, s.Grade.Path, s.Labels[0].Path = "$.x", "$.y", "$.z" },
		"spaces":            func(s *Spec) { criterion(s, 0).When = "  employees  >=\n50 " },
		"weights written":   func(s *Spec) { s.Overall = []Weight{{"fit", 1}} },
	} {
		if hash(change) != same {
			t.Errorf("%s: another hash", name)
		}
	}
	seen := []string{same}
	for name, change := range map[string]func(*Spec){
		"points":            func(s *Spec) { criterion(s, 0).Points = 21 },
		"condition":         func(s *Spec) { criterion(s, 0).When = "employees >= 51" },
		"space in a text":   func(s *Spec) { criterion(s, 1).When = `seniority == "a b"` },
		"name":              func(s *Spec) { criterion(s, 0).Name = "Big" },
		"cap":               func(s *Spec) { criterion(s, 2).Cap = pointer(11) },
		"no cap":            func(s *Spec) { criterion(s, 2).Cap = nil },
		"decay":             func(s *Spec) { criterion(s, 2).Decay = Decay{Linear: Duration(day)} },
		"decay of a score":  func(s *Spec) { s.Scores[0].Decay = Decay{Linear: Duration(day)} },
		"max":               func(s *Spec) { s.Scores[0].Max = 99 },
		"weight":            func(s *Spec) { s.Overall = []Weight{{"fit", 2}} },
		"cuts":              func(s *Spec) { s.Grade.RowCuts = []float64{51} },
		"label":             func(s *Spec) { s.Labels[0].Label = "warm" },
		"trend":             func(s *Spec) { s.Trend.Over = Duration(day) },
		"scale":             func(s *Spec) { s.Total.Scale = 10 },
		"sum":               func(s *Spec) { s.Total.Sum = true },
		"adjustment":        func(s *Spec) { s.Adjust = []AdjustSpec{{Name: "a", When: "employees > 1", Points: 1}} },
		"another":           func(s *Spec) { s.Adjust = []AdjustSpec{{Name: "a", When: "employees > 2", Points: 1}} },
		"weight of a group": func(s *Spec) { s.Scores[0].Groups[0].Weight = 2 },
		"family":            func(s *Spec) { criterion(s, 0).Family = "psychographic" },
		"next":              func(s *Spec) { s.Next = []NextSpec{{For: "hot", Do: "Call"}} },
		"stage":             func(s *Spec) { s.Lifecycle = []StageSpec{{Name: "a", Enter: "fit > 1"}} },
		"stage to leave":    func(s *Spec) { s.Lifecycle = []StageSpec{{Name: "a", Enter: "fit > 1", Leave: "fit < 0"}} },
		"route":             func(s *Spec) { s.Routing = []StageSpec{{Name: "sales", Enter: "fit > 1"}} },
		"bursts":            func(s *Spec) { s.Filters.Bursts = &BurstSpec{Times: 2, Seconds: 1, Of: []string{"meeting"}} },
		"ignored":           func(s *Spec) { s.Filters.Ignore = []IgnoreSpec{{When: "employees > 1"}} },
		"bands":             func(s *Spec) { s.Grade, s.Labels = &GradeSpec{Bands: []BandSpec{{"A", 50}}}, nil },
	} {
		if h := hash(change); slices.Contains(seen, h) {
			t.Errorf("%s: the same hash", name)
		} else {
			seen = append(seen, h)
		}
	}
	if len(same) != 12 || same != "9683f83632ec" {
		t.Errorf("the hash of this model is %s: was the change meant to rescore everybody?", same)
	}
}

func TestModelNames(t *testing.T) {
	m := mustCompile(t, hashSpec())
	rows, columns := m.Matrix()
	if got := m.Scores(); !slices.Equal(got, []string{"fit"}) || rows != "fit" || columns != "fit" {
		t.Error(got, rows, columns)
	}
	if got := m.Grades(); !slices.Equal(got, []string{"A1", "A2", "B1", "B2"}) {
		t.Error(got)
	}
	if got := m.Labels(); !slices.Equal(got, []string{"hot"}) {
		t.Error(got)
	}
	if i, ok := m.ScoreIndex("fit"); i != 0 || !ok {
		t.Error(i, ok)
	}
	if _, ok := m.ScoreIndex("value"); ok {
		t.Error("there is no score value")
	}
	if got := m.Schema(); len(got.Attributes) != len(testSchema.Attributes) {
		t.Error(got)
	}
}
