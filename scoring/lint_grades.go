package scoring

import (
	"fmt"
	"slices"
)

// grades looks for rows, columns and labels nobody can get.
func (l *linter) grades() {
	g, spec := l.m.grade, l.m.spec.Grade
	if g == nil || g.thirds != nil {
		return
	}
	rows := l.bands(g.rows, g.rowCuts, spec.Path+".row_cuts", func(i int) string { return "row " + g.names[i][0][:1] })
	columns := []bool{true}
	switch {
	case g.one:
		rows = l.bandsOfOne(g, spec)
	default:
		columns = l.bands(g.columns, g.columnCuts, spec.Path+".column_cuts", func(j int) string { return fmt.Sprintf("column %d", j+1) })
	}
	l.labels(g, rows, columns)
}

// bands reports which intervals between the cuts a score can fall into.
func (l *linter) bands(score int, cuts []Points, path string, name func(int) string) []bool {
	if score < 0 || score >= len(l.reach) {
		return allTrue(len(cuts) + 1)
	}
	possible := l.possible(l.reach[score], cuts)
	if l.m.grade.one {
		return possible
	}
	for i, is := range possible {
		if is {
			continue
		}
		s, r := l.m.scores[score].name, l.reach[score]
		if i < len(cuts) && r.most < cuts[i] {
			l.add(GradeOutOfReach, path, fmt.Sprintf("nobody can get %s: it begins at %s, and %s reaches %s at most", name(i), cuts[i], s, r.most), "lower the cut, or give more points")
		} else {
			l.add(GradeOutOfReach, path, fmt.Sprintf("nobody can get %s: it ends below %s, and %s is %s at least", name(i), cuts[i-1], s, r.least), "raise the cut, or give fewer points")
		}
	}
	return possible
}

func (l *linter) bandsOfOne(g *compiledGrade, spec *GradeSpec) []bool {
	r := reach{l.m.total.bottom, l.m.total.top}
	if g.rows >= 0 && g.rows < len(l.reach) {
		r = l.reach[g.rows]
	}
	possible := l.possible(r, g.rowCuts)
	for i, is := range possible {
		if name := g.names[i][0]; !is && name != "" {
			l.add(GradeOutOfReach, spec.Path+".bands", fmt.Sprintf("nobody can get the grade %s: the score lies between %s and %s", name, r.least, r.most), "move its bound, or the points")
		}
	}
	return possible
}

// possible reports which of the half-open intervals that cuts make, best first, meet a range.
func (l *linter) possible(r reach, cuts []Points) []bool {
	list := make([]bool, len(cuts)+1)
	for i := range list {
		list[i] = (i == len(cuts) || r.most >= cuts[i]) && (i == 0 || r.least < cuts[i-1])
	}
	return list
}

func allTrue(n int) []bool {
	list := make([]bool, n)
	for i := range list {
		list[i] = true
	}
	return list
}

// labels reports those whose grades are all out of reach. A label without any grade was warned of when it was read.
func (l *linter) labels(g *compiledGrade, rows, columns []bool) {
	var reached, given []string
	for i, row := range g.labels {
		for j, label := range row {
			given = append(given, label)
			if rows[i] && columns[j] {
				reached = append(reached, label)
			}
		}
	}
	for _, s := range l.m.spec.Labels {
		if slices.Contains(given, s.Label) && !slices.Contains(reached, s.Label) {
			l.add(LabelOutOfReach, s.Path, fmt.Sprintf("nobody can get the label %q: none of its grades can be reached", s.Label), "see what is said of the grades")
		}
	}
}
