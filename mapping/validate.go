package mapping

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/nearest"
	"github.com/bareme/bareme/scoring"
)

// Validate compares the mapping with what a CRM holds: schemas by object, as Describe returns them. Objects without a
// schema are not checked. Each problem says which key of the model file it is about.
func (m *Mapper) Validate(schemas map[string]crm.Schema) []scoring.Problem {
	v := validator{schemas: schemas, mapper: m}
	v.field(m.own(), m.qualified(m.spec.Identity), "$.identity")
	for _, l := range m.links() {
		v.field(m.own(), m.qualified(l.Field), l.Path)
	}
	for i := range m.attributes {
		v.attribute(&m.attributes[i])
	}
	for i := range m.counters {
		c := &m.counters[i].spec
		v.typed(m.own(), c.Count, c.Path+".count", "a number", crm.Number, crm.Text)
		v.typed(m.own(), c.Last, c.Path+".last", "a date", crm.Date, crm.DateTime, crm.Text)
	}
	for _, source := range m.Sources() {
		for _, a := range m.sources[m.qualified(source)] {
			v.activity(source, &a.spec)
		}
	}
	m.validatePrivacy(&v)
	m.validateOverride(&v)
	for _, f := range m.spec.Write.Fields {
		v.target(m.own(), f, m.writeType(f.Key), m.spec.Write.Path)
	}
	return v.problems
}

type validator struct {
	mapper   *Mapper
	schemas  map[string]crm.Schema
	problems []scoring.Problem
}

func (v *validator) add(path, message, hint string) {
	v.problems = append(v.problems, scoring.Problem{Path: path, Message: message, Hint: hint})
}

func (v *validator) warn(path, message, hint string) {
	v.problems = append(v.problems, scoring.Problem{Path: path, Message: message, Hint: hint, Warning: true})
}

// field finds a field that is read and reports it when there is none. Fields of other connections are left to those.
func (v *validator) field(object, name, path string) (crm.Field, bool) {
	if object == crm.People || object == crm.Companies {
		var ours bool
		if name, ours = v.mapper.ours(name); !ours {
			return crm.Field{}, false
		}
	}
	schema, known := v.schemas[object]
	if !known || name == "" {
		return crm.Field{}, false
	}
	if f, ok := schema.Field(name); ok {
		return f, true
	}
	v.add(path, fmt.Sprintf("%s have no field %q", object, name), unknownFieldHint(schema, name))
	return crm.Field{}, false
}

// unknownFieldHint names the field that was probably meant: the one of that label, or the closest name or label.
func unknownFieldHint(schema crm.Schema, name string) string {
	var names, labels []string
	for _, f := range schema.Fields {
		names, labels = append(names, f.Name), append(labels, f.Label)
		if fold(f.Label) == fold(name) {
			return fmt.Sprintf("did you mean %s? That is the field labelled %q", f.Name, f.Label)
		}
	}
	if near := nearest.Name(name, names); near != "" {
		return fmt.Sprintf("did you mean %s?", near)
	}
	if near := nearest.Name(name, labels); near != "" {
		f := schema.Fields[slices.Index(labels, near)]
		return fmt.Sprintf("did you mean %s? That is the field labelled %q", f.Name, f.Label)
	}
	return "use the CRM's internal name of the field, or create it there"
}

// typed checks that a field is of one of the types.
func (v *validator) typed(object, name, path, wanted string, types ...crm.Type) {
	f, ok := v.field(object, name, path)
	if ok && !slices.Contains(types, f.Type) {
		v.add(path, fmt.Sprintf("field %q of %s holds %s, not %s", name, object, typePhrase(f.Type), wanted), "name another field")
	}
}

func (v *validator) attribute(a *attribute) {
	for i, p := range a.from {
		path := a.spec.Path + ".from"
		if len(a.from) > 1 {
			path = fmt.Sprintf("%s[%d]", path, i)
		}
		if p.object == crm.Owners {
			continue
		}
		f, ok := v.field(p.object, p.field, path)
		if !ok {
			continue
		}
		if a.apply == nil && a.age == nil && a.lookup == nil && !readable(f.Type, a.typ) {
			v.add(path, fmt.Sprintf("attribute %q is %s, and field %q of %s holds %s", a.spec.Name, typeName(a.typ), p.field, p.object, typePhrase(f.Type)),
				fmt.Sprintf("set type: %s, or name another field", attributeType(f.Type)))
		}
		if a.apply == nil && a.lookup != nil && isChoice(f.Type) {
			v.lookup(a, f)
		}
	}
	if a.age != nil {
		v.field(a.age.sex.object, a.age.sex.field, a.spec.Path+".sex")
	}
	if p := a.currency; p.field != "" && p.object != crm.Owners {
		v.field(p.object, p.field, a.spec.Path+".currency_from")
	}
}

