package clv

import (
	"fmt"
	"math"
)

// Horizons and terms beyond these are refused.
const (
	MostHorizon = MostWeeks // ahead
	MostMonths  = 240
)

// WeeksPerMonth is the mean length of a month of value: a year of 52 weeks. Other programs use 4.345, which gives a
// little more.
const WeeksPerMonth = 52.0 / 12

// Alive is the chance that a customer has not left for good. Its complement is the churn risk.
func (m *Model) Alive(h History) (float64, error) {
	if err := m.ready(h); err != nil {
		return 0, err
	}
	return m.Buying.alive(h), nil
}

// Expected is how many purchases a customer is expected to make within some weeks, whether still a customer or not.
func (m *Model) Expected(h History, weeks float64) (float64, error) {
	if err := m.ready(h); err != nil {
		return 0, err
	}
	if err := checkHorizon(weeks); err != nil {
		return 0, err
	}
	return m.expected(h, weeks)
}

// ExpectedNew is how many repeat purchases somebody is expected to make within some weeks of the first purchase.
func (m *Model) ExpectedNew(weeks float64) (float64, error) { return m.Expected(History{}, weeks) }

// Next is when a customer buys next.
type Next struct {
	Chance float64 // that they buy at least once within the horizon
	Median float64 // weeks until half of such customers have, while they are customers; at most MostWeeks
	// Mean is the expected time in weeks while they are customers; 0 when it is infinite, as for those who hardly ever
	// buy (r+x ≤ 1): the median says more.
	Mean float64
}

// Next is when a customer buys next, with the chance within a horizon in weeks. Median and mean hold for a customer who
// has not left: the rate of buying of such a customer is gamma distributed with shape r+x and rate alpha+T, so that the
// time is Lomax distributed. Under Pareto/NBD they leave aside that the customer may leave in between; Chance does not.
func (m *Model) Next(h History, weeks float64) (Next, error) {
	if err := m.ready(h); err != nil {
		return Next{}, err
	}
	if err := checkHorizon(weeks); err != nil {
		return Next{}, err
	}
	shape, rate := m.Buying.rate(h)
	n := Next{Chance: m.Buying.again(h, weeks), Median: min(MostWeeks, rate*math.Expm1(min(math.Ln2/shape, 600)))}
	if shape > 1 {
		n.Mean = rate / (shape - 1)
	}
	return n, nil
}

// Terms are what a value is worked out for.
type Terms struct {
	Months   int     // the horizon: 1 to MostMonths
	Discount float64 // a month, as a share: 0.01 is 1 %; see Monthly
	Margin   float64 // share of an amount that is earned; 0 stands for 1: revenue
}

// Monthly is the discount of a month that makes up a discount of a year.
func Monthly(yearly float64) float64 { return math.Expm1(math.Log1p(max(yearly, 0)) / 12) }

func (t Terms) check() error {
	bad := func(where, what, do string) error { return refuse(BadQuestion, where, what, do) }
	switch {
	case t.Months < 1 || t.Months > MostMonths:
		return bad("months", fmt.Sprintf("a horizon of %d months is not between 1 and %d", t.Months, MostMonths), "12 to 36 are usual")
	case !(t.Discount >= 0 && t.Discount <= 1):
		return bad("discount", fmt.Sprintf("a discount of %g a month is not between 0 and 1", t.Discount), "0.01 is 1 % a month, about 12.7 % a year")
	case !(t.Margin >= 0 && t.Margin <= 1):
		return bad("margin", fmt.Sprintf("a margin of %g is not between 0 and 1", t.Margin), "0.3 is 30 %; leave it out for revenue")
	}
	return nil
}

// Value is what a customer is expected to bring over the horizon, in the currency of the amounts: expected purchases
// month by month, each worth the expected amount, discounted from the end of its month.
func (m *Model) Value(h History, t Terms) (float64, error) { return m.value(h, t, WeeksPerMonth) }

func (m *Model) value(h History, t Terms, month float64) (float64, error) {
	if err := m.ready(h); err != nil {
		return 0, err
	}
	if err := t.check(); err != nil {
		return 0, err
	}
	amount, err := m.Amount(h)
	if err != nil {
		return 0, err
	}
	var before, sum float64
	for k := 1; k <= t.Months; k++ {
		n, err := m.expected(h, float64(k)*month)
		if err != nil {
			return 0, err
		}
		sum += (n - before) / math.Pow(1+t.Discount, float64(k))
		before = n
	}
	if t.Margin > 0 {
		amount *= t.Margin
	}
	return max(0, sum) * amount, nil
}

// Amount is what the next purchase of a customer is expected to come to. Without a model of spending it is refused with
// the reason.
func (m *Model) Amount(h History) (float64, error) {
	if m.Spending == nil {
		f, ok := m.Why(TooFew, AllTheSame, Correlated, HeavyTail, NoVariation, NotConverged)
		if !ok {
			f = Finding{NoSpending, "amounts", "the model has no part for amounts", "fit it to purchases with amounts"}
		}
		return 0, &Refusal{[]Finding{f}}
	}
	return m.Spending.Of(h)
}

func (m *Model) ready(h History) error {
	if err := m.Check(); err != nil {
		return err
	}
	return h.Check()
}

func (m *Model) expected(h History, weeks float64) (float64, error) {
	n, ok := m.Buying.expected(h, weeks)
	if !ok || !finite(n) {
		return 0, refuse(BadQuestion, "horizon", fmt.Sprintf("purchases within %g weeks cannot be worked out under these parameters", weeks), "ask for a shorter horizon")
	}
	return n, nil
}

func checkHorizon(weeks float64) error {
	if !(weeks >= 0 && weeks <= MostHorizon) {
		return refuse(BadQuestion, "horizon", fmt.Sprintf("%g weeks are not between 0 and %d", weeks, MostHorizon), "ask for 13, 26 or 52 weeks")
	}
	return nil
}
