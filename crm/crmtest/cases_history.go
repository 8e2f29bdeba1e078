package crmtest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/bareme/bareme/crm"
)

// histories lets a field change, be cleared and filled again, and looks at what the connector says it was at each moment.
func histories(ctx context.Context, e *env) error {
	h, field, err := e.historian(ctx)
	if err != nil {
		return err
	}
	q := crm.HistoryQuery{Object: crm.People, Fields: []string{field}}
	id, wants := e.System.Create(crm.People, crm.Fields{field: text("first")}, nil), []string{text("first"), text("second"), "", text("third")}
	untouched := e.System.Create(crm.People, nil, nil)
	e.System.Settle()
	moments := []time.Time{e.modified(ctx, id)}
	for _, value := range wants[1:] {
		e.System.Change(crm.People, id, crm.Fields{field: value})
		e.System.Settle()
		moments = append(moments, e.modified(ctx, id))
	}
	q.IDs = []string{id, untouched}
	got, err := e.pasts(ctx, h, q)
	if err != nil {
		return err
	}
	past := got[id].Fields[field]
	for i, at := range moments {
		if value, known := past.At(at); !known || value != wants[i] {
			return broken("Past.At", "the value at a moment", "after change %d of %d the value is another (known: %t), of %d values", i, len(wants)-1, known, len(past.Values))
		}
		if i == 0 {
			continue
		}
		if value, known := past.At(at.Add(-time.Minute)); !known || value != wants[i-1] {
			return broken("Past.At", "a change takes effect at its moment", "a minute before change %d the value is not what it was (known: %t)", i, known)
		}
	}
	if changed := past.Changed(); changed.Sub(moments[3]).Abs() > time.Second {
		return broken("Past.Changed", "when the value last changed", "%s, and the record was modified at %s", changed, moments[3])
	}
	if value, known := past.At(moments[0].Add(-24 * time.Hour)); value != "" || !known {
		return broken("Past.Whole", "before the first of Values there was no value", "a day before the record was made it is known: %t", known)
	}
	if at := got[id].Created; at.IsZero() || at.After(moments[0].Add(time.Second)) {
		return broken("History.Created", "when the record was made", "%s, and its first value is of %s", at, moments[0])
	}
	none := got[untouched].Fields[field]
	if value, known := none.At(moments[3]); value != "" || !known || !none.Changed().IsZero() {
		return broken("Past.At", `"" for none`, "of a field that was never filled (known: %t, changed: %s)", known, none.Changed())
	}
	return nil
}

// historyOfValues fills each sample's field and looks at the notation of what it was.
func historyOfValues(ctx context.Context, e *env) error {
	h, _, err := e.historian(ctx)
	if err != nil {
		return err
	}
	tracked, err := h.Tracked(ctx, crm.HistoryQuery{Object: crm.People, Fields: e.sampleFields()})
	if e.note(err) != nil {
		return broken("Historian.Tracked", "says of which of the fields and links the CRM keeps the history", "it failed: %w", err)
	}
	for _, s := range e.Samples {
		t, told := tracked.Fields[s.Field]
		if !told || t.Kept == (t.Why != "") {
			return broken("Historian.Tracked", "each that was asked for is there", "of %s it says %+v", s.Field, t)
		}
		if !t.Kept {
			continue
		}
		id := e.System.Create(crm.People, nil, nil)
		e.System.Settle()
		e.System.Change(crm.People, id, crm.Fields{s.Field: s.Stored})
		e.System.Settle()
		if s.Type != crm.Bool { // a checkbox cannot be cleared everywhere
			e.System.Change(crm.People, id, crm.Fields{s.Field: ""})
			e.System.Settle()
		}
		got, err := e.pasts(ctx, h, crm.HistoryQuery{Object: crm.People, IDs: []string{id}, Fields: []string{s.Field}})
		if err != nil {
			return err
		}
		was := got[id].Fields[s.Field].Values
		if !slices.ContainsFunc(was, func(w crm.Was) bool { return w.Value == s.Canonical }) {
			return broken("Was.Value", "canonical text", "%s of type %s, stored as %q: %q is not among its %d values", s.Field, s.Type, s.Stored, s.Canonical, len(was))
		}
	}
	return nil
}

// historyOfMany reads many at once: each comes once, those that left are left out, and it costs what was foretold.
func historyOfMany(ctx context.Context, e *env) error {
	h, field, err := e.historian(ctx)
	if err != nil {
		return err
	}
	ids := e.seed(crm.People, e.several()+2)
	gone := ids[:1]
	e.System.Delete(crm.People, ids[0])
	if !e.NoMerge {
		survivor := e.System.Merge(crm.People, ids[1], ids[2])
		gone = append(gone, lost(ids[1:3], survivor)...)
		ids = append(ids, survivor)
	}
	e.System.Settle()
	q := crm.HistoryQuery{Object: crm.People, IDs: ids, Fields: []string{field}}
	if _, err := e.pasts(ctx, h, q); err != nil { // fills what the connector keeps
		return err
	}
	before := e.System.Requests()
	got, err := e.pasts(ctx, h, q)
	if err != nil {
		return err
	}
	if spent, told := e.System.Requests()-before, h.HistoryCalls(crm.People, len(ids)); spent > told+2 || told > 2*spent+2 {
		return broken("Historian.HistoryCalls", "about how many calls", "it says %d for %d records, and %d were made", told, len(ids), spent)
	}
	for _, id := range ids {
		if _, ok := got[id]; ok == slices.Contains(gone, id) {
			return broken("Historian.Histories", "those of the ids that exist", "%s came: %t, and it was merged or deleted: %t", id, ok, !ok)
		}
	}
	if none, err := e.pasts(ctx, h, crm.HistoryQuery{Object: crm.People, Fields: []string{field}}); err != nil || len(none) > 0 {
		return broken("Historian.Histories", "those of the ids", "no ids gave %d, error: %v", len(none), err)
	}
	return e.historyFails(ctx, h, q)
}

