package clv

import "math"

const (
	mostTerms = 300_000
	precise   = 1e-17 // of the sum: what is left out
	tiny      = -690  // logarithm below which a chance is taken for 0
)

// expected is the conditional expectation (equation 10 of Fader, Hardie and Lee 2005) as a sum of terms that are all
// positive, so that nothing cancels, overflows or is undefined at a = 1, unlike the hypergeometric function of the paper:
//
//	E = P(alive) · Σ_{i≥0} E[(1-p)^i] · P(N > i)
//
// where N counts the purchases of somebody who never leaves (negative binomial with shape r+x and z = t/(alpha+T+t)) and
// p, the chance to leave, is beta distributed with a and b plus the occasions survived. The term i is the chance of the
// purchase i+1: its time comes, and the customer stayed at each one before.
func (g geometric) expected(h History, t float64) (float64, bool) {
	b := g.b + float64(h.X) + g.first
	n := counting(g.r+float64(h.X), g.alpha+h.T, t)
	sum, stayed := n.above, 1.0
	for i := 1.0; i < mostTerms; i++ {
		n.step(i)
		stayed *= (b + i - 1) / (g.a + b + i - 1)
		sum += stayed * n.above
		rest := stayed * n.rest(i)
		if g.a > 1 {
			rest = min(rest, stayed*n.above*(g.a+b+i)/(g.a-1))
		}
		if rest <= precise*sum {
			return sum * g.alive(h), true
		}
	}
	return 0, false
}

// counter is a negative binomial distribution, walked upwards.
type counter struct {
	shape, z, miss float64 // miss = 1-z
	log            float64 // ln P(N = i), while too small for exact
	exact          float64 // P(N = i)
	above          float64 // P(N > i)
}

func counting(shape, rate, t float64) counter {
	none := -shape * math.Log1p(t/rate)
	c := counter{shape: shape, z: t / (rate + t), miss: rate / (rate + t), log: none, above: -math.Expm1(none)}
	if none > tiny {
		c.exact = math.Exp(none)
	}
	return c
}

// step goes from i-1 to i.
func (c *counter) step(i float64) {
	ratio := (c.shape + i - 1) / i * c.z
	if c.exact > 0 {
		c.exact *= ratio
	} else {
		c.log += math.Log(ratio)
		if c.log > tiny && ratio > 0 {
			c.exact = math.Exp(c.log)
		}
	}
	c.above = max(0, c.above-c.exact)
}

// rest bounds Σ_{j>i} P(N > j), once chances fall by a constant factor at least.
func (c *counter) rest(i float64) float64 {
	ratio := max((c.shape+i)/(i+1)*c.z, c.z)
	if c.z == 0 {
		return 0
	}
	if ratio >= 1 || c.exact == 0 && c.above > 0.5 {
		return math.Inf(1)
	}
	left := c.miss
	if ratio > c.z {
		left = 1 - ratio
	}
	return c.exact * ratio * ratio / (left * left)
}
