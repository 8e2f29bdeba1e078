package salesforce

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bareme/bareme/sandbox/salesforce/soql"
)

// How long an org keeps what fields were: everybody sees eighteen months, queryAll six more.
const (
	historyMonths    = 18
	historyMonthsAll = 24
	mostTracked      = 20 // fields of one object
)

// Track switches the field history tracking of an object's fields on or off. What happened while it was off leaves no trace.
func (s *Sandbox) Track(object string, on bool, fields ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.objects[strings.ToLower(object)]
	if o == nil || s.historyOf(o) == nil {
		return fmt.Errorf("%s: the history of its fields cannot be tracked", object)
	}
	for _, name := range fields {
		f := o.find(name)
		if f == nil {
			return noSuchColumn(name, o.name)
		}
		if f.system != nil || f.calculated || f.kind == "address" {
			return fmt.Errorf("%s.%s: the history of such a field cannot be tracked", o.name, f.Name)
		}
		delete(s.tracked, f)
		if on {
			s.tracked[f] = true
		}
	}
	if n := len(s.trackedOf(o)); n > mostTracked {
		return fmt.Errorf("%s: %d fields are tracked, and %d is the most", o.name, n, mostTracked)
	}
	return nil
}

// historyOf is the object that keeps the changes of another's fields.
func (s *Sandbox) historyOf(o *object) *object {
	i := slices.IndexFunc(s.order, func(h *object) bool { return h.tracks == o.name })
	if i < 0 {
		return nil
	}
	return s.order[i]
}

func (s *Sandbox) trackedOf(o *object) []*field {
	var out []*field
	if len(s.tracked) == 0 {
		return nil
	}
	for _, f := range o.fields {
		if s.tracked[f] {
			out = append(out, f)
		}
	}
	return out
}

// untrack forgets a field that is taken away, with its history.
func (s *Sandbox) untrack(o *object, f *field) {
	delete(s.tracked, f)
	h := s.historyOf(o)
	if h == nil {
		return
	}
	for _, r := range slices.Clone(h.rows) {
		if r.text("Field") == f.Name {
			h.drop(r)
		}
	}
}

// copied is a row as it stands.
func (r *row) copied() *row {
	out := *r
	out.values = slices.Clone(r.values)
	return &out
}

// trace keeps what of a record's tracked fields has changed. Of a new record it keeps that it was made, and no values.
func (t *tx) trace(r, before *row, creating bool) {
	tracked := t.s.trackedOf(r.o)
	if len(tracked) == 0 {
		return
	}
	if creating {
		t.entry(r, "created", "Text", nil, nil)
		return
	}
	for _, f := range tracked {
		old, now := before.get(f), r.get(f)
		if old == now {
			continue
		}
		name := f.Name
		switch {
		case f.kind == "reference": // one row of names, one of ids
			if !f.custom() {
				name = f.Relationship
			}
			t.entry(r, name, "Text", t.nameOf(old), t.nameOf(now))
			t.entry(r, name, "EntityId", old, now)
		case f.kind == "multipicklist", f.kind == "textarea" && f.length > 255: // it changed, and that is all
			t.entry(r, name, "Text", nil, nil)
		default:
			t.entry(r, name, "Text", plainValue(f, old), plainValue(f, now))
		}
	}
}

// plainValue is a value as a field of any type holds it.
func plainValue(f *field, v any) any {
	if day, ok := v.(time.Time); ok && f.Kind == soql.Date {
		return day.Format(time.DateOnly)
	}
	return v
}

// nameOf is the name of the record an id means.
func (t *tx) nameOf(id any) any {
	text, _ := id.(string)
	if o, r := t.s.objectOf(text); r != nil {
		return r.get(o.must("Name"))
	}
	return nil
}

// entry adds a row to the history of a record.
func (t *tx) entry(r *row, name, kind string, old, now any) {
	o := t.s.historyOf(r.o)
	if o == nil || len(t.s.trackedOf(r.o)) == 0 {
		return
	}
	h := o.newRow(t.now, r.modifiedBy)
	h.put(o.must(r.o.name+"Id"), r.id)
	for column, v := range map[string]any{"Field": name, "DataType": kind, "OldValue": old, "NewValue": now} {
		h.put(o.must(column), v)
	}
	o.add(h)
	t.undo = append(t.undo, func() { o.drop(h) })
}

// lapsed tells a change that is too old to be shown any more.
func (s *Sandbox) lapsed(r *row, all bool) bool {
	if r.o.tracks == "" {
		return false
	}
	months := historyMonths
	if all {
		months = historyMonthsAll
	}
	return moment(r.created).Before(s.Now().AddDate(0, -months, 0))
}

// trackedQuery is what a client asks to learn which fields of an object are tracked.
var trackedQuery = regexp.MustCompile(`(?i)^\s*SELECT\s+QualifiedApiName\s+FROM\s+FieldDefinition\s+WHERE\s+EntityDefinition\.QualifiedApiName\s*=\s*'(\w+)'\s+AND\s+IsFieldHistoryTracked\s*=\s*true\s*$`)

// queryTracked answers it, of the fields the user may see.
func (s *Sandbox) queryTracked(c *call) (int, any, *apiError) {
	m := trackedQuery.FindStringSubmatch(c.r.URL.Query().Get("q"))
	s.mu.RLock()
	defer s.mu.RUnlock()
	records := []map[string]any{}
	v := c.viewer()
	if o := v.object(m[1]); o != nil {
		for _, f := range s.trackedOf(o) {
			if v.level(f) != none {
				records = append(records, map[string]any{"QualifiedApiName": f.Name,
					"attributes": map[string]string{"type": "FieldDefinition", "url": c.base() + "/sobjects/FieldDefinition/" + o.name + "." + f.Name}})
			}
		}
	}
	c.object, c.records = "FieldDefinition", len(records)
	return http.StatusOK, map[string]any{"totalSize": len(records), "done": true, "records": records}, nil
}
