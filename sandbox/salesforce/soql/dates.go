package soql

import (
	"strings"
	"time"
)

// rangeNames are the date literals, and whether a number follows them. A fiscal period is the calendar's: the org keeps
// the standard fiscal year that begins in January.
func rangeNames() map[string]bool {
	names := map[string]bool{"YESTERDAY": false, "TODAY": false, "TOMORROW": false, "LAST_90_DAYS": false, "NEXT_90_DAYS": false}
	for _, unit := range []string{"WEEK", "MONTH", "QUARTER", "YEAR", "FISCAL_QUARTER", "FISCAL_YEAR"} {
		for _, which := range []string{"LAST_", "THIS_", "NEXT_"} {
			names[which+unit] = false
		}
	}
	for _, unit := range []string{"DAYS", "WEEKS", "MONTHS", "QUARTERS", "YEARS", "FISCAL_QUARTERS", "FISCAL_YEARS"} {
		names["LAST_N_"+unit], names["NEXT_N_"+unit], names["N_"+unit+"_AGO"] = true, true, true
	}
	return names
}

// span is the time a date literal covers: from its first instant up to, not including, the first one after it. Days are
// those of UTC and weeks begin on Sunday.
func span(name string, n int, now time.Time) (from, to time.Time) {
	name = strings.ReplaceAll(name, "FISCAL_", "")
	switch name {
	case "YESTERDAY":
		return days(now, -1, 1)
	case "TODAY":
		return days(now, 0, 1)
	case "TOMORROW":
		return days(now, 1, 1)
	case "LAST_90_DAYS":
		return days(now, -90, 91)
	case "NEXT_90_DAYS":
		return days(now, 1, 90)
	case "LAST_N_DAYS": // today is in it, unlike in the other units
		return days(now, -n, n+1)
	}
	if which, unit, _ := strings.Cut(name, "_"); !strings.HasPrefix(unit, "N_") && which != "N" {
		start := map[string]int{"LAST": -1, "THIS": 0, "NEXT": 1}[which]
		return periods(now, unit, start, 1)
	}
	name = strings.Replace(name, "_N_", "_", 1)
	if ago, ok := strings.CutSuffix(name, "_AGO"); ok {
		return periods(now, strings.TrimSuffix(strings.TrimPrefix(ago, "N_"), "S"), -n, 1)
	}
	which, unit, _ := strings.Cut(name, "_")
	unit = strings.TrimSuffix(unit, "S")
	if which == "LAST" {
		return periods(now, unit, -n, n)
	}
	return periods(now, unit, 1, n)
}

func days(now time.Time, start, count int) (from, to time.Time) {
	return periods(now, "DAY", start, count)
}

// periods is the span of count periods, the first of which begins start periods after the present one.
func periods(now time.Time, unit string, start, count int) (from, to time.Time) {
	y, m, d := now.UTC().Date()
	begin := func(shift int) time.Time {
		switch unit {
		case "WEEK":
			return time.Date(y, m, d-int(now.UTC().Weekday())+7*shift, 0, 0, 0, 0, time.UTC)
		case "MONTH":
			return time.Date(y, m+time.Month(shift), 1, 0, 0, 0, 0, time.UTC)
		case "QUARTER":
			return time.Date(y, (m-1)/3*3+1+time.Month(3*shift), 1, 0, 0, 0, 0, time.UTC)
		case "YEAR":
			return time.Date(y+shift, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		return time.Date(y, m, d+shift, 0, 0, 0, 0, time.UTC)
	}
	return begin(start), begin(start + count)
}
