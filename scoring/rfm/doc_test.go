package rfm_test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/bareme/bareme/scoring/rfm"
)

// TestDocumentation works out the table of docs/scoring.md: ten customers, placed in every way.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/scoring.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`(?m)^\| [A-J] \| (\d+) \| (\d+) \| ([\d,]+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| ([A-Z][^|]+) \|$`)
	rows := row.FindAllStringSubmatch(string(page), -1)
	if len(rows) != 10 {
		t.Fatalf("%d customers in the table, want 10", len(rows))
	}
	var population []rfm.Customer
	for _, r := range rows {
		population = append(population, rfm.Customer{Recency: number(t, r[1]), Frequency: number(t, r[2]), Monetary: number(t, strings.ReplaceAll(r[3], ",", ""))})
	}
	fixed := rfm.Spec{
		Binning: rfm.Fixed, Recency: rfm.Measure{Cuts: []float64{14, 30, 90, 180}},
		Frequency: rfm.Measure{Cuts: []float64{2, 3, 5, 8}}, Monetary: rfm.Measure{Cuts: []float64{100, 250, 500, 1000}},
	}
	for i, spec := range []rfm.Spec{five(rfm.MidRank), five(rfm.Quantile), five(rfm.RPackage), five(rfm.Nested), fixed} {
		cuts, err := rfm.Fit(population, spec)
		if err != nil {
			t.Fatal(err)
		}
		segmenter, problems := rfm.DefaultSegmenter(cuts.Bins())
		if problems != nil {
			t.Fatal(problems)
		}
		for j, c := range population {
			r, f, m := cuts.Score(c)
			if got := strconv.Itoa(rfm.Number(r, f, m)); got != rows[j][4+i] {
				t.Errorf("%s: customer %c is %s, the page says %s", spec.Binning, 'A'+j, got, rows[j][4+i])
			}
			if got := segmenter.Segment(r, f, m); i == 0 && got != rows[j][9] {
				t.Errorf("customer %c is in %s, the page says %s", 'A'+j, got, rows[j][9])
			}
		}
	}
}
