package salesforce

import (
	"strings"
	"time"

	"github.com/bareme/bareme/connectors/internal/decimal"
	"github.com/bareme/bareme/crm"
)

// canonical turns a value, as REST or Bulk writes it, into the canonical text of crm.Fields, "" for no value. What is not
// of the field's type is passed on as it is: mapping tells people about it better than silence would.
func canonical(t crm.Type, raw string) string {
	switch t {
	case crm.Number:
		return decimal.Canonical(raw)
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
