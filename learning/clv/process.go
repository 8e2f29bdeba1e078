package clv

import "fmt"

// Kind names a process of buying and leaving.
type Kind string

// The processes. In all of them a customer buys at a rate of their own until they leave for good, unseen.
const (
	BG     Kind = "bg/nbd"     // may leave after each repeat purchase: who never came back counts as alive
	MBG    Kind = "mbg/nbd"    // may leave after each purchase, the first included
	Pareto Kind = "pareto/nbd" // may leave at any moment
)

// Kinds lists the processes.
func Kinds() []Kind { return []Kind{BG, MBG, Pareto} }

// Process is how a population buys and leaves: BGNBD, MBGNBD or ParetoNBD.
type Process interface {
	// Kind is which process it is.
	Kind() Kind
	// Check says what is wrong with the parameters, as a *Refusal; nil when nothing is.
	Check() error

	names() [4]string
	parameters() [4]float64
	// rate is shape and rate of the gamma distribution of purchases a week, for a customer who is alive.
	rate(h History) (shape, rate float64)
	alive(h History) float64
	// expected is how many purchases follow within t weeks; ok is false when the sum does not settle.
	expected(h History, t float64) (n float64, ok bool)
	// again is the chance that at least one follows within t weeks.
	again(h History, t float64) float64
	// likelihood returns the log-likelihood of customers as a function of the parameters, and of its gradient.
	likelihood(of []group) objective
}

// process makes a process of its parameters.
func process(k Kind, p [4]float64) (Process, error) {
	switch k {
	case BG:
		return BGNBD{p[0], p[1], p[2], p[3]}, nil
	case MBG:
		return MBGNBD{p[0], p[1], p[2], p[3]}, nil
	case Pareto:
		return ParetoNBD{p[0], p[1], p[2], p[3]}, nil
	}
	return nil, refuse(BadModel, "kind", fmt.Sprintf("there is no process %q", k), fmt.Sprintf("use one of %v", Kinds()))
}

// The parameters that are computed with: what lies outside describes no customers, and would overflow.
const (
	least = 1e-8
	most  = 1e8
)

func checkParameters(names []string, values []float64) error {
	var found []Finding
	for i, v := range values {
		if !(v >= least && v <= most) {
			found = append(found, Finding{BadModel, names[i], fmt.Sprintf("%g is not between %g and %g", v, least, most), "fit the model anew"})
		}
	}
	if found == nil {
		return nil
	}
	return &Refusal{found}
}

// LogLikelihood is the natural logarithm of how likely the customers' purchases are under a process. The sum is taken
// in one order, whatever that of the customers.
func LogLikelihood(p Process, customers []History) (float64, error) {
	if err := p.Check(); err != nil {
		return 0, err
	}
	if err := checkAll(customers); err != nil {
		return 0, err
	}
	values := p.parameters()
	ll := p.likelihood(groups(customers))(values[:], nil)
	if !finite(ll) {
		return 0, refuse(BadModel, "parameters", "these customers are impossible under them", "fit the model to these customers")
	}
	return ll, nil
}

// checkAll refuses the first customer that cannot be, by place.
func checkAll(customers []History) error {
	for i, h := range customers {
		if f, bad := h.fault(); bad {
			f.Where = fmt.Sprintf("customer %d, %s", i+1, f.Where)
			return &Refusal{[]Finding{f}}
		}
	}
	return nil
}
