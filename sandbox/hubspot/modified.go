package hubspot

import "sort"

// entry says that a record was last modified at a moment. A nil row marks an entry that a newer one replaced.
type entry struct {
	at int64
	id int64
	r  *row
}

// modifiedLog is the search index: entries by rising time. A change appends (time only moves forward, save for rare
// corrections), so that a portal of any size takes writes at constant cost; replaced entries are swept out together.
type modifiedLog struct {
	entries []entry
	dead    int
}

// put moves a record to a moment.
func (l *modifiedLog) put(r *row, at int64) {
	if r.place >= 0 && l.entries[r.place].at == at {
		return
	}
	l.drop(r)
	n := len(l.entries)
	if n == 0 || l.entries[n-1].at <= at {
		r.place = int32(n)
		l.entries = append(l.entries, entry{at, r.id, r})
		return
	}
	i := l.from(at + 1)
	l.entries = append(l.entries, entry{})
	copy(l.entries[i+1:], l.entries[i:])
	l.entries[i] = entry{at, r.id, r}
	l.replace(i)
}

func (l *modifiedLog) drop(r *row) {
	if r.place < 0 {
		return
	}
	l.entries[r.place].r = nil
	r.place = -1
	l.dead++
	if l.dead > 1024 && l.dead > len(l.entries)/2 {
		l.sweep()
	}
}

func (l *modifiedLog) sweep() {
	live := l.entries[:0]
	for _, e := range l.entries {
		if e.r != nil {
			live = append(live, e)
		}
	}
	clear(l.entries[len(live):])
	l.entries, l.dead = live, 0
	l.replace(0)
}

// replace tells the records from position i on where they stand now.
func (l *modifiedLog) replace(i int) {
	for ; i < len(l.entries); i++ {
		if r := l.entries[i].r; r != nil {
			r.place = int32(i)
		}
	}
}

// build fills an empty log with many records at once.
func (l *modifiedLog) build(rows []*row) {
	l.entries = make([]entry, 0, len(rows))
	for _, r := range rows {
		if r.archived == 0 {
			l.entries = append(l.entries, entry{r.modified, r.id, r})
		}
	}
	sort.Slice(l.entries, func(i, j int) bool {
		a, b := l.entries[i], l.entries[j]
		return a.at < b.at || a.at == b.at && a.id < b.id
	})
	l.dead = 0
	l.replace(0)
}

// from is the position of the first entry at or after a moment.
func (l *modifiedLog) from(at int64) int {
	return sort.Search(len(l.entries), func(i int) bool { return l.entries[i].at >= at })
}

// between are the entries from one moment to another, both included; some may be dead.
func (l *modifiedLog) between(from, to int64) []entry {
	i := l.from(from)
	j := l.from(to + 1)
	if i >= j {
		return nil
	}
	return l.entries[i:j]
}
