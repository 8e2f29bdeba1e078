package crmtest

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/bareme/bareme/crm"
)

// linkMark begins the names under which the primary links of a record are remembered among its fields.
const linkMark = "→"

// remember notes what of a record differs from what was last noted.
func (r *row) remember(at time.Time) {
	now := maps.Clone(r.fields)
	for object, ids := range r.links {
		if len(ids) > 0 {
			now[linkMark+object] = ids[0]
		}
	}
	next := make(map[string][]crm.Was, len(r.past)+len(now)) // rows of a merge share nothing
	for name, values := range r.past {
		next[name] = slices.Clone(values)
	}
	for _, name := range slices.Collect(maps.Keys(next)) {
		if _, there := now[name]; !there && next[name][len(next[name])-1].Value != "" {
			next[name] = append(next[name], crm.Was{From: at})
		}
	}
	for name, value := range now {
		if values := next[name]; len(values) == 0 || values[len(values)-1].Value != value {
			next[name] = append(values, crm.Was{From: at, Value: value})
		}
	}
	r.past = next
}

// mingled is the past of a record made of two: what happened to either, in its order.
func mingled(a, b map[string][]crm.Was) map[string][]crm.Was {
	out := map[string][]crm.Was{}
	for _, side := range []map[string][]crm.Was{b, a} {
		for name, values := range side {
			out[name] = append(out[name], values...)
		}
	}
	for _, values := range out {
		slices.SortStableFunc(values, func(x, y crm.Was) int { return x.From.Compare(y.From) })
	}
	return out
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// HistoryCalls implements crm.Historian.
func (m *Memory) HistoryCalls(_ string, records int) int {
	size := orDefault(m.PageSize, 100)
	return (records + size - 1) / size
}

// Tracked implements crm.Historian.
func (m *Memory) Tracked(ctx context.Context, q crm.HistoryQuery) (crm.Tracked, error) {
	if err := m.checkQuery(crm.Query{Object: q.Object, Fields: q.Fields}, nil); err != nil {
		return crm.Tracked{}, err
	}
	out := crm.Tracked{Fields: map[string]crm.Tracking{}, Links: map[string]crm.Tracking{}}
	err := m.request(ctx, "schema", "read what "+q.Object+" were", q.Object, func() {
		for _, name := range q.Fields {
			out.Fields[name] = m.tracking(q.Object + "." + name)
		}
		for _, object := range q.Links {
			out.Links[object] = m.tracking(q.Object + "." + object)
		}
	})
	return out, err
}

func (m *Memory) tracking(name string) crm.Tracking {
	if why := m.Untracked[name]; why != "" {
		return crm.Tracking{Why: why}
	}
	return crm.Tracking{Kept: true, Since: m.since()}
}

// since is from when on changes are kept.
func (m *Memory) since() time.Time {
	if m.Remembers == 0 {
		return time.Time{}
	}
	return m.clock().Add(-m.Remembers)
}

// Histories implements crm.Historian.
func (m *Memory) Histories(ctx context.Context, q crm.HistoryQuery) ([]crm.History, error) {
	if err := m.checkQuery(crm.Query{Object: q.Object, Fields: q.Fields}, nil); err != nil {
		return nil, err
	}
	var out []crm.History
	for batch := range slices.Chunk(unrepeated(q.IDs), orDefault(m.PageSize, 100)) {
		var got []crm.History
		err := m.request(ctx, "history", "read what "+q.Object+" were", q.Object, func() {
			got = got[:0]
			for _, id := range batch {
				if r := m.table(q.Object).rows[id]; r != nil {
					got = append(got, m.history(q, r))
				}
			}
		})
		if err != nil {
			return nil, err
		}
		out = append(out, got...)
	}
	return out, nil
}

func unrepeated(ids []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}

func (m *Memory) history(q crm.HistoryQuery, r *row) crm.History {
	h := crm.History{ID: r.id, Created: r.created, Fields: map[string]crm.Past{}, Links: map[string]crm.Past{}}
	for _, name := range q.Fields {
		if m.Untracked[q.Object+"."+name] == "" {
			h.Fields[name] = m.past(r, r.past[name], m.table(q.Object).schema[name].Type)
		}
	}
	for _, object := range q.Links {
		if m.Untracked[q.Object+"."+object] == "" {
			h.Links[object] = m.past(r, r.past[linkMark+object], crm.Text)
		}
	}
	return h
}

// past is as much of what was as is kept.
func (m *Memory) past(r *row, all []crm.Was, typ crm.Type) crm.Past {
	p := crm.Past{Whole: true}
	for _, w := range all {
		if text, ok := canonical(typ, w.Value); ok {
			w.Value = text
		}
		p.Values = append(p.Values, w)
	}
	if m.Depth > 0 && len(p.Values) > m.Depth {
		p.Values, p.Whole, p.Cut = p.Values[len(p.Values)-m.Depth:], false, true
	}
	if since := m.since(); r.created.Before(since) {
		value, known := p.At(since)
		kept := slices.DeleteFunc(p.Values, func(w crm.Was) bool { return !w.From.After(since) })
		if known {
			kept = slices.Insert(kept, 0, crm.Was{From: since, Value: value})
		}
		p.Values, p.Whole = kept, false
	}
	return p
}