// historyFails checks errors, faults and cancellation.
func (e *env) historyFails(ctx context.Context, h crm.Historian, q crm.HistoryQuery) error {
	for turn, f := range e.Faults {
		if !f.Passing {
			continue
		}
		e.System.Fail(f.Name, turn%2, 1)
		_, err := h.Histories(ctx, q)
		e.System.Heal()
		if e.note(err) != nil {
			return broken("Connector", "a connector waits for short ones and retries what passes", "fault %q once, reading history: %w", f.Name, err)
		}
	}
	wrong := q
	wrong.Fields = []string{"no_such_field_7f3a"}
	_, err := h.Histories(ctx, wrong)
	_, err2 := h.Tracked(ctx, wrong)
	if !errors.Is(e.note(err), crm.ErrInvalid) || !errors.Is(e.note(err2), crm.ErrInvalid) {
		return broken("Historian", "unknown ones are an ErrInvalid error", "it gave %v and %v", err, err2)
	}
	wrong.Object = "no such object"
	if _, err := h.Histories(ctx, wrong); !errors.Is(e.note(err), crm.ErrInvalid) {
		return broken("Historian", "Object is People, Companies or Deals", "another gave %v", err)
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := h.Histories(stopped, q); !errors.Is(e.note(err), context.Canceled) {
		return broken("Connector", "every method obeys ctx at once", "reading history of many when cancelled gave %v", err)
	}
	return e.lastingEach(func() error { _, err := h.Histories(ctx, q); return err })
}

// historyOfLinks moves a person to another company.
func historyOfLinks(ctx context.Context, e *env) error {
	h, field, err := e.historian(ctx)
	if err != nil {
		return err
	}
	q := crm.HistoryQuery{Object: crm.People, Fields: []string{field}, Links: []string{crm.Companies}}
	tracked, err := h.Tracked(ctx, q)
	if e.note(err) != nil {
		return broken("Historian.Tracked", "says of which of the fields and links", "it failed: %w", err)
	}
	t, told := tracked.Links[crm.Companies]
	if !told || t.Kept == (t.Why != "") {
		return broken("Historian.Tracked", "each that was asked for is there", "of the link to companies it says %+v", t)
	}
	if !t.Kept {
		return skipped("the CRM keeps no history of links")
	}
	company := e.System.Create(crm.Companies, crm.Fields{e.Text[crm.Companies]: text("company")}, nil)
	id := e.System.Create(crm.People, crm.Fields{field: text("person")}, map[string][]string{crm.Companies: {company}})
	e.System.Settle()
	q.IDs = []string{id}
	got, err := e.pasts(ctx, h, q)
	if err != nil {
		return err
	}
	if linked, known := got[id].Links[crm.Companies].At(got[id].Created.Add(time.Minute)); !known || linked != company {
		return broken("History.Links", "the id of the primary linked record", "want %s, got %q (known: %t)", company, linked, known)
	}
	return nil
}

// historian is the connector as one, with a field of people whose history is kept.
func (e *env) historian(ctx context.Context) (crm.Historian, string, error) {
	h, ok := e.c.(crm.Historian)
	if !ok {
		return nil, "", skipped("the connector is no Historian")
	}
	field := e.Text[crm.People]
	tracked, err := h.Tracked(ctx, crm.HistoryQuery{Object: crm.People, Fields: []string{field}})
	if e.note(err) != nil {
		return nil, "", broken("Historian.Tracked", "says of which of the fields the CRM keeps the history", "it failed: %w", err)
	}
	if !tracked.Fields[field].Kept {
		return nil, "", errors.New("the harness must have the CRM keep the history of Text[People]: " + tracked.Fields[field].Why)
	}
	return h, field, nil
}

// pasts are the histories by id, each once.
func (e *env) pasts(ctx context.Context, h crm.Historian, q crm.HistoryQuery) (map[string]crm.History, error) {
	list, err := h.Histories(ctx, q)
	if e.note(err) != nil {
		return nil, broken("Historian.Histories", "returns the history of those of the ids that exist", "it failed: %w", err)
	}
	out := make(map[string]crm.History, len(list))
	for _, one := range list {
		if _, twice := out[one.ID]; twice {
			return nil, broken("Historian.Histories", "each once", "%s came twice", one.ID)
		}
		for name, past := range one.Fields {
			if !slices.IsSortedFunc(past.Values, func(a, b crm.Was) int { return a.From.Compare(b.From) }) {
				return nil, broken("Past.Values", "oldest first", "%s of %s is in no order", name, one.ID)
			}
		}
		out[one.ID] = one
	}
	return out, nil
}

// modified is when the CRM says a record was last modified.
func (e *env) modified(ctx context.Context, id string) time.Time {
	got, err := e.pull(ctx, e.all(crm.People, ""))
	if err != nil {
		return time.Time{}
	}
	return latest(got)[id].Modified
}
