package scoring

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"
)

// TestLintCases compares what the models of testdata/lint are told.
func TestLintCases(t *testing.T) {
	files, err := filepath.Glob("testdata/lint/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		spec, schema := loadModel(t, archive.Files[0].Data)
		m := mustCompileFor(t, spec, schema)
		var b strings.Builder
		for _, f := range m.Lint() {
			b.WriteString(string(f.Kind) + " " + f.Problem.Error() + "\n")
		}
		attributes, activities := m.Unused()
		b.WriteString("unused attributes: " + strings.Join(attributes, ", ") + "\nunused activities: " + strings.Join(activities, ", ") + "\n")
		compareFile(t, file, archive, 1, b.String())
	}
}

// drawNarrow writes a condition whose parts often contradict each other.
func drawNarrow(t *rapid.T, depth int) string {
	pick := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
	if depth > 0 && rapid.IntRange(0, 3).Draw(t, "deeper") > 0 {
		l, r := drawNarrow(t, depth-1), drawNarrow(t, depth-1)
		return pick("join", "("+l+" and "+r+")", "("+l+" && "+r+")", "("+l+" or "+r+")", "not ("+l+")", "("+l+" ? "+r+" : "+l+")")
	}
	n := strconv.Itoa(rapid.IntRange(-1, 3).Draw(t, "n"))
	text := pick("text", `""`, `"vp"`, `"Sales Director"`, `"été"`)
	op := pick("op", " == ", " != ", " < ", " <= ", " > ", " >= ")
	same := pick("same", " == ", " != ")
	return pick("leaf",
		"employees"+op+n, n+op+"employees", "employees in ["+n+", 1]", "employees not in 0..2", "employees in -1..1",
		"(employees ?? 1)"+op+n, "employees * 2"+op+n, "known(employees)", "employees == nil", "employees != nil",
		"seniority"+same+text, text+same+"seniority", "seniority in ["+text+`, "vp"]`, "lower(jobtitle)"+same+text, "upper(jobtitle) contains "+text,
		"trim(jobtitle)"+same+`" vp"`, "opted_in", "known(opted_in)", `count("meeting")`+op+n, `happened("meeting")`, "len(interests)"+op+n, "len(interests) - 2"+op+n,
		text+" in interests", "days_since(renewal)"+op+n, `renewal`+op+`date("2026-11-20")`, `kinds("meeting", "email_click")`+op+n, "opted_in == true")
}

// drawSmall makes a subject near the constants of drawNarrow.
func drawSmall(t *rapid.T) Subject {
	s := drawSubject(t, testSchema, 3)
	if s.Values[0].Type != Unknown {
		s.Values[0].Num = float64(rapid.IntRange(-4, 8).Draw(t, "small")) / 2
	}
	return s
}

// TestNoFalseAlarm: a condition called dead never holds, and one said to hold for everybody never fails.
func TestNoFalseAlarm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		source := drawNarrow(t, 3)
		c, problems := compileCondition(source, &testSchema)
		if c == nil {
			t.Fatal(source, problems)
		}
		tree, problem := parseCondition(source)
		if problem != nil {
			t.Fatal(problem)
		}
		impossible := map[truth]bool{
			yes: len((&reasoner{}).assume(tree, true, []world{newWorld()})) == 0,
			no:  len((&reasoner{}).assume(tree, false, []world{newWorld()})) == 0,
		}
		for range 30 {
			s := drawSmall(t)
			if got := hold(c, testSchema, &s, testNow); impossible[got] {
				t.Fatalf("%s was said never to be %v", source, got == yes)
			}
		}
	})
}

