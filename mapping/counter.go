package mapping

import (
	"hash/fnv"
	"math"
	"slices"
	"time"

	"github.com/bareme/bareme/crm"
)

// counter is a compiled ActivitySpec of a CRM that only keeps a count and the date of the latest.
type counter struct {
	spec ActivitySpec
	slot uint16
	key  uint32 // names the counter in memory, whatever the model calls it
}

// counterKey stands for the two fields, so that renaming an activity forgets nothing.
func counterKey(s ActivitySpec) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(s.Count + "\x00" + s.Last))
	return h.Sum32()
}

// Remember turns what a person's counters show now into events, given what was remembered when the person was last
// seen, and returns what to remember next. It depends on its arguments alone, and the same fields again change nothing.
//
//   - At first sight: one event at the last date, the others undated (they count where no window or decay applies).
//   - Growth between two pulls: that many events at the last date. When that date has not moved past the growth counted
//     before it, they happened between the two pulls and are dated when this pull saw them. Without a last date: undated.
//   - A fall: the counter was reset, corrected or merged. Nothing is taken back, as what was counted had happened; a last
//     date that moved on all the same proves one event. Growth is then counted from the new value.
//   - A counter without a count field: each new last date is one event.
//
// Counters the mapping no longer names are forgotten, and so are dated events older than Spec.Retain. Memory that cannot
// be read counts as none.
func (m *Mapper) Remember(memory []byte, f crm.Fields, seen time.Time) []byte {
	if len(m.counters) == 0 {
		return nil
	}
	before := decodeMemory(memory)
	after := make([]remembered, 0, len(m.counters))
	f = m.Own(f)
	for _, c := range m.counters {
		if _, ours := m.ours(c.spec.Count + c.lastWhenAlone()); !ours {
			continue
		}
		if slices.ContainsFunc(after, func(r remembered) bool { return r.key == c.key }) {
			continue // two activities that read the same fields share what is remembered
		}
		r := remembered{key: c.key}
		old := slices.IndexFunc(before, func(r remembered) bool { return r.key == c.key })
		if old >= 0 {
			r = before[old]
		}
		now, ok := c.read(f)
		if ok {
			r.see(now, old < 0, seen)
		}
		r.forget(m.Retain(), seen)
		if ok || old >= 0 {
			after = append(after, r)
		}
	}
	slices.SortFunc(after, func(a, b remembered) int { return int(int64(a.key) - int64(b.key)) })
	return encodeMemory(after)
}

// reading is what a counter shows.
type reading struct {
	counts bool // there is a count field
	count  uint64
	last   int64 // Unix milliseconds; 0 when there is none
}

// read returns what the counter shows; ok is false when it cannot be read. An empty count is 0.
func (c counter) read(f crm.Fields) (r reading, ok bool) {
	r.counts = c.spec.Count != ""
	if text := f[c.spec.Count]; r.counts && text != "" {
		n, trouble := parseNumber(text)
		if trouble != "" {
			return r, false
		}
		r.count = uint64(min(max(math.Floor(n), 0), math.MaxUint32))
	}
	if text := f[c.spec.Last]; c.spec.Last != "" && text != "" {
		ms, trouble := parseDate(text)
		if trouble != "" {
			return r, r.counts
		}
		r.last = int64(ms)
	}
	return r, true
}

// see takes in what the counter shows now.
func (r *remembered) see(now reading, first bool, seen time.Time) {
	moved := now.last != 0 && (r.last == 0 || now.last > r.last)
	switch {
	case !now.counts:
		if moved {
			r.add(now.last, 1)
			r.last = now.last
		}
		return
	case first:
		if now.count > 0 && now.last != 0 {
			r.add(now.last, 1)
			r.undated = now.count - 1
			r.last = now.last
		} else {
			r.undated = now.count
		}
	case now.count > r.count:
		grown := now.count - r.count
		switch {
		case moved:
			r.add(now.last, grown)
			r.last = now.last
		case now.last != 0:
			r.add(seen.UnixMilli(), grown)
		default:
			r.undated += grown
		}
	case now.count < r.count && moved:
		if now.count > 0 {
			r.add(now.last, 1)
		}
		r.last = now.last
	}
	r.count = now.count
}
