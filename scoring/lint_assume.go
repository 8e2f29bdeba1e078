package scoring

import (
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr/ast"
)

// mostWorlds bounds the ways in which a condition may come true that are followed. Beyond, nothing is concluded.
const mostWorlds = 64

// reasoner follows conditions through worlds.
type reasoner struct {
	conflicts []string // why worlds were impossible, each once
	steps     int
}

// mostSteps bounds the work on one condition.
const mostSteps = 20_000

// assume returns the worlds in which a condition is true, or false, for certain. It may keep a world that is impossible;
// it never drops one that is not. The worlds given are not changed.
func (r *reasoner) assume(n ast.Node, want bool, in []world) []world {
	if r.steps++; r.steps > mostSteps || len(in) == 0 {
		return in
	}
	switch n := n.(type) {
	case *ast.BoolNode:
		if n.Value == want {
			return in
		}
		return nil
	case *ast.UnaryNode:
		if n.Operator == "not" || n.Operator == "!" {
			return r.assume(n.Node, !want, in)
		}
	case *ast.ConditionalNode:
		yes := r.assume(n.Exp1, want, r.assume(n.Cond, true, in))
		no := r.assume(n.Exp2, want, r.assume(n.Cond, false, in))
		return either(in, yes, no)
	case *ast.CallNode:
		return r.call(n, want, in)
	case *ast.BinaryNode:
		return r.binary(n, want, in)
	}
	return r.flag(n, want, in)
}

// either joins two branches; too many stand for no knowledge.
func either(in, a, b []world) []world {
	if len(a)+len(b) > mostWorlds {
		return in
	}
	return slices.Concat(a, b)
}

func (r *reasoner) binary(n *ast.BinaryNode, want bool, in []world) []world {
	switch n.Operator {
	case "and", "&&", "or", "||":
		if (n.Operator == "and" || n.Operator == "&&") == want {
			return r.assume(n.Right, want, r.assume(n.Left, want, in))
		}
		return either(in, r.assume(n.Left, want, in), r.assume(n.Right, want, in))
	case "==", "!=":
		if isNil(n.Left) || isNil(n.Right) {
			side := n.Left
			if isNil(side) {
				side = n.Right
			}
			return r.knownness(side, n, (n.Operator == "!=") == want, in)
		}
		return r.compared(n, want, in)
	case "<", "<=", ">", ">=":
		return r.compared(n, want, in)
	case "in":
		return r.within(n, want, in)
	case "contains", "startsWith", "endsWith":
		if s, ok := n.Right.(*ast.StringNode); ok && want && neverFolded(n.Left, s.Value, true) {
			r.conflict(n.String() + " is never so: letter case was changed")
			return nil
		}
	}
	return r.flag(n, want, in)
}

// each narrows every world by one part of the condition and keeps those that stay possible.
func (r *reasoner) each(in []world, key string, part ast.Node, want bool, narrow func(world) bool) []world {
	said := part.String()
	if !want {
		said = "not (" + said + ")"
	}
	var out []world
	for _, w := range in {
		w = w.clone()
		w.because(key, said)
		if !narrow(w) {
			r.conflict(strings.Join(w.why[key], " and ") + exclude(len(w.why[key])))
			continue
		}
		out = append(out, w)
	}
	return out
}

// exclude is the verb for some parts of a condition.
func exclude(parts int) string {
	if parts > 1 {
		return " exclude each other"
	}
	return " is never so"
}

func (r *reasoner) conflict(why string) {
	if !slices.Contains(r.conflicts, why) {
		r.conflicts = append(r.conflicts, why)
	}
}

// flag is a condition nothing else is understood of.
func (r *reasoner) flag(n ast.Node, want bool, in []world) []world {
	key := n.String()
	return r.each(in, key, n, want, func(w world) bool { return w.is(key, want) && w.isKnown(key, true) })
}

func (r *reasoner) knownness(side, part ast.Node, known bool, in []world) []world {
	key := side.String()
	return r.each(in, key, part, true, func(w world) bool { return w.isKnown(key, known) })
}

func (r *reasoner) call(n *ast.CallNode, want bool, in []world) []world {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	switch {
	case ok && callee.Value == "known" && len(n.Arguments) == 1:
		return r.knownness(n.Arguments[0], n, want, in)
	case ok && callee.Value == "happened":
		key := "count" + strings.TrimPrefix(n.String(), "happened")
		return r.each(in, key, n, want, func(w world) bool {
			return w.number(key, true, func(x *numbers) {
				if want {
					x.narrow(">", 0)
				} else {
					x.narrow("<=", 0)
				}
			})
		})
	}
	return r.flag(n, want, in)
}

