package mapping

import (
	"cmp"
	"slices"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
)

// Mapper maps people, or companies, as its Spec says. It does not change once compiled and is safe for concurrent use.
type Mapper struct {
	spec       Spec
	schema     scoring.Schema
	attributes []attribute
	counters   []counter             // in the order of the model file
	sources    map[string][]activity // by source
	skip       [][]condition         // sets; a person who matches all of one is left alone
	active     []bool                // by slot of activity: something a person did by choice
	hash       string
	rates      *exchange    // nil: nothing is converted
	rollUps    []RollUpSpec // of the attributes made of people, in their order
	stage      string       // the field that shows the stage of the lifecycle, "" for none
	connection string       // whose view this is, when there are several: see For
}

// attribute is a compiled AttributeSpec; its slot is its index.
type attribute struct {
	spec     AttributeSpec
	typ      scoring.Type
	from     []place
	currency place // of each amount; no field when there is none
	rates    *exchange
	apply    func(string) string
	age      *ageGuess // nil: nothing is guessed
	rollUp   int       // 1 + its index in Mapper.rollUps; 0: it comes from fields
	lookup   map[string]string
	fallback scoring.Value // the default; Unknown when there is none
}

// activity is a compiled ActivitySpec that has a source.
type activity struct {
	spec ActivitySpec
	slot uint16
	when []condition
	not  []exclusion
}

// Schema names the attributes and kinds of activity of every subject this mapper makes.
func (m *Mapper) Schema() scoring.Schema {
	s := scoring.Schema{Attributes: slices.Clone(m.schema.Attributes), Activities: slices.Clone(m.schema.Activities)}
	for _, a := range m.attributes {
		s.Company = append(s.Company, m.own() == crm.Companies || slices.ContainsFunc(a.from, func(p place) bool { return p.object == crm.Companies }))
	}
	for _, a := range m.spec.Activities {
		s.Money = append(s.Money, a.Amount != "")
	}
	return s
}

// Sources names the sources of activity to pull, in name order. Counters need none.
func (m *Mapper) Sources() []string {
	names := make([]string, 0, len(m.sources))
	for name := range m.sources {
		if name, ours := m.ours(name); ours {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Identity is the field that says who a person is, "" for none.
func (m *Mapper) Identity() string { return m.spec.Identity }

// own is the object that is mapped.
func (m *Mapper) own() string { return cmp.Or(m.spec.Object, crm.People) }

// Need lists every field that is read or written, by object: what is mapped itself, companies when a company's field is mapped, owners
// when an owner's is, and each source of activity. Names come sorted, each once.
func (m *Mapper) Need() crm.Need {
	own := m.own()
	read := map[string]map[string]bool{own: {}}
	add := func(object, field string) {
		if object == "" { // no place at all
			return
		}
		if read[object] == nil {
			read[object] = map[string]bool{}
		}
		if field != "" {
			read[object][field] = true
		}
	}
	person := func(field string) {
		if field, ours := m.ours(field); ours {
			add(own, field)
		}
	}
	add(own, m.spec.Identity)
	for _, l := range m.links() {
		add(own, l.Field)
	}
	at := func(p place) {
		if field, ours := m.ours(p.field); ours {
			add(p.object, field)
		}
	}
	for _, a := range m.attributes {
		for _, p := range a.from {
			at(p)
		}
		at(a.currency)
		if a.age != nil {
			at(a.age.sex)
		}
	}
	for _, c := range m.counters {
		person(c.spec.Count)
		person(c.spec.Last)
	}
	for source, activities := range m.sources {
		source, ours := m.ours(source)
		if !ours {
			continue
		}
		add(source, "")
		for _, a := range activities {
			for _, c := range a.when {
				add(source, c.field)
			}
			for _, e := range a.not {
				add(source, e.field)
			}
			add(source, a.spec.Time)
			add(source, a.spec.Amount)
			add(source, a.spec.CurrencyFrom)
		}
	}
	for _, field := range slices.Concat(m.skipFields(), m.spec.Override.fields()) {
		person(field)
	}
	need := crm.Need{Read: map[string][]string{}, Write: map[string][]string{}}
	for object, fields := range read {
		need.Read[object] = sortedKeys(fields)
	}
	written := map[string]bool{}
	for _, f := range m.spec.Write.Fields {
		written[f.Field] = true
	}
	need.Write[own] = sortedKeys(written)
	return need
}

// Quiet names the written fields that alone are no cause to write: they follow a score that moved.
func (m *Mapper) Quiet() []string {
	var quiet []string
	for _, f := range m.spec.Write.Fields {
		if slices.Contains([]string{KeyReasons, KeyScoredAt, KeyHistory, KeyChanges}, f.Key) {
			quiet = append(quiet, f.Field)
		}
	}
	return quiet
}

func sortedKeys(set map[string]bool) []string {
	keys := make([]string, 0, len(set))
	for k := range set {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
