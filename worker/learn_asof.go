package worker

import (
	"fmt"
	"slices"
	"time"

	"github.com/bareme/bareme/learning"
	"github.com/bareme/bareme/learning/scorecard"
	"github.com/bareme/bareme/scoring"
)

// Basis is how an attribute is known as of the moment people are looked at.
type Basis string

// The bases.
const (
	ByHistory Basis = "history" // the CRM says what it was
	ByFixed   Basis = "fixed"   // the model file says that it does not change
)

// AsOf says of one attribute how it is known as of then.
type AsOf struct {
	Name    string `json:"name"`
	By      Basis  `json:"by"`
	Changed int    `json:"changed"` // people of whom it is something else today, or has been since
	Assumed int    `json:"assumed"` // of what is known by history and fixed: people taken as they stand today, because the history does not reach back
}

// standing is how one attribute is taken in.
type standing struct {
	name   string
	fixed  bool
	hidden bool // not known as of then: nobody may learn from it, or be scored by it
	column int  // -1: it is no candidate
	past   attributePast

	known knownThen
}

// knownThen is how an attribute is known of the people taken in.
type knownThen struct {
	Unknown []bool      // by row: it is not known what it was
	Changed []time.Time // by row: when it last changed, where today's value was taken; the zero time where not known
	Cut     int         // rows of which it is unknown because they changed too often
	Late    int         // rows that changed since
	Assumed int         // rows of which today's value was taken although others are known by history
}

// join adds how it is known of others.
func (k *knownThen) join(of *knownThen) {
	k.Unknown, k.Changed = append(k.Unknown, of.Unknown...), append(k.Changed, of.Changed...)
	k.Cut, k.Late, k.Assumed = k.Cut+of.Cut, k.Late+of.Late, k.Assumed+of.Assumed
}

// fact is what is known of an attribute of somebody as of then.
type fact struct {
	known   bool      // the value mapped as of then is the one there was
	cut     bool      // it is not known, because it changed too often since
	changed time.Time // when it last changed, as far as is known
}

// stand takes what the attributes of the subject were then. Of what is not known, today's value is taken where it is said
// not to change, and nothing elsewhere.
func (g *Gathering) stand(l *looked, known func(*standing) fact) []fact {
	facts := make([]fact, len(g.attributes))
	for slot := range g.attributes {
		a := &g.attributes[slot]
		if known != nil {
			facts[slot] = known(a)
		}
		switch {
		case !a.hidden && a.past.kept && facts[slot].known:
		case !a.hidden && a.fixed:
			facts[slot].known = false
			g.subject.Values[slot] = l.values[slot]
		default:
			facts[slot].known = false
			g.subject.Values[slot] = scoring.Value{}
		}
	}
	return facts
}

// note keeps of a row that was added how its attributes are known.
func (g *Gathering) note(l *looked, facts []fact) {
	for slot := range g.attributes {
		a, f := &g.attributes[slot], facts[slot]
		if a.column < 0 {
			continue
		}
		if f.changed.After(l.at) {
			a.known.Late++
		}
		var changed time.Time
		if a.fixed && !f.known {
			changed = f.changed
			a.known.Assumed++
		}
		a.known.Changed = append(a.known.Changed, changed)
		a.known.Unknown = append(a.known.Unknown, !a.fixed && !f.known)
		if f.cut {
			a.known.Cut++
		}
	}
}

// What is given up for attributes whose past is not known of everybody.
const (
	fewestCut   = 5    // people of whom a history is cut, at least …
	mostCut     = 0.02 // … and of all, above which it tells who changed often since
	wholeCard   = 120  // of either outcome: rows are given up as long as so many remain, which carry a whole card
	leastRemain = 0.5  // or this share of all
)

// settle makes the columns of the table. Where the past of an attribute is not known of everybody, those of whom it is not
// are left out of the table, as long as enough remain, and otherwise the attribute is: to call the unknown a value would make
// one of how far back the CRM remembers.
func (g *Gathering) settle() error {
	rows := make([]bool, g.out.Table.Len())
	for i := range rows {
		rows[i] = true
	}
	dropped := map[int]bool{}
	for _, a := range g.byHistory() {
		if why := g.affords(a, rows); why != "" {
			dropped[a.column] = true
			g.out.LeftOut = append(g.out.LeftOut, scorecard.LeftOut{Name: a.name, Why: why})
			continue
		}
		for i := range rows {
			rows[i] = rows[i] && !a.known.Unknown[i]
		}
	}
	for i := range g.columns {
		if !dropped[i] {
			g.out.Table.Columns = append(g.out.Table.Columns, g.columns[i].column())
		}
	}
	if len(g.out.Table.Columns) == 0 {
		return fmt.Errorf("%w: nothing to learn from: %s", learning.ErrTooFew, leftOutWords(g.out.LeftOut))
	}
	g.evidence(dropped)
	g.pick(rows)
	return nil
}