// turned are the operators with their sides swapped, denied those of the opposite.
var (
	turned = map[string]string{"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
	denied = map[string]string{"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
)

// compared follows a comparison with something written out.
func (r *reasoner) compared(n *ast.BinaryNode, want bool, in []world) []world {
	side, other, op := n.Left, n.Right, n.Operator
	if writtenOut(side) {
		side, other, op = other, side, turned[op]
	}
	if writtenOut(side) {
		return r.flag(n, want, in)
	}
	if !want {
		op = denied[op]
	}
	key := side.String()
	if x, ok := numberOf(other); ok {
		return r.each(in, key, n, want, func(w world) bool {
			return w.isKnown(key, true) && w.number(key, counts(side), func(n *numbers) { n.narrow(op, x) })
		})
	}
	s, ok := other.(*ast.StringNode)
	if !ok || op != "==" && op != "!=" {
		return r.flag(n, want, in)
	}
	if op == "==" && neverFolded(side, s.Value, false) {
		r.conflict(n.String() + " is never so: letter case or spaces were changed")
		return nil
	}
	return r.each(in, key, n, want, func(w world) bool {
		return w.isKnown(key, true) && w.text(key, func(t *texts) { t.take([]string{s.Value}, op == "==") })
	})
}

func (t *texts) take(list []string, these bool) {
	if these {
		t.only(list)
	} else {
		t.otherThan = append(slices.Clip(t.otherThan), list...)
	}
}

// within follows x in [1, 2], x in ["a", "b"] and x in 1..10.
func (r *reasoner) within(n *ast.BinaryNode, want bool, in []world) []world {
	key := n.Left.String()
	if writtenOut(n.Left) {
		return r.flag(n, want, in)
	}
	switch list := n.Right.(type) {
	case *ast.BinaryNode:
		from, ok := numberOf(list.Left)
		to, also := numberOf(list.Right)
		if list.Operator == ".." && ok && also && want {
			return r.each(in, key, n, want, func(w world) bool {
				return w.isKnown(key, true) && w.number(key, counts(n.Left), func(x *numbers) {
					x.narrow(">=", from)
					x.narrow("<=", to)
					x.whole = true
				})
			})
		}
	case *ast.ArrayNode:
		var nums []float64
		var words []string
		for _, item := range list.Nodes {
			if x, ok := numberOf(item); ok {
				nums = append(nums, x)
			} else if s, ok := item.(*ast.StringNode); ok && (!want || !neverFolded(n.Left, s.Value, false)) {
				words = append(words, s.Value)
			}
		}
		return r.each(in, key, n, want, func(w world) bool {
			if !w.isKnown(key, true) {
				return false
			}
			if nums != nil {
				return w.number(key, counts(n.Left), func(x *numbers) {
					if want {
						x.only(nums)
					} else {
						x.otherThan = append(slices.Clip(x.otherThan), nums...)
					}
				})
			}
			return w.text(key, func(t *texts) { t.take(append([]string{}, words...), want) })
		})
	}
	return r.flag(n, want, in)
}

// neverFolded reports whether a text written out can never be, or be part of, what lower, upper or trim gives.
func neverFolded(side ast.Node, text string, part bool) bool {
	call, ok := side.(*ast.CallNode)
	if !ok {
		return false
	}
	switch {
	case isIdentifier(call.Callee, "lower"):
		return strings.ContainsFunc(text, func(c rune) bool { return c >= 'A' && c <= 'Z' })
	case isIdentifier(call.Callee, "upper"):
		return strings.ContainsFunc(text, func(c rune) bool { return c >= 'a' && c <= 'z' })
	case isIdentifier(call.Callee, "trim"):
		return !part && strings.Trim(text, " ") != text
	}
	return false
}

// writtenOut reports whether a node is a constant.
func writtenOut(n ast.Node) bool {
	if _, ok := n.(*ast.StringNode); ok {
		return true
	}
	_, ok := numberOf(n)
	return ok
}

// numberOf reads a number, or a date as its moment in milliseconds.
func numberOf(n ast.Node) (float64, bool) {
	switch n := n.(type) {
	case *ast.IntegerNode:
		return float64(n.Value), true
	case *ast.FloatNode:
		return n.Value, true
	case *ast.UnaryNode:
		if x, ok := numberOf(n.Node); ok && n.Operator == "-" {
			return -x, true
		}
	case *ast.CallNode:
		if !isIdentifier(n.Callee, "date") || len(n.Arguments) != 1 {
			return 0, false
		}
		if s, ok := n.Arguments[0].(*ast.StringNode); ok {
			for _, layout := range []string{time.DateOnly, time.RFC3339} {
				if t, err := time.Parse(layout, s.Value); err == nil {
					return float64(t.UnixMilli()), true
				}
			}
		}
	}
	return 0, false
}

// counts reports whether an expression is a number of things.
func counts(n ast.Node) bool {
	call, ok := n.(*ast.CallNode)
	return ok && (isIdentifier(call.Callee, "count") || isIdentifier(call.Callee, "kinds") || isIdentifier(call.Callee, "len"))
}
