package clv

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// counted is the part of the log-likelihood that depends on x alone.
func (m ParetoNBD) counted(c group, grad []float64) float64 {
	x := float64(c.x)
	logAlpha, logBeta := math.Log(m.Alpha), math.Log(m.Beta)
	if grad != nil {
		grad[0] += c.many * (mathext.Digamma(m.R+x) - mathext.Digamma(m.R) + logAlpha)
		grad[1] += c.many * m.R / m.Alpha
		grad[2] += c.many * logBeta
		grad[3] += c.many * m.S / m.Beta
	}
	return lgamma(m.R+x) - lgamma(m.R) + m.R*logAlpha + m.S*logBeta
}

// timed is the part that depends on when: still alive at T, or gone between t_x and T.
func (m ParetoNBD) timed(c group, grad []float64) float64 {
	shape := m.R + float64(c.x)
	logA, logB := math.Log(m.Alpha+c.t), math.Log(m.Beta+c.t)
	ll := -shape*logA - m.S*logB
	here, gone := 1.0, 0.0
	var left [4]float64 // means of ln(alpha+u), 1/(alpha+u), ln(beta+u), 1/(beta+u) over when they left
	if c.t > c.tx {
		var moments *[4]float64
		if grad != nil {
			moments = &left
		}
		log := m.logLeft(shape, c.tx, c.t, moments)
		ll, here, gone = mix(ll, log)
	}
	if grad != nil {
		grad[0] -= c.many * (here*logA + gone*left[0])
		grad[1] -= c.many * shape * (here/(m.Alpha+c.t) + gone*left[1])
		grad[2] -= c.many * (here*logB + gone*(left[2]-1/m.S))
		grad[3] -= c.many * (here*m.S/(m.Beta+c.t) + gone*(m.S+1)*left[3])
	}
	return ll
}
