package scoring

import (
	"fmt"
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

// longestSpan is 100 years, far from where spans in nanoseconds overflow.
const longestSpan = 100 * 365 * day

// ParseDuration reads a span up to 100 years, such as 12h, 30d, 2w, 3mo (of 30 days) or 1y (of 365 days).
func ParseDuration(s string) (Duration, error) {
	for _, u := range spanUnits {
		digits, ok := strings.CutSuffix(s, u.letter)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(digits, 10, 32)
		if err != nil || n > uint64(longestSpan/u.length) {
			break
		}
		return Duration(time.Duration(n) * u.length), nil
	}
	return 0, fmt.Errorf("%q is not a span of time; write a whole number and h, d, w, mo or y, such as 30d", s)
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
