package salesforce

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/bareme/bareme/connectors/internal/fields"
	"github.com/bareme/bareme/crm"
)

// Write updates people or companies: by collections when they are few, by a bulk job when they are many. Updates of one
// record are joined, the later value of a field wins, and each is answered. Nothing is written when a field is missing or
// read-only for this user on any of the objects concerned: half of a score is no score.
func (c *Connector) Write(ctx context.Context, ours string, updates []crm.Update) ([]crm.Outcome, error) {
	op := "write " + ours
	o, err := c.recordsOf(op, ours)
	if err != nil {
		return nil, err
	}
	w := newWriting(c, op, o, updates)
	if err := w.prepare(ctx); err != nil {
		return nil, kinded(ctx, op, ours, err)
	}
	err = kinded(ctx, op, ours, w.run(ctx))
	return w.outcomes(updates), err
}

// WriteBatch is how many updates one Write takes best: enough for a bulk job to be cheaper than collections.
func (c *Connector) WriteBatch() int { return max(10_000, 2*c.o.BulkWrite) }

// writing is one Write under way. Batches touch disjoint targets, so each target has one writer at a time.
type writing struct {
	c      *Connector
	op     string
	o      object
	byID   map[string]*target
	send   []*target // in the order of the updates
	schema schema
}

// target is one record to update.
type target struct {
	given   string // the id as the caller wrote it
	id      string
	part    part
	account string
	fields  crm.Fields   // the caller's own until others join: they are read, and never changed
	outcome *crm.Outcome // nil: not known
}

func newWriting(c *Connector, op string, o object, updates []crm.Update) *writing {
	w := &writing{c: c, op: op, o: o, byID: make(map[string]*target, len(updates))}
	for _, u := range updates {
		t, ok := w.byID[u.ID]
		if ok {
			t.join(u.Fields)
			continue
		}
		t = &target{given: u.ID, fields: u.Fields}
		w.byID[u.ID] = t
		var valid, known bool
		t.id, valid = long(u.ID)
		if t.part, known = o.partOf(t.id); !valid || !known {
			t.reject(&crm.Error{Kind: crm.ErrInvalid, Op: op, Object: o.ours, Message: "not an id of " + strings.Join(o.entities(), " or ")})
			continue
		}
		t.account = c.accounts.of(t.id)
		w.send = append(w.send, t)
	}
	return w
}

// join adds a later update of the same record.
func (t *target) join(later crm.Fields) {
	joined := make(crm.Fields, len(t.fields)+len(later))
	maps.Copy(joined, t.fields)
	maps.Copy(joined, later)
	t.fields = joined
}

func (t *target) end(status crm.Status) { t.outcome = &crm.Outcome{ID: t.given, Status: status} }

