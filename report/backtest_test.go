package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/bareme/bareme/learning"
	"github.com/bareme/bareme/learning/scorecard"
	"github.com/bareme/bareme/report"
)

// backtested is a backtest of a made-up history in which one attribute tells; the names are hostile.
func backtested(t *testing.T, hostile string) *learning.Report {
	t.Helper()
	table := &learning.Table{}
	var values []string
	var rules []float64
	var grades []string
	for i := range 600 {
		told := i%3 == 0
		value, outcome := hostile, learning.No
		if told {
			value = "tells"
		}
		if told && i%7 > 1 || !told && i%7 == 1 {
			outcome = learning.Yes
		}
		table.IDs = append(table.IDs, fmt.Sprintf("p%03d", i))
		table.At = append(table.At, time.Date(2025, 1, 1, i, 0, 0, 0, time.UTC))
		table.Outcomes = append(table.Outcomes, outcome)
		values, rules, grades = append(values, value), append(rules, float64(i%5)), append(grades, []string{"A", hostile}[i%2])
	}
	table.Columns = []scorecard.Column{scorecard.Texts(hostile, values, nil)}
	r, err := learning.Backtest(table, learning.Options{Allow: []string{hostile}}, []learning.Rival{{Name: "rules", Scores: rules}},
		[]learning.Grouping{{Name: "grade", Of: grades, Order: []string{"A", hostile}}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestBacktestStandsAlone: the page is well formed, asks nothing of anybody, names no record, and texts stay text.
func TestBacktestStandsAlone(t *testing.T) {
	t.Parallel()
	const hostile = `</title><script>alert(1)</script>`
	var page bytes.Buffer
	tested := report.Tested{Report: backtested(t, hostile), Source: "600 rows", Outcome: hostile, Score: hostile, AsOf: []string{hostile + ": by the CRM's field history"}}
	if err := report.Backtest(&page, tested); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(bytes.NewReader(page.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	var items []string
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			count[n.Data]++
		}
		if n.Data == "li" {
			items = append(items, n.FirstChild.Data)
		}
	}
	if diff := cmp.Diff(tested.AsOf, items); diff != "" {
		t.Errorf("how attributes are known as of then (-want +got):\n%s", diff)
	}
	for _, foreign := range []string{"script", "img", "link", "iframe"} {
		if count[foreign] > 0 {
			t.Errorf("%d <%s>", count[foreign], foreign)
		}
	}
	if count["svg"] != 4 || count["polyline"] != 2 || count["circle"] == 0 {
		t.Errorf("%v", count)
	}
	for _, no := range []string{"http", "p001", "NaN"} {
		if strings.Contains(page.String(), no) {
			t.Errorf("%q stands in the page", no)
		}
	}
}

// TestBacktestOfRowsSaysNothingOfThen: where nothing is known of then, the page has no such section.
func TestBacktestOfRowsSaysNothingOfThen(t *testing.T) {
	t.Parallel()
	var page bytes.Buffer
	if err := report.Backtest(&page, report.Tested{Report: backtested(t, "x")}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(page.String(), "As of then") {
		t.Error("a section without lines")
	}
}
