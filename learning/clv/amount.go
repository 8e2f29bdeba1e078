package clv

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// MostDecimals of an amount.
const MostDecimals = 9

// Amount is exact money: 12.50 EUR is 1250 units of 2 decimals. The zero Amount is nothing paid, or not known.
type Amount struct {
	Units    int64  // of the smallest unit
	Decimals int    // how many of Units' digits stand behind the point: 0 to MostDecimals
	Currency string // code, such as EUR
}

// ParseAmount reads an exact decimal such as 12.5, -3 or 0.99: a point, no blanks, no exponent, no separators between
// thousands.
func ParseAmount(text, currency string) (Amount, error) {
	whole, part, point := strings.Cut(text, ".")
	digits := strings.TrimPrefix(strings.TrimPrefix(whole, "-"), "+")
	if !allDigits(digits+part) || digits == "" || point && part == "" || len(whole)-len(digits) > 1 {
		return Amount{}, refuse(BadPurchase, "amount", fmt.Sprintf("%q is no decimal", text), "write digits with a point, such as 12.50")
	}
	if len(part) > MostDecimals {
		return Amount{}, refuse(BadPurchase, "amount", fmt.Sprintf("%q has more than %d decimals", text, MostDecimals), "round it to the smallest unit of the currency")
	}
	units, err := strconv.ParseInt(whole+part, 10, 64)
	if err != nil {
		return Amount{}, refuse(BadPurchase, "amount", fmt.Sprintf("%q is too large", text), "check the amount")
	}
	return Amount{units, len(part), currency}, nil
}

func allDigits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

// Float is the amount in the currency's unit.
func (a Amount) Float() float64 {
	return float64(a.Units) / math.Pow10(min(max(a.Decimals, 0), MostDecimals))
}

func (a Amount) check() error {
	if a.Decimals < 0 || a.Decimals > MostDecimals {
		return fmt.Errorf("an amount with %d decimals, not 0 to %d", a.Decimals, MostDecimals)
	}
	if a.Units == math.MinInt64 {
		return errors.New("an amount beyond what can be computed with")
	}
	return nil
}

// plus adds exactly; ok is false when the sum does not fit.
func (a Amount) plus(b Amount) (sum Amount, ok bool) {
	for a.Decimals < b.Decimals {
		if a, ok = a.finer(); !ok {
			return Amount{}, false
		}
	}
	for b.Decimals < a.Decimals {
		if b, ok = b.finer(); !ok {
			return Amount{}, false
		}
	}
	n := a.Units + b.Units
	if (a.Units > 0) == (b.Units > 0) && (n > 0) != (a.Units > 0) && a.Units != 0 {
		return Amount{}, false
	}
	if a.Currency == "" {
		a.Currency = b.Currency
	}
	return Amount{n, a.Decimals, a.Currency}, true
}

// finer is the same amount with one decimal more.
func (a Amount) finer() (Amount, bool) {
	if a.Units > math.MaxInt64/10 || a.Units < -math.MaxInt64/10 {
		return Amount{}, false
	}
	return Amount{a.Units * 10, a.Decimals + 1, a.Currency}, true
}
