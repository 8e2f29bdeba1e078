package clv

// ValueOf is Value with months of another length, to compare with other programs.
func (m *Model) ValueOf(h History, t Terms, month float64) (float64, error) {
	return m.value(h, t, month)
}

// LogLeft is the integral of the Pareto/NBD likelihood, to compare with other programs.
func (m ParetoNBD) LogLeft(x int, tx, end float64) float64 {
	return m.logLeft(m.R+float64(x), tx, end, nil)
}

// Gradient is the gradient of the log-likelihood, and the same by differences, to compare.
func Gradient(p Process, customers []History) (exact, differences []float64) {
	values := p.parameters()
	return gradients(p.likelihood(groups(customers)), values[:])
}

// SpendingGradient is Gradient for amounts.
func SpendingGradient(g GammaGamma, customers []History) (exact, differences []float64) {
	of, _ := spenders(customers)
	return gradients(spendingLikelihood(of), []float64{g.P, g.Q, g.V})
}

func gradients(f objective, at []float64) (exact, differences []float64) {
	exact = make([]float64, len(at))
	f(at, exact)
	for i := range at {
		h := at[i] * 1e-5
		up, down := append([]float64(nil), at...), append([]float64(nil), at...)
		up[i], down[i] = at[i]+h, at[i]-h
		differences = append(differences, (f(up, nil)-f(down, nil))/(2*h))
	}
	return exact, differences
}
