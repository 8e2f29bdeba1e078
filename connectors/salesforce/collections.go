package salesforce

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bareme/bareme/connectors/internal/fields"
	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

const (
	// collection is how many records one call may update.
	collection = 200
	// abreast is how many calls write side by side.
	abreast = 3
	// lockTries is how often a locked record is tried in all. Salesforce itself waits ten seconds for a lock each time.
	lockTries = 5
)

// collections updates targets, 200 in a call. Records of several objects may share one, as long as each object's stand
// together.
//
// Salesforce: REST API, Composite, sObject Collections, update.
func (w *writing) collections(ctx context.Context, targets []*target) error {
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(abreast)
	for batch := range slices.Chunk(targets, collection) {
		group.Go(func() error { return w.collection(gctx, batch) })
	}
	return group.Wait()
}

// collection updates one batch, and those of its records that were locked again, after a while.
func (w *writing) collection(ctx context.Context, batch []*target) error {
	for try := 1; ; try++ {
		locked, err := w.update(ctx, batch)
		if err != nil || len(locked) == 0 {
			return err
		}
		if try == lockTries {
			for _, t := range locked {
				e := wireError{Status: string(codeLocked)}.explain(w.op, w.o.ours, t.id)
				e.Kind = crm.ErrConflict
				t.reject(e)
			}
			return nil
		}
		if err := w.c.pause(ctx, w.op, w.o.ours, w.c.o.Backoff<<try); err != nil {
			return err
		}
		batch = locked
	}
}

// update sends one batch and answers its targets, except those that are locked.
func (w *writing) update(ctx context.Context, batch []*target) (locked []*target, err error) {
	body := wireCollection{Records: make([]map[string]any, len(batch))}
	for i, t := range batch {
		body.Records[i] = w.record(t)
	}
	saved, err := rest.Call[[]wireSaved](ctx, w.c.rest, rest.Request{
		Op: w.op, Kind: "write", Object: w.o.ours, Method: http.MethodPatch, Path: w.c.path("/composite/sobjects"),
		Header: changing(), Body: body, // the same values twice are the same values, so it may be sent again
	})
	if err != nil {
		return nil, err
	}
	if len(saved) != len(batch) {
		return nil, &crm.Error{Kind: crm.ErrUnavailable, Op: w.op, Object: w.o.ours, Message: "the answer is not one line for each record"}
	}
	var unclear []*target
	why := make(map[*target]wireError)
	for i, s := range saved {
		t := batch[i]
		if id, ok := long(s.ID); s.Success && (!ok || id != t.id) {
			return nil, &crm.Error{Kind: crm.ErrUnavailable, Op: w.op, Object: w.o.ours, Message: "the answer confirms records that were not sent"}
		}
		switch {
		case s.Success:
			t.end(crm.Written)
		case len(s.Errors) == 0:
			w.unanswered(t)
		case s.Errors[0].misfit(): // for every record alike: the user lost the field since it was described
			return nil, s.Errors[0].explain(w.op, w.o.ours, "")
		default:
			lost, lock := w.refuse(t, s.Errors[0])
			if lost {
				unclear = append(unclear, t)
				why[t] = s.Errors[0]
			}
			if lock {
				locked = append(locked, t)
			}
		}
	}
	return locked, w.trace(ctx, unclear, why)
}

// record is an update as collections take it: null clears.
func (w *writing) record(t *target) map[string]any {
	out := map[string]any{"attributes": map[string]string{"type": t.part.entity}, "id": t.id}
	d := w.schema.parts[t.part.entity]
	for name, value := range t.fields {
		out[name] = jsonValue(typeOf(d.fields[name]), value)
	}
	return out
}

func jsonValue(t crm.Type, value string) any {
	switch {
	case value == "" && t == crm.Bool:
		return false // a checkbox knows no null
	case value == "":
		return nil
	case t == crm.Number:
		return json.Number(fields.Decimal(value))
	case t == crm.Bool:
		return fields.Bool(value) == "true"
	case t == crm.DateTime:
		if at, ok := parseTime(value); ok {
			return literal(at)
		}
	case t == crm.Date:
		if at, ok := parseTime(value); ok {
			return at.Format(time.DateOnly)
		}
	}
	return value
}

// pause waits about as long as told: those who wait for the same lock must not come back together.
func (c *Connector) pause(ctx context.Context, op, object string, d time.Duration) error {
	timer := time.NewTimer(d/2 + rand.N(d/2+1)) //nolint:gosec // spreads retries, guards nothing
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return rest.Stopped(ctx, op, object)
	}
}
