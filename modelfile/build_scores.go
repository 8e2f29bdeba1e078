package modelfile

import (
	"slices"
	"strings"

	"github.com/bareme/bareme/scoring"
)

func (b *builder) scoring(s *scoring.Spec, root *node) {
	s.Scope = scope(root.get("people"))
	for _, e := range root.get("scores").entries {
		if slices.Contains(writeKeys(), e.key.text) {
			b.add(e.key.span(b.src), "a score cannot be called "+quote(e.key.text), "That name means something else under write: choose another, such as fit.")
		}
		s.Scores = append(s.Scores, b.score(e))
	}
	b.grade(s, root.get("grade"))
	s.Trend = scoring.TrendSpec{Over: defaultTrendOver, Move: defaultTrendMove}
	trend := root.get("trend")
	if n := trend.get("over"); n != nil {
		s.Trend.Over = durationOf(n)
	}
	if n := trend.get("move"); n != nil {
		s.Trend.Move = numberOf(n)
	}
}

func (b *builder) score(e entry) scoring.ScoreSpec {
	n := e.value
	s := scoring.ScoreSpec{Name: e.key.text, Path: child("$.scores", e.key.text), Min: numberOf(n.get("min")), Max: defaultMax, Decay: b.decay(n)}
	if v := n.get("max"); v != nil {
		s.Max = numberOf(v)
	}
	s.RFM = b.purchases(n, e.key.text)
	s.Probability = probability(n.get("probability"))
	s.Scope = scope(n)
	for _, g := range entriesOf(n.get("groups")) {
		s.Groups = append(s.Groups, b.group(g, s.Path))
	}
	return s
}

func (b *builder) group(e entry, path string) scoring.GroupSpec {
	n := e.value
	g := scoring.GroupSpec{
		Name: e.key.text, Path: child(path+".groups", e.key.text),
		Max: optional(n.get("max")), Min: optional(n.get("min")), Decay: b.decay(n),
		Family: textOf(n.get("family")), Weight: numberOf(n.get("weight")),
	}
	for i, item := range n.get("criteria").items {
		g.Criteria = append(g.Criteria, b.criterion(item, index(g.Path+".criteria", i)))
	}
	return g
}

func (b *builder) criterion(n *node, path string) scoring.CriterionSpec {
	b.criterionKeys(n)
	c := scoring.CriterionSpec{
		Name: textOf(n.get("name")), Path: path,
		When: textOf(n.get("when")), Unknown: optional(n.get("unknown")),
		Activity: textOf(n.get("activity")), Each: textOf(n.get("each")) == "true", Cap: optional(n.get("cap")),
		Within: durationOf(n.get("within")), Decay: b.decay(n),
		Inactive: durationOf(n.get("inactive")), Of: textsOf(n.get("of")),
		Points: numberOf(n.get("points")), Family: textOf(n.get("family")),
	}
	if tiers := n.get("tiers"); tiers != nil {
		for _, e := range tiers.entries {
			c.Tiers = append(c.Tiers, scoring.TierSpec{From: wholeOf(e.key.text), Points: numberOf(e.value)})
		}
		slices.SortStableFunc(c.Tiers, func(a, b scoring.TierSpec) int { return a.From - b.From })
	}
	return c
}

// subjects are the keys of which a criterion has exactly one, and companions those that only make sense beside one.
var (
	subjects   = []string{"when", "activity", "inactive"}
	companions = map[string]string{
		"unknown": "when", "each": "activity", "cap": "activity", "within": "activity", "tiers": "activity", "of": "inactive",
		"half_life": "activity", "linear": "activity", "window": "activity", "steps": "activity", "interval": "activity", "erosion": "activity", "decay": "activity",
	}
)

