package clv

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// GammaGamma is the model of spending: the amount of a purchase is gamma distributed with shape P and a scale of the
// customer's own, which is inverse gamma distributed with shape Q and scale V (currency), apart from how often they buy.
// Fader and Hardie (2013), The Gamma-Gamma Model of Monetary Value; Colombo and Jiang (1999), A Stochastic RFM Model,
// Journal of Interactive Marketing 13(3).
type GammaGamma struct{ P, Q, V float64 }

// Check says what is wrong with the parameters.
func (g GammaGamma) Check() error {
	if err := checkParameters([]string{"p", "q", "v"}, []float64{g.P, g.Q, g.V}); err != nil {
		return err
	}
	if g.Q <= 1 {
		return &Refusal{[]Finding{heavyTail(g.Q)}}
	}
	return nil
}

// Mean is the mean amount of a purchase over all customers.
func (g GammaGamma) Mean() float64 { return g.P * g.V / (g.Q - 1) }

// Of is what the next purchase of a customer is expected to come to: between their own mean and that of all, nearer to
// their own the more they bought. A customer without a repeat purchase, or none that was paid for, has the mean of all.
func (g GammaGamma) Of(h History) (float64, error) {
	if err := g.Check(); err != nil {
		return 0, err
	}
	if err := h.Check(); err != nil {
		return 0, err
	}
	return g.of(h), nil
}

func (g GammaGamma) of(h History) float64 {
	if h.X == 0 || h.Mean == 0 {
		return g.Mean()
	}
	x := float64(h.X)
	return g.P * (g.V + x*h.Mean) / (g.P*x + g.Q - 1)
}

// spender is a customer who came back and paid.
type spender struct {
	x, mean, total, many float64
}

// spenders sorts out who can be learnt from, and counts who came back and paid nothing.
func spenders(customers []History) (out []spender, unpaid int) {
	for _, h := range customers {
		switch {
		case h.X == 0:
		case h.Mean == 0:
			unpaid++
		default:
			out = append(out, spender{float64(h.X), h.Mean, float64(h.X) * h.Mean, 1})
		}
	}
	slices.SortFunc(out, func(a, b spender) int {
		return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.mean, b.mean))
	})
	return out, unpaid
}

// spendingLikelihood is equation 1a of Fader and Hardie (2013) in logarithms.
func spendingLikelihood(of []spender) objective {
	byX := make([]spender, 0, 64)
	constant := 0.0
	for _, s := range of {
		constant -= math.Log(s.mean)
		if n := len(byX); n > 0 && byX[n-1].x == s.x {
			byX[n-1].many++
			continue
		}
		byX = append(byX, spender{x: s.x, many: 1})
	}
	return func(par, grad []float64) float64 {
		p, q, v := par[0], par[1], par[2]
		clear(grad)
		logV := math.Log(v)
		ll := constant
		for _, c := range byX {
			ll += c.many * (lgamma(p*c.x+q) - lgamma(p*c.x) - lgamma(q))
			if grad != nil {
				both := mathext.Digamma(p*c.x + q)
				grad[0] += c.many * c.x * (both - mathext.Digamma(p*c.x))
				grad[1] += c.many * (both - mathext.Digamma(q))
			}
		}
		for _, s := range of {
			own, all := math.Log(s.total/(s.total+v)), logV-math.Log(s.total+v)
			ll += p*s.x*own + q*all
			if grad != nil {
				grad[0] += s.x * own
				grad[1] += all
				grad[2] += q/v - (p*s.x+q)/(s.total+v)
			}
		}
		return ll
	}
}

// correlation is Pearson's, between number and mean amount; 0 where one of them does not vary.
func correlation(of []spender) float64 {
	n, mx, my := float64(len(of)), 0.0, 0.0
	for _, s := range of {
		mx += s.x / n
		my += s.mean / n
	}
	var xx, yy, xy float64
	for _, s := range of {
		dx, dy := s.x-mx, s.mean-my
		xx, yy, xy = xx+dx*dx, yy+dy*dy, xy+dx*dy
	}
	if !(xx > 0 && yy > 0) {
		return 0
	}
	return xy / math.Sqrt(xx) / math.Sqrt(yy)
}
