package scoring

import (
	"maps"
	"slices"

	"github.com/expr-lang/expr/ast"

	"github.com/bareme/bareme/nearest"
)

// truth is one of three: a condition on an attribute that is not known is neither true nor false.
type truth uint8

const (
	no truth = iota
	yes
	maybe
)

// facts are what a condition may ask about.
type facts struct {
	values []Value // one for every attribute of the schema
	events []Event
	tally  []kindTally // by kind of activity, of the events up to now
	now    int64       // Unix milliseconds
}

// kindTally sums up the events of one kind that happened by now.
type kindTally struct {
	times int64
	last  int64 // the latest dated one
	dated bool
}

// A condition is an expression checked and compiled. It runs in time linear in the subject: the language has no loops,
// and patterns are matched by an automaton.
type condition struct {
	holds  func(*facts) truth
	asks   []int    // slots of the attributes it mentions, ascending
	kinds  []uint16 // kinds of activity it mentions, ascending
	needs  []int    // those without which it may be undecided
	doubts bool     // it asks about knowing itself, and not about activity, of which there always is an account
}

// knows reports whether anything the condition asks for is known. To find that something is not known, as
// known(budget) does, is not to know anything.
func (c *condition) knows(f *facts) bool {
	if !c.doubts {
		return true // it could not have been decided otherwise
	}
	for _, slot := range c.asks {
		if f.values[slot].Type != Unknown {
			return true
		}
	}
	return false
}

// rests reports whether the condition rests on an attribute that was estimated.
func (c *condition) rests(f *facts) bool {
	for _, slot := range c.asks {
		if f.values[slot].Estimated {
			return true
		}
	}
	return false
}

// Limits on what an author may write in one condition.
const (
	maxConditionLength = 4000 // characters
	maxConditionNodes  = 1000 // after sharing is undone: a chain of comparisons repeats its middle
)

// compileCondition checks an expression against a schema. The problems have no path; offsets count characters.
func compileCondition(source string, schema *Schema) (*condition, []Problem) {
	tree, problem := parseCondition(source)
	if problem != nil {
		return nil, []Problem{*problem}
	}
	c := checker{source: []rune(source), schema: schema, asked: map[int]bool{}, needed: map[int]bool{}, kinds: map[uint16]bool{}}
	t := c.check(tree)
	if len(c.problems) == 0 && t.kind != boolKind {
		c.fail(tree, "this is "+t.kind.String()+", not a condition", "compare it with something, so that it is true or false")
	}
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	return &condition{holds: t.flag, asks: c.slots(c.asked), kinds: slices.Sorted(maps.Keys(c.kinds)), needs: c.slots(c.needed), doubts: c.doubts && !c.active}, nil
}

// checker walks the tree once: it checks types and makes closures over slots on the way. It collects every problem it
// can; a term that is already wrong is not complained about again.
type checker struct {
	source   []rune
	schema   *Schema
	problems []Problem
	visited  int
	asked    map[int]bool // slots of the attributes mentioned
	needed   map[int]bool // those mentioned where not knowing is no answer
	doubts   bool         // something was guarded
	active   bool         // activity was asked about
	kinds    map[uint16]bool
	guarded  int // above 0 inside known(…), … == nil and … ?? …, where not knowing is an answer
}

// check compiles one node.
func (c *checker) check(n ast.Node) term {
	c.visited++
	if c.visited > maxConditionNodes {
		if c.visited == maxConditionNodes+1 {
			c.problems = append(c.problems, Problem{Message: "this condition is too long", Hint: "split it into several criteria"})
		}
		return term{}
	}
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return c.attribute(n)
	case *ast.NilNode:
		return term{kind: nilKind}
	case *ast.IntegerNode:
		return c.integer(n)
	case *ast.FloatNode:
		return constNumber(n.Value)
	case *ast.StringNode:
		return constText(n.Value)
	case *ast.BoolNode:
		return constFlag(n.Value)
	case *ast.ArrayNode:
		return c.array(n)
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.ConditionalNode:
		return c.conditional(n)
	case *ast.CallNode:
		return c.call(n)
	}
	return c.unsupported(n)
}

// unsupported refuses what the expr language has and conditions do not: loops, above all.
func (c *checker) unsupported(n ast.Node) term {
	switch n := n.(type) {
	case *ast.BuiltinNode:
		return c.fail(n, "conditions have no function "+n.Name+"()", "functions there are: "+functionNames)
	case *ast.VariableDeclaratorNode, *ast.SequenceNode:
		return c.fail(n, "a condition is one expression, without let or semicolons", "write it as several criteria")
	case *ast.MemberNode, *ast.ChainNode, *ast.SliceNode:
		return c.fail(n, "an attribute has no parts", "name an attribute of the mapping, without . or [ ]")
	}
	return c.fail(n, "this is not part of the language of conditions", "")
}

// attribute compiles the name of an attribute.
func (c *checker) attribute(n *ast.IdentifierNode) term {
	for slot, a := range c.schema.Attributes {
		if a.Name != n.Value {
			continue
		}
		c.asked[slot] = true
		if c.guarded == 0 {
			c.needed[slot] = true
		}
		return attributeTerm(slot, a.Type)
	}
	names := make([]string, len(c.schema.Attributes))
	for i, a := range c.schema.Attributes {
		names[i] = a.Name
	}
	hint := didYouMean(n.Value, names, "attributes")
	if nearest.Name(n.Value, names) == "" {
		hint += `; if this is a text, put it in quotes: "` + n.Value + `"`
	}
	return c.fail(n, `unknown attribute "`+n.Value+`"`, hint)
}

// slots lists a set of slots, ascending.
func (c *checker) slots(set map[int]bool) []int {
	var list []int
	for slot := range c.schema.Attributes {
		if set[slot] {
			list = append(list, slot)
		}
	}
	return list
}

// guard checks a node whose being unknown is an answer.
func (c *checker) guard(n ast.Node) term {
	c.guarded++
	c.doubts = true
	defer func() { c.guarded-- }()
	return c.check(n)
}

// fail notes a problem at a node.
func (c *checker) fail(n ast.Node, message, hint string) term {
	from, to := nodeSpan(n)
	from = min(max(from, 0), len(c.source))
	to = min(max(to, from), len(c.source))
	c.problems = append(c.problems, Problem{Offset: from, Length: to - from, Message: message, Hint: hint})
	return term{}
}
