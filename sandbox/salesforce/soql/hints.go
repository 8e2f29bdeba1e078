package soql

import (
	"strings"
	"time"
)

// bounds are what a condition tells about SystemModstamp and Id of every row that passes. Zero values are open.
type bounds struct {
	from, to time.Time
	fromID   string // of the rows stamped from: those behind this id alone
	after    string
	ids      []string
	only     bool // ids is meant, even when it is empty
}

// hint finds the bounds of a condition. It may be too wide and is never too narrow.
func (s *Statement) hint(n node) bounds {
	switch n := n.(type) {
	case *comparison:
		return s.hintOne(n)
	case *junction:
		b := s.hint(n.terms[0])
		for _, t := range n.terms[1:] {
			if n.or {
				b = b.either(s.hint(t))
			} else {
				b = b.both(s.hint(t))
			}
		}
		return b
	}
	return bounds{}
}

func (s *Statement) hintOne(n *comparison) bounds {
	c, err := s.names.operand(n.operand)
	if err != nil || n.fn != "" || n.sub != nil || len(c.names) != 1 || len(n.values) == 0 {
		return bounds{}
	}
	switch {
	case strings.EqualFold(c.names[0], "SystemModstamp"):
		return s.hintStamp(n)
	case strings.EqualFold(c.names[0], "Id") && (n.op == "=" || n.op == "IN"):
		b := bounds{only: true}
		for _, v := range n.values {
			b.ids = append(b.ids, v.text)
		}
		return b
	case strings.EqualFold(c.names[0], "Id") && (n.op == ">" || n.op == ">="):
		return bounds{after: idKey(n.values[0].text)} // the 15-character form sorts just before the 18-character one
	}
	return bounds{}
}

func (s *Statement) hintStamp(n *comparison) bounds {
	v := n.values[0]
	from, to := v.time, v.time
	if v.kind == rangeLiteral {
		from, to = span(v.text, v.n, s.now)
	} else if v.kind != dateTimeLiteral {
		return bounds{}
	}
	switch n.op {
	case ">":
		if v.kind == rangeLiteral {
			return bounds{from: to}
		}
		return bounds{from: from, fromID: behindAll}
	case ">=":
		return bounds{from: from}
	case "<", "<=":
		return bounds{to: to}
	case "=":
		return bounds{from: from, to: to}
	}
	return bounds{}
}

// behindAll sorts behind every id.
const behindAll = "~"

// later tells whether b begins later than c.
func (b bounds) later(c bounds) bool {
	if b.from.Equal(c.from) {
		return b.fromID > c.fromID
	}
	return b.from.After(c.from)
}

func (b bounds) both(c bounds) bounds {
	if c.later(b) {
		b.from, b.fromID = c.from, c.fromID
	}
	if b.to.IsZero() || !c.to.IsZero() && c.to.Before(b.to) {
		b.to = c.to
	}
	if b.after = max(b.after, c.after); !b.from.IsZero() && b.from.Equal(b.to) {
		b.fromID = max(b.fromID, b.after) // one moment: the two bounds are one
	}
	if !b.only {
		b.ids, b.only = c.ids, c.only
	}
	return b
}

func (b bounds) either(c bounds) bounds {
	if b.later(c) {
		b.from, b.fromID = c.from, c.fromID
	}
	switch {
	case b.to.IsZero() || c.to.IsZero():
		b.to = time.Time{}
	case c.to.After(b.to):
		b.to = c.to
	}
	b.after = min(b.after, c.after)
	if b.only = b.only && c.only; b.only {
		b.ids = append(b.ids[:len(b.ids):len(b.ids)], c.ids...)
	} else {
		b.ids = nil
	}
	return b
}

// ask turns bounds and order into a question to the source.
func (s *Statement) ask(deleted bool) Ask {
	a := Ask{Deleted: deleted, From: s.hints.from, To: s.hints.to, FromID: s.hints.fromID, AfterID: s.hints.after, Order: s.wanted()}
	if s.hints.only {
		a.IDs = s.hints.ids
		if a.IDs == nil {
			a.IDs = []string{}
		}
	}
	return a
}

// wanted is the order of an index that makes sorting needless: AnyOrder when there is none.
func (s *Statement) wanted() Order {
	var names []string
	for _, k := range s.sorts {
		if k.descending || len(k.names) != 1 || k.field == nil {
			return AnyOrder
		}
		names = append(names, k.field.Name)
	}
	switch strings.Join(names, ",") {
	case "Id":
		return ByID
	case "SystemModstamp", "SystemModstamp,Id":
		return ByStamp
	}
	return AnyOrder
}
