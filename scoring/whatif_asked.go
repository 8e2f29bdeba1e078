package scoring

import (
	"slices"

	"github.com/expr-lang/expr/ast"
)

// asked is what the conditions of a model compare one attribute with.
type asked struct {
	numbers   []float64 // for a date: days since it
	texts     []string
	otherwise bool // it is also used in another way, such as in arithmetic
}

// comparedWith goes through conditions; nil when none mentions the attribute.
func comparedWith(trees []ast.Node, attribute string) *asked {
	a := &asked{}
	mentioned := false
	for _, tree := range trees {
		mentioned = a.look(tree, attribute) || mentioned
	}
	if !mentioned {
		return nil
	}
	return a
}

// comparing are the operators that hold an attribute against something.
var comparing = []string{"==", "!=", "<", "<=", ">", ">=", "in", "contains", "startsWith", "endsWith"}

// look notes how one condition uses an attribute.
func (a *asked) look(tree ast.Node, attribute string) (mentioned bool) {
	uses, compared := 0, 0
	v := visitor(func(n ast.Node) {
		switch n := n.(type) {
		case *ast.IdentifierNode:
			if n.Value == attribute {
				uses++
			}
		case *ast.BinaryNode:
			if !slices.Contains(comparing, n.Operator) {
				return
			}
			for _, side := range [2][2]ast.Node{{n.Left, n.Right}, {n.Right, n.Left}} {
				if names(side[0], attribute) {
					compared++
					a.constants(side[1])
				}
			}
		case *ast.CallNode:
			if len(n.Arguments) == 1 && isIdentifier(n.Callee, "known") && isIdentifier(n.Arguments[0], attribute) {
				compared++
			}
		}
	})
	ast.Walk(&tree, v)
	a.otherwise = a.otherwise || uses != compared
	return uses > 0
}

// names reports whether a side of a comparison is the attribute, as it is, with a default, or as the days since it.
func names(n ast.Node, attribute string) bool {
	if b, ok := n.(*ast.BinaryNode); ok && b.Operator == "??" {
		n = b.Left
	}
	if call, ok := n.(*ast.CallNode); ok && len(call.Arguments) == 1 {
		for _, f := range []string{"days_since", "lower", "trim"} {
			if isIdentifier(call.Callee, f) {
				n = call.Arguments[0]
			}
		}
	}
	return isIdentifier(n, attribute)
}

func isIdentifier(n ast.Node, name string) bool {
	id, ok := n.(*ast.IdentifierNode)
	return ok && id.Value == name
}

// constants notes what is written out on the other side of a comparison.
func (a *asked) constants(n ast.Node) {
	switch n := n.(type) {
	case *ast.IntegerNode:
		a.numbers = append(a.numbers, float64(n.Value))
	case *ast.FloatNode:
		a.numbers = append(a.numbers, n.Value)
	case *ast.UnaryNode:
		var b asked
		b.constants(n.Node)
		for _, x := range b.numbers {
			if n.Operator == "-" {
				x = -x
			}
			a.numbers = append(a.numbers, x)
		}
	case *ast.StringNode:
		if !slices.Contains(a.texts, n.Value) {
			a.texts = append(a.texts, n.Value)
		}
	case *ast.ArrayNode:
		for _, item := range n.Nodes {
			a.constants(item)
		}
	case *ast.BinaryNode:
		if n.Operator == ".." {
			a.constants(n.Left)
			a.constants(n.Right)
			a.otherwise = true // only whole numbers are in a range
			return
		}
		a.otherwise = true
	case *ast.NilNode:
	default:
		a.otherwise = true // another attribute, or something computed
	}
}

type visitor func(ast.Node)

// Visit implements ast.Visitor.
func (v visitor) Visit(n *ast.Node) { v(*n) }
