package scoring

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawCuts makes lower bounds from high to low.
func drawCuts(t *rapid.T, n int) []float64 {
	cuts := rapid.SliceOfNDistinct(rapid.IntRange(-200, 1200), n, n, rapid.ID[int]).Draw(t, "cuts")
	slices.Sort(cuts)
	slices.Reverse(cuts)
	list := make([]float64, n)
	for i, c := range cuts {
		list[i] = float64(c) / 10
	}
	return list
}

// TestBandsPartitionTheLine: half-open intervals, in any number, give every score exactly one grade; a cut belongs to the
// better side, and the grade never gets worse as the score rises.
func TestBandsPartitionTheLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cuts := drawCuts(t, rapid.IntRange(1, 6).Draw(t, "n"))
		var list []Points
		for _, c := range cuts {
			list = append(list, toPoints(c))
		}
		p := Points(rapid.Int64Range(-30_000_000, 130_000_000).Draw(t, "points"))
		in := 0
		for i := range len(list) + 1 {
			above := i == len(list) || p >= list[i]
			below := i == 0 || p < list[i-1]
			if above && below {
				in++
				if band(p, list) != i {
					t.Fatalf("%s lies in interval %d and is graded %d", p, i, band(p, list))
				}
			}
		}
		if in != 1 || band(p+1, list) > band(p, list) {
			t.Fatalf("%s lies in %d intervals of %v", p, in, cuts)
		}
		for i, c := range list {
			if band(c, list) != i || band(c-1, list) != i+1 {
				t.Fatalf("the cut %s does not belong to the better side", c)
			}
		}
	})
}

// TestMatrixOfAnySize: from 2×2 to 6×6 a matrix has each of its grades once, each has a label, and what is best is best.
func TestMatrixOfAnySize(t *testing.T) {
	for rows := 2; rows <= 6; rows++ {
		for columns := 2; columns <= 6; columns++ {
			cuts := func(n int) []float64 {
				var list []float64
				for i := range n - 1 {
					list = append(list, 100*float64(n-1-i)/float64(n))
				}
				return list
			}
			m := mustCompile(t, Spec{
				Scores: []ScoreSpec{
					{Name: "fit", Max: 100, Groups: []GroupSpec{{Name: "g", Criteria: []CriterionSpec{{Name: "c", When: "employees > 0", Points: 100}}}}},
					{Name: "engagement", Max: 100, Groups: []GroupSpec{{Name: "g", Criteria: []CriterionSpec{{Name: "c", Activity: "meeting", Points: 100}}}}},
				},
				Grade:  &GradeSpec{Rows: "fit", Columns: "engagement", RowCuts: cuts(rows), ColCuts: cuts(columns)},
				Labels: []LabelSpec{{Label: "hot", Grades: []string{"A1"}}, {Label: "rest", Grades: []string{"*"}}},
			})
			grades := m.Grades()
			slices.Sort(grades)
			if len(slices.Compact(grades)) != rows*columns {
				t.Errorf("%d×%d: grades %v", rows, columns, grades)
			}
			best := Subject{Values: []Value{{Type: Number, Num: 1}}, Events: []Event{{Kind: 1, Count: 1, At: testNow.UnixMilli()}}}
			worst := Subject{Values: []Value{{Type: Number, Num: -1}}}
			var r Result
			if m.Score(&best, testNow, &r); r.Grade != "A1" || r.Label != "hot" || r.Route != RouteSales {
				t.Errorf("%d×%d: the best is %s %s %s", rows, columns, r.Grade, r.Label, r.Route)
			}
			want := fmt.Sprintf("%c%d", 'A'+rows-1, columns)
			if m.Score(&worst, testNow, &r); r.Grade != want || r.Label != "rest" || r.Route != RouteOutOfTarget {
				t.Errorf("%d×%d: the worst is %s %s %s", rows, columns, r.Grade, r.Label, r.Route)
			}
		}
	}
}

