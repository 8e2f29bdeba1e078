package hubspot

import (
	"encoding/binary"
	"slices"
)

// Source says who or what changed a value, as HubSpot's property history shows it.
type Source struct {
	Type   string `json:"sourceType"` // CRM_UI, INTEGRATION, API, IMPORT, FORM, EMAIL, ANALYTICS, CALCULATED …
	ID     string `json:"sourceId,omitempty"`
	Label  string `json:"sourceLabel,omitempty"`
	UserID int64  `json:"updatedByUserId,omitempty"`
}

// Change is one entry of a property's history.
type Change struct {
	Value  string `json:"value"`
	At     int64  `json:"at"` // milliseconds since 1970
	Source Source `json:"source"`
}

// historyDepth is how many changes of one property are kept, as HubSpot keeps the newest twenty.
const historyDepth = 20

// historyBytes is the size at which a record's history is thinned out to historyDepth changes per property.
const historyBytes = 8 << 10

// changes is the history of one record, packed as slot, time, source, length and bytes per change, oldest first.
type changes []byte

func (c changes) add(slot uint16, at int64, source uint8, value string) changes {
	c = binary.LittleEndian.AppendUint16(c, slot)
	c = binary.LittleEndian.AppendUint64(c, uint64(at))
	c = append(c, source)
	c = binary.AppendUvarint(c, uint64(len(value)))
	return append(c, value...)
}

// has says whether a property has any history.
func (c changes) has(slot uint16) bool {
	for i := 0; i < len(c); {
		if binary.LittleEndian.Uint16(c[i:]) == slot {
			return true
		}
		n, w := binary.Uvarint(c[i+11:])
		i += 11 + w + int(n)
	}
	return false
}

type rawChange struct {
	slot   uint16
	at     int64
	source uint8
	value  string
}

func (c changes) list() []rawChange {
	var out []rawChange
	for i := 0; i < len(c); {
		n, w := binary.Uvarint(c[i+11:])
		start := i + 11 + w
		end := start + int(n)
		out = append(out, rawChange{
			slot:   binary.LittleEndian.Uint16(c[i:]),
			at:     int64(binary.LittleEndian.Uint64(c[i+2:])),
			source: c[i+10],
			value:  string(c[start:end]),
		})
		i = end
	}
	return out
}

// thin keeps the newest changes of each property.
func (c changes) thin() changes {
	all := c.list()
	seen := map[uint16]int{}
	keep := make([]bool, len(all))
	for i := len(all) - 1; i >= 0; i-- {
		seen[all[i].slot]++
		keep[i] = seen[all[i].slot] <= historyDepth
	}
	var out changes
	for i, ch := range all {
		if keep[i] {
			out = out.add(ch.slot, ch.at, ch.source, ch.value)
		}
	}
	return out
}

// mingle is the history of a record made of two: what happened to either, in the order it happened, and then what the
// merge itself changed.
func (t *table) mingle(a, b *row, merged packed, now int64, source uint8) changes {
	all := slices.Concat(b.told(), a.told()) // of the same moment the primary's comes last, and counts
	slices.SortStableFunc(all, func(x, y rawChange) int { return int(min(1, max(-1, x.at-y.at))) })
	latest := map[uint16]string{}
	var out changes
	for _, c := range all {
		out = out.add(c.slot, c.at, c.source, c.value)
		latest[c.slot] = c.value
	}
	for _, p := range t.slots {
		if value := merged.get(p.slot); p.computed == nil && latest[p.slot] != value {
			out = out.add(p.slot, now, source, value)
		}
	}
	return out
}

// told is the history of a record with the values that were never replaced, which have none of their own.
func (r *row) told() []rawChange {
	all := r.history.list()
	r.values.each(func(slot uint16, value []byte) bool {
		if !r.history.has(slot) {
			all = append(all, rawChange{slot, r.created, r.source, string(value)})
		}
		return true
	})
	return all
}

type historyEntry struct {
	Value     string `json:"value"`
	Timestamp string `json:"timestamp"`
	Source
}

// historyOf lists the values a property had, the newest first, as far as HubSpot keeps them. A value never replaced has one
// entry: its record's creation.
func (s *Sandbox) historyOf(t *table, r *row, p *property) []historyEntry {
	out := []historyEntry{}
	for _, c := range r.history.list() {
		if c.slot == p.slot {
			out = append(out, historyEntry{c.value, isoTime(c.at), s.sources[c.source]})
		}
	}
	slices.Reverse(out)
	if len(out) > 0 {
		return out[:min(len(out), historyDepth)]
	}
	if value := t.value(r, p); value != "" {
		src, at := s.sources[r.source], r.created
		if p.computed != nil {
			src, at = Source{Type: "CALCULATED"}, r.modified
		}
		out = append(out, historyEntry{value, isoTime(at), src})
	}
	return out
}
