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
