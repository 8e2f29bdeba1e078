package salesforce

import (
	"strconv"
	"strings"
	"time"

	"github.com/bareme/bareme/crm"
)

// canonical turns a value, as REST or Bulk writes it, into the canonical text of crm.Fields, "" for no value. What is not
// of the field's type is passed on as it is: mapping tells people about it better than silence would.
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
	}
	return raw
}

// clean makes the same text of what REST and Bulk send for one value: a CSV reader folds line ends inside quotes, and
// exports have been seen with NUL bytes, which no text needs.
func clean(raw string) string {
	if strings.IndexByte(raw, 0) >= 0 {
		raw = strings.ReplaceAll(raw, "\x00", "")
	}
	for strings.Contains(raw, "\r\n") { // again, for what one folding leaves of two carriage returns
		raw = strings.ReplaceAll(raw, "\r\n", "\n")
	}
	return raw
}

// canonicalNumber writes a decimal without exponent, sign of zero, leading or trailing zeros, digit for digit: no float
// in between, so that large amounts keep their digits.
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
	case strings.EqualFold(s, "true"), s == "1":
		return "true"
	case strings.EqualFold(s, "false"), s == "0":
		return "false"
	}
	return s
}

// parseTime reads the points in time and days of both APIs: 2026-02-03T04:05:06.000+0000 by REST, …06.000Z by Bulk.
func parseTime(raw string) (time.Time, bool) {
	s := strings.TrimSpace(raw)
	for _, layout := range []string{"2006-01-02T15:04:05.999999999Z0700", time.RFC3339Nano, time.DateOnly} {
		if at, err := time.Parse(layout, s); err == nil {
			at = at.UTC()
			return at, at.Year() >= 1 && at.Year() <= 9999 // the only years RFC 3339 can write
		}
	}
	return time.Time{}, false
}

// literal is a point in time as SOQL and CSV want it: UTC, with milliseconds, unquoted.
func literal(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }
