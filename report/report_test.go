package report_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/bareme/bareme/report"
	"github.com/bareme/bareme/worker"
)

func sample(name string) worker.Comparison {
	n := 3
	side := func(file string) worker.Side {
		return worker.Side{
			Name: file, Model: "abc", Grades: []string{"A1", "A2"}, Labels: []string{name}, To: 100, Mean: 42.25, Spread: [20]int{3: 5, 19: 1200},
			Tally: worker.Tally{People: 1205, Mapped: 1205, Grades: map[string]int{"A1": 5, "A2": 1200}, Labels: map[string]int{name: 1205}},
		}
	}
	return worker.Comparison{
		At: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC), People: 1205, Old: side(name), New: side("new.yaml"), Moved: 5,
		Moves:    []worker.GradeMove{{From: "A1", To: "A2", People: 5}, {From: "A2", To: "A2", People: 1200}, {From: "", To: "A1", People: 1}},
		Most:     []worker.ComparedPerson{{ID: name, New: worker.Planned{Scored: true, Score: 12.5, Grade: "A1"}, Why: []worker.ReasonMove{{Points: -3, Text: name}}}},
		Criteria: []worker.CriterionUse{{Score: "fit", Group: name, Criterion: name, People: 0, Old: &n}, {Score: "fit", Group: "g", Criterion: "all", People: 1205}},
		Groups:   []worker.GroupUse{{Score: "fit", Group: name, People: 4, AtCap: 4}},
		Missing:  []worker.Gap{{Attribute: name, Missing: 3, People: 1205}}, Limits: []string{name},
	}
}

// TestComparisonStandsAlone: the page is well formed, asks nothing of anybody, and what models hold stays text.
func TestComparisonStandsAlone(t *testing.T) {
	t.Parallel()
	const hostile = `</title><script>alert(1)</script><img src=x onerror=alert(1)>`
	var page bytes.Buffer
	if err := report.Comparison(&page, sample(hostile)); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(bytes.NewReader(page.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		count[n.Data]++
		for _, a := range n.Attr {
			if a.Key == "src" || a.Key == "href" || strings.HasPrefix(a.Key, "on") || strings.Contains(a.Val, "url(") {
				t.Errorf("<%s> has %s=%q", n.Data, a.Key, a.Val)
			}
		}
	}
	for _, foreign := range []string{"script", "img", "link", "iframe", "object", "image", "use"} {
		if count[foreign] > 0 {
			t.Errorf("%d <%s>", count[foreign], foreign)
		}
	}
	if count["svg"] != 4 || count["rect"] != 3+3*3+2*(2+1+2) {
		t.Errorf("%d charts with %d bars and cells", count["svg"], count["rect"])
	}
	for _, want := range []string{"1,205 people", "42.3", "−3.0", "12.5 A1", "0.4 %", "none → A1: 1", "blue rises, amber falls"} {
		if !strings.Contains(html.UnescapeString(page.String()), want) {
			t.Errorf("no %q in the page", want)
		}
	}
	if strings.Contains(page.String(), "http") {
		t.Error("an address stands in the page")
	}
}

// TestEmptyComparison: nobody and nothing is drawn without a fault.
func TestEmptyComparison(t *testing.T) {
	t.Parallel()
	var page bytes.Buffer
	if err := report.Comparison(&page, worker.Comparison{}); err != nil {
		t.Fatal(err)
	}
	if _, err := html.Parse(&page); err != nil {
		t.Fatal(err)
	}
}
