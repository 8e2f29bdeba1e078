package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// printComparison tells what another model makes of the same people.
func (p *program) printComparison(c worker.Comparison) {
	one, many := "person", "people"
	if c.Object == crm.Companies {
		one, many = "company", "companies"
	}
	p.printf("%s → %s on the %s of the snapshot, as of %s; nothing is written.\n\n",
		c.Old.Name, c.New.Name, counted(c.People, one, many), c.At.Format("2 January 2006 15:04 MST"))
	p.printf("%s of %s would have another grade; the mean score goes from %.1f to %.1f.\n",
		counted(c.Moved, one, many), number(c.People), c.Old.Mean, c.New.Mean)
	p.printMatrix(c)
	p.printBeforeAfter("Labels", union(c.Old.Labels, c.New.Labels), c.Old.Tally.Labels, c.New.Tally.Labels)
	p.printSpread(c)
	p.printMost(c)
	p.printUse(c)
	if len(c.Missing) > 0 {
		p.printf("\nNot known\n")
	}
	for _, g := range c.Missing {
		p.printf("  %-20s %s %5.1f %%\n", g.Attribute, bar(g.Missing, g.People, 20), portion(g.Missing, g.People))
	}
	if len(c.Limits) > 0 {
		p.printf("\nCannot be compared\n")
	}
	for _, l := range c.Limits {
		p.printf("  %s\n", l)
	}
	if c.Companies != nil {
		p.printf("\n")
		p.printComparison(*c.Companies)
	}
}

// printMatrix draws how many people go from which grade to which; those who stay are on the diagonal.
func (p *program) printMatrix(c worker.Comparison) {
	if len(c.Old.Grades)+len(c.New.Grades) == 0 {
		return
	}
	cells := map[[2]string]int{}
	down, across := map[string]bool{}, map[string]bool{}
	for _, m := range c.Moves {
		cells[[2]string{m.From, m.To}] = m.People
		down[m.From], across[m.To] = true, true
	}
	columns := met(c.New.Grades, across)
	p.printf("\nGrades: %s down, %s across\n        ", c.Old.Name, c.New.Name)
	for _, to := range columns {
		p.printf("%8s", gradeName(to))
	}
	p.printf("\n")
	for _, from := range met(c.Old.Grades, down) {
		p.printf("  %-6s", gradeName(from))
		for _, to := range columns {
			n := cells[[2]string{from, to}]
			p.printf("%8s", pick(n == 0, "·", pick(from == to, "="+number(n), number(n))))
		}
		p.printf("\n")
	}
	p.printf("  (= stays, · nobody)\n")
	p.printBeforeAfter("Grades", union(c.Old.Grades, c.New.Grades), c.Old.Tally.Grades, c.New.Tally.Grades)
}

// met are the grades that occur, in their order, then none.
func met(grades []string, seen map[string]bool) []string {
	var list []string
	for _, g := range append(grades[:len(grades):len(grades)], "") {
		if seen[g] {
			list = append(list, g)
		}
	}
	return list
}

func gradeName(g string) string { return pick(g == "", "none", g) }

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

// printBeforeAfter draws two counts for each name.
func (p *program) printBeforeAfter(heading string, names []string, before, after map[string]int) {
	most, width := max(largestOf(before), largestOf(after)), 6
	if most == 0 {
		return
	}
	for _, name := range names {
		width = max(width, utf8.RuneCountInString(name))
	}
	p.printf("\n%s, before and after\n", heading)
	for _, name := range names {
		if before[name]+after[name] == 0 {
			continue
		}
		p.printf("  %-*s %s %7s   %s %7s\n", width, name, bar(before[name], most, 20), number(before[name]), bar(after[name], most, 20), number(after[name]))
	}
}

// printSpread draws the distribution of the scores, two parts of the spread to a line.
func (p *program) printSpread(c worker.Comparison) {
	before, after, names := map[string]int{}, map[string]int{}, []string{}
	step := (c.New.To - c.New.From) / float64(len(c.New.Spread)/2)
	for i := 0; i+1 < len(c.New.Spread); i += 2 {
		from := c.New.From + float64(i/2)*step
		name := fmt.Sprintf("%g–%g", from, from+step)
		names = append(names, name)
		before[name], after[name] = c.Old.Spread[i]+c.Old.Spread[i+1], c.New.Spread[i]+c.New.Spread[i+1]
	}
	p.printBeforeAfter("Scores", names, before, after)
}

func (p *program) printMost(c worker.Comparison) {
	if len(c.Most) > 0 {
		p.printf("\nWho moves most\n")
	}
	for _, m := range c.Most {
		p.printf("  %s: %s → %s\n", m.ID, headlineText(m.Old), headlineText(m.New))
		for _, r := range m.Why {
			p.printf("      %+7.1f  %s\n", r.Points, r.Text)
		}
		if len(m.Why) == 0 {
			p.printf("      the same points, graded otherwise\n")
		}
	}
}

// printUse lists criteria and groups that do not tell people apart.
func (p *program) printUse(c worker.Comparison) {
	list := func(heading string, uses []worker.CriterionUse) {
		if len(uses) > 0 {
			p.printf("\n%s\n", heading)
		}
		for _, u := range uses {
			p.printf("  %s, %s: %s\n", u.Score, u.Group, u.Criterion)
		}
	}
	list("Criteria that give nobody points", c.Never())
	list("Criteria that give everybody points", c.Always())
	var capped []string
	for _, g := range c.AlwaysCapped() {
		capped = append(capped, fmt.Sprintf("  %s, %s (%s)", g.Score, g.Group, counted(g.People, "person", "people")))
	}
	if len(capped) > 0 {
		p.printf("\nGroups always at their cap\n%s\n", strings.Join(capped, "\n"))
	}
}

func portion(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }
