package worker

import (
	"fmt"
	"time"

	"github.com/robfig/cron/v3"
)

// A schedule that names hours of the day goes by the clock on the wall, as people do: when clocks go forward, what was to
// happen in the hour left out happens an hour later by the new time; when they go back, what is due in the hour that comes
// twice happens once. A schedule of every hour goes by time that passes, and sees no change of clocks. The library alone
// would leave out the one and do the other twice.

// parse reads the five fields of a schedule, which may begin with CRON_TZ=zone.
func (s Schedule) parse(spec string) (cron.Schedule, error) {
	parsed, err := cron.ParseStandard(spec)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", spec, err)
	}
	fields, ok := parsed.(*cron.SpecSchedule)
	if !ok { // @every
		return parsed, nil
	}
	zone := fields.Location
	if zone == time.Local {
		zone = s.zone()
	}
	own := *fields
	const allHours = 1<<24 - 1
	if own.Hour&allHours == allHours {
		own.Location = zone
		return &own, nil
	}
	own.Location = time.UTC
	return &wall{fields: own, zone: zone}, nil
}

// wall is a schedule by the clock on the wall of a zone. Its fields are read as if that clock showed UTC.
type wall struct {
	fields cron.SpecSchedule
	zone   *time.Location
}

// Next implements cron.Schedule.
func (w *wall) Next(after time.Time) time.Time {
	shown := onWall(after.In(w.zone))
	for {
		if shown = w.fields.Next(shown); shown.IsZero() {
			return shown
		}
		if at := w.when(shown); at.After(after) {
			return at
		}
	}
}

// when is the first moment the clock shows this; for what it never shows, the moment it would have without the change.
func (w *wall) when(shown time.Time) time.Time {
	_, before := shown.Add(-24 * time.Hour).In(w.zone).Zone()
	early := shown.Add(-time.Duration(before) * time.Second).In(w.zone)
	if onWall(early).Equal(shown) {
		return early
	}
	at := time.Date(shown.Year(), shown.Month(), shown.Day(), shown.Hour(), shown.Minute(), shown.Second(), 0, w.zone)
	if onWall(at).Equal(shown) {
		return at
	}
	return early
}

// onWall is what a clock shows, as if it showed UTC.
func onWall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}
