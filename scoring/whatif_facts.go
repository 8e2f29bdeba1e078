package scoring

import (
	"slices"
	"strconv"
	"time"

	"github.com/expr-lang/expr/ast"
)

// guess is one value an attribute might have, and how it is told.
type guess struct {
	value Value
	text  string
}

// facts tries, for each attribute that conditions ask for, the values they ask about.
func (w *whatIf) facts() {
	asks := w.m.askedOf()
	for slot, a := range w.m.schema.Attributes {
		asked := asks[slot]
		if asked == nil {
			continue
		}
		known := slot < len(w.subject.Values) && w.subject.Values[slot].Type != Unknown
		if a.Type == Number || a.Type == Money {
			w.numbers(slot, a, known, asked)
			continue
		}
		var current Value
		if known {
			current = w.subject.Values[slot]
		}
		w.oneOf(slot, a, known, asked.guesses(a.Type, current, w.now))
	}
}

// askedOf is how the model's conditions use each attribute. It is found once: reading conditions takes longer than scoring.
func (m *Model) askedOf() []*asked {
	m.asking.Do(func() {
		var trees []ast.Node
		for _, c := range m.conditions() {
			if tree, problem := parseCondition(c.text); problem == nil {
				trees = append(trees, tree)
			}
		}
		m.asked = make([]*asked, len(m.schema.Attributes))
		for slot, a := range m.schema.Attributes {
			m.asked[slot] = comparedWith(trees, a.Name)
		}
	})
	return m.asked
}

// fact tries one value; what known facts would lower is no news.
func (w *whatIf) fact(slot int, a Attribute, known bool, v Value) (c Change, moved bool) {
	c = Change{Kind: ByFact, Fact: &Fact{Attribute: a.Name, Known: known, Type: a.Type}, Slot: slot, Value: v}
	then := w.try(&c, 0)
	lift, moved := w.moves(then)
	if !moved || known && !lift {
		return c, false
	}
	c.Lift, c.From, c.To, c.Criteria = lift, w.today.Grade, then.Grade, w.newCriteria(then)
	return c, true
}

// oneOf keeps, for each direction, the values that lead to the same grade as the first that leads anywhere.
func (w *whatIf) oneOf(slot int, a Attribute, known bool, guesses []guess) {
	first := map[bool]int{} // by direction, place in found
	for _, g := range guesses {
		c, moved := w.fact(slot, a, known, g.value)
		if !moved {
			continue
		}
		at, seen := first[c.Lift]
		if !seen {
			c.Fact.OneOf = []string{g.text}
			first[c.Lift] = len(w.found)
			w.found = append(w.found, c)
		} else if same := &w.found[at]; same.To == c.To {
			same.Fact.OneOf = append(same.Fact.OneOf, g.text)
			same.onlyWith(&c)
		}
	}
}

// onlyWith leaves those criteria that another fact, told together with this one, would earn as well.
func (c *Change) onlyWith(other *Change) {
	c.Criteria = slices.DeleteFunc(c.Criteria, func(name string) bool { return !slices.Contains(other.Criteria, name) })
}

// numbers tries every number conditions compare the attribute with, what lies between them, below and above. Where they
// do nothing but compare it, neighbours of the same effect are one range.
func (w *whatIf) numbers(slot int, a Attribute, known bool, asked *asked) {
	cuts := asked.cuts()
	if len(cuts) == 0 {
		return
	}
	points := []float64{cuts[0] - 1}
	for i, cut := range cuts {
		if i > 0 {
			points = append(points, (cuts[i-1]+cut)/2)
		}
		points = append(points, cut)
	}
	points = append(points, cuts[len(cuts)-1]+1) // even places lie between cuts, odd ones on them
	changes := make([]*Change, len(points))
	for i, x := range points {
		if c, moved := w.fact(slot, a, known, Value{Type: a.Type, Num: x}); moved {
			changes[i] = &c
		}
	}
	var told [2]bool
	for _, i := range nearestFirst(points, w.subject, slot, known) {
		c := changes[i]
		if c == nil {
			continue
		}
		at := sideOf(c.Lift)
		if told[at] {
			continue
		}
		from, to := i, i
		if !asked.otherwise {
			for from > 0 && changes[from-1] != nil && changes[from-1].To == c.To {
				from--
				c.onlyWith(changes[from])
			}
			for to < len(points)-1 && changes[to+1] != nil && changes[to+1].To == c.To {
				to++
				c.onlyWith(changes[to])
			}
		} else if i%2 == 0 {
			continue // between two numbers nothing is sure
		}
		told[at] = true
		c.Fact.Range = rangeOf(cuts, from, to)
		w.found = append(w.found, *c)
	}
}

// rangeOf turns places among the points of numbers into bounds.
func rangeOf(cuts []float64, from, to int) *Range {
	r := &Range{}
	if from > 0 {
		r.From, r.Above = &cuts[(from-1)/2], from%2 == 0
	}
	if to < 2*len(cuts) {
		r.To, r.Below = &cuts[to/2], to%2 == 0
	}
	return r
}

// nearestFirst orders places by how far their points lie from what is known today; else as they stand.
func nearestFirst(points []float64, s *Subject, slot int, known bool) []int {
	order := make([]int, len(points))
	for i := range order {
		order[i] = i
	}
	if known {
		x := s.Values[slot].Num
		slices.SortStableFunc(order, func(i, j int) int {
			a, b := points[i]-x, points[j]-x
			switch {
			case max(a, -a) < max(b, -b):
				return -1
			case max(a, -a) > max(b, -b):
				return 1
			}
			return 0
		})
	}
	return order
}

// guesses are the values of an attribute that is not a number. A list keeps what it holds.
func (a *asked) guesses(t Type, current Value, now time.Time) []guess {
	var list []guess
	switch t {
	case Bool:
		return []guess{{Value{Type: Bool, Num: 1}, "yes"}, {Value{Type: Bool}, "no"}}
	case Text:
		for _, text := range a.texts {
			list = append(list, guess{Value{Type: Text, Str: text}, strconv.Quote(text)})
		}
	case List:
		for _, text := range a.texts {
			if !slices.Contains(current.List, text) {
				list = append(list, guess{Value{Type: List, List: append(slices.Clone(current.List), text)}, strconv.Quote(text)})
			}
		}
	case Date:
		for _, days := range a.numbers {
			if days < -waitDays*100 || days > waitDays*100 {
				continue
			}
			for _, d := range []float64{days, days - 1, days + 1} {
				at := now.Add(-time.Duration(d * float64(day)))
				list = append(list, guess{Value{Type: Date, Num: float64(at.UnixMilli())}, at.Format(time.DateOnly)})
			}
		}
	}
	return list[:min(len(list), mostGuesses)]
}

// cuts are the numbers asked about, each once, ascending.
func (a *asked) cuts() []float64 {
	cuts := slices.Clone(a.numbers)
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	return cuts[:min(len(cuts), mostGuesses)]
}
