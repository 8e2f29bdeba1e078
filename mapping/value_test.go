package mapping

import (
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/bareme/bareme/scoring"
)

func TestNumbers(t *testing.T) {
	for text, want := range map[string]float64{
		"12": 12, "-3": -3, "+3": 3, "0": 0, "-0": 0, "1234.5": 1234.5, ".5": .5, "3.": 3, "1.5E+6": 1.5e6, "1e3": 1000,
		"1 234,5": 1234.5, "1\u00a0234,5": 1234.5, "1\u202f234": 1234, "1,234.50": 1234.5, "1,234": 1234, "1,234,567": 1234567,
		"1.234,50": 1234.5, "1.234.567": 1234567, "1.234": 1.234, "12,5": 12.5, "0,125": .125, "1'234.5": 1234.5, "1’234": 1234,
		"12 %": 12, "5000+": 5000, "10k": 10000, "1,5 M": 1.5e6, "2 Md": 2e9, "3bn": 3e9, "−4": -4,
	} {
		if got, trouble := parseNumber(text); got != want || trouble != "" {
			t.Errorf("%q is %v %s, want %v", text, got, trouble, want)
		}
	}
	for _, text := range []string{"", "-", "50-100", "50 à 100", "50 to 100", "a dozen", "1,2,3", "1.2.3", "NaN", "Inf", "0x10", "1e999", "12 €", "Select", "1 2 3x", strings.Repeat("9", 65), "--1", "1-"} {
		if got, trouble := parseNumber(text); trouble == "" {
			t.Errorf("%q is %v, want trouble", text, got)
		}
	}
}

func TestMoney(t *testing.T) {
	for _, c := range []struct {
		text, currency string
		want           float64 // NaN: no value
	}{
		{"1200", "EUR", 1200}, {"1 200,50 €", "EUR", 1200.5}, {"€1,200.50", "EUR", 1200.5}, {"EUR 1200", "EUR", 1200}, {"1200 euros", "EUR", 1200},
		{"12 k€", "EUR", 12000}, {"1,5 M€", "EUR", 1.5e6}, {"2 Md€", "EUR", 2e9}, {"-5 €", "EUR", -5},
		{"$1,200", "USD", 1200}, {"$1,200", "CAD", 1200}, {"US$ 5", "USD", 5}, {"£3", "GBP", 3}, {"CHF 5", "CHF", 5}, {"100 kr", "SEK", 100},
		{"$1,200", "EUR", math.NaN()}, {"1200 USD", "EUR", math.NaN()}, {"US$ 5", "CAD", math.NaN()}, {"£3", "EUR", math.NaN()}, {"5 € 3 $", "EUR", math.NaN()}, {"€ 5 $", "EUR", math.NaN()},
		{"lots", "EUR", math.NaN()}, {"", "EUR", math.NaN()}, {"€", "EUR", math.NaN()},
	} {
		got, trouble := parseMoney(c.text, c.currency)
		if math.IsNaN(c.want) != (trouble != "") || trouble == "" && got != c.want {
			t.Errorf("%q in %s is %v %s, want %v", c.text, c.currency, got, trouble, c.want)
		}
	}
}

func TestBools(t *testing.T) {
	for text, want := range map[string]float64{"true": 1, "Yes": 1, "OUI": 1, "1": 1, "vrai": 1, "false": 0, "No": 0, "non": 0, "0": 0, "Faux": 0} {
		if got, trouble := parseBool(text); got != want || trouble != "" {
			t.Errorf("%q is %v %s", text, got, trouble)
		}
	}
	for _, text := range []string{"", "maybe", "Select", "2"} {
		if _, trouble := parseBool(text); trouble == "" {
			t.Errorf("%q is yes or no", text)
		}
	}
}

func TestDates(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-21T09:00:00Z":      "2026-11-21T09:00:00Z",
		"2026-11-21T10:00:00+01:00": "2026-11-21T09:00:00Z",
		"2026-11-21T09:00:00.123Z":  "2026-11-21T09:00:00.123Z",
		"2026-11-21":                "2026-11-21T00:00:00Z",
		"2026-11-21 09:30":          "2026-11-21T09:30:00Z",
		"1795251600000":             "2026-11-21T09:00:00Z",
		"1795251600":                "2026-11-21T09:00:00Z",
		"21.11.2026":                "2026-11-21T00:00:00Z",
		"21/11/2026":                "2026-11-21T00:00:00Z",
		"11/21/2026":                "2026-11-21T00:00:00Z",
		"05/05/2026":                "2026-05-05T00:00:00Z",
		"2026/11/21":                "2026-11-21T00:00:00Z",
	} {
		ms, trouble := parseDate(text)
		if got := time.UnixMilli(int64(ms)).UTC().Format(time.RFC3339Nano); got != want || trouble != "" {
			t.Errorf("%q is %s %s, want %s", text, got, trouble, want)
		}
	}
	for _, text := range []string{"", "soon", "05/06/2026", "2026-13-01", "2026-02-30", "45123", "99999999999999999", "-1795251600000", "0000-01-01"} {
		if _, trouble := parseDate(text); trouble == "" {
			t.Errorf("%q is a date", text)
		}
	}
}

func TestCut(t *testing.T) {
	long := strings.Repeat("é", 40000)
	got, was := cut(long, 4095)
	if !was || !utf8.ValidString(got) || len(got) != 4094 {
		t.Errorf("cut to %d bytes, %v", len(got), was)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"1 234,5", "€ 5", "2026-11-21", "a;b", "oui", "50-100", "\xff\x00"} {
		f.Add(seed, "EUR")
	}
	f.Fuzz(func(t *testing.T, text, currency string) {
		for typ := scoring.Number; typ <= scoring.Money; typ++ {
			v, trouble := parse(typ, text, currency)
			if (v.Type == scoring.Unknown) != (trouble != "") {
				t.Errorf("%v of %q: %+v, %q", typ, text, v, trouble)
			}
			if math.IsNaN(v.Num) || math.IsInf(v.Num, 0) {
				t.Errorf("%v of %q: %v", typ, text, v.Num)
			}
			if len(trouble)-len(currency) > 80 {
				t.Errorf("a value in %q", trouble)
			}
		}
	})
}
