package hubspot

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	isoLayout  = "2006-01-02T15:04:05.000Z"
	dateLayout = "2006-01-02"
	// longestText is the most characters a text field holds.
	longestText = 65536
)

// isoTime writes a moment as HubSpot does: UTC, milliseconds, Z. It fills in digits itself, as records are full of times.
func isoTime(ms int64) string {
	t := time.UnixMilli(ms).UTC()
	year, month, day := t.Date()
	if year < 0 || year > 9999 {
		return t.Format(isoLayout)
	}
	hour, minute, second := t.Clock()
	b := []byte("0000-00-00T00:00:00.000Z")
	fill := func(end, n int) {
		for ; n > 0; n /= 10 {
			b[end] = byte('0' + n%10)
			end--
		}
	}
	fill(3, year)
	fill(6, int(month))
	fill(9, day)
	fill(12, hour)
	fill(15, minute)
	fill(18, second)
	fill(22, t.Nanosecond()/int(time.Millisecond))
	return string(b)
}

// parseTime reads what HubSpot accepts for a moment: milliseconds since 1970, ISO 8601, or a day (its midnight in UTC).
func parseTime(s string) (int64, bool) {
	if ms, err := strconv.ParseInt(s, 10, 64); err == nil {
		return ms, true
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", dateLayout} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UnixMilli(), true
		}
	}
	return 0, false
}

// invalid is one value HubSpot refuses, in the words it uses.
type invalid struct {
	Valid     bool   `json:"isValid"`
	Message   string `json:"message"`
	Code      string `json:"error"`
	Name      string `json:"name"`
	Localized string `json:"localizedErrorMessage"`
	PortalID  int64  `json:"portalId"`
}

func refuse(name, code, format string, args ...any) *invalid {
	m := fmt.Sprintf(format, args...)
	return &invalid{Message: m, Code: code, Name: name, Localized: m}
}

var (
	emailPattern  = regexp.MustCompile(`^[^@\s<>(),;:"]+@[^@\s<>(),;:"]+\.[^@\s.<>(),;:"]{2,}$`)
	numberPattern = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$`)
)

// accept checks a value a client sends for a property and gives it the form HubSpot stores.
func (p *property) accept(value string) (string, *invalid) {
	switch {
	case p.ReadOnlyValue && p.Calculated:
		return "", refuse(p.Name, "READ_ONLY_VALUE", "%q is a calculated property; its value cannot be set.", p.Name)
	case p.ReadOnlyValue:
		return "", refuse(p.Name, "READ_ONLY_VALUE", "%q is a read only property; its value cannot be set.", p.Name)
	case value == "":
		return "", nil
	}
	switch p.Type {
	case "number":
		return p.acceptNumber(value)
	case "datetime":
		ms, ok := parseTime(value)
		if !ok {
			return "", refuse(p.Name, "INVALID_DATE", "%s was not a valid date.", value)
		}
		return isoTime(ms), nil
	case "date":
		return p.acceptDate(value)
	case "enumeration", "bool":
		return p.acceptOption(value)
	}
	if n := len([]rune(value)); n > longestText {
		return "", refuse(p.Name, "INVALID_LENGTH", "The value is %d characters long; at most %d are allowed.", n, longestText)
	}
	if p.Name == "email" {
		value = strings.ToLower(strings.TrimSpace(value))
		if !emailPattern.MatchString(value) {
			return "", refuse(p.Name, "INVALID_EMAIL", "Email address %s is invalid", value)
		}
	}
	return value, nil
}

func (p *property) acceptNumber(value string) (string, *invalid) {
	value = strings.TrimSpace(value)
	if !numberPattern.MatchString(value) {
		return "", refuse(p.Name, "INVALID_LONG", "%s was not a valid long.", value)
	}
	return value, nil
}

// acceptDate wants a calendar day, or the milliseconds of a midnight in UTC.
func (p *property) acceptDate(value string) (string, *invalid) {
	ms, ok := parseTime(value)
	if !ok {
		return "", refuse(p.Name, "INVALID_DATE", "%s was not a valid date.", value)
	}
	if ms%(24*time.Hour).Milliseconds() != 0 {
		return "", refuse(p.Name, "INVALID_DATE", "%s is at %s UTC, not midnight!", value, isoTime(ms))
	}
	return time.UnixMilli(ms).UTC().Format(dateLayout), nil
}

func (p *property) acceptOption(value string) (string, *invalid) {
	if p.ExternalOptions && len(p.Options) == 0 {
		return value, nil
	}
	chosen := []string{value}
	if p.FieldType == "checkbox" {
		chosen = strings.Split(strings.TrimPrefix(value, ";"), ";")
	}
	for _, c := range chosen {
		known := slices.ContainsFunc(p.Options, func(o option) bool { return o.Value == c })
		if !known {
			return "", refuse(p.Name, "INVALID_OPTION", "%s was not one of the allowed options: [%s]", c, p.optionText())
		}
	}
	return value, nil
}

func (p *property) optionText() string {
	parts := make([]string, len(p.Options))
	for i, o := range p.Options {
		parts[i] = fmt.Sprintf("label: %q value: %q", o.Label, o.Value)
	}
	return strings.Join(parts, ", ")
}

// checkValues turns the properties of a write into the values to store. Its second result lists every refusal.
func (s *Sandbox) checkValues(t *table, props map[string]string, now int64) (map[uint16]string, []warning, []invalid) {
	values := make(map[uint16]string, len(props))
	var warnings []warning
	var bad []invalid
	for _, name := range sortedKeys(props) {
		p := t.property(name)
		if p == nil || now < p.CreatedAt+s.propertyDelay.Milliseconds() {
			bad = append(bad, *refuse(name, "PROPERTY_DOESNT_EXIST", "Property %q does not exist", name))
			continue
		}
		value, refused := p.accept(props[name])
		if refused != nil {
			bad = append(bad, *refused)
			continue
		}
		if p.Type == "date" && value != props[name] && value != "" {
			warnings = append(warnings, normalised(name, props[name], value))
		}
		values[p.slot] = value
	}
	for i := range bad {
		bad[i].PortalID = s.portalID
	}
	return values, warnings, bad
}

// warning is HubSpot's note that it stored a value in another form than it was sent.
type warning struct {
	Category string            `json:"category"`
	Message  string            `json:"message"`
	Context  map[string]string `json:"context"`
}

func normalised(name, raw, stored string) warning {
	return warning{"PROPERTY_VALUE_NORMALIZED", name + " was normalized",
		map[string]string{"propertyName": name, "rawValue": raw, "normalizedValue": stored}}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
