package modelfile

import (
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// nodeKind is what a node is.
type nodeKind uint8

const (
	nullNode nodeKind = iota // a key without a value
	scalarNode
	mapNode
	listNode
)

// style is how a scalar is written, which decides how its characters map to the source.
type style uint8

const (
	plain style = iota
	singleQuoted
	doubleQuoted
	block
)

// node is one value of the model file with its place. It is a smaller thing than the library's tree on purpose: no
// anchors, tags, or numbers already interpreted, so that the rest of the package sees only what the author typed.
type node struct {
	kind      nodeKind
	style     style
	text      string // scalars: what was written, without quotes
	line, col int    // 1-based; col counts characters
	entries   []entry
	items     []*node
}

// entry is one key of a mapping with its value.
type entry struct{ key, value *node }

// get returns the value under key, nil when there is none.
func (n *node) get(key string) *node {
	if n == nil {
		return nil
	}
	for _, e := range n.entries {
		if e.key.text == key {
			return e.value
		}
	}
	return nil
}

// keys lists the keys of a mapping in file order.
func (n *node) keys() []string {
	out := make([]string, 0, len(n.entries))
	for _, e := range n.entries {
		out = append(out, e.key.text)
	}
	return out
}

// describe says in words what the node is.
func (n *node) describe() string {
	switch n.kind {
	case mapNode:
		return "a set of keys"
	case listNode:
		return "a list"
	case nullNode:
		return "nothing"
	default:
		return quote(n.text)
	}
}

// span is the part of the source a node covers when it is pointed at: a scalar on one line in full, else one character.
func (n *node) span(src lines) span {
	s := span{line: n.line, col: n.col, width: 1}
	if n.kind == nullNode { // shown by its key, whose text it keeps
		s.width = max(1, utf8.RuneCountInString(n.text))
	}
	if n.kind != scalarNode || n.style == block {
		return s
	}
	w := utf8.RuneCountInString(n.text)
	if n.style != plain {
		w += 2
	}
	rest := src.rest(n.line, n.col)
	if !strings.Contains(n.text, "\n") && w <= utf8.RuneCountInString(rest) {
		s.width = max(w, 1)
	}
	return s
}

// maxDepth is how deep values may lie within each other; the model file needs 9.
const maxDepth = 32

// converter turns the library's tree into nodes, collecting what a model file may not hold.
type converter struct {
	problems []located
}

func (c *converter) refuse(tk *token.Token, message, hint string) {
	s := span{line: 1, col: 1, width: 1}
	if tk != nil && tk.Position != nil {
		s = span{line: tk.Position.Line, col: max(tk.Position.Column, 1), width: max(utf8.RuneCountInString(tk.Value), 1)}
	}
	c.problems = append(c.problems, located{span: s, message: message, hint: hint})
}

// place starts a node where tk stands.
func place(kind nodeKind, tk *token.Token) *node {
	n := &node{kind: kind, line: 1, col: 1}
	if tk != nil && tk.Position != nil {
		n.line, n.col = tk.Position.Line, max(tk.Position.Column, 1)
	}
	return n
}

func (c *converter) convert(v ast.Node, depth int) *node {
	if v == nil {
		return &node{kind: nullNode, line: 1, col: 1}
	}
	if depth > maxDepth {
		c.refuse(v.GetToken(), "values lie too deep within each other", "A model file needs fewer than 10 levels: look for brackets that were not closed.")
		return place(nullNode, v.GetToken())
	}
	switch v := v.(type) {
	case *ast.MappingNode:
		return c.mapping(v.GetToken(), v.Values, depth)
	case *ast.MappingValueNode:
		return c.mapping(v.GetToken(), []*ast.MappingValueNode{v}, depth)
	case *ast.SequenceNode:
		n := place(listNode, v.GetToken())
		for _, item := range v.Values {
			n.items = append(n.items, c.convert(item, depth+1))
		}
		return n
	case *ast.NullNode:
		return place(nullNode, v.GetToken())
	case *ast.LiteralNode:
		n := place(scalarNode, v.GetToken())
		n.style = block
		if v.Value != nil {
			n.text = v.Value.Value
		}
		return n
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		c.refuse(v.GetToken(), "anchors and aliases (& * <<) are not used in model files", "Write the value out where it is needed; in a condition, put the whole condition in single quotes.")
	case *ast.TagNode:
		c.refuse(v.GetToken(), "tags (!) are not used in model files", "To negate a condition write not, or put the whole condition in single quotes.")
	case ast.ScalarNode:
		return scalar(v)
	default:
		c.refuse(v.GetToken(), "this kind of YAML is not used in model files", "Write keys, lists and plain values only.")
	}
	return place(nullNode, v.GetToken())
}

// scalar keeps the text as typed: 010, 1e3 and yes mean nothing yet.
func scalar(v ast.ScalarNode) *node {
	tk := v.GetToken()
	n := place(scalarNode, tk)
	if tk == nil {
		return n
	}
	n.text = tk.Value
	switch tk.Type {
	case token.SingleQuoteType:
		n.style = singleQuoted
	case token.DoubleQuoteType:
		n.style = doubleQuoted
	}
	return n
}

func (c *converter) mapping(tk *token.Token, values []*ast.MappingValueNode, depth int) *node {
	n := place(mapNode, tk)
	seen := map[string]*node{}
	for i, mv := range values {
		key := c.key(mv.Key)
		if key == nil {
			continue
		}
		if i == 0 && (tk == nil || tk.Type != token.MappingStartType) {
			n.line, n.col = key.line, key.col
		}
		value := c.convert(mv.Value, depth+1)
		if value.kind == nullNode {
			value.line, value.col, value.text = key.line, key.col, key.text
		}
		if first, twice := seen[key.text]; twice {
			c.problems = append(c.problems, located{
				span:    span{line: key.line, col: key.col, width: utf8.RuneCountInString(key.text)},
				message: "key " + quote(key.text) + " is written twice",
				hint:    "The first one is on line " + itoa(first.line) + ": keep one of them.",
			})
			continue
		}
		seen[key.text] = key
		n.entries = append(n.entries, entry{key, value})
	}
	return n
}

func (c *converter) key(k ast.MapKeyNode) *node {
	switch k := k.(type) {
	case *ast.MergeKeyNode:
		c.refuse(k.GetToken(), "anchors and aliases (& * <<) are not used in model files", "Write the value out where it is needed.")
		return nil
	case *ast.NullNode:
		c.refuse(k.GetToken(), "a key is missing before the colon", "Write a name before it.")
		return nil
	case ast.ScalarNode:
		switch any(k).(type) {
		case *ast.AnchorNode, *ast.AliasNode:
			c.refuse(k.GetToken(), "anchors and aliases (& * <<) are not used in model files", "Write the key out.")
			return nil
		case *ast.TagNode, *ast.LiteralNode:
			c.refuse(k.GetToken(), "this kind of key is not used in model files", "Write a plain name before the colon.")
			return nil
		}
		return scalar(k)
	case nil:
		return nil
	default:
		c.refuse(k.GetToken(), "this kind of key is not used in model files", "Write a plain name before the colon.")
		return nil
	}
}
