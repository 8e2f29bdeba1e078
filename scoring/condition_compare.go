package scoring

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/expr-lang/expr/ast"
)

// compare compiles == != < <= > >= between two terms of one type.
func (c *checker) compare(n *ast.BinaryNode, l, r term) term {
	equality := n.Operator == "==" || n.Operator == "!="
	if l.kind != r.kind {
		return c.fail(n, fmt.Sprintf("%s is compared with %s", l.kind, r.kind), compareHint(l, r))
	}
	switch {
	case l.kind == numberKind && r.constant:
		return compareConstant(n.Operator, l.number, r.num)
	case l.kind == numberKind:
		return compareTerms(n.Operator, l.number, r.number)
	case l.kind == textKind && r.constant && equality:
		return equalText(n.Operator, l.text, r.str)
	case l.kind == textKind:
		return compareTerms(n.Operator, l.text, r.text)
	case l.kind == dateKind:
		return compareTerms(n.Operator, l.date, r.date)
	case l.kind == boolKind && equality:
		return term{kind: boolKind, flag: equalFlags(l.flag, r.flag, n.Operator == "!=")}
	}
	return c.fail(n, fmt.Sprintf("%s cannot compare %s with %s", n.Operator, l.kind, r.kind), compareHint(l, r))
}

// compareHint says what people mean when they compare different things.
func compareHint(l, r term) string {
	kinds := []termKind{l.kind, r.kind}
	has := func(k termKind) bool { return slices.Contains(kinds, k) }
	switch {
	case has(dateKind) && has(textKind):
		return `write a day as date("2026-01-31")`
	case has(dateKind) && has(numberKind):
		return "for the age of a date in days, write days_since(…)"
	case has(listKind), has(textsKind), has(numbersKind):
		return "to look into a list, write in"
	case has(numberKind) && has(textKind):
		return "numbers stand without quotes, texts between quotes"
	case has(boolKind):
		return "a yes-or-no attribute needs no comparison; to deny it, write not"
	}
	return ""
}

// compareTerms compares two terms when both are known.
func compareTerms[T cmp.Ordered](op string, l, r func(*facts) (T, bool)) term {
	holds := ordering[T](op)
	return term{kind: boolKind, flag: func(f *facts) truth {
		x, ok := l(f)
		if !ok {
			return maybe
		}
		y, ok := r(f)
		if !ok {
			return maybe
		}
		return truthOf(holds(x, y))
	}}
}

func ordering[T cmp.Ordered](op string) func(x, y T) bool {
	switch op {
	case "==":
		return func(x, y T) bool { return x == y }
	case "!=":
		return func(x, y T) bool { return x != y }
	case "<":
		return func(x, y T) bool { return x < y }
	case "<=":
		return func(x, y T) bool { return x <= y }
	case ">":
		return func(x, y T) bool { return x > y }
	}
	return func(x, y T) bool { return x >= y }
}

// compareConstant is the commonest condition, made fast.
func compareConstant(op string, number numberFunc, y float64) term {
	compared := func(holds func(x float64) bool) term {
		return term{kind: boolKind, flag: func(f *facts) truth {
			x, ok := number(f)
			if !ok {
				return maybe
			}
			return truthOf(holds(x))
		}}
	}
	switch op {
	case "==":
		return compared(func(x float64) bool { return x == y })
	case "!=":
		return compared(func(x float64) bool { return x != y })
	case "<":
		return compared(func(x float64) bool { return x < y })
	case "<=":
		return compared(func(x float64) bool { return x <= y })
	case ">":
		return compared(func(x float64) bool { return x > y })
	}
	return compared(func(x float64) bool { return x >= y })
}

func equalText(op string, text textFunc, want string) term {
	different := op == "!="
	return term{kind: boolKind, flag: func(f *facts) truth {
		x, ok := text(f)
		if !ok {
			return maybe
		}
		return truthOf((x == want) != different)
	}}
}

func equalFlags(l, r flagFunc, different bool) flagFunc {
	return func(f *facts) truth {
		x, y := l(f), r(f)
		if x == maybe || y == maybe {
			return maybe
		}
		return truthOf((x == y) != different)
	}
}

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// in compiles membership in a list.
func (c *checker) in(n *ast.BinaryNode, l, r term) term {
	switch {
	case l.kind == numberKind && r.kind == numbersKind:
		return term{kind: boolKind, flag: func(f *facts) truth {
			x, ok := l.number(f)
			if !ok {
				return maybe
			}
			return truthOf(slices.Contains(r.nums, x))
		}}
	case l.kind == textKind && r.kind == textsKind:
		return inTexts(l.text, r.texts)
	case l.kind == textKind && r.kind == listKind:
		return term{kind: boolKind, flag: func(f *facts) truth {
			list, ok := r.list(f)
			if !ok {
				return maybe
			}
			x, ok := l.text(f)
			if !ok {
				return maybe
			}
			return truthOf(slices.Contains(list, x))
		}}
	case l.kind == listKind && r.kind == textsKind:
		return c.fail(n, "a list is not in a list", `ask for each: "golf" in interests or "ski" in interests`)
	case r.kind == textKind:
		return c.fail(n, "in looks into lists, and this is a text", "write contains")
	}
	return c.fail(n, fmt.Sprintf("%s cannot be in %s", l.kind, r.kind), "")
}

// inTexts looks a text up: one by one in a short list, by hash in a long one.
func inTexts(text textFunc, list []string) term {
	contains := func(x string) bool { return slices.Contains(list, x) }
	const short = 8
	if len(list) > short {
		set := make(map[string]struct{}, len(list))
		for _, x := range list {
			set[x] = struct{}{}
		}
		contains = func(x string) bool { _, ok := set[x]; return ok }
	}
	return term{kind: boolKind, flag: func(f *facts) truth {
		x, ok := text(f)
		if !ok {
			return maybe
		}
		return truthOf(contains(x))
	}}
}

// maxRange is the longest range, so that what we accept the expr language can run too.
const maxRange = 1_000_000

// inRange compiles x in 1..10: x is a whole number from 1 to 10. The range is never written out.
func (c *checker) inRange(n, r *ast.BinaryNode) term {
	x, lo, hi := c.check(n.Left), c.check(r.Left), c.check(r.Right)
	switch {
	case x.kind == badKind || lo.kind == badKind || hi.kind == badKind:
		return term{}
	case x.kind != numberKind:
		return c.fail(n.Left, "only a number can be in a range, and this is "+x.kind.String(), "")
	case !lo.wholeNumber() || !hi.wholeNumber():
		return c.fail(r, "a range goes from one whole number to another, both written out", "")
	case lo.num > hi.num:
		return c.fail(r, "this range is empty: it ends before it begins", "")
	case hi.num-lo.num > maxRange:
		return c.fail(r, fmt.Sprintf("this range is too long; the most is %d numbers", maxRange), "write x >= 1 && x <= 10000000")
	}
	return term{kind: boolKind, flag: func(f *facts) truth {
		v, ok := x.number(f)
		if !ok {
			return maybe
		}
		return truthOf(v >= lo.num && v <= hi.num && v == math.Trunc(v))
	}}
}

func (t term) wholeNumber() bool {
	return t.kind == numberKind && t.constant && t.num == math.Trunc(t.num)
}
