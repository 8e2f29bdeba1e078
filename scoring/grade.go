package scoring

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// compiledGrade turns two scores into a cell of a table.
type compiledGrade struct {
	rows, columns       int // indices of scores
	rowCuts, columnCuts []Points
	names               [][]string // by row, then column
	labels              [][]string
	routes              [][]string
	one                 bool         // bands of one score, the rows; there is one column
	thirds              *thirdsGrade // nil: a matrix or bands
}

// overallIndex stands for the overall score among indices of scores.
const overallIndex = -1

// Limits of a grade: the alphabet, and two digits.
const (
	maxRows    = 26
	maxColumns = 99
)

// apply grades a result whose scores are known.
func (g *compiledGrade) apply(f *facts, r *Result) {
	if g.one || g.thirds != nil {
		g.applyOne(f, r)
		return
	}
	row, column := r.Scores[g.rows], r.Scores[g.columns]
	if !row.Known || !column.Known {
		return
	}
	i, j := band(row.Points, g.rowCuts), band(column.Points, g.columnCuts)
	r.Grade, r.Label, r.Route = g.names[i][j], g.labels[i][j], g.routes[i][j]
}

// applyOne grades by one score, or by what is known of the subject.
func (g *compiledGrade) applyOne(f *facts, r *Result) {
	var i int
	var known bool
	switch {
	case g.thirds != nil:
		i, known = g.thirds.apply(f, r)
	case g.rows == overallIndex:
		i, known = band(r.Overall, g.rowCuts), r.Scored
	default:
		i, known = band(r.Scores[g.rows].Points, g.rowCuts), r.Scores[g.rows].Known
	}
	if known {
		r.Grade, r.Label, r.Route = g.names[i][0], g.labels[i][0], g.routes[i][0]
	}
}

// band counts the cuts above a score: intervals are half-open, and a score on a cut belongs to the better side.
func band(p Points, cuts []Points) int {
	for i, cut := range cuts {
		if p >= cut {
			return i
		}
	}
	return len(cuts)
}

// gradeAndLabels compiles the matrix and the labels of its cells.
func (c *compiler) gradeAndLabels(spec Spec) {
	if spec.Grade == nil {
		if len(spec.Labels) > 0 {
			c.problems.add(spec.Labels[0].Path, "labels need grades, and the model gives none", "write a grade matrix")
		}
		return
	}
	s := spec.Grade
	g := &compiledGrade{}
	switch {
	case s.Thirds != nil:
		c.thirds(g, s)
	case s.Scale != "" || s.Bands != nil:
		c.bands(g, s)
	default:
		c.matrix(g, s)
	}
	c.labels(g, spec.Labels)
	c.routes(g)
	c.model.grade = g
}

func (c *compiler) matrix(g *compiledGrade, s *GradeSpec) {
	g.rows, g.columns = c.scoreOf(s.Path+".rows", s.Rows), c.scoreOf(s.Path+".columns", s.Columns)
	g.rowCuts, g.columnCuts = c.cuts(s.Path+".row_cuts", s.RowCuts, maxRows), c.cuts(s.Path+".column_cuts", s.ColCuts, maxColumns)
	g.names = gradeNames(len(g.rowCuts)+1, len(g.columnCuts)+1)
}

func (c *compiler) scoreOf(path, name string) int {
	i, ok := c.model.ScoreIndex(name)
	if !ok {
		c.problems.add(path, fmt.Sprintf("unknown score %q", name), didYouMean(name, c.model.Scores(), "scores"))
		return 0
	}
	return i
}

// cuts checks lower bounds of intervals, best first.
func (c *compiler) cuts(path string, cuts []float64, most int) []Points {
	switch {
	case len(cuts) == 0:
		c.problems.add(path, "there is no cut, so all would get the same", "write the lower bounds, best first: [75, 50, 25]")
	case len(cuts) >= most:
		c.problems.add(path, fmt.Sprintf("there are %d cuts; the most is %d", len(cuts), most-1), "")
		return nil
	}
	var list []Points
	for i, cut := range cuts {
		if i > 0 && !(cut < cuts[i-1]) && !math.IsNaN(cut) {
			c.problems.add(path, fmt.Sprintf("the cut %g stands after %g", cut, cuts[i-1]), "write the lower bounds from high to low: [75, 50, 25]")
		}
		p, _ := c.points(path, cut)
		list = append(list, p)
	}
	return list
}

func gradeNames(rows, columns int) [][]string {
	names := make([][]string, rows)
	for i := range names {
		for j := range columns {
			names[i] = append(names[i], string(rune('A'+i))+strconv.Itoa(j+1))
		}
	}
	return names
}

// all are the names of the grades, best first.
func (g *compiledGrade) all() []string {
	return slices.DeleteFunc(slices.Concat(g.names...), func(name string) bool { return name == "" })
}

// labels gives each cell the first label that names its grade.
func (c *compiler) labels(g *compiledGrade, specs []LabelSpec) {
	all := g.all()
	if len(all) == 0 {
		return // said already
	}
	given := map[string]string{}
	seen := map[string]bool{}
	for _, s := range specs {
		c.named(seen, s.Path, s.Label, "label", "labels")
		grades := s.Grades
		if len(grades) == 0 {
			c.problems.add(s.Path, fmt.Sprintf("the label %q has no grade", s.Label), `write its grades, or "*" for all that are left`)
			continue
		}
		useful := false
		for _, name := range grades {
			switch {
			case name == "*":
				for _, grade := range all {
					if _, taken := given[grade]; !taken {
						given[grade], useful = s.Label, true
					}
				}
			case !slices.Contains(all, name):
				c.problems.add(s.Path, fmt.Sprintf("unknown grade %q", name), fmt.Sprintf("grades go from %s to %s", all[0], all[len(all)-1]))
				useful = true
			default:
				if _, taken := given[name]; !taken {
					given[name], useful = s.Label, true
				}
			}
		}
		if !useful {
			c.problems.warn(s.Path, fmt.Sprintf("nothing is ever labelled %q: labels before it have all its grades", s.Label), "move it up, or remove it")
		}
	}
	g.labels = make([][]string, len(g.names))
	for i, row := range g.names {
		for _, name := range row {
			g.labels[i] = append(g.labels[i], given[name])
		}
	}
}
