package modelfile

import (
	"slices"

	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/nearest"
	"github.com/bareme/bareme/scoring"
)

// Learn says what is learnt from the history of the people. It decides nothing that records show, so the file's Hash
// leaves it aside.
type Learn struct {
	Score      string           // that is proposed
	Activity   string           // the outcome, or
	When       string           // a condition that tells it
	Within     scoring.Duration // the time people are given
	Start      string           // the attribute with the date people came; "": their first activity
	After      scoring.Duration // how long after it they are looked at
	Attributes []string         // to learn from; nil: all
	Activities []string         // nil: all but the outcome
	Fixed      []string         // attributes that do not change
	Allow      []string
	HeldOut    float64 // a share, 0 to 1
	Points     int
	Short      int // the most criteria; 0: any number
}

// The defaults of learn.
const (
	defaultLearnt       = "learnt"
	defaultLearnAfter   = 14 * scoring.Duration(day)
	defaultLearnWithin  = 90 * scoring.Duration(day)
	defaultLearnHeldOut = 0.3
	defaultLearnPoints  = 100
)

// NewLearn is what is learnt where the file says nothing but the outcome.
func NewLearn() *Learn {
	return &Learn{Score: defaultLearnt, Within: defaultLearnWithin, After: defaultLearnAfter, HeldOut: defaultLearnHeldOut, Points: defaultLearnPoints}
}

func (b *builder) learn(f *File, n *node) {
	if n == nil {
		return
	}
	l := NewLearn()
	outcome := n.get("outcome")
	l.Activity, l.When = textOf(outcome.get("activity")), textOf(outcome.get("when"))
	l.Start, l.Attributes, l.Activities = textOf(n.get("start")), textsOf(n.get("attributes")), textsOf(n.get("activities"))
	l.Fixed, l.Allow = textsOf(n.get("fixed")), textsOf(n.get("allow"))
	l.Short = wholeOf(textOf(n.get("short")))
	for key, target := range map[string]*scoring.Duration{"after": &l.After} {
		if v := n.get(key); v != nil {
			*target = durationOf(v)
		}
	}
	if v := outcome.get("within"); v != nil {
		l.Within = durationOf(v)
	}
	if v := n.get("score"); v != nil {
		l.Score = v.text
	}
	if v := n.get("held_out"); v != nil {
		l.HeldOut = percentOf(v) / 100
	}
	if v := n.get("points"); v != nil {
		l.Points = wholeOf(v.text)
	}
	b.learnable(f, l, n)
	f.Learn = l
}

// learnable checks the names.
func (b *builder) learnable(f *File, l *Learn, n *node) {
	outcome := n.get("outcome")
	switch {
	case l.Activity == "" && l.When == "":
		b.add(outcome.span(b.src), "outcome does not say what counts as converted", "Add activity: and a kind of activity, or when: and a condition.")
	case l.Activity != "" && l.When != "":
		b.add(outcome.get("when").span(b.src), "outcome has both activity and when", "Keep one of them.")
	}
	if slices.Contains(writeKeys(), l.Score) {
		b.add(n.get("score").span(b.src), "a score cannot be called "+quote(l.Score), "That name means something else under write: choose another, such as learnt.")
	}
	if l.HeldOut < 0.1 || l.HeldOut > 0.5 {
		b.add(n.get("held_out").span(b.src), "held_out must be from 10% to 50%", "With less there is nothing to judge on, with more little to learn from.")
	}
	var attributes, activities []string
	for _, a := range f.Mapping.Attributes {
		attributes = append(attributes, a.Name)
	}
	for _, a := range f.Mapping.Activities {
		activities = append(activities, a.Name)
	}
	b.named(outcome.get("activity"), attributesOf(l.Activity), activities, "activity")
	b.named(n.get("start"), attributesOf(l.Start), attributes, "attribute")
	b.named(n.get("attributes"), l.Attributes, attributes, "attribute")
	b.named(n.get("fixed"), l.Fixed, attributes, "attribute")
	b.named(n.get("activities"), l.Activities, activities, "activity")
}

func attributesOf(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}

// named checks that names are known.
func (b *builder) named(at *node, names, known []string, one string) {
	for _, name := range names {
		if slices.Contains(known, name) {
			continue
		}
		hint := "Map it first, under people."
		if near := nearest.Name(name, known); near != "" {
			hint = "Did you mean " + quote(near) + "?"
		}
		b.add(at.span(b.src), "learn: unknown "+one+" "+quote(name), hint)
	}
}

