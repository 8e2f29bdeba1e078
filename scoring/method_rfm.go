package scoring

import (
	"slices"

	"github.com/bareme/bareme/scoring/rfm"
)

// RFMSpec makes a score of purchases by recency, frequency and monetary value instead of by groups of criteria. The cut
// points are learnt from the population (see Fitter) and used unchanged until the next fit.
type RFMSpec struct {
	Activity                     string // the kind of activity that is a purchase
	Binning                      rfm.Binning
	Recency, Frequency, Monetary rfm.Measure
	Days                         bool       `json:",omitempty"` // frequency counts days with a purchase, not purchases
	Segments                     *rfm.Table `json:",omitempty"` // nil: the usual ones
}

func (s *RFMSpec) places() rfm.Spec {
	return rfm.Spec{Binning: s.Binning, Recency: s.Recency, Frequency: s.Frequency, Monetary: s.Monetary}
}

// Buyer is one subject as one score by purchases sees it.
type Buyer struct {
	Score     int  // index in Result.Scores
	Outside   bool // the score is not made for this subject: the rest is not set
	Buys      bool // has bought something dated by now; otherwise the rest is zero
	Placed    bool // the score is fitted: R, F, M and Segment are set
	Days      int  // since the last purchase
	Purchases int  // or days with a purchase
	Priceless int  // purchases without an amount; not among the Total
	Total     float64
	Last      int64 // Unix milliseconds
	R, F, M   int   // places, 1 the worst
	Segment   string
}

// compiledRFM is one score by purchases made ready.
type compiledRFM struct {
	score     int
	kind      uint16
	days      bool
	spec      *RFMSpec
	cuts      *rfm.Cuts // nil: not fitted yet
	segmenter *rfm.Segmenter
	first     int    // slot of its first derived attribute
	bins      [3]int // places of each measure
	whole     Points // all places added up, those of measures left out aside
}

// derived are the attributes a score by purchases makes, which follow its name: value_segment. Conditions may ask for
// them, and they can be written.
func derived() []Attribute {
	return []Attribute{
		{"segment", Text}, {"rfm", Number}, {"recency", Number}, {"frequency", Number}, {"monetary", Number},
		{"r", Number}, {"f", Number}, {"m", Number},
	}
}

// Derived names what a spec's scores by purchases make of every subject, in the order of their slots behind those of the
// mapping: NAME_segment, NAME_rfm (543), NAME_recency (days), NAME_frequency, NAME_monetary (the sum), and the places
// NAME_r, NAME_f and NAME_m.
//
// Behind them come the probabilities of learnt scores, NAME_probability, which no criterion can ask for.
func (s Spec) Derived() []Attribute { return append(s.made(), s.probabilities()...) }

// bought is what scores by purchases make.
func (s Spec) bought() []Attribute {
	var list []Attribute
	for i := range s.Scores {
		if s.Scores[i].RFM == nil {
			continue
		}
		for _, a := range derived() {
			list = append(list, Attribute{s.Scores[i].Name + "_" + a.Name, a.Type})
		}
	}
	return list
}

// DerivedValue is what a result holds of a derived attribute; the zero Value when it is not known or there is none.
func (m *Model) DerivedValue(name string, r *Result) Value {
	for i := range r.Buyers {
		c := &r.Buyers[i]
		prefix := m.scores[c.Score].name + "_"
		for j, v := range c.values() {
			if name == prefix+derived()[j].Name {
				return v
			}
		}
	}
	if name == NextProduct && m.products != nil && r.NextProduct != "" {
		return Value{Type: Text, Str: r.NextProduct}
	}
	for i, v := range r.Valued.values() {
		if made := m.spec.valued(); made != nil && made[i].Name == name {
			return v
		}
	}
	for i := range m.scores {
		if name == m.scores[i].name+probabilitySuffix {
			if p, ok := m.probability(i, r); ok {
				return Value{Type: Number, Num: p}
			}
		}
	}
	return Value{}
}

// values are the derived attributes of one customer.
func (c *Buyer) values() [8]Value {
	var v [8]Value
	if c.Outside {
		return v
	}
	number := func(slot int, x float64) { v[slot] = Value{Type: Number, Num: x} }
	if c.Buys {
		number(2, float64(c.Days))
	}
	number(3, float64(c.Purchases)) // that there were none is known, too
	number(4, c.Total)
	if c.Placed {
		v[0] = Value{Type: Text, Str: c.Segment}
		number(1, float64(rfm.Number(c.R, c.F, c.M)))
		number(5, float64(c.R))
		number(6, float64(c.F))
		number(7, float64(c.M))
	}
	return v
}

