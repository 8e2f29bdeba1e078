package mapping

import "strings"

// Origin is a field that an attribute is made from.
type Origin struct {
	Connection string // "" with one connection
	Object     string // People, Companies or Owners of package crm
	Field      string // the CRM's own name
}

// Origins are the fields an attribute is made from, the one looked at first before the others; nil for an attribute that is
// not made from fields.
func (m *Mapper) Origins(attribute string) []Origin {
	var out []Origin
	add := func(p place) {
		if p.field != "" {
			field := p.field
			if p.connection != "" {
				field = strings.TrimPrefix(field, p.connection+".")
			}
			out = append(out, Origin{p.connection, p.object, field})
		}
	}
	for i := range m.attributes {
		a := &m.attributes[i]
		if a.spec.Name != attribute || a.rollUp > 0 {
			continue
		}
		for _, p := range a.from {
			add(p)
		}
		add(a.currency)
		if a.age != nil {
			add(a.age.sex)
		}
	}
	return out
}

// SourceOf is the source that a kind of activity comes from, "" for counters and for a kind there is not; connection is ""
// with one connection.
func (m *Mapper) SourceOf(activity string) (connection, source string) {
	for _, a := range m.spec.Activities {
		if a.Name != activity || a.From == Counter {
			continue
		}
		if m.spec.Joined != nil {
			connection, source, _ = strings.Cut(a.From, ".")
			return connection, source
		}
		return "", a.From
	}
	return "", ""
}
