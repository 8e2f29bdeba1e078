package clv

import "slices"

// Version of the stored form of a Model.
const Version = 1

// Model is what a fit learnt: plain data, to be stored as JSON and used unchanged until the next fit.
type Model struct {
	Buying    Process     // how customers buy and leave
	BuyingFit Figures     // how that was learnt
	Spending  *GammaGamma // what they spend; nil where there are no amounts, or none to learn from
	// SpendingFit is how that was learnt; nil with Spending.
	SpendingFit *Figures
	// Correlation is Pearson's, between number and mean amount of the repeat purchases: the model of spending takes
	// them to be unrelated.
	Correlation float64
	Findings    []Finding // what to know before trusting it; why Spending is missing
}

// Figures are how a fit came out.
type Figures struct {
	Customers     int       `json:"customers"`      // it was learnt from
	Repeaters     int       `json:"repeaters"`      // of them, who came back
	LogLikelihood float64   `json:"log_likelihood"` // at the parameters
	Errors        []float64 `json:"errors"`         // standard errors of the parameters, in their order, by the delta method
}

// Check says what is wrong with a model, as a *Refusal; nil when nothing is.
func (m *Model) Check() error {
	if m.Buying == nil {
		return refuse(BadModel, "buying", "the model has no process of buying", "fit the model anew")
	}
	if err := m.Buying.Check(); err != nil {
		return err
	}
	if m.Spending == nil {
		return nil
	}
	return m.Spending.Check()
}

// Why is the first of the findings with a code; ok is false when there is none.
func (m *Model) Why(codes ...Code) (f Finding, ok bool) {
	for _, f := range m.Findings {
		if slices.Contains(codes, f.Code) {
			return f, true
		}
	}
	return Finding{}, false
}
