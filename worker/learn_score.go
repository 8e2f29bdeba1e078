package worker

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bareme/bareme/learning/scorecard"
	"github.com/bareme/bareme/scoring"
)

// ErrUnwritable says that what was learnt cannot be written as criteria.
var ErrUnwritable = errors.New("what was learnt cannot be written as criteria")

// LearntScore is a card as an ordinary score: a group for each attribute, a criterion for each bin that gives points, and
// what makes a probability of it. It gives everybody the points the card does.
func LearntScore(c *scorecard.Card, name string) (scoring.ScoreSpec, error) {
	least, most := c.Range()
	s := scoring.ScoreSpec{
		Name: name, Min: float64(min(0, least)), Max: float64(max(most, least+1)),
		Probability: &scoring.ProbabilitySpec{Intercept: c.Intercept, Slope: c.Slope},
	}
	if c.Base != 0 {
		return s, fmt.Errorf("%w: its points begin at %d", ErrUnwritable, c.Base)
	}
	for i := range c.Attributes {
		g, err := learntGroup(&c.Attributes[i])
		if err != nil {
			return s, err
		}
		if len(g.Criteria) > 0 {
			s.Groups = append(s.Groups, g)
		}
	}
	if len(s.Groups) == 0 {
		return s, fmt.Errorf("%w: no attribute gives points", ErrUnwritable)
	}
	return s, nil
}

func learntGroup(a *scorecard.Attribute) (scoring.GroupSpec, error) {
	title := learntTitle(a)
	g := scoring.GroupSpec{Name: title}
	unknown := a.Neutral
	if a.Missing >= 0 {
		unknown = a.Bins[a.Missing].Points
	}
	add := func(label, when string, points int) {
		g.Criteria = append(g.Criteria, scoring.CriterionSpec{Name: title + ": " + label, When: when, Points: float64(points)})
	}
	for i := range a.Bins {
		if i == a.Missing || a.Bins[i].Points == 0 {
			continue
		}
		conditions, err := learntConditions(a, i)
		if err != nil {
			return g, err
		}
		for j, when := range conditions {
			label := shortened(a.Label(i))
			if j > 0 {
				label += fmt.Sprintf(" (%d)", j+1)
			}
			add(label, when, a.Bins[i].Points)
		}
	}
	if a.Other < 0 && a.Kind == scorecard.Text && a.Neutral != 0 {
		when, err := noneOf(a, -1)
		if err != nil {
			return g, err
		}
		add("anything else", when, a.Neutral)
	}
	switch {
	case unknown == 0 || !mayMiss(a):
	case len(g.Criteria) == 0:
		add("not known", "not known("+a.Name+")", unknown)
	default:
		points := float64(unknown)
		g.Criteria[0].Unknown = &points
	}
	return g, nil
}

// mayMiss reports whether the attribute can be unknown: there always is an account of activity.
func mayMiss(a *scorecard.Attribute) bool { return !strings.HasPrefix(a.Name, "count(") }

// learntConditions are the conditions of one bin: one, or several where its texts are too many for one.
func learntConditions(a *scorecard.Attribute, bin int) ([]string, error) {
	switch a.Kind {
	case scorecard.Number:
		return []string{between(a.Name, a.Cuts, bin)}, nil
	case scorecard.Date:
		return []string{between("days_since("+a.Name+")", a.Cuts, bin)}, nil
	case scorecard.Bool:
		return []string{yesNoOf(a.Name, a.Bins[bin].Levels)}, nil
	case scorecard.List:
		return []string{memberOf(a, bin)}, nil
	}
	if bin == a.Other {
		when, err := noneOf(a, bin)
		return []string{when}, err
	}
	return anyOf(a.Name, a.Bins[bin].Levels), nil
}

func between(x string, cuts []float64, bin int) string {
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	switch {
	case len(cuts) == 0:
		return "known(" + x + ")"
	case bin == 0:
		return x + " < " + number(cuts[0])
	case bin == len(cuts):
		return x + " >= " + number(cuts[bin-1])
	}
	return x + " >= " + number(cuts[bin-1]) + " && " + x + " < " + number(cuts[bin])
}

func yesNoOf(x string, levels []string) string {
	if len(levels) != 1 {
		return "known(" + x + ")"
	}
	if levels[0] == "yes" {
		return x
	}
	return "not " + x
}

