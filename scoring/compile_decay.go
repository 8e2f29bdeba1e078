package scoring

import "fmt"

// decay checks a decay; path is of the element that holds it.
func (c *compiler) decay(path string, d Decay) {
	if n := d.methods(); n > 1 || n == 1 && d.None {
		c.problems.add(path, "several kinds of decay are set", "keep one of half_life, linear, window, steps, interval and erosion")
		return
	}
	c.notBelowZero(path+".half_life", d.HalfLife)
	c.notBelowZero(path+".linear", d.Linear)
	c.notBelowZero(path+".window", d.Window)
	switch {
	case d.Steps != nil:
		c.decaySteps(path+".steps", d.Steps)
	case d.Interval != nil:
		if d.Interval.Every <= 0 {
			c.problems.add(path+".interval", "the interval has no length", "write one such as 30d")
		}
		c.percent(path+".interval", d.Interval.Percent)
	case d.Erosion != nil:
		c.notBelowZero(path+".erosion", d.Erosion.Every)
		if !(d.Erosion.AtLeast > 0) || d.Erosion.AtLeast > mostPoints {
			c.problems.add(path+".erosion", fmt.Sprintf("erosion takes at least %g points, which is not above 0", d.Erosion.AtLeast), "write a number such as 3, so that points end one day")
		}
		if d.Erosion.Percent != 0 {
			c.percent(path+".erosion", d.Erosion.Percent)
		}
	}
}

// decaySteps checks that steps go on in time and never give points back.
func (c *compiler) decaySteps(path string, steps []Step) {
	if len(steps) == 0 {
		c.problems.add(path, "there is no step", "write an age and what is kept from then on, such as 30d: 50%")
	}
	for i, s := range steps {
		if s.After <= 0 {
			c.problems.add(path, fmt.Sprintf("the step after %s is not after any time at all", s.After), "write an age above zero")
		}
		if !(s.Keep >= 0 && s.Keep <= 1) {
			c.problems.add(path, fmt.Sprintf("the step after %s keeps %g, which is not a share from 0 to 1", s.After, s.Keep), "write 0.5 for half")
		}
		if i > 0 && s.After <= steps[i-1].After {
			c.problems.add(path, fmt.Sprintf("the step after %s stands behind the one after %s", s.After, steps[i-1].After), "write the steps from young to old, each age once")
		}
		if i > 0 && s.Keep > steps[i-1].Keep {
			c.problems.add(path, fmt.Sprintf("the step after %s keeps more than the one before it", s.After), "points fall with age; they do not come back")
		}
	}
}

func (c *compiler) percent(path string, p float64) {
	if !(p > 0 && p <= 100) {
		c.problems.add(path, fmt.Sprintf("%g is not a percentage above 0 and up to 100", p), "write a number such as 25")
	}
}
