package mapping

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
)

// OverrideSpec names the fields of a person by which the CRM's users set the overall score by hand.
type OverrideSpec struct {
	Field  string // a number that replaces the score
	Until  string // the last day it holds, or the moment it ends; without one it does not count
	Author string // who says so, "" for no such field
	Reason string // why, "" for no such field
}

const overridePath = "$.override"

// Override reads the score somebody set by hand in the CRM, nil for none. What is there and cannot be used is a warning.
func (m *Mapper) Override(person crm.Fields) (*scoring.Override, Warning) {
	s := m.spec.Override
	if s == nil || strings.TrimSpace(person[s.Field]) == "" {
		return nil, Warning{}
	}
	points, trouble := parseNumber(clean(person[s.Field]))
	if trouble != "" {
		return nil, Warning{"override", s.Field, "not used: " + trouble}
	}
	text := strings.TrimSpace(clean(person[s.Until]))
	if text == "" {
		return nil, Warning{"override", s.Until, "not used: it has no end"}
	}
	ms, trouble := parseDate(text)
	if trouble != "" {
		return nil, Warning{"override", s.Until, "not used: its end cannot be read: " + trouble}
	}
	const most = 1e9 // beyond any scale
	o := &scoring.Override{
		Points: scoring.Points(min(max(points, -most), most) * float64(scoring.Point)),
		Author: firstRunes(clean(person[s.Author]), 100), Reason: firstRunes(clean(person[s.Reason]), 300),
		Until: time.UnixMilli(int64(ms)).UTC(),
	}
	if !strings.Contains(text, ":") { // a day, not a moment: it holds all day
		o.Until = o.Until.Add(24 * time.Hour)
	}
	return o, Warning{}
}

func (s *OverrideSpec) fields() []string {
	if s == nil {
		return nil
	}
	var list []string
	for _, field := range []string{s.Field, s.Until, s.Author, s.Reason} {
		if field != "" {
			list = append(list, field)
		}
	}
	return list
}

func (c *compiler) override(s Spec) {
	if s.Override == nil {
		return
	}
	if s.Override.Field == "" || s.Override.Until == "" {
		c.problem(overridePath, "an override needs a field and an end", "write override: {field: bareme_override, until: bareme_override_until}")
	}
	fields := s.Override.fields()
	for i, field := range fields {
		if slices.Contains(fields[:i], field) {
			c.problem(overridePath, fmt.Sprintf("the field %q is named twice", field), "give each its own field")
		}
		if slices.ContainsFunc(s.Write.Fields, func(w WriteField) bool { return w.Field == field }) {
			c.problem(overridePath, fmt.Sprintf("the field %q is written: what people put there would be lost", field), "name a field that only people fill in")
		}
	}
}

func (m *Mapper) validateOverride(v *validator) {
	if s := m.spec.Override; s != nil {
		v.typed(crm.People, s.Field, overridePath+".field", "a number", crm.Number, crm.Text)
		v.typed(crm.People, s.Until, overridePath+".until", "a date", crm.Date, crm.DateTime, crm.Text)
		v.field(crm.People, s.Author, overridePath+".author")
		v.field(crm.People, s.Reason, overridePath+".reason")
	}
}
