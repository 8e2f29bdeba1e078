package scoring

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// textOperator compiles contains, startsWith, endsWith and matches.
func (c *checker) textOperator(n *ast.BinaryNode, l, r term) term {
	if l.kind == listKind && n.Operator == "contains" {
		return c.fail(n, "contains looks into a text, and this is a list", `write it the other way round: "golf" in interests`)
	}
	if l.kind != textKind || r.kind != textKind {
		return c.fail(n, fmt.Sprintf("%s needs texts, and here are %s and %s", n.Operator, l.kind, r.kind), "")
	}
	switch n.Operator {
	case "matches":
		return c.matches(n, l, r)
	case "contains":
		return twoTexts(l.text, r.text, strings.Contains)
	case "startsWith":
		return twoTexts(l.text, r.text, strings.HasPrefix)
	}
	return twoTexts(l.text, r.text, strings.HasSuffix)
}

// matches compiles a pattern once, at load. Patterns are matched by an automaton, in time linear in the text.
func (c *checker) matches(n *ast.BinaryNode, l, r term) term {
	if !r.constant {
		return c.fail(n.Right, "a pattern must be written out", `write matches "^dir"`)
	}
	pattern, err := regexp.Compile(r.str)
	if err != nil {
		return c.fail(n.Right, "this is not a pattern: "+strings.TrimPrefix(err.Error(), "error parsing regexp: "), "")
	}
	return term{kind: boolKind, flag: func(f *facts) truth {
		x, ok := l.text(f)
		if !ok {
			return maybe
		}
		return truthOf(pattern.MatchString(x))
	}}
}

func twoTexts(l, r textFunc, holds func(x, y string) bool) term {
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
