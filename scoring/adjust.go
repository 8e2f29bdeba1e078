package scoring

import "fmt"

// AdjustSpec moves the overall score itself, after all scores are added up: "needs nurturing: -10". Its points are shown
// apart and belong to no score.
type AdjustSpec struct {
	Name   string
	Path   string `json:"-"`
	When   string // a condition; not knowing changes nothing
	Points float64
}

type adjustment struct {
	name      string
	points    Points
	condition *condition
}

// adjustments compiles what moves the overall score.
func (c *compiler) adjustments(specs []AdjustSpec) {
	seen := map[string]bool{}
	for _, s := range specs {
		c.named(seen, s.Path, s.Name, "adjustment", "adjustments")
		if s.When == "" {
			c.problems.add(s.Path, fmt.Sprintf("the adjustment %q asks for nothing", s.Name), "write when: and a condition")
			continue
		}
		a := adjustment{name: s.Name, points: c.earned(s.Path+".points", s.Points), condition: c.condition(s.Path+".when", s.When, c.schema)}
		c.model.total.adjust = append(c.model.total.adjust, a)
		c.model.total.bounded = true
	}
}

// condition compiles a condition that stands at a path.
func (c *compiler) condition(path, source string, schema *Schema) *condition {
	compiled, found := compileCondition(source, schema)
	for _, p := range found {
		p.Path = path
		c.problems = append(c.problems, p)
	}
	return compiled
}

// adjusted moves the overall score by every adjustment that holds and keeps it within its bounds.
func (t *compiledTotal) adjusted(f *facts, r *Result) {
	for i := range t.adjust {
		a := &t.adjust[i]
		if a.condition.holds(f) == yes {
			r.Adjustments = append(r.Adjustments, Line{Kind: Adjusted, Criterion: uint16(i), Points: a.points, Full: a.points})
			r.Overall += a.points
		}
	}
	bound := min(max(r.Overall, t.bottom), t.top)
	if bound == r.Overall {
		return
	}
	line := Line{Kind: OverallMax, Points: bound - r.Overall}
	if line.Points > 0 {
		line.Kind = OverallMin
	}
	r.Adjustments = append(r.Adjustments, line)
	r.Overall = bound
}
