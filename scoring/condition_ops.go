package scoring

import (
	"fmt"
	"math"

	"github.com/expr-lang/expr/ast"
)

// unary compiles not, minus and plus.
func (c *checker) unary(n *ast.UnaryNode) term {
	t := c.check(n.Node)
	switch {
	case t.kind == badKind:
		return t
	case n.Operator == "not" || n.Operator == "!":
		if t.kind != boolKind {
			return c.fail(n, "not needs a condition, and this is "+t.kind.String(), "put brackets around what is denied: not (a == b)")
		}
		return term{kind: boolKind, flag: negate(t.flag)}
	case t.kind != numberKind:
		return c.fail(n, n.Operator+" needs a number, and this is "+t.kind.String(), "")
	case n.Operator == "+":
		return t
	case t.constant:
		return constNumber(-t.num)
	}
	return term{kind: numberKind, number: func(f *facts) (float64, bool) { x, ok := t.number(f); return -x, ok }}
}

// negate turns yes into no; what is not known stays so.
func negate(p flagFunc) flagFunc {
	return func(f *facts) truth {
		switch p(f) {
		case yes:
			return no
		case no:
			return yes
		}
		return maybe
	}
}

// binary compiles an operator with two sides.
func (c *checker) binary(n *ast.BinaryNode) term {
	switch n.Operator {
	case "==", "!=":
		if isNil(n.Left) || isNil(n.Right) {
			return c.compareNil(n)
		}
	case "??":
		return c.coalesce(n)
	case "in":
		if r, ok := n.Right.(*ast.BinaryNode); ok && r.Operator == ".." {
			return c.inRange(n, r)
		}
	case "..":
		return c.fail(n, "a range stands after in only", "write employees in 1..10, or employees >= 1 && employees <= 10")
	}
	l, r := c.check(n.Left), c.check(n.Right)
	if l.kind == badKind || r.kind == badKind {
		return term{}
	}
	switch n.Operator {
	case "and", "&&":
		return c.both(n, l, r, and)
	case "or", "||":
		return c.both(n, l, r, or)
	case "==", "!=", "<", "<=", ">", ">=":
		return c.compare(n, l, r)
	case "in":
		return c.in(n, l, r)
	case "contains", "startsWith", "endsWith", "matches":
		return c.textOperator(n, l, r)
	case "+", "-", "*", "/", "**", "^":
		return c.arithmetic(n, l, r)
	}
	return c.fail(n, "conditions have no operator "+n.Operator, "")
}

// both compiles and, or.
func (c *checker) both(n *ast.BinaryNode, l, r term, join func(l, r flagFunc) flagFunc) term {
	if l.kind != boolKind || r.kind != boolKind {
		wrong, t := n.Left, l
		if l.kind == boolKind {
			wrong, t = n.Right, r
		}
		return c.fail(wrong, fmt.Sprintf("%s needs conditions on both sides, and this is %s", n.Operator, t.kind), "compare it with something")
	}
	return term{kind: boolKind, flag: join(l.flag, r.flag)}
}

// and is Kleene's: one no decides, whatever is not known.
func and(l, r flagFunc) flagFunc {
	return func(f *facts) truth {
		a := l(f)
		if a == no {
			return no
		}
		b := r(f)
		if a == maybe && b == yes {
			return maybe
		}
		return b
	}
}

// or is Kleene's: one yes decides, whatever is not known.
func or(l, r flagFunc) flagFunc {
	return func(f *facts) truth {
		a := l(f)
		if a == yes {
			return yes
		}
		b := r(f)
		if a == maybe && b == no {
			return maybe
		}
		return b
	}
}

func isNil(n ast.Node) bool { _, ok := n.(*ast.NilNode); return ok }

// compareNil compiles x == nil and x != nil: whether x is known.
func (c *checker) compareNil(n *ast.BinaryNode) term {
	side := n.Left
	if isNil(side) {
		side = n.Right
	}
	if isNil(side) {
		return c.fail(n, "nil is compared with itself", "")
	}
	t := c.guard(side)
	known := t.knownness()
	switch {
	case t.kind == badKind:
		return t
	case known == nil:
		return c.fail(side, "only an attribute can be nil, and this is "+t.kind.String(), "")
	case n.Operator == "==":
		known = negate(known)
	}
	return term{kind: boolKind, flag: known}
}

