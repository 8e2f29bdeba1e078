package mapping

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
)

// maxNames bounds attributes and activities alike: slots are 16 bits wide, and no readable model comes near.
const maxNames = 1000

// Compile checks a mapping and makes it ready. It finds everything wrong at once; with any problem that is not a warning
// the Mapper is nil.
func Compile(s Spec) (*Mapper, []scoring.Problem) {
	c := &compiler{mapper: &Mapper{spec: s, sources: map[string][]activity{}}}
	c.rates(s.Rates)
	for _, a := range s.Attributes {
		c.attribute(a)
	}
	for _, a := range s.Activities {
		c.activity(a)
	}
	if len(s.Attributes) > maxNames || len(s.Activities) > maxNames {
		c.problem("$.people", fmt.Sprintf("more than %d attributes or kinds of activity", maxNames), "leave out what no criterion uses")
	}
	c.privacy(s)
	c.override(s)
	if s.Joined == nil {
		c.write(s.Write)
	} else {
		c.joined(s)
	}
	if s.Retain < 0 {
		c.problem("$.privacy.retain", "a negative time to keep activity", "write a duration such as 3y")
	}
	if slices.ContainsFunc(c.problems, func(p scoring.Problem) bool { return !p.Warning }) {
		return nil, c.problems
	}
	c.mapper.skip, c.mapper.active = compileSkip(s), c.active(s)
	c.mapper.hash = hashSpec(s)
	return c.mapper, c.problems
}

type compiler struct {
	mapper   *Mapper
	problems []scoring.Problem
}

func (c *compiler) problem(path, message, hint string) {
	c.problems = append(c.problems, scoring.Problem{Path: path, Message: message, Hint: hint})
}

// identifier is what a condition of the model can call by name.
var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (c *compiler) name(kind, name, path string, taken bool) {
	switch {
	case !identifier.MatchString(name):
		c.problem(path, fmt.Sprintf("%s %q has a name that conditions cannot use", kind, name), "use letters, digits and _, and begin with a letter")
	case taken:
		c.problem(path, fmt.Sprintf("two of the name %q", name), "give each its own name")
	}
}

func (c *compiler) attribute(s AttributeSpec) {
	taken := slices.ContainsFunc(c.mapper.schema.Attributes, func(a scoring.Attribute) bool { return a.Name == s.Name })
	c.name("attribute", s.Name, s.Path, taken)
	if s.RollUp != nil {
		c.compileRollUp(s)
		return
	}
	a := attribute{spec: s, typ: s.Type, rates: c.mapper.rates}
	c.places(&a)
	c.transform(&a)
	c.currency(&a)
	c.namesAlone(&a)
	c.strayFirstName(&a)
	if len(s.Lookup) > 0 {
		a.lookup = make(map[string]string, len(s.Lookup))
		for k, v := range s.Lookup {
			a.lookup[fold(k)] = v
		}
	} else if s.Lookup != nil {
		c.problem(s.Path+".lookup", "the lookup table is empty", "give it a row for each value to replace")
	}
	if s.Default != nil {
		value, trouble := parse(a.typ, *s.Default, s.Currency)
		if value.Type == scoring.Unknown {
			c.problem(s.Path+".default", fmt.Sprintf("the default is no %s: %s", typeName(a.typ), trouble), "")
		}
		a.fallback = value
	}
	c.mapper.attributes = append(c.mapper.attributes, a)
	c.mapper.schema.Attributes = append(c.mapper.schema.Attributes, scoring.Attribute{Name: s.Name, Type: a.typ})
}

func (c *compiler) places(a *attribute) {
	if len(a.spec.From) == 0 {
		c.problem(a.spec.Path, fmt.Sprintf("attribute %q comes from nowhere", a.spec.Name), "name a field: from: jobtitle")
	}
	for i, from := range a.spec.From {
		p, err := c.place(from)
		if err != nil {
			path := a.spec.Path + ".from"
			if len(a.spec.From) > 1 {
				path = fmt.Sprintf("%s[%d]", path, i)
			}
			hint := `write a field's name, "company." and a field's name, owner.name or owner.email`
			switch {
			case c.mapper.spec.Joined != nil:
				hint = c.joinedHint()
			case c.mapper.own() == crm.Companies:
				hint = "write the name of a field of the company"
			}
			c.problem(path, err.Error(), hint)
		}
		a.from = append(a.from, p)
	}
	if a.spec.CurrencyFrom != "" {
		p, err := c.place(a.spec.CurrencyFrom)
		if err != nil {
			c.problem(a.spec.Path+".currency_from", err.Error(), "")
		}
		a.currency = p
	}
}

