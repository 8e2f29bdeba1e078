package crmtest

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/bareme/bareme/crm"
)

// bookmark is what Memory's cursor says: the pull under way covers the changes up to until and has delivered those up
// to after. At is the CRM's time when the page was made.
type bookmark struct {
	after, until int64
	at           time.Time
}

func (b bookmark) cursor() crm.Cursor {
	return crm.Cursor(fmt.Sprintf("m1 %d %d %d", b.after, b.until, b.at.UnixMilli()))
}

func parseBookmark(c crm.Cursor) (bookmark, error) {
	if c == "" {
		return bookmark{}, nil
	}
	var b bookmark
	var at int64
	if _, err := fmt.Sscanf(string(c), "m1 %d %d %d", &b.after, &b.until, &at); err != nil {
		return b, &crm.Error{Kind: crm.ErrInvalid, Op: "read cursor", Message: "this is not a cursor of this CRM", Hint: "Start again without one"}
	}
	return b, nil
}

// step moves a bookmark over one page of the seqs, which are those of the whole table in order: it returns which of
// them the page holds, and whether the pull ends with it.
func (m *Memory) step(b *bookmark, seqs []int64, visible int64) (page []int64, last bool) {
	if b.after == b.until {
		b.until = max(visible, b.after)
	}
	b.at = m.clock()
	from, _ := slices.BinarySearch(seqs, b.after+1)
	to, _ := slices.BinarySearch(seqs, b.until+1)
	page = seqs[from:to]
	if size := orDefault(m.PageSize, 100); len(page) > size {
		page = page[:size]
		b.after = page[size-1]
		return page, false
	}
	b.after = b.until
	return page, true
}

// visible is the last change that is out of the index's lag. The caller holds mu.
func (m *Memory) visible(t *table) int64 {
	if m.Lag == 0 {
		return m.seq
	}
	limit, seen := m.clock().Add(-m.Lag), int64(0)
	for _, r := range t.rows {
		if !r.modified.After(limit) {
			seen = max(seen, r.seq)
		}
	}
	return seen
}

// Records implements crm.Connector.
func (m *Memory) Records(ctx context.Context, q crm.Query) iter.Seq2[crm.Page[crm.Record], error] {
	return pull(ctx, m, q, []string{crm.People, crm.Companies}, func(t *table, r *row) crm.Record {
		return t.record(r, q.Fields, q.Links)
	})
}

// Activities implements crm.Connector.
func (m *Memory) Activities(ctx context.Context, q crm.Query) iter.Seq2[crm.Page[crm.Activity], error] {
	return pull(ctx, m, q, nil, func(t *table, r *row) crm.Activity {
		return crm.Activity{ID: r.id, Time: r.at, Modified: r.modified,
			Fields: t.canonical(r.fields, q.Fields...), Links: someLinks(r.links, []string{crm.People, crm.Companies})}
	})
}

// pull yields pages until the window is read or something fails.
func pull[T any](ctx context.Context, m *Memory, q crm.Query, objects []string, item func(*table, *row) T) iter.Seq2[crm.Page[T], error] {
	return func(yield func(crm.Page[T], error) bool) {
		b, err := parseBookmark(q.Cursor)
		if err == nil {
			err = m.checkQuery(q, objects)
		}
		found := 0
		for last := false; !last; {
			var page crm.Page[T]
			if err == nil {
				page, last, err = pullPage(ctx, m, q, &b, item)
			}
			if err != nil {
				yield(crm.Page[T]{}, err)
				return
			}
			page.Total += found
			found += len(page.Items) + page.Skipped
			if !yield(page, nil) {
				return
			}
		}
	}
}

// pullPage finds what a page holds, asks which of it is worth reading, and reads that.
func pullPage[T any](ctx context.Context, m *Memory, q crm.Query, b *bookmark, item func(*table, *row) T) (page crm.Page[T], last bool, err error) {
	op := "read " + q.Object
	var found []crm.Version
	at := *b
	err = m.request(ctx, "search", op, q.Object, func() {
		*b = at // a lost answer is asked for again
		found, page.Total, last = m.find(q.Object, b)
	})
	if err != nil {
		return page, false, err
	}
	ids := make([]string, 0, len(found))
	for _, v := range found {
		ids = append(ids, v.ID)
	}
	if q.Unseen != nil && len(found) > 0 {
		if ids, err = q.Unseen(ctx, found); err != nil {
			return page, false, fmt.Errorf("%s: %w", op, err)
		}
		page.Skipped = len(found) - len(ids)
	}
	if len(ids) > 0 {
		err = m.request(ctx, "batch read", op, q.Object, func() {
			page.Items = page.Items[:0]
			t := m.table(q.Object)
			for _, id := range ids {
				if r := t.rows[id]; r != nil { // it may have left since it was found
					page.Items = append(page.Items, item(t, r))
				}
			}
		})
	}
	page.Next = b.cursor()
	return page, last, err
}

