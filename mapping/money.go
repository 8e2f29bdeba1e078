package mapping

import (
	"strings"
	"unicode"
)

// parseMoney reads an amount in the wanted currency. A text that names another currency has no value here: amounts of
// two currencies are never added up.
func parseMoney(text, want string) (float64, string) {
	value, _, trouble := (*exchange)(nil).money(text, "", want)
	return value, trouble
}

// splitCurrency takes a currency's sign or code off either end of an amount.
func splitCurrency(text string) (amount, currency string) {
	text = strings.TrimSpace(text)
	if len(text) > 64 {
		return text, ""
	}
	isAmount := func(r rune) bool { return unicode.IsDigit(r) || r == '-' || r == '+' || r == '.' || r == ',' }
	first, last := strings.IndexFunc(text, isAmount), strings.LastIndexFunc(text, isAmount)
	if first < 0 {
		return text, ""
	}
	before, after := strings.TrimSpace(text[:first]), strings.TrimSpace(text[last+1:])
	scale := ""
	for _, s := range []string{"Mds", "Mrd", "Mio", "Md", "bn", "k", "K", "M", "B"} {
		rest, ok := strings.CutPrefix(after, s)
		if ok && (rest == "" || currencySign(strings.TrimSpace(rest)) != "") {
			scale, after = strings.TrimSuffix(s, "s"), strings.TrimSpace(rest)
			break
		}
	}
	for _, name := range []string{before, after} {
		if name == "" || name == "%" {
			continue
		}
		sign := currencySign(name)
		if sign == "" || currency != "" {
			return text, ""
		}
		currency = sign
	}
	return text[first:last+1] + scale, currency
}

// currencySign turns "€", "euros", "US$" or "eur" into a code, or "$" and "kr", which several currencies share.
func currencySign(s string) string {
	switch folded := fold(s); folded {
	case "€", "euro", "euros":
		return "EUR"
	case "£":
		return "GBP"
	case "¥":
		return "¥"
	case "$", "dollar", "dollars":
		return "$"
	case "us$", "$us":
		return "USD"
	case "ca$", "c$", "$ca", "can$":
		return "CAD"
	case "a$", "au$":
		return "AUD"
	case "kr", "kr.":
		return "kr"
	case "zl":
		return "PLN"
	case "₹", "rs", "rs.":
		return "INR"
	case "fr.", "sfr", "sfr.":
		return "CHF"
	default:
		if len(folded) == 3 && strings.Trim(folded, "abcdefghijklmnopqrstuvwxyz") == "" {
			return strings.ToUpper(folded)
		}
		return ""
	}
}

func sameCurrency(named, want string) bool {
	switch named {
	case "$":
		return strings.HasSuffix(want, "D") && want != "BHD" && want != "IQD" && want != "JOD" && want != "KWD" && want != "LYD" && want != "TND" && want != "RSD"
	case "kr":
		return want == "SEK" || want == "NOK" || want == "DKK" || want == "ISK"
	case "¥":
		return want == "JPY" || want == "CNY"
	}
	return strings.EqualFold(strings.TrimSpace(named), want)
}
