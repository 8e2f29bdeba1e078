package learning

import "fmt"

// Standing is how much the number of outcomes can carry.
type Standing string

// The standings, by the smaller of the two classes: under 40 there is no model.
const (
	Provisional Standing = "provisional" // 40 to 119: at most five attributes
	Standard    Standing = "standard"    // 120 to 399: the whole card
	Full        Standing = "full"        // 400 and more: short cards too
)

// The numbers of outcomes the standings begin at, and what a provisional card may hold.
const (
	leastOutcomes    = 40
	leastStandard    = 120
	leastFull        = 400
	provisionalCarry = 5
	leastJudged      = 10 // of either class, in rows kept for judging
	surely           = 2  // standard errors by which a model must beat the base rate
	defaultHeldOut   = .3
)

// standing says what so many outcomes of each class can carry.
func standing(yes, no int) (Standing, error) {
	switch n := min(yes, no); {
	case n == 0:
		return "", fmt.Errorf("%w: all %d rows with a known outcome have the same one; both are needed, %d of each at least", ErrTooFew, yes+no, leastOutcomes)
	case n < leastOutcomes:
		return "", fmt.Errorf("%w: %d converted and %d did not; %d of each are needed. Score by rules until then", ErrTooFew, yes, no, leastOutcomes)
	case n < leastStandard:
		return Provisional, nil
	case n < leastFull:
		return Standard, nil
	}
	return Full, nil
}