// TestFollowed lists what is recognised, so that finding nothing is not what keeps alarms from being false.
func TestFollowed(t *testing.T) {
	for source, want := range map[string]string{
		`employees > 5 and employees < 6`:                                    "open",
		`employees > 5 and employees <= 5`:                                   "dead",
		`not (employees > 5 or employees <= 5)`:                              "dead",
		`employees > 5 or employees <= 5`:                                    "always",
		`employees in [1, 2] and employees > 2`:                              "dead",
		`employees in 1..2 and employees > 1 and employees < 2`:              "dead",
		`employees in [1, 2] and employees != 1 and employees != 2`:          "dead",
		`10 > employees && employees > 20`:                                   "dead",
		`count("meeting") > 0 and not happened("meeting")`:                   "dead",
		`count("meeting") < 0`:                                               "dead",
		`count("meeting") >= 0`:                                              "always",
		`len(interests) - 2 < 0`:                                             "open",
		`employees < 10 and not known(employees)`:                            "dead",
		`(employees ?? 0) < 10 and not known(employees)`:                     "open",
		`seniority in ["vp"] and seniority not in ["vp", "cto"]`:             "dead",
		`seniority != "vp" or seniority != "cto"`:                            "always",
		`opted_in ? employees > 5 and employees < 3 : false`:                 "dead",
		`renewal < date("2026-01-01") and renewal > date("2026-06-01")`:      "dead",
		`jobtitle contains "a" and not (jobtitle contains "a")`:              "dead",
		`(employees < 3 or employees > 9) and employees > 4 and revenue > 0`: "open",
		`(employees < 3 or employees > 9) and employees in 4..8`:             "dead",
		`upper(jobtitle) == "Cto"`:                                           "dead",
	} {
		if _, problems := compileCondition(source, &testSchema); len(problems) > 0 {
			t.Fatal(source, problems)
		}
		tree, problem := parseCondition(source)
		if problem != nil {
			t.Fatal(source, problem)
		}
		got := "open"
		switch {
		case len((&reasoner{}).assume(tree, true, []world{newWorld()})) == 0:
			got = "dead"
		case len((&reasoner{}).assume(tree, false, []world{newWorld()})) == 0:
			got = "always"
		}
		if got != want {
			t.Errorf("%s is %s, want %s", source, got, want)
		}
	}
}

// TestOutOfReachIsNeverReached: no subject passes the bounds that findings rest on, or gets a grade said to be out of
// reach.
func TestOutOfReachIsNeverReached(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec := drawSpec(t, false)
		for i := range spec.Scores {
			for j := range spec.Scores[i].Groups {
				g := &spec.Scores[i].Groups[j]
				g.Path = g.Name
				for k := range g.Criteria {
					c := &g.Criteria[k]
					c.Path = strconv.Itoa(i) + c.Name
					if c.When != "" {
						c.When = drawNarrow(t, 2)
					}
				}
			}
		}
		spec.Grade.Path, spec.Grade.RowCuts, spec.Grade.ColCuts = "grade", []float64{60, 10}, []float64{30, -10}
		m := mustCompile(t, spec)
		l := &linter{m: m}
		for i := range m.scores {
			l.score(i)
		}
		dead := map[string]bool{}
		for _, f := range l.found {
			if f.Kind == DeadCriterion {
				dead[f.Problem.Path] = true
			}
		}
		g := m.grade
		rows, columns := l.possible(l.reach[g.rows], g.rowCuts), l.possible(l.reach[g.columns], g.columnCuts)
		var r Result
		for range 10 {
			s := drawSmall(t)
			m.Score(&s, testNow, &r)
			for _, line := range r.Lines {
				if line.Kind != Earned {
					continue
				}
				if c := spec.Scores[line.Score].Groups[line.Group].Criteria[line.Criterion]; dead[c.Path+".when"] {
					t.Fatalf("the dead criterion %s gave points: %s", c.Name, c.When)
				}
			}
			for i, score := range r.Scores {
				if score.Known && (score.Points < l.reach[i].least || score.Points > l.reach[i].most) {
					t.Fatalf("%s is not within %v", score.Points, l.reach[i])
				}
			}
			if row, column, ok := g.cell(r.Grade); ok && (!rows[row] || !columns[column]) {
				t.Fatalf("%s was said to be out of reach", r.Grade)
			}
		}
	})
}
