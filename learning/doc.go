// Package learning finds out of a history of people who converted, and of people who did not, which facts tell them apart,
// turns these into points an admin can read, and says how far to trust them. It is pure: no clock, no I/O, no randomness,
// and the same rows give the same bytes whatever their order. It knows no CRM.
package learning

import "errors"

// What can be wrong with a history. Each error that wraps one of these says what, where and what to do.
var (
	ErrTable    = errors.New("the table cannot be learnt from")
	ErrTooFew   = errors.New("too few outcomes to learn from")
	ErrNoSignal = errors.New("no model: it would not beat the base rate")
)