// place reads where a value comes from; a company has only fields of its own.
func (c *compiler) place(text string) (place, error) {
	p, err := c.joinedPlace(text)
	if err != nil || c.mapper.own() == crm.People {
		return p, err
	}
	if p.object == crm.Owners {
		return place{}, fmt.Errorf("%q: the owner of a company is not read", text)
	}
	p.object = crm.Companies
	return p, nil
}

func (c *compiler) transform(a *attribute) {
	if a.spec.Transform == "" {
		if a.typ == scoring.Unknown {
			a.typ = scoring.Text
		}
		return
	}
	t, ok := findTransform(a.spec.Transform)
	if !ok {
		names := transformNames()
		c.problem(a.spec.Path+".transform", fmt.Sprintf("there is no transform %q", a.spec.Transform),
			didYouMean(a.spec.Transform, names)+"transforms are "+strings.Join(names, ", "))
		return
	}
	if t.Name == AgeFromFirstName && c.mapper.own() == crm.Companies {
		c.problem(a.spec.Path+".transform", "a company has no first name", "map people's first names under people.attributes")
		return
	}
	if t.Name == AgeFromFirstName {
		c.age(a)
		return
	}
	a.apply = t.build()
	switch {
	case a.typ == scoring.Unknown:
		a.typ = t.Type
	case t.Type != scoring.Text && a.typ != t.Type && len(a.spec.Lookup) == 0:
		c.problem(a.spec.Path+".type", fmt.Sprintf("transform %s gives %s, not %s", t.Name, typeName(t.Type), typeName(a.typ)), "leave type out")
	}
}

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

func (c *compiler) currency(a *attribute) {
	switch s := a.spec; {
	case a.typ == scoring.Money && s.Currency == "":
		c.problem(s.Path, fmt.Sprintf("attribute %q is money without a currency", s.Name), "add currency: EUR (amounts in another are left out, never added up)")
	case a.typ != scoring.Money && (s.Currency != "" || s.CurrencyFrom != ""):
		c.problem(s.Path, fmt.Sprintf("attribute %q has a currency and is no money", s.Name), "set type: money, or leave the currency out")
	case s.Currency != "" && !currencyCode.MatchString(s.Currency):
		c.problem(s.Path+".currency", fmt.Sprintf("%q is no currency", s.Currency), "use the three capital letters of ISO 4217, such as EUR")
	}
}

// knownSources are the sources of activity a connector can be asked for.
func knownSources() []string { return Sources() }

// Sources names the sources of activity a connector can be asked for.
func Sources() []string {
	return []string{crm.Calls, crm.Campaigns, crm.Communications, crm.Deals, crm.Emails, crm.Meetings, crm.Notes, crm.Tasks}
}

func (c *compiler) activity(s ActivitySpec) {
	slot := len(c.mapper.schema.Activities)
	c.name("activity", s.Name, s.Path, slices.Contains(c.mapper.schema.Activities, s.Name))
	c.mapper.schema.Activities = append(c.mapper.schema.Activities, s.Name)
	if slot >= maxNames {
		return
	}
	if s.From == Counter && c.mapper.own() == crm.Companies {
		c.problem(s.Path+".from", "what companies did is not read from counters", "name a source such as deals, or roll up a score of the people under companies.attributes")
		return
	}
	if s.From == Counter {
		c.counter(s, uint16(slot))
		return
	}
	source, ok := c.source(s.From)
	if !ok {
		c.problem(s.Path+".from", fmt.Sprintf("%q does not say in which connection", s.From), c.joinedHint())
	} else if !slices.Contains(knownSources(), source) {
		c.problem(s.Path+".from", fmt.Sprintf("%q is no source of activity", s.From),
			didYouMean(s.From, append(knownSources(), Counter))+"sources are "+strings.Join(knownSources(), ", ")+", and counter")
	}
	if s.Count != "" || s.Last != "" {
		c.problem(s.Path, "count and last belong to from: counter", "")
	}
	if s.Currency != "" && !currencyCode.MatchString(s.Currency) {
		c.problem(s.Path+".currency", fmt.Sprintf("%q is no currency", s.Currency), "use the three capital letters of ISO 4217, such as EUR")
	}
	if s.Amount != "" && s.Currency == "" {
		c.problem(s.Path, fmt.Sprintf("activity %q has an amount without a currency", s.Name), "add currency: EUR (amounts in another are left out, never added up)")
	}
	if s.Amount == "" && (s.Currency != "" || s.CurrencyFrom != "") {
		c.problem(s.Path, fmt.Sprintf("activity %q has a currency and no amount", s.Name), "name the field with the amount, or leave the currency out")
	}
	c.conditions(s.When, s.Path+".when")
	c.conditions(s.Not, s.Path+".not")
	c.mapper.sources[s.From] = append(c.mapper.sources[s.From], activity{spec: s, slot: uint16(slot), when: compileConditions(s.When), not: compileExclusions(s.Not)})
}