// drawResults adds to any model a total, adjustments, stages and filters.
func drawResults(t *rapid.T) Spec {
	spec := drawSpec(t, false)
	spec.Total = TotalSpec{Sum: rapid.Bool().Draw(t, "sum")}
	if rapid.Bool().Draw(t, "scale?") {
		spec.Total.Scale = rapid.Float64Range(1, 1000).Draw(t, "scale")
	}
	if rapid.Bool().Draw(t, "max?") {
		spec.Total.Max = pointer(rapid.Float64Range(1, 300).Draw(t, "max"))
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "adjustments") {
		spec.Adjust = append(spec.Adjust, AdjustSpec{Name: fmt.Sprint("adjust ", i), When: drawCondition(t, 1), Points: rapid.Float64Range(1, 80).Draw(t, "by") * float64(1-2*(i%2))})
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "stages") {
		s := StageSpec{Name: fmt.Sprint("stage ", i), Enter: drawRule(t)}
		if rapid.Bool().Draw(t, "leave?") {
			s.Leave = drawRule(t)
		}
		spec.Lifecycle = append(spec.Lifecycle, s)
	}
	if rapid.Bool().Draw(t, "bursts?") {
		spec.Filters.Bursts = &BurstSpec{Times: rapid.IntRange(2, 4).Draw(t, "times"), Seconds: rapid.Float64Range(1, 3600).Draw(t, "seconds"), Of: []string{"email_click", "meeting"}}
	}
	return spec
}

func drawRule(t *rapid.T) string {
	if rapid.Bool().Draw(t, "on a result?") {
		return fmt.Sprintf("overall %s %d", rapid.SampledFrom([]string{"<", ">="}).Draw(t, "side"), rapid.IntRange(-20, 120).Draw(t, "threshold"))
	}
	return drawCondition(t, 1)
}

// TestNobodyFlaps: whatever stage a subject was in and whatever the rules, the stage found is the stage found again, for as
// long as nothing changes.
func TestNobodyFlaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := mustCompile(t, drawResults(t))
		s := drawSubject(t, testSchema, 3)
		previous := rapid.SampledFrom(append([]string{"", "no such stage"}, m.Stages()...)).Draw(t, "previous")
		var r Result
		m.ScoreFrom(&s, previous, testNow, &r)
		first := r.Stage
		for range 3 {
			m.ScoreFrom(&s, r.Stage, testNow, &r)
			if r.Stage != first {
				t.Fatalf("from %q to %q and on to %q", previous, first, r.Stage)
			}
		}
	})
}

// TestResultsAddUp: the overall score is what the scores make plus what moved it, to the last digit and within its range;
// the families of each score add up to it; the stage a subject was in moves no point.
func TestResultsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := mustCompile(t, drawResults(t))
		s := drawSubject(t, testSchema, 3)
		var r, again Result
		m.Score(&s, testNow, &r)
		sum := r.Base
		for _, l := range r.Adjustments {
			sum += l.Points
		}
		if sum != r.Overall {
			t.Fatalf("%s and what moved it make %s, not %s", r.Base, sum, r.Overall)
		}
		if least, most := m.OverallRange(); r.Scored && (r.Overall < least-1 || r.Overall > most+1) {
			t.Fatalf("%s is not from %s to %s", r.Overall, least, most)
		}
		families := map[string]Points{}
		for _, f := range m.Breakdown(&r) {
			families[f.Score] += f.Points
		}
		for i, name := range m.Scores() {
			if families[name] != r.Scores[i].Points {
				t.Fatalf("the families of %s make %s, not %s", name, families[name], r.Scores[i].Points)
			}
		}
		stages := append([]string{""}, m.Stages()...)
		m.ScoreFrom(&s, stages[len(stages)-1], testNow, &again)
		again.Stage, again.Route = r.Stage, r.Route
		if diff := cmp.Diff(r, again); diff != "" {
			t.Fatalf("the stage before changed more than stage and route: %s", diff)
		}
	})
}

