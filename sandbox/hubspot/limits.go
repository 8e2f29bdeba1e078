package hubspot

import (
	"net/http"
	"strconv"
	"time"
)

// Limits are the request limits of an account. The zero value stands for those of a Professional account.
type Limits struct {
	Off          bool // no limits at all
	Burst        int  // requests in any ten seconds; 190
	Search       int  // searches in any second; 5
	Associations int  // association requests in any ten seconds; 150
	Daily        int  // requests between two midnights of the account's time zone; 625,000
}

func (l Limits) orDefaults() Limits {
	set := func(n *int, d int) {
		if *n == 0 {
			*n = d
		}
	}
	set(&l.Burst, 190)
	set(&l.Search, 5)
	set(&l.Associations, 150)
	set(&l.Daily, 625_000)
	return l
}

// window counts requests in a rolling stretch of time, exactly: it remembers the moment of each.
type window struct {
	max   int
	span  time.Duration
	times []time.Time // a ring
	next  int
}

func newWindow(most int, span time.Duration) *window { return &window{max: most, span: span} }

// take counts one request if it fits.
func (w *window) take(now time.Time) bool {
	if len(w.times) < w.max {
		w.times = append(w.times, now)
		return true
	}
	if oldest := w.times[w.next]; now.Sub(oldest) < w.span {
		return false
	}
	w.times[w.next] = now
	w.next = (w.next + 1) % w.max
	return true
}

// left is how many more requests fit now.
func (w *window) left(now time.Time) int {
	used := 0
	for _, t := range w.times {
		if now.Sub(t) < w.span {
			used++
		}
	}
	return w.max - used
}

// throttle is the account's three windows and its day.
type throttle struct {
	limits                      Limits
	burst, search, associations *window
	zone                        *time.Location
	day                         string
	used                        int
}

func newThrottle(l Limits, zone *time.Location) *throttle {
	l = l.orDefaults()
	return &throttle{limits: l, zone: zone,
		burst:        newWindow(l.Burst, 10*time.Second),
		search:       newWindow(l.Search, time.Second),
		associations: newWindow(l.Associations, 10*time.Second)}
}

// admit counts one request of a class, or says which limit it broke.
func (t *throttle) admit(class limitClass, now time.Time) *apiError {
	t.turn(now)
	if t.limits.Off || class == unlimited {
		t.used++
		return nil
	}
	if t.used >= t.limits.Daily {
		return dailyLimit()
	}
	switch {
	case class == searchLimit && !t.search.take(now):
		return secondlyLimit()
	case class == associationLimit && !t.associations.take(now):
		return tenSecondlyLimit()
	case class == burstLimit && !t.burst.take(now):
		return tenSecondlyLimit()
	}
	t.used++
	return nil
}

// turn starts a new day at the account's midnight.
func (t *throttle) turn(now time.Time) {
	if day := now.In(t.zone).Format(dateLayout); day != t.day {
		t.day, t.used = day, 0
	}
}

func (t *throttle) midnight(now time.Time) time.Time {
	y, m, d := now.In(t.zone).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, t.zone)
}

// headers tells a client where it stands. HubSpot sends none on search, and no daily ones to OAuth apps.
func (t *throttle) headers(h http.Header, class limitClass, oauth bool, now time.Time) {
	if t.limits.Off || class == searchLimit || class == unlimited {
		return
	}
	w := t.burst
	if class == associationLimit {
		w = t.associations
	}
	set := func(name string, n int) { h.Set("X-HubSpot-RateLimit-"+name, strconv.Itoa(n)) }
	set("Max", w.max)
	set("Remaining", max(0, w.left(now)))
	set("Interval-Milliseconds", int(w.span.Milliseconds()))
	if !oauth {
		set("Daily", t.limits.Daily)
		set("Daily-Remaining", max(0, t.limits.Daily-t.used))
	}
}

// limitClass says which window a request counts against.
type limitClass uint8

const (
	unlimited limitClass = iota
	burstLimit
	searchLimit
	associationLimit
)
