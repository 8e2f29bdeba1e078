package scoring

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"time"

	"github.com/bareme/bareme/learning/clv"
	"github.com/bareme/bareme/learning/nextproduct"
	"github.com/bareme/bareme/scoring/rfm"
)

// Fitter learns from a population, subject by subject: of at most 131,072 customers, a few numbers are kept for each score.
// Of more, those are a sample that depends on who the customers are, and not on their order.
type Fitter struct {
	m      *Model
	now    time.Time
	most   int // customers
	result Result
	met    customers
}

// customers are those a model learns from, of a population or a part of one.
type customers struct {
	People    []lot[rfm.Customer] // by score by purchases
	Priceless []int
	Valued    lot[clv.History]            // for ValueSpec
	Sold      lot[[]nextproduct.Purchase] // for ProductsSpec, by customer
}

// Fitter begins to learn, as of now.
func (m *Model) Fitter(now time.Time) *Fitter {
	n := len(m.purchases)
	return &Fitter{m: m, now: now.UTC(), most: mostLearnt, met: customers{People: make([]lot[rfm.Customer], n), Priceless: make([]int, n)}}
}

// Add takes in one subject. Those who never bought anything are not customers and are left out, as are those a score is
// not made for and those who are ignored. draw is a number drawn evenly for the subject, the same each time, such as a hash
// of its id: it decides who is learnt from where customers are too many.
func (f *Fitter) Add(draw uint64, s *Subject) {
	f.m.Score(s, f.now, &f.result)
	for i := range f.result.Buyers {
		if c := &f.result.Buyers[i]; c.Buys {
			f.met.People[i].add(draw, c.place(), f.most)
			f.met.Priceless[i] += c.Priceless
		}
	}
	if v := f.m.value; v != nil && !f.result.Ignored && !f.result.Outside {
		if g, ok := v.history(&facts{events: s.Events, now: f.now.UnixMilli()}); ok {
			f.met.Valued.add(draw, g.History, f.most)
		}
	}
	if v := f.m.products; v != nil && !f.result.Ignored && !f.result.Outside {
		if list := v.bought(nil, "", s.Events, f.now.UnixMilli()); len(list) > 0 {
			f.met.Sold.add(draw, list, f.most)
		}
	}
}

// MarshalBinary is what the fitter has taken in, for the Merge of another: what it says of a customer, without who that is.
func (f *Fitter) MarshalBinary() ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(taken{f.m.unlearnt(), f.now, f.met})
	return b.Bytes(), err
}

// taken is what one fitter tells another.
type taken struct {
	Model string
	Now   time.Time
	Met   customers
}

// Merge takes in what another fitter of the same model, as of the same moment, has: what both learn together is what one
// would that was given all their subjects, in this order.
func (f *Fitter) Merge(marshalled []byte) error {
	var t taken
	if err := gob.NewDecoder(bytes.NewReader(marshalled)).Decode(&t); err != nil {
		return fmt.Errorf("what was learnt of a part cannot be read: %w", err)
	}
	if t.Model != f.m.unlearnt() || !t.Now.Equal(f.now) {
		return errors.New("what was learnt of a part is of another model, or of another moment")
	}
	met := &t.Met
	if n := len(f.m.purchases); len(met.People) != n || len(met.Priceless) != n || !met.whole() {
		return errors.New("what was learnt of a part is not whole")
	}
	for i := range met.People {
		f.met.People[i].merge(&met.People[i], f.most)
		f.met.Priceless[i] += met.Priceless[i]
	}
	f.met.Valued.merge(&met.Valued, f.most)
	f.met.Sold.merge(&met.Sold, f.most)
	return nil
}

func (c *customers) whole() bool {
	for i := range c.People {
		if !c.People[i].whole() {
			return false
		}
	}
	return c.Valued.whole() && c.Sold.whole()
}

// Fit learns the cut points of every score and counts the segments. Scores that cannot be fitted are errors, which say
// which and why; the others are fitted all the same.
func (f *Fitter) Fit() ([]Fit, error) {
	var fits []Fit
	var failed error
	for i := range f.m.purchases {
		p := &f.m.purchases[i]
		name := f.m.scores[p.score].name
		customers := &f.met.People[i]
		cuts, err := rfm.Fit(customers.Items, p.spec.places())
		if errors.Is(err, rfm.ErrNobody) {
			err = fmt.Errorf("%w: nobody has a dated %s", err, p.spec.Activity)
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("score %s: %w", name, err))
			continue
		}
		fits = append(fits, Fit{
			Score: name, At: f.now, Rules: p.spec.rules(), Cuts: cuts, Customers: customers.Seen, Sample: customers.sample(),
			Priceless: f.met.Priceless[i], Segments: p.count(&cuts, customers),
		})
	}
	if v := f.m.value; v != nil {
		fits = append(fits, v.fit(&f.met.Valued, f.now))
	}
	if v := f.m.products; v != nil {
		fits = append(fits, v.fit(&f.met.Sold, f.now))
	}
	return fits, failed
}