func (c *compiler) counter(s ActivitySpec, slot uint16) {
	if s.Count == "" && s.Last == "" {
		c.problem(s.Path, fmt.Sprintf("counter %q counts nothing", s.Name), "name the field that counts (count) and the field with the latest date (last)")
	}
	if len(s.When) > 0 || len(s.Not) > 0 || s.Time != "" || s.Amount != "" || s.Currency != "" || s.CurrencyFrom != "" {
		c.problem(s.Path, "a counter has only count and last", "a count says nothing more about each time")
	}
	for key, field := range map[string]string{"count": s.Count, "last": s.Last} {
		field = c.person(field, s.Path+"."+key)
		if strings.HasPrefix(field, "company.") || strings.HasPrefix(field, "owner.") {
			c.problem(s.Path+"."+key, fmt.Sprintf("%q is not a field of the person", field), "counters are read from the person only")
		}
	}
	key := counterKey(s)
	for _, other := range c.mapper.counters {
		if other.key == key && (other.spec.Count != s.Count || other.spec.Last != s.Last) {
			c.problem(s.Path, fmt.Sprintf("counters %q and %q cannot be told apart in memory", other.spec.Name, s.Name), "use another field for one of them")
		}
	}
	c.mapper.counters = append(c.mapper.counters, counter{spec: s, slot: slot, key: key})
}

func (c *compiler) conditions(conditions []Condition, path string) {
	for _, w := range conditions {
		if w.Field == "" || len(w.In) == 0 {
			c.problem(path, "a condition without a field or without values", `write field: value, or field: [one, other]; "" stands for an empty field`)
		}
	}
}

func (c *compiler) write(w WriteSpec) {
	path := w.Path
	if path == "" {
		path = "$.write.people"
	}
	if w.Decimals < 0 || w.Decimals > 6 {
		c.problem(path+".decimals", "scores have 0 to 6 decimals", "")
	}
	if w.Language != "" && w.Language != "en" && w.Language != "fr" {
		c.problem(path+".language", fmt.Sprintf("reasons are not written in %q", w.Language), "use en or fr")
	}
	own := c.mapper.own()
	bare := &Mapper{spec: Spec{Object: own, Identity: c.mapper.spec.Identity}, attributes: c.mapper.attributes, counters: c.mapper.counters, connection: c.mapper.connection}
	read := bare.Need().Read[own]
	keys, fields := map[string]bool{}, map[string]bool{}
	for _, f := range w.Fields {
		at := path + "." + f.Key
		switch {
		case f.Key == "" || f.Field == "":
			c.problem(at, "nothing to write, or nowhere to write it", "write score: and the CRM's field")
		case keys[f.Key]:
			c.problem(at, fmt.Sprintf("%q is written twice", f.Key), "keep one")
		case fields[f.Field]:
			c.problem(at, fmt.Sprintf("two values for the field %q", f.Field), "give each its own field")
		case slices.Contains(read, f.Field):
			c.problem(at, fmt.Sprintf("the field %q is read by the mapping and written by it", f.Field), "write scores to fields of their own, or they feed on themselves")
		}
		keys[f.Key], fields[f.Field] = true, true
		if f.Key == KeyLifecycle {
			c.mapper.stage = f.Field
		}
	}
}

// Retain is how long activity is kept, 0 for ever.
func (m *Mapper) Retain() time.Duration { return time.Duration(m.spec.Retain) }
