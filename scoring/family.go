package scoring

import (
	"fmt"
	"slices"
)

// Family is what kind of knowledge a criterion rests on, in the words of the trade.
type Family string

// The families. The first three are explicit: somebody or some record says so. The others are implicit: read from what
// people did.
const (
	Firmographic     Family = "firmographic"      // about the company: size, industry, revenue
	SocioDemographic Family = "socio-demographic" // about the person: place, age, job
	Psychographic    Family = "psychographic"     // interests, values, answers to a questionnaire
	Behavioural      Family = "behavioural"       // what was done: clicks, visits, silence
	Transactional    Family = "transactional"     // purchases and orders
	Engagement       Family = "engagement"        // reviews, referrals, subscriptions, attended events
)

// Families lists all families, in the order they are told.
func Families() []Family {
	return []Family{Firmographic, SocioDemographic, Psychographic, Behavioural, Transactional, Engagement}
}

// Nature is how a fact speaks: said, shown, or against.
type Nature string

// The natures.
const (
	Explicit Nature = "explicit"
	Implicit Nature = "implicit"
	Negative Nature = "negative" // points below zero, whatever the family
)

// Nature is explicit for what is said and implicit for what is shown; "" for limits, which belong to no family.
func (f Family) Nature() Nature {
	if f == "" {
		return ""
	}
	if f == Firmographic || f == SocioDemographic || f == Psychographic {
		return Explicit
	}
	return Implicit
}

// Word is the family in a language ("en" or "fr").
func (f Family) Word(lang string) string { return phrasesIn(lang).family(f) }

// Word is the nature in a language ("en" or "fr").
func (n Nature) Word(lang string) string { return phrasesIn(lang).nature(n) }

// Family is the family of the criterion a line is about; "" for the limits of groups and scores and for adjustments.
func (m *Model) Family(l Line) Family {
	switch l.Kind {
	case Earned, Assumed, CriterionCap:
		return m.scores[l.Score].groups[l.Group].criteria[l.Criterion].topic
	}
	return ""
}

// nature is how a line speaks; "" for limits.
func (m *Model) nature(l Line) Nature {
	family := m.Family(l)
	switch {
	case family == "":
		return ""
	case l.Points < 0 && l.Kind != CriterionCap:
		return Negative
	}
	return family.Nature()
}

// FamilyPoints is what one family gave to one score.
type FamilyPoints struct {
	Score  string
	Family Family // "" for the limits of groups and of the score
	Points Points
}

// Breakdown adds up the lines of a result by score and family; those of one score add up to it exactly. Families that
// gave nothing are left out.
func (m *Model) Breakdown(r *Result) []FamilyPoints {
	var list []FamilyPoints
	for i := range m.scores {
		for _, f := range append(Families(), "") {
			sum := FamilyPoints{Score: m.scores[i].name, Family: f}
			some := false
			for _, l := range r.Lines {
				if int(l.Score) == i && m.Family(l) == f {
					sum.Points, some = sum.Points+l.Points, true
				}
			}
			if some {
				list = append(list, sum)
			}
		}
	}
	return list
}

// familyOf is the family an author wrote for a criterion or its group, or else what the criterion asks about.
func (c *compiler) familyOf(s CriterionSpec, g GroupSpec, out *compiledCriterion) Family {
	for _, written := range []struct{ path, family string }{{s.Path, s.Family}, {g.Path, g.Family}} {
		if written.family == "" {
			continue
		}
		if f := Family(written.family); slices.Contains(Families(), f) {
			return f
		}
		names := make([]string, 0, len(Families()))
		for _, f := range Families() {
			names = append(names, string(f))
		}
		c.problems.add(written.path+".family", fmt.Sprintf("unknown family %q", written.family), didYouMean(written.family, names, "families"))
		return ""
	}
	if s.Activity != "" {
		return c.schema.familyOfKind(slices.Index(c.schema.Activities, s.Activity))
	}
	if out.condition == nil {
		return Behavioural
	}
	return c.schema.familyOfCondition(out.condition)
}

func (s *Schema) familyOfKind(kind int) Family {
	if kind >= 0 && kind < len(s.Money) && s.Money[kind] {
		return Transactional
	}
	return Behavioural
}

// familyOfCondition goes by the attributes a condition asks for, and by activity when it asks for none.
func (s *Schema) familyOfCondition(c *condition) Family {
	for _, slot := range c.asks {
		if slot < len(s.Company) && s.Company[slot] {
			return Firmographic
		}
	}
	if len(c.asks) > 0 {
		return SocioDemographic
	}
	for _, kind := range c.kinds {
		if s.familyOfKind(int(kind)) == Transactional {
			return Transactional
		}
	}
	return Behavioural
}

// combined warns of a model that rests on behaviour or interests alone: they say who is active, not who can buy.
func (c *compiler) combined() {
	profile, alone := false, Family("")
	for i := range c.model.scores {
		for _, g := range c.model.scores[i].groups {
			for _, cr := range g.criteria {
				switch cr.topic {
				case Firmographic, SocioDemographic:
					profile = true
				case Psychographic, Behavioural:
					if alone == "" {
						alone = cr.topic
					}
				}
			}
		}
	}
	if !profile && alone != "" {
		c.problems.warn("$.scores", fmt.Sprintf("the %s points of this model stand alone: no criterion asks who the person or the company is", alone),
			"they show interest and not who can buy: students and competitors click too; add a criterion on the company or the job")
	}
}
