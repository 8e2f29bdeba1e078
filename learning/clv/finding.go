package clv

import (
	"errors"
	"strings"
)

// Code names a kind of finding, for programs; the words are in the Finding.
type Code string

// What can be found.
const (
	BadHistory   Code = "bad-history"   // a customer that cannot be
	BadModel     Code = "bad-model"     // stored or given parameters that cannot be
	BadQuestion  Code = "bad-question"  // a horizon, discount or margin that cannot be
	BadPurchase  Code = "bad-purchase"  // a purchase that cannot be, or an amount that is no number
	Currencies   Code = "currencies"    // amounts of more than one currency
	NoPurchase   Code = "no-purchase"   // nothing was bought up to the moment
	TooFew       Code = "too-few"       // too few customers came back, or too few amounts
	AllTheSame   Code = "all-the-same"  // nothing differs between customers
	NoDropout    Code = "no-dropout"    // nobody is seen to leave: a → 0, b or beta huge, s → 0
	NoVariation  Code = "no-variation"  // everybody buys, or leaves, at the same rate: shapes and scales grow without bound
	NotConverged Code = "not-converged" // the likelihood has no top that the search can reach
	Uncertain    Code = "uncertain"     // a parameter is known to no better than its own order of size
	HeavyTail    Code = "heavy-tail"    // q ≤ 1: the mean amount of a customer is infinite
	Correlated   Code = "correlated"    // frequent buyers spend more, or less, for each purchase
	Unpaid       Code = "unpaid"        // repeat purchases without an amount were left out
	NoSpending   Code = "no-spending"   // money was asked for, and the model has no part for it
)

// Finding is one thing that was found: what, where, and what to do.
type Finding struct {
	Code  Code   `json:"code"`
	Where string `json:"where"`
	What  string `json:"what"`
	Do    string `json:"do"`
}

// String is the finding in one line.
func (f Finding) String() string { return f.Where + ": " + f.What + "; " + f.Do }

// Refusal is the error of everything this package refuses to do, with the reasons.
type Refusal struct{ Findings []Finding }

// Error is the findings, one after the other.
func (r *Refusal) Error() string {
	lines := make([]string, len(r.Findings))
	for i, f := range r.Findings {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// Refused reports whether an error is, or wraps, a Refusal with a finding of this code.
func Refused(err error, code Code) bool {
	var r *Refusal
	if !errors.As(err, &r) {
		return false
	}
	for _, f := range r.Findings {
		if f.Code == code {
			return true
		}
	}
	return false
}

func refuse(code Code, where, what, do string) error {
	return &Refusal{[]Finding{{code, where, what, do}}}
}
