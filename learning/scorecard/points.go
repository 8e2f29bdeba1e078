package scorecard

import (
	"math"
	"slices"

	"github.com/bareme/bareme/learning/metrics"
)

// card turns coefficients into whole points and calibrates their sum.
func (s *solver) card(o *Options, shrink float64) *Card {
	c := &Card{Version: Version, Rows: len(s.d.events), Ridge: s.ridge, Slope: 1}
	add := s.d.sums(&s.c)
	for j, on := range s.on {
		if on {
			a := s.d.attributes[j].attribute()
			for i := range a.Bins {
				a.Bins[i].Logit = add[s.d.start[j]+i]
			}
			c.Attributes = append(c.Attributes, a)
		}
	}
	for _, e := range s.d.events {
		c.Events += int(e)
	}
	if o.Scaling != nil {
		c.credit(o.Scaling, s.c.a)
		return c
	}
	c.whole(o.points())
	s.calibrate(c, shrink)
	return c
}

// attribute is the table without points.
func (b *binned) attribute() Attribute {
	f := b.from
	a := Attribute{Name: f.name, Kind: f.kind, Member: f.member, IV: b.iv, Missing: -1, Other: -1}
	for i, c := range b.cells {
		out := Bin{Rows: int(c.rows), Events: int(c.events), WoE: b.woe[i]}
		for _, fineBin := range c.bins {
			switch {
			case fineBin == f.bins:
				a.Missing = i
			case fineBin == f.other:
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

// calibrate fits intercept and slope of the card's points on the rows it was learnt from, then shrinks the slope as
// cross-validation asks for and moves the intercept so that the mean stays right (J. Copas, Regression, prediction and
// shrinkage, JRSS B 45, 1983; H. van Houwelingen, S. le Cessie, Statistics in Medicine 9, 1990).
func (s *solver) calibrate(c *Card, shrink float64) {
	points := make([]float64, len(s.d.events))
	converted := make([]bool, len(s.d.events))
	byBin := make([]int, s.d.bins+1)
	width := len(s.d.attributes)
	for i := range c.Attributes {
		a := &c.Attributes[i]
		for j := range s.d.attributes {
			if s.on[j] && s.d.attributes[j].title() == a.Title() {
				for k := range a.Bins {
					byBin[s.d.start[j]+k] = a.Bins[k].Points
				}
				s.neutral(points, j, a.Neutral)
			}
		}
	}
	for i, e := range s.d.events {
		converted[i] = e > 0
		for _, k := range s.d.codes[i*width : (i+1)*width] {
			points[i] += float64(byBin[k])
		}
	}
	c.line(points, converted, shrink)
}

// neutral adds the points of what nothing was learnt about.
func (s *solver) neutral(points []float64, attribute, neutral int) {
	for i := range points {
		if int(s.d.codes[i*len(s.d.attributes)+attribute]) == s.d.bins {
			points[i] += float64(neutral)
		}
	}
}

// line fits the card's intercept and slope to points and outcomes.
func (c *Card) line(points []float64, converted []bool, shrink float64) {
	c.Intercept, c.Slope = metrics.Line(points, converted)
	if shrink != 1 {
		c.Slope *= shrink
		c.Intercept = metrics.Intercept(points, converted, c.Slope)
	}
}

// Title is the attribute's name, and of a list the text asked for.
func (a *Attribute) Title() string {
	if a.Member == nil {
		return a.Name
	}
	return a.Name + ": " + *a.Member
}
