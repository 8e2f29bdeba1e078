package salesforce

import (
	"iter"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/bareme/bareme/sandbox/salesforce/soql"
)

// source is the org's rows as one user sees them. It is used with Sandbox.mu held.
type source struct {
	s *Sandbox
	v viewer
}

// Find finds a row by its id.
func (x source) Find(id string) (string, soql.Row) {
	if o, r := x.s.objectOf(id); r != nil {
		return o.name, r
	}
	return "", nil
}

// Rows yields the rows of an object. It uses what order the tables have.
func (x source) Rows(name string, ask soql.Ask) (iter.Seq[soql.Row], bool) {
	o := x.s.objects[strings.ToLower(name)]
	if o == nil {
		return func(func(soql.Row) bool) {}, true
	}
	rows, ordered := o.rows, ask.Order != soql.ByStamp
	switch {
	case ask.IDs != nil:
		rows = o.pick(ask.IDs)
	case ask.Order == soql.ByStamp || !ask.From.IsZero() || !ask.To.IsZero():
		rows, ordered = o.between(ask.From, ask.To, ask.FromID), ask.Order == soql.ByStamp
	case ask.AfterID != "":
		rows = rows[sort.Search(len(rows), func(i int) bool { return rows[i].id > ask.AfterID }):]
	}
	return func(yield func(soql.Row) bool) {
		for _, r := range rows {
			if (!ask.Deleted && r.hidden()) || !x.v.sees(r) || x.s.lapsed(r, ask.Deleted) {
				continue
			}
			if !yield(r) {
				return
			}
		}
	}, ordered
}

// hidden tells a row that only queryAll shows: deleted, or an archived activity.
func (r *row) hidden() bool {
	return r.deleted || (r.o.name == "Task" || r.o.name == "Event") && r.truth("IsArchived")
}

// sees tells whether sharing lets the user see a row.
func (v viewer) sees(r *row) bool {
	if !v.s.private || v.all {
		return true
	}
	f := r.o.find("OwnerId")
	return f == nil || r.get(f) == v.user
}

func (o *object) pick(ids []string) []*row {
	var out []*row
	for _, id := range ids {
		if full, ok := fullID(id); ok {
			if r := o.byID[full]; r != nil {
				out = append(out, r)
			}
		}
	}
	slices.SortFunc(out, func(a, b *row) int { return strings.Compare(a.id, b.id) })
	return slices.Compact(out)
}

// between returns the rows stamped in [from, to], by stamp and id; zero times leave an end open. Of those stamped from,
// only the ones behind an id are wanted.
func (o *object) between(from, to time.Time, behind string) []*row {
	rows := o.byStamp()
	if !from.IsZero() {
		rows = rows[sort.Search(len(rows), func(i int) bool {
			return rows[i].stamp > from.UnixMilli() || rows[i].stamp == from.UnixMilli() && rows[i].id > behind
		}):]
	}
	if !to.IsZero() {
		rows = rows[:sort.Search(len(rows), func(i int) bool { return rows[i].stamp > to.UnixMilli() })]
	}
	return rows
}
