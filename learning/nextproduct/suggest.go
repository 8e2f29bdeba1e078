package nextproduct

import (
	"slices"
	"time"
)

// Suggestion is a product a person is likely to buy next, with the rule that says so.
type Suggestion struct {
	Product string
	Rule    Rule
	Words   string // the rule, to be read
}

// Silence says why nothing is suggested.
type Silence string

// The reasons for silence.
const (
	Spoke    Silence = ""                                                // there is a suggestion
	Nothing  Silence = "bought nothing yet"                              // up to the moment
	LongAgo  Silence = "bought nothing within the window of the rules"   // what they bought next would be known by now
	NoRule   Silence = "too few people bought the same and bought more"  // no rule reaches the support
	Weaker   Silence = "what is bought after any product is likelier"    // than what any rule says
	GotThose Silence = "has everything that people with the same bought" // all rules end in something they have
)

// Suggest names at most n products a person is likely to buy next, the likeliest first, each once and none that the
// person has. Of several rules for one product the strongest counts, so that what is said is the reason for the place.
// Where what is bought after any product is likelier than what the rules say, it takes its place among them; but
// where none of the places would go to a rule, nothing is suggested, and it is said why.
//
// The purchases are those of one person; the ones after the moment are left aside.
func (m *Model) Suggest(purchases []Purchase, moment time.Time, n int) ([]Suggestion, Silence) {
	has, recent := m.basket(purchases, moment)
	switch {
	case len(has) == 0:
		return nil, Nothing
	case len(recent) == 0:
		return nil, LongAgo
	}
	best := map[string]Rule{}
	known := false
	for product := range recent {
		for _, r := range m.after(product) {
			known = true
			if old, ok := best[r.Product]; !has[r.Product] && (!ok || better(r, old) < 0) {
				best[r.Product] = r
			}
		}
	}
	switch {
	case !known:
		return nil, NoRule
	case len(best) == 0:
		return nil, GotThose
	}
	for _, r := range m.Anyway {
		if _, ok := best[r.Product]; !ok && !has[r.Product] {
			best[r.Product] = r
		}
	}
	return m.top(best, n)
}

func (m *Model) top(best map[string]Rule, n int) ([]Suggestion, Silence) {
	rules := make([]Rule, 0, len(best))
	for _, r := range best {
		rules = append(rules, r)
	}
	slices.SortFunc(rules, better)
	rules = rules[:min(len(rules), max(n, 0))]
	if !slices.ContainsFunc(rules, func(r Rule) bool { return r.After != "" }) {
		return nil, Weaker
	}
	out := make([]Suggestion, len(rules))
	for i, r := range rules {
		out[i] = Suggestion{r.Product, r, r.Words(m.Days)}
	}
	return out, Spoke
}

// basket is what a person has, and of that what was bought first within the window before the moment.
func (m *Model) basket(purchases []Purchase, moment time.Time) (has, recent map[string]bool) {
	has, recent = map[string]bool{}, map[string]bool{}
	since := moment.Unix() - Options{Days: m.Days}.window()
	for _, p := range purchases {
		if !p.At.After(moment) {
			has[p.Product] = true
			recent[p.Product] = true
		}
	}
	for _, p := range purchases {
		if p.At.Unix() <= since {
			delete(recent, p.Product)
		}
	}
	return has, recent
}

// after are the rules that begin with a product.
func (m *Model) after(product string) []Rule {
	from, _ := slices.BinarySearchFunc(m.Rules, product, func(r Rule, p string) int {
		if r.After < p {
			return -1
		}
		return 1
	})
	to := from
	for to < len(m.Rules) && m.Rules[to].After == product {
		to++
	}
	return m.Rules[from:to]
}
