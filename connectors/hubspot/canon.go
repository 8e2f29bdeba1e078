package hubspot

import (
	"strconv"
	"strings"
	"time"

	"github.com/bareme/bareme/connectors/internal/decimal"
	"github.com/bareme/bareme/crm"
)

// canonical turns a property's value into the canonical text of crm.Fields, "" for no value. What is not of the
// property's type is passed on as it is: mapping tells people about it better than silence would.
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
	case crm.Choices:
		return canonicalChoices(raw)
	}
	return raw
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
