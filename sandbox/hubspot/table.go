package hubspot

import (
	"slices"
	"sort"
	"strconv"
	"strings"
)

// row is one record of a portal.
type row struct {
	id       int64
	created  int64 // milliseconds since 1970, as all times below
	modified int64
	archived int64 // 0: alive
	place    int32 // in the table's modified log; -1: in none
	source   uint8 // who set the values that have no history of their own
	values   packed
	history  changes
	links    []link
	absorbed []absorbed
	removed  bool     // taken out for good: nothing may index it again
	indexed  *version // what the lagging search index still shows; nil: the record as it is
}

// version is a record as the search index saw it.
type version struct {
	modified int64
	values   packed
}

// absorbed is a record that was merged into this one.
type absorbed struct{ id, at int64 }

// link is an association with another record.
type link struct {
	to      int64
	kind    kind
	primary bool
}

// table holds all records of one object type, by rising id.
type table struct {
	kind    kind
	meta    objectMeta
	props   map[string]*property
	slots   []*property
	groups  map[string]*group
	rows    []*row
	nextID  int64
	aliases map[int64]int64 // merged-away id → survivor's id
	unique  map[uint16]map[string]*row
	log     modifiedLog
	dead    int // archived rows
}

func (t *table) find(id int64) *row {
	i := t.from(id)
	if i < len(t.rows) && t.rows[i].id == id {
		return t.rows[i]
	}
	return nil
}

// from is the position of the first row whose id is at least id.
func (t *table) from(id int64) int {
	return sort.Search(len(t.rows), func(i int) bool { return t.rows[i].id >= id })
}

// survivor follows merges to the record that holds the data now.
func (t *table) survivor(id int64) int64 {
	for range len(t.aliases) {
		next, merged := t.aliases[id]
		if !merged {
			break
		}
		id = next
	}
	return id
}

// alive finds a record by id that is not archived.
func (t *table) alive(id int64) *row {
	if r := t.find(id); r != nil && r.archived == 0 {
		return r
	}
	return nil
}

// remove takes a record out for good, without a trace.
func (t *table) remove(r *row) {
	i := t.from(r.id)
	if i < len(t.rows) && t.rows[i] == r {
		t.rows = slices.Delete(t.rows, i, i+1)
	}
	t.reindex(r, r.values, nil)
	t.log.drop(r)
	r.removed = true
}

// reindex keeps the lookups of unique properties in step with a record's values.
func (t *table) reindex(r *row, before, after packed) {
	for slot, index := range t.unique {
		was, is := strings.ToLower(before.get(slot)), strings.ToLower(after.get(slot))
		if was == is {
			continue
		}
		if was != "" && index[was] == r {
			delete(index, was)
		}
		if is != "" {
			index[is] = r
		}
	}
}

// property returns a property that exists and is not archived.
func (t *table) property(name string) *property {
	p := t.props[name]
	if p == nil || p.ArchivedAt != 0 {
		return nil
	}
	return p
}

// value is what a record shows for a property, "" when it has none.
func (t *table) value(r *row, p *property) string {
	if p.computed != nil {
		return p.computed(t, r)
	}
	return r.values.get(p.slot)
}

// addProperty gives a property its slot.
func (t *table) addProperty(p *property) {
	p.slot = uint16(len(t.slots))
	t.slots = append(t.slots, p)
	t.props[p.Name] = p
	if p.HasUniqueValue && p.computed == nil {
		t.unique[p.slot] = map[string]*row{}
	}
}

func (t *table) linked(r *row, to kind) []link {
	var out []link
	for _, l := range r.links {
		if l.kind == to {
			out = append(out, l)
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].primary != out[j].primary {
			return out[i].primary
		}
		return out[i].to < out[j].to
	})
	return out
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// recordID reads a record id; HubSpot's are positive integers sent as text.
func recordID(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n > 0
}
