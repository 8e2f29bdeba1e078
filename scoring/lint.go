package scoring

import (
	"fmt"
	"strconv"

	"github.com/expr-lang/expr/ast"
)

// FindingKind says what kind of doubt a finding is.
type FindingKind string

// The kinds of finding.
const (
	DeadCriterion    FindingKind = "dead"        // its condition can never hold
	AlwaysHolds      FindingKind = "always"      // its condition can never fail to hold
	SaidTwice        FindingKind = "twice"       // another criterion of the score has the same condition
	BeyondCap        FindingKind = "beyond-cap"  // points that a cap always takes away
	CapNeverReached  FindingKind = "idle-cap"    // a cap or floor that nothing reaches
	ScoreOutOfReach  FindingKind = "max"         // a score that cannot reach its max
	GradeOutOfReach  FindingKind = "grade"       // a grade nobody can get
	LabelOutOfReach  FindingKind = "label"       // a label nobody can get
	MappedNotUsed    FindingKind = "unused"      // an attribute or activity nothing asks for
	NeverInSnapshot  FindingKind = "never-fires" // gives nobody in the snapshot points
	AlwaysInSnapshot FindingKind = "always-fires"
)

// Finding is something in a model that works and is probably not meant.
type Finding struct {
	Kind    FindingKind
	Problem Problem // a Warning
}

// Lint looks for what can be seen from the model alone. It reasons about the comparisons of each expression with
// constants, and concludes only what holds for every subject: a criterion it calls dead never gives points, a grade it
// calls out of reach is never given. The findings come in the order of the model.
func (m *Model) Lint() []Finding {
	l := &linter{m: m}
	for i := range m.scores {
		l.score(i)
	}
	l.others()
	l.grades()
	return l.found
}

type linter struct {
	m     *Model
	found []Finding
	reach []reach // by score
}

// reach is the least and the most that something can be.
type reach struct{ least, most Points }

func (l *linter) add(kind FindingKind, path, message, hint string) {
	l.found = append(l.found, Finding{kind, Problem{Path: path, Message: message, Hint: hint, Warning: true}})
}

func (l *linter) score(i int) {
	s, spec := &l.m.scores[i], &l.m.spec.Scores[i]
	if s.purchases || len(s.groups) != len(spec.Groups) {
		l.reach = append(l.reach, reach{s.min, s.max})
		return
	}
	said := map[string]string{}
	var sum reach
	for g := range s.groups {
		r := l.group(&s.groups[g], &spec.Groups[g], said)
		sum.least, sum.most = limited(sum.least+r.least), limited(sum.most+r.most)
	}
	if sum.most < s.max {
		l.add(ScoreOutOfReach, spec.Path+".max", fmt.Sprintf("%s can reach %s at most, and its max is %s", s.name, sum.most, s.max),
			"raise points or caps, or lower max to what can be reached")
	}
	clamp := func(p Points) Points { return min(max(p, s.min), s.max) }
	l.reach = append(l.reach, reach{clamp(sum.least), clamp(sum.most)})
}

// group looks at the criteria of a group and adds up the most and the least they can give together.
func (l *linter) group(g *compiledGroup, spec *GroupSpec, said map[string]string) reach {
	var sum reach
	var up, down exclusives
	for i := range g.criteria {
		c, cs := &g.criteria[i], &spec.Criteria[i]
		r, tree := l.criterion(c, cs, said)
		switch {
		case tree != nil && r.least == 0:
			up.add(tree, r.most)
		case tree != nil && r.most == 0:
			down.add(tree, -r.least)
		default:
			sum.least, sum.most = limited(sum.least+r.least), limited(sum.most+r.most)
		}
	}
	sum.most, sum.least = limited(sum.most+up.most()), limited(sum.least-down.most())
	if g.max != nil && sum.most < *g.max {
		l.add(CapNeverReached, spec.Path+".max", fmt.Sprintf("the cap of %s is never reached: the criteria of %s give %s at most%s", *g.max, g.name, sum.most, weighing(spec)),
			"lower it, or remove it")
	}
	if g.min != nil && sum.least > *g.min {
		l.add(CapNeverReached, spec.Path+".min", fmt.Sprintf("the floor of %s is never reached: the criteria of %s give %s at least%s", *g.min, g.name, sum.least, weighing(spec)),
			"raise it, or remove it")
	}
	if g.max != nil {
		sum.least, sum.most = min(sum.least, *g.max), min(sum.most, *g.max)
	}
	if g.min != nil {
		sum.least, sum.most = max(sum.least, *g.min), max(sum.most, *g.min)
	}
	return reach{min(sum.least, 0), max(sum.most, 0)} // where nothing is known, a group gives nothing
}

