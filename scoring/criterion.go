package scoring

import (
	"fmt"
)

// criterion compiles one criterion; decay is the one it inherits.
func (c *compiler) criterion(s CriterionSpec, decay Decay) compiledCriterion {
	out := compiledCriterion{name: s.Name}
	c.notBelowZero(s.Path+".within", s.Within)
	c.notBelowZero(s.Path+".inactive", s.Inactive)
	c.decay(s.Path, s.Decay)
	if !s.Decay.inherits() {
		decay = s.Decay
	}
	set := 0
	for _, is := range []bool{s.When != "", s.Activity != "", s.Inactive != 0} {
		if is {
			set++
		}
	}
	switch {
	case set == 0:
		c.problems.add(s.Path, fmt.Sprintf("the criterion %q asks for nothing", s.Name), "write one of when, activity and inactive")
		return out
	case set > 1:
		c.problems.add(s.Path, fmt.Sprintf("the criterion %q asks for several things", s.Name),
			"write only one of when, activity and inactive; a condition can count activity too: count(\"meeting\", \"30d\") > 0")
		return out
	case s.When != "":
		c.byCondition(&out, s)
	case s.Activity != "":
		c.byActivity(&out, s, decay)
	default:
		c.byInactivity(&out, s)
	}
	c.misplaced(s)
	return out
}

func (c *compiler) byCondition(out *compiledCriterion, s CriterionSpec) {
	out.family = byCondition
	out.points = c.earned(s.Path+".points", s.Points)
	out.unknown = c.optional(s.Path+".unknown", s.Unknown)
	out.condition = c.condition(s.Path+".when", s.When, c.schema)
}

func (c *compiler) byActivity(out *compiledCriterion, s CriterionSpec, decay Decay) {
	out.family = byActivity
	rule := activityRule{each: s.Each, within: millis(s.Within)}
	rule.dated = rule.within > 0 || decay.methods() > 0
	if s.Cap != nil {
		switch p, ok := c.points(s.Path+".cap", *s.Cap); {
		case ok && p <= 0:
			c.problems.add(s.Path+".cap", fmt.Sprintf("the cap %g is not above 0", *s.Cap), "write the most this criterion may give or take, without a sign")
		case ok:
			rule.cap = p
		}
	}
	if len(s.Tiers) > 0 {
		c.tiers(&rule, s, decay)
	} else {
		rule.points = c.earned(s.Path+".points", s.Points)
		rule.curve = c.curve(s.Path, decay, rule.points)
	}
	kinds := c.kinds(s.Path+".activity", []string{s.Activity})
	out.rule = len(c.model.rules)
	for _, k := range kinds {
		c.model.byKind[k] = append(c.model.byKind[k], out.rule)
	}
	c.model.rules = append(c.model.rules, rule)
}

func (c *compiler) tiers(rule *activityRule, s CriterionSpec, decay Decay) {
	path := s.Path + ".tiers"
	if s.Points != 0 {
		c.problems.add(s.Path+".points", "points and tiers are both set", "the tiers hold the points; remove points")
	}
	if s.Each {
		c.problems.add(s.Path+".each", "each and tiers are both set", "the tiers say what each number of times is worth; remove each")
	}
	some := false
	for i, t := range s.Tiers {
		switch {
		case t.From < 1:
			c.problems.add(path, fmt.Sprintf("the tier %d is not a number of times", t.From), "begin with 1 or more")
		case i > 0 && t.From <= s.Tiers[i-1].From:
			c.problems.add(path, fmt.Sprintf("the tier %d stands after the tier %d", t.From, s.Tiers[i-1].From), "write the tiers from few times to many, each once")
		}
		p, _ := c.points(path, t.Points)
		some = some || t.Points != 0
		rule.tiers = append(rule.tiers, activityTier{int64(t.From), p, c.curve(path, decay, p)})
	}
	if !some {
		c.problems.add(path, "no tier gives any points", "write points above or below 0")
	}
}

// curve prepares a decay for some points, which must come to an end.
func (c *compiler) curve(path string, d Decay, p Points) curve {
	out := newCurve(d, p)
	if !out.ends() {
		c.problems.add(path, fmt.Sprintf("erosion would take more than %d intervals to take all points", maxErosion), "let it take more at least, or a larger percentage")
	}
	return out
}

func (c *compiler) byInactivity(out *compiledCriterion, s CriterionSpec) {
	out.family = byInactivity
	out.points = c.earned(s.Path+".points", s.Points)
	out.inactive = millis(s.Inactive)
	out.of = c.kinds(s.Path+".of", s.Of)
}

// earned checks the points of a criterion, which must change something.
func (c *compiler) earned(path string, f float64) Points {
	p, ok := c.points(path, f)
	if ok && p == 0 {
		c.problems.add(path, "this criterion gives no points", "write points above or below 0")
	}
	return p
}

// misplaced refuses keys that would be ignored where they stand.
func (c *compiler) misplaced(s CriterionSpec) {
	refuse := func(set bool, key, belongs string) {
		if set {
			c.problems.add(s.Path+"."+key, key+" changes nothing here: it belongs to criteria with "+belongs, "remove it")
		}
	}
	if s.Activity == "" {
		refuse(s.Each, "each", "activity")
		refuse(s.Tiers != nil, "tiers", "activity")
		refuse(s.Cap != nil, "cap", "activity")
		refuse(s.Within != 0, "within", "activity")
		if !s.Decay.inherits() {
			c.problems.add(s.Path, "decay changes nothing here: it belongs to criteria with activity", "remove it")
		}
	}
	refuse(s.When == "" && s.Unknown != nil, "unknown", "when")
	refuse(s.Inactive == 0 && s.Of != nil, "of", "inactive")
}

func (c *compiler) notBelowZero(path string, d Duration) {
	if d < 0 {
		c.problems.add(path, "this span of time is below zero", "write a span such as 30d")
	}
}
