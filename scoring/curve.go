package scoring

import (
	"math"
	"time"
)

// method is the decay method of a curve.
type method uint8

const (
	keepAll method = iota
	halfLife
	linear
	window
	steps
	interval
	erosion
)

// curve is a Decay made ready: spans in milliseconds, and for erosion the whole table, since what is left there depends
// on the points themselves.
type curve struct {
	method method
	span   float64 // half-life, length, window or interval, in milliseconds
	share  float64 // taken away at each interval
	steps  []curveStep
	eroded []Points // what is left after each interval; nothing after the last
}

type curveStep struct {
	after int64
	keep  float64
}

const day = 24 * time.Hour

// maxErosion bounds the table of an erosion: ten years of days. A model whose points last longer is refused.
const maxErosion = 3653

// ends reports whether the table of an erosion reaches nothing.
func (c *curve) ends() bool {
	return c.method != erosion || c.eroded[len(c.eroded)-1] == 0
}

func millis(d Duration) int64 { return time.Duration(d).Milliseconds() }

// newCurve prepares a decay for criteria worth p.
func newCurve(d Decay, p Points) curve {
	switch {
	case d.HalfLife > 0:
		return curve{method: halfLife, span: float64(d.HalfLife) / 1e6}
	case d.Linear > 0:
		return curve{method: linear, span: float64(d.Linear) / 1e6}
	case d.Window > 0:
		return curve{method: window, span: float64(d.Window) / 1e6}
	case len(d.Steps) > 0:
		c := curve{method: steps}
		for _, s := range d.Steps {
			c.steps = append(c.steps, curveStep{millis(s.After), s.Keep})
		}
		return c
	case d.Interval != nil:
		return curve{method: interval, span: float64(d.Interval.Every) / 1e6, share: d.Interval.Percent / 100}
	case d.Erosion != nil:
		return curve{method: erosion, span: float64(d.Erosion.every()) / 1e6, eroded: d.Erosion.table(p)}
	}
	return curve{}
}

// at is what is left of p at an age in milliseconds, at least 0. The result is rounded to a millionth, half away from
// zero, so that points can be added in any order.
func (c *curve) at(p Points, age int64) Points {
	switch c.method {
	case keepAll:
		return p
	case halfLife:
		return scale(p, halved(float64(age)/c.span))
	case linear:
		return scale(p, max(0, 1-float64(age)/c.span))
	case window:
		if float64(age) <= c.span {
			return p
		}
		return 0
	case steps:
		keep := 1.0
		for _, s := range c.steps {
			if age < s.after {
				break
			}
			keep = s.keep
		}
		return scale(p, keep)
	case interval:
		taken := float64(c.share * math.Floor(float64(age)/c.span)) // the conversion forbids fusing, so every machine agrees
		return scale(p, max(0, 1-taken))
	case erosion:
		n := math.Floor(float64(age) / c.span)
		if n >= float64(len(c.eroded)) {
			return 0
		}
		return c.eroded[int(n)]
	}
	return p
}

// scale is p times a factor from 0 to 1, rounded half away from zero.
func scale(p Points, factor float64) Points {
	return Points(math.Round(float64(p) * factor))
}

func (e *Erosion) every() Duration {
	if e.Every == 0 {
		return Duration(day)
	}
	return e.Every
}

// table lists what is left of p at the start and after each interval, until nothing is.
func (e *Erosion) table(p Points) []Points {
	left := p.Float()
	list := []Points{p}
	for left != 0 && len(list) <= maxErosion {
		taken := min(math.Abs(left), max(e.AtLeast, float64(math.Abs(left)*e.Percent/100)))
		left = math.Trunc(left - math.Copysign(taken, left))
		list = append(list, toPoints(left))
	}
	return list
}

// halved is 2^(-x) for x >= 0. It uses only operations that IEEE 754 rounds the same way everywhere, which math.Exp2
// does not promise: the same inputs must give the same score on any machine. Its error is a few units in the last place.
func halved(x float64) float64 {
	if x >= 1000 {
		return 0
	}
	n := int(x*16 + 0.5) // nearest sixteenth
	t := float64((x - float64(n)/16) * math.Ln2)
	// exp(-t) for |t| <= ln(2)/32, where the first term left out is below 1e-17. In pairs, so that they need not wait
	// for one another.
	u := float64(t * t)
	high := (1.0/720 - float64(t*(1.0/5040)))
	middle := (1.0/24 - float64(t*(1.0/120))) + float64(u*high)
	low := (1.0/2 - float64(t*(1.0/6))) + float64(u*middle)
	e := (1 - t) + float64(u*low)
	return float64(sixteenths[n&15]*e) * math.Float64frombits(uint64(1023-n>>4)<<52)
}

// sixteenths holds 2^(-i/16).
var sixteenths = [16]float64{
	0x1p+00, 0x1.ea4afa2a490dap-01, 0x1.d5818dcfba487p-01, 0x1.c199bdd85529cp-01,
	0x1.ae89f995ad3adp-01, 0x1.9c49182a3f09p-01, 0x1.8ace5422aa0dbp-01, 0x1.7a11473eb0187p-01,
	0x1.6a09e667f3bcdp-01, 0x1.5ab07dd485429p-01, 0x1.4bfdad5362a27p-01, 0x1.3dea64c123422p-01,
	0x1.306fe0a31b715p-01, 0x1.2387a6e756238p-01, 0x1.172b83c7d517bp-01, 0x1.0b5586cf9890fp-01,
}
