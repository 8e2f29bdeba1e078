package hubspot

import (
	"slices"
	"strconv"
	"time"
)

// The methods of this file do what the CRM's users and HubSpot itself do: they take no part in limits and log.

// Change sets properties of a record as a user of the CRM would, read-only ones included ("" clears a value).
func (s *Sandbox) Change(object, id string, values map[string]string) error {
	return s.edit(object, id, func(t *table, r *row, now int64) error {
		slots, err := t.slotsOf(values)
		if err != nil {
			return err
		}
		before := r.version()
		s.set(t, r, slots, now, s.user())
		s.touch(t, r, now, before)
		return nil
	})
}

// Bump adds to numeric properties and sets others without moving the modified time, as HubSpot's own counters and
// calculated properties do.
func (s *Sandbox) Bump(object, id string, add map[string]float64, set map[string]string) error {
	return s.edit(object, id, func(t *table, r *row, now int64) error {
		slots, err := t.slotsOf(set)
		if err != nil {
			return err
		}
		for name, n := range add {
			p := t.property(name)
			if p == nil {
				return badRequest("no property %q of %s", name, t.meta.name)
			}
			old, _ := strconv.ParseFloat(t.value(r, p), 64) // unset counts as zero
			slots[p.slot] = strconv.FormatFloat(old+n, 'f', -1, 64)
		}
		s.set(t, r, slots, now, s.source(Source{Type: "CALCULATED"}))
		return nil
	})
}

// Create makes a record as a user would, linked to others: links are ids by object name, the first company is primary.
// A new activity moves the contact's counters and dates, and with them its modified time.
func (s *Sandbox) Create(object string, values map[string]string, links map[string][]string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Now().UnixMilli()
	t := s.byName[object]
	if t == nil {
		return "", badRequest("no object %q", object)
	}
	slots, err := t.slotsOf(values)
	if err != nil {
		return "", err
	}
	if held := t.holder(slots, nil); held != nil {
		return "", duplicate(t, held)
	}
	r := s.add(t, slots, now, s.user())
	for _, name := range sortedKeys(links) {
		if err := s.linkTo(t, r, name, links[name], now); err != nil {
			return "", err
		}
	}
	return itoa(r.id), nil
}

func (s *Sandbox) linkTo(t *table, r *row, name string, ids []string, now int64) error {
	to := s.byName[name]
	if to == nil {
		return badRequest("no object %q", name)
	}
	for i, id := range ids {
		n, _ := recordID(id)
		far := to.alive(to.survivor(n))
		if far == nil {
			return notFound()
		}
		primary := i == 0 && linkTypeOf(t.kind, to.kind).primary != 0
		s.associate(t, r, to, far, primary)
		if to.kind == contacts && t.kind >= calls {
			s.count(t, r, far, now)
		}
	}
	return nil
}

// count moves a contact's activity counters after an activity was added to it.
func (s *Sandbox) count(t *table, activity, contact *row, now int64) {
	to := s.tables[contacts]
	slot := func(name string) uint16 { return to.props[name].slot }
	at := activity.values.get(t.props["hs_timestamp"].slot)
	values := map[uint16]string{slot("num_notes"): addNumbers(contact.values.get(slot("num_notes")), "1"), slot("notes_last_updated"): isoTime(now)}
	if when, ok := parseTime(at); ok && when > now {
		values[slot("notes_next_activity_date")] = at
	} else if t.kind != notes && t.kind != tasks {
		values[slot("num_contacted_notes")] = addNumbers(contact.values.get(slot("num_contacted_notes")), "1")
		values[slot("notes_last_contacted")] = max(at, contact.values.get(slot("notes_last_contacted")))
		values[slot("hs_last_sales_activity_timestamp")] = values[slot("notes_last_contacted")]
	}
	before := contact.version()
	s.set(to, contact, values, now, s.source(Source{Type: "ENGAGEMENTS"}))
	s.touch(to, contact, now, before)
}

// Archive deletes a record; Restore brings it back.
func (s *Sandbox) Archive(object, id string) error {
	return s.edit(object, id, func(t *table, r *row, now int64) error {
		s.archive(t, r, now)
		return nil
	})
}

// Restore brings a deleted record back under its old id.
func (s *Sandbox) Restore(object, id string) error {
	return s.edit(object, id, func(t *table, r *row, now int64) error {
		s.restore(t, r, now)
		return nil
	})
}

// Purge removes a record for good, as a deletion under the GDPR does.
func (s *Sandbox) Purge(object, id string) error {
	return s.edit(object, id, func(t *table, r *row, _ int64) error {
		s.purge(t, r)
		return nil
	})
}

