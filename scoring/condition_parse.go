package scoring

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
)

// parseCondition reads an expression with the parser of the expr language.
func parseCondition(source string) (tree ast.Node, problem *Problem) {
	if n := utf8.RuneCountInString(source); n > maxConditionLength {
		return nil, &Problem{
			Message: fmt.Sprintf("this condition has %d characters; the most is %d", n, maxConditionLength),
			Hint:    "split it into several criteria",
		}
	}
	if strings.TrimSpace(source) == "" {
		return nil, &Problem{Message: "this condition is empty", Hint: `write one, such as employees >= 50`}
	}
	// The parser belongs to someone else. Whatever it does with a strange text, the answer is a message.
	defer func() {
		if recover() != nil {
			tree, problem = nil, &Problem{Message: "this condition cannot be read"}
		}
	}()
	parsed, err := parser.ParseWithConfig(source, parserConfig())
	if err != nil {
		return nil, syntaxProblem(err, utf8.RuneCountInString(source))
	}
	return parsed.Node, nil
}

// parserConfig makes the parser read our functions as plain calls, also where the expr language has a function of the
// same name with another meaning.
func parserConfig() *conf.Config {
	c := conf.CreateNew()
	c.MaxNodes = maxConditionNodes
	for _, name := range strings.Split(functionNames, ", ") {
		c.Functions[name] = &builtin.Function{Name: name}
	}
	return c
}

// token matches how the parser prints a token: Operator("==").
var token = regexp.MustCompile(`(?:Identifier|Number|String|Bytes|Operator|Bracket)\((".*")\)`)

// syntaxProblem says in our words what the parser said in its own; length is of the source, in characters.
func syntaxProblem(err error, length int) *Problem {
	var at *file.Error
	if !errors.As(err, &at) {
		return &Problem{Message: "this condition cannot be read"}
	}
	message := token.ReplaceAllString(at.Message, "$1")
	from := min(max(0, at.From), length)
	p := &Problem{Offset: from, Length: min(max(1, at.To-from), length-from)}
	switch {
	case strings.Contains(message, "token EOF"), strings.Contains(message, "unexpected end"):
		p.Message, p.Hint = "this condition ends too early", "finish it, or close its brackets"
		p.Length = 0
	case strings.HasSuffix(message, `unexpected token "="`):
		p.Message, p.Hint = `unexpected "="`, "to compare, write =="
	case strings.Contains(message, "not terminated"):
		p.Message, p.Hint = "a text has no end", `put it between two quotes: "…"`
	case strings.Contains(message, "exceeds maximum"):
		p.Message, p.Hint = "this condition is too long", "split it into several criteria"
		p.Length = 0
	case strings.Contains(message, "cannot be mixed"):
		p.Message, p.Hint = "?? and another operator stand side by side", `put brackets around it: (employees ?? 0) >= 50`
	case strings.Contains(message, "literal"), strings.Contains(message, "number syntax"):
		p.Message = "this number cannot be read"
	default:
		p.Message = strings.Replace(message, "unexpected token", "unexpected", 1)
	}
	return p
}

// nodeSpan is where a node stands in its source, in characters. It follows the outermost branches only, since a tree
// may share nodes.
func nodeSpan(n ast.Node) (from, to int) {
	from, to = n.Location().From, n.Location().To
	for left := n; left != nil; left = firstChild(left) {
		from = min(from, left.Location().From)
		if c, ok := left.(*ast.ConditionalNode); ok {
			from = c.Cond.Location().From // its own location is where it ended
		}
	}
	for right := n; right != nil; right = lastChild(right) {
		to = max(to, right.Location().To)
	}
	return from, to
}

func firstChild(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.BinaryNode:
		return n.Left
	case *ast.ConditionalNode:
		return n.Cond
	case *ast.MemberNode:
		return n.Node
	case *ast.ChainNode:
		return n.Node
	case *ast.SliceNode:
		return n.Node
	}
	return nil
}

func lastChild(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.BinaryNode:
		return n.Right
	case *ast.UnaryNode:
		return n.Node
	case *ast.ConditionalNode:
		return n.Exp2
	case *ast.ArrayNode:
		if len(n.Nodes) > 0 {
			return n.Nodes[len(n.Nodes)-1]
		}
	case *ast.CallNode:
		if len(n.Arguments) > 0 {
			return n.Arguments[len(n.Arguments)-1]
		}
	}
	return nil
}
