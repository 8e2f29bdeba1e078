package clv

import (
	"fmt"
	"math"
)

// How much number and amount of purchases may be correlated. The model takes them to be unrelated; Fader and Hardie
// go on at 0.11 on CDNOW. The bounds are our judgement.
const (
	noted   = 0.15
	refused = 0.30
)

// fitSpending adds the model of spending, or the finding that says why there is none.
func (m *Model) fitSpending(customers []History) {
	of, unpaid := spenders(customers)
	if unpaid > 0 {
		m.find(Unpaid, "amounts", fmt.Sprintf("%d of those who came back paid nothing", unpaid),
			"they were left out of what is spent, and count as average; name the amount of a purchase if it is known")
	}
	m.Correlation = correlation(of)
	if f, bad := m.unfit(of); bad {
		m.Findings = append(m.Findings, f)
		return
	}
	mean := 0.0
	for _, s := range of {
		mean += s.mean / float64(len(of))
	}
	found := maximise(spendingLikelihood(of), float64(len(of)), []float64{1, 2, mean}, []float64{5, 4, mean}, []float64{50, 1.5, mean / 50})
	names := []string{"p", "q", "v"}
	if f, bad := spendingDegenerate(found); bad {
		m.Findings = append(m.Findings, f)
		return
	}
	m.Findings = append(m.Findings, uncertain(names, found)...)
	if math.Abs(m.Correlation) >= noted {
		m.find(Correlated, "amounts", correlated(m.Correlation), "read values of customers who buy often with care: they are pulled to the mean of all")
	}
	figures := found.figures(len(of), len(of))
	m.Spending, m.SpendingFit = &GammaGamma{found.p[0], found.p[1], found.p[2]}, &figures
}

func (m *Model) find(code Code, where, what, do string) {
	m.Findings = append(m.Findings, Finding{code, where, what, do})
}

// unfit says why amounts cannot be learnt from.
func (m *Model) unfit(of []spender) (Finding, bool) {
	if len(of) < FewestSpenders {
		return Finding{TooFew, "amounts", fmt.Sprintf("%d customers came back and paid, and fewer than %d say too little", len(of), FewestSpenders),
			"name the amount of a purchase, or take more customers; number and risk do not need it"}, true
	}
	if same(of) {
		return Finding{AllTheSame, "amounts", fmt.Sprintf("all %d paid %g", len(of), of[0].mean),
			"multiply expected purchases by that amount; there is nothing to learn"}, true
	}
	if math.Abs(m.Correlation) >= refused {
		return Finding{Correlated, "amounts", correlated(m.Correlation),
			"value customers apart by how often they buy, or show number and amount side by side: the model takes them to be unrelated"}, true
	}
	return Finding{}, false
}

func correlated(c float64) string {
	more := "more"
	if c < 0 {
		more = "less"
	}
	return fmt.Sprintf("who buys often spends %s each time (correlation %.2f)", more, c)
}

func same(of []spender) bool {
	for _, s := range of {
		if math.Abs(s.mean-of[0].mean) > 1e-9*of[0].mean {
			return false
		}
	}
	return true
}

func spendingDegenerate(t top) (Finding, bool) {
	p, q := t.p[0], t.p[1]
	switch {
	case q <= 1:
		return heavyTail(q), true
	case p > unbounded || q > unbounded:
		return Finding{NoVariation, "gamma-gamma", fmt.Sprintf("p = %.3g, q = %.3g grow without bound: amounts hardly differ within, or between, customers", p, q),
			"multiply expected purchases by the mean amount instead"}, true
	case !t.converged:
		return Finding{NotConverged, "gamma-gamma", fmt.Sprintf("the search ended at %.4g with a slope of %.1e, on no top", t.p, t.slope),
			"look at the largest amounts for mistakes, or take more customers"}, true
	}
	return Finding{}, false
}

func heavyTail(q float64) Finding {
	return Finding{HeavyTail, "gamma-gamma", fmt.Sprintf("q = %.3g is not above 1: a few amounts are so large that the mean of all is infinite", q),
		"look at the largest amounts for mistakes; value the largest customers by hand and learn from the rest"}
}
