package hubspot

import (
	"context"
	"iter"
	"slices"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// pull is one Records or Activities under way.
type pull struct {
	c      *Connector
	op     string
	o      object
	schema schema
	fields []string // asked for
	props  []string // read: fields, and what the connector itself needs
	links  []object
	unseen func(context.Context, []crm.Version) ([]string, error)
	owned  bool // with the owner of each record
}

// haul is one page of a pull before it becomes records or activities.
type haul struct {
	records []wireRecord
	links   linkSet
	next    cursor
	skipped int
	total   int
}

// newPull checks what is asked against the schema, so that a mistyped name is an error and not a silent gap.
func (c *Connector) newPull(ctx context.Context, op string, o object, q crm.Query) (*pull, error) {
	s, err := c.describe(ctx, o)
	if err != nil {
		return nil, err
	}
	p := &pull{c: c, op: op, o: o, schema: s, fields: q.Fields, unseen: q.Unseen}
	for _, name := range q.Fields {
		if _, ok := s.wire[name]; !ok {
			return nil, unknownField(op, s.Schema, name)
		}
	}
	for _, ours := range q.Links {
		if ours == crm.Owners { // a property, not an association
			p.owned = true
			continue
		}
		to, err := objectOf(op, ours)
		if err != nil {
			return nil, err
		}
		if to.ours != o.ours {
			p.links = append(p.links, to)
		}
	}
	p.props = slices.Concat(q.Fields, []string{o.modified}, o.when)
	if o.merges {
		p.props = append(p.props, mergedProperty)
	}
	if o.ours == crm.People && slices.Contains(q.Links, crm.Companies) {
		p.props = append(p.props, companyProperty)
	}
	if p.owned {
		p.props = append(p.props, ownerProperty)
	}
	slices.Sort(p.props)
	p.props = slices.Compact(p.props)
	return p, nil
}

// run yields the pages after the cursor: the rest of the list, or one window of changes.
func (p *pull) run(ctx context.Context, at cursor) iter.Seq2[haul, error] {
	if at.Mode == searching {
		return p.changes(ctx, at)
	}
	return p.list(ctx, at)
}

// skim asks Unseen which of the records are worth reading.
func (p *pull) skim(ctx context.Context, records []wireRecord) (keep []wireRecord, skipped int, err error) {
	if p.unseen == nil || len(records) == 0 {
		return records, 0, nil
	}
	versions := make([]crm.Version, len(records))
	for i, r := range records {
		versions[i] = crm.Version{ID: r.ID, Modified: p.modified(r)}
	}
	ids, err := p.unseen(ctx, versions)
	if err != nil {
		return nil, 0, err
	}
	wanted := make(map[string]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	for _, r := range records {
		if wanted[r.ID] {
			keep = append(keep, r)
		}
	}
	return keep, len(records) - len(keep), nil
}

// stopped is the error to end with when ctx is done, nil otherwise.
func (p *pull) stopped(ctx context.Context) error {
	if ctx.Err() != nil {
		return rest.Stopped(ctx, p.op, p.o.ours)
	}
	return nil
}
