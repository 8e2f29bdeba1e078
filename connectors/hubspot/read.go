package hubspot

import (
	"context"

	"github.com/bareme/bareme/crm"
)

// Read returns those of the ids that exist, by the batch, and follows those that are missing one by one: they were
// merged or deleted.
func (c *Connector) Read(ctx context.Context, ours string, ids, fields []string) ([]crm.Record, error) {
	op := "read " + ours
	o, err := recordsOf(op, ours)
	if err != nil {
		return nil, err
	}
	p, err := c.newPull(ctx, op, o, crm.Query{Object: ours, Fields: fields})
	if err != nil {
		return nil, err
	}
	asked := distinct(ids)
	valid := asked[:0:0]
	for _, id := range asked {
		if isID(id) {
			valid = append(valid, id)
		}
	}
	found, err := c.readAll(ctx, op, o, valid, p.props)
	if err != nil {
		return nil, kinded(ctx, op, ours, err)
	}
	out := make([]crm.Record, 0, len(found))
	have := make(map[string]bool, len(found))
	add := func(r wireRecord) {
		if have[r.ID] {
			return
		}
		record := p.record(r, newLinkSet())
		out = append(out, record)
		have[r.ID] = true
		for _, id := range record.Absorbed {
			have[id] = true
		}
	}
	for _, r := range found {
		add(r)
	}
	for _, id := range valid {
		if have[id] {
			continue
		}
		r, ok, err := c.one(ctx, op, o, id, p.props)
		if err != nil {
			return nil, kinded(ctx, op, ours, err)
		}
		if ok {
			add(r)
		}
	}
	return out, nil
}
