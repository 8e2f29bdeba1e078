package rfm

import (
	"math"
	"slices"
)

// Purchases gathers the purchases of one person, in any order: the sum does not depend on it. The zero Purchases is
// empty. It may be reused after Reset.
type Purchases struct {
	last      int64
	some      bool
	times     int64
	cents     int64 // hundredths of a cent, so that sums are exact and without order
	priceless int64
	days      []int32
}

const (
	perDay   = 24 * 60 * 60 * 1000 // milliseconds
	perUnit  = 10_000              // of cents
	mostUnit = math.MaxInt64 / perUnit / 4
)

// Reset makes p empty and keeps its memory.
func (p *Purchases) Reset() { *p = Purchases{days: p.days[:0]} }

// Add takes in something bought (or, with an amount below zero, given back) at a moment in Unix milliseconds, as many
// times as said. What is dated after now has not happened: it is left out. An amount that is not known (NaN) counts as a
// purchase and adds no money, and so does one of 0. A refund takes its amount off and is no purchase.
func (p *Purchases) Add(at, times int64, amount float64, now int64) {
	if at > now {
		return
	}
	if known := amount-amount == 0; known {
		unit := min(max(amount, -mostUnit), mostUnit)
		p.cents = saturated(p.cents, int64(math.Round(unit*perUnit)))
		if amount < 0 {
			return
		}
	} else {
		p.priceless += times
	}
	p.times += times
	p.days = append(p.days, int32(dayOf(at)))
	if !p.some || at > p.last {
		p.last, p.some = at, true
	}
}

// Customer is the person as a customer as of now; ok is false for someone who never bought anything, refunds and
// purchases still to come aside. perDays counts days with a purchase instead of purchases.
func (p *Purchases) Customer(now int64, perDays bool) (c Customer, ok bool) {
	if !p.some {
		return Customer{}, false
	}
	c = Customer{Recency: float64(dayOf(now) - dayOf(p.last)), Frequency: float64(p.times), Monetary: float64(p.cents) / perUnit}
	if perDays {
		slices.Sort(p.days)
		p.days = slices.Compact(p.days)
		c.Frequency = float64(len(p.days))
	}
	return c, true
}

// Last is when the last purchase was, in Unix milliseconds.
func (p *Purchases) Last() int64 { return p.last }

// Priceless is how many purchases had no amount.
func (p *Purchases) Priceless() int64 { return p.priceless }

// dayOf is the day of a moment, in UTC, counted from 1970.
func dayOf(ms int64) int64 {
	d := ms / perDay
	if ms%perDay < 0 {
		d--
	}
	return d
}

func saturated(a, b int64) int64 {
	s := a + b
	switch {
	case a > 0 && b > 0 && s < 0:
		return math.MaxInt64
	case a < 0 && b < 0 && s >= 0:
		return math.MinInt64
	}
	return s
}
