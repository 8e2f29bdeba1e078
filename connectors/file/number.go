package file

import "strings"

// forms is a set of ways to read a cell: as a number written one way or another, as a date of one order or another.
type forms uint16

// The ways people and programs write numbers.
const (
	plainForm   forms = 1 << iota // 1234.5, -0.5, 1.5E+05
	englishForm                   // 1,234.5
	frenchForm                    // 1 234,5 and 1.234,5 and 1234,5
	allNumbers  = plainForm | englishForm | frenchForm
)

// numberForms says in which ways a cell reads as a number. What begins with a plus or a needless zero is none: it is a
// telephone number, a postal code, an article number.
func numberForms(cell string) forms {
	s := strings.TrimPrefix(cell, "-")
	if s == "" || len(s) > 40 || s[0] < '0' || s[0] > '9' || len(s) > 1 && s[0] == '0' && s[1] >= '0' && s[1] <= '9' {
		return 0
	}
	var f forms
	if isPlain(s) {
		f |= plainForm
	}
	if grouped(s, ".", ",") {
		f |= englishForm
	}
	s = narrowSpaces.Replace(s)
	if grouped(s, ",", " ") || grouped(s, ",", ".") {
		f |= frenchForm
	}
	return f
}

// narrowSpaces are those French typography puts between thousands.
var narrowSpaces = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2009", " ")

// isPlain reads digits with at most one point, and an exponent with its sign as spreadsheet programs write it: of two
// digits, up to 19, behind no more digits than a float has.
func isPlain(s string) bool {
	s, exponent, ok := strings.Cut(strings.ToUpper(s), "E")
	if ok && (len(s) > 19 || len(exponent) != 3 || !strings.ContainsAny(exponent[:1], "+-") || !digits(exponent[1:]) || exponent[1] > '1') {
		return false
	}
	whole, part, ok := strings.Cut(s, ".")
	return digits(whole) && (!ok || digits(part))
}

// grouped reads digits in groups of three, or in none, and a decimal mark.
func grouped(s, mark, group string) bool {
	whole, part, ok := strings.Cut(s, mark)
	if ok && !digits(part) {
		return false
	}
	parts := strings.Split(whole, group)
	for i, p := range parts {
		if !digits(p) || i > 0 && len(p) != 3 || i == 0 && len(parts) > 1 && len(p) > 3 {
			return false
		}
	}
	return true
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// canonicalNumber rewrites a number of that form as crm.Fields wants it: a plain decimal without exponent and without
// zeros that say nothing. It works on the digits, so that none is lost.
func canonicalNumber(cell string, form forms) string {
	s, minus := strings.CutPrefix(cell, "-")
	switch form {
	case englishForm:
		s = strings.ReplaceAll(s, ",", "")
	case frenchForm:
		s = strings.NewReplacer(" ", "", ".", "", ",", ".").Replace(narrowSpaces.Replace(s))
	}
	s, exponent, _ := strings.Cut(strings.ToUpper(s), "E")
	whole, part, _ := strings.Cut(s, ".")
	whole, part = shift(whole, part, exponent)
	whole, part = strings.TrimLeft(whole, "0"), strings.TrimRight(part, "0")
	if whole == "" {
		whole = "0"
	}
	if part != "" {
		whole += "." + part
	}
	if minus && whole != "0" {
		whole = "-" + whole
	}
	return whole
}

// shift moves the point by an exponent of at most two digits.
func shift(whole, part, exponent string) (string, string) {
	if exponent == "" {
		return whole, part
	}
	n := 0
	for _, d := range exponent[1:] {
		n = n*10 + int(d-'0')
	}
	zeros := strings.Repeat("0", n)
	if exponent[0] == '-' {
		whole = zeros + whole
		return whole[:len(whole)-n], whole[len(whole)-n:] + part
	}
	part += zeros
	return whole + part[:n], part[n:]
}
