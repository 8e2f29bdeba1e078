package clv

import "math"

// BGNBD is the BG/NBD model: purchases come at a rate of the customer's own, gamma distributed with shape R and rate
// Alpha (weeks); after each repeat purchase the customer leaves with a chance of their own, beta distributed with A
// and B. Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD Model,
// Marketing Science 24(2).
//
// Who never came back has had no occasion to leave, and is alive for certain: a property of the model, not of people.
type BGNBD struct{ R, Alpha, A, B float64 }

// MBGNBD is the MBG/NBD model: as BGNBD, with an occasion to leave at the first purchase too. Batislam, Denizel and
// Filiztekin (2007), Empirical validation and comparison of models for customer base analysis, International Journal of
// Research in Marketing 24(3).
type MBGNBD struct{ R, Alpha, A, B float64 }

// Kind is BG.
func (m BGNBD) Kind() Kind { return BG }

// Kind is MBG.
func (m MBGNBD) Kind() Kind { return MBG }

// Check says what is wrong with the parameters.
func (m BGNBD) Check() error { return m.geometric().check() }

// Check says what is wrong with the parameters.
func (m MBGNBD) Check() error { return m.geometric().check() }

func (m BGNBD) geometric() geometric  { return geometric{m.R, m.Alpha, m.A, m.B, 0} }
func (m MBGNBD) geometric() geometric { return geometric{m.R, m.Alpha, m.A, m.B, 1} }

func (m BGNBD) names() [4]string        { return geometricNames() }
func (m MBGNBD) names() [4]string       { return geometricNames() }
func (m BGNBD) parameters() [4]float64  { return [4]float64{m.R, m.Alpha, m.A, m.B} }
func (m MBGNBD) parameters() [4]float64 { return [4]float64{m.R, m.Alpha, m.A, m.B} }

func (m BGNBD) rate(h History) (shape, rate float64)  { return m.R + float64(h.X), m.Alpha + h.T }
func (m MBGNBD) rate(h History) (shape, rate float64) { return m.R + float64(h.X), m.Alpha + h.T }

func (m BGNBD) alive(h History) float64  { return m.geometric().alive(h) }
func (m MBGNBD) alive(h History) float64 { return m.geometric().alive(h) }

func (m BGNBD) expected(h History, t float64) (float64, bool)  { return m.geometric().expected(h, t) }
func (m MBGNBD) expected(h History, t float64) (float64, bool) { return m.geometric().expected(h, t) }

func (m BGNBD) again(h History, t float64) float64  { return m.geometric().again(h, t) }
func (m MBGNBD) again(h History, t float64) float64 { return m.geometric().again(h, t) }

func (m BGNBD) likelihood(of []group) objective  { return geometricLikelihood(of, 0) }
func (m MBGNBD) likelihood(of []group) objective { return geometricLikelihood(of, 1) }

// geometric is what both models share: they differ in the occasions to leave, the repeat purchases and, in the second,
// the first one.
type geometric struct {
	r, alpha, a, b float64
	first          float64 // 1 where the first purchase is an occasion to leave
}

func geometricNames() [4]string { return [4]string{"r", "alpha", "a", "b"} }

func (g geometric) check() error {
	names := geometricNames()
	return checkParameters(names[:], []float64{g.r, g.alpha, g.a, g.b})
}

// odds is the logarithm of the odds that the customer has left; ok is false without an occasion to.
func (g geometric) odds(h History) (log float64, ok bool) {
	k := float64(h.X) + g.first
	if k == 0 {
		return 0, false
	}
	quiet := math.Log1p((h.T - h.Tx) / (g.alpha + h.Tx)) // ln((alpha+T)/(alpha+t_x))
	return math.Log(g.a/(g.b+k-1)) + (g.r+float64(h.X))*quiet, true
}

func (g geometric) alive(h History) float64 {
	log, ok := g.odds(h)
	if !ok {
		return 1
	}
	return logistic(-log)
}

// again: while alive, the next purchase comes before the next occasion to leave.
func (g geometric) again(h History, t float64) float64 {
	shape := g.r + float64(h.X)
	return g.alive(h) * -math.Expm1(-shape*math.Log1p(t/(g.alpha+h.T)))
}
