package nextproduct

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"
)

const (
	sure       = 1.96 // standard errors by which a rule has to beat what is bought after any product
	pull       = 20   // people by whom the share of a rule is pulled to that after any product
	mostRules  = 20   // of one product
	mostAnyway = 50   // products kept as bought after any other
)

// Fit learns the rules from purchases up to a moment. A purchase counts as a beginning only when the whole window after
// it lies before the moment: what its buyer does later is not known yet, which is not the same as no.
//
// It refuses (ErrTooFew) purchases in which no product has enough buyers, and purchases that name no person or product
// (ErrPurchase). A model without rules is no mistake: nothing is bought after anything more than by chance.
func Fit(purchases []Purchase, moment time.Time, options Options) (*Model, error) {
	o, err := options.filled()
	if err != nil {
		return nil, err
	}
	h, err := gather(purchases, moment)
	if err != nil {
		return nil, err
	}
	c := count(h, moment.Unix(), o)
	if most := slices.Max(append(c.begun, 0)); most < o.Buyers {
		return nil, fmt.Errorf("%w: of %d products none has %d buyers seen for %d days; the most bought has %d; take a longer history, a shorter window or groups of products",
			ErrTooFew, len(h.products), o.Buyers, o.Days, most)
	}
	m := &Model{
		Moment: moment.UTC(), Days: o.Days, Buyers: o.Buyers, Both: o.Both,
		People: len(h.people), Products: len(h.products), Left: h.left,
		Rules: c.rules(h.products, o), Anyway: c.anyway(h.products, o),
	}
	return m, nil
}

// pair is two products, the first before the second.
type pair struct{ first, second int }

// tally is what happened after the first: the second was bought within the window, or was there before.
type tally struct{ next, had int }

type counts struct {
	begun []int // people who bought each product and were seen for the whole window
	pairs map[pair]tally
	next  []int // sums over all firsts, by second
	had   []int
	sum   int // of begun
}

func count(h history, moment int64, o Options) counts {
	c := counts{begun: make([]int, len(h.products)), next: make([]int, len(h.products)), had: make([]int, len(h.products)), pairs: map[pair]tally{}}
	for _, person := range h.people {
		for _, a := range person {
			if a.at+o.window() > moment {
				break // in the order of time, so are those that follow
			}
			c.begun[a.product]++
			c.sum++
			for _, b := range person {
				if b.product != a.product {
					c.follow(a, b, o.window())
				}
			}
		}
	}
	return c
}

// follow takes in what a person who bought a did about b. Bought at the same moment, b was there.
func (c *counts) follow(a, b bought, window int64) {
	if b.at > a.at+window {
		return
	}
	key := pair{a.product, b.product}
	t := c.pairs[key]
	if b.at <= a.at {
		t.had++
		c.had[b.product]++
	} else {
		t.next++
		c.next[b.product]++
	}
	c.pairs[key] = t
}

// base counts who bought a product within the window after any other, of those who had not got it.
func (c *counts) base(product int) (bought, of int) {
	return c.next[product], c.sum - c.begun[product] - c.had[product]
}

// anyway is what is bought after any product, the likeliest first.
func (c *counts) anyway(products []string, o Options) []Rule {
	var all []Rule
	for i, name := range products {
		if n, of := c.base(i); n >= o.Both && of >= o.Buyers {
			all = append(all, Rule{Product: name, Bought: n, Of: of, Base: float64(n) / float64(of)})
		}
	}
	slices.SortFunc(all, better)
	return all[:min(len(all), mostAnyway)]
}

func (c *counts) rules(products []string, o Options) []Rule {
	by := map[int][]Rule{}
	for p, t := range c.pairs {
		of := c.begun[p.first] - t.had
		if of < o.Buyers || t.next < o.Both {
			continue
		}
		n, all := c.base(p.second)
		base := float64(n) / float64(all)
		if atLeast(t.next, of) <= base {
			continue
		}
		by[p.first] = append(by[p.first], Rule{After: products[p.first], Product: products[p.second], Bought: t.next, Of: of, Base: base})
	}
	var all []Rule
	for _, rules := range by {
		slices.SortFunc(rules, better)
		all = append(all, rules[:min(len(rules), mostRules)]...)
	}
	slices.SortFunc(all, func(a, b Rule) int { return cmp.Or(cmp.Compare(a.After, b.After), better(a, b)) })
	return all
}

// atLeast is the lower end of Wilson's interval of a share.
func atLeast(n, of int) float64 {
	p, m, zz := float64(n)/float64(of), float64(of), sure*sure
	return (p + zz/(2*m) - sure*math.Sqrt(p*(1-p)/m+zz/(4*m*m))) / (1 + zz/m)
}
