package hubspot

import (
	"strconv"
	"strings"
	"time"

	"github.com/bareme/bareme/connectors/internal/fields"
	"github.com/bareme/bareme/crm"
)

// canonical turns a property's value into the canonical text of crm.Fields, "" for no value.
func canonical(t crm.Type, raw string) string {
	if t == crm.Choices {
		return canonicalChoices(raw)
	}
	return fields.Canonical(t, raw, parseTime)
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
	if ms, err := strconv.ParseInt(strings.TrimSpace(raw), 10, 64); err == nil {
		return fields.InYears(time.UnixMilli(ms))
	}
	return fields.Time(raw, time.RFC3339Nano, time.DateOnly, "2006-01-02T15:04:05.999999999Z0700")
}

// millis is a time as search filters want it.
func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
