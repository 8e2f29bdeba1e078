package scoring

import (
	"fmt"
	"math"
	"slices"

	"github.com/expr-lang/expr/ast"
)

// distinctKinds compiles kinds("email_click", "meeting", "30d"): how many of these kinds of activity there were, however
// often. Without kinds all are meant; without a span, any age.
func (c *checker) distinctKinds(n *ast.CallNode) term {
	const usage = `kinds("email_click", "meeting", "30d")`
	c.active = true
	arguments, window := n.Arguments, int64(0)
	if last := len(arguments) - 1; last >= 0 && c.isSpan(arguments[last]) {
		window, _ = c.span(arguments[last], usage)
		arguments = arguments[:last]
	}
	var list []uint16
	for _, a := range arguments {
		kind, ok := c.kindOfActivity(a, usage)
		switch {
		case !ok:
			return term{}
		case slices.Contains(list, kind):
			return c.fail(a, fmt.Sprintf("%q is named twice", c.schema.Activities[kind]), "a kind counts once, however often it is named")
		}
		list = append(list, kind)
	}
	if len(arguments) == 0 {
		for kind := range c.schema.Activities {
			list = append(list, uint16(kind))
			c.kinds[uint16(kind)] = true
		}
	}
	return term{kind: numberKind, number: func(f *facts) (float64, bool) {
		some := 0
		for _, kind := range list {
			if window == 0 && f.tally[kind].times > 0 || window > 0 && f.happenedWithin(kind, window) {
				some++
			}
		}
		return float64(some), true
	}}
}

// isSpan reports whether a node is a text that is no kind of activity but reads as a span of time.
func (c *checker) isSpan(n ast.Node) bool {
	s, ok := n.(*ast.StringNode)
	if !ok || slices.Contains(c.schema.Activities, s.Value) {
		return false
	}
	_, err := ParseDuration(s.Value)
	return err == nil
}

// happenedWithin reports whether a kind of activity happened from now-window to now.
func (f *facts) happenedWithin(kind uint16, window int64) bool {
	return slices.ContainsFunc(f.events, func(e Event) bool { return e.Kind == kind && f.within(&e, window) })
}

// within reports whether a dated event lies from now-window to now.
func (f *facts) within(e *Event, window int64) bool {
	return e.At != 0 && e.At <= f.now && f.now-e.At <= window && f.now-e.At >= 0
}

// first compiles first("purchase"), the date of the earliest.
func (c *checker) first(n *ast.CallNode) term {
	const usage = `first("meeting")`
	c.active = true
	if len(n.Arguments) != 1 {
		return c.fail(n, fmt.Sprintf("first has %d values between its brackets", len(n.Arguments)), "write "+usage)
	}
	kind, ok := c.kindOfActivity(n.Arguments[0], usage)
	if !ok {
		return term{}
	}
	return term{kind: dateKind, date: func(f *facts) (earliest int64, known bool) {
		for i := range f.events {
			e := &f.events[i]
			if e.Kind == kind && e.At != 0 && e.At <= f.now && (!known || e.At < earliest) {
				earliest, known = e.At, true
			}
		}
		return earliest, known
	}}
}

// amount compiles amount("purchase", "1y"): the money of all of them, in the activity's one currency. Those without an
// amount add nothing.
func (c *checker) amount(n *ast.CallNode) term {
	const usage = `amount("purchase", "1y")`
	c.active = true
	if len(n.Arguments) < 1 || len(n.Arguments) > 2 {
		return c.fail(n, fmt.Sprintf("amount has %d values between its brackets", len(n.Arguments)), "write "+usage)
	}
	kind, ok := c.kindOfActivity(n.Arguments[0], usage)
	if !ok {
		return term{}
	}
	if len(c.schema.Money) > int(kind) && !c.schema.Money[kind] {
		return c.fail(n.Arguments[0], fmt.Sprintf("%q has no amount", c.schema.Activities[kind]), "give the activity an amount and its currency")
	}
	window := int64(0)
	if len(n.Arguments) == 2 {
		if window, ok = c.span(n.Arguments[1], usage); !ok {
			return term{}
		}
	}
	return term{kind: numberKind, number: func(f *facts) (float64, bool) { return f.amount(kind, window), true }}
}

// amount adds up in hundredths, so that the order of the events does not matter.
func (f *facts) amount(kind uint16, window int64) float64 {
	const most = float64(1 << 53) // of the sum, in hundredths
	var sum float64
	for i := range f.events {
		e := &f.events[i]
		if e.Kind != kind || !finite(e.Amount) || e.At > f.now || window > 0 && !f.within(e, window) {
			continue
		}
		sum += math.Round(e.Amount*100) * float64(e.times())
	}
	return min(max(sum, -most), most) / 100
}
