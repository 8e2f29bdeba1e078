package hubspot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/bareme/bareme/connectors/internal/fields"
	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// writeBatch is how many records one call may update.
const writeBatch = 100

// Write updates people or companies, in batches side by side. Updates of one record are joined, the later value of a
// field wins, and each is answered.
func (c *Connector) Write(ctx context.Context, ours string, updates []crm.Update) ([]crm.Outcome, error) {
	op := "write " + ours
	o, err := recordsOf(op, ours)
	if err != nil {
		return nil, err
	}
	w := newWriting(c, op, o, updates)
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(abreast)
	for batch := range slices.Chunk(w.send, writeBatch) {
		group.Go(func() error { return w.batch(gctx, batch) })
	}
	err = kinded(ctx, op, ours, group.Wait())
	w.suggest(ctx)
	return w.outcomes(updates), err
}

// suggest adds the closest name that exists to refusals of properties that do not.
func (w *writing) suggest(ctx context.Context) {
	for _, t := range w.send {
		if t.outcome == nil {
			continue
		}
		var e *crm.Error
		if !errors.As(t.outcome.Err, &e) || e.Field == "" || !strings.Contains(e.Message, noProperty) {
			continue
		}
		s, err := w.c.describe(ctx, w.o)
		if err != nil {
			return // the refusals stand without it
		}
		if near := fields.Nearest(e.Field, s.Schema); near != "" {
			e.Hint = "Did you mean " + near + "? If not, run bareme provision to create it"
		}
	}
}

// writing is one Write under way. Batches touch disjoint targets, so each target has one writer at a time.
type writing struct {
	c    *Connector
	op   string
	o    object
	byID map[string]*target
	send []*target // in the order of the updates
}

// target is one record to update.
type target struct {
	id      string
	fields  crm.Fields
	outcome *crm.Outcome // nil: not known
	alone   bool         // was sent again by itself
}

func newWriting(c *Connector, op string, o object, updates []crm.Update) *writing {
	w := &writing{c: c, op: op, o: o, byID: make(map[string]*target, len(updates))}
	for _, u := range updates {
		t, ok := w.byID[u.ID]
		if !ok {
			t = &target{id: u.ID, fields: make(crm.Fields, len(u.Fields))}
			w.byID[u.ID] = t
		}
		maps.Copy(t.fields, u.Fields)
		if ok {
			continue
		}
		if !isID(u.ID) {
			t.reject(&crm.Error{Kind: crm.ErrInvalid, Op: op, Object: o.ours, Message: "not a HubSpot record id"})
			continue
		}
		w.send = append(w.send, t)
	}
	// What names no field asks for nothing, and that is done.
	w.send = slices.DeleteFunc(w.send, func(t *target) bool {
		if len(t.fields) == 0 {
			t.end(crm.Written)
		}
		return len(t.fields) == 0
	})
	return w
}

// outcomes answers the updates in order, up to the first whose outcome is not known.
func (w *writing) outcomes(updates []crm.Update) []crm.Outcome {
	out := make([]crm.Outcome, 0, len(updates))
	for _, u := range updates {
		t := w.byID[u.ID]
		if t.outcome == nil {
			break
		}
		out = append(out, *t.outcome)
	}
	return out
}

func (t *target) end(status crm.Status) { t.outcome = &crm.Outcome{ID: t.id, Status: status} }

func (t *target) reject(err error) {
	t.outcome = &crm.Outcome{ID: t.id, Status: crm.Rejected, Err: err}
}

// batch writes targets in one call, and deals with what HubSpot did not simply do.
//
// HubSpot: objects API, update a batch.
func (w *writing) batch(ctx context.Context, targets []*target) error {
	body := wireBatchUpdate{Inputs: make([]wireUpdate, len(targets))}
	byTrace := make(map[string]*target, len(targets))
	for i, t := range targets {
		// With a trace id on each, HubSpot refuses single records and not the whole batch.
		trace := fmt.Sprintf("%s-%d", w.c.traces, w.c.trace.Add(1))
		body.Inputs[i] = wireUpdate{ID: t.id, Trace: trace, Properties: t.fields}
		byTrace[trace] = t
	}
	req := w.c.writeRequest(w.op, w.o, body)
	answer, err := w.c.rest.Do(ctx, req)
	if err != nil {
		return w.refused(ctx, targets, answer, err)
	}
	batch, err := rest.Decode[wireBatch](req, answer)
	if err != nil {
		return err
	}
	for _, r := range batch.Results {
		if t := w.byID[r.ID]; t != nil && slices.Contains(targets, t) {
			t.end(crm.Written)
		}
	}
	unnamed := w.attribute(batch.Errors, byTrace)
	return w.follow(ctx, targets, unnamed)
}