// checkLearn checks what takes the compiled model: the outcome's condition, and that the start is a date.
func (f *File) checkLearn() error {
	l := f.Learn
	if l == nil {
		return nil
	}
	var problems []scoring.Problem
	ask := func(path, source string, want scoring.Type, hint string) {
		if source == "" {
			return
		}
		q, found := f.Model.Questions([]string{source})
		for _, p := range found {
			p.Path = path
			problems = append(problems, p)
		}
		if len(found) == 0 && q.Type(0) != want {
			problems = append(problems, scoring.Problem{Path: path, Message: quote(source) + " is of another type", Hint: hint})
		}
	}
	ask("$.learn.outcome.when", l.When, scoring.Bool, "write a condition, such as customer or stage == \"won\"")
	ask("$.learn.start", l.Start, scoring.Date, "name an attribute with type: date")
	return f.Locate(problems)
}

func probability(n *node) *scoring.ProbabilitySpec {
	if n == nil {
		return nil
	}
	return &scoring.ProbabilitySpec{Intercept: numberOf(n.get("intercept")), Slope: numberOf(n.get("slope"))}
}

// value reads what is learnt of purchases.
func (b *builder) value(root *node) *scoring.ValueSpec {
	n := root.get("value")
	if n == nil {
		return nil
	}
	v := &scoring.ValueSpec{Path: "$.value", Activity: textOf(n.get("activity")), Process: scoring.DefaultProcess, Months: defaultMonths}
	if p := n.get("process"); p != nil {
		v.Process = scoring.Process(p.text)
	}
	if m := n.get("months"); m != nil {
		v.Months = wholeOf(m.text)
	}
	v.Discount = percentOf(n.get("discount")) / 100
	if m := n.get("margin"); m != nil {
		if v.Margin = percentOf(m) / 100; v.Margin == 0 {
			b.add(m.span(b.src), "a margin of nothing makes every value nothing", "Write the share that is earned, such as 30%, or remove it.")
		}
	}
	return v
}

const defaultMonths = 12

// products reads how the next product is learnt.
func (b *builder) products(p *Part, n *node) {
	if n == nil {
		return
	}
	spec := &scoring.ProductsSpec{Path: "$.next_product", Of: textsOf(n.get("of")), Days: defaultProductDays}
	if d := n.get("days"); d != nil {
		spec.Days = wholeOf(d.text)
	}
	switch {
	case n.get("of") != nil && (n.get("activity") != nil || n.get("by") != nil || n.get("products") != nil):
		b.add(n.span(b.src), "the products are told in two ways", "Keep of, a kind of activity for each product, or activity, by and products, a field of one kind.")
		return
	case n.get("of") == nil && (n.get("activity") == nil || n.get("by") == nil || n.get("products") == nil):
		b.add(n.span(b.src), "nothing says which products there are", "Write of: [bought_printer, bought_ink], or all of activity: purchase, by: product_name and products: {printer: Printer, ink: Ink}.")
		return
	case n.get("of") == nil:
		spec.Of = b.parted(&p.Mapping, n)
	}
	p.Scoring.Products = spec
}

// parted makes a kind of activity for each product of one kind that has a field with the product, and names them.
func (b *builder) parted(s *mapping.Spec, n *node) []string {
	activity, by := n.get("activity"), textOf(n.get("by"))
	at := slices.IndexFunc(s.Activities, func(a mapping.ActivitySpec) bool { return a.Name == activity.text })
	if at < 0 {
		b.add(activity.span(b.src), "there is no activity "+quote(activity.text), "Map it under people.activity.")
		return nil
	}
	whole := s.Activities[at]
	if whole.From == mapping.Counter {
		b.add(activity.span(b.src), quote(activity.text)+" is a counter: the CRM does not keep which product each was", "Name an activity that is read one by one, such as deals, orders or forms.")
		return nil
	}
	var names []string
	for _, e := range n.get("products").entries {
		product := whole
		product.Name, product.Path = e.key.text, child("$.next_product.products", e.key.text)
		product.When = append(slices.Clone(whole.When), mapping.Condition{Field: by, In: textsOf(e.value)})
		product.Amount, product.Currency, product.CurrencyFrom = "", "", "" // counted once, with the whole
		names, s.Activities = append(names, product.Name), append(s.Activities, product)
	}
	return names
}

const defaultProductDays = 365
