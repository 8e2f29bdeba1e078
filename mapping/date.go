package mapping

import (
	"strconv"
	"strings"
	"time"
)

// parseDate reads a moment as Unix milliseconds: RFC 3339, YYYY-MM-DD with or without a time (UTC), DD.MM.YYYY, a count
// of milliseconds (11 digits and more) or seconds (9 or 10) since 1970, and 31/12/2026 or 12/31/2026 where only one
// reading makes sense.
func parseDate(text string) (float64, string) {
	at, ok := readDate(strings.TrimSpace(text))
	if !ok {
		return 0, "it is no date that can be read for sure (write YYYY-MM-DD)"
	}
	if y := at.Year(); y < 1 || y > 9999 {
		return 0, "its year is out of range"
	}
	return float64(at.UnixMilli()), ""
}

func readDate(s string) (time.Time, bool) {
	if len(s) < 8 || len(s) > 40 {
		return time.Time{}, false
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && s[0] != '-' && s[0] != '+' {
		switch {
		case len(s) >= 11 && len(s) <= 15:
			return time.UnixMilli(n).UTC(), true
		case len(s) == 9 || len(s) == 10:
			return time.Unix(n, 0).UTC(), true
		}
		return time.Time{}, false
	}
	for _, layout := range []string{
		time.RFC3339Nano, time.DateOnly, time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04",
		"2006-01-02T15:04:05.999-0700", "2006-01-02T15:04:05-0700", "2006/01/02", "2006/01/02 15:04:05",
		"02.01.2006", "02.01.2006 15:04", "02.01.2006 15:04:05",
	} {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC(), true
		}
	}
	return readSlashes(s)
}

// readSlashes reads a date with slashes when day and month cannot be mistaken for each other.
func readSlashes(s string) (time.Time, bool) {
	for _, clock := range []string{"", " 15:04", " 15:04:05"} {
		dayFirst, err1 := time.Parse("2/1/2006"+clock, s)
		monthFirst, err2 := time.Parse("1/2/2006"+clock, s)
		switch {
		case err1 == nil && err2 == nil:
			return dayFirst, dayFirst.Equal(monthFirst)
		case err1 == nil:
			return dayFirst, true
		case err2 == nil:
			return monthFirst, true
		}
	}
	return time.Time{}, false
}