// attribute gives a batch's errors to the records they name. It returns an error that names none, if there is one.
func (w *writing) attribute(errs []envelope, byTrace map[string]*target) (unnamed *envelope) {
	for i, e := range errs {
		named := false
		for _, trace := range e.traces() {
			if t := byTrace[trace]; t != nil {
				named = true
				w.judge(t, e)
			}
		}
		for _, id := range e.ids() {
			if t := w.byID[id]; t != nil {
				named = true
				w.judge(t, e)
			}
		}
		if !named {
			unnamed = &errs[i]
		}
	}
	return unnamed
}

// judge turns one record's error into its outcome. HubSpot does not find merged records in a batch either, so what is
// not found is left open for follow.
func (w *writing) judge(t *target, e envelope) {
	switch {
	case t.outcome != nil, e.notFound():
	default:
		err := e.valueError(w.op, w.o.ours, t.id)
		if e.Category == "CONFLICT" {
			err.Kind = crm.ErrConflict
		}
		t.reject(err)
	}
}

// follow finds out about records HubSpot passed over in silence: merged, deleted, or left out for another's sake.
func (w *writing) follow(ctx context.Context, targets []*target, unnamed *envelope) error {
	for _, t := range targets {
		if t.outcome != nil {
			continue
		}
		record, ok, err := w.c.one(ctx, w.op, w.o, t.id, []string{w.o.modified})
		switch {
		case err != nil:
			return err
		case !ok:
			t.end(crm.Gone)
		case record.ID != t.id:
			t.outcome = &crm.Outcome{ID: t.id, Status: crm.Merged, NewID: record.ID}
		case t.alone && unnamed != nil:
			t.reject(unnamed.valueError(w.op, w.o.ours, t.id))
		case t.alone:
			t.reject(&crm.Error{Kind: crm.ErrConflict, Op: w.op, Object: w.o.ours, ID: t.id, Message: "HubSpot did not confirm the update"})
		default:
			t.alone = true
			if err := w.batch(ctx, []*target{t}); err != nil {
				return err
			}
		}
	}
	return nil
}

// refused deals with a batch HubSpot refused whole: nothing of it was written.
func (w *writing) refused(ctx context.Context, targets []*target, answer rest.Answer, err error) error {
	if !errors.Is(err, crm.ErrInvalid) && !errors.Is(err, crm.ErrNotFound) && !errors.Is(err, crm.ErrConflict) {
		return err
	}
	env, ok := parseEnvelope(answer.Body)
	if !ok || answer.Status == 0 {
		return err
	}
	if len(targets) == 1 {
		return w.refusedOne(ctx, targets[0], env, err)
	}
	if field := misfit(env); field != "" {
		return w.without(ctx, targets, field, env)
	}
	half := len(targets) / 2
	if err := w.batch(ctx, targets[:half]); err != nil {
		return err
	}
	return w.batch(ctx, targets[half:])
}

func (w *writing) refusedOne(ctx context.Context, t *target, env envelope, err error) error {
	if env.notFound() && errors.Is(err, crm.ErrNotFound) {
		t.alone = true
		return w.follow(ctx, []*target{t}, &env)
	}
	refusal := env.valueError(w.op, w.o.ours, t.id)
	if errors.Is(err, crm.ErrConflict) {
		refusal.Kind = crm.ErrConflict
	}
	t.reject(refusal)
	return nil
}

// misfit names the property a whole batch was refused for when its definition is at fault and not a value: halving would
// then only find every record guilty.
func misfit(env envelope) string {
	for _, p := range env.problems() {
		if p.code == noProperty || p.code == "READ_ONLY_VALUE" {
			return p.field
		}
	}
	return ""
}

// without rejects the targets that write the field and sends the others.
func (w *writing) without(ctx context.Context, targets []*target, field string, env envelope) error {
	var others []*target
	for _, t := range targets {
		if _, ok := t.fields[field]; ok {
			t.reject(env.valueError(w.op, w.o.ours, t.id))
		} else {
			others = append(others, t)
		}
	}
	if len(others) == 0 {
		return nil
	}
	if len(others) == len(targets) { // nobody writes it: the error is about something else
		half := len(targets) / 2
		if err := w.batch(ctx, targets[:half]); err != nil {
			return err
		}
		others = targets[half:]
	}
	return w.batch(ctx, others)
}

// missing reports whether HubSpot says that there is no such record.
func missing(err error) bool { return errors.Is(err, crm.ErrNotFound) }