// coalesce compiles a ?? b: a when it is known, else b.
func (c *checker) coalesce(n *ast.BinaryNode) term {
	l, r := c.guard(n.Left), c.check(n.Right)
	switch {
	case l.kind == badKind || r.kind == badKind:
		return term{}
	case l.kind != r.kind:
		return c.fail(n, fmt.Sprintf("?? has %s on the left and %s on the right", l.kind, r.kind), "give a default of the same type")
	}
	t := term{kind: l.kind}
	switch l.kind {
	case numberKind:
		t.number = func(f *facts) (float64, bool) {
			if x, ok := l.number(f); ok {
				return x, true
			}
			return r.number(f)
		}
	case textKind:
		t.text = func(f *facts) (string, bool) {
			if x, ok := l.text(f); ok {
				return x, true
			}
			return r.text(f)
		}
	case boolKind:
		t.flag = func(f *facts) truth {
			if x := l.flag(f); x != maybe {
				return x
			}
			return r.flag(f)
		}
	case dateKind:
		t.date = func(f *facts) (int64, bool) {
			if x, ok := l.date(f); ok {
				return x, true
			}
			return r.date(f)
		}
	case listKind:
		t.list = func(f *facts) ([]string, bool) {
			if x, ok := l.list(f); ok {
				return x, true
			}
			return r.list(f)
		}
	default:
		return c.fail(n, "?? cannot give a default for "+l.kind.String(), "")
	}
	return t
}

// conditional compiles a ? b : c. When a is not known, the whole is not.
func (c *checker) conditional(n *ast.ConditionalNode) term {
	if n.Cond == n.Exp1 {
		return c.fail(n.Cond, "?: needs a value between ? and :", "write a or b, or a ?? b")
	}
	p, l, r := c.check(n.Cond), c.check(n.Exp1), c.check(n.Exp2)
	switch {
	case p.kind == badKind || l.kind == badKind || r.kind == badKind:
		return term{}
	case p.kind != boolKind:
		return c.fail(n.Cond, "before ? stands a condition, and this is "+p.kind.String(), "compare it with something")
	case l.kind != r.kind:
		return c.fail(n.Exp2, fmt.Sprintf("both results need the same type, and here are %s and %s", l.kind, r.kind), "")
	}
	t := term{kind: l.kind}
	switch l.kind {
	case numberKind:
		t.number = func(f *facts) (float64, bool) {
			switch p.flag(f) {
			case yes:
				return l.number(f)
			case no:
				return r.number(f)
			}
			return 0, false
		}
	case textKind:
		t.text = func(f *facts) (string, bool) {
			switch p.flag(f) {
			case yes:
				return l.text(f)
			case no:
				return r.text(f)
			}
			return "", false
		}
	case boolKind:
		t.flag = func(f *facts) truth {
			switch p.flag(f) {
			case yes:
				return l.flag(f)
			case no:
				return r.flag(f)
			}
			return maybe
		}
	default:
		return c.fail(n, "? can choose between numbers, texts and conditions, not "+l.kind.String(), "")
	}
	return t
}

// arithmetic compiles + - * / and powers. A result that is not finite, such as a division by zero, is not known.
func (c *checker) arithmetic(n *ast.BinaryNode, l, r term) term {
	if l.kind != numberKind || r.kind != numberKind {
		hint := ""
		if l.kind == dateKind && r.kind == dateKind {
			hint = "for the days between two dates, write days_between(from, to)"
		}
		return c.fail(n, fmt.Sprintf("%s needs numbers, and here are %s and %s", n.Operator, l.kind, r.kind), hint)
	}
	var op func(x, y float64) float64
	switch n.Operator {
	case "+":
		op = func(x, y float64) float64 { return x + y }
	case "-":
		op = func(x, y float64) float64 { return x - y }
	case "*":
		op = func(x, y float64) float64 { return x * y }
	case "/":
		op = func(x, y float64) float64 { return x / y }
	default:
		op = math.Pow
	}
	return numberTerm(l, r, op)
}

// numberTerm applies a function of two numbers when both are known.
func numberTerm(l, r term, op func(x, y float64) float64) term {
	return term{kind: numberKind, number: func(f *facts) (float64, bool) {
		x, ok := l.number(f)
		if !ok {
			return 0, false
		}
		y, ok := r.number(f)
		if !ok {
			return 0, false
		}
		z := op(x, y)
		return z, finite(z)
	}}
}
