package hubspot

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// mergeCall answers POST …/merge.
func (s *Sandbox) mergeCall(c *call) (int, any, *apiError) {
	var in struct {
		Primary string `json:"primaryObjectId"`
		Other   string `json:"objectIdToMerge"`
	}
	if err := c.decode(&in); err != nil {
		return 0, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.mergeRows(c.table, in.Primary, in.Other, c.now, s.integration())
	if err != nil {
		return 0, nil, err
	}
	c.inputs, c.records = 2, 1
	return http.StatusOK, s.appendRecord(nil, c.table, r, viewOf(c.table, nil, nil), extras{}), nil
}

// mergeRows makes one record of two. The survivor has a new id, as HubSpot does it by default; both old ids lead to it.
func (s *Sandbox) mergeRows(t *table, primaryID, otherID string, now int64, source uint8) (*row, *apiError) {
	x, _ := recordID(primaryID)
	y, _ := recordID(otherID)
	a, b := t.alive(t.survivor(x)), t.alive(t.survivor(y))
	switch {
	case a == nil || b == nil:
		return nil, notFound()
	case a == b:
		return nil, badRequest("A record can't be merged with itself")
	}
	values := t.blend(a.values, b.values)
	links := slices.Concat(a.links, b.links)
	history := t.mingle(a, b, values, now, s.source(Source{Type: "MERGE_OBJECTS"}))
	gone := append(slices.Concat(a.absorbed, b.absorbed), absorbed{a.id, now}, absorbed{b.id, now})
	created := min(a.created, b.created)
	s.vanish(t, a)
	s.vanish(t, b)
	r := &row{id: t.nextID, created: created, modified: now, source: source, place: -1, values: values, history: history, absorbed: gone}
	if s.keepPrimaryID {
		r.id = a.id
		r.absorbed = slices.DeleteFunc(r.absorbed, func(g absorbed) bool { return g.id == a.id })
		i := t.from(a.id)
		t.rows = slices.Insert(t.rows, i, r)
	} else {
		t.nextID++
		t.rows = append(t.rows, r)
		t.aliases[a.id] = r.id
	}
	t.aliases[b.id] = r.id
	t.reindex(r, nil, r.values)
	s.touch(t, r, now, version{})
	s.adopt(t, r, links)
	return r, nil
}

// vanish takes a merged record out of lists, lookups and search.
func (s *Sandbox) vanish(t *table, r *row) {
	for _, l := range slices.Clone(r.links) {
		s.dissociate(t, r, s.tables[l.kind], l.to)
	}
	t.remove(r)
}

// adopt gives the survivor the links of both records; one company stays primary.
func (s *Sandbox) adopt(t *table, r *row, links []link) {
	primary := false
	for _, l := range links {
		to := s.tables[l.kind]
		far := to.find(l.to)
		if far == nil {
			continue
		}
		keep := l.primary && !(primary && l.kind == companies)
		primary = primary || keep && l.kind == companies
		s.associate(t, r, to, far, keep)
	}
}

// blend merges the values of two records: the primary's win, counters add up, the latest of "last …" dates stays.
func (t *table) blend(a, b packed) packed {
	changes := map[uint16]string{}
	b.each(func(slot uint16, other []byte) bool {
		p, own := t.slots[slot], a.get(slot)
		switch {
		case own == "":
			changes[slot] = string(other)
		case p.Type == "number" && p.ReadOnlyValue:
			changes[slot] = addNumbers(own, string(other))
		case p.Type == "datetime" && p.ReadOnlyValue && strings.Contains(p.Name, "first"):
			changes[slot] = min(own, string(other))
		case p.Type == "datetime" && p.ReadOnlyValue:
			changes[slot] = max(own, string(other))
		}
		return true
	})
	return a.with(changes)
}

func addNumbers(a, b string) string {
	x, _ := strconv.ParseFloat(a, 64) // stored numbers are valid
	y, _ := strconv.ParseFloat(b, 64)
	return strconv.FormatFloat(x+y, 'f', -1, 64)
}

// gdprCall answers POST …/gdpr-delete: the record is gone for good and nothing shows that it ever was.
func (s *Sandbox) gdprCall(c *call) (int, any, *apiError) {
	var in struct {
		ObjectID   string `json:"objectId"`
		IDProperty string `json:"idProperty"`
	}
	if err := c.decode(&in); err != nil {
		return 0, nil, err
	}
	if c.table.kind != contacts {
		return 0, nil, notFound()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.named(c, in.ObjectID, in.IDProperty)
	if err != nil {
		return 0, nil, err
	}
	if r == nil {
		return 0, nil, notFound()
	}
	s.purge(c.table, r)
	c.records = 1
	return http.StatusNoContent, nil, nil
}
