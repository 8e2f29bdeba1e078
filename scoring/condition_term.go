package scoring

import (
	"math"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
)

// termKind is the type of a part of a condition.
type termKind uint8

const (
	badKind termKind = iota // already complained about
	numberKind
	textKind
	boolKind
	dateKind
	listKind    // an attribute that holds several texts
	numbersKind // [1, 2, 3] written out
	textsKind   // ["a", "b"] written out
	rangeKind   // 1..10
	nilKind
)

func (k termKind) String() string {
	return [...]string{
		"wrong", "a number", "a text", "true or false", "a date", "a list", "a list of numbers", "a list of texts", "a range", "nil",
	}[k]
}

// The parts of a condition as functions of the facts. The second result is false when the value is not known.
type (
	numberFunc func(*facts) (float64, bool)
	textFunc   func(*facts) (string, bool)
	flagFunc   func(*facts) truth
	dateFunc   func(*facts) (int64, bool)
	listFunc   func(*facts) ([]string, bool)
)

// term is a compiled part of a condition: the one function of its kind, or constants.
type term struct {
	kind   termKind
	number numberFunc
	text   textFunc
	flag   flagFunc
	date   dateFunc
	list   listFunc

	constant bool // a number or text written out; then num or str holds it
	num      float64
	str      string
	nums     []float64
	texts    []string
}

func constNumber(f float64) term {
	return term{kind: numberKind, constant: true, num: f, number: func(*facts) (float64, bool) { return f, true }}
}

func constText(s string) term {
	return term{kind: textKind, constant: true, str: s, text: func(*facts) (string, bool) { return s, true }}
}

func constFlag(b bool) term {
	t := no
	if b {
		t = yes
	}
	return term{kind: boolKind, constant: true, flag: func(*facts) truth { return t }}
}

// attributeTerm reads one slot. A value of another type than the schema's is not known.
func attributeTerm(slot int, typ Type) term {
	switch typ {
	case Number, Money:
		return term{kind: numberKind, number: func(f *facts) (float64, bool) {
			v := &f.values[slot]
			return v.Num, (v.Type == Number || v.Type == Money) && finite(v.Num)
		}}
	case Text:
		return term{kind: textKind, text: func(f *facts) (string, bool) {
			v := &f.values[slot]
			return v.Str, v.Type == Text
		}}
	case Bool:
		return term{kind: boolKind, flag: func(f *facts) truth {
			v := &f.values[slot]
			switch {
			case v.Type != Bool:
				return maybe
			case v.Num != 0:
				return yes
			}
			return no
		}}
	case Date:
		return term{kind: dateKind, date: func(f *facts) (int64, bool) {
			v := &f.values[slot]
			return int64(v.Num), v.Type == Date && finite(v.Num) && math.Abs(v.Num) < 1<<53
		}}
	case List:
		return term{kind: listKind, list: func(f *facts) ([]string, bool) {
			v := &f.values[slot]
			return v.List, v.Type == List
		}}
	}
	return term{}
}

func finite(f float64) bool { return f-f == 0 }

// maxInteger is the largest whole number that is exact as a float64.
const maxInteger = 1 << 53

func (c *checker) integer(n *ast.IntegerNode) term {
	if n.Value > maxInteger || n.Value < -maxInteger {
		return c.fail(n, "this number is too large", "")
	}
	return constNumber(float64(n.Value))
}

// array compiles a list written out: all numbers or all texts.
func (c *checker) array(n *ast.ArrayNode) term {
	if len(n.Nodes) == 0 {
		return c.fail(n, "this list is empty, so nothing is in it", "write the values between [ and ]")
	}
	var t term
	for _, element := range n.Nodes {
		e := c.check(element)
		switch {
		case e.kind == badKind:
			return e
		case !e.constant || e.kind == boolKind:
			return c.fail(element, "a list may only hold numbers and texts written out", "compare with or instead")
		case e.kind == numberKind:
			t.nums = append(t.nums, e.num)
		default:
			t.texts = append(t.texts, e.str)
		}
	}
	switch {
	case t.texts == nil:
		t.kind = numbersKind
	case t.nums == nil:
		t.kind = textsKind
	default:
		return c.fail(n, "this list mixes numbers and texts", "")
	}
	return t
}

// knownness makes a condition that is true when a term is known and false when it is not.
func (t term) knownness() flagFunc {
	is := func(ok bool) truth {
		if ok {
			return yes
		}
		return no
	}
	switch t.kind {
	case numberKind:
		return func(f *facts) truth { _, ok := t.number(f); return is(ok) }
	case textKind:
		return func(f *facts) truth { _, ok := t.text(f); return is(ok) }
	case boolKind:
		return func(f *facts) truth { return is(t.flag(f) != maybe) }
	case dateKind:
		return func(f *facts) truth { _, ok := t.date(f); return is(ok) }
	case listKind:
		return func(f *facts) truth { _, ok := t.list(f); return is(ok) }
	}
	return nil
}

// length is len(…) of a text, in characters, or of a list.
func (t term) length() numberFunc {
	if t.kind == listKind {
		return func(f *facts) (float64, bool) { l, ok := t.list(f); return float64(len(l)), ok }
	}
	return func(f *facts) (float64, bool) { s, ok := t.text(f); return float64(utf8.RuneCountInString(s)), ok }
}
