package mapping

import (
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bareme/bareme/scoring"
)

// RatesSpec is a table of exchange rates: what one unit of each currency is worth, all in the same currency. Without one,
// amounts in another currency than the stated one are left out; with one they are converted. They are never added up as
// they stand.
type RatesSpec struct {
	AsOf  string            // the day of the rates, as YYYY-MM-DD
	Rates map[string]string // decimal numbers above zero, by ISO 4217 code
}

const ratesPath = "$.currencies"

// exchange is a compiled RatesSpec. A nil *exchange converts nothing.
type exchange struct {
	asOf string
	by   map[string]*big.Rat
}

func (c *compiler) rates(s *RatesSpec) {
	if s == nil {
		return
	}
	r := &exchange{asOf: s.AsOf, by: make(map[string]*big.Rat, len(s.Rates))}
	if _, err := time.Parse(time.DateOnly, s.AsOf); err != nil {
		c.problem(ratesPath+".as_of", fmt.Sprintf("%q is no day", s.AsOf), "write the day of the rates, such as 2026-01-31")
	}
	for _, code := range sortedCodes(s.Rates) {
		rate, ok := new(big.Rat).SetString(s.Rates[code])
		path := ratesPath + ".rates." + code
		switch {
		case !currencyCode.MatchString(code):
			c.problem(path, fmt.Sprintf("%q is no currency", code), "use the three capital letters of ISO 4217, such as EUR")
		case !ok || rate.Sign() <= 0:
			c.problem(path, fmt.Sprintf("the rate of %s is no number above zero", code), "write what one unit is worth in the currency of rate 1, such as 0.92")
		default:
			r.by[code] = rate
		}
	}
	c.mapper.rates = r
	for _, a := range c.mapper.spec.Attributes {
		c.priced(r, a.Currency, a.Path+".currency")
	}
	for _, a := range c.mapper.spec.Activities {
		c.priced(r, a.Currency, a.Path+".currency")
	}
}

// priced makes sure that what amounts are converted to has a rate.
func (c *compiler) priced(r *exchange, code, path string) {
	if _, known := r.by[code]; code != "" && !known {
		c.problem(path, fmt.Sprintf("amounts are to be in %s, and currencies has no rate for it", code), "add the rate of "+code+" under currencies.rates")
	}
}

func sortedCodes(rates map[string]string) []string { return slices.Sorted(maps.Keys(rates)) }

// money reads an amount. code is the currency its record says it is in, "" when it says nothing; the text may name one
// itself. An amount in another currency than the wanted one is converted to the cent, and from is the currency it was
// in; without a rate it has no value, and trouble names the currency.
func (r *exchange) money(text, code, want string) (value float64, from, trouble string) {
	amount, named := text, ""
	if !isCanonical(text) {
		amount, named = splitCurrency(text)
	}
	if code = strings.TrimSpace(code); code == "" {
		code = named
	} else if named != "" && !sameCurrency(named, code) {
		return 0, "", "its sign and the field of its currency differ"
	}
	if code == "" || want == "" || sameCurrency(code, want) {
		value, trouble = parseNumber(amount)
		return value, "", trouble
	}
	if r == nil {
		return 0, "", "it is in another currency than " + want
	}
	if from, trouble = r.find(code); trouble != "" {
		return 0, "", trouble
	}
	if value, trouble = parseNumber(amount); trouble != "" {
		return 0, "", trouble
	}
	if value, trouble = r.convert(value, from, want); trouble != "" {
		return 0, "", trouble
	}
	return value, from, ""
}

// find is the code of a currency named by its code or by a sign. A sign that several currencies of the table share is none.
func (r *exchange) find(named string) (code, trouble string) {
	for _, known := range slices.Sorted(maps.Keys(r.by)) {
		if !sameCurrency(named, known) {
			continue
		}
		if code != "" {
			return "", fmt.Sprintf("%s may be %s or %s", named, code, known)
		}
		code = known
	}
	if code == "" {
		if sign := currencySign(named); sign != "" {
			return "", "currencies has no rate for " + sign
		}
		return "", "what names its currency is none"
	}
	return code, ""
}

// convert is exact in decimals, and rounds once, to the cent, half away from zero.
func (r *exchange) convert(value float64, from, to string) (float64, string) {
	exact, ok := new(big.Rat).SetString(strconv.FormatFloat(value, 'f', -1, 64))
	if !ok {
		return 0, "it is not a number"
	}
	exact.Mul(exact, r.by[from])
	exact.Quo(exact, r.by[to])
	out, err := strconv.ParseFloat(exact.FloatString(2), 64)
	if err != nil || math.IsInf(out, 0) {
		return 0, "it is too large to be a number"
	}
	return out, ""
}

// rate is what one unit of a currency is worth in another, to six significant decimals.
func (r *exchange) rate(from, to string) float64 {
	x, _ := new(big.Rat).Quo(r.by[from], r.by[to]).Float64()
	return x
}

// Conversion is one kind of amount that was converted.
type Conversion struct {
	Name  string  `json:"name"` // the attribute or activity
	From  string  `json:"from"`
	To    string  `json:"to"`
	Rate  float64 `json:"rate"`  // what one unit of From is worth in To
	AsOf  string  `json:"as_of"` // the day of the rate
	Times int     `json:"times"` // amounts converted
}

// Conversions lists the amounts of one record that were converted, in the order of the model file.
func (m *Mapper) Conversions(in Input) []Conversion {
	if m.rates == nil {
		return nil
	}
	var list []Conversion
	add := func(name, from, to string) {
		if from == "" {
			return
		}
		for i := range list {
			if c := &list[i]; c.Name == name && c.From == from {
				c.Times++
				return
			}
		}
		list = append(list, Conversion{name, from, to, m.rates.rate(from, to), m.rates.asOf, 1})
	}
	for i := range m.attributes {
		a := &m.attributes[i]
		if a.typ != scoring.Money {
			continue
		}
		for _, p := range a.from {
			if raw := p.get(&in); raw != "" {
				_, from, trouble := m.rates.money(strings.TrimSpace(clean(raw)), a.currency.get(&in), a.spec.Currency)
				if trouble == "" {
					add(a.spec.Name, from, a.spec.Currency)
					break
				}
			}
		}
	}
	for i := range in.Activities {
		act := &in.Activities[i]
		for _, k := range m.sources[act.Source] {
			if text := act.Fields[k.spec.Amount]; k.spec.Amount != "" && text != "" && k.holds(act.Fields) {
				_, from, _ := m.rates.money(clean(text), act.Fields[k.spec.CurrencyFrom], k.spec.Currency)
				add(k.spec.Name, from, k.spec.Currency)
			}
		}
	}
	return list
}
