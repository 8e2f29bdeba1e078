package crmtest

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/bareme/bareme/crm"
)

// canonical returns the named values in canonical text. A value its field's type cannot read stays as it is.
func (t *table) canonical(fields crm.Fields, names ...string) crm.Fields {
	out := crm.Fields{}
	for _, name := range names {
		value, ok := fields[name]
		if !ok {
			continue
		}
		if text, ok := canonical(t.schema[name].Type, value); ok {
			value = text
		}
		out[name] = value
	}
	return out
}

// canonical rewrites a value as crm.Fields wants it; false when it is not of that type.
func canonical(typ crm.Type, value string) (string, bool) {
	switch typ {
	case crm.Number:
		f, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
			return "", false
		}
		return strconv.FormatFloat(f+0, 'f', -1, 64), true // + 0 turns -0 into 0
	case crm.Bool:
		b, err := strconv.ParseBool(strings.ToLower(value))
		return strconv.FormatBool(b), err == nil
	case crm.DateTime:
		at, ok := parseTime(value)
		return at.UTC().Format(time.RFC3339Nano), ok
	case crm.Date:
		at, ok := parseTime(value)
		return at.UTC().Format(time.DateOnly), ok
	default:
		return value, true
	}
}

// parseTime reads RFC 3339, a calendar day, or milliseconds since 1970.
func parseTime(value string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if at, err := time.Parse(layout, value); err == nil {
			return at, true
		}
	}
	ms, err := strconv.ParseInt(value, 10, 64)
	return time.UnixMilli(ms), err == nil
}
