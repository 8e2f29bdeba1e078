package soql

import (
	"strings"
	"time"
)

// dateFunctions are the functions of a date or datetime, by their names in upper case. All but DAY_ONLY give whole numbers.
func dateFunctions() map[string]func(time.Time) any {
	number := func(f func(time.Time) int) func(time.Time) any {
		return func(t time.Time) any { return float64(f(t)) }
	}
	year := number(time.Time.Year)
	quarter := number(func(t time.Time) int { return (int(t.Month()) + 2) / 3 })
	month := number(func(t time.Time) int { return int(t.Month()) })
	return map[string]func(time.Time) any{
		"CALENDAR_YEAR": year, "FISCAL_YEAR": year, "CALENDAR_QUARTER": quarter, "FISCAL_QUARTER": quarter,
		"CALENDAR_MONTH": month, "FISCAL_MONTH": month,
		"DAY_IN_MONTH":  number(time.Time.Day),
		"DAY_IN_YEAR":   number(time.Time.YearDay),
		"DAY_IN_WEEK":   number(func(t time.Time) int { return int(t.Weekday()) + 1 }),
		"HOUR_IN_DAY":   number(time.Time.Hour),
		"WEEK_IN_MONTH": number(func(t time.Time) int { return (t.Day()-1)/7 + 1 }),
		"WEEK_IN_YEAR":  number(func(t time.Time) int { return (t.YearDay()-1)/7 + 1 }),
		"DAY_ONLY":      func(t time.Time) any { return t.Truncate(24 * time.Hour) },
	}
}

// operand resolves a path or a function that is not an aggregate.
func (r *resolver) operand(o operand) (column, *Error) {
	if o.fn == "" {
		return r.path(o.pos, o.path)
	}
	if o.path == "" {
		return column{}, at(r.text, o.pos, MalformedQuery, "unexpected token: ')'")
	}
	c, err := r.path(o.pos, o.path)
	if err != nil {
		return column{}, err
	}
	switch o.fn {
	case "TOLABEL", "CONVERTTIMEZONE", "FORMAT":
		return c, nil
	}
	f, known := dateFunctions()[o.fn]
	if !known {
		return column{}, at(r.text, o.pos, MalformedQuery, "Invalid function: %s", strings.ToLower(o.fn))
	}
	if c.kind != DateTime && c.kind != Date {
		return column{}, at(r.text, o.pos, MalformedQuery, "The %s function can only be used on a date or dateTime field", o.fn)
	}
	inner := c.get
	c.get = func(run *run, row Row) any {
		if t, ok := inner(run, row).(time.Time); ok {
			return f(t.UTC())
		}
		return nil
	}
	if c.kind = Int; o.fn == "DAY_ONLY" {
		c.kind = Date
	}
	return c, nil
}
