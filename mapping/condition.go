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

// exclusion is a compiled condition of which one value is enough to leave an activity out.
type exclusion struct {
	field  string
	values []string // folded, "*" at either end
}

func compileExclusions(specs []Condition) []exclusion {
	out := make([]exclusion, 0, len(specs))
	for _, s := range specs {
		e := exclusion{field: s.Field}
		for _, v := range s.In {
			e.values = append(e.values, foldCase(v))
		}
		out = append(out, e)
	}
	return out
}

func (e exclusion) holds(f crm.Fields) bool {
	value := foldCase(f[e.field])
	for _, v := range e.values {
		middle, open := strings.CutPrefix(v, "*")
		middle, end := strings.CutSuffix(middle, "*")
		switch {
		case open && end && strings.Contains(value, middle),
			open && !end && strings.HasSuffix(value, middle),
			end && !open && strings.HasPrefix(value, middle),
			value == v:
			return true
		}
	}
	return false
}
