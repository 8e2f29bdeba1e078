package modelfile

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// The limits that keep a hostile or broken file from costing more than a message.
const (
	maxBytes = 1 << 20 // a large real model is 50 kB
	maxLine  = 10_000  // characters in one line
	maxParts = 30_000  // line ends, colons and commas: the YAML reader takes time with the square of a map's keys
)

// readTree turns the text of a model file into a tree. It returns no tree when the text cannot be read at all.
func readTree(data []byte) (*node, []located) {
	text := strings.TrimPrefix(string(data), "\ufeff")
	if p := guard(text); p != nil {
		return nil, []located{*p}
	}
	file, err := parse(text)
	if err != nil {
		return nil, []located{syntax(text, err)}
	}
	return tree(file)
}

// tree converts the one document of the file.
func tree(file *ast.File) (*node, []located) {
	var bodies []ast.Node
	for _, d := range file.Docs {
		if d != nil && d.Body != nil {
			if _, comment := d.Body.(*ast.CommentGroupNode); !comment {
				bodies = append(bodies, d.Body)
			}
		}
	}
	c := &converter{}
	switch len(bodies) {
	case 0:
		return nil, []located{{span: span{1, 1, 1}, message: "the file is empty", hint: "Start from examples/minimal.yaml, or let bareme init write a first model."}}
	case 1:
		return c.convert(bodies[0], 0), c.problems
	default:
		c.refuse(bodies[1].GetToken(), "a second document starts here", "One file holds one model: remove the --- line and what follows it.")
		return nil, c.problems
	}
}

// guard refuses text that must not reach the YAML reader: too large, not text, or nested enough to exhaust memory.
func guard(text string) *located {
	if len(text) > maxBytes {
		return &located{span: span{1, 1, 1}, message: "the file is larger than 1 MB", hint: "A model file is a few kB: check that this is the right file; long lists belong into a lookup CSV."}
	}
	depth, parts, line, col := 0, 0, 1, 0
	for i, r := range text {
		col++
		var message, hint string
		switch {
		case r == utf8.RuneError && !utf8.ValidString(text[i:min(i+utf8.UTFMax, len(text))]) && invalidAt(text, i):
			message, hint = "this is not UTF-8 text", "Save the file as UTF-8 in your editor."
		case r < ' ' && r != '\n' && r != '\r' && r != '\t':
			message, hint = "a control character stands here", "Remove it: a model file is plain text."
		case r == '[' || r == '{':
			depth++
		case r == ']' || r == '}':
			depth = max(depth-1, 0)
		case r == ':' || r == ',':
			parts++
		case r == '\n':
			parts, line, col = parts+1, line+1, 0
		}
		if message == "" && depth > 4*maxDepth {
			message, hint = "values lie too deep within each other", "A model file needs fewer than 10 levels: look for brackets that were not closed."
		}
		if message == "" && parts > maxParts {
			message, hint = "the file has more than 30,000 keys and values", "Move long lists into a lookup CSV."
		}
		if message == "" && col > maxLine {
			message, hint = "this line is longer than 10,000 characters", "Break it into several lines, or move long lists into a lookup CSV."
		}
		if message != "" {
			return &located{span: span{line, max(col, 1), 1}, message: message, hint: hint}
		}
	}
	return nil
}

// invalidAt reports whether the replacement character at i stands for a byte that is not UTF-8.
func invalidAt(text string, i int) bool {
	_, size := utf8.DecodeRuneInString(text[i:])
	return size == 1
}

// parse calls the YAML reader. The reader has panicked on malformed text in the past; such text is a syntax error to
// the author, so a panic becomes one.
func parse(text string) (file *ast.File, err error) {
	defer func() {
		if recover() != nil {
			file, err = nil, errors.New("this is not YAML the reader understands")
		}
	}()
	return parser.ParseBytes([]byte(text), 0, parser.AllowDuplicateMapKey())
}

// syntax turns the reader's complaint into ours.
func syntax(text string, err error) located {
	p := located{span: span{1, 1, 1}, message: err.Error(), hint: "Check the indentation, brackets and quotes around this place."}
	var se *yaml.SyntaxError
	if !errors.As(err, &se) {
		return p
	}
	p.message = "this is not valid YAML: " + se.Message
	if se.Token != nil && se.Token.Position != nil {
		p.span = span{line: se.Token.Position.Line, col: max(se.Token.Position.Column, 1), width: 1}
	}
	src := split(text)
	around := src.at(p.span.line)
	switch {
	case strings.Contains(se.Message, "'\t'") || strings.HasPrefix(around, "\t"):
		p.message, p.hint = "a tab is used for indentation", "Indent with spaces: two for each level."
		if i := strings.IndexByte(around, '\t'); i >= 0 {
			p.span.col = utf8.RuneCountInString(around[:i]) + 1
		}
	case strings.Contains(around, "when: !"):
		p.message, p.hint = "tags (!) are not used in model files", "To negate a condition write not, or put the whole condition in single quotes."
	case strings.Contains(around, "when:"):
		p.hint = `Put the condition in single quotes, as in when: 'country in ["FR", "BE"]'.`
	}
	return p
}
