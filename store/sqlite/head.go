package sqlite

import (
	"encoding/binary"
	"math"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

// head is what a subject holds beside its mapped inputs: what the record shows and is about to show. It is one column,
// because a sweep reads every subject and each column costs as much as the row; what is sorted and counted by stands in
// two columns of its own as well: score and class.
type head struct {
	aside   bool // the pending update is set aside
	planned worker.Planned
	shown   []byte // encoded fields, nil when nothing was ever written
}

const (
	headAside = 1 << iota
	headScored
	headShown
)

func (h *head) encode() []byte {
	p := &h.planned
	var flags byte
	for _, f := range []struct {
		set bool
		bit byte
	}{{h.aside, headAside}, {p.Scored, headScored}, {h.shown != nil, headShown}} {
		if f.set {
			flags |= f.bit
		}
	}
	b := make([]byte, 0, 48+len(h.shown))
	b = append(b, flags)
	for _, v := range []float64{p.Score, p.Rows, p.Cols} {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	for _, s := range []string{p.Grade, p.Label, p.Trend} {
		b = encoding.AppendString(b, s)
	}
	return append(b, h.shown...)
}

// decodeHead reads a head; its shown bytes are a part of b.
func decodeHead(b []byte, w words) (h head, err error) {
	const fixed = 1 + 3*8
	if len(b) < fixed {
		return head{}, encoding.ErrEncoding
	}
	number := func(i int) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b[1+8*i:])) }
	h.aside = b[0]&headAside != 0
	h.planned = worker.Planned{Scored: b[0]&headScored != 0, Score: number(0), Rows: number(1), Cols: number(2)}
	rest := b[fixed:]
	for _, word := range []*string{&h.planned.Grade, &h.planned.Label, &h.planned.Trend} {
		n, used := binary.Uvarint(rest)
		if used <= 0 || n > uint64(len(rest)-used) {
			return head{}, encoding.ErrEncoding
		}
		end := used + int(n)
		*word = w.of(rest[used:end])
		rest = rest[end:]
	}
	switch shown := b[0]&headShown != 0; {
	case shown:
		h.shown = rest
	case len(rest) > 0:
		return head{}, encoding.ErrEncoding
	}
	return h, nil
}

// unscoredPart is the part of the histogram of those who are in none.
const unscoredPart = 255

// class is what a person is counted by, in one key.
func class(p worker.Planned) []byte {
	part := byte(unscoredPart)
	if p.Scored {
		part = byte(max(0, min(9, p.Score/10)))
	}
	return encoding.AppendString(encoding.AppendString(encoding.AppendString([]byte{part}, p.Grade), p.Label), p.Trend)
}

// fields are what the record shows: nil when nothing was ever written, empty when all of it was cleared.
func (h *head) fields() (crm.Fields, error) {
	if h.shown == nil {
		return nil, nil
	}
	f, err := encoding.Fields(h.shown)
	if f == nil {
		f = crm.Fields{}
	}
	return f, err
}

// words keeps one copy of the few words that repeat in every row.
type words map[string]string

func (w words) of(b []byte) string {
	if s, ok := w[string(b)]; ok { // does not allocate
		return s
	}
	s := string(b)
	w[s] = s
	return s
}
