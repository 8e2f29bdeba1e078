package clv

import "math"

// ParetoNBD is the Pareto/NBD model: purchases come at a rate of the customer's own, gamma distributed with shape R and
// rate Alpha (weeks); the customer leaves at a moment of their own, exponential with a rate that is gamma distributed
// with shape S and rate Beta (weeks). Schmittlein, Morrison and Colombo (1987), Counting Your Customers: Who Are They
// and What Will They Do Next?, Management Science 33(1).
type ParetoNBD struct{ R, Alpha, S, Beta float64 }

// Kind is Pareto.
func (m ParetoNBD) Kind() Kind { return Pareto }

// Check says what is wrong with the parameters.
func (m ParetoNBD) Check() error {
	names, values := m.names(), m.parameters()
	return checkParameters(names[:], values[:])
}

func (m ParetoNBD) names() [4]string       { return [4]string{"r", "alpha", "s", "beta"} }
func (m ParetoNBD) parameters() [4]float64 { return [4]float64{m.R, m.Alpha, m.S, m.Beta} }

func (m ParetoNBD) rate(h History) (shape, rate float64) { return m.R + float64(h.X), m.Alpha + h.T }

// alive is 1/(1 + L(left before T)/L(alive at T)), in logarithms.
func (m ParetoNBD) alive(h History) float64 {
	if h.T == h.Tx {
		return 1
	}
	shape := m.R + float64(h.X)
	gone := m.logLeft(shape, h.Tx, h.T, nil)
	here := -shape*math.Log(m.Alpha+h.T) - m.S*math.Log(m.Beta+h.T)
	return logistic(here - gone)
}

// expected is equation 22 of the paper as rewritten by Fader and Hardie (2005), A Note on Deriving the Pareto/NBD Model
// and Related Expressions; for s = 1 its limit.
func (m ParetoNBD) expected(h History, t float64) (float64, bool) {
	shape, rate := m.rate(h)
	n := shape * (m.Beta + h.T) / rate * rise(m.S-1, math.Log1p(t/(m.Beta+h.T)))
	return n * m.alive(h), true
}

// again is the integral over the moment u of the next purchase: none before, and not gone before.
func (m ParetoNBD) again(h History, t float64) float64 {
	if t == 0 {
		return 0
	}
	shape := m.R + float64(h.X)
	now := ParetoNBD{m.R, m.Alpha + h.T, m.S, m.Beta + h.T}
	// density: shape/(alpha+u) · ((alpha)/(alpha+u))^shape · (beta/(beta+u))^s, both from now on
	log := now.integral(shape+1, now.S, 0, t, nil)
	return m.alive(h) * min(1, math.Exp(log+math.Log(shape)+shape*math.Log(now.Alpha)+now.S*math.Log(now.Beta)))
}

// logLeft is ln of s·∫ (alpha+u)^-shape (beta+u)^-(s+1) du from tx to end: bought as seen, then left in between. Where
// moments is not nil, it is set to the means over that integrand.
func (m ParetoNBD) logLeft(shape, tx, end float64, moments *[4]float64) float64 {
	return math.Log(m.S) + m.integral(shape, m.S+1, tx, end, moments)
}

// likelihood is the individual-level likelihood of the paper, with the integral by quadrature instead of the difference
// of two hypergeometric functions, which cancels.
func (m ParetoNBD) likelihood(of []group) objective {
	byX := counts(of)
	return func(p, grad []float64) float64 {
		clear(grad)
		m := ParetoNBD{p[0], p[1], p[2], p[3]}
		ll := 0.0
		for _, c := range byX {
			ll += c.many * m.counted(c, grad)
		}
		for _, c := range of {
			ll += c.many * m.timed(c, grad)
		}
		return ll
	}
}
