package rest

import (
	"net/http"
	"strconv"
	"time"
)

// RetryAfter reads when the server wants to be asked again, in seconds or as a date; 0 when it does not say.
func (a Answer) RetryAfter(now time.Time) time.Duration {
	h := a.Header.Get("Retry-After")
	if seconds, err := strconv.ParseFloat(h, 64); err == nil && seconds > 0 && seconds < 1e7 {
		return time.Duration(seconds * float64(time.Second))
	}
	if at, err := http.ParseTime(h); err == nil {
		if date, err := http.ParseTime(a.Header.Get("Date")); err == nil {
			now = date // both by the server's clock
		}
		return max(0, at.Sub(now))
	}
	return 0
}
