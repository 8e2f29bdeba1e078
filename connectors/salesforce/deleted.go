package salesforce

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// remembers is how long Salesforce tells deletions: fifteen days, taken a little shorter because our question takes time.
const remembers = 15*24*time.Hour - 5*time.Minute

// Removed yields the ids of deleted records: those of Salesforce's last fifteen days at first, later those deleted since.
// What was deleted longer ago leaves no trace there, and neither do objects that are not replicated: Missing finds them.
//
// Salesforce: REST API, sObject Get Deleted.
func (c *Connector) Removed(ctx context.Context, ours string, from crm.Cursor) iter.Seq2[crm.Page[string], error] {
	op := "sweep " + ours
	return func(yield func(crm.Page[string], error) bool) {
		o, err := c.objectOf(op, ours)
		var at cursor
		if err == nil {
			at, err = parseCursor(op, ours, from)
		}
		if err != nil {
			yield(crm.Page[string]{}, err)
			return
		}
		entities := o.entities()
		first := 0
		for i, entity := range entities {
			if entity == at.Part {
				first = i
			}
		}
		for i, entity := range entities[first:] {
			ids, until, err := c.deleted(ctx, op, ours, entity, at)
			if err != nil {
				yield(crm.Page[string]{}, kinded(ctx, op, ours, err))
				return
			}
			if at.Until == 0 {
				at.Until = until.Unix()
			}
			next := at.done()
			if first+i+1 < len(entities) {
				next = at.begin(entities[first+i+1])
			}
			if !yield(crm.Page[string]{Items: ids, Next: next.next()}, nil) {
				return
			}
		}
	}
}

// deleted asks for what was deleted of one object since the cursor. Salesforce refuses windows that reach into its
// future, so the window ends at its own time, told by an answer before.
func (c *Connector) deleted(ctx context.Context, op, ours, entity string, at cursor) ([]string, time.Time, error) {
	d, err := c.describe(ctx, entity)
	if coded(err, codeNoObject) || (err == nil && !d.Replicateable) {
		return nil, c.theirNow(), nil
	}
	if err != nil {
		return nil, time.Time{}, err
	}
	end := c.theirNow()
	start := end.Add(-remembers)
	if from := at.from(); from.After(start) {
		start = from
	}
	if !start.Before(end.Add(-time.Minute)) { // the least window there is
		start = end.Add(-2 * time.Minute)
	}
	return c.deletedBetween(ctx, op, ours, entity, start, end)
}

// deletedBetween asks for one window, and for its halves when there is more than one answer tells (600,000 ids).
func (c *Connector) deletedBetween(ctx context.Context, op, ours, entity string, start, end time.Time) ([]string, time.Time, error) {
	got, err := rest.Call[wireDeleted](ctx, c.rest, rest.Request{
		Op: op, Kind: "deleted", Object: ours, Method: http.MethodGet, Path: c.path("/sobjects/" + entity + "/deleted"), Header: headers(),
		Query: url.Values{"start": {start.Format(time.RFC3339)}, "end": {end.Format(time.RFC3339)}},
	})
	if half := start.Add(end.Sub(start) / 2).Truncate(time.Second); coded(err, "EXCEEDED_ID_LIMIT") && half.Sub(start) > time.Minute {
		first, _, err := c.deletedBetween(ctx, op, ours, entity, start, half)
		if err != nil {
			return nil, time.Time{}, err
		}
		second, until, err := c.deletedBetween(ctx, op, ours, entity, half, end)
		return append(first, second...), until, err
	}
	if err != nil {
		return nil, time.Time{}, err
	}
	if earliest, ok := parseTime(got.Earliest); ok && earliest.After(start.Add(time.Minute)) {
		c.log.WithField("object", entity).Warn("Salesforce remembers deletions only since " + earliest.Format(time.RFC3339) + "; a full reading finds older ones")
	}
	var ids []string
	for _, r := range got.Records {
		if id, ok := long(r.ID); ok {
			ids = append(ids, id)
		}
	}
	until := end
	if covered, ok := parseTime(got.Covered); ok && covered.Before(until) {
		until = covered
	}
	return ids, until, nil
}

// theirNow is Salesforce's time, as far as its answers have told it.
func (c *Connector) theirNow() time.Time {
	return c.now().Add(time.Duration(c.clock.Load())).UTC().Truncate(time.Second)
}
