package hubspot

import (
	"context"
	"iter"
	"strings"

	"github.com/bareme/bareme/connectors/internal/fields"
	"github.com/bareme/bareme/crm"
)

// Records yields pages of people or companies: at first all of them, then those that changed.
func (c *Connector) Records(ctx context.Context, q crm.Query) iter.Seq2[crm.Page[crm.Record], error] {
	return pages(ctx, c, q, "read "+q.Object, recordsOf, (*pull).record)
}

// Activities yields pages of one source of activity in the same way. Without Query.Links it brings people and companies
// along: activity that concerns nobody scores nobody.
func (c *Connector) Activities(ctx context.Context, q crm.Query) iter.Seq2[crm.Page[crm.Activity], error] {
	if q.Links == nil {
		q.Links = []string{crm.People, crm.Companies}
	}
	return pages(ctx, c, q, "read "+q.Object, activityOf, (*pull).activity)
}

// pages runs a pull and makes items of what it hauls in.
func pages[T any](ctx context.Context, c *Connector, q crm.Query, op string,
	find func(op, ours string) (object, error), item func(*pull, wireRecord, linkSet) T) iter.Seq2[crm.Page[T], error] {
	return func(yield func(crm.Page[T], error) bool) {
		o, err := find(op, q.Object)
		var at cursor
		if err == nil {
			at, err = parseCursor(op, q.Object, q.Cursor, listing)
		}
		var p *pull
		if err == nil {
			p, err = c.newPull(ctx, op, o, q)
		}
		if err != nil {
			yield(crm.Page[T]{}, err)
			return
		}
		for h, err := range p.run(ctx, at) {
			if err != nil {
				yield(crm.Page[T]{}, kinded(ctx, op, q.Object, err))
				return
			}
			page := crm.Page[T]{Next: h.next.next(), Skipped: h.skipped, Total: h.total}
			for _, r := range h.records {
				page.Items = append(page.Items, item(p, r, h.links))
			}
			if !yield(page, nil) {
				return
			}
		}
	}
}

func (p *pull) record(r wireRecord, links linkSet) crm.Record {
	out := crm.Record{ID: r.ID, Fields: p.values(r), Modified: p.modified(r)}
	primary := ""
	if p.o.ours == crm.People {
		primary = fields.Decimal(r.value(companyProperty))
	}
	out.Links = links.of(r.ID, p.links, primary)
	if owner := fields.Decimal(r.value(ownerProperty)); p.owned && owner != "" {
		if out.Links == nil {
			out.Links = map[string][]string{}
		}
		out.Links[crm.Owners] = []string{owner}
	}
	out.Absorbed = absorbed(r)
	return out
}

func (p *pull) activity(r wireRecord, links linkSet) crm.Activity {
	out := crm.Activity{ID: r.ID, Fields: p.values(r), Links: links.of(r.ID, p.links, ""), Modified: p.modified(r)}
	for _, name := range p.o.when {
		if at, ok := parseTime(r.value(name)); ok {
			out.Time = at
			break
		}
	}
	return out
}

// values are the fields asked for, in canonical text.
func (p *pull) values(r wireRecord) crm.Fields {
	out := make(crm.Fields, len(p.fields))
	for _, name := range p.fields {
		if v := canonical(p.schema.types[name], r.value(name)); v != "" {
			out[name] = v
		}
	}
	return out
}

// absorbed lists the ids merged into a record. HubSpot writes "1;2", or "1:1700000000000;2:…" with the moment.
func absorbed(r wireRecord) []string {
	var out []string
	for part := range strings.SplitSeq(r.value(mergedProperty), ";") {
		id, _, _ := strings.Cut(strings.TrimSpace(part), ":")
		if isID(id) && id != r.ID {
			out = append(out, id)
		}
	}
	return distinct(out)
}