// byHistory are the candidates that may be unknown of some rows, the best known first.
func (g *Gathering) byHistory() []*standing {
	var list []*standing
	missing := map[string]int{}
	for slot := range g.attributes {
		a := &g.attributes[slot]
		if a.column < 0 || g.whole || !slices.Contains(a.known.Unknown, true) {
			continue
		}
		for _, unknown := range a.known.Unknown {
			if unknown {
				missing[a.name]++
			}
		}
		list = append(list, a)
	}
	slices.SortStableFunc(list, func(a, b *standing) int { return missing[a.name] - missing[b.name] })
	return list
}

// affords says why the rows of which an attribute is not known cannot be given up; "" when they can.
func (g *Gathering) affords(a *standing, rows []bool) string {
	all := len(rows)
	if a.known.Cut >= fewestCut && float64(a.known.Cut) > mostCut*float64(all) {
		return fmt.Sprintf("has changed so often since for %d of %d people that the CRM no longer tells what it was: to leave them out would leave out the busiest", a.known.Cut, all)
	}
	known, remain, yes, no := 0, 0, 0, 0
	for i, stays := range rows {
		if !a.known.Unknown[i] {
			known++
		}
		if !stays || a.known.Unknown[i] {
			continue
		}
		remain++
		switch g.out.Table.Outcomes[i] {
		case learning.Yes:
			yes++
		case learning.No:
			no++
		}
	}
	if float64(remain) >= leastRemain*float64(all) || min(yes, no) >= wholeCard {
		return ""
	}
	return fmt.Sprintf("is known as of then for only %d of %d people: the CRM's field history does not reach further back", known, all)
}

// evidence tells how each attribute is known as of then, and hands the leak guard what is known of those that are taken as
// they stand today.
func (g *Gathering) evidence(dropped map[int]bool) {
	for slot := range g.attributes {
		a := &g.attributes[slot]
		if a.column < 0 || dropped[a.column] || a.known.Changed == nil {
			continue
		}
		g.out.AsOf = append(g.out.AsOf, a.asOf())
		if slices.ContainsFunc(a.known.Changed, func(at time.Time) bool { return !at.IsZero() }) {
			if g.out.Table.History == nil {
				g.out.Table.History = map[string]learning.Changes{}
			}
			g.out.Table.History[a.name] = learning.Changes{LastChanged: a.known.Changed, Converted: g.dates}
		}
	}
}

func (a *standing) asOf() AsOf {
	if !a.past.kept || a.known.Assumed == len(a.known.Changed) { // a history that reaches back for nobody is none
		return AsOf{Name: a.name, By: ByFixed, Changed: a.known.Late}
	}
	return AsOf{Name: a.name, By: ByHistory, Changed: a.known.Late, Assumed: a.known.Assumed}
}

// pick leaves the rows that stay.
func (g *Gathering) pick(rows []bool) {
	if !slices.Contains(rows, false) {
		return
	}
	var list []int
	for i, stays := range rows {
		if stays {
			list = append(list, i)
		}
	}
	g.notes["were left out: what they were when they were looked at, the CRM does not tell"] += len(rows) - len(list)
	t := g.out.Table
	for i := range t.Columns {
		t.Columns[i] = t.Columns[i].Pick(list)
	}
	t.IDs, t.At, t.Outcomes = only(t.IDs, list), only(t.At, list), only(t.Outcomes, list)
	for name, h := range t.History {
		t.History[name] = learning.Changes{LastChanged: only(h.LastChanged, list), Converted: only(h.Converted, list)}
	}
	o := &g.out
	o.Rules, o.Today, o.Learnt = only(o.Rules, list), only(o.Today, list), only(o.Learnt, list)
	o.Grades, o.Labels = only(o.Grades, list), only(o.Labels, list)
}

// only is a list of those rows.
func only[T any](all []T, rows []int) []T {
	if all == nil {
		return nil
	}
	out := make([]T, len(rows))
	for i, row := range rows {
		out[i] = all[row]
	}
	return out
}
