package salesforce

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bareme/bareme/sandbox/salesforce/soql"
)

// row is one record. Its values are those of its object's fields that have a place, of the Go types package soql names; nil is null.
type row struct {
	o                        *object
	id                       string
	created, modified, stamp int64 // milliseconds, always whole seconds, as Salesforce has them
	createdBy, modifiedBy    string
	deleted                  bool
	values                   []any
}

func (r *row) get(f *field) any {
	switch {
	case f.system != nil:
		return f.system(r)
	case f.kind == "address":
		return addressOf(r, f)
	case f.place < 0 || f.place >= len(r.values):
		return nil // a field added after the record was made
	}
	return r.values[f.place]
}

// Value is what package soql reads.
func (r *row) Value(f *soql.Field) any { return r.get(r.o.fields[f.Slot]) }

// text is a value as text, "" for null.
func (r *row) text(name string) string {
	s, _ := r.get(r.o.must(name)).(string)
	return s
}

func (r *row) truth(name string) bool {
	b, _ := r.get(r.o.must(name)).(bool)
	return b
}

// put sets a value, keeping the indexes right.
func (r *row) put(f *field, v any) {
	if f.place < 0 {
		return
	}
	for len(r.values) <= f.place {
		r.values = append(r.values, nil)
	}
	old := r.values[f.place]
	r.values[f.place] = v
	if index := r.o.index[f.place]; index != nil {
		index.move(r, old, v)
	}
}

// moment is a time from milliseconds.
func moment(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// table holds an object's rows in the order of their ids.
type table struct {
	next    uint64
	rows    []*row
	byID    map[string]*row
	index   map[int]valueIndex // by place: the fields records are looked up by
	deletes []deletion
	stamps  []*row // by stamp, then id; nil: to be sorted anew
	sorting *sync.Mutex
}

// deletion is an entry of the log that /deleted reads.
type deletion struct {
	id string
	at int64
}

func newTable() table {
	return table{next: 1, byID: map[string]*row{}, index: map[int]valueIndex{}, sorting: new(sync.Mutex)}
}

// valueIndex finds rows by a value, text without regard to case.
type valueIndex map[string][]*row

func indexKey(v any) string {
	s, _ := v.(string)
	return strings.ToLower(s)
}

func (x valueIndex) move(r *row, from, to any) {
	a, b := indexKey(from), indexKey(to)
	if a == b {
		return
	}
	if a != "" {
		x[a] = slices.DeleteFunc(x[a], func(other *row) bool { return other == r })
		if len(x[a]) == 0 {
			delete(x, a)
		}
	}
	if b != "" {
		x[b] = append(x[b], r)
	}
}

// by returns the rows with a text value of a field, deleted ones too. The first call builds the index.
func (o *object) by(f *field, value string) []*row {
	index := o.index[f.place]
	if index == nil {
		index = valueIndex{}
		for _, r := range o.rows {
			index.move(r, nil, r.get(f))
		}
		o.index[f.place] = index
	}
	return index[strings.ToLower(value)]
}

// live is by, without the deleted ones.
func (o *object) live(f *field, value string) []*row {
	var out []*row
	for _, r := range o.by(f, value) {
		if !r.deleted {
			out = append(out, r)
		}
	}
	return out
}

// newRow makes an empty record with the next id.
func (o *object) newRow(now int64, by string) *row {
	r := &row{o: o, id: recordID(o.prefix, o.next), created: now, modified: now, stamp: now, createdBy: by, modifiedBy: by,
		values: make([]any, o.slots)}
	o.next++
	return r
}

// add files a record.
func (o *object) add(r *row) {
	o.rows = append(o.rows, r)
	o.byID[r.id] = r
	o.stamps = nil
	for place, index := range o.index {
		if place < len(r.values) {
			index.move(r, nil, r.values[place])
		}
	}
}

// drop removes a record without a trace.
func (o *object) drop(r *row) {
	for place, index := range o.index {
		if place < len(r.values) {
			index.move(r, r.values[place], nil)
		}
	}
	delete(o.byID, r.id)
	if i, found := slices.BinarySearchFunc(o.rows, r.id, func(r *row, id string) int { return strings.Compare(r.id, id) }); found {
		o.rows = slices.Delete(o.rows, i, i+1)
	}
	o.stamps = nil
}

// byStamp returns the rows by SystemModstamp, then id.
func (o *object) byStamp() []*row {
	o.sorting.Lock() // readers share the table
	defer o.sorting.Unlock()
	if o.stamps == nil {
		o.stamps = slices.Clone(o.rows)
		slices.SortStableFunc(o.stamps, func(a, b *row) int { // rows come by id
			switch {
			case a.stamp < b.stamp:
				return -1
			case a.stamp > b.stamp:
				return 1
			}
			return 0
		})
	}
	return o.stamps
}

// addressOf puts a compound address together.
func addressOf(r *row, f *field) any {
	prefix := strings.TrimSuffix(f.Name, "Address")
	out := map[string]any{"geocodeAccuracy": nil, "latitude": nil, "longitude": nil}
	empty := true
	for part, key := range map[string]string{"Street": "street", "City": "city", "State": "state", "PostalCode": "postalCode", "Country": "country"} {
		v := r.get(r.o.must(prefix + part))
		out[key] = v
		empty = empty && v == nil
	}
	if empty {
		return nil
	}
	return out
}

// second is the org's time in milliseconds, whole seconds only: Salesforce stamps records no finer.
func (s *Sandbox) second() int64 { return s.Now().Unix() * 1000 }