// weighing says that numbers are told with the weight of their group in them.
func weighing(spec *GroupSpec) string {
	if spec.Weight == 0 {
		return ""
	}
	return fmt.Sprintf(", with its weight of %g", spec.Weight)
}

// criterion looks at one criterion. tree is its condition, when what it gives depends on that alone.
func (l *linter) criterion(c *compiledCriterion, spec *CriterionSpec, said map[string]string) (r reach, tree ast.Node) {
	switch c.family {
	case byActivity:
		return l.activity(c, spec), nil
	case byInactivity:
		return reach{min(c.points, 0), max(c.points, 0)}, nil
	case byCondition:
	default:
		return reach{-mostEarned, mostEarned}, nil
	}
	tree, problem := parseCondition(spec.When)
	if problem != nil {
		return reach{-mostEarned, mostEarned}, nil
	}
	dead := l.condition(spec.Path+".when", tree)
	if text := tree.String(); said[text] != "" {
		l.add(SaidTwice, spec.Path+".when", fmt.Sprintf("the criterion %s has the same condition", strconv.Quote(said[text])), "keep one of them, with the points of both")
	} else {
		said[text] = c.name
	}
	var least, most Points
	if !dead {
		least, most = min(c.points, 0), max(c.points, 0)
	}
	if c.unknown != nil {
		least, most = min(least, *c.unknown), max(most, *c.unknown)
		return reach{least, most}, nil
	}
	return reach{least, most}, tree
}

// condition reports what is certain of a condition wherever it stands.
func (l *linter) condition(path string, tree ast.Node) (dead bool) {
	r := &reasoner{}
	if len(r.assume(tree, true, []world{newWorld()})) == 0 {
		message := "this condition can never hold"
		if len(r.conflicts) == 1 {
			message += ": " + r.conflicts[0]
		}
		l.add(DeadCriterion, path, message, "widen it, or remove what asks for it")
		return true
	}
	if _, constant := tree.(*ast.BoolNode); constant {
		return false // points for everybody, as written
	}
	r = &reasoner{}
	if len(r.assume(tree, false, []world{newWorld()})) == 0 {
		l.add(AlwaysHolds, path, "this condition holds for everybody of whom it can be decided", "make it narrower; to ask whether something is known, write known(…)")
	}
	return false
}

// activity looks at caps that take points away the first time.
func (l *linter) activity(c *compiledCriterion, spec *CriterionSpec) reach {
	rule := &l.m.rules[c.rule]
	once := max(rule.points, -rule.points)
	r := reach{min(rule.points, 0), max(rule.points, 0)}
	for _, t := range rule.tiers {
		once = max(once, t.points.abs())
		r.least, r.most = min(r.least, t.points), max(r.most, t.points)
	}
	if rule.each {
		if rule.points > 0 {
			r.most = mostEarned
		} else if rule.points < 0 {
			r.least = -mostEarned
		}
	}
	if rule.cap != 0 {
		r.least, r.most = max(r.least, -rule.cap), min(r.most, rule.cap)
		if once > rule.cap {
			l.add(BeyondCap, spec.Path+".cap", fmt.Sprintf("the cap of %s is below the %s points of %s, so they are never given in full", rule.cap, once, strconv.Quote(c.name)),
				"raise the cap, or lower the points")
		}
	}
	return r
}

// others looks at the conditions that stand outside of scores.
func (l *linter) others() {
	for _, s := range l.m.conditions() {
		if s.criterion {
			continue
		}
		if tree, problem := parseCondition(s.text); problem == nil {
			l.condition(s.path, tree)
		}
	}
}

// exclusives adds up what conditions can give together: of those that exclude each other, only the one that gives most.
type exclusives struct {
	sets  [][]ast.Node
	gives []Points
}

// mostExclusives bounds the comparisons of every condition with every other.
const mostExclusives = 60

func (e *exclusives) add(tree ast.Node, p Points) {
	if len(e.sets) < mostExclusives {
		for i, set := range e.sets {
			if excludesAll(tree, set) {
				e.sets[i], e.gives[i] = append(set, tree), max(e.gives[i], p)
				return
			}
		}
	}
	e.sets, e.gives = append(e.sets, []ast.Node{tree}), append(e.gives, p)
}

func (e *exclusives) most() (sum Points) {
	for _, p := range e.gives {
		sum = limited(sum + p)
	}
	return sum
}

func excludesAll(tree ast.Node, set []ast.Node) bool {
	for _, other := range set {
		r := &reasoner{}
		if len(r.assume(other, true, r.assume(tree, true, []world{newWorld()}))) > 0 {
			return false
		}
	}
	return true
}