// criterionKeys checks which keys of a criterion stand together.
func (b *builder) criterionKeys(n *node) {
	what := "criterion " + quote(textOf(n.get("name")))
	var has []*node
	for _, e := range n.entries {
		if slices.Contains(subjects, e.key.text) {
			has = append(has, e.key)
		}
	}
	switch {
	case len(has) == 0:
		b.add(n.span(b.src), what+" says nothing that gives its points", "Add when (a condition), activity (something done) or inactive (nothing done for a while).")
		return
	case len(has) > 1:
		b.add(has[1].span(b.src), what+" has both "+has[0].text+" and "+has[1].text, "Keep one of them, and make a second criterion of the other.")
		return
	}
	for _, e := range n.entries {
		if needs, ok := companions[e.key.text]; ok && n.get(needs) == nil {
			b.add(e.key.span(b.src), what+": "+e.key.text+" only makes sense beside "+needs, "Remove it, or make this a criterion on "+needs+".")
		}
	}
	points, tiers := n.get("points"), n.get("tiers")
	switch {
	case points == nil && tiers == nil:
		b.add(n.span(b.src), what+" has no points", "Add points, as in points: 20.")
	case points != nil && tiers != nil:
		b.add(points.span(b.src), what+" has both points and tiers", "Tiers say the points: remove one of them.")
	}
}

// decay reads the one way points fall, of a score, group or criterion.
func (b *builder) decay(n *node) scoring.Decay {
	var d scoring.Decay
	first := ""
	for _, e := range n.entries {
		switch e.key.text {
		case "half_life":
			d.HalfLife = durationOf(e.value)
		case "linear":
			d.Linear = durationOf(e.value)
		case "window":
			d.Window = durationOf(e.value)
		case "steps":
			d.Steps = steps(e.value)
		case "interval":
			d.Interval = &scoring.Interval{Every: durationOf(e.value.get("every")), Percent: percentOf(e.value.get("percent"))}
		case "erosion":
			d.Erosion = erosion(e.value)
		case "decay":
			d.None = true
		default:
			continue
		}
		if first != "" {
			b.add(e.key.span(b.src), first+" and "+e.key.text+" are both ways for points to fall", "Keep one of them.")
			return scoring.Decay{}
		}
		first = e.key.text
	}
	return d
}

func erosion(n *node) *scoring.Erosion {
	e := scoring.Erosion{AtLeast: numberOf(n.get("at_least")), Percent: percentOf(n.get("percent"))}
	if every := n.get("every"); every != nil {
		e.Every = durationOf(every)
	}
	return &e
}

func steps(n *node) []scoring.Step {
	out := make([]scoring.Step, 0, len(n.entries))
	for _, e := range n.entries {
		after, _ := parseDuration(e.key.text) // checked with the shape
		out = append(out, scoring.Step{After: after, Keep: percentOf(e.value) / 100})
	}
	slices.SortStableFunc(out, func(a, b scoring.Step) int {
		switch {
		case a.After < b.After:
			return -1
		case a.After > b.After:
			return 1
		}
		return 0
	})
	return out
}

func grade(n *node) *scoring.GradeSpec {
	g := &scoring.GradeSpec{Path: "$.grade.matrix", Rows: textOf(n.get("rows")), Columns: textOf(n.get("columns"))}
	g.RowCuts, g.ColCuts = cuts(n.get("row_cuts")), cuts(n.get("column_cuts"))
	return g
}

// cuts reads lower bounds; by default a score from 0 to 100 is cut into quarters.
func cuts(n *node) []float64 {
	if n == nil {
		return []float64{75, 50, 25}
	}
	out := make([]float64, 0, len(n.items))
	for _, item := range n.items {
		out = append(out, numberOf(item))
	}
	return out
}

func labels(n *node) []scoring.LabelSpec {
	if n == nil {
		return nil
	}
	out := make([]scoring.LabelSpec, 0, len(n.entries))
	for _, e := range n.entries {
		var grades []string
		for _, text := range textsOf(e.value) {
			grades = append(grades, strings.Fields(text)...)
		}
		out = append(out, scoring.LabelSpec{Path: child("$.grade.label", e.key.text), Label: e.key.text, Grades: grades})
	}
	return out
}
