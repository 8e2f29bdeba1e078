package scoring

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// drawSpec makes any valid model over the test schema. A positive one has only activity worth more than nothing, and
// conditions.
func drawSpec(t *rapid.T, positive bool) Spec {
	least := -50.0
	if positive {
		least = 0.5
	}
	points := func() float64 {
		p := rapid.Float64Range(least, 50).Draw(t, "points")
		if math.Abs(p) < 0.01 {
			return 1
		}
		return p
	}
	limit := func(name string, from, to float64) *float64 {
		if rapid.Bool().Draw(t, name+"?") {
			return nil
		}
		return pointer(rapid.Float64Range(from, to).Draw(t, name))
	}
	var spec Spec
	for i := range rapid.IntRange(1, 3).Draw(t, "scores") {
		s := ScoreSpec{Name: fmt.Sprintf("score %d", i), Min: rapid.Float64Range(-100, 0).Draw(t, "min"), Max: rapid.Float64Range(1, 200).Draw(t, "max"), Decay: drawDecay(t)}
		for j := range rapid.IntRange(1, 3).Draw(t, "groups") {
			g := GroupSpec{Name: fmt.Sprintf("group %d", j), Max: limit("cap", 0, 60), Min: limit("floor", -60, 0)}
			for k := range rapid.IntRange(1, 4).Draw(t, "criteria") {
				c := CriterionSpec{Name: fmt.Sprintf("criterion %d.%d", j, k)}
				drawCriterion(t, &c, points, limit, positive)
				g.Criteria = append(g.Criteria, c)
			}
			s.Groups = append(s.Groups, g)
		}
		spec.Scores = append(spec.Scores, s)
	}
	spec.Grade = &GradeSpec{Rows: "score 0", Columns: spec.Scores[len(spec.Scores)-1].Name, RowCuts: []float64{20, 10}, ColCuts: []float64{30}}
	spec.Labels = []LabelSpec{{Label: "hot", Grades: []string{"A1"}}, {Label: "cold", Grades: []string{"*"}}}
	return spec
}

func drawCriterion(t *rapid.T, c *CriterionSpec, points func() float64, limit func(string, float64, float64) *float64, positive bool) {
	c.Points = points()
	families := 3
	if positive {
		families = 1 // silence ends with activity, so it has no place in a law about more activity
	}
	switch rapid.IntRange(0, families).Draw(t, "family") {
	case 2:
		c.When = drawCondition(t, 1)
		c.Unknown = limit("unknown", -5, 5)
		return
	case 3:
		c.Inactive = Duration(rapid.IntRange(1, 100).Draw(t, "inactive")) * Duration(day)
		return
	}
	c.Activity = rapid.SampledFrom(testSchema.Activities).Draw(t, "activity")
	c.Cap = limit("criterion cap", 0.1, 40)
	if rapid.Bool().Draw(t, "own decay?") {
		c.Decay = drawDecay(t)
	}
	if rapid.Bool().Draw(t, "window?") {
		c.Within = Duration(rapid.IntRange(1, 120).Draw(t, "within")) * Duration(day)
	}
	switch rapid.IntRange(0, 2).Draw(t, "how") {
	case 1:
		c.Each = true
	case 2:
		c.Tiers = []TierSpec{{1, c.Points}, {3, 2 * c.Points}, {5, 3 * c.Points}}
		c.Points = 0
	}
}

func mustCompile(t interface{ Fatal(...any) }, spec Spec) *Model {
	m, problems := Compile(spec, testSchema)
	if m == nil {
		t.Fatal(problems)
	}
	return m
}

