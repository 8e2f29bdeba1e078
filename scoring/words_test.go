package scoring

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestSummary(t *testing.T) {
	m := benchModel(t)
	ms := func(day int) int64 { return time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC).UnixMilli() }
	w := english{}
	reasons := []Reason{
		{Points: 25 * Point, Short: "Decision maker", Lang: "en"},
		{Points: 25 * Point / 2, Short: "Clicked an e-mail (" + w.timesShort(5, ms(18)) + ")", Lang: "en"},
		{Points: -5 * Point, Short: "Free\nmail", Lang: "en"},
		{Points: -40 * Point, Limit: true, Short: "Score limit: fit is at most 100", Lang: "en"},
		{Short: "Nothing is known of: employees", Lang: "en"},
	}
	for _, c := range []struct {
		most int
		want string
	}{
		{200, "+25 Decision maker; +12.5 Clicked an e-mail (5×, last 18 Nov 2026); -5 Free mail; -40 Score limit: fit is at most 100; Nothing is known of: employees"},
		{146, "+25 Decision maker; +12.5 Clicked an e-mail (5×, last 18 Nov 2026); -5 Free mail; -40 Score limit: fit is at most 100 … and 1 more"},
		{110, "+25 Decision maker; +12.5 Clicked an e-mail (5×, last 18 Nov 2026); -5 Free mail … and 2 more"},
		{80, "+25 Decision maker; +12.5 Clicked an e-mail (5×, last 18 Nov 2026) … and 3 more"},
		{40, "+25 Decision maker … and 4 more"},
		{10, ""},
	} {
		if got := m.Summary(reasons, c.most); got != c.want {
			t.Errorf("%d characters:\n got %s\nwant %s", c.most, got, c.want)
		}
	}
	if got := m.Summary(nil, 100); got != "" {
		t.Errorf("no reasons: %q", got)
	}
}

// TestSummaryFits: a summary is never longer than the field.
func TestSummaryFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := mustCompile(t, drawSpec(t, false))
		s := drawSubject(t, testSchema, 3)
		var r Result
		m.Score(&s, testNow, &r)
		most := rapid.IntRange(-1, 300).Draw(t, "characters")
		lang := rapid.SampledFrom([]string{"en", "fr"}).Draw(t, "language")
		got := m.Summary(m.Reasons(&r, testNow, lang), most)
		if utf8.RuneCountInString(got) > max(0, most) || strings.ContainsAny(got, "\r\n\t") {
			t.Fatalf("%d characters: %q", most, got)
		}
	})
}

func TestWords(t *testing.T) {
	first := time.Date(2026, 2, 1, 23, 0, 0, 0, time.UTC).UnixMilli()
	for _, c := range [][2]string{
		{english{}.times(1, 0), "once"},
		{english{}.times(1, first), "once, on 1 Feb 2026"},
		{english{}.times(2, 0), "2 times"},
		{english{}.times(2, first), "2 times, last on 1 Feb 2026"},
		{english{}.timesShort(1, first), "1 Feb 2026"},
		{english{}.timesShort(1, 0), "1×"},
		{english{}.later(1), "1 activity is dated in the future and does not count yet"},
		{french{}.times(1, 0), "une fois"},
		{french{}.times(1, first), "une fois, le 1er févr. 2026"},
		{french{}.times(2, 0), "2 fois"},
		{french{}.times(2, first), "2 fois, la dernière le 1er févr. 2026"},
		{french{}.timesShort(2, first), "2×, dernière 1er févr. 2026"},
		{french{}.more(1), "… et 1 autre"},
		{french{}.more(2), "… et 2 autres"},
		{french{}.groupCap("profil", 25*Point/2), "Plafond du groupe : profil est limité à 12,5"},
		{Rising.Word("fr"), "en hausse"},
		{Falling.Word("fr-CA"), "en baisse"},
		{Steady.Word("de"), "steady"},
		{Trend("").Word("en"), ""},
		{(-5 * Point / 2).signed("."), "-2.5"},
		{(Point / 100).signed("."), "0"},
		{(Point / 20).signed(","), "+0,1"},
		{(-Point / 100).signed("."), "0"},
		{(-Point / 8).String(), "-0.125"},
		{Point.String(), "1"},
	} {
		if c[0] != c[1] {
			t.Errorf("%q, want %q", c[0], c[1])
		}
	}
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]Duration{
		"12h": Duration(12 * time.Hour), "30d": Duration(30 * day), "2w": Duration(14 * day), "3mo": Duration(90 * day),
		"1y": Duration(365 * day), "0d": 0,
	} {
		if got, err := ParseDuration(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "d", "30", "30m", "-3d", "1e3d", "NaNd", "infd", "1.5d", "99999999999y", "3 d", "d3"} {
		if got, err := ParseDuration(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
	for d, want := range map[Duration]string{Duration(30 * day): "30d", Duration(5 * time.Hour): "5h", Duration(time.Minute): "1m0s"} {
		if d.String() != want {
			t.Errorf("%s, want %s", d, want)
		}
	}
}