// TestFiltersDropTheSameInAnyOrder: what is left out depends on what happened and not on the order it is listed in, adds up
// with what is kept, and no burst stays.
func TestFiltersDropTheSameInAnyOrder(t *testing.T) {
	schema := Schema{Activities: []string{"email_open", "email_click", "email_delivered"}}
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.IntRange(2, 5).Draw(t, "times")
		m, problems := Compile(Spec{
			Filters: FilterSpec{
				Bursts:   &BurstSpec{Path: "$", Times: times, Seconds: 5},
				Scanners: &ScannerSpec{Path: "$", Clicks: "email_click", Opens: "email_open", Delivered: "email_delivered", Seconds: 1},
			},
			Scores: []ScoreSpec{{Name: "s", Max: 100000, Groups: []GroupSpec{{Name: "g", Criteria: []CriterionSpec{
				{Name: "click", Activity: "email_click", Points: 1, Each: true},
				{Name: "conditions see the same", When: `count("email_click", "1y") > 0 and count("email_open", "1y") == 0`, Points: 0.001},
			}}}}},
		}, schema)
		if m == nil {
			t.Fatal(problems)
		}
		var s Subject
		for range rapid.IntRange(0, 30).Draw(t, "events") {
			s.Events = append(s.Events, Event{Kind: uint16(rapid.IntRange(0, 2).Draw(t, "kind")), Count: 1, Amount: math.NaN(),
				At: testNow.Add(-time.Duration(rapid.IntRange(-3, 60).Draw(t, "seconds")) * time.Second).UnixMilli()})
		}
		var r, again Result
		m.Score(&s, testNow, &r)
		before := slices.Clone(s.Events)
		slices.Reverse(s.Events)
		m.Score(&s, testNow, &again)
		if diff := cmp.Diff(r, again); diff != "" {
			t.Fatal(diff)
		}
		slices.Reverse(s.Events)
		if diff := cmp.Diff(before, s.Events, cmp.Comparer(func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) })); diff != "" {
			t.Fatalf("scoring changed the subject: %s", diff)
		}
		past := func(kind uint16) (list []int64) {
			for _, e := range s.Events {
				if e.Kind == kind && e.At <= testNow.UnixMilli() {
					list = append(list, e.At)
				}
			}
			slices.Sort(list)
			return list
		}
		clicks := len(past(1))
		kept := int(r.Scores[0].Points / Point)
		if kept+r.Dropped.Bursts+r.Dropped.Scanners != clicks || r.Dropped.Opens != len(past(0)) {
			t.Fatalf("%d clicks: %d kept, %+v left out", clicks, kept, r.Dropped)
		}
		if r.Dropped.Bursts > 0 && r.Dropped.Bursts+r.Dropped.Scanners < times { // a click may be both
			t.Fatalf("%d clicks are a burst of %d", r.Dropped.Bursts, times)
		}
	})
}

// TestThirdsStayOnTheScale: any criteria, up and down, lead to a grade between A+ and F.
func TestThirdsStayOnTheScale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec := Spec{
			Scores: []ScoreSpec{{Name: "fit", Max: 100, Groups: []GroupSpec{{Name: "g", Criteria: []CriterionSpec{{Name: "c", When: "employees > 0", Points: 1}}}}}},
			Grade:  &GradeSpec{Thirds: &ThirdsSpec{Start: rapid.SampledFrom(append(ThirdGrades(), "")).Draw(t, "start")}},
		}
		for i := range rapid.IntRange(1, 5).Draw(t, "criteria") {
			spec.Grade.Thirds.Criteria = append(spec.Grade.Thirds.Criteria, ThirdSpec{
				Name: fmt.Sprint(i), When: drawCondition(t, 1), Thirds: rapid.SampledFrom([]int{-12, -3, -1, 1, 2, 3, 12}).Draw(t, "thirds"),
			})
		}
		m := mustCompile(t, spec)
		s := drawSubject(t, testSchema, 3)
		var r Result
		m.Score(&s, testNow, &r)
		moved := 0
		for _, move := range r.Moves {
			moved += move.Thirds
		}
		start := spec.Grade.Thirds.Start
		if start == "" {
			start = "D"
		}
		want := ThirdGrades()[min(max(slices.Index(ThirdGrades(), start)-moved, 0), 12)]
		if r.Grade != "" && r.Grade != want {
			t.Fatalf("moved %d thirds from %s to %s", moved, start, r.Grade)
		}
	})
}

// TestNoAllocationsWithEverything: filters, adjustments and stages make no garbage either.
func TestNoAllocationsWithEverything(t *testing.T) {
	if raceDetector {
		t.Skip("allocations are not counted with the race detector on")
	}
	spec := benchModel(t).Spec()
	spec.Filters = FilterSpec{Bursts: &BurstSpec{Path: "$", Times: 2, Seconds: 3600}}
	spec.Adjust = []AdjustSpec{{Name: "a", When: "number1 > 10", Points: -5}}
	spec.Lifecycle = []StageSpec{{Name: "prospect", Enter: "fit >= 20", Leave: "fit < 10"}, {Name: "suspect", Enter: Always}}
	m, problems := Compile(spec, benchModel(t).Schema())
	if m == nil {
		t.Fatal(problems)
	}
	subjects := benchSubjects(m)
	var r Result
	for i := range subjects {
		m.Score(&subjects[i], benchNow, &r)
	}
	i := 0
	if n := testing.AllocsPerRun(500, func() { m.ScoreFrom(&subjects[i%len(subjects)], "prospect", benchNow, &r); i++ }); n >= 1 {
		t.Errorf("Score allocates %g times", n)
	}
}
