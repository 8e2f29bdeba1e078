package scoring

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/expr-lang/expr/ast"
)

// functionNames are the functions of conditions, in the order an author should see them.
const functionNames = "known, count, kinds, amount, first, last, happened, days_since, years_since, days_between, date, now, lower, upper, trim, len, abs, floor, ceil, round, min, max"

// call compiles a function call.
func (c *checker) call(n *ast.CallNode) term {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		return c.fail(n, "an attribute has no functions", "functions there are: "+functionNames)
	}
	switch name := callee.Value; name {
	case "known":
		return c.known(n)
	case "count", "happened", "last":
		return c.activity(n, name)
	case "kinds":
		return c.distinctKinds(n)
	case "amount":
		return c.amount(n)
	case "first":
		return c.first(n)
	case "years_since":
		return c.years(n)
	case "days_since", "days_between", "date", "now":
		return c.dates(n, name)
	case "lower", "upper", "trim":
		return c.fold(n, name)
	case "len":
		return c.length(n)
	case "abs", "floor", "ceil", "round":
		return c.rounding(n, name)
	case "min", "max":
		return c.extreme(n, name)
	default:
		return c.fail(n.Callee, "conditions have no function "+name+"()", didYouMean(name, strings.Split(functionNames, ", "), "functions"))
	}
}

// arguments checks the arguments of a call; ok is false when something was wrong, which it has said.
func (c *checker) arguments(n *ast.CallNode, usage string, kinds ...termKind) (list []term, ok bool) {
	if len(n.Arguments) != len(kinds) {
		c.fail(n, fmt.Sprintf("this needs %d and has %d", len(kinds), len(n.Arguments)), "write "+usage)
		return nil, false
	}
	ok = true
	for i, a := range n.Arguments {
		t := c.check(a)
		list = append(list, t)
		if t.kind != kinds[i] {
			ok = false
			if t.kind != badKind {
				c.fail(a, fmt.Sprintf("this must be %s, and is %s", kinds[i], t.kind), "write "+usage)
			}
		}
	}
	return list, ok
}

// known compiles known(x).
func (c *checker) known(n *ast.CallNode) term {
	const usage = "known(employees)"
	if len(n.Arguments) != 1 {
		return c.fail(n, fmt.Sprintf("known needs 1 attribute and has %d", len(n.Arguments)), "write "+usage)
	}
	t := c.guard(n.Arguments[0])
	if t.kind == badKind {
		return t
	}
	is := t.knownness()
	if is == nil {
		return c.fail(n, "known needs an attribute, and this is "+t.kind.String(), "write "+usage)
	}
	return term{kind: boolKind, flag: is}
}

// dates compiles date("…"), now(), days_since(d) and days_between(a, b).
func (c *checker) dates(n *ast.CallNode, name string) term {
	const perDay = float64(24 * 60 * 60 * 1000)
	switch name {
	case "now":
		if _, ok := c.arguments(n, "now()"); !ok {
			return term{}
		}
		return term{kind: dateKind, date: func(f *facts) (int64, bool) { return f.now, true }}
	case "date":
		return c.day(n)
	case "days_since":
		a, ok := c.arguments(n, "days_since(last_visit)", dateKind)
		if !ok {
			return term{}
		}
		return term{kind: numberKind, number: func(f *facts) (float64, bool) {
			d, ok := a[0].date(f)
			return (float64(f.now) - float64(d)) / perDay, ok
		}}
	}
	a, ok := c.arguments(n, "days_between(first, second)", dateKind, dateKind)
	if !ok {
		return term{}
	}
	return term{kind: numberKind, number: func(f *facts) (float64, bool) {
		from, known := a[0].date(f)
		to, alsoKnown := a[1].date(f)
		return (float64(to) - float64(from)) / perDay, known && alsoKnown
	}}
}

