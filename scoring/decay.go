package scoring

// Decay says how points fall with the age of the activity that earned them. At most one method is set; the zero Decay
// inherits from the group, then the score, and means no decay when none of them has one.
type Decay struct {
	None     bool      // explicitly none, whatever the group or score says
	HalfLife Duration  // 2^(-age/HalfLife)
	Linear   Duration  // max(0, 1-age/Linear)
	Window   Duration  // 1 up to and including Window, then 0
	Steps    []Step    // the Keep of the last step reached; 1 before the first
	Interval *Interval // max(0, 1-Percent/100*floor(age/Every))
	Erosion  *Erosion  // a little less each day
}

// Step keeps a share of the points from an age on.
type Step struct {
	After Duration
	Keep  float64 // 0 to 1
}

// Interval takes a share of the original points away each time Every has passed.
type Interval struct {
	Every   Duration
	Percent float64 // 0 to 100
}

// Erosion takes the larger of AtLeast points and Percent of what is left away each time Every has passed, never past
// zero, and drops the fraction of a point that is left: the rule of the Gnus news reader, where 100 becomes 95 and 40
// becomes 37 with AtLeast 3 and Percent 5 (The Gnus Manual, "Score Decays"). Penalties fade as gains do; Gnus, which
// rounds down, lets them fade more slowly.
type Erosion struct {
	Every   Duration // 0: a day
	AtLeast float64  // above 0, so that nothing lives for ever
	Percent float64  // 0 to 100
}

// inherits reports whether d says nothing, so that the decay of the group or score applies.
func (d Decay) inherits() bool { return !d.None && d.methods() == 0 }

// methods counts the methods that are set.
func (d Decay) methods() int {
	n := 0
	for _, set := range []bool{
		d.HalfLife != 0, d.Linear != 0, d.Window != 0, d.Steps != nil, d.Interval != nil, d.Erosion != nil,
	} {
		if set {
			n++
		}
	}
	return n
}

// Remaining is what is left of points at an age, in points. It is the formula the model uses, for previews of the
// curve. A negative age counts as zero, and a Decay without a method keeps everything.
func (d Decay) Remaining(points float64, age Duration) float64 {
	p := toPoints(points)
	c := newCurve(d, p)
	return c.at(p, max(0, millis(age))).Float()
}