func (t *target) reject(err error) {
	t.outcome = &crm.Outcome{ID: t.given, Status: crm.Rejected, Err: err}
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

// open are the targets whose outcome is not known.
func open(targets []*target) []*target {
	return slices.DeleteFunc(slices.Clone(targets), func(t *target) bool { return t.outcome != nil })
}

// prepare checks the fields against what the user may edit, and values against the types of their fields: one value that
// is no number makes Salesforce refuse a whole request.
func (w *writing) prepare(ctx context.Context) error {
	if len(w.send) == 0 {
		return nil
	}
	var err error
	if w.schema, err = w.c.schema(ctx, w.o); err != nil {
		return err
	}
	if err := w.editable(); err != nil {
		return err
	}
	for _, t := range w.send {
		w.checkValues(t)
		if t.outcome == nil && len(t.fields) == 0 { // what names no field asks for nothing, and that is done
			t.end(crm.Written)
		}
	}
	w.send = open(w.send)
	return nil
}

// editable names every field that some record of this Write cannot take.
func (w *writing) editable() error {
	fields := make(map[string][]string) // by object of Salesforce
	seen := make(map[string]bool)
	for _, t := range w.send {
		for name := range t.fields {
			if key := t.part.entity + "." + name; !seen[key] {
				seen[key] = true
				fields[t.part.entity] = append(fields[t.part.entity], name)
			}
		}
	}
	var errs []error
	for _, entity := range slices.Sorted(maps.Keys(fields)) {
		slices.Sort(fields[entity])
		for _, name := range fields[entity] {
			if err := checkTarget(w.op, w.schema, entity, name); err != nil {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

// checkTarget says why a field of an object cannot be written, nil when it can.
func checkTarget(op string, s schema, entity, name string) error {
	d := s.parts[entity]
	f, ok := d.fields[name]
	switch {
	case !ok:
		e := unknownField(op, s.Schema, name)
		e.Message = "Salesforce shows this user no such field on " + entity
		if near := fields.Nearest(name, s.Schema); near != "" && near != name {
			e.Hint = "Run bareme provision to create it and to grant it, or did you mean " + near + "?"
		} else {
			e.Hint = "Run bareme provision to create it and to grant it; bareme check tells a hidden field from one that does not exist"
		}
		return e
	case f.Calculated:
		return &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: s.Object, Field: name, Message: "the field is calculated on " + entity,
			Hint: "Write to a field of your own instead"}
	case !f.Updateable:
		return &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: s.Object, Field: name, Message: "the user may not edit the field on " + entity,
			Hint: "Give the user Edit access to it in a permission set, or write to a field of your own instead"}
	}
	return nil
}

// checkValues rejects a target with a value its field cannot take.
func (w *writing) checkValues(t *target) {
	d := w.schema.parts[t.part.entity]
	for _, name := range slices.Sorted(maps.Keys(t.fields)) {
		f := d.fields[name]
		if fits(typeOf(f), t.fields[name]) {
			continue
		}
		t.reject(&crm.Error{Kind: crm.ErrInvalid, Op: w.op, Object: w.o.ours, ID: t.id, Field: name,
			Message: "the value is not a " + string(typeOf(f)), Hint: "Check the type of the field"})
		return
	}
}

// fits reports whether a value can be one of the type; "" clears.
func fits(t crm.Type, value string) bool {
	if value == "" {
		return true
	}
	switch t {
	case crm.Number:
		return fields.IsDecimal(value)
	case crm.Bool:
		v := fields.Bool(value)
		return v == "true" || v == "false"
	case crm.Date, crm.DateTime:
		_, ok := parseTime(value)
		return ok
	}
	return true
}

// run sends what is to be sent: many records of an object by jobs of its own, the others together.
func (w *writing) run(ctx context.Context) error {
	var few []*target
	for _, part := range w.o.own() {
		targets := slices.DeleteFunc(slices.Clone(w.send), func(t *target) bool { return t.part.entity != part.entity })
		// Records of one account lock each other: side by side in one request they do not.
		slices.SortStableFunc(targets, func(a, b *target) int {
			return cmp.Or(strings.Compare(a.account, b.account), strings.Compare(a.id, b.id))
		})
		if len(targets) <= w.c.o.BulkWrite {
			few = append(few, targets...)
			continue
		}
		if err := w.ingest(ctx, part, targets); err != nil {
			return err
		}
	}
	return w.collections(ctx, few)
}

// refuse turns Salesforce's refusal of one row into an outcome. What may live on elsewhere is returned for follow, and a
// lock for another try.
func (w *writing) refuse(t *target, e wireError) (unclear, locked bool) {
	switch e.name() {
	case codeLocked:
		return false, true
	case codeDeleted, codeConverted, codeReference, codeMalformedID, codeNotFound:
		return true, false
	}
	t.reject(e.explain(w.op, w.o.ours, t.id))
	return false, false
}

// trace finds out about records that cannot be updated under their id: merged, converted, or deleted.
func (w *writing) trace(ctx context.Context, targets []*target, why map[*target]wireError) error {
	if len(targets) == 0 {
		return nil
	}
	ids := make([]string, len(targets))
	for i, t := range targets {
		ids[i] = t.id
	}
	cols, err := w.c.traces(ctx, w.o)
	if err != nil {
		return err
	}
	found, err := w.c.follow(ctx, w.op, w.o, ids, cols)
	if err != nil {
		return err
	}
	for _, t := range targets {
		r, ok := found[t.id]
		switch {
		case !ok:
			t.end(crm.Gone)
		case r.id() != t.id:
			t.outcome = &crm.Outcome{ID: t.given, Status: crm.Merged, NewID: r.id()}
		default: // it is there, so the refusal is about something else
			t.reject(why[t].explain(w.op, w.o.ours, t.id))
		}
	}
	return nil
}

// unanswered is the outcome of a row Salesforce did not answer.
func (w *writing) unanswered(t *target) {
	t.reject(&crm.Error{Kind: crm.ErrConflict, Op: w.op, Object: w.o.ours, ID: t.id, Message: "Salesforce did not confirm the update"})
}
