package hubspot

import (
	"context"
	"iter"
	"net/url"

	"github.com/bareme/bareme/crm"
)

// Removed yields the ids of deleted records: all of HubSpot's last 90 days at first, later those deleted since. HubSpot
// lists deleted records by id alone, so each sweep reads the whole list. What was erased for good leaves no trace there.
//
// HubSpot: objects API, list, archived.
func (c *Connector) Removed(ctx context.Context, ours string, from crm.Cursor) iter.Seq2[crm.Page[string], error] {
	op := "sweep " + ours
	return func(yield func(crm.Page[string], error) bool) {
		o, err := objectOf(op, ours)
		var at cursor
		if err == nil {
			at, err = parseCursor(op, ours, from, sweeping)
		}
		for err == nil {
			var page crm.Page[string]
			if page, at, err = c.removedPage(ctx, op, o, at); err != nil {
				break
			}
			if !yield(page, nil) || at.After == "" {
				return
			}
		}
		yield(crm.Page[string]{}, kinded(ctx, op, ours, err))
	}
}

// removedPage reads one page of the archive. Until holds when the sweep began: the next one looks from there.
func (c *Connector) removedPage(ctx context.Context, op string, o object, at cursor) (crm.Page[string], cursor, error) {
	query := url.Values{"archived": {"true"}, "properties": {o.modified}}
	got, date, err := c.listRecords(ctx, op, o, query, nil, at.After)
	if err != nil {
		return crm.Page[string]{}, at, err
	}
	if at.Until == 0 {
		at.Until = date.UnixMilli()
	}
	since := fromMillis(at.Since).Add(-Overlap)
	var page crm.Page[string]
	for _, r := range got.Results {
		if at, ok := parseTime(r.ArchivedAt); !ok || !at.Before(since) {
			page.Items = append(page.Items, r.ID)
		}
	}
	next := cursor{Mode: sweeping, After: got.Paging.after(), Since: at.Since, Until: at.Until}
	switch next.After {
	case "":
		next = cursor{Mode: sweeping, Since: at.Until}
	case at.After:
		return crm.Page[string]{}, at, stuck(op, o.ours)
	}
	page.Next = next.next()
	return page, next, nil
}
