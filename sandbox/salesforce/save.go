package salesforce

import (
	"maps"
	"slices"
	"strings"
)

// operation is what a write does.
type operation uint8

const (
	insertRows operation = iota
	updateRows
	upsertRows
	deleteRows
	hardDeleteRows // past the recycle bin
)

// saving says how rows are to be written, and for whom.
type saving struct {
	viewer          viewer
	operation       operation
	external        string // of an upsert: the field that finds the record; "Id" or an external id
	allOrNone       bool
	assign          bool // lead assignment rules run
	allowDuplicates bool // duplicate rules warn only
	undo            *[]func()
}

// input is one record as a client sent it. Values are nil, string, bool, json.Number, or a map for a record named by
// a lookup field ({"Owner":{"Email":…}}, in bulk files the column Owner.Email); names in any case.
type input struct {
	object string
	id     string
	values map[string]any
}

// result is what became of one input.
type result struct {
	id         string
	created    bool
	err        *rowError
	unreadable bool     // the request as a whole is no good: REST refuses it with 400
	several    []string // of an upsert: the records that share the external id
}

// save is the one way by which rows are written: REST, collections, composite and bulk files all come through here, and
// rights, types, required fields, triggers, validation rules, duplicate rules, locks and assignment rules hold for all.
// The results are in the order of the inputs.
func (s *Sandbox) save(w saving, in []input) []result {
	var out []result
	s.write(func(t *tx) { out = t.save(w, in) })
	return out
}

// tx is a set of writes that can be undone.
type tx struct {
	s    *Sandbox
	now  int64
	undo []func()
}

// write runs writes under the lock.
func (s *Sandbox) write(do func(*tx)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do(&tx{s: s, now: s.second()})
	if s.regrantDue {
		s.regrantDue = false
		s.regrant()
	}
}

// rollback undoes everything since a mark.
func (t *tx) rollback(mark int) {
	for _, undo := range slices.Backward(t.undo[mark:]) {
		undo()
	}
	t.undo = t.undo[:mark]
}

func (t *tx) save(w saving, in []input) []result {
	out := make([]result, len(in))
	mark, failed := len(t.undo), false
	for i := range in {
		out[i] = t.saveOne(w, in[i])
		failed = failed || out[i].err != nil
	}
	if !failed || !w.allOrNone {
		if w.undo != nil {
			*w.undo = append(*w.undo, t.undo[mark:]...)
		}
		return out
	}
	t.rollback(mark)
	for i := range out {
		if out[i].err == nil {
			out[i] = result{err: rolledBack()}
		}
	}
	return out
}

func rolledBack() *rowError {
	return refuse("ALL_OR_NONE_OPERATION_ROLLED_BACK", nil,
		"Record rolled back because not all records were valid and the request was using AllOrNone header")
}

func (t *tx) saveOne(w saving, in input) result {
	o := w.viewer.object(in.object)
	if o == nil {
		return result{err: noSuchObject(in.object), unreadable: true}
	}
	if o.setup || o.history {
		return result{err: refuse("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", nil, "entity type cannot be inserted: %s", o.label)}
	}
	if w.viewer.objectLevel(o) != edit {
		return result{err: refuse("INSUFFICIENT_ACCESS_OR_READONLY", nil, "insufficient access rights on object id")}
	}
	switch w.operation {
	case insertRows:
		return t.insert(w, o, in.values)
	case updateRows:
		return t.update(w, o, in.id, in.values)
	case upsertRows:
		return t.upsert(w, o, in)
	default:
		return t.remove(w, o, in.id)
	}
}

func (t *tx) insert(w saving, o *object, values map[string]any) result {
	changes, bad := t.changes(w, o, nil, values)
	if bad.err != nil {
		return bad
	}
	r := o.newRow(t.now, w.viewer.user)
	t.defaults(r, changes)
	if err := t.check(w, r, changes, true); err != nil {
		o.next--
		return result{err: err}
	}
	t.apply(w, r, changes, true)
	return result{id: r.id, created: true}
}

func (t *tx) update(w saving, o *object, id string, values map[string]any) result {
	r, err := t.target(o, id)
	if err != nil {
		return result{id: id, err: err}
	}
	changes, bad := t.changes(w, o, r, values)
	if bad.err != nil {
		bad.id = r.id
		return bad
	}
	if err := t.check(w, r, changes, false); err != nil {
		return result{id: r.id, err: err}
	}
	t.apply(w, r, changes, false)
	return result{id: r.id}
}

// target finds the record an id means.
func (t *tx) target(o *object, id string) (*row, *rowError) {
	full, ok := fullID(id)
	if !ok {
		return nil, refuse("MALFORMED_ID", nil, "malformed id %s", id)
	}
	r := o.byID[full]
	switch {
	case r == nil && !strings.HasPrefix(full, o.prefix):
		return nil, refuse("MALFORMED_ID", []string{"Id"}, "%s ID: id value of incorrect type: %s", o.label, id)
	case r == nil:
		return nil, refuse("INVALID_CROSS_REFERENCE_KEY", nil, "invalid cross reference id")
	case r.deleted:
		return nil, refuse("ENTITY_IS_DELETED", nil, "entity is deleted")
	}
	return r, nil
}

// upsert finds the record by its external id, or makes it.
func (t *tx) upsert(w saving, o *object, in input) result {
	if w.external == "" || strings.EqualFold(w.external, "Id") {
		if in.id != "" {
			return t.update(w, o, in.id, in.values)
		}
		return t.insert(w, o, in.values)
	}
	f := w.viewer.field(o, w.external)
	if f == nil || !f.externalID && !f.lookup {
		return result{err: refuse("NOT_FOUND", nil, "Provided external ID field does not exist or is not accessible: %s", w.external)}
	}
	value, name := "", ""
	for k, v := range in.values {
		if strings.EqualFold(k, f.Name) {
			name = k
			value = plainText(v)
		}
	}
	if value == "" {
		return result{err: refuse("MISSING_ARGUMENT", nil, "%s not specified", f.Name)}
	}
	switch found := o.live(f, value); len(found) {
	case 0:
		return t.insert(w, o, in.values)
	case 1:
		values := maps.Clone(in.values)
		if !f.externalID {
			delete(values, name)
		}
		return t.update(w, o, found[0].id, values)
	default:
		out := result{err: refuse("DUPLICATE_EXTERNAL_ID", []string{f.Name}, "%s: more than one record found for external id field: [%s, %s]",
			f.label, found[0].id[:15], found[1].id[:15])}
		for _, r := range found {
			out.several = append(out.several, r.id)
		}
		return out
	}
}

// remove deletes a record: into the recycle bin, or for good where there is none.
func (t *tx) remove(w saving, o *object, id string) result {
	r, err := t.target(o, id)
	if err != nil {
		return result{id: id, err: err}
	}
	if err := t.locked(r, nil); err != nil {
		return result{id: r.id, err: err}
	}
	t.bin(r, w.viewer.user, w.operation == hardDeleteRows)
	return result{id: r.id}
}
