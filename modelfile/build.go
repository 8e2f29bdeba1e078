package modelfile

import (
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/nearest"
	"github.com/bareme/bareme/scoring"
)

// builder turns a checked tree into specs. It may rely on the shapes: every value has its kind, and only what depends on
// several values at once is still to be checked.
type builder struct {
	checker
	read func(string) ([]byte, error)
}

// The defaults of the file.
const (
	defaultIdentity   = "email"
	defaultMinChange  = 1
	defaultMaxChanged = 0.30
	defaultSync       = "*/15 * * * *"
	defaultRescore    = "0 3 * * *"
	defaultTrendOver  = 7 * scoring.Duration(day)
	defaultTrendMove  = 5
	defaultMax        = 100
)

func (b *builder) file(f *File, root *node) {
	connections(f, root.get("connections"))
	b.part(&f.Part, root)
	b.writes(&f.Part, root.get("write"), "people")
	b.limits(f, root.get("write"))
	scaled(&f.Part, root, root.get("write"))
	f.Limits.MinChange = f.leastChange(root.get("write"))
	b.companies(f, root)
	b.alerts(f, root.get("alerts"))
	b.schedule(&f.Schedule, root.get("schedule"))
	b.learn(f, root.get("learn"))
}

// part reads how one kind of record is mapped and scored.
func (b *builder) part(p *Part, root *node) {
	b.mapping(&p.Mapping, root)
	b.scoring(&p.Scoring, root)
	p.Scoring.Value = b.value(root)
	b.products(p, root.get("next_product"))
	b.results(p, root)
	b.priced(root, p.Scoring.Scores)
}

func connections(f *File, n *node) {
	for _, item := range n.items {
		f.Connections = append(f.Connections, Connection{Name: textOf(item.get("name")), CRM: textOf(item.get("crm"))})
	}
}

func (b *builder) mapping(s *mapping.Spec, root *node) {
	b.identity(s, root)
	people := root.get("people")
	empty := textsOf(people.get("empty"))
	if n := people.get("attributes"); n != nil {
		for _, e := range n.entries {
			a := b.attribute(e)
			a.Empty = empty
			s.Attributes = append(s.Attributes, a)
		}
	}
	if n := people.get("activity"); n != nil {
		for _, e := range n.entries {
			s.Activities = append(s.Activities, b.activity(e))
		}
	}
	privacy := root.get("privacy")
	s.SkipIf, s.SkipSets = skipRules(privacy.get("skip_if"))
	s.Active = textsOf(privacy.get("active"))
	s.Override = override(root.get("override"))
	s.Rates = ratesOf(root.get("currencies"))
	s.Retain = durationOf(privacy.get("retain"))
	b.joinFields(s, root)
}

// ratesOf keeps the rates as they are written: they are decimals.
func ratesOf(n *node) *mapping.RatesSpec {
	if n == nil {
		return nil
	}
	r := &mapping.RatesSpec{AsOf: textOf(n.get("as_of")), Rates: map[string]string{}}
	for _, e := range entriesOf(n.get("rates")) {
		r.Rates[e.key.text] = e.value.text
	}
	return r
}

// attributeTypes are the names of types in the model file.
func attributeType(text string) scoring.Type {
	switch text {
	case "number":
		return scoring.Number
	case "text":
		return scoring.Text
	case "bool":
		return scoring.Bool
	case "date":
		return scoring.Date
	case "list":
		return scoring.List
	case "money":
		return scoring.Money
	default:
		return scoring.Unknown
	}
}

func (b *builder) attribute(e entry) mapping.AttributeSpec {
	n := e.value
	a := mapping.AttributeSpec{
		Name: e.key.text, Path: child("$.people.attributes", e.key.text),
		From: textsOf(n.get("from")), Type: attributeType(textOf(n.get("type"))), Transform: textOf(n.get("transform")),
		Currency: textOf(n.get("currency")), CurrencyFrom: textOf(n.get("currency_from")),
		Lookup: b.lookup(n.get("lookup")),
		FirstName: mapping.FirstNameSpec{
			Purpose: textOf(n.get("purpose")), Sex: textOf(n.get("sex")), Estimate: textOf(n.get("estimate")),
			MaxWidth: wholeOf(textOf(n.get("max_width"))), MinCount: wholeOf(textOf(n.get("min_count"))),
		},
	}
	if d := n.get("default"); d != nil {
		a.Default = &d.text
	}
	if of := n.get("roll_up"); of != nil {
		a.RollUp = &mapping.RollUpSpec{Of: of.text, How: textOf(n.get("how")), N: wholeOf(textOf(n.get("n"))), Cap: optional(n.get("cap")), When: textOf(n.get("when"))}
		return a
	}
	for _, key := range []string{"how", "n", "cap", "when"} { // keys of companies' attributes alone
		if stray := n.get(key); stray != nil {
			b.add(stray.span(b.src), quote(e.key.text)+": "+key+" only makes sense beside roll_up", "Remove it, or add roll_up: overall.")
		}
	}
	return a
}

func (b *builder) lookup(n *node) map[string]string {
	if n == nil {
		return nil
	}
	if n.kind == mapNode {
		out := make(map[string]string, len(n.entries))
		for _, e := range n.entries {
			out[e.key.text] = e.value.text
		}
		return out
	}
	const hint = "A lookup table is a CSV file beside the model file: the header from,to, then one pair per line."
	if b.read == nil {
		b.add(n.span(b.src), "lookup tables cannot be read here", "Write the pairs in the model file: lookup: {SOFTWARE: tech}.")
		return nil
	}
	data, err := b.read(n.text)
	if err != nil {
		message := "cannot be read"
		if errors.Is(err, fs.ErrNotExist) {
			message = "does not exist"
		}
		b.add(n.span(b.src), "the lookup table "+quote(n.text)+" "+message, hint)
		return nil
	}
	out, err := parseLookup(data)
	if err != nil {
		b.add(n.span(b.src), "the lookup table "+quote(n.text)+" cannot be used: "+err.Error(), hint)
	}
	return out
}