// lookup warns of a table made for other options than the field has.
func (v *validator) lookup(a *attribute, f crm.Field) {
	if len(f.Options) == 0 {
		return
	}
	for _, o := range f.Options {
		if _, ok := a.lookup[fold(o.Value)]; ok {
			return
		}
	}
	v.warn(a.spec.Path+".lookup", fmt.Sprintf("the table lists none of the values of field %q", f.Name), "list the options' internal values, such as "+f.Options[0].Value)
}

func (v *validator) activity(source string, s *ActivitySpec) {
	for _, c := range s.When {
		v.condition(source, c, s.Path+".when")
	}
	for _, c := range s.Not { // its values may be parts of texts, so only the field is checked
		v.field(source, c.Field, s.Path+".not."+c.Field)
	}
	v.typed(source, s.Time, s.Path+".time", "a date", crm.Date, crm.DateTime, crm.Text)
	v.typed(source, s.Amount, s.Path+".amount", "a number", crm.Number, crm.Text)
	v.field(source, s.CurrencyFrom, s.Path+".currency_from")
	if s.Amount == "" || s.CurrencyFrom != "" {
		return
	}
	for _, name := range []string{"deal_currency_code", "CurrencyIsoCode"} {
		if _, ok := v.schemas[source].Field(name); ok {
			v.warn(s.Path, fmt.Sprintf("every amount is taken to be in %s, and %s have a field %q", s.Currency, source, name),
				"add currency_from: "+name+" so that amounts in other currencies are left out")
		}
	}
}

// condition checks the field of a condition and that its values can occur.
func (v *validator) condition(object string, c Condition, path string) {
	path += "." + c.Field
	f, ok := v.field(object, c.Field, path)
	if !ok {
		return
	}
	values := make([]string, 0, len(f.Options))
	for _, o := range f.Options {
		values = append(values, o.Value)
	}
	if f.Type == crm.Bool {
		values = []string{"true", "false"}
	}
	if len(values) == 0 {
		return
	}
	for _, want := range c.In {
		if want != "" && !slices.ContainsFunc(values, func(value string) bool { return foldCase(value) == foldCase(want) }) {
			v.add(path, fmt.Sprintf("field %q of %s never has the value %q", c.Field, object, want), optionHint(f, values, want))
		}
	}
}

func optionHint(f crm.Field, values []string, want string) string {
	for _, o := range f.Options {
		if fold(o.Label) == fold(want) {
			return fmt.Sprintf("did you mean %s? That is the value of the option %q", o.Value, o.Label)
		}
	}
	if near := nearest.Name(want, values); near != "" {
		return fmt.Sprintf("did you mean %s?", near)
	}
	if len(values) > 12 {
		return fmt.Sprintf("it has one of %s and %d more", strings.Join(values[:12], ", "), len(values)-12)
	}
	return "it has one of " + strings.Join(values, ", ")
}

// target checks that a field can take what is written to it.
func (v *validator) target(object string, f WriteField, wanted crm.Type, path string) {
	if path == "" {
		path = "$.write.people"
	}
	path += "." + f.Key
	schema, known := v.schemas[object]
	if !known {
		return
	}
	field, ok := schema.Field(f.Field)
	switch {
	case !ok:
		v.add(path, fmt.Sprintf("%s have no field %q to write to", object, f.Field), "run bareme provision to create it, or name a field that exists")
	case !field.Writable:
		v.add(path, fmt.Sprintf("field %q of %s cannot be written: the CRM computes it", f.Field, object), "name another field, or a new one and run bareme provision")
	case !writableAs(field.Type, wanted):
		v.add(path, fmt.Sprintf("field %q of %s holds %s, and %s is %s", f.Field, object, typePhrase(field.Type), f.Key, typePhrase(wanted)),
			"name another field, or a new one and run bareme provision")
	}
}

// MissingFields names the written fields that a CRM does not have yet, in the order of the model file.
func (m *Mapper) MissingFields(own crm.Schema) []string {
	var missing []string
	for _, f := range m.spec.Write.Fields {
		if _, ok := own.Field(f.Field); !ok {
			missing = append(missing, f.Field)
		}
	}
	return missing
}

// MissingOptions says which values of the written choice fields a CRM would refuse for want of an option.
func (m *Mapper) MissingOptions(model *scoring.Model, own crm.Schema) []scoring.Problem {
	v := validator{}
	path := m.spec.Write.Path
	if path == "" {
		path = "$.write.people"
	}
	for i, want := range m.WriteFields(model) {
		has, ok := own.Field(want.Name)
		if !ok || has.Type != crm.Choice {
			continue
		}
		var missing []string
		for _, o := range want.Options {
			if !slices.ContainsFunc(has.Options, func(h crm.Option) bool { return h.Value == o.Value }) {
				missing = append(missing, o.Value)
			}
		}
		if len(missing) > 0 {
			v.add(path+"."+m.spec.Write.Fields[i].Key, fmt.Sprintf("field %q of %s has no option %s", want.Name, m.own(), strings.Join(missing, ", ")), "run bareme provision to add what is missing")
		}
	}
	return v.problems
}
