package nextproduct

import (
	"cmp"
	"fmt"
	"math"
	"time"
)

// Version of the stored form of a Model.
const Version = 1

// Model is what Fit learnt: plain data, to be stored as JSON and used unchanged until the next fit.
type Model struct {
	Moment   time.Time // up to which it was learnt
	Days     int       // the window of the rules
	Buyers   int       // as in Options
	Both     int
	People   int // it was learnt from
	Products int
	Left     Left
	Rules    []Rule // by first product, the best first
	Anyway   []Rule // what is bought after any product (After is ""), the likeliest first
}

// Rule is that of the people who bought After and had no Product, more bought Product within the window than did after
// any other purchase. Without After it says what is bought after any product, and Base is its share.
type Rule struct {
	After   string  `json:"after"`
	Product string  `json:"product"`
	Bought  int     `json:"bought"` // people who did
	Of      int     `json:"of"`     // people who could
	Base    float64 `json:"base"`   // the share after any product
}

// Share is how many of those who could did.
func (r Rule) Share() float64 { return float64(r.Bought) / float64(r.Of) }

// Lift is how many times as many as after any product.
func (r Rule) Lift() float64 { return r.Share() / r.Base }

// careful is the share pulled towards that after any product, by which rules are ordered: a few people weigh little.
func (r Rule) careful() float64 { return (float64(r.Bought) + pull*r.Base) / (float64(r.Of) + pull) }

// better orders rules, the best first.
func better(a, b Rule) int {
	return cmp.Or(-cmp.Compare(a.careful(), b.careful()), cmp.Compare(a.Product, b.Product), cmp.Compare(a.After, b.After))
}

// Words say a rule: "31 of 80 who bought A bought B within a year, 2.4 times as many as after any product".
func (r Rule) Words(days int) string {
	if r.After == "" {
		return fmt.Sprintf("%d of %d bought %s within %s after any product", r.Bought, r.Of, r.Product, within(days))
	}
	return fmt.Sprintf("%d of %d who bought %s bought %s within %s, %.1f times as many as after any product", r.Bought, r.Of, r.After, r.Product, within(days), r.Lift())
}

func within(days int) string {
	switch {
	case days == 1:
		return "a day"
	case days == 365, days == 366:
		return "a year"
	case days%365 == 0:
		return fmt.Sprintf("%d years", days/365)
	}
	return fmt.Sprintf("%d days", days)
}

// check says what is wrong with a model.
func (m *Model) check() error {
	bad := func(where, what string) error {
		return fmt.Errorf("%w: %s: %s; fit the model anew", ErrModel, where, what)
	}
	if m.Days < 1 || m.Days > MostDays {
		return bad("days", fmt.Sprintf("a window of %d days", m.Days))
	}
	for i, r := range m.Rules {
		where := fmt.Sprintf("rule %d", i+1)
		if what := r.fault(); what != "" {
			return bad(where, what)
		}
		if r.After == "" || i > 0 && m.Rules[i-1].After > r.After {
			return bad(where, "the rules are not in order")
		}
	}
	for i, r := range m.Anyway {
		if what := r.fault(); what != "" || r.After != "" {
			return bad(fmt.Sprintf("anyway %d", i+1), cmp.Or(what, "it has a product before"))
		}
	}
	return nil
}

func (r Rule) fault() string {
	switch {
	case r.Product == "" || r.After == r.Product:
		return fmt.Sprintf("%q after %q", r.Product, r.After)
	case r.Bought < 1 || r.Bought > r.Of:
		return fmt.Sprintf("%d of %d people", r.Bought, r.Of)
	case !(r.Base > 0 && r.Base <= 1) || math.IsInf(r.Lift(), 0):
		return fmt.Sprintf("a share of %g after any product", r.Base)
	}
	return ""
}
