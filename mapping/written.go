package mapping

import (
	"cmp"
	"maps"
	"slices"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
)

// Identify takes a person's identity out of their fields: it returns its hash, and the fields to keep. The identity
// itself is kept only when the model maps it too.
func (m *Mapper) Identify(person crm.Fields) (identity string, kept crm.Fields) {
	field := m.spec.Identity
	value, ok := person[field]
	if field == "" || !ok {
		return "", person
	}
	if !m.maps(m.qualified(field)) {
		person = maps.Clone(person)
		delete(person, field)
	}
	return m.IdentityOf(value), person
}

// KeepsIdentity reports whether the identity itself is among the fields to keep: something else is made from it.
func (m *Mapper) KeepsIdentity() bool {
	return m.spec.Identity != "" && m.maps(m.qualified(m.spec.Identity))
}

// maps reports whether anything but the identity is made from a person's field.
func (m *Mapper) maps(field string) bool {
	is := func(p place) bool { return p.object == crm.People && p.field == field }
	for _, a := range m.attributes {
		if slices.ContainsFunc(a.from, is) || is(a.currency) {
			return true
		}
	}
	return slices.ContainsFunc(m.counters, func(c counter) bool { return c.spec.Count == field || c.spec.Last == field }) ||
		slices.Contains(m.skipFields(), field) || slices.Contains(m.spec.Override.fields(), field)
}

// Written lists what is written about a person, in the order of the model file.
func (m *Mapper) Written() []WriteField { return slices.Clone(m.spec.Write.Fields) }

// ScoreFields names the written fields that hold a score: the overall one and those of the named scores.
func (m *Mapper) ScoreFields() []string {
	var fields []string
	for _, f := range m.spec.Write.Fields {
		switch f.Key {
		case KeyGrade, KeyLabel, KeyReasons, KeyTrend, KeyScoredAt, KeyUnscored, KeyNext, KeyHistory, KeyChanges, KeyLifecycle, KeyRouting:
		default:
			if _, made := m.derived(f.Key); !made {
				fields = append(fields, f.Field)
			}
		}
	}
	return fields
}

// Stage is the stage of the lifecycle a record shows, "" when it shows none or none is written.
func (m *Mapper) Stage(shown crm.Fields) string {
	if m.stage == "" {
		return ""
	}
	return shown[m.stage]
}

// Language is the one reasons are written in: "en" or "fr".
func (m *Mapper) Language() string { return cmp.Or(m.spec.Write.Language, "en") }

// derived is the type of an attribute that a score makes; ok is false for any other key.
func (m *Mapper) derived(key string) (scoring.Type, bool) {
	for _, a := range m.spec.Write.Derived {
		if a.Name == key {
			return a.Type, true
		}
	}
	return scoring.Unknown, false
}
