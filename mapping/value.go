package mapping

import (
	"strings"
	"unicode/utf8"

	"github.com/bareme/bareme/scoring"
)

// How much of a text is mapped; what is longer is cut, with a warning.
const (
	maxText = 4096
	maxList = 1 << 16 // bytes of a list before it is split
)

// parse reads a text as a type. When that fails the value is Unknown and trouble says why, without the text itself.
func parse(t scoring.Type, text, currency string) (value scoring.Value, trouble string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return scoring.Value{}, "it is empty"
	}
	value.Type = t
	switch t {
	case scoring.Number:
		value.Num, trouble = parseNumber(text)
	case scoring.Money:
		value.Num, trouble = parseMoney(text, currency)
	case scoring.Bool:
		value.Num, trouble = parseBool(text)
	case scoring.Date:
		value.Num, trouble = parseDate(text)
	case scoring.List:
		value.List = parseList(text)
		if len(value.List) == 0 {
			trouble = "it is empty"
		}
	default:
		value.Type, value.Str = scoring.Text, text
	}
	if trouble != "" {
		return scoring.Value{}, trouble
	}
	return value, ""
}

// parseBool reads yes and no as people and spreadsheets write them, in English and French.
func parseBool(text string) (float64, string) {
	switch fold(text) {
	case "true", "yes", "y", "t", "1", "on", "oui", "o", "vrai", "x", "checked", "coche":
		return 1, ""
	case "false", "no", "n", "f", "0", "off", "non", "faux", "unchecked", "decoche":
		return 0, ""
	}
	return 0, "it is neither yes nor no"
}

// parseList splits at semicolons; each option counts once.
func parseList(text string) []string {
	var list []string
	seen := map[string]bool{}
	for option := range strings.SplitSeq(text, ";") {
		if option = strings.TrimSpace(option); option != "" && !seen[option] {
			seen[option] = true
			list = append(list, option)
		}
	}
	return list
}

// cut shortens a text to at most n bytes, between two characters.
func cut(s string, n int) (short string, wasLong bool) {
	if len(s) <= n {
		return s, false
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n], true
}

// typeName names a type as the model file does.
func typeName(t scoring.Type) string {
	names := [...]string{"unknown", "number", "text", "bool", "date", "list", "money"}
	if int(t) < len(names) {
		return names[t]
	}
	return "unknown"
}

// clean makes a text valid UTF-8 without control characters that no CRM shows.
func clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	return s
}
