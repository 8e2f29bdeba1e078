package scoring

import (
	"fmt"
	"slices"

	"github.com/expr-lang/expr/ast"
)

// activity compiles count("email_click"), count("email_click", "30d"), happened(…) alike, and last("meeting").
// Events after now do not exist yet; undated ones count only where no window is given.
func (c *checker) activity(n *ast.CallNode, name string) term {
	c.active = true
	usage := name + `("email_click", "30d")`
	most := 2
	if name == "last" {
		usage, most = `last("meeting")`, 1
	}
	if len(n.Arguments) < 1 || len(n.Arguments) > most {
		return c.fail(n, fmt.Sprintf("%s has %d values between its brackets", name, len(n.Arguments)), "write "+usage)
	}
	kind, ok := c.kindOfActivity(n.Arguments[0], usage)
	if !ok {
		return term{}
	}
	count := func(f *facts) (float64, bool) { return float64(f.tally[kind].times), true }
	if len(n.Arguments) == 2 {
		window, ok := c.span(n.Arguments[1], usage)
		if !ok {
			return term{}
		}
		count = countWithin(kind, window)
	}
	switch name {
	case "last":
		return term{kind: dateKind, date: func(f *facts) (int64, bool) { t := &f.tally[kind]; return t.last, t.dated }}
	case "count":
		return term{kind: numberKind, number: count}
	}
	return term{kind: boolKind, flag: func(f *facts) truth { times, _ := count(f); return truthOf(times > 0) }}
}

// countWithin counts the times something happened from now-window to now.
func countWithin(kind uint16, window int64) numberFunc {
	return func(f *facts) (float64, bool) {
		var times int64
		for i := range f.events {
			e := &f.events[i]
			if e.Kind != kind || e.At == 0 || e.At > f.now || f.now-e.At > window || f.now-e.At < 0 {
				continue
			}
			times += e.times()
		}
		return float64(times), true
	}
}

// kindOfActivity reads the name of an activity.
func (c *checker) kindOfActivity(n ast.Node, usage string) (uint16, bool) {
	s, ok := n.(*ast.StringNode)
	if !ok {
		c.fail(n, "the activity must be written out between quotes", "write "+usage)
		return 0, false
	}
	slot := slices.Index(c.schema.Activities, s.Value)
	if slot < 0 {
		c.fail(n, fmt.Sprintf("unknown activity %q", s.Value), didYouMean(s.Value, c.schema.Activities, "activities"))
		return 0, false
	}
	c.kinds[uint16(slot)] = true
	return uint16(slot), true
}

// span reads a span of time, in milliseconds.
func (c *checker) span(n ast.Node, usage string) (int64, bool) {
	s, ok := n.(*ast.StringNode)
	if !ok {
		c.fail(n, "the span of time must be written out between quotes", "write "+usage)
		return 0, false
	}
	d, err := ParseDuration(s.Value)
	if err != nil || d == 0 {
		c.fail(n, fmt.Sprintf("%q is not a span of time", s.Value), "write a whole number and h, d, w, mo or y, such as 30d")
		return 0, false
	}
	return millis(d), true
}
