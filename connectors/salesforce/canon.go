package salesforce

import (
	"strings"
	"time"

	"github.com/bareme/bareme/connectors/internal/fields"
	"github.com/bareme/bareme/crm"
)

// canonical turns a value, as REST or Bulk writes it, into the canonical text of crm.Fields, "" for no value.
func canonical(t crm.Type, raw string) string { return fields.Canonical(t, raw, parseTime) }

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

// parseTime reads the points in time and days of both APIs: 2026-02-03T04:05:06.000+0000 by REST, …06.000Z by Bulk.
func parseTime(raw string) (time.Time, bool) {
	return fields.Time(raw, "2006-01-02T15:04:05.999999999Z0700", time.RFC3339Nano, time.DateOnly)
}

// literal is a point in time as SOQL and CSV want it: UTC, with milliseconds, unquoted.
func literal(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }
