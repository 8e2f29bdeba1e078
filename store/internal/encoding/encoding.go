// Package encoding turns what stores keep into bytes and back: one form for every database, so that state can move between
// them as it is.
package encoding

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// ErrEncoding is a row whose bytes cannot be what we wrote.
var ErrEncoding = errors.New("a stored row cannot be read")

// Fields are kept as a count, then names and values each behind their length, in name order: equal fields have equal
// bytes, and reading them costs one string and one map. No fields are read as nil.

// AppendString appends a text behind its length.
func AppendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// AppendFields appends fields.
func AppendFields(b []byte, f crm.Fields) []byte {
	b = binary.AppendUvarint(b, uint64(len(f)))
	var room [24]string
	names := room[:0]
	for name := range f {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		b = AppendString(AppendString(b, name), f[name])
	}
	return b
}

func appendLinks(b []byte, links map[string][]string) []byte {
	b = binary.AppendUvarint(b, uint64(len(links)))
	for _, object := range slices.Sorted(maps.Keys(links)) {
		b = AppendString(b, object)
		b = binary.AppendUvarint(b, uint64(len(links[object])))
		for _, id := range links[object] {
			b = AppendString(b, id)
		}
	}
	return b
}

// AppendActivity appends everything of an activity but its id and version.
func AppendActivity(b []byte, a *crm.Activity) []byte {
	b = binary.AppendVarint(b, a.Time.Unix())
	b = binary.AppendUvarint(b, uint64(a.Time.Nanosecond()))
	return appendLinks(AppendFields(b, a.Fields), a.Links)
}

// Decoder reads what the append functions wrote. After the first fault it only returns zero values; see Done.
type Decoder struct {
	rest string
	bad  bool
}

// NewDecoder reads from the beginning of b.
func NewDecoder(b string) *Decoder { return &Decoder{rest: b} }

func (d *Decoder) uvarint() uint64 {
	var v uint64
	for i := 0; i < len(d.rest) && i < binary.MaxVarintLen64; i++ {
		c := d.rest[i]
		v |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			d.rest = d.rest[i+1:]
			return v
		}
	}
	d.bad, d.rest = true, ""
	return 0
}

func (d *Decoder) varint() int64 {
	u := d.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

// Text reads what AppendString wrote.
func (d *Decoder) Text() string {
	n := d.uvarint()
	if n > uint64(len(d.rest)) {
		d.bad, d.rest = true, ""
		return ""
	}
	s := d.rest[:n]
	d.rest = d.rest[n:]
	return s
}

// count reads how many parts follow; each takes at least one byte, which bounds what a damaged row can make us reserve.
func (d *Decoder) count() int {
	n := d.uvarint()
	if n > uint64(len(d.rest)) {
		d.bad, d.rest = true, ""
		return 0
	}
	return int(n)
}

func (d *Decoder) fields() crm.Fields {
	n := d.count()
	if n == 0 {
		return nil
	}
	f := make(crm.Fields, n)
	for range n {
		name := d.Text()
		f[name] = d.Text()
	}
	return f
}

func (d *Decoder) links() map[string][]string {
	n := d.count()
	if n == 0 {
		return nil
	}
	links := make(map[string][]string, n)
	for range n {
		object := d.Text()
		ids := make([]string, d.count())
		for i := range ids {
			ids[i] = d.Text()
		}
		links[object] = ids
	}
	return links
}

func (d *Decoder) activity(a *crm.Activity) {
	seconds := d.varint()
	a.Time = time.Unix(seconds, int64(d.uvarint())).UTC()
	a.Fields = d.fields()
	a.Links = d.links()
}

// Done reports a fault, or something left over.
func (d *Decoder) Done() error {
	if d.bad || d.rest != "" {
		return ErrEncoding
	}
	return nil
}

// Fields reads what AppendFields wrote; no fields are nil.
func Fields(b []byte) (crm.Fields, error) {
	d := Decoder{rest: string(b)}
	f := d.fields()
	return f, d.Done()
}

// Activity reads what AppendActivity wrote.
func Activity(b []byte, a *crm.Activity) error {
	d := Decoder{rest: string(b)}
	d.activity(a)
	return d.Done()
}

// NoTime stands for the zero time, which nanoseconds since 1970 cannot reach.
const NoTime = math.MinInt64

// The points in time nanoseconds can name; what lies outside is kept as the nearest of them.
var (
	firstTime = time.Unix(0, math.MinInt64+1)
	lastTime  = time.Unix(0, math.MaxInt64)
)

// Time is a moment in nanoseconds since 1970, NoTime for the zero time; what lies outside is kept as the nearest that can
// be.
func Time(t time.Time) int64 {
	switch {
	case t.IsZero():
		return NoTime
	case t.Before(firstTime):
		return math.MinInt64 + 1
	case t.After(lastTime):
		return math.MaxInt64
	}
	return t.UnixNano()
}

// Moment reads what Time wrote.
func Moment(n int64) time.Time {
	if n == NoTime {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}

// Ledger entries are read rarely and kept for years: JSON, with short names. The moment is a column of its own.
type (
	storedPlanned struct {
		Scored bool    `json:"scored,omitempty"`
		Score  float64 `json:"score,omitempty"`
		Rows   float64 `json:"rows,omitempty"`
		Cols   float64 `json:"cols,omitempty"`
		Grade  string  `json:"grade,omitempty"`
		Label  string  `json:"label,omitempty"`
		Trend  string  `json:"trend,omitempty"`
	}
	storedEntry struct {
		Run     string        `json:"run,omitempty"`
		Model   string        `json:"model,omitempty"`
		Old     storedPlanned `json:"old,omitzero"`
		New     storedPlanned `json:"new,omitzero"`
		First   bool          `json:"first,omitempty"`
		Reasons []string      `json:"reasons,omitempty"`
		Since   time.Time     `json:"since,omitzero"`
	}
)

// Entry is a ledger entry as JSON, without its moment.
func Entry(e *worker.Entry) ([]byte, error) {
	return json.Marshal(storedEntry{
		Run: e.Run, Model: e.Model, Old: storedPlanned(e.Old), New: storedPlanned(e.New), First: e.First, Reasons: e.Reasons, Since: e.Since,
	})
}

// ParseEntry reads what Entry wrote.
func ParseEntry(b []byte, at time.Time) (worker.Entry, error) {
	var s storedEntry
	if err := json.Unmarshal(b, &s); err != nil {
		return worker.Entry{}, ErrEncoding
	}
	return worker.Entry{
		At: at, Run: s.Run, Model: s.Model, Old: worker.Planned(s.Old), New: worker.Planned(s.New), First: s.First, Reasons: s.Reasons, Since: s.Since,
	}, nil
}
