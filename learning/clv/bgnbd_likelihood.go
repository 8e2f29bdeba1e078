package clv

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// objective is a log-likelihood at positive parameters. Where grad is not nil, it is set to the derivatives.
type objective func(p, grad []float64) float64

// geometricLikelihood is equation 6 of Fader, Hardie and Lee (2005) in logarithms, and the same for MBG/NBD: what depends
// on x alone is worked out once for each x.
func geometricLikelihood(of []group, first float64) objective {
	byX := counts(of)
	return func(p, grad []float64) float64 {
		clear(grad)
		g := geometric{p[0], p[1], p[2], p[3], first}
		ll := 0.0
		for _, c := range byX {
			ll += c.many * g.counted(c, grad)
		}
		leave, x := 0.0, -1
		for _, c := range of {
			if c.x != x { // in the order of x
				x, leave = c.x, math.Log(g.a/(g.b+float64(c.x)+first-1))
			}
			ll += c.many * g.timed(c, leave, grad)
		}
		return ll
	}
}

// counted is the part that depends on x alone.
func (g geometric) counted(c group, grad []float64) float64 {
	x := float64(c.x)
	k := x + g.first
	if grad != nil {
		both := mathext.Digamma(g.a+g.b) - mathext.Digamma(g.a+g.b+k)
		grad[0] += c.many * (mathext.Digamma(g.r+x) - mathext.Digamma(g.r) + math.Log(g.alpha))
		grad[1] += c.many * g.r / g.alpha
		grad[2] += c.many * both
		grad[3] += c.many * (both + mathext.Digamma(g.b+k) - mathext.Digamma(g.b))
	}
	return lgamma(g.r+x) - lgamma(g.r) + g.r*math.Log(g.alpha) +
		lgamma(g.a+g.b) - lgamma(g.a+g.b+k) + lgamma(g.b+k) - lgamma(g.b)
}

// timed is the part that depends on when: still alive at T, or gone since the purchase at t_x, which has the logarithm
// leave of its odds.
func (g geometric) timed(c group, leave float64, grad []float64) float64 {
	x := float64(c.x)
	k := x + g.first
	logT := math.Log(g.alpha + c.t)
	ll := -(g.r + x) * logT
	here, gone := 1.0, 0.0
	logTx := 0.0
	if k > 0 {
		logTx = math.Log(g.alpha + c.tx)
		ll, here, gone = mix(ll, leave-(g.r+x)*logTx)
	}
	if grad != nil {
		grad[0] -= c.many * (here*logT + gone*logTx)
		grad[1] -= c.many * (g.r + x) * (here/(g.alpha+c.t) + gone/(g.alpha+c.tx))
		grad[2] += c.many * gone / g.a
		if k > 0 {
			grad[3] -= c.many * gone / (g.b + k - 1)
		}
	}
	return ll
}
