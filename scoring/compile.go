package scoring

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Limits on the size of a model. They keep sums within 64 bits and indices within Line.
const (
	maxScores   = 100
	maxCriteria = 5000 // in the whole model
)

// Compile checks a model against the schema of its subjects and makes it ready. Every problem is reported, not only
// the first. The model is nil when any problem is not a Warning. Defaults that a zero cannot stand for (a score's Max)
// are the caller's to fill in.
func Compile(spec Spec, schema Schema) (*Model, []Problem) {
	c := compiler{schema: &schema, model: &Model{spec: spec, schema: schema}}
	c.model.byKind = make([][]int, len(schema.Activities))
	c.derive(spec)
	c.value(spec)
	c.products(spec)
	c.all(spec)
	c.overall(spec)
	c.total(spec)
	c.adjustments(spec.Adjust)
	c.gradeAndLabels(spec)
	c.next(spec.Next)
	c.lifecycle(spec)
	c.rollUps(spec.RollUps)
	c.filters(spec.Filters)
	c.model.scope = c.scope("$.people", spec.Scope)
	c.trend(spec.Trend)
	if c.problems.fatal() {
		return nil, c.problems
	}
	c.combined()
	c.model.hash = hashOf(c.model)
	return c.model, c.problems
}

type compiler struct {
	schema   *Schema
	model    *Model
	problems problems
	criteria int
}

// all compiles every score.
func (c *compiler) all(spec Spec) {
	switch {
	case len(spec.Scores) == 0:
		c.problems.add("$.scores", "the model has no score", "write at least one, such as fit")
	case len(spec.Scores) > maxScores:
		c.problems.add("$.scores", fmt.Sprintf("the model has %d scores; the most is %d", len(spec.Scores), maxScores), "")
		return
	}
	seen := map[string]bool{}
	for _, s := range spec.Scores {
		c.named(seen, s.Path, s.Name, "score", "scores")
		compiled := c.score(s)
		c.probabilitySpec(s)
		compiled.scope = c.scope(s.Path, s.Scope)
		c.model.scores = append(c.model.scores, compiled)
	}
	if c.criteria > maxCriteria {
		c.problems.add("$.scores", fmt.Sprintf("the model has %d criteria; the most is %d", c.criteria, maxCriteria), "")
	}
}

// named checks that a thing has a name and shares it with no other.
func (c *compiler) named(seen map[string]bool, path, name, one, many string) {
	switch {
	case name == "":
		c.problems.add(path+".name", "this "+one+" has no name", "give it one; reasons are told by it")
	case seen[name]:
		c.problems.add(path+".name", fmt.Sprintf("two %s are named %q", many, name), "rename one of them")
	}
	seen[name] = true
}

func (c *compiler) score(s ScoreSpec) compiledScore {
	if s.RFM != nil {
		return c.rfmScore(s)
	}
	minimum, okMin := c.points(s.Path+".min", s.Min)
	maximum, okMax := c.points(s.Path+".max", s.Max)
	if okMin && okMax && s.Min >= s.Max {
		c.problems.add(s.Path+".max", fmt.Sprintf("max is %g and min is %g, so every score would be the same", s.Max, s.Min), "make max larger than min")
	}
	c.decay(s.Path, s.Decay)
	if len(s.Groups) == 0 {
		c.problems.add(s.Path+".groups", "this score has no group", "write at least one group with a criterion")
	}
	out := compiledScore{name: s.Name, min: minimum, max: maximum}
	seen := map[string]bool{}
	for _, g := range s.Groups {
		c.named(seen, g.Path, g.Name, "group", "groups of one score")
		out.groups = append(out.groups, c.group(g, s.Decay))
	}
	names := map[string]bool{}
	active := false
	for _, g := range s.Groups {
		for _, cr := range g.Criteria {
			c.named(names, cr.Path, cr.Name, "criterion", "criteria of one score")
			active = active || cr.Activity != ""
		}
	}
	if !active && s.Decay.methods() > 0 {
		c.problems.warn(s.Path, "the decay of this score changes nothing: none of its criteria counts activity", "remove it, or add a criterion with activity")
	}
	return out
}

