package scoring

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// ChangeKind says what would have to happen for a change.
type ChangeKind string

// The kinds of change.
const (
	ByActivity ChangeKind = "activity" // something is done
	ByFact     ChangeKind = "fact"     // an attribute is found out, or becomes another
	ByTime     ChangeKind = "time"     // nothing is done for some time
)

// Change is one thing that would give a subject another grade, everything else staying as it is.
type Change struct {
	Kind ChangeKind `json:"kind"`
	Lift bool       `json:"lift"` // the other grade is better
	From string     `json:"from"` // today's grade, "" when there is none
	To   string     `json:"to"`   // the grade it would be, "" for none
	Text string     `json:"text"` // "One meeting by 5 Dec 2026 would make this B2 an A1"

	Activity string `json:"activity,omitempty"` // ByActivity: the kind,
	Times    int    `json:"times,omitempty"`    // and how often

	Fact     *Fact    `json:"fact,omitempty"`
	Criteria []string `json:"criteria,omitempty"` // those that would then give points and do not today

	// Until is the last day on which the activity would still have this effect, at most WhatIfDays away; or the moment
	// at which, without any activity, the grade is another one.
	Until *time.Time `json:"until,omitempty"`

	Slot  int   `json:"-"` // of the attribute or kind of activity
	Value Value `json:"-"` // an example of the fact
}

// Fact is what an attribute would have to be.
type Fact struct {
	Attribute string   `json:"attribute"`
	Known     bool     `json:"known"`            // something is known of it today
	OneOf     []string `json:"one_of,omitempty"` // any of these: texts, yes and no, days
	Range     *Range   `json:"range,omitempty"`  // for numbers and amounts

	Type Type `json:"-"` // of the attribute
}

// Range is a range of numbers; a nil bound is none.
type Range struct {
	From  *float64 `json:"from,omitempty"`
	Above bool     `json:"above,omitempty"` // From itself is not in it
	To    *float64 `json:"to,omitempty"`
	Below bool     `json:"below,omitempty"` // To itself is not in it
}

// How far WhatWouldChange looks: activity within WhatIfDays, waiting for waitDays, at most three times the same
// activity, not more values of one attribute than mostGuesses, and not more scores in all than mostTries.
const (
	WhatIfDays  = 30
	waitDays    = 365
	mostTimes   = 3
	mostGuesses = 60
	mostTries   = 5000
)

// WhatWouldChange lists the nearest facts that would lift or lower a subject's grade, what lifts first: one more
// activity of each kind, up to three times; what unknown attributes would have to be, then known ones; and for how long
// nothing may be done. Each has been tried by scoring again, so what it promises holds, as long as nothing else changes.
// Nothing that is known today is imagined worse than it is. r is the subject's result as of now; lang is "en" or "fr".
// A model without grades has no such changes.
func (m *Model) WhatWouldChange(s *Subject, now time.Time, r *Result, lang string) []Change {
	if m.grade == nil {
		return nil
	}
	w := whatIf{m: m, subject: s, now: now, today: r}
	w.activities()
	w.waiting()
	w.facts()
	list := w.nearest()
	words := phrasesOfChanges(lang)
	for i := range list {
		list[i].Text = words.change(&list[i])
	}
	return list
}

// Applied is the subject as it would be after the change, and the moment to score it for.
func (c *Change) Applied(s *Subject, now time.Time) (Subject, time.Time) {
	out := *s
	switch c.Kind {
	case ByTime:
		return out, *c.Until
	case ByActivity:
		out.Events = append(slices.Clone(s.Events), Event{Kind: uint16(c.Slot), Count: uint32(c.Times), At: now.UnixMilli(), Amount: math.NaN()})
	case ByFact:
		out.Values = slices.Clone(s.Values)
		for len(out.Values) <= c.Slot {
			out.Values = append(out.Values, Value{})
		}
		out.Values[c.Slot] = c.Value
	}
	return out, now
}

// whatIf tries changes on one subject.
type whatIf struct {
	m       *Model
	subject *Subject
	now     time.Time
	today   *Result
	then    Result // of the latest try
	tries   int
	found   []Change
}

// try scores the subject with a change, at a moment some days from now. Once there were too many tries, nothing more
// changes.
func (w *whatIf) try(c *Change, days int) *Result {
	if w.tries++; w.tries > mostTries {
		return w.today
	}
	s, at := c.Applied(w.subject, w.now.AddDate(0, 0, days))
	w.m.Score(&s, at, &w.then)
	return &w.then
}