// TestLaws holds for any model and any person.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec := drawSpec(t, false)
		m := mustCompile(t, spec)
		s := drawSubject(t, testSchema, 3)
		var r Result
		m.Score(&s, testNow, &r)

		sums := make([]Points, len(r.Scores))
		groups := map[[2]uint16]Points{}
		for _, l := range r.Lines {
			sums[l.Score] += l.Points
			if l.Kind != ScoreMax && l.Kind != ScoreMin {
				groups[[2]uint16{l.Score, l.Group}] += l.Points
			}
			if l.Points == 0 {
				t.Fatalf("a line says nothing: %+v", l)
			}
		}
		for i, score := range r.Scores {
			if sums[i] != score.Points {
				t.Fatalf("the reasons of score %d add up to %s, not %s", i, sums[i], score.Points)
			}
			if s := spec.Scores[i]; score.Known && (score.Points > toPoints(s.Max) || score.Points < toPoints(s.Min)) {
				t.Fatalf("%s is not from %g to %g", score.Points, s.Min, s.Max)
			}
		}
		for at, sum := range groups {
			g := spec.Scores[at[0]].Groups[at[1]]
			if g.Max != nil && sum > toPoints(*g.Max) || g.Min != nil && sum < toPoints(*g.Min) {
				t.Fatalf("group %v passes its cap or floor with %s", at, sum)
			}
		}
		var told Points
		for _, reason := range m.Reasons(&r, testNow, "en") {
			told += reason.Points
		}
		var all Points
		for _, sum := range sums {
			all += sum
		}
		if told != all {
			t.Fatalf("the reasons in words add up to %s, not %s", told, all)
		}
		if (r.Label != "") != (r.Grade != "") || r.Scored == (m.Unscored(&r, "en") != "") {
			t.Fatalf("grade %q, label %q, scored %v, unscored %q", r.Grade, r.Label, r.Scored, m.Unscored(&r, "en"))
		}
	})
}

// TestOrderOfEvents: the same events in another order give the same result, as does the same input again.
func TestOrderOfEvents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := mustCompile(t, drawSpec(t, false))
		s := drawSubject(t, testSchema, 3)
		var a, b Result
		m.Score(&s, testNow, &a)
		s.Events = rapid.Permutation(s.Events).Draw(t, "order")
		m.Score(&Subject{Events: make([]Event, 3)}, testNow, &b) // someone else in between
		m.Score(&s, testNow, &b)
		if diff := cmp.Diff(a, b, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestMoreActivityNeverLowers: in a model where activity earns more than nothing, in which tiers rise and silence costs
// nothing, one more event never lowers any score, for any caps and floors.
func TestMoreActivityNeverLowers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := mustCompile(t, drawSpec(t, true))
		s := drawSubject(t, testSchema, 3)
		more := s
		more.Events = append(append([]Event{}, s.Events...), drawEvents(t, 2, 3)...)
		var a, b Result
		m.Score(&s, testNow, &a)
		m.Score(&more, testNow, &b)
		for i := range a.Scores {
			if b.Scores[i].Points < a.Scores[i].Points {
				t.Fatalf("score %d fell from %s to %s", i, a.Scores[i].Points, b.Scores[i].Points)
			}
		}
	})
}

// TestScoreOnlyFallsWithTime: without anything new, in such a model, time lowers scores or leaves them. Events that are
// still to come are left out, since time makes them count.
func TestScoreOnlyFallsWithTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := mustCompile(t, drawSpec(t, true))
		s := drawSubject(t, testSchema, 3)
		for i := range s.Events {
			s.Events[i].At = min(s.Events[i].At, testNow.UnixMilli())
		}
		var a, b Result
		m.Score(&s, testNow, &a)
		m.Score(&s, testNow.Add(time.Duration(rapid.IntRange(0, 24*500).Draw(t, "hours"))*time.Hour), &b)
		for i := range a.Scores {
			if b.Scores[i].Points > a.Scores[i].Points {
				t.Fatalf("score %d rose from %s to %s", i, a.Scores[i].Points, b.Scores[i].Points)
			}
		}
	})
}

