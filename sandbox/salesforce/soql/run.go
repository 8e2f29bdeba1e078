package soql

import (
	"cmp"
	"slices"
)

// run is one run of a statement: what it reads from, and what it has found out so far.
type run struct {
	source   Source
	deleted  bool
	sets     map[*semi]map[string]struct{}
	children map[*Statement]map[string][]Row
}

// Result is what a run found. Records are built when they are asked for, so that a page costs no more than a page; the
// source must be locked as it was for Run while they are. It is not safe for use by several goroutines.
type Result struct {
	stmt   *Statement
	run    *run
	rows   []Row
	counts int // of COUNT()
}

// Run runs the statement. The rows found are those of this moment.
func (s *Statement) Run(source Source, scope Scope) *Result {
	r := &run{source: source, deleted: scope == All || s.query.allRows, children: map[*Statement]map[string][]Row{}}
	r.prepare(s)
	switch {
	case s.query.count:
		return &Result{stmt: s, run: r, counts: len(s.cut(s.rows(r)))}
	case s.groups != nil:
		return &Result{stmt: s, run: r, rows: s.cut(s.sorted(r, s.grouped(r)))}
	}
	return &Result{stmt: s, run: r, rows: s.cut(s.rows(r))}
}

// prepare answers the semi-joins of a statement and of its child sub-queries.
func (r *run) prepare(s *Statement) {
	for _, j := range s.semis {
		if r.sets == nil {
			r.sets = map[*semi]map[string]struct{}{}
		}
		r.prepare(j.stmt)
		set, get := map[string]struct{}{}, j.stmt.outputs[0].get
		for _, row := range j.stmt.cut(j.stmt.rows(r)) {
			if id, ok := get(r, row).(string); ok {
				set[idKey(id)] = struct{}{}
			}
		}
		r.sets[j] = set
	}
	for _, o := range s.outputs {
		if o.sub != nil {
			r.prepare(o.sub)
		}
	}
}

func (r *run) parent(ref *Field, row Row) (string, Row) {
	id, ok := row.Value(ref).(string)
	if !ok || id == "" {
		return "", nil
	}
	return r.source.Find(id)
}

// rows finds the rows that pass, in order, OFFSET and LIMIT not yet applied; but no more of them than these need.
func (s *Statement) rows(r *run) []Row {
	rows, ordered := r.source.Rows(s.object.Name(), s.ask(r.deleted))
	inOrder := len(s.sorts) == 0 || ordered && s.wanted() != AnyOrder
	enough := -1
	if s.query.limit >= 0 && inOrder && s.groups == nil && s.key == nil {
		enough = s.query.offset + s.query.limit
	}
	var out []Row
	if enough == 0 {
		return nil
	}
	for row := range rows {
		if !s.where(r, row) {
			continue
		}
		if out = append(out, row); len(out) == enough {
			break
		}
	}
	if inOrder || s.groups != nil {
		return out
	}
	return s.sorted(r, out)
}

// sorted puts rows into the order of ORDER BY; those it does not tell apart keep theirs.
func (s *Statement) sorted(r *run, rows []Row) []Row {
	if len(s.sorts) == 0 {
		return rows
	}
	type keyed struct {
		row  Row
		keys []any
	}
	all := make([]keyed, len(rows))
	for i, row := range rows {
		all[i] = keyed{row, make([]any, len(s.sorts))}
		for k, key := range s.sorts {
			all[i].keys[k] = key.get(r, row)
		}
	}
	slices.SortStableFunc(all, func(a, b keyed) int {
		for k, key := range s.sorts {
			if c := key.compare(a.keys[k], b.keys[k]); c != 0 {
				return c
			}
		}
		return 0
	})
	for i, k := range all {
		rows[i] = k.row
	}
	return rows
}

// compare puts nulls first, or last where asked, whichever way the values go.
func (k sortKey) compare(a, b any) int {
	if a == nil || b == nil {
		c := cmp.Compare(rank(a != nil), rank(b != nil))
		if k.nullsLast {
			return -c
		}
		return c
	}
	if c := order(k.kind, a, b); !k.descending {
		return c
	} else {
		return -c
	}
}

// cut applies OFFSET and LIMIT.
func (s *Statement) cut(rows []Row) []Row {
	rows = rows[min(s.query.offset, len(rows)):]
	if s.query.limit >= 0 {
		rows = rows[:min(s.query.limit, len(rows))]
	}
	return rows
}

// childrenOf finds the rows of a child sub-query below one parent. All children are read once, at the first parent.
func (r *run) childrenOf(sub *Statement, parent string) []Row {
	byParent, ok := r.children[sub]
	if !ok {
		byParent = map[string][]Row{}
		for _, row := range sub.rows(r) {
			if id, ok := row.Value(sub.key).(string); ok {
				byParent[idKey(id)] = append(byParent[idKey(id)], row)
			}
		}
		r.children[sub] = byParent
	}
	return sub.cut(byParent[idKey(parent)])
}