func (b *builder) activity(e entry) mapping.ActivitySpec {
	n := e.value
	return mapping.ActivitySpec{
		Name: e.key.text, Path: child("$.people.activity", e.key.text),
		From: textOf(n.get("from")), Count: textOf(n.get("count")), Last: textOf(n.get("last")),
		When: conditions(n.get("when")), Not: conditions(n.get("not")), Time: textOf(n.get("time")), Amount: textOf(n.get("amount")),
		Currency: textOf(n.get("currency")), CurrencyFrom: textOf(n.get("currency_from")),
	}
}

func conditions(n *node) []mapping.Condition {
	if n == nil {
		return nil
	}
	out := make([]mapping.Condition, 0, len(n.entries))
	for _, e := range n.entries {
		out = append(out, mapping.Condition{Field: e.key.text, In: textsOf(e.value)})
	}
	return out
}

// writeKeys are what can be written beside the scores by their names.
func writeKeys() []string {
	return []string{mapping.KeyScore, mapping.KeyGrade, mapping.KeyLabel, mapping.KeyReasons, mapping.KeyTrend, mapping.KeyScoredAt, mapping.KeyUnscored, mapping.KeyNext, mapping.KeyHistory, mapping.KeyChanges, mapping.KeyLifecycle, mapping.KeyRouting}
}

func (b *builder) writes(p *Part, n *node, object string) {
	w := &p.Mapping.Write
	w.Path, w.Language = "$.write.people", "en"
	if j := p.Mapping.Joined; j != nil {
		b.joinedWrites(p, n, object)
		return
	}
	if n == nil {
		return
	}
	b.target(p, w, n, n.get(object), object)
}

// target reads the fields one connection is shown scores in.
func (b *builder) target(p *Part, w *mapping.WriteSpec, n, fieldsOf *node, object string) {
	known := writeKeys()
	for _, s := range p.Scoring.Scores {
		known = append(known, s.Name)
	}
	w.Derived = p.Scoring.Derived()
	for _, a := range w.Derived {
		known = append(known, a.Name)
	}
	fields := map[string]string{}
	for _, e := range entriesOf(fieldsOf) {
		key, field := e.key.text, e.value.text
		if e.value.kind == mapNode {
			b.add(e.key.span(b.src), object+": "+quote(key)+" is no field", "Write one field for what is shown; fields by connection belong to a file with several connections.")
			continue
		}
		if !slices.Contains(known, key) {
			hint := "Known: " + listing(known) + "."
			if near := nearest.Name(key, known); near != "" {
				hint = "Did you mean " + quote(near) + "?"
			}
			b.add(e.key.span(b.src), object+": there is no "+quote(key)+" to write", hint)
		}
		if other, twice := fields[field]; twice {
			b.add(e.value.span(b.src), object+": the field "+quote(field)+" is written twice", "It already shows "+quote(other)+": choose another field.")
		}
		fields[field] = key
		w.Fields = append(w.Fields, mapping.WriteField{Key: key, Field: field})
	}
	if v := n.get("decimals"); v != nil {
		w.Decimals = int(numberOf(v))
	}
	if v := n.get("language"); v != nil {
		w.Language = v.text
	}
}

// limits keep runs from writing too little or too much.
func (b *builder) limits(f *File, n *node) {
	f.Limits = Limits{MinChange: defaultMinChange, MaxChanged: defaultMaxChanged}
	if v := n.get("max_changed"); v != nil {
		f.Limits.MaxChanged = percentOf(v) / 100
	}
}

func (b *builder) schedule(s *Schedule, n *node) {
	s.Sync, s.Rescore = defaultSync, defaultRescore
	for key, target := range map[string]*string{"sync": &s.Sync, "rescore": &s.Rescore, "reload": &s.Reload, "fit": &s.Fit} {
		if v := n.get(key); v != nil {
			*target = v.text
		}
	}
	zone := "UTC"
	if v := n.get("timezone"); v != nil {
		zone = v.text
	}
	s.TimeZone, _ = loadZone(zone) // checked with the shape
}

// textOf returns the text of a value, "" when it is not there.
func textOf(n *node) string {
	if n == nil {
		return ""
	}
	return n.text
}

func textsOf(n *node) []string {
	switch {
	case n == nil:
		return nil
	case n.kind != listNode:
		return []string{n.text}
	}
	out := make([]string, 0, len(n.items))
	for _, item := range n.items {
		out = append(out, item.text)
	}
	return out
}

// The following read values the shapes have checked: an error is not possible, and a missing value is zero.

func numberOf(n *node) float64 {
	v, _ := parseNumber(textOf(n))
	return v
}

func percentOf(n *node) float64 {
	v, _ := parsePercent(textOf(n))
	return v
}

func durationOf(n *node) scoring.Duration {
	v, _ := parseDuration(textOf(n))
	return v
}

func optional(n *node) *float64 {
	if n == nil {
		return nil
	}
	v := numberOf(n)
	return &v
}

func wholeOf(text string) int {
	v, _ := strconv.Atoi(strings.TrimSpace(text))
	return v
}
