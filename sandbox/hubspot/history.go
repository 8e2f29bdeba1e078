package hubspot

import "encoding/binary"

// Source says who or what changed a value, as HubSpot's property history shows it.
type Source struct {
	Type   string `json:"sourceType"` // CRM_UI, INTEGRATION, API, IMPORT, FORM, EMAIL, ANALYTICS, CALCULATED …
	ID     string `json:"sourceId,omitempty"`
	Label  string `json:"sourceLabel,omitempty"`
	UserID int64  `json:"updatedByUserId,omitempty"`
}

// Change is one entry of a property's history.
type Change struct {
	Value  string `json:"value"`
	At     int64  `json:"at"` // milliseconds since 1970
	Source Source `json:"source"`
}

// historyDepth is how many changes of one property are kept, as HubSpot keeps the newest twenty.
const historyDepth = 20

// historyBytes is the size at which a record's history is thinned out to historyDepth changes per property.
const historyBytes = 8 << 10

// changes is the history of one record, packed as slot, time, source, length and bytes per change, oldest first.
type changes []byte

func (c changes) add(slot uint16, at int64, source uint8, value string) changes {
	c = binary.LittleEndian.AppendUint16(c, slot)
	c = binary.LittleEndian.AppendUint64(c, uint64(at))
	c = append(c, source)
	c = binary.AppendUvarint(c, uint64(len(value)))
	return append(c, value...)
}

// has says whether a property has any history.
func (c changes) has(slot uint16) bool {
	for i := 0; i < len(c); {
		if binary.LittleEndian.Uint16(c[i:]) == slot {
			return true
		}
		n, w := binary.Uvarint(c[i+11:])
		i += 11 + w + int(n)
	}
	return false
}

type rawChange struct {
	slot   uint16
	at     int64
	source uint8
	value  string
}

func (c changes) list() []rawChange {
	var out []rawChange
	for i := 0; i < len(c); {
		n, w := binary.Uvarint(c[i+11:])
		start := i + 11 + w
		end := start + int(n)
		out = append(out, rawChange{
			slot:   binary.LittleEndian.Uint16(c[i:]),
			at:     int64(binary.LittleEndian.Uint64(c[i+2:])),
			source: c[i+10],
			value:  string(c[start:end]),
		})
		i = end
	}
	return out
}

// thin keeps the newest changes of each property.
func (c changes) thin() changes {
	all := c.list()
	seen := map[uint16]int{}
	keep := make([]bool, len(all))
	for i := len(all) - 1; i >= 0; i-- {
		seen[all[i].slot]++
		keep[i] = seen[all[i].slot] <= historyDepth
	}
	var out changes
	for i, ch := range all {
		if keep[i] {
			out = out.add(ch.slot, ch.at, ch.source, ch.value)
		}
	}
	return out
}
