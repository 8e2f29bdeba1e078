package clv

import (
	"fmt"
	"math"
)

// Beyond these a fitted parameter is on its way to nought or to infinity. They are our judgement, after fits of real
// sets that degenerate: Online Retail ends at a → 0 under BG/NBD and at b = 41,332 under MBG/NBD.
const (
	vanishing  = 1e-3
	unbounded  = 1e3
	looseError = 1.0 // standard error of the logarithm of a parameter
)

// degenerate refuses a fit that says nothing, or did not end on a top.
func degenerate(k Kind, t top, s summary) error {
	if f, bad := noDropout(k, t.p, s); bad {
		return &Refusal{[]Finding{f}}
	}
	if f, bad := noVariation(k, t.p); bad {
		return &Refusal{[]Finding{f}}
	}
	if !t.converged {
		return refuse(NotConverged, string(k), fmt.Sprintf("the search ended at %.4g with a slope of %.1e, on no top", t.p, t.slope),
			"try another process, a longer window or more customers; until then use how long ago they bought")
	}
	return nil
}

const withoutDropout = "from these purchases nobody can be said to have left: show how long ago they bought instead, or learn from a longer window"

func noDropout(k Kind, p []float64, s summary) (Finding, bool) {
	where := string(k)
	found := func(what string, a ...any) (Finding, bool) {
		return Finding{NoDropout, where, fmt.Sprintf(what, a...), withoutDropout}, true
	}
	if k == Pareto {
		switch leave := p[2] / p[3] * s.longest; {
		case p[2] < vanishing:
			return found("s = %.2g is on its way to 0: no dropout identifiable", p[2])
		case p[3] > unbounded*max(s.longest, 1):
			return found("beta = %.3g weeks, and the oldest customer has %.3g: no dropout identifiable", p[3], s.longest)
		case leave < vanishing:
			return found("%.2g of the customers leave within the %.3g weeks seen: no dropout identifiable", leave, s.longest)
		}
		return Finding{}, false
	}
	switch {
	case p[2] < vanishing:
		return found("a = %.2g is on its way to 0: no dropout identifiable, everybody would count as alive", p[2])
	case p[3] > unbounded && p[2]/(p[2]+p[3]) < 0.01:
		return found("b = %.3g grows without bound: no dropout identifiable, next to nobody would leave", p[3])
	}
	return Finding{}, false
}

const moreAlike = "check that the purchases are people's own and not a schedule; else learn from more customers"

func noVariation(k Kind, p []float64) (Finding, bool) {
	where := string(k)
	switch {
	case p[0] > unbounded:
		return Finding{NoVariation, where, fmt.Sprintf("r = %.3g grows without bound: everybody buys at the same rate", p[0]), moreAlike}, true
	case k == Pareto && p[2] > unbounded, k != Pareto && max(p[2], p[3]) > unbounded:
		return Finding{NoVariation, where, fmt.Sprintf("the dropout parameters %.3g and %.3g grow without bound: everybody leaves at the same rate", p[2], p[3]), moreAlike}, true
	case min(p[0], p[1]) < 1e-6:
		return Finding{NoVariation, where, fmt.Sprintf("r = %.2g and alpha = %.2g weeks vanish: a few customers make up all repeat purchases", p[0], p[1]), moreAlike}, true
	}
	return Finding{}, false
}

// uncertain names the parameters that are known to no better than their own order of size.
func uncertain(names []string, t top) []Finding {
	var found []Finding
	for i, se := range t.se {
		if se > looseError {
			found = append(found, Finding{Uncertain, names[i],
				fmt.Sprintf("%.3g is known to a factor of %.2g only (one standard error)", t.p[i], math.Exp(min(se, 20))),
				"read churn risk and value as an order of people, not as figures; learn from more customers"})
		}
	}
	return found
}
