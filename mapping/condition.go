package mapping

import (
	"strings"

	"github.com/bareme/bareme/crm"
)

// condition is a compiled Condition.
type condition struct {
	field string
	in    map[string]bool // folded
}

func compileConditions(specs []Condition) []condition {
	out := make([]condition, 0, len(specs))
	for _, s := range specs {
		in := make(map[string]bool, len(s.In))
		for _, v := range s.In {
			in[foldCase(v)] = true
		}
		out = append(out, condition{s.Field, in})
	}
	return out
}

// holds reports whether the field has one of the values. A field of several options holds when any of them is listed.
func (c condition) holds(f crm.Fields) bool {
	value := foldCase(f[c.field])
	if c.in[value] {
		return true
	}
	if !strings.Contains(value, ";") {
		return false
	}
	for option := range strings.SplitSeq(value, ";") {
		if option = strings.TrimSpace(option); option != "" && c.in[option] {
			return true
		}
	}
	return false
}

func foldCase(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
