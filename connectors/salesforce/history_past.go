package salesforce

import (
	"cmp"
	"slices"

	"github.com/bareme/bareme/crm"
)

// past is what a field of a record was, the lead that it may have been before included.
func (h *histories) past(one *found, name string) crm.Past {
	if one.row.is(colPerson) {
		return crm.Past{} // the changes of a person account are its account's
	}
	p := h.ofObject(one, name)
	if one.lead == nil || !p.Whole {
		return p
	}
	before := h.ofObject(one.lead, name)
	values := slices.DeleteFunc(before.Values, func(w crm.Was) bool { return !w.From.Before(one.created) })
	if len(p.Values) == 0 || p.Values[0].From.After(one.created) { // the conversion did not take it along
		values = append(values, crm.Was{From: one.created})
	}
	return crm.Past{Values: distinctValues(append(values, p.Values...)), Whole: before.Whole, Cut: before.Cut}
}

// ofObject is what a field of one record of one object was. From a moment on all changes are known: since the record was
// made, if the field was tracked by then, else since tracking is certain. What the field was at that moment is the old value
// of the first change after it, or the present one.
func (h *histories) ofObject(one *found, name string) crm.Past {
	t, there := h.tracked[one.entity][name]
	if !there {
		return crm.Past{Whole: true} // such records have no such field
	}
	f := h.p.schema.parts[one.entity].fields[name]
	text := func(raw string) string { return canonical(h.typeOf(name, f), picked(f, raw)) }
	present, since := text(one.row[name]), t.Since
	whole := !one.created.Before(since)
	if whole {
		since = one.created
	}
	p := crm.Past{Whole: whole}
	was := present
	changes := h.changesOf(one, f)
	if len(changes) > 0 {
		was = text(changes[0].old)
	}
	begin := was
	for _, c := range changes {
		if text(c.old) != was { // it changed in between, and that was not noted
			return crm.Past{Values: []crm.Was{{From: h.c.theirNow(), Value: present}}, Cut: true}
		}
		was = text(c.now)
		if !c.at.After(since) && !whole {
			begin = was
			continue
		}
		p.Values = append(p.Values, crm.Was{From: c.at, Value: was})
	}
	if was != present {
		return crm.Past{Values: []crm.Was{{From: h.c.theirNow(), Value: present}}, Cut: true}
	}
	if begin != "" || !whole {
		p.Values = slices.Insert(p.Values, 0, crm.Was{From: since, Value: begin})
	}
	p.Values = distinctValues(p.Values)
	return p
}

// typeOf is the type by which a field is read everywhere else; a link is an id.
func (h *histories) typeOf(name string, f wireField) crm.Type {
	if t, ok := h.p.types[name]; ok && name != colAccount {
		return t
	}
	return typeOf(f)
}

// changesOf are the changes of a field, oldest first; of those of the same second in the order of their ids. A lookup has two
// rows for each change: one of names and one of ids, which counts.
func (h *histories) changesOf(one *found, f wireField) []change {
	var out []change
	for _, name := range historyNames(f) {
		for _, c := range one.changes[name] {
			if f.Type == "reference" {
				var okOld, okNow bool
				c.old, okOld = idOrNone(c.old)
				c.now, okNow = idOrNone(c.now)
				if !okOld || !okNow {
					continue
				}
			}
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b change) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id)) })
	return out
}

func idOrNone(text string) (string, bool) {
	if text == "" {
		return "", true
	}
	return long(text)
}

// picked is the value of a picklist whose label the history may show instead.
func picked(f wireField, text string) string {
	for _, p := range f.Picks {
		if p.Value == text {
			return text
		}
	}
	for _, p := range f.Picks {
		if p.Label == text {
			return p.Value
		}
	}
	return text
}

// distinctValues drops values set again as they were.
func distinctValues(values []crm.Was) []crm.Was {
	return slices.CompactFunc(values, func(a, b crm.Was) bool { return a.Value == b.Value })
}