// find moves the bookmark over the next page and returns what is on it, and how many records this page and those after
// it hold. The caller holds mu.
func (m *Memory) find(object string, b *bookmark) (found []crm.Version, left int, last bool) {
	t := m.table(object)
	bySeq := make(map[int64]*row, len(t.rows))
	seqs := make([]int64, 0, len(t.rows))
	for _, r := range t.rows {
		bySeq[r.seq] = r
		seqs = append(seqs, r.seq)
	}
	slices.Sort(seqs)
	from, _ := slices.BinarySearch(seqs, b.after+1)
	page, last := m.step(b, seqs, m.visible(t))
	for _, seq := range page {
		found = append(found, crm.Version{ID: bySeq[seq].id, Modified: bySeq[seq].modified})
	}
	to, _ := slices.BinarySearch(seqs, b.until+1)
	return found, to - from, last
}

// Removed implements crm.Sweeper.
func (m *Memory) Removed(ctx context.Context, object string, cursor crm.Cursor) iter.Seq2[crm.Page[string], error] {
	return func(yield func(crm.Page[string], error) bool) {
		b, err := parseBookmark(cursor)
		for last := false; !last; {
			var page crm.Page[string]
			at := b
			if err == nil {
				err = m.request(ctx, "removed", "find removed "+object, object, func() {
					b = at
					page, last = m.findRemoved(object, &b)
				})
			}
			if err != nil {
				yield(crm.Page[string]{}, err)
				return
			}
			if !yield(page, nil) {
				return
			}
		}
	}
}

// findRemoved moves the bookmark over the next page of traces. The caller holds mu.
func (m *Memory) findRemoved(object string, b *bookmark) (page crm.Page[string], last bool) {
	byID := map[int64]string{}
	var seqs []int64
	for _, x := range m.table(object).removed {
		byID[x.seq] = x.id
		seqs = append(seqs, x.seq)
	}
	found, last := m.step(b, seqs, m.seq)
	for _, seq := range found {
		page.Items = append(page.Items, byID[seq])
	}
	page.Next = b.cursor()
	return page, last
}

// Read implements crm.Reader.
func (m *Memory) Read(ctx context.Context, object string, ids, fields []string) ([]crm.Record, error) {
	if err := m.checkQuery(crm.Query{Object: object, Fields: fields}, nil); err != nil {
		return nil, err
	}
	var out []crm.Record
	for batch := range slices.Chunk(ids, orDefault(m.PageSize, 100)) {
		var got []crm.Record
		err := m.request(ctx, "batch read", "read "+object, object, func() {
			got = got[:0]
			t := m.table(object)
			for _, id := range batch {
				if r := t.rows[t.survivor(id)]; r != nil {
					got = append(got, t.record(r, fields, nil))
				}
			}
		})
		if err != nil {
			return nil, err
		}
		out = append(out, got...)
	}
	return unique(out), nil
}

// unique leaves one of each record: two ids may have been merged into the same.
func unique(records []crm.Record) []crm.Record {
	seen := map[string]bool{}
	return slices.DeleteFunc(records, func(r crm.Record) bool {
		twice := seen[r.ID]
		seen[r.ID] = true
		return twice
	})
}

func (t *table) record(r *row, fields, links []string) crm.Record {
	return crm.Record{ID: r.id, Modified: r.modified, Fields: t.canonical(r.fields, fields...),
		Links: someLinks(r.links, links), Absorbed: slices.Clone(r.absorbed)}
}

// survivor follows merges from an id to the one the record goes by now.
func (t *table) survivor(id string) string {
	for {
		next, ok := t.merged[id]
		if !ok {
			return id
		}
		id = next
	}
}

func someLinks(all map[string][]string, objects []string) map[string][]string {
	out := map[string][]string{}
	for _, object := range objects {
		if ids := all[object]; len(ids) > 0 {
			out[object] = slices.Clone(ids)
		}
	}
	return out
}

// checkQuery refuses objects and fields the CRM does not have.
func (m *Memory) checkQuery(q crm.Query, objects []string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.objects[q.Object]
	if !ok || (objects != nil && !slices.Contains(objects, q.Object)) {
		return &crm.Error{Kind: crm.ErrInvalid, Op: "read " + q.Object, Object: q.Object,
			Message: fmt.Sprintf("this CRM has no object %q here", q.Object), Hint: "It has " + strings.Join(m.objectNames(), ", ")}
	}
	for _, name := range q.Fields {
		if _, ok := t.schema[name]; !ok {
			return t.unknownField("read "+q.Object, q.Object, name)
		}
	}
	return nil
}

func (m *Memory) objectNames() []string {
	names := make([]string, 0, len(m.objects))
	for name := range m.objects {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func orDefault(n, def int) int {
	if n > 0 {
		return n
	}
	return def
}
