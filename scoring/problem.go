package scoring

import (
	"strings"

	"github.com/bareme/bareme/nearest"
)

// Problem is one thing that is wrong, or doubtful, in a model.
type Problem struct {
	// Path is the path of the element plus the key: "$.scores.fit.groups.firmographic.criteria[1].when".
	Path string
	// Offset and Length are in characters inside an expression. Length 0 means the whole value.
	Offset, Length int
	Message        string // what is wrong, without the place
	Hint           string // what to do; "" when the message says it
	Warning        bool   // the model can be used all the same
}

// Error is the problem on one line: where, what, what to do.
func (p Problem) Error() string {
	var b strings.Builder
	if p.Path != "" {
		b.WriteString(p.Path)
		b.WriteString(": ")
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString("; ")
		b.WriteString(p.Hint)
	}
	return b.String()
}

// problems collects what is wrong while a model is compiled.
type problems []Problem

func (ps *problems) add(path, message, hint string) {
	*ps = append(*ps, Problem{Path: path, Message: message, Hint: hint})
}

func (ps *problems) warn(path, message, hint string) {
	*ps = append(*ps, Problem{Path: path, Message: message, Hint: hint, Warning: true})
}

// fatal reports whether any problem forbids the model.
func (ps problems) fatal() bool {
	for _, p := range ps {
		if !p.Warning {
			return true
		}
	}
	return false
}

// didYouMean is a hint naming the known name closest to a wrong one, else listing what there is.
func didYouMean(wrong string, known []string, what string) string {
	if best := nearest.Name(wrong, known); best != "" {
		return `did you mean "` + best + `"?`
	}
	if len(known) == 0 {
		return "the model has no " + what
	}
	const show = 8
	list := known
	if len(list) > show {
		list = list[:show]
	}
	hint := what + " there are: " + strings.Join(list, ", ")
	if len(known) > show {
		hint += ", …"
	}
	return hint
}
