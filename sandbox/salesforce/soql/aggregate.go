package soql

import (
	"slices"
	"strconv"
	"strings"
)

// grouping is what GROUP BY and the aggregates of a statement ask for.
type grouping struct {
	keys       []column
	paths      []string // of keys, as they are compared with what is selected: in lower case, with the function
	aggregates []aggregate
	having     predicate
}

// aggregate is one function over the rows of a group.
type aggregate struct {
	fn string // COUNT, COUNT_DISTINCT, MIN, MAX, SUM, AVG
	of column // get is nil for COUNT()
}

func isAggregate(fn string) bool {
	switch fn {
	case "COUNT", "COUNT_DISTINCT", "MIN", "MAX", "SUM", "AVG":
		return true
	}
	return false
}

// aggregated tells whether the query needs groups: COUNT() alone needs only a count.
func (s *Statement) aggregated() bool {
	return len(s.query.groupBy) > 0 || !s.query.count && slices.ContainsFunc(s.query.items, func(i item) bool { return isAggregate(i.fn) })
}

func (s *Statement) compileGroups() *Error {
	g := &grouping{}
	s.groups = g
	for _, o := range s.query.groupBy {
		c, err := s.names.operand(o)
		if err != nil {
			return err
		}
		if c.field != nil && o.fn == "" && (c.field.Unfilterable || c.kind == DateTime || c.kind == Double || c.kind == Compound || c.kind == Multi) {
			return at(s.text, o.pos, MalformedQuery, "field '%s' can not be grouped in a query call", c.field.Name)
		}
		g.keys, g.paths = append(g.keys, c), append(g.paths, groupPath(o, c))
	}
	unnamed := 0
	for _, it := range s.query.items {
		if it.sub != nil || it.fn == "FIELDS" {
			return at(s.text, it.pos, MalformedQuery, "only root queries without GROUP BY support nested queries")
		}
		c, err := s.inGroups(it.operand)
		if err != nil {
			return err
		}
		label := it.as
		if label == "" && it.fn == "" {
			label = c.names[len(c.names)-1]
		}
		if label == "" {
			label = "expr" + strconv.Itoa(unnamed)
			unnamed++
		}
		s.outputs = append(s.outputs, output{column: c, label: label})
	}
	return s.compileHaving()
}

func (s *Statement) compileHaving() *Error {
	var err *Error
	if s.groups.having, err = s.condition(s.query.having, s.inGroups); err != nil {
		return err
	}
	s.sorts, err = s.compileOrder(func(o operand) (column, *Error) {
		for _, out := range s.outputs {
			if o.fn == "" && strings.EqualFold(out.label, o.path) {
				return out.column, nil
			}
		}
		return s.inGroups(o)
	})
	return err
}

func groupPath(o operand, c column) string { return strings.ToLower(o.fn + " " + c.path()) }

// inGroups finds an operand among the keys of the groups, or adds it to the aggregates.
func (s *Statement) inGroups(o operand) (column, *Error) {
	g := s.groups
	if isAggregate(o.fn) {
		return s.aggregate(o)
	}
	c, err := s.names.operand(o)
	if err != nil {
		return c, err
	}
	i := slices.Index(g.paths, groupPath(o, c))
	if i < 0 {
		return c, at(s.text, o.pos, MalformedQuery, "Field must be grouped or aggregated: %s", c.path())
	}
	c.get = func(_ *run, row Row) any { return row.(*group).keys[i] }
	return c, nil
}

func (s *Statement) aggregate(o operand) (column, *Error) {
	a := aggregate{fn: o.fn}
	if o.path == "" && o.fn != "COUNT" {
		return column{}, at(s.text, o.pos, MalformedQuery, "unexpected token: ')'")
	}
	out := column{names: []string{strings.ToLower(o.fn)}, kind: Int}
	if o.path != "" {
		c, err := s.names.path(o.pos, o.path)
		if err != nil {
			return c, err
		}
		number := c.kind == Int || c.kind == Double
		if (a.fn == "SUM" || a.fn == "AVG") && !number || c.kind == Compound || c.field != nil && c.field.Unfilterable || c.kind == Bool {
			return c, at(s.text, o.pos, MalformedQuery, "field %s does not support aggregate operator %s", c.path(), o.fn)
		}
		a.of = c
		switch a.fn {
		case "MIN", "MAX":
			out.kind = c.kind
		case "SUM", "AVG":
			out.kind = Double
		}
	}
	i := len(s.groups.aggregates)
	s.groups.aggregates = append(s.groups.aggregates, a)
	out.get = func(_ *run, row Row) any { return row.(*group).sums[i].value(a.fn) }
	return out, nil
}