// makes reports whether the model makes attributes of what subjects did.
func (m *Model) makes() bool { return len(m.purchases) > 0 || m.value != nil || m.products != nil }

// segments are the names of the segments of a score by purchases, nil for another.
func (m *Model) segments(score int) []string {
	for i := range m.purchases {
		if p := &m.purchases[i]; p.score == score {
			return p.segmenter.Names()
		}
	}
	return nil
}

// Segments are the segments that a derived attribute such as value_segment can name, nil for any other name.
func (m *Model) Segments(attribute string) []string {
	for i := range m.purchases {
		if m.scores[m.purchases[i].score].name+"_segment" == attribute {
			return m.segments(m.purchases[i].score)
		}
	}
	if attribute == NextProduct && m.products != nil {
		return m.products.spec.Of
	}
	return nil
}

// customers fills in what every score by purchases knows of the subject, and the attributes made of it.
func (m *Model) customers(w *scratch, r *Result) {
	for i := range m.purchases {
		p := &m.purchases[i]
		if m.scores[p.score].scope.of(w) != yes {
			r.Buyers = append(r.Buyers, Buyer{Score: p.score, Outside: true})
			continue
		}
		c := p.customer(&w.bought, &w.facts)
		if c.Buys && p.cuts != nil {
			c.Placed = true
			c.R, c.F, c.M = p.cuts.Score(c.place())
			c.Segment = p.segmenter.Segment(c.R, c.F, c.M)
		}
		values := c.values()
		copy(w.padded[p.first:], values[:])
		r.Buyers = append(r.Buyers, c)
	}
	if v := m.products; v != nil {
		if r.NextProduct, r.NextRule = v.of(&w.facts); r.NextProduct != "" {
			w.padded[v.first] = Value{Type: Text, Str: r.NextProduct}
		}
	}
	if v := m.value; v != nil {
		r.Valued = v.of(&w.facts)
		values := r.Valued.values()
		copy(w.padded[v.first:], values[:])
	}
}

// customer adds up the subject's purchases. Those without a date have no recency: they do not count.
func (p *compiledRFM) customer(bought *rfm.Purchases, f *facts) Buyer {
	bought.Reset()
	for i := range f.events {
		if e := &f.events[i]; e.Kind == p.kind && !e.Undated() {
			bought.Add(e.At, e.times(), e.Amount, f.now)
		}
	}
	c := Buyer{Score: p.score}
	if k, ok := bought.Customer(f.now, p.days); ok {
		c.Buys, c.Days, c.Purchases, c.Total, c.Last = true, int(k.Recency), int(k.Frequency), k.Monetary, bought.Last()
		c.Priceless = int(bought.Priceless())
	}
	return c
}

func (c *Buyer) place() rfm.Customer {
	return rfm.Customer{Recency: float64(c.Days), Frequency: float64(c.Purchases), Monetary: c.Total}
}

// scorePurchases computes score i, a score by purchases: its ceiling times the places of the customer, as a share of all
// there are. Someone who never bought anything has 0 and no places. Before the first fit nothing is known.
func (m *Model) scorePurchases(i int, r *Result) {
	s := &m.scores[i]
	at := slices.IndexFunc(r.Buyers, func(c Buyer) bool { return c.Score == i })
	c, p := &r.Buyers[at], &m.purchases[at]
	if p.cuts == nil || !c.Buys {
		r.Scores = append(r.Scores, Score{Known: p.cuts != nil})
		return
	}
	var reached, told Points
	for measure, place := range [3]int{c.R, c.F, c.M} {
		if p.bins[measure] < 2 {
			continue
		}
		reached += Points(place)
		sum := (2*s.max*reached + p.whole) / (2 * p.whole) // rounded, so that the lines add up to what is rounded once
		line := Line{Kind: Earned, Score: uint16(i), Criterion: uint16(measure), Points: sum - told, Full: sum - told, Last: c.Last}
		told = sum
		r.Lines = append(r.Lines, line)
	}
	r.Scores = append(r.Scores, Score{Points: told, Known: true})
}
