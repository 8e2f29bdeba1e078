package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bareme/bareme/scoring"
	"github.com/bareme/bareme/worker"
)

// printReport tells a run in numbers and words.
func (p *program) printReport(r worker.Report) {
	p.printf("\n%s of %s (account %s): %s in %s\n", title(string(r.Kind)), r.Connection, r.Account, r.Status, r.Took().Round(time.Millisecond))
	if len(r.Read) > 0 {
		p.printf("  %-14s %9s %10s %8s\n", "read", "in all", "unchanged", "changed")
		for _, object := range slices.Sorted(maps.Keys(r.Read)) {
			c := r.Read[object]
			p.printf("  %-14s %9s %10s %8s\n", object, number(c.Read), number(c.Unchanged), number(c.Changed))
		}
	}
	line := func(label string, n int, always bool, note string) {
		if n != 0 || always {
			p.printf("  %-14s %9s  %s\n", label, number(n), note)
		}
	}
	line("scored", r.Scored, true, pick(r.NewModel, "everybody: the model is new", pick(r.NewFit, "everybody: the cut points are new", "")))
	line("written", r.Written, true, pick(r.Accepted, "more than write.max_changed allows, accepted", ""))
	line("rejected", r.Rejected, true, pick(r.Rejected > 0, "set aside, tried again later", ""))
	line("removed", r.Removed, false, "left the CRM; forgotten")
	line("gone", r.Gone, false, "deleted or merged before the write arrived")
	line("recovered", r.Recovered, false, "sent by a run that died, found to have arrived")
	line("unscored", r.Population.Unscored, false, "too little is known, or by their choice")
	if c := r.Companies; c != nil {
		p.printf("  companies\n")
		line("  scored", c.Scored, true, pick(c.NewModel, "all: the model is new", ""))
		line("  written", c.Written, true, pick(c.Accepted, "more than write.max_changed allows, accepted", ""))
		line("  rejected", c.Rejected, c.Rejected > 0, "set aside, tried again later")
		line("  gone", c.Gone, false, "deleted or merged before the write arrived")
		line("  recovered", c.Recovered, false, "sent by a run that died, found to have arrived")
		line("  unscored", c.Population.Unscored, false, "too little is known")
	}
	p.printAlertCount(r.Alerts)
	p.printCalls(r)
	p.printWarnings(r.Warnings)
	p.printRejections("", r.Rejections)
	if r.Companies != nil {
		p.printRejections("company ", r.Companies.Rejections)
	}
}

func (p *program) printRejections(of string, rejections []worker.Rejection) {
	for _, rejection := range rejections {
		p.printf("  rejected %s%s: %s (again after %s)\n", of, rejection.ID, rejection.Reason, rejection.RetryAt.Format("2 Jan 15:04 MST"))
	}
}

func (p *program) printWarnings(warnings map[string]int) {
	for _, what := range slices.Sorted(maps.Keys(warnings)) {
		if strings.HasPrefix(what, "clock: ") {
			p.printf("  note: %s\n", what)
			continue
		}
		one, many := "person", "people"
		if strings.HasPrefix(what, "companies: ") {
			one, many = "company", "companies"
		}
		p.printf("  note: %s (%s)\n", what, counted(warnings[what], one, many))
	}
}

func (p *program) printCalls(r worker.Report) {
	kinds := slices.SortedFunc(maps.Keys(r.Calls), func(a, b string) int {
		if r.Calls[a] != r.Calls[b] {
			return r.Calls[b] - r.Calls[a]
		}
		return strings.Compare(a, b)
	})
	parts := make([]string, len(kinds))
	for i, kind := range kinds {
		parts[i] = fmt.Sprintf("%s %s", kind, number(r.Calls[kind]))
	}
	p.printf("  %-14s %9s  %s\n", "API calls", number(r.AllCalls()), strings.Join(parts, ", "))
	if r.Retried > 0 {
		p.printf("  %-14s %9s\n", "retried", number(r.Retried))
	}
	p.printf("  %-14s %9s  for rate limits\n", "waited", r.Waited.Round(time.Millisecond))
	if r.DailyLimit > 0 {
		p.printf("  %-14s %9s  of %s calls left today\n", "quota", number(r.DailyLeft), number(r.DailyLimit))
	}
}

// printPopulation draws who has which grade and how the scores are spread.
func (p *program) printPopulation(t worker.Tally) {
	p.printf("%s, %s scored\n", counted(t.People, "person", "people"), number(t.Mapped-t.Unscored))
	p.printTally(t)
}

