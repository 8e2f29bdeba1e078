package modelfile_test

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/scoring"
)

// TestGuide computes the worked example of docs/model-file.md and holds the page to it.
func TestGuide(t *testing.T) {
	data, err := os.ReadFile("../docs/model-file.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	f, err := modelfile.Parse("model-file.md", []byte(fenced(t, page, "yaml")), nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	ago := func(days int) int64 { return now.AddDate(0, 0, -days).UnixMilli() }
	person := scoring.Subject{
		Values: []scoring.Value{{Type: scoring.Number, Num: 120}, {Type: scoring.Text, Str: "director"}, {Type: scoring.Bool}},
		Events: []scoring.Event{{Kind: 0, Count: 3, At: ago(0)}, {Kind: 0, Count: 4, At: ago(30)}, {Kind: 1, Count: 1, At: ago(60)}},
	}
	var r scoring.Result
	f.Model.Score(&person, now, &r)
	points := func(p scoring.Points) string {
		return strconv.FormatFloat(float64(p)/float64(scoring.Point), 'f', -1, 64)
	}
	for _, want := range []string{
		"| **fit** | | **" + points(r.Scores[0].Points) + "** |",
		"| **engagement** | | **" + points(r.Scores[1].Points) + "** |",
		"The overall score is the mean of both: **" + points(r.Overall) + "**.",
		"The grade is **" + r.Grade + "**, and the first label with " + r.Grade + " is **" + r.Label + "**.",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	var lines []string
	for _, reason := range f.Model.Reasons(&r, now, "en") {
		if reason.Points != 0 {
			lines = append(lines, fmt.Sprintf("%+g %s", float64(reason.Points)/float64(scoring.Point), reason.Short))
		}
	}
	if got, want := strings.Join(lines, "\n"), strings.TrimSpace(fenced(t, page, "text")); got != want {
		t.Errorf("reasons\n%s\nthe page has\n%s", got, want)
	}
}

// fenced returns the first block of a language in a page.
func fenced(t *testing.T, page, language string) string {
	t.Helper()
	_, after, ok := strings.Cut(page, "```"+language+"\n")
	block, _, closed := strings.Cut(after, "```")
	if !ok || !closed {
		t.Fatalf("no %s block", language)
	}
	return block
}

// TestGuideDecay computes the table of ways to grow old.
func TestGuideDecay(t *testing.T) {
	data, err := os.ReadFile("../docs/model-file.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(data), "| Key | After 30 days | After 90 days |")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := 0
	for _, row := range strings.Split(table, "\n")[2:] {
		cells := strings.Split(strings.Trim(row, "| "), " | ")
		got := fmt.Sprintf("%s %s", share(t, strings.Trim(cells[0], "`"), 30), share(t, strings.Trim(cells[0], "`"), 90))
		late, _, _ := strings.Cut(cells[2], ",")
		if want := cells[1] + " " + late; got != want {
			t.Errorf("%s: %s, the page has %s", cells[0], got, want)
		}
		rows++
	}
	if rows != 5 {
		t.Errorf("%d rows", rows)
	}
}

// share is what is left of 100 points after some days under one decay.
func share(t *testing.T, decay string, days int) string {
	t.Helper()
	text := `version: 1
connections: [{name: a, crm: hubspot}]
people: {activity: {call: {from: calls}}}
scores: {engagement: {groups: {a: {criteria: [{name: Call, activity: call, points: 100, ` + decay + `}]}}}}
`
	f, err := modelfile.Parse("decay", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	var r scoring.Result
	f.Model.Score(&scoring.Subject{Events: []scoring.Event{{Count: 1, At: now.AddDate(0, 0, -days).UnixMilli()}}}, now, &r)
	return strconv.FormatFloat(math.Round(float64(r.Scores[0].Points)*10/float64(scoring.Point))/10, 'f', -1, 64) + "%"
}
