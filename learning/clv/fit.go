package clv

import (
	"fmt"
	"math"
)

// What is enough to learn from.
const (
	FewestRepeaters = 40 // customers who came back
	FewestSpenders  = 40 // of them, who paid
)

// Fit learns how customers buy and leave by maximum likelihood and, where enough of them have amounts, what they spend.
// It refuses (*Refusal) customers that cannot be, too few who came back, and every fit that says nothing: see the codes.
// A model of spending that cannot be learnt is left out, with the finding that says why.
func Fit(customers []History, kind Kind) (*Model, error) {
	buying, figures, found, err := fitBuying(customers, kind)
	if err != nil {
		return nil, err
	}
	m := &Model{Buying: buying, BuyingFit: figures, Findings: found}
	m.fitSpending(customers)
	return m, nil
}

func fitBuying(customers []History, kind Kind) (Process, Figures, []Finding, error) {
	some, err := process(kind, [4]float64{1, 1, 1, 1})
	if err != nil {
		return nil, Figures{}, nil, err
	}
	if err := checkAll(customers); err != nil {
		return nil, Figures{}, nil, err
	}
	s := summarise(customers)
	if err := s.enough(); err != nil {
		return nil, Figures{}, nil, err
	}
	of := groups(customers)
	if len(of) == 1 {
		return nil, Figures{}, nil, refuse(AllTheSame, "customers", fmt.Sprintf("all %d bought at the same times", s.customers),
			"check where the purchases come from: nothing can be learnt from customers who do not differ")
	}
	found := maximise(some.likelihood(of), float64(s.customers), s.starts(kind)...)
	if err := degenerate(kind, found, s); err != nil {
		return nil, Figures{}, nil, err
	}
	fitted, err := process(kind, [4]float64(found.p))
	if err != nil {
		return nil, Figures{}, nil, err
	}
	names := fitted.names()
	return fitted, found.figures(s.customers, s.repeaters), uncertain(names[:], found), nil
}

// figures turns the errors of logarithms into errors of parameters.
func (t top) figures(customers, repeaters int) Figures {
	f := Figures{Customers: customers, Repeaters: repeaters, LogLikelihood: t.ll, Errors: make([]float64, len(t.p))}
	for i := range t.p {
		f.Errors[i] = t.p[i] * t.se[i]
	}
	return f
}

// summary is what the start of a search and the minimums need to know.
type summary struct {
	customers, repeaters int
	purchases, weeks     float64 // sums, the weeks rounded so that their order makes no difference
	longest              float64 // age
}

func summarise(customers []History) summary {
	s := summary{customers: len(customers)}
	for _, h := range customers {
		if h.X > 0 {
			s.repeaters++
		}
		s.purchases += float64(h.X)
		s.weeks += math.Round(h.T)
		s.longest = max(s.longest, h.T)
	}
	return s
}

func (s summary) enough() error {
	switch {
	case s.customers == 0:
		return refuse(TooFew, "customers", "there is nobody to learn from", "give customers with their purchases")
	case s.repeaters == 0:
		return refuse(TooFew, "customers", fmt.Sprintf("none of %d bought a second time", s.customers),
			"wait until some come back; until then use how long ago they bought")
	case s.repeaters < FewestRepeaters:
		return refuse(TooFew, "customers", fmt.Sprintf("%d of %d bought a second time, and fewer than %d say too little", s.repeaters, s.customers, FewestRepeaters),
			"take a longer window or more customers; until then use how long ago they bought")
	}
	return nil
}

// starts are where to search from: at the mean rate of buying, for people much alike and not, who leave soon and late.
func (s summary) starts(k Kind) [][]float64 {
	mean := max(s.weeks, 1) / s.purchases // weeks between purchases
	late := 1.0
	if k == Pareto {
		late = max(s.longest, 1) / 8 // its beta is in weeks
	}
	return [][]float64{
		{0.5, 0.5 * mean, 1, 2 * late},
		{1, 0.3 * mean, 0.5, 5 * late},
		{2, 2 * mean, 2, 10 * late},
		{0.2, 0.1 * mean, 0.2, late},
	}
}
