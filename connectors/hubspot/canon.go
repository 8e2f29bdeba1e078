package hubspot

import (
	"strconv"
	"strings"
	"time"

	"github.com/bareme/bareme/crm"
)

// canonical turns a property's value into the canonical text of crm.Fields, "" for no value. What is not of the
// property's type is passed on as it is: mapping tells people about it better than silence would.
func canonical(t crm.Type, raw string) string {
	switch t {
	case crm.Number:
		return canonicalNumber(raw)
	case crm.Bool:
		return canonicalBool(raw)
	case crm.DateTime:
		if at, ok := parseTime(raw); ok {
			return at.Format(time.RFC3339Nano)
		}
		return strings.TrimSpace(raw)
	case crm.Date:
		if at, ok := parseTime(raw); ok {
			return at.Format(time.DateOnly)
		}
		return strings.TrimSpace(raw)
	case crm.Choices:
		return canonicalChoices(raw)
	}
	return raw
}

// canonicalNumber writes a decimal without exponent, sign of zero, leading or trailing zeros, digit for digit: no float
// in between, so that ids and large amounts keep their digits.
func canonicalNumber(raw string) string {
	s := strings.TrimSpace(raw)
	sign, digits, point, ok := splitNumber(s)
	if !ok {
		return s
	}
	trimmed := strings.TrimLeft(digits, "0")
	point -= len(digits) - len(trimmed)
	digits = strings.TrimRight(trimmed, "0")
	if digits == "" {
		return "0"
	}
	switch {
	case point <= 0:
		return sign + "0." + strings.Repeat("0", -point) + digits
	case point >= len(digits):
		return sign + digits + strings.Repeat("0", point-len(digits))
	}
	return sign + digits[:point] + "." + digits[point:]
}

// widest bounds the exponents that are written out: beyond it a value is no number anyone keeps in a CRM.
const widest = 400

// splitNumber takes a decimal apart: its sign, all its digits, and how many of them stand before the point.
func splitNumber(s string) (sign, digits string, point int, ok bool) {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		if s[0] == '-' {
			sign = "-"
		}
		s = s[1:]
	}
	mantissa, exponent := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		n, err := strconv.Atoi(s[i+1:])
		if err != nil || n > widest || n < -widest {
			return "", "", 0, false
		}
		mantissa, exponent = s[:i], n
	}
	whole, part, _ := strings.Cut(mantissa, ".")
	digits = whole + part
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", "", 0, false
	}
	return sign, digits, len(whole) + exponent, true
}

func canonicalBool(raw string) string {
	s := strings.TrimSpace(raw)
	switch {
	case strings.EqualFold(s, "true"):
		return "true"
	case strings.EqualFold(s, "false"):
		return "false"
	}
	return s
}

// canonicalChoices drops empty choices: HubSpot's own notation for adding one begins with ";".
func canonicalChoices(raw string) string {
	var out []string
	for part := range strings.SplitSeq(raw, ";") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return strings.Join(out, ";")
}

// parseTime reads what HubSpot writes for points in time and days: ISO 8601, or milliseconds since 1970.
func parseTime(raw string) (time.Time, bool) {
	s := strings.TrimSpace(raw)
	if ms, err := strconv.ParseInt(s, 10, 64); err == nil {
		return inYears(time.UnixMilli(ms).UTC())
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly, "2006-01-02T15:04:05.999999999Z0700"} {
		if at, err := time.Parse(layout, s); err == nil {
			return inYears(at.UTC())
		}
	}
	return time.Time{}, false
}

// inYears accepts years of four digits, the only ones RFC 3339 can write.
func inYears(at time.Time) (time.Time, bool) {
	return at, at.Year() >= 1 && at.Year() <= 9999
}

// millis is a time as search filters want it.
func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
