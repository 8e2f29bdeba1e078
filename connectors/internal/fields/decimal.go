package fields

import (
	"strconv"
	"strings"
)

// Decimal writes a decimal without exponent, sign of zero, leading or trailing zeros, digit for digit: no float
// in between, so that ids and large amounts keep their digits.
func Decimal(raw string) string {
	s := strings.TrimSpace(raw)
	sign, digits, point, ok := split(s)
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

// split takes a decimal apart: its sign, all its digits, and how many of them stand before the point.
func split(s string) (sign, digits string, point int, ok bool) {
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

// IsDecimal says whether a text is a decimal, with nothing around it.
func IsDecimal(raw string) bool {
	_, _, _, ok := split(raw)
	return ok
}
