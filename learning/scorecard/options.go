package scorecard

import (
	"errors"
	"fmt"
	"math"
)

// Options says how to fit. The zero Options is the default: everything chosen from the data.
type Options struct {
	Points int // what the most points of all attributes sum to, about; 0 is 100
	// MostAttributes keeps the attributes that tell most, by information value; 0 keeps up to 100.
	MostAttributes int
	Ridge          *Ridge          // nil: chosen by inner cross-validation
	Fixed          map[string]Bins // bins made by hand, by attribute: taken as they are, and the attribute is kept
	Unsmoothed     bool            // weight of evidence without the half row added to each class
	Scaling        *Scaling        // credit-style points instead of points that sum to about 100
	Once           bool            // with Ridge given, fit once: no cross-validation, so neither OutOfFold nor shrinkage by it
	Short          int             // at most so many criteria, by sparse integer search; 0 is a whole card
}

// Ridge is how strongly coefficients are held near zero.
type Ridge struct {
	Line  float64 `json:"line"`  // on the coefficient of an attribute's weight of evidence
	Bends float64 `json:"bends"` // on the correction of each bin; 0 makes no corrections
}

// straight is a ridge on bends that makes none.
const straight = 0

// Bins are bins made by hand: Cuts for numbers (bins reach from a cut to below the next), Groups for texts.
type Bins struct {
	Cuts   []float64
	Groups [][]string
}

// Scaling makes points mean odds: at Score the odds of the outcome are Odds to 1, as 1/19, and PDO points more halve them.
// So the outcome is taken as something bad, as a default on a loan, and more points are better.
type Scaling struct {
	PDO   float64 `json:"pdo"`
	Score float64 `json:"score"`
	Odds  float64 `json:"odds"`
}

// factor and offset: score = offset - factor x log-odds of the outcome.
func (s *Scaling) factor() float64 { return s.PDO / math.Ln2 }
func (s *Scaling) offset() float64 { return s.Score + s.factor()*math.Log(s.Odds) }

func (s *Scaling) valid() error {
	for name, v := range map[string]float64{"points to double the odds": s.PDO, "base odds": s.Odds, "base score": s.Score} {
		if math.IsNaN(v) || math.IsInf(v, 0) || name != "base score" && v <= 0 || math.Abs(v) > 1e6 {
			return fmt.Errorf("scaling: the %s cannot be %g", name, v)
		}
	}
	return nil
}

func (r Ridge) valid() error {
	if !(r.Line >= 0) || !(r.Bends >= 0) || math.IsInf(r.Line+r.Bends, 0) {
		return fmt.Errorf("ridge of %g and %g: both must be 0 or more", r.Line, r.Bends)
	}
	return nil
}

func (o *Options) valid() error {
	if o.Ridge != nil {
		if err := o.Ridge.valid(); err != nil {
			return err
		}
	}
	if o.Scaling != nil {
		if err := o.Scaling.valid(); err != nil {
			return err
		}
	}
	if o.Once && o.Ridge == nil {
		return errors.New("options: a card fitted once needs its ridge")
	}
	if o.Points < 0 || o.Points > 100_000 || o.Short < 0 || o.MostAttributes < 0 {
		return fmt.Errorf("options: points %d, criteria %d, attributes %d", o.Points, o.Short, o.MostAttributes)
	}
	return nil
}

func (o *Options) points() float64 {
	if o.Points == 0 {
		return 100
	}
	return float64(o.Points)
}
