package scoring

import (
	"fmt"
	"slices"

	"github.com/bareme/bareme/scoring/rfm"
)

// derive adds what scores by purchases make to the attributes that conditions may ask for.
func (c *compiler) derive(spec Spec) {
	c.model.extended = c.schema
	more := spec.made()
	if len(more) == 0 {
		return
	}
	asked := *c.schema
	asked.Attributes = slices.Concat(asked.Attributes, more)
	for i := range spec.Scores {
		s := &spec.Scores[i]
		if s.RFM == nil {
			continue
		}
		for _, a := range derived() {
			name := s.Name + "_" + a.Name
			if slices.ContainsFunc(c.schema.Attributes, func(a Attribute) bool { return a.Name == name }) {
				c.problems.add(s.Path, fmt.Sprintf("the attribute %q is also made by the score %q", name, s.Name), "rename one of them")
			}
			if slices.ContainsFunc(spec.Scores, func(other ScoreSpec) bool { return other.Name == name }) {
				c.problems.add(s.Path, fmt.Sprintf("the score %q has the name of something the score %q makes", name, s.Name), "rename one of them")
			}
		}
	}
	c.schema, c.model.extended = &asked, &asked
}

// rfmScore compiles a score by purchases. Its three lines are told as criteria of one group.
func (c *compiler) rfmScore(s ScoreSpec) compiledScore {
	maximum, ok := c.points(s.Path+".max", s.Max)
	if ok && s.Max <= 0 {
		c.problems.add(s.Path+".max", fmt.Sprintf("max is %g, so every score would be the same", s.Max), "write a number above 0")
	}
	if s.Min != 0 || len(s.Groups) > 0 || s.Decay.methods() > 0 || s.Decay.None {
		c.problems.add(s.Path, "a score by purchases (method: rfm) has no min, groups or decay", "remove them: it goes from 0 to max")
	}
	out := compiledScore{name: s.Name, max: maximum, purchases: true}
	group := compiledGroup{name: "purchases"}
	for _, name := range rfm.Measures() {
		group.criteria = append(group.criteria, compiledCriterion{name: name, family: byPurchases, topic: Transactional})
	}
	out.groups = []compiledGroup{group}
	c.purchases(s)
	return out
}

func (c *compiler) purchases(s ScoreSpec) {
	spec := s.RFM
	p := compiledRFM{score: len(c.model.scores), days: spec.Days, spec: spec, first: len(c.schema.Attributes) - len(c.model.spec.made())}
	p.first += len(derived()) * len(c.model.purchases)
	if kinds := c.kinds(s.Path+".activity", []string{spec.Activity}); len(kinds) > 0 {
		p.kind = kinds[0]
	}
	found := spec.places().Check()
	if len(found) == 0 {
		p.bins[0], p.bins[1], p.bins[2] = spec.places().Bins()
		for _, bins := range p.bins {
			if bins > 1 {
				p.whole += Points(bins)
			}
		}
		p.segmenter, found = spec.segmenter(p.bins)
	}
	for _, f := range found {
		c.problems.add(s.Path+"."+f.At, f.Message, f.Hint)
	}
	if spec.Binning == rfm.Fixed && len(found) == 0 {
		cuts, err := rfm.Fit(nil, spec.places()) // nothing is learnt of a population
		if err != nil {
			c.problems.add(s.Path, err.Error(), "")
		}
		p.cuts = &cuts
	}
	c.model.purchases = append(c.model.purchases, p)
}

func (s *RFMSpec) segmenter(bins [3]int) (*rfm.Segmenter, []rfm.Problem) {
	if s.Segments == nil {
		return rfm.DefaultSegmenter(bins[0], bins[1], bins[2])
	}
	return s.Segments.Compile(bins[0], bins[1], bins[2])
}
