package hubspot

import (
	"encoding/json"
	"slices"
)

// view says what of a record an answer shows.
type view struct {
	props   []*property // by name
	history []*property
	links   []kind
	named   map[kind]string // how the request called each of links
}

// viewOf resolves property names; unknown ones are silently left out, as HubSpot does.
func viewOf(t *table, names, history []string) view {
	if len(names) == 0 && len(history) == 0 {
		names = t.meta.defaults
	}
	v := view{props: resolve(t, slices.Concat(names, history, []string{t.meta.created, t.meta.modified, "hs_object_id"}))}
	if len(history) > 0 {
		v.history = resolve(t, history)
	}
	return v
}

func resolve(t *table, names []string) []*property {
	sorted := slices.Clone(names)
	slices.Sort(sorted)
	var out []*property
	for _, name := range slices.Compact(sorted) {
		if p := t.property(name); p != nil {
			out = append(out, p)
		}
	}
	return out
}

// extras are the parts of an answer that belong to one write.
type extras struct {
	trace    string
	warnings []warning
	created  *bool // upsert: whether the record is new
}

// appendRecord writes one record as JSON. It is written by hand because pages of a hundred records with forty
// properties each are what the sandbox spends its time on.
func (s *Sandbox) appendRecord(b []byte, t *table, r *row, v view, x extras) []byte {
	b = append(b, `{"id":"`...)
	b = append(b, itoa(r.id)...)
	b = append(b, `","properties":{`...)
	b = appendProperties(b, t, r, v.props)
	b = append(b, '}')
	if v.history != nil {
		b = append(b, `,"propertiesWithHistory":{`...)
		for i, p := range v.history {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendText(b, p.Name)
			b = append(b, ':')
			b = appendJSON(b, s.historyOf(t, r, p))
		}
		b = append(b, '}')
	}
	if x.trace != "" {
		b = append(b, `,"objectWriteTraceId":`...)
		b = appendText(b, x.trace)
	}
	if x.created != nil {
		b = append(b, `,"new":`...)
		b = appendJSON(b, *x.created)
	}
	if len(x.warnings) > 0 {
		b = append(b, `,"warnings":`...)
		b = appendJSON(b, x.warnings)
	}
	b = append(b, `,"createdAt":"`...)
	b = append(b, isoTime(r.created)...)
	b = append(b, `","updatedAt":"`...)
	b = append(b, isoTime(r.modified)...)
	b = append(b, `","archived":`...)
	b = appendJSON(b, r.archived != 0)
	if r.archived != 0 {
		b = append(b, `,"archivedAt":"`...)
		b = append(b, isoTime(r.archived)...)
		b = append(b, '"')
	}
	b = s.appendLinks(b, t, r, v)
	return append(b, '}')
}

// appendProperties reads the record's values in one pass, then writes them in the view's order.
func appendProperties(b []byte, t *table, r *row, props []*property) []byte {
	var at [160][]byte
	values := at[:]
	if len(t.slots) > len(values) {
		values = make([][]byte, len(t.slots))
	}
	r.values.each(func(slot uint16, value []byte) bool {
		values[slot] = value
		return true
	})
	for i, p := range props {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, p.Name...)
		b = append(b, `":`...)
		value := values[p.slot]
		if p.computed != nil {
			value = []byte(p.computed(t, r))
		}
		if len(value) == 0 {
			b = append(b, "null"...)
			continue
		}
		b = appendText(b, string(value))
	}
	return b
}

func (s *Sandbox) appendLinks(b []byte, t *table, r *row, v view) []byte {
	out := map[string]any{}
	for _, k := range v.links {
		type ref struct {
			ID   string `json:"id"`
			Type string `json:"type"`
		}
		var refs []ref
		name := t.meta.singular + "_to_" + s.tables[k].meta.singular
		for _, l := range t.linked(r, k) {
			// HubSpot lists a primary association twice: as such, and as the unlabelled one beneath it.
			refs = append(refs, ref{itoa(l.to), name})
			if l.primary {
				refs = append(refs, ref{itoa(l.to), name + "_unlabeled"})
			}
		}
		if refs != nil {
			out[v.named[k]] = map[string]any{"results": refs}
		}
	}
	if len(out) == 0 {
		return b
	}
	b = append(b, `,"associations":`...)
	return appendJSON(b, out)
}

func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' {
			return appendJSON(b, s)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

func appendJSON(b []byte, v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		return append(b, "null"...) // cannot happen: plain values
	}
	return append(b, raw...)
}
