package scoring

import (
	"maps"
	"math"
	"slices"
)

// world is what must be true of a subject, as far as conditions were followed. It stands for more subjects than there are,
// never for fewer: a world found impossible is.
type world struct {
	numbers map[string]numbers // by the text of the expression, such as employees or days_since(renewal)
	texts   map[string]texts
	flags   map[string]bool
	known   map[string]bool
	why     map[string][]string // the parts of the condition that said so
}

// numbers are those an expression may be.
type numbers struct {
	from, to         float64
	above, below     bool // the bound itself is not among them
	whole            bool
	oneOf, otherThan []float64 // nil oneOf: any
}

// texts are those an expression may be.
type texts struct{ oneOf, otherThan []string } // nil oneOf: any

func anyNumber() numbers { return numbers{from: math.Inf(-1), to: math.Inf(1)} }

// clone copies a world, so that two branches do not meet.
func (w world) clone() world {
	return world{maps.Clone(w.numbers), maps.Clone(w.texts), maps.Clone(w.flags), maps.Clone(w.known), maps.Clone(w.why)}
}

func newWorld() world {
	return world{map[string]numbers{}, map[string]texts{}, map[string]bool{}, map[string]bool{}, map[string][]string{}}
}

// because notes what was said about an expression.
func (w world) because(key, part string) { w.why[key] = append(slices.Clip(w.why[key]), part) }

// isKnown notes whether an expression is known; false when the opposite was said.
func (w world) isKnown(key string, known bool) bool {
	was, said := w.known[key]
	w.known[key] = known
	return !said || was == known
}

// is notes that a flag has a value; false when it has the other one.
func (w world) is(key string, value bool) bool {
	was, said := w.flags[key]
	w.flags[key] = value
	return !said || was == value
}

// number narrows an expression down; counts says that it is a whole number from 0 on. False when no number is left.
func (w world) number(key string, counts bool, narrow func(*numbers)) bool {
	n, ok := w.numbers[key]
	if !ok {
		n = anyNumber()
		if counts {
			n.from, n.whole = 0, true
		}
	}
	narrow(&n)
	w.numbers[key] = n
	return n.some()
}

// text narrows an expression down; false when no text is left.
func (w world) text(key string, narrow func(*texts)) bool {
	t := w.texts[key]
	narrow(&t)
	w.texts[key] = t
	if t.oneOf == nil {
		return true
	}
	return slices.ContainsFunc(t.oneOf, func(s string) bool { return !slices.Contains(t.otherThan, s) })
}

// has reports whether a number is among them.
func (n *numbers) has(x float64) bool {
	switch {
	case x < n.from, x > n.to, x == n.from && n.above, x == n.to && n.below, n.whole && x != math.Trunc(x):
		return false
	}
	return !slices.Contains(n.otherThan, x)
}

// some reports whether any number is left.
func (n *numbers) some() bool {
	if n.oneOf != nil {
		return slices.ContainsFunc(n.oneOf, n.has)
	}
	from, to := n.from, n.to
	if n.whole {
		if from = math.Ceil(from); from == n.from && n.above {
			from++
		}
		if to = math.Floor(to); to == n.to && n.below {
			to--
		}
		// a few whole numbers may all be ruled out one by one
		for x := from; to-from <= 100 && x <= to; x++ {
			if !slices.Contains(n.otherThan, x) {
				return true
			}
		}
		return to-from > 100
	}
	if from == to {
		return n.has(from)
	}
	return from < to
}

// narrow takes an operator and a number into account.
func (n *numbers) narrow(op string, x float64) {
	switch op {
	case "==":
		n.only([]float64{x})
	case "!=":
		n.otherThan = append(slices.Clip(n.otherThan), x)
	case "<", "<=":
		if x < n.to || x == n.to && op == "<" {
			n.to, n.below = x, op == "<"
		}
	case ">", ">=":
		if x > n.from || x == n.from && op == ">" {
			n.from, n.above = x, op == ">"
		}
	}
}

func (n *numbers) only(list []float64) {
	if n.oneOf == nil {
		n.oneOf = slices.Clone(list)
		return
	}
	n.oneOf = slices.DeleteFunc(slices.Clone(n.oneOf), func(x float64) bool { return !slices.Contains(list, x) })
}

func (t *texts) only(list []string) {
	if t.oneOf == nil {
		t.oneOf = slices.Clone(list)
		return
	}
	t.oneOf = slices.DeleteFunc(slices.Clone(t.oneOf), func(x string) bool { return !slices.Contains(list, x) })
}
