package soql

import (
	"slices"
	"strings"
	"time"
)

// predicate says whether a row passes.
type predicate func(*run, Row) bool

// columns finds the column of an operand: of a row in WHERE, of a group in HAVING.
type columns func(operand) (column, *Error)

// condition compiles a WHERE or HAVING tree.
func (s *Statement) condition(n node, find columns) (predicate, *Error) {
	switch n := n.(type) {
	case *negation:
		p, err := s.condition(n.term, find)
		return func(run *run, row Row) bool { return !p(run, row) }, err
	case *junction:
		terms := make([]predicate, len(n.terms))
		for i, t := range n.terms {
			var err *Error
			if terms[i], err = s.condition(t, find); err != nil {
				return nil, err
			}
		}
		or := n.or
		return func(run *run, row Row) bool {
			for _, t := range terms {
				if t(run, row) == or {
					return or
				}
			}
			return !or
		}, nil
	case *comparison:
		c, err := find(n.operand)
		if err != nil {
			return nil, err
		}
		return s.comparison(n, c)
	}
	return func(*run, Row) bool { return true }, nil
}

func (s *Statement) comparison(n *comparison, c column) (predicate, *Error) {
	if c.field != nil && (c.field.Unfilterable || c.kind == Compound) {
		return nil, at(s.text, n.pos, InvalidField, "field '%s' can not be filtered in a query call", c.field.Name)
	}
	if n.sub != nil {
		return s.semiJoin(n, c)
	}
	for i := range n.values {
		if err := s.checkLiteral(n, c, n.values[i]); err != nil {
			return nil, err
		}
	}
	get, is := c.get, func(any) bool { return false }
	switch n.op {
	case "LIKE":
		is = matchLike(n.values[0])
	case "INCLUDES", "EXCLUDES":
		is = includes(n.values)
	case "IN", "NOT IN", "=", "!=":
		is = oneOf(c.kind, n.values, s.now)
	default:
		is = inequality(c.kind, n.op, n.values[0], s.now)
	}
	want := n.op != "!=" && n.op != "NOT IN" && n.op != "EXCLUDES"
	return func(run *run, row Row) bool { return is(get(run, row)) == want }, nil
}

// checkLiteral refuses values of another type than the field's, and operators it does not take.
func (s *Statement) checkLiteral(n *comparison, c column, v literal) *Error {
	allowed, name, quotes := []literalKind{textLiteral}, "string", "should be enclosed in quotes"
	switch c.kind {
	case Bool:
		allowed, name, quotes = []literalKind{boolLiteral}, "boolean", "should not be enclosed in quotes"
	case Int, Double:
		allowed, name, quotes = []literalKind{numberLiteral}, map[Kind]string{Int: "int", Double: "double"}[c.kind], "should not be enclosed in quotes"
	case Date:
		allowed, name, quotes = []literalKind{dateLiteral, rangeLiteral}, "date", "should not be enclosed in quotes"
	case DateTime:
		allowed, name, quotes = []literalKind{dateTimeLiteral, rangeLiteral}, "dateTime", "should not be enclosed in quotes"
	}
	label := c.names[len(c.names)-1]
	if v.kind != nullLiteral && !slices.Contains(allowed, v.kind) {
		return at(s.text, n.pos, InvalidField, "value of filter criterion for field '%s' must be of type %s and %s", label, name, quotes)
	}
	bad := n.op == "LIKE" && c.kind != Text
	switch n.op {
	case "INCLUDES", "EXCLUDES":
		bad = c.kind != Multi
	case "<", "<=", ">", ">=":
		bad = c.kind == Bool || c.kind == Multi
	}
	if bad {
		return at(s.text, n.pos, InvalidOperator, "invalid operator on %s field", kindName(c.kind))
	}
	if c.kind == ID && v.kind == textLiteral && v.text != "" && !isID(v.text) {
		return at(s.text, n.pos, InvalidOperator, "invalid ID field: %s", v.text)
	}
	return nil
}

func kindName(k Kind) string {
	return [...]string{Text: "string", ID: "id", Multi: "multipicklist", Bool: "boolean", Int: "int", Double: "double",
		Date: "date", DateTime: "dateTime", Compound: "address"}[k]
}

func matchLike(v literal) func(any) bool {
	match := like(v.raw)
	return func(x any) bool {
		s, ok := x.(string)
		return ok && match(s)
	}
}

// oneOf tests for equality with any of the literals. Lists of text and ids are sets, as they run to thousands.
func oneOf(kind Kind, values []literal, now time.Time) func(any) bool {
	if kind == Text || kind == ID || kind == Multi {
		return oneText(kind, values)
	}
	tests := make([]func(any) (int, bool), len(values))
	null := false
	for i, v := range values {
		tests[i] = against(kind, v, now)
		null = null || v.kind == nullLiteral
	}
	return func(x any) bool {
		if x == nil {
			return null
		}
		return slices.ContainsFunc(tests, func(t func(any) (int, bool)) bool {
			c, ok := t(x)
			return ok && c == 0
		})
	}
}

func oneText(kind Kind, values []literal) func(any) bool {
	null, set := false, map[string]struct{}{}
	for _, v := range values {
		if v.kind == nullLiteral || v.text == "" {
			null = true
			continue
		}
		set[textKey(kind, v.text)] = struct{}{}
	}
	if len(set) == 1 && !null && kind != ID {
		only := values[0].text
		return func(x any) bool {
			s, ok := x.(string)
			return ok && strings.EqualFold(s, only)
		}
	}
	return func(x any) bool {
		s, ok := x.(string)
		if !ok {
			return null
		}
		_, in := set[textKey(kind, s)]
		return in
	}
}

func textKey(kind Kind, s string) string {
	if kind == ID {
		return idKey(s)
	}
	return strings.ToLower(s)
}

// includes tests the chosen values of a multi-select picklist: each literal is a set of values that must all be chosen.
func includes(values []literal) func(any) bool {
	return func(x any) bool {
		s, _ := x.(string)
		chosen := strings.Split(strings.ToLower(s), ";")
		return slices.ContainsFunc(values, func(v literal) bool {
			for part := range strings.SplitSeq(strings.ToLower(v.text), ";") {
				if !slices.Contains(chosen, strings.TrimSpace(part)) {
					return false
				}
			}
			return true
		})
	}
}

// inequality tests with < <= > >=. Nothing is less or greater than null.
func inequality(kind Kind, op string, v literal, now time.Time) func(any) bool {
	test := against(kind, v, now)
	return func(x any) bool {
		c, ok := test(x)
		switch {
		case !ok:
			return false
		case op == "<":
			return c < 0
		case op == "<=":
			return c <= 0
		case op == ">":
			return c > 0
		}
		return c >= 0
	}
}

// against compares a value with a literal: 0 when it is equal or within the literal's range. ok is false for null.
func against(kind Kind, v literal, now time.Time) func(any) (int, bool) {
	var with any
	switch v.kind {
	case textLiteral:
		with = v.text
	case numberLiteral:
		with = v.number
	case boolLiteral:
		with = v.truth
	case dateLiteral, dateTimeLiteral:
		with = v.time
	case rangeLiteral:
		from, to := span(v.text, v.n, now)
		return func(x any) (int, bool) {
			t, ok := x.(time.Time)
			switch {
			case !ok:
				return 0, false
			case t.Before(from):
				return -1, true
			case !t.Before(to):
				return 1, true
			}
			return 0, true
		}
	}
	return func(x any) (int, bool) {
		if x == nil || with == nil {
			return 0, false
		}
		return order(kind, x, with), true
	}
}
