package scoring

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// spanUnits are the units of a Duration. They do not depend on the calendar: a month has 30 days, a year 365.
var spanUnits = []struct {
	letter string
	length time.Duration
}{
	{"mo", 30 * day}, {"y", 365 * day}, {"w", 7 * day}, {"d", day}, {"h", time.Hour},
}

// ParseDuration reads a span such as 12h, 30d, 2w, 3mo (of 30 days) or 1y (of 365 days).
func ParseDuration(s string) (Duration, error) {
	for _, u := range spanUnits {
		digits, ok := strings.CutSuffix(s, u.letter)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(digits, 64)
		length := n * float64(u.length)
		if err != nil || math.IsNaN(n) || n < 0 || length > float64(math.MaxInt64/2) {
			break
		}
		return Duration(length), nil
	}
	return 0, fmt.Errorf("%q is not a span of time; write a number and h, d, w, mo or y, such as 30d", s)
}

// String is the span in its longest whole unit of days or hours: "30d".
func (d Duration) String() string {
	t := time.Duration(d)
	switch {
	case t%day == 0:
		return strconv.FormatInt(int64(t/day), 10) + "d"
	case t%time.Hour == 0:
		return strconv.FormatInt(int64(t/time.Hour), 10) + "h"
	}
	return t.String()
}
