package scoring

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/bareme/bareme/learning/clv"
)

// ValueSpec has churn risk and value learnt from purchases. It makes churn_risk (percent), expected_purchases and
// expected_value over the horizon, of everybody who has bought: attributes that conditions may ask for and that can be
// written.
type ValueSpec struct {
	Path     string   `json:"-"`
	Activity string   // the kind of activity that is a purchase
	Process  clv.Kind // of buying and leaving
	Months   int      // the horizon
	Discount float64  // a year, as a share
	Margin   float64  // share of an amount that is earned; 0: all
}

// Process is a process of buying and leaving.
type Process = clv.Kind

// DefaultProcess is the one that knows risk of those who bought once.
const DefaultProcess = clv.MBG

// Processes lists them.
func Processes() []Process { return clv.Kinds() }

// ValueFit names, as Fit.Score, what is learnt for churn risk and value: no score can have this name.
const ValueFit = "churn risk and value"

// The attributes a ValueSpec makes.
const (
	ChurnRisk         = "churn_risk"
	ExpectedPurchases = "expected_purchases"
	ExpectedValue     = "expected_value"
)

// Valued is what is learnt of one customer. The zero Valued is somebody who has not bought, or nothing is learnt yet.
type Valued struct {
	Known     bool
	Risk      float64 // that they have left, in whole percent
	Purchases float64 // expected within the horizon
	Value     float64 // of these, in the currency of the purchases; NaN: not known
	Days      int     // with a purchase
	Last      int64   // Unix milliseconds
}

type compiledValue struct {
	spec   *ValueSpec
	kind   uint16
	first  int        // slot of its first attribute
	fitted bool       // it was tried
	model  *clv.Model // nil: not learnt, or refused
	terms  clv.Terms
}

// valued names what a spec's value makes.
func (s Spec) valued() []Attribute {
	if s.Value == nil {
		return nil
	}
	return []Attribute{{ChurnRisk, Number}, {ExpectedPurchases, Number}, {ExpectedValue, Number}}
}

// made is everything conditions may ask for beside the mapping.
func (s Spec) made() []Attribute { return append(append(s.bought(), s.products()...), s.valued()...) }

func (c *compiler) value(spec Spec) {
	v := spec.Value
	if v == nil {
		return
	}
	out := &compiledValue{spec: v, first: len(c.schema.Attributes) - len(spec.valued()), terms: v.terms()}
	if kinds := c.kinds(v.Path+".activity", []string{v.Activity}); len(kinds) > 0 {
		out.kind = kinds[0]
	}
	if !slices.Contains(clv.Kinds(), v.Process) {
		c.problems.add(v.Path+".process", fmt.Sprintf("there is no process %q", v.Process), "write mbg/nbd")
	}
	for _, a := range spec.valued() {
		if slices.ContainsFunc(c.model.schema.Attributes, func(b Attribute) bool { return a.Name == b.Name }) {
			c.problems.add(v.Path, fmt.Sprintf("the attribute %q is also made by value", a.Name), "rename the attribute")
		}
		if slices.ContainsFunc(spec.Scores, func(s ScoreSpec) bool { return s.Name == a.Name }) {
			c.problems.add(v.Path, fmt.Sprintf("the score %q has the name of something value makes", a.Name), "rename the score")
		}
	}
	c.model.value = out
}

func (v *ValueSpec) terms() clv.Terms {
	return clv.Terms{Months: v.Months, Discount: clv.Monthly(v.Discount), Margin: v.Margin}
}

// rules names what decides what is learnt.
func (v *ValueSpec) rules() string {
	text, err := json.Marshal([]any{"value 1", v.Activity, v.Process})
	if err != nil {
		return "" // cannot happen: these are texts
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6])
}

// history is the customer the subject is; false when nothing dated was bought by now.
func (v *compiledValue) history(f *facts) (clv.Gathered, bool) {
	var list []clv.Purchase
	for i := range f.events {
		e := &f.events[i]
		if e.Kind != v.kind || e.Undated() || e.At > f.now {
			continue
		}
		list = append(list, clv.Purchase{At: e.Time(), Amount: exact(e.Amount)})
	}
	if len(list) == 0 {
		return clv.Gathered{}, false
	}
	g, err := clv.Gather(list, time.UnixMilli(f.now).UTC())
	return g, err == nil
}

// exact is an amount in hundredths; none where it is not known, or too large to be money.
func exact(amount float64) clv.Amount {
	const most = 1e15
	if !finite(amount) || math.Abs(amount) > most {
		return clv.Amount{}
	}
	return clv.Amount{Units: int64(math.Round(amount * 100)), Decimals: 2, Currency: "XXX"} // the activity has one currency
}

// of is what is learnt of a subject.
func (v *compiledValue) of(f *facts) (out Valued) {
	if v.model == nil {
		return out
	}
	g, ok := v.history(f)
	if !ok {
		return out
	}
	alive, err := v.model.Alive(g.History)
	if err != nil {
		return out
	}
	purchases, err := v.model.Expected(g.History, float64(v.spec.Months)*clv.WeeksPerMonth)
	if err != nil {
		return out
	}
	out = Valued{Known: true, Risk: math.Round(100 * (1 - alive)), Purchases: threeDigits(purchases), Value: math.NaN(), Days: g.Days, Last: g.Last.UnixMilli()}
	if v.model.Spending != nil {
		if value, err := v.model.Value(g.History, v.terms); err == nil {
			out.Value = threeDigits(value)
		}
	}
	return out
}

// threeDigits keeps three significant digits: more would move each day, and are not known.
func threeDigits(x float64) float64 {
	if x == 0 || !finite(x) {
		return x
	}
	scale := math.Pow(10, 2-math.Floor(math.Log10(math.Abs(x))))
	if !finite(scale) || scale == 0 {
		return 0
	}
	return math.Round(x*scale) / scale
}

// values are the attributes of one customer.
func (c *Valued) values() [3]Value {
	var v [3]Value
	if !c.Known {
		return v
	}
	v[0], v[1] = Value{Type: Number, Num: c.Risk}, Value{Type: Number, Num: c.Purchases}
	if finite(c.Value) {
		v[2] = Value{Type: Number, Num: c.Value}
	}
	return v
}

// fit learns from customers. A refusal is an answer too: it is kept with its words, and the attributes stay unknown.
func (v *compiledValue) fit(customers *lot[clv.History], now time.Time) Fit {
	out := Fit{Score: ValueFit, At: now, Rules: v.spec.rules(), Customers: customers.Seen, Sample: customers.sample()}
	m, err := clv.Fit(customers.Items, v.spec.Process)
	if err != nil {
		out.Refused = err.Error()
		return out
	}
	out.Value = m
	return out
}

// use takes what was learnt into the model; false when it was learnt by other rules.
func (v *compiledValue) use(f Fit) (bool, error) {
	if v == nil || f.Rules != v.spec.rules() {
		return false, nil
	}
	if f.Value == nil && f.Refused == "" {
		return false, errors.New("what was learnt is not whole")
	}
	v.fitted, v.model = true, f.Value
	return true, nil
}

// remarkValue tells churn risk and value with what they rest on.
func (m *Model) remarkValue(r *Result, w phrases, lang string, remark func(string)) {
	if c := &r.Valued; c.Known {
		word := "churn risk"
		if lang == "fr" {
			word = "risque d'attrition"
		}
		remark(fmt.Sprintf("%s%s%.0f %% (%s; %s)", word, w.colon(), c.Risk, w.purchases(c.Days, true), w.lastPurchase(c.Last)))
	}
}
