package mapping_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/scoring"
)

func capped(x float64) *float64 { return &x }

// rollUps is a mapping of companies with every way to roll people up.
func rollUps(t testing.TB) *mapping.Mapper {
	t.Helper()
	roll := func(name string, r mapping.RollUpSpec) mapping.AttributeSpec {
		return mapping.AttributeSpec{Name: name, Path: "$.companies.attributes." + name, RollUp: &r}
	}
	m, problems := mapping.Compile(mapping.Spec{Object: crm.Companies, Attributes: []mapping.AttributeSpec{
		roll("best", mapping.RollUpSpec{Of: "overall", How: mapping.RollUpMax}),
		roll("average", mapping.RollUpSpec{Of: "overall", How: mapping.RollUpMean}),
		roll("team", mapping.RollUpSpec{Of: "overall", How: mapping.RollUpTop, N: 3}),
		roll("interest", mapping.RollUpSpec{Of: "overall", How: mapping.RollUpSum, Cap: capped(150)}),
		roll("contacts", mapping.RollUpSpec{Of: mapping.RollUpCount}),
		{Name: "employees", Path: "$.companies.attributes.employees", From: []string{"numberofemployees"}, Type: scoring.Number},
	}})
	if m == nil {
		t.Fatal(problems)
	}
	return m
}

// people scores anybody by their points.
func people(t testing.TB, rollUps int) *scoring.Model {
	t.Helper()
	spec := scoring.Spec{Scores: []scoring.ScoreSpec{{Name: "fit", Path: "$.scores.fit", Max: 100, Groups: []scoring.GroupSpec{{
		Name: "g", Path: "$.scores.fit.groups.g",
		Criteria: []scoring.CriterionSpec{{Name: "c", Path: "$.scores.fit.groups.g.criteria[0]", When: "a > 0", Points: 10}},
	}}}}}
	for range rollUps {
		spec.RollUps = append(spec.RollUps, scoring.RollUpSpec{})
	}
	m, problems := scoring.Compile(spec, scoring.Schema{Attributes: []scoring.Attribute{{Name: "a", Type: scoring.Number}}})
	if m == nil {
		t.Fatal(problems)
	}
	return m
}

// scored is a result of so many points of overall score.
func scored(points float64, ways int) *scoring.Result {
	r := &scoring.Result{Scored: true, Overall: scoring.Points(points * float64(scoring.Point)), Scores: []scoring.Score{{}}}
	for range ways {
		r.Counted = append(r.Counted, true)
	}
	return r
}

func TestRollUps(t *testing.T) {
	t.Parallel()
	m, model := rollUps(t), people(t, 5)
	company := func(points ...float64) map[string]string {
		var members []mapping.Member
		for i, p := range points {
			members = append(members, mapping.Member{ID: fmt.Sprint(i), Share: m.Share(model, scored(p, 5), 0, "")})
		}
		var s scoring.Subject
		m.Subject(mapping.Input{Company: crm.Fields{"numberofemployees": "12"}, Members: members}, time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), &s)
		out := map[string]string{}
		for i, a := range m.Schema().Attributes {
			out[a.Name] = "unknown"
			if v := s.Values[i]; v.Type != scoring.Unknown {
				out[a.Name] = fmt.Sprintf("%.6g", v.Num)
			}
		}
		return out
	}
	for name, c := range map[string]struct {
		points []float64
		want   map[string]string
	}{
		"nobody":   {nil, map[string]string{"best": "unknown", "average": "unknown", "team": "unknown", "interest": "unknown", "contacts": "0", "employees": "12"}},
		"one":      {[]float64{40.4}, map[string]string{"best": "40", "average": "40", "team": "40", "interest": "40", "contacts": "1", "employees": "12"}},
		"four":     {[]float64{10, 90, 50, 61}, map[string]string{"best": "90", "average": "52.75", "team": "67", "interest": "150", "contacts": "4", "employees": "12"}},
		"negative": {[]float64{-10, -20}, map[string]string{"best": "-10", "average": "-15", "team": "-15", "interest": "-30", "contacts": "2", "employees": "12"}},
	} {
		if diff := cmp.Diff(c.want, company(c.points...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestWhoTakesNoPart: a score not known, a condition that does not hold, and somebody who is not scored by choice.
func TestWhoTakesNoPart(t *testing.T) {
	t.Parallel()
	m, model := rollUps(t), people(t, 5)
	unknown := scored(50, 5)
	unknown.Scored = false
	out := scored(50, 5)
	out.Counted[0], out.Counted[4] = false, false
	if share := m.Share(model, &scoring.Result{}, 0, ""); share != nil {
		t.Errorf("somebody not scored by choice has the share %v", share)
	}
	all := m.RolledUp([]mapping.Member{
		{ID: "unknown", Share: m.Share(model, unknown, 0, "")}, {ID: "out", Share: m.Share(model, out, 0, "")},
		{ID: "old", Share: []byte{1}}, // of another model, or damaged
	})
	got := map[string]int{}
	for _, r := range all {
		got[r.Attribute] = r.People
	}
	if diff := cmp.Diff(map[string]int{"best": 0, "average": 1, "team": 1, "interest": 1, "contacts": 1}, got); diff != "" {
		t.Errorf("who takes part (-want +got):\n%s", diff)
	}
}

// TestRollUpLaws: the mean lies between the lowest and the highest; the mean of the highest is no less than that of all;
// the order of the people does not matter.
func TestRollUpLaws(t *testing.T) {
	t.Parallel()
	m, model := rollUps(t), people(t, 5)
	rapid.Check(t, func(t *rapid.T) {
		points := rapid.SliceOfN(rapid.Float64Range(-100, 100), 1, 9).Draw(t, "points")
		var members []mapping.Member
		for i, p := range points {
			members = append(members, mapping.Member{ID: fmt.Sprint(i), Share: m.Share(model, scored(p, 5), 2, "")})
		}
		all := m.RolledUp(members)
		best, average, team, interest := all[0].Value, all[1].Value, all[2].Value, all[3].Value
		if average > best || team > best || team < average || interest > 150 {
			t.Fatalf("best %v, average %v, team %v, interest %v", best, average, team, interest)
		}
		backwards := slices.Clone(members)
		slices.Reverse(backwards)
		if diff := cmp.Diff(all, m.RolledUp(backwards)); diff != "" {
			t.Fatalf("the order matters (-forwards +backwards):\n%s", diff)
		}
	})
}