// years compiles years_since(d): whole years, as ages are counted.
func (c *checker) years(n *ast.CallNode) term {
	a, ok := c.arguments(n, "years_since(birthday)", dateKind)
	if !ok {
		return term{}
	}
	return term{kind: numberKind, number: func(f *facts) (float64, bool) {
		d, ok := a[0].date(f)
		return yearsBetween(d, f.now), ok
	}}
}

// yearsBetween counts the anniversaries in UTC from one moment to another; that of 29 February falls on 1 March in years
// without one.
func yearsBetween(from, to int64) float64 {
	a, b := moment(from), moment(to)
	years := b.Year() - a.Year()
	if b.Month() < a.Month() || b.Month() == a.Month() && b.Day() < a.Day() {
		years--
	}
	return float64(years)
}

// day compiles date("2026-01-31"), midnight in UTC, or a full RFC 3339 time.
func (c *checker) day(n *ast.CallNode) term {
	const usage = `date("2026-01-31")`
	a, ok := c.arguments(n, usage, textKind)
	if !ok {
		return term{}
	}
	if !a[0].constant {
		return c.fail(n.Arguments[0], "a date must be written out", "write "+usage)
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, a[0].str); err == nil {
			ms := t.UnixMilli()
			return term{kind: dateKind, date: func(*facts) (int64, bool) { return ms, true }}
		}
	}
	return c.fail(n.Arguments[0], fmt.Sprintf("%q is not a day of the calendar", a[0].str), "write "+usage)
}

// fold compiles lower, upper and trim. They allocate when a text changes.
func (c *checker) fold(n *ast.CallNode, name string) term {
	a, ok := c.arguments(n, name+"(jobtitle)", textKind)
	if !ok {
		return term{}
	}
	change := map[string]func(string) string{
		"lower": strings.ToLower, "upper": strings.ToUpper, "trim": strings.TrimSpace,
	}[name]
	if a[0].constant {
		return constText(change(a[0].str))
	}
	return term{kind: textKind, text: func(f *facts) (string, bool) {
		x, ok := a[0].text(f)
		if !ok {
			return "", false
		}
		return change(x), true
	}}
}

// length compiles len of a text, in characters, or of a list.
func (c *checker) length(n *ast.CallNode) term {
	const usage = "len(interests)"
	if len(n.Arguments) != 1 {
		return c.fail(n, fmt.Sprintf("len needs 1 text or list and has %d", len(n.Arguments)), "write "+usage)
	}
	t := c.check(n.Arguments[0])
	switch t.kind {
	case badKind:
		return t
	case textKind, listKind:
		return term{kind: numberKind, number: t.length()}
	}
	return c.fail(n.Arguments[0], "len needs a text or a list, and this is "+t.kind.String(), "write "+usage)
}

// rounding compiles abs, floor, ceil and round (half away from zero).
func (c *checker) rounding(n *ast.CallNode, name string) term {
	a, ok := c.arguments(n, name+"(revenue)", numberKind)
	if !ok {
		return term{}
	}
	change := map[string]func(float64) float64{
		"abs": math.Abs, "floor": math.Floor, "ceil": math.Ceil, "round": math.Round,
	}[name]
	return term{kind: numberKind, number: func(f *facts) (float64, bool) {
		x, ok := a[0].number(f)
		return change(x), ok
	}}
}

// extreme compiles min and max of two or more numbers.
func (c *checker) extreme(n *ast.CallNode, name string) term {
	usage := name + "(revenue, 1000)"
	if len(n.Arguments) < 2 {
		return c.fail(n, fmt.Sprintf("%s needs 2 numbers or more and has %d", name, len(n.Arguments)), "write "+usage)
	}
	kinds := make([]termKind, len(n.Arguments))
	for i := range kinds {
		kinds[i] = numberKind
	}
	a, ok := c.arguments(n, usage, kinds...)
	if !ok {
		return term{}
	}
	op := math.Min
	if name == "max" {
		op = math.Max
	}
	t := a[0]
	for _, next := range a[1:] {
		t = numberTerm(t, next, op)
	}
	t.constant = false
	return t
}
