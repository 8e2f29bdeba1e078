package clv_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bareme/bareme/learning/clv"
)

func day(text string) time.Time {
	d, err := time.Parse("2006-01-02", text)
	if err != nil {
		panic(err)
	}
	return d
}

func euros(t testing.TB, text string) clv.Amount {
	t.Helper()
	a, err := clv.ParseAmount(text, "EUR")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestGather: three days with a purchase, of which one has two, with two refunds, and one purchase still to come.
func TestGather(t *testing.T) {
	t.Parallel()
	moment := day("2025-03-01")
	bought := []clv.Purchase{
		{day("2025-02-01").Add(20 * time.Hour), euros(t, "30.5")},
		{day("2025-01-01").Add(9 * time.Hour), euros(t, "100")},
		{day("2025-01-15"), euros(t, "20.00")},
		{day("2025-01-15").Add(time.Hour), euros(t, "5.25")},
		{day("2025-02-10"), euros(t, "-10.5")},
		{day("2024-12-01"), euros(t, "-7")},
		{day("2025-03-02"), clv.Amount{Units: 1, Currency: "USD"}},
	}
	want := clv.Gathered{
		History: clv.History{X: 2, Tx: 31.0 / 7, T: 59.0 / 7, Mean: (25.25 + 20) / 2},
		First:   day("2025-01-01"), Last: day("2025-02-01"), Currency: "EUR", Days: 3, Merged: 1, Refunds: 1, Early: 1, Later: 1,
	}
	for range bought {
		bought = append(bought[1:], bought[0])
		got, err := clv.Gather(bought, moment)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	}
}

func TestGatherRefuses(t *testing.T) {
	t.Parallel()
	moment := day("2025-03-01")
	one := clv.Purchase{At: day("2025-01-01"), Amount: euros(t, "1")}
	large := clv.Amount{Units: math.MaxInt64, Currency: "EUR"}
	for name, c := range map[string]struct {
		bought []clv.Purchase
		code   clv.Code
		words  string
	}{
		"nothing":         {nil, clv.NoPurchase, "nothing was bought up to 2025-03-01"},
		"all later":       {[]clv.Purchase{{At: day("2026-01-01")}}, clv.NoPurchase, "no customer yet"},
		"refunds alone":   {[]clv.Purchase{{day("2025-01-01"), euros(t, "-1")}}, clv.NoPurchase, "nothing was bought"},
		"two currencies":  {[]clv.Purchase{one, {day("2025-02-01"), clv.Amount{Units: 1, Currency: "USD"}}}, clv.Currencies, "purchase 2: an amount in USD after one in EUR"},
		"overflow":        {[]clv.Purchase{{one.At, large}, {one.At, large}}, clv.BadPurchase, "the sum of 2025-01-01 overflows"},
		"decimals":        {[]clv.Purchase{{one.At, clv.Amount{Units: 1, Decimals: -1}}}, clv.BadPurchase, "-1 decimals"},
		"the year 1":      {[]clv.Purchase{{At: time.Time{}.AddDate(0, 0, 1)}}, clv.BadHistory, "is not between 0 and 10436"},
		"lowest":          {[]clv.Purchase{{one.At, clv.Amount{Units: math.MinInt64}}}, clv.BadPurchase, "beyond"},
		"amount too much": {[]clv.Purchase{one, {day("2025-02-01"), large}}, clv.BadHistory, "mean amount"},
	} {
		_, err := clv.Gather(c.bought, moment)
		if !clv.Refused(err, c.code) || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: %v, want %s with %q", name, err, c.code, c.words)
		}
	}
}

func TestParseAmount(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]clv.Amount{
		"12.50": {Units: 1250, Decimals: 2}, "-3": {Units: -3}, "+0.999999999": {Units: 999999999, Decimals: 9}, "-0.5": {Units: -5, Decimals: 1},
	} {
		if got, err := clv.ParseAmount(text, ""); err != nil || got != want {
			t.Errorf("%q: %v %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "-", ".5", "5.", "1e3", "1,000.00", " 1", "1.-5", "--1", "-+1", "NaN", "9223372036854775808", "1.0000000001"} {
		if got, err := clv.ParseAmount(text, ""); !clv.Refused(err, clv.BadPurchase) {
			t.Errorf("%q: %v %v, want a refusal", text, got, err)
		}
	}
}

// TestGatherCDNOW starts at the log of purchases and comes to the customers of the file.
func TestGatherCDNOW(t *testing.T) {
	t.Parallel()
	all, _ := customers(t)
	bought := map[string][]clv.Purchase{}
	var ids []string
	for line := range strings.Lines(string(open(t, "CDNOW_sample.txt"))) {
		w := strings.Fields(line) // in all, in the sample, date, CDs, dollars
		at, err := time.Parse("20060102", w[2])
		if err != nil {
			t.Fatal(err)
		}
		if bought[w[1]] == nil {
			ids = append(ids, w[1])
		}
		amount, err := clv.ParseAmount(w[4], "USD")
		if err != nil {
			t.Fatal(err)
		}
		bought[w[1]] = append(bought[w[1]], clv.Purchase{At: at, Amount: amount})
	}
	var got []clv.History
	for _, id := range ids {
		g, err := clv.Gather(bought[id], day("1997-09-30"))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, g.History)
	}
	if diff := cmp.Diff(all, got, cmpopts.EquateApprox(1e-9, 0)); diff != "" {
		t.Errorf("(-file +gathered):\n%s", diff)
	}
}

func FuzzParseAmount(f *testing.F) {
	for _, s := range []string{"12.50", "-3", "9.", ".", "99999999999999999999", "1.000000000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := clv.ParseAmount(text, "EUR")
		if err != nil {
			return
		}
		if v := a.Float(); math.IsNaN(v) || math.IsInf(v, 0) {
			t.Errorf("%q is %g", text, v)
		}
	})
}

// FuzzGather: whatever was bought, whenever: a history that can be, or a refusal; and the order makes no difference.
func FuzzGather(f *testing.F) {
	f.Add([]byte("abcdefgh"), int64(1_700_000_000))
	f.Add([]byte{0, 255, 3, 200, 1, 1, 9, 129, 77}, int64(0))
	f.Fuzz(func(t *testing.T, raw []byte, now int64) {
		var bought []clv.Purchase
		for i := 0; i+2 < len(raw) && i < 300; i += 3 {
			at := time.Unix(now-int64(raw[i])*86_400*int64(1+raw[i+2]%40), 0)
			units := int64(int8(raw[i+1])) << (raw[i+2] % 60)
			bought = append(bought, clv.Purchase{At: at, Amount: clv.Amount{Units: units, Decimals: int(raw[i+2] % 5), Currency: "EUR"}})
		}
		moment := time.Unix(now, 0)
		g, err := clv.Gather(bought, moment)
		for i, j := 0, len(bought)-1; i < j; i, j = i+1, j-1 {
			bought[i], bought[j] = bought[j], bought[i]
		}
		back, again := clv.Gather(bought, moment)
		if err == nil && again == nil && g != back {
			t.Errorf("%+v, in the other order %+v", g, back)
		}
		if err == nil && g.Check() != nil {
			t.Errorf("%+v: %v", g, g.Check())
		}
		if err != nil && err.Error() == "" {
			t.Error("refused without a word")
		}
	})
}