func (c *compiler) group(g GroupSpec, inherited Decay) compiledGroup {
	g = c.weighted(g)
	out := compiledGroup{name: g.Name, max: c.optional(g.Path+".max", g.Max), min: c.optional(g.Path+".min", g.Min)}
	if out.max != nil && out.min != nil && *out.max < *out.min {
		c.problems.add(g.Path+".max", fmt.Sprintf("the cap %g is below the floor %g", *g.Max, *g.Min), "swap max and min, or remove one")
	}
	c.decay(g.Path, g.Decay)
	if !g.Decay.inherits() {
		inherited = g.Decay
	}
	if len(g.Criteria) == 0 {
		c.problems.add(g.Path+".criteria", "this group has no criterion", "write one, or remove the group")
	}
	for _, cr := range g.Criteria {
		c.criteria++
		compiled := c.criterion(cr, inherited)
		compiled.topic = c.familyOf(cr, g, &compiled)
		out.criteria = append(out.criteria, compiled)
	}
	return out
}

// points checks a number of points.
func (c *compiler) points(path string, f float64) (Points, bool) {
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		c.problems.add(path, "this is not a number of points", "")
	case math.Abs(f) > mostPoints:
		c.problems.add(path, fmt.Sprintf("%s is more than the %d points a model may use", strconv.FormatFloat(f, 'f', -1, 64), mostPoints), "choose a smaller scale")
	default:
		return toPoints(f), true
	}
	return 0, false
}

// optional is points for a number that may be absent.
func (c *compiler) optional(path string, f *float64) *Points {
	if f == nil {
		return nil
	}
	p, ok := c.points(path, *f)
	if !ok {
		return nil
	}
	return &p
}

// overall checks the weights of the overall score. Without any, every score weighs 1.
func (c *compiler) overall(spec Spec) {
	m := c.model
	for i := range m.scores {
		if len(spec.Overall) == 0 {
			m.scores[i].weight = 1
			m.weightSum++
		}
	}
	seen := map[string]bool{}
	for _, w := range spec.Overall {
		path := "$.overall." + w.Score
		i, ok := m.ScoreIndex(w.Score)
		switch {
		case !ok:
			c.problems.add(path, fmt.Sprintf("unknown score %q", w.Score), didYouMean(w.Score, m.Scores(), "scores"))
		case seen[w.Score]:
			c.problems.add(path, fmt.Sprintf("%q has two weights", w.Score), "remove one of them")
		case !(w.Weight > 0) || w.Weight > mostPoints:
			c.problems.add(path, fmt.Sprintf("the weight %g is not a number above 0", w.Weight), "to leave a score out, leave out its line")
		default:
			m.scores[i].weight = w.Weight
			m.weightSum += w.Weight
		}
		seen[w.Score] = true
	}
}

// trend checks the comparison with the past.
func (c *compiler) trend(t TrendSpec) {
	if t.Over < 0 {
		c.problems.add("$.trend.over", "this span of time is below zero", "write a span such as 7d")
	}
	if !(t.Move >= 0) || math.IsInf(t.Move, 0) {
		c.problems.add("$.trend.move", fmt.Sprintf("the move %g is not a number of points above 0", t.Move), "write a number such as 5")
	}
}

// kinds finds kinds of activity by name.
func (c *compiler) kinds(path string, names []string) []uint16 {
	var list []uint16
	for _, name := range names {
		slot := slices.Index(c.schema.Activities, name)
		if slot < 0 {
			c.problems.add(path, fmt.Sprintf("unknown activity %q", name), didYouMean(name, c.schema.Activities, "activities"))
			continue
		}
		list = append(list, uint16(slot))
	}
	return list
}