// TestStrangeSubjects: nothing a subject holds makes Score panic or break its laws.
func TestStrangeSubjects(t *testing.T) {
	m := mustCompile(t, Spec{Scores: []ScoreSpec{{Name: "s", Max: 100, Decay: Decay{HalfLife: Duration(day)}, Groups: []GroupSpec{{Name: "g", Criteria: []CriterionSpec{
		{Name: "a", Activity: "meeting", Points: 1_000_000, Each: true, Decay: Decay{None: true}},
		{Name: "b", Activity: "meeting", Points: -1, Each: true},
		{Name: "c", When: "employees >= 0", Points: 1},
		{Name: "d", When: `count("meeting", "30d") > 0 and days_since(renewal) > 0`, Points: 1},
		{Name: "e", Inactive: 1, Points: 1},
	}}}}}})
	for name, s := range map[string]Subject{
		"nothing":            {},
		"too few values":     {Values: []Value{{Type: Number, Num: 1}}},
		"too many values":    {Values: make([]Value, 100)},
		"not a number":       {Values: []Value{{Type: Number, Num: math.NaN()}}},
		"infinite":           {Values: []Value{{Type: Number, Num: math.Inf(1)}}},
		"of another type":    {Values: []Value{{Type: Text, Str: "5"}, {Type: 99}}},
		"a date beyond time": {Values: []Value{{}, {}, {}, {}, {}, {Type: Date, Num: 1e300}}},
		"unknown kind":       {Events: []Event{{Kind: 999, Count: 1, At: 1}}},
		"kind of no count":   {Events: []Event{{Kind: 1, At: testNow.UnixMilli()}}},
		"before all time":    {Events: []Event{{Kind: 1, Count: 1, At: math.MinInt64}, {Kind: 1, Count: 1, At: -1}}},
		"after all time":     {Events: []Event{{Kind: 1, Count: 1, At: math.MaxInt64}}},
		"very often":         {Events: []Event{{Kind: 1, Count: math.MaxUint32, At: 1}, {Kind: 1, Count: math.MaxUint32, At: 2}}},
		"10,000 events":      {Events: make([]Event, 10_000)},
	} {
		var r Result
		m.Score(&s, testNow, &r)
		var sum Points
		for _, l := range r.Lines {
			sum += l.Points
		}
		if len(r.Scores) != 1 || sum != r.Scores[0].Points || sum < 0 || sum > 100*Point {
			t.Errorf("%s: %+v", name, r)
		}
		m.Summary(m.Reasons(&r, testNow, "fr"), 100)
	}
}

// TestNoAllocations: a program that scores millions makes no garbage.
func TestNoAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("allocations are not counted with the race detector on")
	}
	m := benchModel(t)
	subjects := benchSubjects(m)
	var r, past Result
	blob, err := subjects[0].AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range subjects {
		m.Score(&subjects[i], benchNow, &r)
		m.Trend(&subjects[i], benchNow, &r, &past)
	}
	i := 0
	if n := testing.AllocsPerRun(500, func() { m.Score(&subjects[i%len(subjects)], benchNow, &r); i++ }); n >= 1 {
		t.Errorf("Score allocates %g times", n)
	}
	var s Subject
	if n := testing.AllocsPerRun(500, func() { _ = s.UnmarshalBinary(blob) }); n > 1 {
		t.Errorf("UnmarshalBinary allocates %g times", n)
	}
	if n := testing.AllocsPerRun(500, func() { blob, _ = s.AppendBinary(blob[:0]) }); n > 0 {
		t.Errorf("AppendBinary allocates %g times", n)
	}
}

// TestConcurrentScores: one model, many goroutines, the same answers.
func TestConcurrentScores(t *testing.T) {
	m := benchModel(t)
	subjects := benchSubjects(m)
	want := make([]Result, len(subjects))
	for i := range subjects {
		m.Score(&subjects[i], benchNow, &want[i])
	}
	done := make(chan string)
	for range 4 {
		go func() {
			var r Result
			for i := range subjects {
				m.Score(&subjects[i], benchNow, &r)
				if diff := cmp.Diff(want[i], r, cmpopts.EquateEmpty()); diff != "" {
					done <- diff
					return
				}
			}
			done <- ""
		}()
	}
	for range 4 {
		if diff := <-done; diff != "" {
			t.Error(diff)
		}
	}
}
