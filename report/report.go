// Package report writes results as HTML files that need nothing else: no script, no font, no picture from anywhere. Charts
// are SVG, drawn here.
package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/bareme/bareme/worker"
)

//go:embed comparison.html
var comparisonPage string

// comparison is parsed once; a template may be used by many at a time.
var comparison = template.Must(template.New("comparison").Funcs(template.FuncMap{
	"number": number, "share": share, "score": score, "signed": signed, "grade": gradeName, "brief": brief,
}).Parse(comparisonPage))

// Comparison writes what another model makes of the people of the snapshot. All texts are escaped; records are named by
// id only.
func Comparison(w io.Writer, c worker.Comparison) error {
	page := struct {
		worker.Comparison
		Matrix             heat
		Grades, Labels     bars
		Scores             bars
		NobodyOf, EveryOne []worker.CriterionUse
		Capped             []worker.GroupUse
		Looked             int
	}{
		Comparison: c,
		Matrix:     newHeat(c),
		Grades:     newBars(union(c.Old.Grades, c.New.Grades), c.Old.Tally.Grades, c.New.Tally.Grades),
		Labels:     newBars(union(c.Old.Labels, c.New.Labels), c.Old.Tally.Labels, c.New.Tally.Labels),
		Scores:     spreadBars(c),
		NobodyOf:   c.Never(), EveryOne: c.Always(), Capped: c.AlwaysCapped(), Looked: c.Looked(),
	}
	if err := comparison.Execute(w, page); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// number writes 12345 as 12,345.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func share(n, of int) string { return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(max(of, 1))) }

func score(x float64) string { return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64) }

func signed(x float64) string { return strings.Replace(fmt.Sprintf("%+.1f", x), "-", "−", 1) }

// brief is enough of a hash to tell two apart.
func brief(hash string) string { return hash[:min(8, len(hash))] }

func gradeName(g string) string {
	if g == "" {
		return "none"
	}
	return g
}

// union is the first list and what the second has besides.
func union(a, b []string) []string {
	seen := map[string]bool{}
	var list []string
	for _, name := range append(a[:len(a):len(a)], b...) {
		if !seen[name] {
			seen[name] = true
			list = append(list, name)
		}
	}
	return list
}
