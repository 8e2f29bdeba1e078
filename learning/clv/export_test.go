package clv

// ValueOf is Value with months of another length, to compare with other programs.
func (m *Model) ValueOf(h History, t Terms, month float64) (float64, error) {
	return m.value(h, t, month)
}

// LogLeft is the integral of the Pareto/NBD likelihood, to compare with other programs.
func (m ParetoNBD) LogLeft(x int, tx, end float64) float64 {
	return m.logLeft(m.R+float64(x), tx, end, nil)
}
