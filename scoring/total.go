package scoring

import (
	"fmt"
	"math"
)

// TotalSpec says how the named scores make the overall score. The zero TotalSpec is a weighted mean on the scale of the
// scores themselves.
type TotalSpec struct {
	Path  string   `json:"-"`
	Sum   bool     // a weighted sum; false: a weighted mean
	Max   *float64 `json:",omitempty"` // the most it can be, before Scale; nil: what the scores' own maxima give
	Scale float64  // what the most is shown as: 10 makes the overall score run to 10; 0: left as it is
}

// compiledTotal turns the weighted sum of the scores into the overall score.
type compiledTotal struct {
	divisor     float64
	bottom, top Points // the least and the most the overall score can be
	adjust      []adjustment
	bounded     bool // something can take it past its bounds
}

// of is the overall score before adjustments.
func (t *compiledTotal) of(sum float64) Points { return Points(math.Round(sum / t.divisor)) }

// total compiles weights already checked into one divisor: of the mean, of the scale, or of both.
func (c *compiler) total(spec Spec) {
	s, m := spec.Total, c.model
	path := s.Path
	if path == "" {
		path = "$.overall"
	}
	t := compiledTotal{divisor: m.weightSum}
	if s.Sum {
		t.divisor = 1
	}
	var least, most float64
	for i := range m.scores {
		least += m.scores[i].weight * m.scores[i].min.Float()
		most += m.scores[i].weight * m.scores[i].max.Float()
	}
	if t.divisor > 0 {
		least, most = least/t.divisor, most/t.divisor
	}
	if s.Max != nil {
		_, ok := c.points(path+".max", *s.Max)
		if ok && *s.Max <= 0 {
			c.problems.add(path+".max", fmt.Sprintf("the most the overall score can be is %g, which is not above 0", *s.Max), "write a number such as 100")
		}
		most, t.bounded = *s.Max, true
	}
	if s.Scale != 0 {
		_, ok := c.points(path+".scale", s.Scale)
		switch {
		case ok && s.Scale < 0:
			c.problems.add(path+".scale", fmt.Sprintf("the scale %g is not above 0", s.Scale), "write 10 for a score from 0 to 10")
		case most <= 0:
			c.problems.add(path+".scale", "no score can be above 0, so there is nothing to scale", "give a score a max above 0")
		default:
			factor := s.Scale / most
			t.divisor, least, most = t.divisor/factor, least*factor, s.Scale
		}
	}
	if math.Max(math.Abs(least), math.Abs(most)) > mostPoints*maxScores {
		c.problems.add(path, "the weights make an overall score too large to count with", "write smaller weights, or a scale")
		return
	}
	t.bottom, t.top = toPoints(least), toPoints(most)
	m.total = t
}

// OverallRange is the least and the most the overall score can be, for a scale to draw it on.
func (m *Model) OverallRange() (least, most Points) { return m.total.bottom, m.total.top }

// ScoreRange is the least and the most score i can be.
func (m *Model) ScoreRange(i int) (least, most Points) { return m.scores[i].min, m.scores[i].max }

// weighted multiplies everything a group is worth by its weight.
func (c *compiler) weighted(g GroupSpec) GroupSpec {
	switch {
	case g.Weight == 0:
		return g
	case !(g.Weight > 0) || g.Weight > mostPoints:
		c.problems.add(g.Path+".weight", fmt.Sprintf("the weight %g is not a number above 0", g.Weight), "to leave a group out, remove it")
		return g
	}
	times := func(f *float64) *float64 {
		if f == nil {
			return nil
		}
		product := *f * g.Weight
		return &product
	}
	g.Max, g.Min = times(g.Max), times(g.Min)
	criteria := g.Criteria
	g.Criteria = make([]CriterionSpec, len(criteria))
	for i, s := range criteria {
		s.Points *= g.Weight
		s.Unknown, s.Cap = times(s.Unknown), times(s.Cap)
		tiers := s.Tiers
		s.Tiers = nil
		for _, t := range tiers {
			s.Tiers = append(s.Tiers, TierSpec{t.From, t.Points * g.Weight})
		}
		g.Criteria[i] = s
	}
	return g
}
