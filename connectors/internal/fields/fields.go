// Package fields is what connectors do alike with fields: the canonical text of their values, and the name that was meant.
package fields

import (
	"strings"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/nearest"
)

// Canonical turns a value into the canonical text of crm.Fields, "" for no value; parse reads what the CRM writes for days
// and points in time. What is not of the field's type is passed on as it is: mapping tells people about it better than
// silence would.
func Canonical(t crm.Type, raw string, parse func(string) (time.Time, bool)) string {
	switch t {
	case crm.Number:
		return Decimal(raw)
	case crm.Bool:
		return Bool(raw)
	case crm.DateTime:
		return canonicalTime(raw, time.RFC3339Nano, parse)
	case crm.Date:
		return canonicalTime(raw, time.DateOnly, parse)
	}
	return raw
}

func canonicalTime(raw, layout string, parse func(string) (time.Time, bool)) string {
	if at, ok := parse(raw); ok {
		return at.Format(layout)
	}
	return strings.TrimSpace(raw)
}

// Bool is "true" or "false" where the text says either, in any case or as 1 or 0; otherwise the text.
func Bool(raw string) string {
	switch s := strings.TrimSpace(raw); strings.ToLower(s) {
	case "true", "1":
		return "true"
	case "false", "0":
		return "false"
	default:
		return s
	}
}

// Time reads a time by the first layout that fits, in UTC. Only years of four digits count: RFC 3339 can write no other.
func Time(raw string, layouts ...string) (time.Time, bool) {
	s := strings.TrimSpace(raw)
	for _, layout := range layouts {
		if at, err := time.Parse(layout, s); err == nil {
			return InYears(at)
		}
	}
	return time.Time{}, false
}

// InYears is a time in UTC, false unless its year has four digits.
func InYears(at time.Time) (time.Time, bool) {
	at = at.UTC()
	return at, at.Year() >= 1 && at.Year() <= 9999
}

// Nearest returns the field nearest to a name that was mistyped, or the name whose label was given instead; "" when nothing
// is near.
func Nearest(name string, s crm.Schema) string {
	names := make([]string, len(s.Fields))
	for i, f := range s.Fields {
		if strings.EqualFold(f.Label, name) {
			return f.Name
		}
		names[i] = f.Name
	}
	return nearest.Name(name, names)
}
