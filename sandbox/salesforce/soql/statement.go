package soql

import (
	"slices"
	"strings"
	"time"
)

// Statement is a query that has been checked against a schema and can be run. It does not change, and may be run by
// several goroutines.
type Statement struct {
	text   string
	now    time.Time
	query  *query
	schema Schema
	object Object
	id     *Field // of object
	names  *resolver

	where   predicate
	hints   bounds
	sorts   []sortKey
	outputs []output
	groups  *grouping // nil when nothing is aggregated
	semis   []*semi
	key     *Field // of a child sub-query: the field that holds the parent's id
}

// sortKey is one term of ORDER BY.
type sortKey struct {
	column
	descending, nullsLast bool
}

// output is one thing selected: a column, an aggregate, or a child sub-query.
type output struct {
	column
	label    string     // alias, or the name of an aggregate
	sub      *Statement // of a child sub-query
	relation string     // its name in its proper case
}

// semi is IN (SELECT …): the ids are found when the statement is run.
type semi struct{ stmt *Statement }

// Prepare reads a query and checks it against a schema. now is the moment that date literals are relative to. An error is
// always an *Error.
func Prepare(text string, schema Schema, now time.Time) (*Statement, error) {
	q, err := parse(text)
	if err != nil {
		return nil, err
	}
	s, err := compile(q, schema, now)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func compile(q *query, schema Schema, now time.Time) (*Statement, *Error) {
	object := schema.Object(q.object)
	if object == nil {
		return nil, at(q.text, q.pos, InvalidType, "sObject type '%s' is not supported. %s", q.object, typeAdvice)
	}
	return compileOn(q, schema, object, now)
}

// compileOn compiles a query on an object already found, as that of a child relationship is.
func compileOn(q *query, schema Schema, object Object, now time.Time) (*Statement, *Error) {
	s := &Statement{text: q.text, now: now, query: q, schema: schema, object: object, id: object.Field("Id")}
	s.names = &resolver{text: q.text, schema: schema, object: object, alias: q.alias}
	if err := s.compileWhere(); err != nil {
		return nil, err
	}
	if s.aggregated() {
		return s, s.compileGroups()
	}
	if q.having != nil {
		return nil, at(q.text, q.pos, MalformedQuery, "HAVING needs GROUP BY")
	}
	if err := s.compileSelect(); err != nil {
		return nil, err
	}
	var err *Error
	s.sorts, err = s.compileOrder(s.names.operand)
	return s, err
}

func (s *Statement) compileWhere() *Error {
	p, err := s.condition(s.query.where, s.names.operand)
	if err != nil {
		return err
	}
	s.where, s.hints = p, s.hint(s.query.where)
	return nil
}

func (s *Statement) compileOrder(find columns) ([]sortKey, *Error) {
	var out []sortKey
	for _, o := range s.query.orderBy {
		c, err := find(o.operand)
		if err != nil {
			return nil, err
		}
		if c.field != nil && (c.field.Unfilterable || c.kind == Multi || c.kind == Compound) {
			return nil, at(s.text, o.pos, MalformedQuery, "field '%s' can not be sorted in a query call", c.field.Name)
		}
		out = append(out, sortKey{c, o.descending, o.nullsLast})
	}
	return out, nil
}

func (s *Statement) compileSelect() *Error {
	if s.query.count {
		return nil
	}
	seen := map[string]bool{}
	for _, it := range s.query.items {
		outs, err := s.selected(it)
		if err != nil {
			return err
		}
		for _, o := range outs {
			name := o.path() + o.relation
			if o.label != "" {
				name = o.label
			}
			if key := strings.ToLower(name); seen[key] {
				return at(s.text, it.pos, InvalidField, "duplicate field selected: %s", name)
			} else {
				seen[key] = true
			}
			s.outputs = append(s.outputs, o)
		}
	}
	return nil
}

func (s *Statement) selected(it item) ([]output, *Error) {
	if it.sub != nil {
		o, err := s.child(it)
		return []output{o}, err
	}
	if it.fn == "FIELDS" {
		return s.allFields(it)
	}
	c, err := s.names.operand(it.operand)
	if err != nil {
		return nil, err
	}
	o := output{column: c}
	if it.fn != "" {
		if o.label = it.as; o.label == "" {
			o.label = c.names[len(c.names)-1]
		}
	} else if it.as != "" {
		return nil, at(s.text, it.pos, MalformedQuery, "only aggregate expressions use field aliasing")
	}
	return []output{o}, nil
}

// mostFieldsLimit is the LIMIT that FIELDS(ALL) and FIELDS(CUSTOM) need.
const mostFieldsLimit = 200

func (s *Statement) allFields(it item) ([]output, *Error) {
	which := strings.ToUpper(it.path)
	if which != "ALL" && which != "STANDARD" && which != "CUSTOM" {
		return nil, at(s.text, it.pos, MalformedQuery, "unexpected token: '%s'", it.path)
	}
	if which != "STANDARD" && (s.query.limit < 0 || s.query.limit > mostFieldsLimit) {
		return nil, at(s.text, it.pos, MalformedQuery, "The SOQL FIELDS function must have a LIMIT of at most %d", mostFieldsLimit)
	}
	var out []output
	for _, f := range s.object.Fields() {
		if which == "ALL" || f.Custom == (which == "CUSTOM") {
			out = append(out, output{column: column{names: []string{f.Name}, field: f, kind: f.Kind, get: valueOf(f)}})
		}
	}
	return out, nil
}

func (s *Statement) child(it item) (output, *Error) {
	object, key := s.object.Child(it.sub.object)
	child := s.schema.Object(object)
	if child == nil || child.Field(key) == nil {
		return output{}, at(s.text, it.sub.pos, InvalidType, "Didn't understand relationship '%s' in FROM part of query call. %s",
			it.sub.object, relationshipAdvice)
	}
	sub, err := compileOn(it.sub, s.schema, child, s.now)
	if err != nil {
		return output{}, err
	}
	if sub.groups != nil || sub.query.count {
		return output{}, at(s.text, it.sub.pos, MalformedQuery, "only root queries support aggregate expressions")
	}
	sub.key = child.Field(key)
	return output{sub: sub, relation: it.sub.object}, nil
}

// semiJoin compiles IN (SELECT …) and NOT IN (SELECT …).
func (s *Statement) semiJoin(n *comparison, c column) (predicate, *Error) {
	if n.op != "IN" && n.op != "NOT IN" {
		return nil, at(s.text, n.pos, MalformedQuery, "unexpected token: '%s'", n.op)
	}
	if c.kind != ID {
		return nil, at(s.text, n.pos, MalformedQuery, "The left operand '%s' in the where expression for outer query should be an id field", c.path())
	}
	inner, err := compile(n.sub, s.schema, s.now)
	if err != nil {
		return nil, err
	}
	if inner.groups != nil || len(inner.outputs) != 1 || inner.outputs[0].kind != ID {
		return nil, at(s.text, n.sub.pos, MalformedQuery, "The inner select must select exactly one id or reference field")
	}
	join := &semi{inner}
	s.semis = append(s.semis, join)
	get, want := c.get, n.op == "IN"
	return func(run *run, row Row) bool {
		id, ok := get(run, row).(string)
		_, in := run.sets[join][idKey(id)]
		return (ok && in) == want
	}, nil
}

// Object is the object queried, in its proper case.
func (s *Statement) Object() string { return s.object.Name() }

// Aggregated tells whether the rows are aggregates, or, for COUNT(), only counted.
func (s *Statement) Aggregated() bool { return s.groups != nil || s.query.count }

// Unfit names what keeps the query out of the Bulk API, which answers with flat rows: "" when nothing does.
func (s *Statement) Unfit() string {
	switch {
	case s.Aggregated():
		return "aggregate functions"
	case s.query.offset > 0:
		return "OFFSET"
	case slices.ContainsFunc(s.query.items, func(i item) bool { return i.fn == "FIELDS" }):
		return "FIELDS()"
	}
	for _, o := range s.outputs {
		if o.sub != nil {
			return "nested queries"
		}
		if o.kind == Compound {
			return "compound data"
		}
	}
	return ""
}

// Sorted tells whether the query has ORDER BY or LIMIT, which keep the Bulk API from reading in chunks.
func (s *Statement) Sorted() bool { return len(s.query.orderBy) > 0 || s.query.limit >= 0 }
