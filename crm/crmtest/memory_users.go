package crmtest

import (
	"slices"
	"time"

	"github.com/bareme/bareme/crm"
)

// Change implements System. An id nobody has is left alone.
func (m *Memory) Change(object, id string, fields crm.Fields) { m.change(object, id, fields, true) }

// ChangeQuietly sets fields without marking the record as modified, as a CRM's calculated fields change.
func (m *Memory) ChangeQuietly(object, id string, fields crm.Fields) {
	m.change(object, id, fields, false)
}

func (m *Memory) change(object, id string, fields crm.Fields, touch bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.table(object)
	r := t.rows[id]
	if r == nil {
		return
	}
	t.declareMissing(fields)
	r.set(fields)
	r.remember(m.clock())
	if touch {
		m.touch(r)
	}
}

// Link replaces the links of a record to one object, the primary one first, and marks it as modified.
func (m *Memory) Link(object, id, to string, ids ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r := m.table(object).rows[id]; r != nil {
		r.links[to] = slices.Clone(ids)
		r.remember(m.clock())
		m.touch(r)
	}
}

// Delete implements System.
func (m *Memory) Delete(object, id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.table(object)
	if t.rows[id] == nil {
		return
	}
	delete(t.rows, id)
	m.seq++
	t.removed = append(t.removed, trace{id: id, seq: m.seq, at: m.clock()})
	m.relink(object, id, "")
}

// Merge implements System: the winner's values stand, the loser's fill its gaps. Ids nobody has change nothing.
func (m *Memory) Merge(object, winner, loser string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.table(object)
	w, l := t.rows[winner], t.rows[loser]
	if w == nil || l == nil || w == l {
		return winner
	}
	survivor := *w
	survivor.absorbed = slices.Concat(w.absorbed, l.absorbed, []string{loser})
	left := []string{loser}
	if m.MergeToNew {
		survivor.id = m.freshID()
		survivor.absorbed = append(survivor.absorbed, winner)
		left = append(left, winner)
	}
	for name, value := range l.fields {
		if survivor.fields[name] == "" {
			survivor.fields[name] = value
		}
	}
	for to, ids := range l.links {
		for _, id := range ids {
			if !slices.Contains(survivor.links[to], id) {
				survivor.links[to] = append(survivor.links[to], id)
			}
		}
	}
	for _, id := range left {
		delete(t.rows, id)
		t.merged[id] = survivor.id
	}
	t.rows[survivor.id] = &survivor
	survivor.created = earliest(w.created, l.created)
	survivor.past = mingled(w.past, l.past)
	survivor.remember(m.clock())
	m.touch(&survivor)
	for _, id := range left {
		m.relink(object, id, survivor.id)
	}
	return survivor.id
}

// relink moves every link from one record to another, or drops it when to is "". The caller holds mu.
func (m *Memory) relink(object, from, to string) {
	for _, t := range m.objects {
		for _, r := range t.rows {
			ids := r.links[object]
			at := slices.Index(ids, from)
			if at < 0 {
				continue
			}
			ids = slices.Delete(slices.Clone(ids), at, at+1)
			if to != "" && !slices.Contains(ids, to) {
				ids = slices.Insert(ids, at, to)
			}
			r.links[object] = ids
			r.remember(m.clock())
			m.touch(r)
		}
	}
}

// Refuse implements System.
func (m *Memory) Refuse(object, id string) { m.refuse(object, id, true) }

// Accept takes Refuse back.
func (m *Memory) Accept(object, id string) { m.refuse(object, id, false) }

func (m *Memory) refuse(object, id string, refused bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r := m.table(object).rows[id]; r != nil {
		r.refused = refused
	}
}

// ArchiveField takes a field away in a way Provision can undo. Values stay.
func (m *Memory) ArchiveField(object, name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.table(object)
	if f, ok := t.schema[name]; ok {
		t.archived[name] = f
		delete(t.schema, name)
	}
}

// Settle implements System: the CRM's clock jumps an hour, and past the lag.
func (m *Memory) Settle() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ahead += time.Hour + m.Lag
}
