package hubspot

import "encoding/binary"

// packed holds the values of one record: for each value the property's slot, its length and its bytes, one after the other.
// A portal of 200,000 contacts with forty values each fits in memory this way, and the garbage collector sees one pointer
// per record. It is never changed in place: whoever holds an old packed keeps the old values.
type packed []byte

// each calls f for every value, until f says stop.
func (p packed) each(f func(slot uint16, value []byte) bool) {
	for i := 0; i < len(p); {
		slot := binary.LittleEndian.Uint16(p[i:])
		n, w := binary.Uvarint(p[i+2:])
		start := i + 2 + w
		end := start + int(n)
		if !f(slot, p[start:end]) {
			return
		}
		i = end
	}
}

// get returns the value in a slot, "" when there is none.
func (p packed) get(slot uint16) string {
	var out string
	p.each(func(s uint16, v []byte) bool {
		if s != slot {
			return true
		}
		out = string(v)
		return false
	})
	return out
}

// with returns the values with some of them replaced; an empty new value removes it.
func (p packed) with(changes map[uint16]string) packed {
	size := len(p)
	for _, v := range changes {
		size += len(v) + 2 + binary.MaxVarintLen32
	}
	out := make(packed, 0, size)
	p.each(func(s uint16, v []byte) bool {
		if _, replaced := changes[s]; !replaced {
			out = appendValue(out, s, string(v))
		}
		return true
	})
	for s, v := range changes {
		if v != "" {
			out = appendValue(out, s, v)
		}
	}
	return out[:len(out):len(out)]
}

func appendValue(p packed, slot uint16, value string) packed {
	p = binary.LittleEndian.AppendUint16(p, slot)
	p = binary.AppendUvarint(p, uint64(len(value)))
	return append(p, value...)
}
