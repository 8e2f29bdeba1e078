package scoring

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bareme/bareme/learning/nextproduct"
)

// ProductsSpec has the likely next product learnt from what people with the same purchases bought next. It makes
// next_product, the name of the kind of activity that is its purchase: an attribute that conditions may ask for and that
// can be written.
type ProductsSpec struct {
	Path string   `json:"-"`
	Of   []string // kinds of activity, each the purchase of one product
	Days int      // the window after a purchase in which the next one counts
}

// ProductsFit names, as Fit.Score, what is learnt for the next product: no score can have this name.
const ProductsFit = "next product"

// NextProduct is the attribute a ProductsSpec makes.
const NextProduct = "next_product"

// productPlaces are those on which a fit is judged: three, fewer where that would be most of the products.
func (v *ProductsSpec) productPlaces() int {
	const usual, share = 3, 3
	return min(usual, max(1, len(v.Of)/share))
}

type compiledProducts struct {
	spec   *ProductsSpec
	kinds  []uint16 // by product
	first  int      // slot of its attribute
	fitted bool     // it was tried
	model  *nextproduct.Model
}

func (s Spec) products() []Attribute {
	if s.Products == nil {
		return nil
	}
	return []Attribute{{NextProduct, Text}}
}

func (c *compiler) products(spec Spec) {
	v := spec.Products
	if v == nil {
		return
	}
	out := &compiledProducts{spec: v, first: len(c.schema.Attributes) - len(spec.valued()) - len(spec.products()), kinds: c.kinds(v.Path+".of", v.Of)}
	if len(v.Of) < 2 {
		c.problems.add(v.Path+".of", "one product is followed by no other", "name the kinds of activity that are purchases, one for each product")
	}
	if slices.ContainsFunc(c.model.schema.Attributes, func(b Attribute) bool { return b.Name == NextProduct }) {
		c.problems.add(v.Path, fmt.Sprintf("the attribute %q is also made by next_product", NextProduct), "rename the attribute")
	}
	if slices.ContainsFunc(spec.Scores, func(s ScoreSpec) bool { return s.Name == NextProduct }) {
		c.problems.add(v.Path, fmt.Sprintf("the score %q has the name of something next_product makes", NextProduct), "rename the score")
	}
	c.model.products = out
}

// rules names what decides what is learnt.
func (v *ProductsSpec) rules() string {
	text, err := json.Marshal([]any{"products 1", v.Of, v.Days})
	if err != nil {
		return "" // cannot happen: these are texts and a number
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6])
}

// bought appends what the subject has bought by now.
func (v *compiledProducts) bought(list []nextproduct.Purchase, person string, events []Event, now int64) []nextproduct.Purchase {
	for i := range events {
		e := &events[i]
		at := slices.Index(v.kinds, e.Kind)
		if at < 0 || e.Undated() || e.At > now {
			continue
		}
		list = append(list, nextproduct.Purchase{Person: person, Product: v.spec.Of[at], At: e.Time()})
	}
	return list
}

// of is the likely next product of a subject with the rule that speaks for it; "" where there is none.
func (v *compiledProducts) of(f *facts) (product string, why nextproduct.Rule) {
	if v.model == nil {
		return "", why
	}
	list := v.bought(nil, "1", f.events, f.now)
	if len(list) == 0 {
		return "", why
	}
	found, _ := v.model.Suggest(list, time.UnixMilli(f.now).UTC(), 1)
	if len(found) == 0 {
		return "", why
	}
	return found[0].Product, found[0].Rule
}

// fit learns from purchases. It is judged on what came after a cut, and what does not beat the most bought products is
// refused; a refusal is kept with its words, and nothing is suggested.
func (v *compiledProducts) fit(people *lot[[]nextproduct.Purchase], now time.Time) Fit {
	out := Fit{Score: ProductsFit, At: now, Rules: v.spec.rules(), Customers: people.Seen, Sample: people.sample()}
	var purchases []nextproduct.Purchase
	for i, list := range people.Items {
		for _, p := range list {
			p.Person = personName(i)
			purchases = append(purchases, p)
		}
	}
	options := nextproduct.Options{Days: v.spec.Days}
	judged, err := nextproduct.Evaluate(purchases, now.AddDate(0, 0, -v.spec.Days), options, v.spec.productPlaces())
	switch {
	case err != nil:
		out.Refused = err.Error()
		return out
	case !judged.Convincing():
		out.Refused = "suggestions do not surely beat the most bought products: " + judged.String()
		return out
	}
	m, err := nextproduct.Fit(purchases, now, options)
	if err != nil {
		out.Refused = err.Error()
		return out
	}
	out.Products, out.Judged = m, judged.String()
	return out
}

func (v *compiledProducts) use(f Fit) (bool, error) {
	if v == nil || f.Rules != v.spec.rules() {
		return false, nil
	}
	if f.Products == nil && f.Refused == "" {
		return false, errors.New("what was learnt is not whole")
	}
	v.fitted, v.model = true, f.Products
	return true, nil
}

// remarkProduct tells the next product with its rule.
func (m *Model) remarkProduct(r *Result, w phrases, remark func(string)) {
	if r.NextProduct != "" {
		remark(w.nextProduct(r.NextRule, m.products.model.Days))
	}
}

func (english) nextProduct(r nextproduct.Rule, days int) string {
	return "likely to buy next: " + r.Product + " (" + r.Words(days) + ")"
}

func (w french) nextProduct(r nextproduct.Rule, days int) string {
	why := fmt.Sprintf("%d sur %d l'ont acheté %s après un produit quelconque", r.Bought, r.Of, w.within(days))
	if r.After != "" {
		lift := strings.Replace(strconv.FormatFloat(r.Lift(), 'f', 1, 64), ".", w.mark(), 1)
		why = fmt.Sprintf("%d acheteurs de %s sur %d l'ont acheté %s, %s fois plus souvent qu'après un produit quelconque", r.Bought, r.After, r.Of, w.within(days), lift)
	}
	return "prochain achat probable" + w.colon() + r.Product + " (" + why + ")"
}

func (french) within(days int) string {
	switch {
	case days == 1:
		return "dans la journée"
	case days == 365, days == 366:
		return "dans l'année"
	case days%365 == 0:
		return fmt.Sprintf("dans les %d ans", days/365)
	}
	return fmt.Sprintf("dans les %d jours", days)
}

func personName(n int) string { return strconv.Itoa(n) }
