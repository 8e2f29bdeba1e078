package salesforce

import (
	"context"
	"slices"

	"github.com/bareme/bareme/crm"
)

// depth is how many merges and conversions in a row are followed.
const depth = 16

// traces are the columns that tell what became of a record.
func (c *Connector) traces(ctx context.Context, o object) (map[string][]string, error) {
	out := make(map[string][]string)
	for _, p := range o.own() {
		d, err := c.describe(ctx, p.entity)
		if err != nil {
			return nil, err
		}
		for _, name := range p.needs() {
			if d.has(name) || name == colID || name == colStamp {
				out[p.entity] = append(out[p.entity], name)
			}
		}
	}
	return out, nil
}

// follow reads records by id wherever they live on: under their own id, as the survivor of a merge, or as the contact a
// lead was converted to. Ids of records that are gone are missing from the answer.
func (c *Connector) follow(ctx context.Context, op string, o object, ids []string, cols map[string][]string) (map[string]row, error) {
	rows := make(map[string]row) // every row read on the way
	ask := slices.Clone(ids)
	for range depth {
		var next []string
		for _, part := range o.own() {
			todo := slices.DeleteFunc(prefixed(part.prefix, ask...), func(id string) bool { _, known := rows[id]; return known })
			if len(todo) == 0 || len(cols[part.entity]) == 0 {
				continue
			}
			got, err := c.byIDs(ctx, op, o.ours, query{columns: cols[part.entity], from: part.entity, all: true}, colID, todo)
			if err != nil {
				return nil, err
			}
			for _, r := range got {
				rows[r.id()] = r
				if _, heir := r.gone(); heir != "" {
					next = append(next, heir)
				}
			}
		}
		if len(next) == 0 {
			break
		}
		ask = next
	}
	out := make(map[string]row, len(ids))
	for _, id := range ids {
		if r, ok := livesOn(rows, id); ok {
			out[id] = r
		}
	}
	return out, nil
}

func livesOn(rows map[string]row, id string) (row, bool) {
	for range depth {
		r, ok := rows[id]
		if !ok {
			return nil, false
		}
		gone, heir := r.gone()
		if !gone {
			return r, true
		}
		id = heir
	}
	return nil, false
}

// Read returns those of the ids that exist. A merged id returns the record it lives on in, and a converted lead its contact.
func (c *Connector) Read(ctx context.Context, ours string, ids, fields []string) ([]crm.Record, error) {
	op := "read " + ours
	o, err := c.recordsOf(op, ours)
	if err != nil {
		return nil, err
	}
	p, err := c.newPull(ctx, op, o, crm.Query{Object: ours, Fields: fields})
	if err != nil {
		return nil, err
	}
	var valid []string
	for _, id := range ids {
		if whole, ok := long(id); ok && !slices.Contains(valid, whole) {
			valid = append(valid, whole)
		}
	}
	found, err := c.follow(ctx, op, o, valid, p.cols)
	if err != nil {
		return nil, kinded(ctx, op, ours, err)
	}
	at := make(map[string]int, len(found))
	out := make([]crm.Record, 0, len(found))
	for _, id := range valid {
		r, ok := found[id]
		if !ok {
			continue
		}
		i, have := at[r.id()]
		if !have {
			i = len(out)
			at[r.id()] = i
			out = append(out, p.record(r))
		}
		if id != r.id() {
			out[i].Absorbed = append(out[i].Absorbed, id)
		}
	}
	return out, nil
}

// Missing returns those of the ids that are gone. It is for objects whose deletions leave no trace, such as campaign
// members, and for what was deleted longer ago than Salesforce remembers.
func (c *Connector) Missing(ctx context.Context, ours string, ids []string) ([]string, error) {
	op := "look for missing " + ours
	o, err := c.objectOf(op, ours)
	if err != nil {
		return nil, err
	}
	there := make(map[string]bool, len(ids))
	parts := o.own()
	for i, one := range parts {
		var todo []string
		for _, id := range prefixed(one.prefix, ids...) {
			if _, ok := long(id); ok {
				todo = append(todo, id)
			}
		}
		if len(todo) == 0 || slices.ContainsFunc(parts[:i], func(p part) bool { return p.prefix == one.prefix }) {
			continue
		}
		q := query{columns: []string{colID}, from: one.entity, where: []string{colDeleted + " = false"}, all: one.deep}
		if !one.deep {
			q.where = nil // a plain query shows no deleted rows
		}
		rows, err := c.byIDs(ctx, op, ours, q, colID, todo)
		if err != nil {
			return nil, kinded(ctx, op, ours, err)
		}
		for _, r := range rows {
			there[r.id()] = true
		}
	}
	var out []string
	for _, id := range ids {
		if whole, ok := long(id); !ok || !there[whole] {
			out = append(out, id)
		}
	}
	return out, nil
}
