package alert

import (
	"fmt"
	"time"
)

// Clock is a time of day, in minutes after midnight.
type Clock int

// ParseClock reads "08:30".
func ParseClock(text string) (Clock, error) {
	t, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return 0, fmt.Errorf("%q is not a time of day: write it like 08:30", text)
	}
	return Clock(t.Hour()*60 + t.Minute()), nil
}

// String is the time of day as ParseClock reads it.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", c/60, c%60) }

// on is the moment of a day at this time of day. Where the clocks go forward over it, it is as much later.
func (c Clock) on(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), int(c/60), int(c%60), 0, 0, day.Location())
}

// next is the first moment at this time of day that is not before t.
func (c Clock) next(t time.Time) time.Time {
	if at := c.on(t); !at.Before(t) {
		return at
	}
	return c.on(t.AddDate(0, 0, 1))
}

// Quiet are the hours in which nobody is told: from From until To, over midnight when To is not later; and, with
// Weekends, all of Saturday and Sunday. From equal to To is no quiet hours at all.
type Quiet struct {
	From, To Clock
	Weekends bool
}

// Over is when the quiet that a moment falls in ends; the moment itself when it is not quiet.
func (q *Quiet) Over(t time.Time) time.Time {
	if q == nil {
		return t
	}
	for range 10 { // quiet hours and weekends take turns at most a few times
		next := q.hour(t)
		if q.Weekends {
			next = weekend(next)
		}
		if next.Equal(t) {
			return t
		}
		t = next
	}
	return t
}

// hour is when the quiet hours end that a moment falls in.
func (q *Quiet) hour(t time.Time) time.Time {
	now := Clock(t.Hour()*60 + t.Minute())
	switch {
	case q.From < q.To && q.From <= now && now < q.To, q.From > q.To && now < q.To:
		return q.To.on(t)
	case q.From > q.To && now >= q.From:
		return q.To.on(t.AddDate(0, 0, 1))
	}
	return t
}

// weekend is the Monday after a moment on a Saturday or Sunday.
func weekend(t time.Time) time.Time {
	switch t.Weekday() {
	case time.Saturday:
		return Clock(0).on(t.AddDate(0, 0, 2))
	case time.Sunday:
		return Clock(0).on(t.AddDate(0, 0, 1))
	}
	return t
}
