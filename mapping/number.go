package mapping

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// Shapes of numbers once spaces and apostrophes between digits are gone. A dot alone is always the decimal point, as in
// canonical text; a comma alone is one too unless exactly three digits follow, as in "1,234".
var (
	plainNumber   = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$`)
	commaGroups   = regexp.MustCompile(`^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$`)
	dotGroups     = regexp.MustCompile(`^[+-]?[1-9]\d{0,2}((\.\d{3})+,\d+|(\.\d{3}){2,})$`)
	commaDecimals = regexp.MustCompile(`^[+-]?\d*,\d+$`)
	numberRange   = regexp.MustCompile(`^(\d+)(?:-|to|a|bis)(\d+)$`)
	numberSuffix  = regexp.MustCompile(`^([\d.,+-]+)(k|m|mio|bn|md|mrd|b)$`)
)

// parseNumber reads "1234.5", "1,234.50", "1 234,50", "1.234,50", "12 %", "5000+", "10k" and "1.5M". A range such as
// "50-100" is no number: its ends may lie on both sides of a criterion (transform size_band reads ranges).
func parseNumber(text string) (float64, string) {
	n, trouble := readNumber(text)
	if trouble == "" && (math.IsNaN(n) || math.IsInf(n, 0)) {
		return 0, "it is too large to be a number"
	}
	return n, trouble
}

func readNumber(text string) (float64, string) {
	if len(text) > 64 {
		return 0, "it is too long to be a number"
	}
	if isCanonical(text) {
		return convert(text)
	}
	s := compact(text)
	s = strings.TrimSuffix(strings.TrimSuffix(s, "%"), "+")
	times := 1.0
	if parts := numberSuffix.FindStringSubmatch(s); parts != nil {
		s, times = parts[1], map[string]float64{"k": 1e3, "m": 1e6, "mio": 1e6, "bn": 1e9, "md": 1e9, "mrd": 1e9, "b": 1e9}[parts[2]]
	}
	switch {
	case plainNumber.MatchString(s):
	case commaGroups.MatchString(s):
		s = strings.ReplaceAll(s, ",", "")
	case dotGroups.MatchString(s):
		s = strings.Replace(strings.ReplaceAll(s, ".", ""), ",", ".", 1)
	case commaDecimals.MatchString(s):
		s = strings.Replace(s, ",", ".", 1)
	case numberRange.MatchString(s):
		return 0, "it is a range, not a number"
	default:
		return 0, "it is not a number"
	}
	n, trouble := convert(s)
	return n * times, trouble
}

// isCanonical recognises crm's canonical text for numbers, the common case, without the cost of a pattern.
func isCanonical(s string) bool {
	s = strings.TrimPrefix(s, "-")
	dot, digits := 0, 0
	for i := range len(s) {
		switch {
		case s[i] >= '0' && s[i] <= '9':
			digits++
		case s[i] == '.':
			dot++
		default:
			return false
		}
	}
	return digits > 0 && dot <= 1
}

func convert(s string) (float64, string) {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, "it is too large to be a number"
	}
	if n == 0 {
		n = 0 // -0 is 0
	}
	return n, ""
}

// compact drops what only separates digits and folds the rest.
func compact(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || r == '\'' || r == '_':
			return -1
		case r == '\u2212':
			return '-'
		}
		return r
	}, fold(text))
}
