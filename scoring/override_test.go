package scoring

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"
)

// TestOverrideCases applies the override of every person of testdata/override.txtar, in the form of the other cases.
func TestOverrideCases(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/override.txtar")
	if err != nil {
		t.Fatal(err)
	}
	spec, schema := loadModel(t, archive.Files[0].Data)
	m, problems := Compile(spec, schema)
	if m == nil {
		t.Fatal(problems)
	}
	var person []byte
	for _, f := range archive.Files[1:] {
		if strings.HasSuffix(f.Name, ".yaml") {
			person = f.Data
			continue
		}
		lang := "en"
		if strings.HasSuffix(f.Name, ".fr") {
			lang = "fr"
		}
		if diff := cmp.Diff(string(f.Data), overridden(t, m, person, schema, lang)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", f.Name, diff)
		}
	}
}

func overridden(t *testing.T, m *Model, person []byte, schema Schema, lang string) string {
	before, after, _ := strings.Cut(string(person), "override:\n")
	subject, _, now := loadSubject(t, []byte(before), schema)
	var raw struct {
		Score, Add     *float64
		Author, Reason string
		Until          string
	}
	if err := yaml.Unmarshal([]byte(after), &raw); err != nil {
		t.Fatal(err)
	}
	o := Override{Author: raw.Author, Reason: raw.Reason, Until: loader{t}.day(raw.Until)}
	if raw.Score != nil {
		o.Points = toPoints(*raw.Score)
	} else {
		o.Add, o.Points = true, toPoints(*raw.Add)
	}
	var r Result
	m.Score(&subject, now, &r)
	m.Override(&r, &o, now)
	var b strings.Builder
	if r.Scored {
		fmt.Fprintf(&b, "overall %s\n", r.Overall)
	} else {
		fmt.Fprintf(&b, "%s\n", m.Unscored(&r, lang))
	}
	for _, reason := range m.Reasons(&r, now, lang) {
		fmt.Fprintf(&b, "%+8.6g  %s\n", reason.Points.Float(), reason.Text)
	}
	return b.String()
}

// TestOverrideLaws: what is done by hand ends by itself, stays within the scale, adds up, and touches no score.
func TestOverrideLaws(t *testing.T) {
	spec := Spec{Scores: []ScoreSpec{{Name: "fit", Path: "$.fit", Max: 100, Groups: []GroupSpec{{Name: "g", Path: "$.g", Criteria: []CriterionSpec{
		{Name: "size", Path: "$.c", When: "employees >= 50", Points: 60}}}}}}}
	m, problems := Compile(spec, Schema{Attributes: []Attribute{{"employees", Number}}})
	if m == nil {
		t.Fatal(problems)
	}
	start := time.Unix(1_790_000_000, 0)
	rapid.Check(t, func(t *rapid.T) {
		s := Subject{Values: []Value{{}}}
		if rapid.Bool().Draw(t, "known") {
			s.Values[0] = Value{Type: Number, Num: rapid.Float64Range(0, 100).Draw(t, "employees")}
		}
		o := Override{Add: rapid.Bool().Draw(t, "add"), Points: toPoints(rapid.Float64Range(-200, 200).Draw(t, "points")), Until: start}
		now := start.Add(time.Duration(rapid.IntRange(-5, 5).Draw(t, "hours")) * time.Hour)
		var plain, r Result
		m.Score(&s, now, &plain)
		m.Score(&s, now, &r)
		applied := m.Override(&r, &o, now)
		if want := now.Before(start) && (plain.Scored || !o.Add); applied != want {
			t.Fatalf("applied %v, want %v", applied, want)
		}
		if diff := cmp.Diff(plain.Scores, r.Scores); diff != "" {
			t.Fatalf("scores moved:\n%s", diff)
		}
		if !applied {
			if diff := cmp.Diff(plain, r); diff != "" {
				t.Fatalf("void, and something moved:\n%s", diff)
			}
			return
		}
		sum := r.Base
		for _, l := range r.Adjustments {
			sum += l.Points
		}
		if sum != r.Overall || r.Overall < 0 || r.Overall > 100*Point {
			t.Fatalf("%v adds up to %v", r.Overall, sum)
		}
		m.Score(&s, start, &r)
		if m.Override(&r, &o, start) || r.Hand != nil {
			t.Fatal("it has not ended")
		}
	})
}
