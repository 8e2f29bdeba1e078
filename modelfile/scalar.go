package modelfile

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/bareme/bareme/alert"
	"github.com/bareme/bareme/nearest"
	"github.com/bareme/bareme/scoring"
)

const day = 24 * time.Hour

// units are the spans a duration may be written in. Months and years are fixed, so that a score never depends on the
// calendar: a month is 30 days and a year 365.
var units = []struct {
	suffix string
	span   time.Duration
}{{"mo", 30 * day}, {"h", time.Hour}, {"d", day}, {"w", 7 * day}, {"y", 365 * day}}

const maxDuration = 100 * 365 * day

func parseDuration(text string) (scoring.Duration, error) {
	for _, u := range units {
		digits, ok := strings.CutSuffix(text, u.suffix)
		if !ok || !isDigits(digits) {
			continue
		}
		n, err := strconv.Atoi(digits)
		if err != nil || int64(n) > int64(maxDuration/u.span) {
			return 0, fmt.Errorf("a duration is at most 100 years")
		}
		return scoring.Duration(time.Duration(n) * u.span), nil
	}
	return 0, fmt.Errorf("not a duration")
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

var numberText = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// maxNumber keeps points and sums of them exact.
const maxNumber = 1e9

func parseNumber(text string) (float64, error) {
	if !numberText.MatchString(text) {
		return 0, fmt.Errorf("not a number")
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.Abs(v) > maxNumber {
		return 0, fmt.Errorf("numbers lie between -1000000000 and 1000000000")
	}
	return v, nil
}

// parsePercent reads 30% as 30.
func parsePercent(text string) (float64, error) {
	digits, ok := strings.CutSuffix(text, "%")
	if !ok {
		return 0, fmt.Errorf("not a percentage")
	}
	v, err := parseNumber(strings.TrimSpace(digits))
	if err != nil || v < 0 || v > 100 {
		return 0, errors.New("a percentage lies between 0% and 100%")
	}
	return v, nil
}

// checkCron refuses what robfig/cron cannot read, and schedules that never come.
func checkCron(text string) error {
	if strings.Contains(text, "TZ=") { // cron panics on some of these, and schedule.timezone says it once for all
		return fmt.Errorf("the time zone does not belong here")
	}
	s, err := cron.ParseStandard(text)
	if err != nil {
		return err
	}
	if s.Next(time.Unix(0, 0).UTC()).IsZero() {
		return fmt.Errorf("this moment never comes")
	}
	return nil
}

// loadZone finds a time zone by its IANA name.
func loadZone(text string) (*time.Location, error) {
	if text == "" || strings.EqualFold(text, "local") {
		return nil, fmt.Errorf("the time zone must not depend on the machine")
	}
	return time.LoadLocation(text)
}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// reserved are words the syntax of conditions keeps for itself.
var reserved = map[string]bool{
	"and": true, "or": true, "not": true, "in": true, "true": true, "false": true, "nil": true, "let": true, "if": true,
	"else": true, "contains": true, "matches": true, "startsWith": true, "endsWith": true,
}

// checkScalar says what is wrong with one written value and what to write instead; "" when nothing is.
func (s *shape) checkScalar(text string) (message, hint string) {
	var err error
	switch s.kind {
	case name:
		return checkName(text)
	case number, whole:
		return s.checkNumber(text)
	case yesNo:
		if text != "true" && text != "false" {
			return quote(text) + " is neither true nor false", "Write true or false."
		}
	case duration:
		return s.checkDuration(text)
	case percent:
		if _, err = parsePercent(text); err != nil {
			return quote(text) + " is not a percentage between 0% and 100%", "Write a number with a percent sign: 30%."
		}
	case clock:
		if _, err = alert.ParseClock(text); err != nil {
			return quote(text) + " is not a time of day", `Write hours and minutes between quotes: "08:30".`
		}
	case cronLine:
		if err = checkCron(text); err != nil {
			return "this schedule cannot be read: " + err.Error(), `Write five fields, minute hour day month weekday: "0 3 * * *" is every night at 3.`
		}
	case timeZone:
		if _, err = loadZone(text); err != nil {
			return quote(text) + " is not a known time zone", "Write UTC or a name such as Europe/Paris."
		}
	case choice:
		return checkChoice(text, s.choices)
	case condition:
		if strings.TrimSpace(text) == "" {
			return "the condition is empty", "Write what must be true, such as employees >= 50."
		}
	case texts, table, target, anyText:
		if strings.TrimSpace(text) == "" && !s.empty {
			return "this text is empty", "Write a value or remove the line."
		}
	}
	return "", ""
}

func (s *shape) checkNumber(text string) (message, hint string) {
	v, err := parseNumber(text)
	switch b := s.within; {
	case err != nil:
		return quote(text) + " is not a " + s.numberWords(), "Write digits, with a point before decimals: 12, -40 or 0.5."
	case s.kind == whole && strings.Contains(text, "."):
		return text + " is not a " + s.numberWords(), "Write digits only, such as 3."
	case b != nil && (v < b.least || v > b.most || b.above && v == b.least):
		return text + " is not a " + s.numberWords(), ""
	}
	return "", ""
}

func (s *shape) checkDuration(text string) (message, hint string) {
	d, err := parseDuration(text)
	switch {
	case err != nil:
		return quote(text) + " is not a duration of at most 100 years", "Write a whole number and a unit: 12h, 30d, 2w, 3mo (months of 30 days) or 1y (years of 365 days)."
	case d == 0 && !s.zero:
		return "a duration of zero has no meaning here", "Write at least 1h, or remove the line."
	}
	return "", ""
}

func checkName(text string) (message, hint string) {
	switch {
	case !identifier.MatchString(text):
		return quote(text) + " cannot be used as a name", "Use letters without accents, digits and _, and begin with a letter: email_click."
	case reserved[text]:
		return quote(text) + " is a word of the condition language", "Choose another name."
	}
	return "", ""
}

func checkChoice(text string, choices []string) (message, hint string) {
	for _, c := range choices {
		if c == text {
			return "", ""
		}
	}
	hint = "Known: " + listing(choices) + "."
	if near := nearest.Name(text, choices); near != "" {
		hint = "Did you mean " + quote(near) + "? " + hint
	}
	return quote(text) + " is not known here", hint
}
