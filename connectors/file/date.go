package file

import (
	"strings"
	"time"
)

// The orders people and programs write dates in. A time of day may follow each.
const (
	isoDate    forms = 1 << (iota + 8) // 2026-02-03, 2026-02-03T04:05:06Z
	dayFirst                           // 03/02/2026, 03.02.2026, 03-02-2026
	monthFirst                         // 02/03/2026
	allDates   = isoDate | dayFirst | monthFirst
)

// dateForms says in which orders a cell reads as a date that exists.
func dateForms(cell string) forms {
	var f forms
	if len(cell) < 8 || len(cell) > 40 || cell[0] < '0' || cell[0] > '9' {
		return 0
	}
	for _, form := range []forms{isoDate, dayFirst, monthFirst} {
		if _, ok := parseDate(cell, form, time.UTC); ok {
			f |= form
		}
	}
	return f
}

// parseDate reads a date in one order; without a time of day it is midnight in the zone.
func parseDate(cell string, form forms, zone *time.Location) (at time.Time, ok bool) {
	day, clock := cell, ""
	if i := strings.IndexAny(cell, " T"); i > 0 {
		day, clock = cell[:i], cell[i+1:]
	}
	layout := time.DateOnly
	if form != isoDate {
		day = strings.NewReplacer(".", "/", "-", "/").Replace(day)
		layout = "2/1/2006"
		if form == monthFirst {
			layout = "1/2/2006"
		}
	}
	if clock == "" {
		at, err := time.ParseInLocation(layout, day, zone)
		return at, err == nil
	}
	for _, times := range []string{"15:04", "15:04:05", "15:04:05.999999999", "15:04Z07:00", "15:04:05Z07:00", "15:04:05 -0700 MST", "3:04 PM", "3:04:05 PM"} {
		if at, err := time.ParseInLocation(layout+" "+times, day+" "+clock, zone); err == nil {
			return at.UTC(), true
		}
	}
	return at, false
}
