package crmtest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bareme/bareme/crm"
)

// Memory is a CRM in memory and the connector to it at once: it implements crm.Connector with every optional ability,
// and System. It never sleeps: waiting only shows in Usage. Set the exported fields before the first call.
type Memory struct {
	PageSize   int           // records a page holds; 100 when 0
	BatchSize  int           // updates one write request holds; 100 when 0
	Lag        time.Duration // how long a change stays out of sight of Records and Activities
	MergeToNew bool          // a merge makes a new record, as HubSpot does, instead of keeping the winner's id
	AccountID  string        // "memory" when ""

	Untracked map[string]string // fields ("people.jobtitle") and links ("people.companies") without a history, and why
	Remembers time.Duration     // how far back changes are kept; 0: for ever
	Depth     int               // how many values of a field are kept, the latest; 0: all

	now   func() time.Time
	tries int // 0 is defaultTries

	mu      sync.Mutex
	ahead   time.Duration // how far Settle moved the CRM's clock
	seq     int64         // counts changes; a record's place in the pull order
	nextID  int
	objects map[string]*table
	owners  []crm.Owner
	queue   []fault
	watch   []watcher
	asked   int
	written int
	usage   crm.Usage
}

// table is one object: its fields, its records and activities, and the traces of those that left.
type table struct {
	schema   map[string]crm.Field
	archived map[string]crm.Field
	rows     map[string]*row
	merged   map[string]string // id absorbed -> id it went into
	removed  []trace           // in order of leaving
}

// row is one record or one activity.
type row struct {
	id       string
	seq      int64
	modified time.Time
	at       time.Time // activities only
	fields   crm.Fields
	links    map[string][]string
	absorbed []string
	refused  bool
	created  time.Time
	past     map[string][]crm.Was // by field, and by "→" and object of the primary link; what it began with too
}

// trace is what is left of a deleted record.
type trace struct {
	id  string
	seq int64
	at  time.Time
}

var (
	_ crm.Connector   = (*Memory)(nil)
	_ crm.Provisioner = (*Memory)(nil)
	_ crm.Reader      = (*Memory)(nil)
	_ crm.Sweeper     = (*Memory)(nil)
	_ crm.OwnerLister = (*Memory)(nil)
	_ crm.Metered     = (*Memory)(nil)
	_ crm.Historian   = (*Memory)(nil)
	_ System          = (*Memory)(nil)
)

// NewMemory returns an empty CRM whose clock is now. Objects and fields come to be by Put, PutActivity and Declare.
func NewMemory(now func() time.Time) *Memory {
	m := &Memory{now: now, objects: map[string]*table{}}
	m.usage.Calls = map[string]int{}
	for _, object := range []string{crm.People, crm.Companies, crm.Deals, crm.Calls, crm.Emails, crm.Meetings, crm.Notes, crm.Tasks,
		crm.Communications} {
		m.table(object)
	}
	return m
}

// table returns the object of that name, made when there is none. The caller holds mu, or is NewMemory.
func (m *Memory) table(object string) *table {
	t := m.objects[object]
	if t == nil {
		t = &table{schema: map[string]crm.Field{}, archived: map[string]crm.Field{}, rows: map[string]*row{}, merged: map[string]string{}}
		m.objects[object] = t
	}
	return t
}

// clock is the CRM's own time. The caller holds mu.
func (m *Memory) clock() time.Time { return m.now().UTC().Add(m.ahead) }

// touch marks a row as changed now. The caller holds mu.
func (m *Memory) touch(r *row) {
	m.seq++
	r.seq, r.modified = m.seq, m.clock()
}

// Declare adds fields to an object, or replaces those of the same name. Fields that Put meets undeclared are
// writable text.
func (m *Memory) Declare(object string, fields ...crm.Field) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range fields {
		f.Label = cmp.Or(f.Label, f.Name)
		f.Type = cmp.Or(f.Type, crm.Text)
		m.table(object).schema[f.Name] = f
	}
}

func (t *table) declareMissing(fields crm.Fields) {
	for name := range fields {
		if _, ok := t.schema[name]; !ok {
			t.schema[name] = crm.Field{Name: name, Label: name, Type: crm.Text, Writable: true}
		}
	}
}

// Put creates a record with exactly these fields and links, or replaces the one of that id.
func (m *Memory) Put(object, id string, fields crm.Fields, links map[string][]string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(object, id, fields, links)
}

func (m *Memory) put(object, id string, fields crm.Fields, links map[string][]string) *row {
	t := m.table(object)
	t.declareMissing(fields)
	r := &row{id: id, fields: crm.Fields{}, links: cloneLinks(links), created: m.clock()}
	if old := t.rows[id]; old != nil {
		r.absorbed, r.refused, r.created, r.past = old.absorbed, old.refused, old.created, old.past
	}
	r.set(fields)
	r.remember(m.clock())
	t.rows[id] = r
	delete(t.merged, id)
	t.removed = slices.DeleteFunc(t.removed, func(x trace) bool { return x.id == id })
	m.touch(r)
	return r
}

// PutActivity creates an activity of a source, or replaces the one of that id.
func (m *Memory) PutActivity(source string, a crm.Activity) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(source, a.ID, a.Fields, a.Links).at = a.Time.UTC()
}

// PutOwner adds an owner, or replaces the one of that id.
func (m *Memory) PutOwner(o crm.Owner) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.owners = slices.DeleteFunc(m.owners, func(x crm.Owner) bool { return x.ID == o.ID })
	m.owners = append(m.owners, o)
	slices.SortFunc(m.owners, func(a, b crm.Owner) int { return strings.Compare(a.ID, b.ID) })
}

// Create implements System.
func (m *Memory) Create(object string, fields crm.Fields, links map[string][]string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.put(object, m.freshID(), fields, links).id
}

// CreateActivity implements System.
func (m *Memory) CreateActivity(source string, a crm.Activity) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.put(source, m.freshID(), a.Fields, a.Links)
	r.at = a.Time.UTC()
	return r.id
}

// freshID returns an id no record has had. The caller holds mu.
func (m *Memory) freshID() string {
	for {
		m.nextID++
		id := fmt.Sprintf("%04d", m.nextID)
		taken := false
		for _, t := range m.objects {
			_, merged := t.merged[id]
			taken = taken || merged || t.rows[id] != nil
		}
		if !taken {
			return id
		}
	}
}

// Values returns the values of every record of an object by id, in canonical text.
func (m *Memory) Values(object string) map[string]crm.Fields {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.table(object)
	out := make(map[string]crm.Fields, len(t.rows))
	for id, r := range t.rows {
		out[id] = t.canonical(r.fields, slices.Collect(maps.Keys(r.fields))...)
	}
	return out
}

// Stored implements System.
func (m *Memory) Stored(object, id string) (crm.Fields, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.table(object).rows[id]
	if r == nil {
		return nil, false
	}
	return maps.Clone(r.fields), true
}

// Writes counts the updates the CRM carried out, also those whose acknowledgement was lost on the way.
func (m *Memory) Writes() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.written
}

// set takes over values; "" clears.
func (r *row) set(fields crm.Fields) {
	for name, value := range fields {
		if value == "" {
			delete(r.fields, name)
		} else {
			r.fields[name] = value
		}
	}
}

func cloneLinks(links map[string][]string) map[string][]string {
	out := make(map[string][]string, len(links))
	for object, ids := range links {
		out[object] = slices.Clone(ids)
	}
	return out
}