// Merge merges two records as a user would and returns the id of the survivor.
func (s *Sandbox) Merge(object, primary, other string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.byName[object]
	if t == nil {
		return "", badRequest("no object %q", object)
	}
	r, err := s.mergeRows(t, primary, other, s.Now().UnixMilli(), s.user())
	if err != nil {
		return "", err
	}
	return itoa(r.id), nil
}

// TouchAll gives every live record of an object the same modified time, to the millisecond, as mass jobs do. It
// returns how many there were.
func (s *Sandbox) TouchAll(object string) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.byName[object]
	if t == nil {
		return 0, badRequest("no object %q", object)
	}
	now, n := s.Now().UnixMilli(), 0
	for _, r := range t.rows {
		if r.archived == 0 {
			s.touch(t, r, now, r.version())
			n++
		}
	}
	return n, nil
}

// edit runs a change on one record, archived or not.
func (s *Sandbox) edit(object, id string, change func(*table, *row, int64) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.byName[object]
	if t == nil {
		return badRequest("no object %q", object)
	}
	n, _ := recordID(id)
	r := t.find(t.survivor(n))
	if r == nil {
		return notFound()
	}
	return change(t, r, s.Now().UnixMilli())
}

func (t *table) slotsOf(values map[string]string) (map[uint16]string, error) {
	slots := make(map[uint16]string, len(values))
	for name, v := range values {
		p := t.property(name)
		switch {
		case p == nil:
			return nil, badRequest("no property %q of %s", name, t.meta.name)
		case p.computed != nil:
			return nil, badRequest("property %q of %s follows from the record", name, t.meta.name)
		}
		slots[p.slot] = v
	}
	return slots, nil
}

// Record is all the sandbox knows of one record.
type Record struct {
	ID       string              `json:"id"`
	Values   map[string]string   `json:"values"`
	History  map[string][]Change `json:"history,omitempty"` // of values that changed, newest first
	Links    map[string][]string `json:"links,omitempty"`   // ids by object, the primary one first
	Merged   []string            `json:"merged,omitempty"`  // ids of records merged into this one
	Created  time.Time           `json:"created"`
	Modified time.Time           `json:"modified"`
	Archived bool                `json:"archived"`
}

// Record returns one record as it is, whatever the search index shows. Merged-away ids lead to the survivor.
func (s *Sandbox) Record(object, id string) (Record, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := s.byName[object]
	if t == nil {
		return Record{}, badRequest("no object %q", object)
	}
	n, _ := recordID(id)
	r := t.find(t.survivor(n))
	if r == nil {
		return Record{}, notFound()
	}
	out := Record{ID: itoa(r.id), Values: map[string]string{}, History: map[string][]Change{}, Links: map[string][]string{},
		Created: time.UnixMilli(r.created).UTC(), Modified: time.UnixMilli(r.modified).UTC(), Archived: r.archived != 0}
	for _, p := range t.slots {
		if v := t.value(r, p); v != "" {
			out.Values[p.Name] = v
		}
	}
	for _, c := range slices.Backward(r.history.list()) {
		name := t.slots[c.slot].Name
		out.History[name] = append(out.History[name], Change{c.value, c.at, s.sources[c.source]})
	}
	for _, to := range s.tables {
		for _, l := range t.linked(r, to.kind) {
			out.Links[to.meta.name] = append(out.Links[to.meta.name], itoa(l.to))
		}
	}
	for _, a := range r.absorbed {
		out.Merged = append(out.Merged, itoa(a.id))
	}
	return out, nil
}

// Values returns the values of some properties for every live record, by id: what to compare when two runs should
// end in the same state. Unset values are left out; properties that do not exist are, too.
func (s *Sandbox) Values(object string, properties ...string) (map[string]map[string]string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := s.byName[object]
	if t == nil {
		return nil, badRequest("no object %q", object)
	}
	props := resolve(t, properties)
	out := make(map[string]map[string]string, len(t.rows)-t.dead)
	for _, r := range t.rows {
		if r.archived != 0 {
			continue
		}
		values := map[string]string{}
		for _, p := range props {
			if v := t.value(r, p); v != "" {
				values[p.Name] = v
			}
		}
		out[itoa(r.id)] = values
	}
	return out, nil
}

// IDs returns the ids of all live records of an object, rising.
func (s *Sandbox) IDs(object string) []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := s.byName[object]
	if t == nil {
		return nil
	}
	out := make([]string, 0, len(t.rows)-t.dead)
	for _, r := range t.rows {
		if r.archived == 0 {
			out = append(out, itoa(r.id))
		}
	}
	return out
}