// printTally draws who has which grade and label, and how the scores are spread.
func (p *program) printTally(t worker.Tally) {
	switch {
	case isMatrix(t.Grades):
		p.printf("\nGrades (fit down, engagement across)\n%s", matrix(t.Grades))
	case len(t.Grades) > 0:
		p.printf("\nGrades\n")
		for _, grade := range slices.Sorted(maps.Keys(t.Grades)) {
			p.printf("  %-10s %s %s\n", grade, bar(t.Grades[grade], largestOf(t.Grades), 40), number(t.Grades[grade]))
		}
	}
	if len(t.Labels) > 0 {
		p.printf("\nLabels\n")
		for _, label := range byCount(t.Labels) {
			p.printf("  %-10s %s %s\n", orDash(label), bar(t.Labels[label], largestOf(t.Labels), 40), number(t.Labels[label]))
		}
	}
	p.printf("\nScores\n")
	most := slices.Max(t.Histogram[:])
	for i, n := range t.Histogram {
		p.printf("  %3d–%-3d  %s %s\n", i*10, pick(i == 9, 100, i*10+9), bar(n, most, 40), number(n))
	}
}

// printCompanies draws the grades and scores of companies.
func (p *program) printCompanies(t worker.Tally) {
	p.printf("%s, %s scored\n", counted(t.People, "company", "companies"), number(t.Mapped-t.Unscored))
	p.printTally(t)
}

// isMatrix tells grades of two scores, a letter and a number, from those of one.
func isMatrix(grades map[string]int) bool {
	for g := range grades {
		if len(g) < 2 || strings.Trim(g[1:], "0123456789") != "" {
			return false
		}
	}
	return len(grades) > 0
}

// matrix draws grades such as A1 to D4 as a table, best in the upper left corner, shaded by how many people each has.
func matrix(grades map[string]int) string {
	rows, cols := map[string]bool{}, map[string]bool{}
	for g := range grades {
		if len(g) >= 2 {
			rows[g[:1]], cols[g[1:]] = true, true
		}
	}
	var b strings.Builder
	b.WriteString("     ")
	across := slices.Sorted(maps.Keys(cols))
	for _, c := range across {
		fmt.Fprintf(&b, "%12s", c)
	}
	b.WriteByte('\n')
	most := largestOf(grades)
	for _, r := range slices.Sorted(maps.Keys(rows)) {
		fmt.Fprintf(&b, "  %s  ", r)
		for _, c := range across {
			n := grades[r+c]
			fmt.Fprintf(&b, "%7s %s", number(n), shade(n, most))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// shade shows a share of the largest count as four cells.
func shade(n, most int) string {
	if n == 0 || most == 0 {
		return "    "
	}
	full := max(1, (4*n+most-1)/most)
	return strings.Repeat("█", full) + strings.Repeat("░", 4-full)
}

// bar draws n as a share of most, padded to width.
func bar(n, most, width int) string {
	if most <= 0 {
		return strings.Repeat(" ", width)
	}
	eighths := n * width * 8 / most
	if n > 0 && eighths == 0 {
		eighths = 1
	}
	out := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		out += string([]rune(" ▏▎▍▌▋▊▉")[rest])
	}
	return out + strings.Repeat(" ", width-len([]rune(out)))
}

// number writes 12345 as 12,345.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func counted(n int, one, many string) string { return number(n) + " " + pick(n == 1, one, many) }

func trimmed(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func percent(x float64) string { return trimmed(x*100) + " %" }

func orDash(s string) string { return pick(s == "", "–", s) }

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func pick[T any](yes bool, a, b T) T {
	if yes {
		return a
	}
	return b
}

func largestOf(counts map[string]int) int {
	most := 0
	for _, n := range counts {
		most = max(most, n)
	}
	return most
}

func byCount(counts map[string]int) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
}

// reasonText is one reason as people read it.
type reasonText = scoring.Reason

// strongest returns the n reasons of an explanation that weigh most, over all its scores.
func strongest(e worker.Explanation, n int) []reasonText {
	var all []reasonText
	for _, s := range e.Scores {
		all = append(all, s.Reasons...)
	}
	slices.SortStableFunc(all, func(a, b reasonText) int { return cmp.Compare(abs(b.Points), abs(a.Points)) })
	return all[:min(n, len(all))]
}

// addingUp rounds the points of the reasons to tenths so that they still add up to the score as it is shown: those that
// rounding would wrong most are rounded the other way.
func addingUp(reasons []reasonText, total float64) []float64 {
	tenths, order, left := make([]float64, len(reasons)), make([]int, len(reasons)), math.Round(total*10)
	for i, r := range reasons {
		tenths[i], order[i] = math.Round(r.Points.Float()*10), i
		left -= tenths[i]
	}
	wrong := func(i int) float64 { return reasons[i].Points.Float()*10 - tenths[i] }
	step := math.Copysign(1, left)
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(step*wrong(b), step*wrong(a)) })
	for i := range min(int(math.Abs(left)), len(order)) {
		tenths[order[i]] += step
	}
	for i := range tenths {
		tenths[i] /= 10
	}
	return tenths
}

func abs(p scoring.Points) scoring.Points { return max(p, -p) }
