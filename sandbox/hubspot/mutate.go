package hubspot

import (
	"slices"
	"strings"
)

// lagged is a change the search index has not caught up with.
type lagged struct {
	visible int64 // when the index shows it
	table   *table
	row     *row
	state   version
	gone    bool
}

// manyPending is how many changes wait for a search before they are looked through.
const manyPending = 4096

// source gives a Source its number.
func (s *Sandbox) source(src Source) uint8 {
	if i := slices.Index(s.sources, src); i >= 0 {
		return uint8(i)
	}
	if len(s.sources) == 255 {
		return 0
	}
	s.sources = append(s.sources, src)
	return uint8(len(s.sources) - 1)
}

// integration is the source of what comes in through the API.
func (s *Sandbox) integration() uint8 {
	return s.source(Source{Type: "INTEGRATION", ID: "3141592", Label: "Private app"})
}

// user is the source of what a person does in the CRM.
func (s *Sandbox) user() uint8 {
	return s.source(Source{Type: "CRM_UI", ID: "userId:4242", UserID: 4242})
}

// set stores values in a record and keeps their history. It reports whether any value is new.
func (s *Sandbox) set(t *table, r *row, values map[uint16]string, at int64, source uint8) bool {
	fresh := map[uint16]string{}
	for slot, v := range values {
		if old := r.values.get(slot); old != v {
			r.keepHistory(slot, old, v, at, source)
			fresh[slot] = v
		}
	}
	if len(fresh) == 0 {
		return false
	}
	t.enterStage(fresh, at)
	before := r.values
	r.values = r.values.with(fresh)
	t.reindex(r, before, r.values)
	s.followCompany(t, r, fresh)
	return true
}

// enterStage notes when a contact entered its new lifecycle stage.
func (t *table) enterStage(fresh map[uint16]string, at int64) {
	stage := t.props["lifecyclestage"]
	if t.kind != contacts || fresh[stage.slot] == "" {
		return
	}
	if p := t.props["hs_v2_date_entered_"+fresh[stage.slot]]; p != nil {
		fresh[p.slot] = isoTime(at)
	}
}

// keepHistory notes a change; the value a record was created with gets its entry when it is first replaced.
func (r *row) keepHistory(slot uint16, old, value string, at int64, source uint8) {
	if old != "" && !r.history.has(slot) {
		r.history = r.history.add(slot, r.created, r.source, old)
	}
	r.history = r.history.add(slot, at, source, value)
	if len(r.history) > historyBytes {
		r.history = r.history.thin()
	}
}

// followCompany keeps the primary company of a contact in step with associatedcompanyid.
func (s *Sandbox) followCompany(t *table, r *row, fresh map[uint16]string) {
	if t.kind != contacts {
		return
	}
	value, changed := fresh[t.props["associatedcompanyid"].slot]
	if !changed {
		return
	}
	if id, ok := recordID(value); ok && s.tables[companies].alive(id) != nil {
		s.associate(t, r, s.tables[companies], s.tables[companies].find(id), true)
	}
}

// touch moves the modified time of a record; the search index follows after its lag.
func (s *Sandbox) touch(t *table, r *row, at int64, before version) {
	r.modified = at
	if s.indexLag <= 0 {
		s.reindexNow(t, r)
		return
	}
	if len(s.pending) >= manyPending {
		s.catchUp(at) // nobody searches: what the index caught up with need not be remembered
	}
	if r.indexed == nil {
		r.indexed = &before
	}
	s.pending = append(s.pending, lagged{visible: at + s.indexLag.Milliseconds(), table: t, row: r,
		state: version{modified: r.modified, values: r.values}, gone: r.archived != 0})
}

func (s *Sandbox) reindexNow(t *table, r *row) {
	r.indexed = nil
	if r.archived != 0 {
		t.log.drop(r)
		return
	}
	t.log.put(r, r.modified)
}

// catchUp lets the search index show what it should by now. The caller holds the write lock.
func (s *Sandbox) catchUp(now int64) {
	n := 0
	for ; n < len(s.pending) && s.pending[n].visible <= now; n++ {
		p := s.pending[n]
		switch {
		case p.row.removed:
		case p.gone || p.row.archived != 0 && p.row.modified == p.state.modified:
			p.row.indexed = nil
			p.table.log.drop(p.row)
		case p.row.modified == p.state.modified:
			s.reindexNow(p.table, p.row)
		default: // changed again since: the index shows this state for now
			state := p.state
			p.row.indexed = &state
			p.table.log.put(p.row, state.modified)
		}
	}
	s.pending = slices.Delete(s.pending, 0, n)
}

func (r *row) version() version { return version{modified: r.modified, values: r.values} }

// change stores values and moves the modified time, as one step.
func (s *Sandbox) change(t *table, r *row, values map[uint16]string, at int64, source uint8) {
	before := r.version()
	if s.set(t, r, values, at, source) || s.bumpSame {
		s.touch(t, r, at, before)
	}
}

// add creates a record.
func (s *Sandbox) add(t *table, values map[uint16]string, at int64, source uint8) *row {
	r := &row{id: t.nextID, created: at, modified: at, source: source, place: -1}
	t.nextID++
	r.values = packed(nil).with(values)
	t.rows = append(t.rows, r)
	t.reindex(r, nil, r.values)
	s.touch(t, r, at, version{})
	s.followCompany(t, r, values)
	return r
}

// archive moves a record to the recycle bin.
func (s *Sandbox) archive(t *table, r *row, at int64) {
	if r.archived != 0 {
		return
	}
	before := r.version()
	r.archived = at
	t.dead++
	t.reindex(r, r.values, nil)
	s.touch(t, r, at, before)
}

// restore brings a record back from the recycle bin.
func (s *Sandbox) restore(t *table, r *row, at int64) {
	if r.archived == 0 {
		return
	}
	r.archived = 0
	t.dead--
	t.reindex(r, nil, r.values)
	s.touch(t, r, at, version{})
}

// purge removes a record and every link to it, without a trace.
func (s *Sandbox) purge(t *table, r *row) {
	for _, l := range slices.Clone(r.links) {
		s.dissociate(t, r, s.tables[l.kind], l.to)
	}
	if r.archived != 0 {
		t.dead--
	}
	t.remove(r)
}

// forward drops a lifecycle stage that would move back: the API lets it only move forward, unless cleared first.
func (t *table) forward(r *row, values map[uint16]string) {
	p := t.props["lifecyclestage"]
	if p == nil || r == nil {
		return
	}
	value, sent := values[p.slot]
	if !sent || value == "" {
		return
	}
	rank := func(v string) int {
		return slices.IndexFunc(p.Options, func(o option) bool { return o.Value == v })
	}
	if rank(value) < rank(r.values.get(p.slot)) {
		delete(values, p.slot)
	}
}

// holder finds the live record that already has a unique value among those given, if another one does.
func (t *table) holder(values map[uint16]string, not *row) *row {
	for slot, index := range t.unique {
		if v := values[slot]; v != "" {
			if r := index[strings.ToLower(v)]; r != nil && r != not {
				return r
			}
		}
	}
	return nil
}