// moves reports whether a result has another grade than today's, and whether a better one.
func (w *whatIf) moves(then *Result) (lift, moved bool) {
	if then.Grade == w.today.Grade {
		return false, false
	}
	row, column, ok := w.m.grade.cell(then.Grade)
	wasRow, wasColumn, was := w.m.grade.cell(w.today.Grade)
	switch {
	case !ok || !was:
		return ok, true
	case row <= wasRow && column <= wasColumn:
		return true, true
	case row >= wasRow && column >= wasColumn:
		return false, true
	}
	return then.Base > w.today.Base, true
}

// cell finds a grade in the matrix.
func (g *compiledGrade) cell(grade string) (row, column int, ok bool) {
	for i, names := range g.names {
		if j := slices.Index(names, grade); j >= 0 {
			return i, j, true
		}
	}
	return 0, 0, false
}

// keep notes a change that was tried.
func (w *whatIf) keep(c Change, then *Result, lift bool) {
	c.Lift, c.From, c.To = lift, w.today.Grade, then.Grade
	w.found = append(w.found, c)
}

// activities tries one more of each kind of activity now, then two, then three.
func (w *whatIf) activities() {
	for kind, name := range w.m.schema.Activities {
		var done [2]bool // lowered, lifted
		for times := 1; times <= mostTimes && (!done[0] || !done[1]); times++ {
			c := Change{Kind: ByActivity, Activity: name, Times: times, Slot: kind}
			then := w.try(&c, 0)
			lift, moved := w.moves(then)
			at := sideOf(lift)
			if !moved || done[at] {
				continue
			}
			done[at] = true
			c.Criteria = w.newCriteria(then)
			w.keep(c, then, lift)
			w.found[len(w.found)-1].Until = w.lasts(c, then.Grade)
		}
	}
}

// sideOf is the place of a direction in a pair: what lowers, then what lifts.
func sideOf(lift bool) int {
	if lift {
		return 1
	}
	return 0
}

// lasts finds the last day on which an activity would still have its effect, had it none the day after.
func (w *whatIf) lasts(c Change, grade string) *time.Time {
	days := 0
	for days < WhatIfDays && w.try(&c, days+1).Grade == grade {
		days++
	}
	until := w.now.AddDate(0, 0, days)
	return &until
}

// waiting looks for the first days on which the grade is another one, if nothing happens.
func (w *whatIf) waiting() {
	var done [2]bool // lowered, lifted
	for days := 1; days <= waitDays && (!done[0] || !done[1]); days++ {
		until := w.now.AddDate(0, 0, days)
		c := Change{Kind: ByTime, Until: &until}
		then := w.try(&c, 0)
		lift, moved := w.moves(then)
		at := sideOf(lift)
		if moved && !done[at] {
			done[at] = true
			w.keep(c, then, lift)
		}
	}
}

// newCriteria names the criteria that give points in a result and do not today.
func (w *whatIf) newCriteria(then *Result) []string {
	var list []string
	for _, l := range then.Lines {
		if l.Kind != Earned || slices.ContainsFunc(w.today.Lines, func(o Line) bool {
			return o.Kind == Earned && o.Score == l.Score && o.Group == l.Group && o.Criterion == l.Criterion
		}) {
			continue
		}
		if _, _, name := w.m.Names(l); name != "" {
			list = append(list, name)
		}
	}
	return list
}

// mostChanges is how many changes of one kind and direction are told.
const mostChanges = 4

// nearest orders what was found, what lifts first, and keeps the first few of each kind.
func (w *whatIf) nearest() []Change {
	slices.SortStableFunc(w.found, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.order(), b.order()), cmp.Compare(a.Times, b.Times))
	})
	kept := map[int]int{}
	return slices.DeleteFunc(w.found, func(c Change) bool {
		kept[c.order()]++
		return kept[c.order()] > mostChanges
	})
}

// order puts what lifts first, and within that what can be done before what can be found out, before what would have to
// be different, before waiting.
func (c *Change) order() int {
	n := map[ChangeKind]int{ByActivity: 0, ByFact: 1, ByTime: 3}[c.Kind]
	if c.Fact != nil && c.Fact.Known {
		n++
	}
	if !c.Lift {
		n += 4
	}
	return n
}
