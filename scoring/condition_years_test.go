package scoring

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestYearsBetween(t *testing.T) {
	for _, test := range []struct {
		from, to string
		want     float64
	}{
		{"1990-06-15", "2026-06-14", 35}, {"1990-06-15", "2026-06-15", 36}, {"1990-12-31", "2026-01-01", 35},
		{"2000-02-29", "2026-02-28", 25}, {"2000-02-29", "2026-03-01", 26}, {"2000-02-29", "2028-02-29", 28},
		{"1969-07-01", "1970-06-30", 0}, {"2026-06-15", "2026-06-15", 0}, {"2026-06-15", "2026-06-14", -1},
	} {
		if got := yearsBetween(ms(t, test.from), ms(t, test.to)); got != test.want {
			t.Errorf("from %s to %s: %g years, want %g", test.from, test.to, got, test.want)
		}
	}
}

func ms(t *testing.T, day string) int64 {
	t.Helper()
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixMilli()
}

// TestYearsLaws: nobody grows younger, and some years later one is older by exactly these years.
func TestYearsLaws(t *testing.T) {
	day := rapid.Int64Range(-80*365*24*3600, 80*365*24*3600)
	rapid.Check(t, func(t *rapid.T) {
		born, now := day.Draw(t, "born")*1000, time.Unix(day.Draw(t, "now"), 0).UTC()
		years := rapid.IntRange(0, 60).Draw(t, "years")
		then := now.AddDate(years, 0, 0)
		before, after := yearsBetween(born, now.UnixMilli()), yearsBetween(born, then.UnixMilli())
		if leap := now.Month() == time.February && now.Day() == 29; !leap && after != before+float64(years) {
			t.Fatalf("%g years at %s and %g at %s", before, now, after, then)
		}
		if later := yearsBetween(born, now.Add(time.Duration(years)*time.Hour).UnixMilli()); later < before {
			t.Fatalf("%g years at %s, and %g later", before, now, later)
		}
	})
}
