package clv

import (
	"cmp"
	"fmt"
	"math"
)

// Bounds of what a customer can be. Beyond them an input is a mistake: another unit, an account of a whole company, an
// overflow.
const (
	MostPurchases = 1_000_000 // repeat purchases of one customer
	MostWeeks     = 10_436    // 200 years
	MostAmount    = 1e15      // mean amount of a purchase
)

// History is one customer as of a moment. The unit of time is the week, counted from the first purchase.
type History struct {
	X    int     // repeat purchases: purchase days after the first
	Tx   float64 // weeks from the first purchase to the last; 0 when and only when X is 0
	T    float64 // weeks from the first purchase to the moment
	Mean float64 // mean amount of the repeat purchase days, in the currency's unit; 0: not known, or nothing was paid
}

// Check says what is wrong with a history, as a *Refusal; nil when nothing is.
func (h History) Check() error {
	if f, bad := h.fault(); bad {
		return &Refusal{[]Finding{f}}
	}
	return nil
}

func (h History) fault() (Finding, bool) {
	bad := func(where, what, do string) (Finding, bool) { return Finding{BadHistory, where, what, do}, true }
	switch {
	case h.X < 0:
		return bad("x", fmt.Sprintf("%d repeat purchases", h.X), "count purchase days after the first: 0 or more")
	case h.X > MostPurchases:
		return bad("x", fmt.Sprintf("%d repeat purchases are more than %d", h.X, MostPurchases), "leave this customer out: this is an account of many, or a counter that overflowed")
	case !finite(h.T) || h.T < 0 || h.T > MostWeeks:
		return bad("T", fmt.Sprintf("an age of %g weeks is not between 0 and %d", h.T, MostWeeks), "count weeks from the first purchase to the moment")
	case !finite(h.Tx) || h.Tx < 0 || h.Tx > h.T:
		return bad("t_x", fmt.Sprintf("the last purchase at week %g is not between 0 and the age of %g", h.Tx, h.T), "count weeks from the first purchase to the last")
	case (h.X == 0) != (h.Tx == 0):
		return bad("t_x", fmt.Sprintf("%d repeat purchases, the last at week %g", h.X, h.Tx), "merge purchases of one day: without a repeat purchase t_x is 0, with one it is above 0")
	case !finite(h.Mean) || h.Mean < 0 || h.Mean > MostAmount:
		return bad("mean", fmt.Sprintf("a mean amount of %g is not between 0 and %g", h.Mean, MostAmount), "give the mean of the repeat purchases in one currency; 0 when it is not known")
	}
	return Finding{}, false
}

// compare orders histories by what the buying process sees.
func compare(a, b History) int {
	return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.T, b.T), cmp.Compare(a.Tx, b.Tx))
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
