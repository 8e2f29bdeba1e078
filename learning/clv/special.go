package clv

import "math"

// lgamma is ln Γ(x) for x > 0.
func lgamma(x float64) float64 {
	l, _ := math.Lgamma(x)
	return l
}

// mix is ln(e^a + e^b) without overflow, and the share of each in the sum.
func mix(a, b float64) (log, first, second float64) {
	if a < b {
		log, second, first = mix(b, a)
		return log, first, second
	}
	e := math.Exp(b - a)
	return a + math.Log1p(e), 1 / (1 + e), e / (1 + e)
}

// logistic is 1/(1+e^-x) without overflow.
func logistic(x float64) float64 {
	if x < 0 {
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}

// rise is (1-e^(-e·l))/e, which goes to l as e goes to 0.
func rise(e, l float64) float64 {
	if e == 0 {
		return l
	}
	return -math.Expm1(-e*l) / e
}
