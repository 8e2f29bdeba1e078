package scoring

import (
	"encoding/binary"
	"math"
)

// UnmarshalBinary reads what AppendBinary wrote into s, whose memory it reuses. The subject does not hold on to b. On
// an error, which is ErrEncoding, s is empty.
func (s *Subject) UnmarshalBinary(b []byte) error {
	d := decoder{bytes: b, text: string(b), ok: true}
	if d.byte() != encodingVersion {
		d.ok = false
	}
	s.Values = resized(s.Values, d.size())
	for i := 0; i < len(s.Values) && d.ok; i++ {
		d.value(&s.Values[i])
	}
	s.Events = resized(s.Events, d.size())
	var before int64
	for i := 0; i < len(s.Events) && d.ok; i++ {
		d.event(&s.Events[i], &before)
	}
	if !d.ok || d.at != len(b) {
		s.Values, s.Events = s.Values[:0], s.Events[:0]
		return ErrEncoding
	}
	return nil
}

// resized is a slice of n elements in the same memory when there is enough of it.
func resized[T any](s []T, n int) []T {
	if n <= cap(s) {
		return s[:n]
	}
	return make([]T, n)
}

// decoder reads forward through bytes. After anything wrong, ok is false and it only returns zeros. Texts are parts of
// one copy of the bytes.
type decoder struct {
	bytes []byte
	text  string
	at    int
	ok    bool
}

func (d *decoder) byte() byte {
	if d.at >= len(d.bytes) {
		d.ok = false
		return 0
	}
	d.at++
	return d.bytes[d.at-1]
}

func (d *decoder) uvarint() uint64 {
	if at := d.at; at < len(d.bytes) {
		if b := d.bytes[at]; b < 0x80 {
			d.at = at + 1
			return uint64(b)
		}
	}
	return d.longUvarint()
}

// longUvarint is uvarint for more than one byte, kept apart so that the short case stays short.
//
//go:noinline
func (d *decoder) longUvarint() uint64 {
	var v uint64
	for i := d.at; i < len(d.bytes) && i < d.at+binary.MaxVarintLen64; i++ {
		b := d.bytes[i]
		v |= uint64(b&0x7f) << (7 * (i - d.at))
		if b < 0x80 {
			d.at = i + 1
			return v
		}
	}
	d.ok = false
	return 0
}

func (d *decoder) varint() int64 {
	u := d.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

// size reads a number of things that take at least a byte each, so that no length makes us ask for more memory than the
// bytes could fill.
func (d *decoder) size() int {
	n := d.uvarint()
	if !d.ok || n > uint64(len(d.bytes)-d.at) {
		d.ok = false
		return 0
	}
	return int(n)
}

func (d *decoder) float() float64 {
	if len(d.bytes)-d.at < 8 {
		d.ok = false
		return 0
	}
	d.at += 8
	return math.Float64frombits(binary.LittleEndian.Uint64(d.bytes[d.at-8:]))
}

func (d *decoder) string() string {
	n := d.size()
	d.at += n
	return d.text[d.at-n : d.at]
}

func (d *decoder) value(v *Value) {
	head := d.byte()
	t, form := Type(head&15), head&^15
	list := v.List
	*v = Value{Type: t}
	switch t {
	case Unknown:
		d.ok = d.ok && form == 0
	case Number, Money, Date:
		if t == Date {
			v.Estimated = form&formEstimated != 0
			form &^= formEstimated
		}
		switch form {
		case formWhole:
			v.Num = float64(d.varint())
		case formFloat:
			v.Num = d.float()
		default:
			d.ok = false
		}
	case Bool:
		v.Num = float64(form >> 4)
		d.ok = d.ok && form <= 1<<4
	case Text:
		v.Str = d.string()
		d.ok = d.ok && form == 0
	case List:
		v.List = resized(list, d.size())
		for i := 0; i < len(v.List) && d.ok; i++ {
			v.List[i] = d.string()
		}
		d.ok = d.ok && form == 0
	default:
		d.ok = false
	}
}

func (d *decoder) event(e *Event, before *int64) {
	head := d.uvarint()
	if head>>eventFlags > math.MaxUint16 {
		d.ok = false
		return
	}
	*e = Event{Kind: uint16(head >> eventFlags), Count: 1, Amount: math.NaN()}
	if head&eventUndated == 0 {
		*before += d.varint()
		e.At = *before
	}
	if head&eventMany != 0 {
		n := d.uvarint()
		d.ok = d.ok && n <= math.MaxUint32
		e.Count = uint32(n)
	}
	if head&eventZero != 0 {
		e.Amount = 0
	}
	if head&eventAmount != 0 {
		e.Amount = d.float()
	}
}
