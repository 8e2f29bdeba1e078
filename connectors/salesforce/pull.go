package salesforce

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/bareme/bareme/crm"
)

// pull is one Records or Activities under way.
type pull struct {
	c      *Connector
	op     string
	o      object
	schema schema
	fields []string            // asked for
	cols   map[string][]string // read, by object of Salesforce: fields, and what the connector itself needs
	types  map[string]crm.Type
	links  []string // objects to bring along
	staged bool     // the stage history is asked for
	unseen func(context.Context, []crm.Version) ([]string, error)
	heirs  map[string]string // records that ended, by the id they live on under, as met in this pull
}

// haul is one page of a pull before it becomes records or activities.
type haul struct {
	part  part
	rows  []row
	next  cursor
	total int
}

// newPull checks what is asked against the schema, so that a mistyped name is an error and not a silent gap.
func (c *Connector) newPull(ctx context.Context, op string, o object, q crm.Query) (*pull, error) {
	s, err := c.schema(ctx, o)
	if err != nil {
		return nil, err
	}
	p := &pull{c: c, op: op, o: o, schema: s, unseen: q.Unseen, cols: make(map[string][]string), heirs: make(map[string]string),
		types: maps.Clone(s.types)}
	for _, ours := range q.Links {
		if _, err := c.objectOf(op, ours); err != nil && ours != crm.Owners {
			return nil, err
		}
		if ours != o.ours {
			p.links = append(p.links, ours)
		}
	}
	for _, name := range q.Fields {
		if name == stageHistory && o.ours == crm.Deals && s.types[stageHistory] != "" {
			p.staged = true
			continue
		}
		if err := p.want(ctx, name); err != nil {
			return nil, err
		}
	}
	for _, part := range o.parts {
		d, ok := s.parts[part.entity]
		if !ok {
			continue
		}
		needs := part.needs()
		if slices.Contains(q.Links, crm.Owners) {
			needs = append(needs, colOwner)
		}
		for _, name := range needs {
			if d.has(name) || name == colID || name == colStamp {
				p.cols[part.entity] = append(p.cols[part.entity], name)
			}
		}
		slices.Sort(p.cols[part.entity])
		p.cols[part.entity] = slices.Compact(p.cols[part.entity])
	}
	return p, nil
}

// want adds a field to what is read, wherever it is.
func (p *pull) want(ctx context.Context, name string) error {
	found := false
	for entity, d := range p.schema.parts {
		t, ok, err := p.c.column(ctx, d, name)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		found = true
		p.cols[entity] = append(p.cols[entity], name)
		if _, known := p.types[name]; !known {
			p.types[name] = t
		}
	}
	if !found {
		return unknownField(p.op, p.schema.Schema, name)
	}
	p.fields = append(p.fields, name)
	return nil
}

// run yields the pages after the cursor: what is left of the window under way, part by part.
func (p *pull) run(ctx context.Context, at cursor) iter.Seq2[haul, error] {
	return func(yield func(haul, error) bool) {
		parts := p.parts(at)
		first := 0
		for i, part := range parts {
			if part.name == at.Part {
				first = i
			}
		}
		for i, part := range parts[first:] {
			last := first+i == len(parts)-1
			if at.Part != part.name {
				at = at.begin(part.name)
			}
			for h, err := range p.part(ctx, part, at) {
				if err != nil {
					yield(haul{}, err)
					return
				}
				at = h.next
				ended := at.Part == ""
				if ended && !last {
					h.next = at.begin(parts[first+i+1].name)
				} else if ended {
					h.next = at.done()
				}
				if !last || len(parts) > 1 {
					h.total = 0 // how many the other parts hold is not known
				}
				if len(h.rows) == 0 && (!ended || !last) {
					continue
				}
				if !yield(h, nil) {
					return
				}
			}
		}
	}
}

// parts are those there is something to read of: what the org lacks is left out, and so are rows that only point at
// others while everything is read anyway.
func (p *pull) parts(at cursor) []part {
	var out []part
	for _, part := range p.o.parts {
		if _, ok := p.schema.parts[part.entity]; ok && (part.via == nil || (at.Again && p.follows(part))) {
			out = append(out, part)
		}
	}
	return out
}

// follows says whether what a part's rows point at may have changed anything that is asked for.
func (p *pull) follows(part part) bool {
	return !part.via.path || slices.ContainsFunc(p.cols[part.entity], func(name string) bool { return strings.HasPrefix(name, part.via.entity+".") })
}

// soql is the query for what follows a cursor. In order by REST, where the cursor is the last row; in none by Bulk, which
// would lose its own way of cutting a large table.
func (p *pull) soql(part part, at cursor, ordered bool) query {
	q := query{columns: p.cols[part.entity], from: part.entity, all: part.deep || (part.merges && at.Again)}
	if part.via != nil {
		q.columns, q.from = slices.Compact([]string{colID, part.via.column, colStamp}), part.via.entity
	}
	q.where = append([]string{part.where}, window(at)...)
	if part.via == nil {
		q.where = append(q.where, p.excluded(part)...)
	}
	if !at.Again {
		q.where = append(q.where, part.fresh)
	}
	if ordered {
		q.order = []string{colStamp, colID}
	}
	return q
}

// excluded are the conditions that leave out rows that are no records of their own.
func (p *pull) excluded(part part) []string {
	var out []string
	for _, name := range part.never {
		if p.schema.parts[part.entity].has(name) {
			out = append(out, name+" = false")
		}
	}
	return out
}

// part yields what is left of one part. The last page's cursor has no Part.
func (p *pull) part(ctx context.Context, part part, at cursor) iter.Seq2[haul, error] {
	return func(yield func(haul, error) bool) {
		for h, err := range p.read(ctx, part, at) {
			if err == nil && part.via != nil {
				h.rows, err = p.pointed(ctx, part, h.rows)
			}
			if !yield(h, err) || err != nil {
				return
			}
		}
	}
}

// pointed reads the rows that other rows concern.
func (p *pull) pointed(ctx context.Context, part part, rows []row) ([]row, error) {
	var ids []string
	for _, r := range rows {
		ids = append(ids, r[part.via.column])
	}
	q := query{columns: p.cols[part.entity], from: part.entity, all: part.deep}
	return p.c.byIDs(ctx, p.op, p.o.ours, q, part.via.target, prefixed(part.via.prefix, ids...))
}
