package salesforce

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/bareme/bareme/sandbox/salesforce/soql"
)

// coerce turns a value as a client wrote it (nil, string, bool, json.Number, from JSON or from a CSV cell) into the
// field's own type, or says what is wrong with it. unreadable tells a value of the wrong type, for which REST refuses the
// whole request.
func (f *field) coerce(raw any) (v any, err *rowError, unreadable bool) {
	if raw == nil || raw == "" {
		if f.Kind == soql.Bool {
			return nil, refuse("INVALID_TYPE_ON_FIELD_IN_RECORD", []string{f.Name}, "%s: value not of required type: ", f.label), true
		}
		return nil, nil, false
	}
	switch f.Kind {
	case soql.Bool:
		v = readBool(raw)
	case soql.Int, soql.Double:
		if v = readNumber(raw); v != nil {
			if bad := f.outOfRange(v.(float64)); bad != nil {
				return nil, bad, false
			}
			v = f.rounded(v.(float64))
		}
	case soql.Date:
		v = readDate(raw)
	case soql.DateTime:
		v = readDateTime(raw)
	case soql.ID:
		return f.coerceID(raw)
	default:
		return f.coerceText(raw)
	}
	if v == nil {
		return nil, refuse("INVALID_TYPE_ON_FIELD_IN_RECORD", []string{f.Name}, "%s: value not of required type: %v", f.label, raw), true
	}
	return v, nil, false
}

func readBool(raw any) any {
	switch x := raw.(type) {
	case bool:
		return x
	case string:
		switch strings.ToLower(x) {
		case "true", "1":
			return true
		case "false", "0":
			return false
		}
	}
	return nil
}

func readNumber(raw any) any {
	text := ""
	switch x := raw.(type) {
	case json.Number:
		text = x.String()
	case string:
		text = strings.TrimSpace(x)
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return nil
	}
	return n
}

func (f *field) outOfRange(n float64) *rowError {
	digits := f.precision - f.scale
	if math.Abs(n) < math.Pow10(digits) {
		return nil
	}
	return refuse("NUMBER_OUTSIDE_VALID_RANGE", []string{f.Name}, "%s: value outside of valid range on numeric field: %s",
		f.label, strconv.FormatFloat(n, 'f', -1, 64))
}

// rounded keeps as many digits behind the point as the field has.
func (f *field) rounded(n float64) float64 {
	unit := math.Pow10(f.scale)
	return math.Round(n*unit) / unit
}

func readDate(raw any) any {
	s, _ := raw.(string)
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t
	}
	if t, ok := readDateTime(raw).(time.Time); ok {
		return t.Truncate(24 * time.Hour)
	}
	return nil
}

// dateTimeLayouts are the forms Salesforce reads.
var dateTimeLayouts = [...]string{ //nolint:gochecknoglobals // a table
	"2006-01-02T15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05",
}

func readDateTime(raw any) any {
	s, _ := raw.(string)
	for _, layout := range dateTimeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC().Truncate(time.Second)
		}
	}
	return nil
}

func (f *field) coerceID(raw any) (any, *rowError, bool) {
	s, isText := raw.(string)
	if !isText {
		return nil, malformedID(f.Name, ""), true
	}
	id, ok := fullID(s)
	if !ok {
		return nil, malformedID(f.Name, s), false
	}
	return id, nil, false
}

func (f *field) coerceText(raw any) (any, *rowError, bool) {
	s, isText := raw.(string)
	switch x := raw.(type) {
	case json.Number:
		s, isText = x.String(), true
	case bool:
		s, isText = strconv.FormatBool(x), true
	}
	if !isText || f.Kind == soql.Compound {
		return nil, refuse("INVALID_TYPE_ON_FIELD_IN_RECORD", []string{f.Name}, "%s: value not of required type: ", f.label), true
	}
	s = strings.TrimRight(s, " ") // text is kept without the blanks behind it
	if s == "" {
		return nil, nil, false
	}
	if bad := f.checkText(s); bad != nil {
		return nil, bad, false
	}
	return s, nil, false
}

func (f *field) checkText(s string) *rowError {
	fields := []string{f.Name}
	if n := len([]rune(s)); n > f.length {
		return refuse("STRING_TOO_LONG", fields, "%s: data value too large: %s (max length=%d)", f.label, s, f.length)
	}
	switch f.kind {
	case "email":
		if name, domain, ok := strings.Cut(s, "@"); !ok || name == "" || !strings.Contains(domain, ".") || strings.ContainsAny(s, " ,;<>") {
			return refuse("INVALID_EMAIL_ADDRESS", fields, "%s: invalid email address: %s", f.label, s)
		}
	case "picklist":
		if f.restricted && !f.accepts(s) {
			return f.badPick(s)
		}
	case "multipicklist":
		for part := range strings.SplitSeq(s, ";") {
			if f.restricted && !f.accepts(part) {
				return f.badPick(part)
			}
		}
	}
	return nil
}

func (f *field) badPick(s string) *rowError {
	return refuse("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", []string{f.Name}, "%s: bad value for restricted picklist field: %s", f.label, s)
}
