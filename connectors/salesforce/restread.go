package salesforce

import (
	"context"
	"iter"
	"net/url"

	"github.com/bareme/bareme/connectors/internal/ahead"
)

// read yields what is left of a part, in the way that suits how much it is: by REST, one page ahead of the consumer, or
// by a bulk job when the first page says that there are more rows than are read that way.
func (p *pull) read(ctx context.Context, part part, at cursor) iter.Seq2[haul, error] {
	if at.Job != "" {
		return p.bulk(ctx, part, at)
	}
	return ahead.Run(ctx, func(ctx context.Context) iter.Seq2[haul, error] { return p.byREST(ctx, part, at) })
}

func (p *pull) byREST(ctx context.Context, part part, at cursor) iter.Seq2[haul, error] {
	return func(yield func(haul, error) bool) {
		q := p.soql(part, at, true)
		if len(url.QueryEscape(q.String())) > longestAddress {
			p.bulk(ctx, part, at)(yield)
			return
		}
		page, err := p.c.ask(ctx, p.op, p.o.ours, q)
		if coded(err, codeTimeout) || (err == nil && page.total > p.c.o.BulkRead) {
			if err == nil && at.Until == 0 {
				at.Until = page.date.Unix()
			}
			p.bulk(ctx, part, at)(yield)
			return
		}
		p.pages(ctx, part, at, page, err)(yield)
	}
}

// pages yields a query page by page. A query whose cursor is gone is asked again from the last row: nothing is lost.
func (p *pull) pages(ctx context.Context, part part, at cursor, page answered, err error) iter.Seq2[haul, error] {
	return func(yield func(haul, error) bool) {
		total := page.total
		for err == nil {
			if at.Until == 0 {
				at.Until = page.date.Unix()
			}
			if at, err = p.advance(at, page.rows); err != nil {
				break
			}
			h := haul{part: part, rows: page.rows, next: at, total: total}
			if page.next == "" {
				h.next = at.ended()
			}
			if !yield(h, nil) || page.next == "" {
				return
			}
			before := page.next
			page, err = p.c.more(ctx, p.op, p.o.ours, page.next)
			if coded(err, codeLocator) {
				p.c.log.WithField("object", part.entity).Info("Salesforce has dropped the query's cursor; reading goes on after the last row")
				page, err = p.c.ask(ctx, p.op, p.o.ours, p.soql(part, at, true))
			}
			if err == nil && page.next == before {
				err = stuck(p.op, p.o.ours)
			}
		}
		yield(haul{}, err)
	}
}

// ended marks a part as read.
func (c cursor) ended() cursor { return c.begin("") }

// advance moves the cursor to the last row of a page. Rows must ascend: a pull that does not advance would never end.
func (p *pull) advance(at cursor, rows []row) (cursor, error) {
	if len(rows) == 0 {
		return at, nil
	}
	last := rows[len(rows)-1]
	stamp, id := last.modified(), last.id()
	before, _ := parseTime(at.Stamp)
	if id == "" || stamp.IsZero() || stamp.Before(before) || (stamp.Equal(before) && id == at.ID) {
		return at, stuck(p.op, p.o.ours)
	}
	at.Stamp, at.ID = literal(stamp), id
	return at, nil
}
