package nextproduct

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// What can be wrong. Each error that wraps one of these says what, where and what to do.
var (
	ErrPurchase = errors.New("a purchase that cannot be read")
	ErrOptions  = errors.New("options that cannot be")
	ErrTooFew   = errors.New("too few purchases to learn from")
	ErrModel    = errors.New("a stored model that cannot be used")
)

// Purchase is that a person bought a product.
type Purchase struct {
	Person  string
	Product string
	At      time.Time
}

// MostProducts of one person: who has more is an account of many, and is left out.
const MostProducts = 500

// Options say what makes a rule. The zero Options are the defaults.
type Options struct {
	Days   int // the window after a purchase in which the next one counts; 0: 365
	Buyers int // people behind a rule at least, who bought the first product and were seen for the whole window; 0: 40
	Both   int // of them, who bought the second at least; 0: 10
}

// The limits of Options: fewer people than these prove nothing.
const (
	MostDays     = 3_650
	FewestBuyers = 10
	FewestBoth   = 3
)

func (o Options) filled() (Options, error) {
	o.Days, o.Buyers, o.Both = cmp.Or(o.Days, 365), cmp.Or(o.Buyers, 40), cmp.Or(o.Both, 10)
	switch {
	case o.Days < 1 || o.Days > MostDays:
		return o, fmt.Errorf("%w: days: a window of %d days is not between 1 and %d; 90 to 365 are usual", ErrOptions, o.Days, MostDays)
	case o.Buyers < FewestBuyers:
		return o, fmt.Errorf("%w: buyers: rules of %d people prove nothing; take %d or more", ErrOptions, o.Buyers, FewestBuyers)
	case o.Both < FewestBoth || o.Both > o.Buyers:
		return o, fmt.Errorf("%w: both: %d is not between %d and the buyers (%d)", ErrOptions, o.Both, FewestBoth, o.Buyers)
	}
	return o, nil
}

func (o Options) window() int64 { return int64(o.Days) * 24 * 60 * 60 }

// bought is the first time a person bought a product.
type bought struct {
	product int
	at      int64 // Unix seconds
}

// history is people with their first purchases of each product, in the order of time, in that of their ids.
type history struct {
	products []string // by number, in order
	people   [][]bought
	left     Left
}

// Left is what was not learnt from.
type Left struct {
	Later int `json:"later"` // purchases after the moment
	Again int `json:"again"` // purchases of a product the person had
	Large int `json:"large"` // people with more than MostProducts products
}

// gather orders the purchases up to a moment.
func gather(purchases []Purchase, moment time.Time) (history, error) {
	if i := slices.IndexFunc(purchases, unnamed); i >= 0 {
		p := purchases[i]
		missing := "person"
		if strings.TrimSpace(p.Person) != "" {
			missing = "product"
		}
		return history{}, fmt.Errorf("%w: purchase %d of %s has no %s; leave it out, or map the field that names it", ErrPurchase, i+1, p.At.UTC().Format(time.DateOnly), missing)
	}
	var h history
	kept := make([]Purchase, 0, len(purchases))
	for _, p := range purchases {
		if p.At.After(moment) {
			h.left.Later++
			continue
		}
		kept = append(kept, p)
		h.products = append(h.products, p.Product)
	}
	slices.Sort(h.products)
	h.products = slices.Compact(h.products)
	slices.SortFunc(kept, func(a, b Purchase) int {
		return cmp.Or(cmp.Compare(a.Person, b.Person), a.At.Compare(b.At), cmp.Compare(a.Product, b.Product))
	})
	for from := 0; from < len(kept); {
		to := from
		for to < len(kept) && kept[to].Person == kept[from].Person {
			to++
		}
		h.add(kept[from:to])
		from = to
	}
	return h, nil
}

func unnamed(p Purchase) bool {
	return strings.TrimSpace(p.Person) == "" || strings.TrimSpace(p.Product) == ""
}

// add takes in one person's purchases, in the order of time.
func (h *history) add(of []Purchase) {
	var first []bought
	seen := map[int]bool{}
	for _, p := range of {
		i, _ := slices.BinarySearch(h.products, p.Product)
		if seen[i] {
			h.left.Again++
			continue
		}
		seen[i] = true
		first = append(first, bought{i, p.At.Unix()})
	}
	if len(first) > MostProducts {
		h.left.Large++
		return
	}
	h.people = append(h.people, first)
}
