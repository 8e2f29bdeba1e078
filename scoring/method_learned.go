package scoring

import (
	"fmt"
	"math"
)

// ProbabilitySpec turns a score that was learnt into the probability of the outcome it was learnt for, in percent:
// 100/(1+exp(-(Intercept + Slope × score))). It makes NAME_probability, which can be written, and asked for where scores
// can.
type ProbabilitySpec struct {
	Intercept, Slope float64
}

// of is the probability in percent, of two decimals so that what is written does not move by dust.
func (p *ProbabilitySpec) of(points Points) float64 {
	x := p.Intercept + float64(p.Slope*points.Float()) // the conversion forbids fusing, so every machine agrees
	return math.Round(1e4/(1+math.Exp(-x))) / 100
}

const probabilitySuffix = "_probability"

// probabilities names what a spec's learnt scores make.
func (s Spec) probabilities() []Attribute {
	var list []Attribute
	for i := range s.Scores {
		if s.Scores[i].Probability != nil {
			list = append(list, Attribute{s.Scores[i].Name + probabilitySuffix, Number})
		}
	}
	return list
}

// probability is that of score i; false when the score is not known, or was not learnt.
func (m *Model) probability(i int, r *Result) (float64, bool) {
	p := m.spec.Scores[i].Probability
	if p == nil || i >= len(r.Scores) || !r.Scores[i].Known {
		return 0, false
	}
	return p.of(r.Scores[i].Points), true
}

// Probabilities are the probabilities of a result, by score; scores that have none are not in it.
func (m *Model) Probabilities(r *Result) map[string]float64 {
	var out map[string]float64
	for i := range m.scores {
		if p, ok := m.probability(i, r); ok {
			if out == nil {
				out = map[string]float64{}
			}
			out[m.scores[i].name] = p
		}
	}
	return out
}

// mostLine bounds intercept and slope: beyond it every probability would be 0 or 1.
const mostLine = 1e6

func (c *compiler) probabilitySpec(s ScoreSpec) {
	p := s.Probability
	if p == nil {
		return
	}
	for _, f := range []struct {
		key   string
		value float64
	}{{"intercept", p.Intercept}, {"slope", p.Slope}} {
		if math.IsNaN(f.value) || math.Abs(f.value) > mostLine {
			c.problems.add(s.Path+".probability."+f.key, fmt.Sprintf("%g is no %s of a probability", f.value, f.key), "write the number bareme fit proposes")
		}
	}
	if s.RFM != nil {
		c.problems.add(s.Path+".probability", "a score by purchases was not learnt for an outcome, so it has no probability", "remove it")
	}
	name := s.Name + probabilitySuffix
	for _, a := range c.schema.Attributes {
		if a.Name == name {
			c.problems.add(s.Path+".probability", fmt.Sprintf("the attribute %q is also made by the score %q", name, s.Name), "rename one of them")
		}
	}
	for _, other := range c.model.spec.Scores {
		if other.Name == name {
			c.problems.add(s.Path+".probability", fmt.Sprintf("the score %q has the name of something the score %q makes", name, s.Name), "rename one of them")
		}
	}
}
