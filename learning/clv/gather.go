package clv

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Purchase is something bought or, with an amount below zero, given back.
type Purchase struct {
	At     time.Time
	Amount Amount
}

// Gathered is one customer as of a moment, with what became of the purchases.
type Gathered struct {
	History
	First, Last time.Time // days of the first and last purchase, UTC
	Currency    string    // of the amounts; "" when none has one
	Days        int       // with a purchase: X+1
	Merged      int       // purchases on a day that had one already
	Free        int       // purchase days that came to nothing: they count, and lower the mean
	Refunds     int       // amounts below zero: taken off the purchase day at or before them, and no purchase
	Early       int       // refunds before any purchase: left out
	Later       int       // purchases and refunds after the moment: left out
}

// Gather turns what one person bought, in any order, into a History as of a moment. Days are those of UTC. Purchases of
// one day are one; the first day counts for the age alone, so that the mean is that of the days after it. A day that
// comes to nothing, or below by refunds, counts as a purchase of 0.
//
// It refuses (*Refusal) amounts of more than one currency, a sum that overflows, and nothing bought up to the moment.
func Gather(purchases []Purchase, moment time.Time) (Gathered, error) {
	var g Gathered
	var happened []dated
	today := dayOf(moment)
	for i, p := range purchases {
		if p.At.After(moment) {
			g.Later++
			continue
		}
		if err := g.currency(p.Amount, i); err != nil {
			return Gathered{}, err
		}
		happened = append(happened, dated{dayOf(p.At), p.Amount})
	}
	slices.SortFunc(happened, func(a, b dated) int { return cmp.Compare(a.day, b.day) })
	days, err := g.merge(happened)
	if err != nil {
		return Gathered{}, err
	}
	if len(days) == 0 {
		return Gathered{}, refuse(NoPurchase, "purchases", fmt.Sprintf("nothing was bought up to %s", moment.UTC().Format(time.DateOnly)),
			"leave this person out: they are no customer yet")
	}
	g.fill(days, today)
	return g, g.Check()
}

// dated is money on a day.
type dated struct {
	day    int64
	amount Amount
}

func (g *Gathered) currency(a Amount, i int) error {
	where := fmt.Sprintf("purchase %d", i+1)
	if err := a.check(); err != nil {
		return refuse(BadPurchase, where, err.Error(), "give integers of the smallest unit")
	}
	if a.Currency == "" || a.Units == 0 {
		return nil // nothing is nothing in every currency
	}
	if g.Currency != "" && g.Currency != a.Currency {
		return refuse(Currencies, where, fmt.Sprintf("an amount in %s after one in %s", a.Currency, g.Currency),
			"convert amounts to one currency first, at the rate of their day, or learn from each currency apart")
	}
	g.Currency = a.Currency
	return nil
}

// merge makes one of each day. Refunds of a day are taken off after its purchases, whatever their order.
func (g *Gathered) merge(happened []dated) ([]dated, error) {
	var days []dated
	for from := 0; from < len(happened); {
		to := from
		for to < len(happened) && happened[to].day == happened[from].day {
			to++
		}
		same := happened[from:to]
		from = to
		for _, d := range same {
			if d.amount.Units < 0 {
				continue
			}
			if n := len(days); n > 0 && days[n-1].day == d.day {
				g.Merged++
				if err := days[n-1].add(d.amount); err != nil {
					return nil, err
				}
				continue
			}
			days = append(days, d)
		}
		for _, d := range same {
			if d.amount.Units >= 0 {
				continue
			}
			if len(days) == 0 {
				g.Early++
				continue
			}
			g.Refunds++
			if err := days[len(days)-1].add(d.amount); err != nil {
				return nil, err
			}
		}
	}
	return days, nil
}

func (d *dated) add(a Amount) error {
	sum, ok := d.amount.plus(a)
	if !ok {
		return refuse(BadPurchase, "amounts", fmt.Sprintf("the sum of %s overflows", dayTime(d.day).Format(time.DateOnly)), "check the amounts of that day")
	}
	d.amount = sum
	return nil
}

func (g *Gathered) fill(days []dated, today int64) {
	first, last := days[0].day, days[len(days)-1].day
	g.First, g.Last, g.Days = dayTime(first), dayTime(last), len(days)
	g.X = len(days) - 1
	g.Tx, g.T = float64(last-first)/7, float64(today-first)/7
	sum := 0.0
	for i, d := range days {
		paid := max(0, d.amount.Float())
		if paid == 0 {
			g.Free++
		}
		if i > 0 {
			sum += paid
		}
	}
	if g.X > 0 {
		g.Mean = sum / float64(g.X)
	}
}

const daySeconds = 24 * 60 * 60

// dayOf counts days from 1970, in UTC.
func dayOf(t time.Time) int64 {
	d := t.Unix() / daySeconds
	if t.Unix()%daySeconds < 0 {
		d--
	}
	return d
}

func dayTime(day int64) time.Time { return time.Unix(day*daySeconds, 0).UTC() }
