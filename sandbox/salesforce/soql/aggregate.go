package soql

import (
	"slices"
	"strconv"
	"strings"
	"time"
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
		c, err := s.grouped1(it.operand)
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
	if s.groups.having, err = s.condition(s.query.having, s.grouped1); err != nil {
		return err
	}
	s.sorts, err = s.compileOrder(func(o operand) (column, *Error) {
		for _, out := range s.outputs {
			if o.fn == "" && strings.EqualFold(out.label, o.path) {
				return out.column, nil
			}
		}
		return s.grouped1(o)
	})
	return err
}

func groupPath(o operand, c column) string { return strings.ToLower(o.fn + " " + c.path()) }

// grouped1 finds an operand among the keys of the groups, or adds it to the aggregates.
func (s *Statement) grouped1(o operand) (column, *Error) {
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

// group is one group; it stands in for a row in HAVING, ORDER BY and the result.
type group struct {
	keys []any
	sums []accumulator
}

// Value is never called: the columns of a group reach into it themselves.
func (g *group) Value(*Field) any { return nil }

type accumulator struct {
	count    int
	sum      float64
	min, max any
	distinct map[any]struct{}
}

// grouped puts the rows that pass into groups, in the order of their keys, and drops those that HAVING excludes.
func (s *Statement) grouped(r *run) []Row {
	g := s.groups
	groups, found := []*group{}, map[string]*group{}
	if len(g.keys) == 0 {
		groups = append(groups, &group{sums: make([]accumulator, len(g.aggregates))})
		found[""] = groups[0]
	}
	for _, row := range s.rows(r) {
		keys := make([]any, len(g.keys))
		name := strings.Builder{}
		for i, k := range g.keys {
			keys[i] = k.get(r, row)
			name.WriteString(keyText(keys[i]))
			name.WriteByte(0)
		}
		at := found[name.String()]
		if at == nil {
			at = &group{keys: keys, sums: make([]accumulator, len(g.aggregates))}
			found[name.String()] = at
			groups = append(groups, at)
		}
		for i, a := range g.aggregates {
			at.sums[i].add(a, r, row)
		}
	}
	slices.SortStableFunc(groups, func(a, b *group) int {
		for i, k := range g.keys {
			if c := order(k.kind, a.keys[i], b.keys[i]); c != 0 {
				return c
			}
		}
		return 0
	})
	var out []Row
	for _, x := range groups {
		if g.having(r, x) {
			out = append(out, x)
		}
	}
	return out
}

// keyText tells the keys of groups apart; text is grouped without regard to case.
func keyText(v any) string {
	switch v := v.(type) {
	case string:
		return "s" + strings.ToLower(v)
	case float64:
		return "n" + strconv.FormatFloat(v, 'g', -1, 64)
	case bool:
		return "b" + strconv.FormatBool(v)
	case time.Time:
		return "t" + v.Format(time.RFC3339Nano)
	}
	return ""
}

func (a *accumulator) add(spec aggregate, r *run, row Row) {
	if spec.of.get == nil {
		a.count++
		return
	}
	v := spec.of.get(r, row)
	if v == nil {
		return
	}
	a.count++
	switch spec.fn {
	case "SUM", "AVG":
		n, _ := v.(float64)
		a.sum += n
	case "MIN":
		if a.min == nil || order(spec.of.kind, v, a.min) < 0 {
			a.min = v
		}
	case "MAX":
		if a.max == nil || order(spec.of.kind, v, a.max) > 0 {
			a.max = v
		}
	case "COUNT_DISTINCT":
		if a.distinct == nil {
			a.distinct = map[any]struct{}{}
		}
		a.distinct[keyText(v)] = struct{}{}
	}
}

func (a *accumulator) value(fn string) any {
	switch {
	case fn == "COUNT":
		return float64(a.count)
	case fn == "COUNT_DISTINCT":
		return float64(len(a.distinct))
	case fn == "MIN":
		return a.min
	case fn == "MAX":
		return a.max
	case a.count == 0:
		return nil
	case fn == "AVG":
		return a.sum / float64(a.count)
	}
	return a.sum
}
