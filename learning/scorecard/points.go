package scorecard

import (
	"maps"
	"math"
	"slices"

	"github.com/bareme/bareme/learning/metrics"
)

// card turns coefficients into whole points. Their sum is calibrated only where its scaling says what it means.
func (s *solver) card(o *Options) *Card {
	c := &Card{Version: Version, Ridge: s.prior.ridge, Slope: 1}
	for j, on := range s.prior.on {
		if on {
			a := s.d.attributes[j].attribute()
			for i := range a.Bins {
				a.Bins[i].Logit = s.c.add[s.d.start[j]+i]
			}
			c.Attributes = append(c.Attributes, a)
		}
	}
	for i, e := range s.d.events {
		c.Rows, c.Events = c.Rows+int(s.d.rows[i]), c.Events+int(e)
	}
	if o.Scaling != nil {
		c.credit(o.Scaling, s.c.a)
		return c
	}
	c.whole(o.points())
	return c
}

// attribute is the table without points.
func (b *binned) attribute() Attribute {
	f := b.from
	a := Attribute{Name: f.name, Kind: f.kind, Member: f.member, IV: b.iv, Missing: -1, Other: -1}
	for i, c := range b.cells {
		out := Bin{Rows: int(c.rows), Events: int(c.events), WoE: b.woe[i]}
		for _, fineBin := range c.bins {
			switch fineBin {
			case f.bins:
				a.Missing = i
			case f.other:
				a.Other = i
			}
			if fineBin < len(f.groups) {
				out.Levels = append(out.Levels, f.groups[fineBin]...)
			}
		}
		if !f.fixed {
			slices.Sort(out.Levels)
		}
		a.Bins = append(a.Bins, out)
	}
	if len(f.cuts) == 0 {
		return a
	}
	// The cells of numbers are in order; each but the last ends where its last fine bin does. Falling rates merge alike.
	for i, c := range b.cells {
		if i+1 < len(b.cells) && i+1 != a.Missing {
			a.Cuts = append(a.Cuts, f.cuts[slices.Max(c.bins)])
		}
	}
	return a
}

// whole makes points of the log-odds: the least bin of each attribute gets 0, and the best of all sum to about so many.
func (c *Card) whole(points float64) {
	spread := 0.0
	for i := range c.Attributes {
		lo, hi := c.Attributes[i].logits()
		spread += hi - lo
	}
	if !(spread > 0) {
		spread = 1
	}
	unit := points / spread
	var kept []Attribute
	for i := range c.Attributes {
		a := &c.Attributes[i]
		lo, _ := a.logits()
		for k := range a.Bins {
			a.Bins[k].Points = int(math.Round((a.Bins[k].Logit - lo) * unit))
		}
		a.Neutral = int(math.Round(-lo * unit))
		if least, most := a.Range(); least != most {
			kept = append(kept, *a)
		}
	}
	c.Attributes = kept
}

// logits is the least and the most a bin of the attribute adds to the log-odds.
func (a *Attribute) logits() (least, most float64) {
	least, most = math.Inf(1), math.Inf(-1)
	for i := range a.Bins {
		least, most = min(least, a.Bins[i].Logit), max(most, a.Bins[i].Logit)
	}
	return least, most
}

// credit makes points that mean odds; intercept is the log-odds of nobody in particular.
func (c *Card) credit(s *Scaling, intercept float64) {
	scaling := *s
	c.Scaling = &scaling
	c.Base = int(math.Round(s.offset() - s.factor()*intercept))
	for i := range c.Attributes {
		for k := range c.Attributes[i].Bins {
			b := &c.Attributes[i].Bins[k]
			b.Points = int(math.Round(-s.factor() * b.Logit))
		}
	}
	c.Intercept, c.Slope = s.offset()/s.factor(), -1/s.factor()
}

// calibrate fits intercept and slope of the card's points to rows, then shrinks the slope as cross-validation asks for and
// moves the intercept so that the mean stays right (J. Copas, Regression, prediction and shrinkage, JRSS B 45, 1983;
// H. van Houwelingen, S. le Cessie, Predictive value of statistical models, Statistics in Medicine 9, 1990).
func (c *Card) calibrate(columns []Column, converted []bool, at []float64, shrink float64) error {
	whole, err := c.sums(columns, at, len(converted))
	if err != nil {
		return err
	}
	x, rows, yes := tally(whole, converted)
	c.Intercept, c.Slope, _ = metrics.LineOf(x, rows, yes)
	if shrink != 1 {
		c.Slope *= shrink
		c.Intercept = metrics.InterceptOf(x, rows, yes, c.Slope)
	}
	return nil
}

// tally counts rows by score, from the least up: there are few scores, and many rows.
func tally(points []int, converted []bool) (x, rows, yes []float64) {
	place := map[int]int{}
	for _, p := range points {
		place[p] = 0
	}
	for i, p := range slices.Sorted(maps.Keys(place)) {
		place[p] = i
		x = append(x, float64(p))
	}
	rows, yes = make([]float64, len(x)), make([]float64, len(x))
	for i, p := range points {
		rows[place[p]]++
		if converted[i] {
			yes[place[p]]++
		}
	}
	return x, rows, yes
}

// Title is the attribute's name, and of a list the text asked for.
func (a *Attribute) Title() string {
	if a.Member == nil {
		return a.Name
	}
	return a.Name + ": " + *a.Member
}
