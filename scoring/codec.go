package scoring

import (
	"encoding/binary"
	"errors"
	"math"
)

// ErrEncoding means that bytes are not an encoded subject, or one of a version this program does not know. Map the
// subject again.
var ErrEncoding = errors.New("scoring: not an encoded subject of a known version; map the subject again")

const encodingVersion = 1

// Forms of a number: whole numbers are short, others exact.
const (
	formWhole = 0 << 4
	formFloat = 1 << 4

	formEstimated = 2 << 4 // of a date, beside one of the others
)

// Flags of an event, below its kind.
const (
	eventUndated = 1 << iota
	eventMany    // a count other than 1 follows
	eventAmount  // an amount follows
	eventZero    // the amount is zero and does not follow
	eventFlags   = 4
)

// AppendBinary appends the subject to dst, compactly. Equal subjects give equal bytes. It fails only for a type of
// value that does not exist.
func (s *Subject) AppendBinary(dst []byte) ([]byte, error) {
	dst = append(dst, encodingVersion)
	dst = binary.AppendUvarint(dst, uint64(len(s.Values)))
	for i := range s.Values {
		if s.Values[i].Type > Money {
			return nil, errors.New("scoring: a value has a type that does not exist")
		}
		dst = s.Values[i].append(dst)
	}
	dst = binary.AppendUvarint(dst, uint64(len(s.Events)))
	var before int64
	for i := range s.Events {
		dst = s.Events[i].append(dst, &before)
	}
	return dst, nil
}

// append writes a byte with type and form, then the value.
func (v *Value) append(dst []byte) []byte {
	t := byte(v.Type)
	switch v.Type {
	case Number, Money, Date:
		if v.Estimated && v.Type == Date {
			t |= formEstimated
		}
		if whole := int64(v.Num); float64(whole) == v.Num && whole > -maxInteger && whole < maxInteger && !negativeZero(v.Num) {
			return binary.AppendVarint(append(dst, t|formWhole), whole)
		}
		return binary.LittleEndian.AppendUint64(append(dst, t|formFloat), math.Float64bits(v.Num))
	case Bool:
		if v.Num != 0 {
			return append(dst, t|1<<4)
		}
		return append(dst, t)
	case Text:
		return appendText(append(dst, t), v.Str)
	case List:
		dst = binary.AppendUvarint(append(dst, t), uint64(len(v.List)))
		for _, text := range v.List {
			dst = appendText(dst, text)
		}
		return dst
	}
	return append(dst, t)
}

func negativeZero(f float64) bool { return f == 0 && math.Signbit(f) }

func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// append writes kind and flags, then the time since the event before, which is short when they lie close together.
func (e *Event) append(dst []byte, before *int64) []byte {
	flags := uint64(0)
	if e.At == 0 {
		flags |= eventUndated
	}
	if e.Count != 1 {
		flags |= eventMany
	}
	switch {
	case math.IsNaN(e.Amount):
	case e.Amount == 0 && !negativeZero(e.Amount):
		flags |= eventZero
	default:
		flags |= eventAmount
	}
	dst = binary.AppendUvarint(dst, uint64(e.Kind)<<eventFlags|flags)
	if e.At != 0 {
		dst = binary.AppendVarint(dst, e.At-*before)
		*before = e.At
	}
	if flags&eventMany != 0 {
		dst = binary.AppendUvarint(dst, uint64(e.Count))
	}
	if flags&eventAmount != 0 {
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(e.Amount))
	}
	return dst
}