func memberOf(a *scorecard.Attribute, bin int) string {
	levels := a.Bins[bin].Levels
	in := strconv.Quote(*a.Member) + " in " + a.Name
	switch {
	case len(levels) != 1:
		return "known(" + a.Name + ")"
	case levels[0] == "yes":
		return in
	}
	return "not (" + in + ")"
}

// mostCondition is how long a condition is made: somewhat less than a model file takes.
const mostCondition = 3000

// anyOf are conditions that between them hold for any of the texts.
func anyOf(x string, levels []string) []string {
	if len(levels) == 1 {
		return []string{x + " == " + strconv.Quote(levels[0])}
	}
	var list []string
	from, size := 0, 0
	for i, l := range levels {
		if size += len(l) + 4; size > mostCondition || i-from >= 200 {
			list = append(list, x+" in "+texts(levels[from:i]))
			from, size = i, len(l)
		}
	}
	return append(list, x+" in "+texts(levels[from:]))
}

// noneOf is a condition that holds for every text that is in no other bin.
func noneOf(a *scorecard.Attribute, bin int) (string, error) {
	var others []string
	for i := range a.Bins {
		if i != bin && i != a.Missing {
			others = append(others, a.Bins[i].Levels...)
		}
	}
	if len(others) == 0 {
		return "known(" + a.Name + ")", nil
	}
	when := "not (" + a.Name + " in " + texts(others) + ")"
	if len(when) > mostCondition || len(others) > 400 {
		return "", fmt.Errorf("%w: %s has %d texts that count, more than a condition can hold: leave it out of learn.attributes, or map it to fewer with a lookup",
			ErrUnwritable, a.Name, len(others))
	}
	return when, nil
}

func texts(levels []string) string {
	quoted := make([]string, len(levels))
	for i, l := range levels {
		quoted[i] = strconv.Quote(l)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

var (
	learntCount = regexp.MustCompile(`^count\("([^"]+)"(?:, "(\d+)d")?\)$`)
	learntLast  = regexp.MustCompile(`^days_since\(last\("([^"]+)"\)\)$`)
)

// learntTitle is an attribute in words.
func learntTitle(a *scorecard.Attribute) string {
	title := strings.ReplaceAll(a.Title(), "_", " ")
	if m := learntCount.FindStringSubmatch(a.Name); m != nil {
		title = "times " + strings.ReplaceAll(m[1], "_", " ")
		if m[2] != "" {
			title += " in " + m[2] + " days"
		}
	} else if m := learntLast.FindStringSubmatch(a.Name); m != nil {
		title = "days since " + strings.ReplaceAll(m[1], "_", " ")
	}
	return strings.ToUpper(title[:1]) + title[1:]
}

// shortened keeps names of criteria readable.
func shortened(label string) string {
	const most = 60
	if r := []rune(label); len(r) > most {
		return strings.TrimRight(string(r[:most]), " ,") + " …"
	}
	return label
}

// PointMove is a criterion of the learnt score whose points differ between the model in force and what is proposed.
type PointMove struct {
	Group     string   `json:"group"`
	Criterion string   `json:"criterion"`
	Old       *float64 `json:"old,omitempty"` // nil: it is new
	New       *float64 `json:"new,omitempty"` // nil: it goes
}

// PointMoves is the difference between two scores, the proposal's criteria first, in their order.
func PointMoves(old *scoring.ScoreSpec, proposed scoring.ScoreSpec) []PointMove {
	type key struct{ group, criterion string }
	before := map[key]float64{}
	var order []key
	each := func(s *scoring.ScoreSpec, do func(key, float64)) {
		for _, g := range s.Groups {
			for _, c := range g.Criteria {
				do(key{g.Name, c.Name}, c.Points)
				if c.Unknown != nil {
					do(key{g.Name, g.Name + ": not known"}, *c.Unknown)
				}
			}
		}
	}
	if old != nil {
		each(old, func(k key, points float64) { before[k] = points; order = append(order, k) })
	}
	var moves []PointMove
	each(&proposed, func(k key, points float64) {
		m := PointMove{Group: k.group, Criterion: k.criterion, New: &points}
		if was, ok := before[k]; ok {
			m.Old = &was
			delete(before, k)
			if was == points {
				return
			}
		}
		moves = append(moves, m)
	})
	for _, k := range order {
		if was, ok := before[k]; ok && !slices.ContainsFunc(moves, func(m PointMove) bool { return m.New == nil && m.Criterion == k.criterion && m.Group == k.group }) {
			moves = append(moves, PointMove{Group: k.group, Criterion: k.criterion, Old: &was})
		}
	}
	return moves
}
