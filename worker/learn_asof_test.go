package worker_test

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/learning"
	"github.com/bareme/bareme/learning/scorecard"
	"github.com/bareme/bareme/worker"
)

// TestAsOf plays the stories of testdata/asof: what happened in a CRM, day by day, and the rows that learning makes of it.
// See README.txt there for how to write one.
func TestAsOf(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/asof/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := newStory(t)
			var want []string
			for _, part := range archive.Files {
				for line := range strings.Lines(string(part.Data)) {
					switch line = strings.TrimSpace(line); {
					case line == "" || line[0] == '#':
					case part.Name == "crm":
						s.set(line)
					case part.Name == "story":
						s.happens(line)
					case part.Name == "want":
						want = append(want, line)
					}
				}
			}
			if diff := cmp.Diff(want, s.rows()); diff != "" {
				t.Errorf("want (-), got (+):\n%s", diff)
			}
		})
	}
}

// story is a world in which one thing happens after another.
type story struct {
	*world
	learn worker.Learn
	begin time.Time
	end   int // the day it is told
}

func newStory(t *testing.T) *story {
	w := newWorld(t)
	w.finer = 0 // so that a change can come at the very moment
	w.crm.Declare(crm.Deals, crm.Field{Name: "stage", Writable: true})
	w.edit("    meeting: {", "    purchase: {from: deals, when: {stage: won}}\n    proposal: {from: deals, when: {stage: proposal}}\n    meeting: {")
	w.provision()
	return &story{world: w, begin: time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC), end: 300,
		learn: worker.Learn{Score: "learnt", Activity: "purchase", Within: 90 * day, After: 5 * day, Attributes: []string{"title", "employees"}, Activities: []string{}}}
}

// set is a line about the CRM, or about what is learnt.
func (s *story) set(line string) {
	s.t.Helper()
	words := strings.Fields(line)
	switch rest := strings.Join(words[1:], " "); words[0] {
	case "untracked":
		s.crm.Untracked = map[string]string{words[1]: "is " + strings.Join(words[2:], " ")}
	case "remembers":
		s.crm.Remembers = time.Duration(s.number(rest)) * day
	case "keeps":
		s.crm.Depth = s.number(rest)
	case "fixed":
		s.learn.Fixed = words[1:]
	case "attributes":
		s.learn.Attributes = words[1:]
	case "activities":
		s.learn.Activities = words[1:]
	case "told":
		s.end = s.number(rest)
	default:
		s.t.Fatalf("not understood: %s", line)
	}
}

func (s *story) number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// happens is a line of the story: a day, who, and what.
func (s *story) happens(line string) {
	s.t.Helper()
	words := strings.Fields(line)
	s.at = s.begin.Add(time.Duration(s.number(words[0])) * day)
	who, what := words[1], words[2]
	object := crm.People
	switch who[0] {
	case 'c':
		object = crm.Companies
	case 'd':
		object = crm.Deals
	}
	_, there := s.crm.Stored(object, who)
	field, value, isField := strings.Cut(strings.Join(words[2:], " "), "=")
	switch {
	case who == "worker":
		s.run(worker.Options{Accept: true})
	case isField && there:
		s.crm.Change(object, who, crm.Fields{field: value})
	case isField && object == crm.Deals:
		s.t.Fatalf("there is no deal %s", who)
	case isField:
		s.crm.Put(object, who, crm.Fields{field: value}, nil)
	case what == "comes":
		s.crm.Put(object, who, crm.Fields{"email": who + "@example.com"}, nil)
	case what == "joins":
		s.crm.Link(object, who, crm.Companies, words[3])
	case what == "meets":
		s.crm.CreateActivity(crm.Meetings, crm.Activity{Time: s.at, Fields: crm.Fields{"outcome": "COMPLETED"}, Links: map[string][]string{crm.People: {who}}})
	case what == "buys":
		s.crm.CreateActivity(crm.Deals, crm.Activity{Time: s.at, Fields: crm.Fields{"stage": "won"}, Links: map[string][]string{crm.People: {who}}})
	case what == "of":
		s.crm.PutActivity(crm.Deals, crm.Activity{ID: who, Time: s.at, Fields: crm.Fields{"stage": words[4]}, Links: map[string][]string{crm.People: {words[3]}}})
	case what == "absorbs":
		s.crm.Merge(object, who, words[3])
	case what == "leaves":
		s.crm.Delete(object, who)
	default:
		s.t.Fatalf("not understood: %s", line)
	}
}

// rows tells the story's end: every row by id, then what was left out, and how the rest is known.
func (s *story) rows() []string {
	s.t.Helper()
	s.at = s.begin.Add(time.Duration(s.end) * day)
	s.run(worker.Options{Accept: true})
	one := s.open()
	defer func() {
		if err := one.Store.Close(); err != nil {
			s.t.Error(err)
		}
	}()
	one.Learn = &s.learn
	h, err := one.LearnHistory(s.t.Context())
	if err != nil {
		return []string{"error: " + err.Error()}
	}
	var out []string
	for i, id := range h.Table.IDs {
		line := fmt.Sprintf("%s day %.0f %s", id, h.Table.At[i].Sub(s.begin).Hours()/24, map[learning.Outcome]string{learning.Yes: "bought", learning.No: "did not", learning.Unknown: "open"}[h.Table.Outcomes[i]])
		for c := range h.Table.Columns {
			line += " " + h.Table.Columns[c].Name + "=" + cell(&h.Table.Columns[c], i)
		}
		out = append(out, line)
	}
	slices.Sort(out)
	for _, l := range h.LeftOut {
		out = append(out, "left out: "+l.Name+" "+l.Why)
	}
	for _, a := range h.AsOf {
		out = append(out, fmt.Sprintf("as of then: %s by %s, changed since for %d, assumed for %d", a.Name, a.By, a.Changed, a.Assumed))
	}
	for _, note := range h.Notes {
		out = append(out, "note: "+note)
	}
	for name, c := range h.Table.History {
		for i, at := range c.LastChanged {
			if !at.IsZero() {
				out = append(out, fmt.Sprintf("evidence: %s of %s changed on day %.0f", name, h.Table.IDs[i], at.Sub(s.begin).Hours()/24))
			}
		}
	}
	return out
}

func cell(c *scorecard.Column, row int) string {
	switch {
	case c.Kind == scorecard.Number && math.IsNaN(c.Numbers[row]), c.Kind == scorecard.Text && c.Codes[row] < 0:
		return "?"
	case c.Kind == scorecard.Number:
		return strconv.FormatFloat(c.Numbers[row], 'f', -1, 64)
	}
	return c.Levels[c.Codes[row]]
}
