package worker

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/bareme/bareme/learning"
)

// A look back at many people can be taken in parts, by several processes: what each has gathered of its people is packed,
// and joined to a history in the order of the parts.

// gathered is what was gathered of some people.
type gathered struct {
	Past     map[string]pastThen // by attribute
	Who      sample
	Calls    int // of CRMs' APIs
	Columns  []learnColumn
	Known    []knownThen // by slot
	IDs      []string
	Outcomes []learning.Outcome
	At       []time.Time
	Dates    []time.Time
	Rules    []float64
	Today    []float64
	Learnt   []float64
	Grades   []string
	Labels   []string
	Cases    []learning.Case
	Notes    map[string]int
}

// pastThen is what was found out of the past of an attribute, apart from the people.
type pastThen struct {
	Kept, Partly bool
	Why          string
}

// errOtherParts says that parts cannot be joined.
var errOtherParts = fmt.Errorf("%w: its parts were not gathered alike: something changed meanwhile", learning.ErrTable)

// pack is what a look back has gathered.
func (v *view) pack() ([]byte, error) {
	g := v.g
	out := gathered{
		Past: map[string]pastThen{}, Who: v.who, Calls: v.r.spent, Columns: g.columns, Dates: g.dates, Cases: g.cases, Notes: g.notes,
		Rules: g.out.Rules, Today: g.out.Today, Learnt: g.out.Learnt, Grades: g.out.Grades, Labels: g.out.Labels,
	}
	for i := range g.attributes {
		a := &g.attributes[i]
		out.Past[a.name] = pastThen{a.past.kept, a.past.partly, a.past.why}
		out.Known = append(out.Known, a.known)
	}
	if t := g.out.Table; t != nil {
		out.IDs, out.Outcomes, out.At = t.IDs, t.Outcomes, t.At
	}
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(out)
	return b.Bytes(), err
}

// unpack reads what was packed.
func unpack(packed []byte) (out gathered, err error) {
	if err := gob.NewDecoder(bytes.NewReader(packed)).Decode(&out); err != nil {
		return out, fmt.Errorf("what was gathered of a part cannot be read: %w", err)
	}
	if !out.whole() {
		return out, errors.New("what was gathered of a part is not whole")
	}
	return out, nil
}

// whole reports whether there is as much of everything as there are people.
func (p *gathered) whole() bool {
	rows := len(p.IDs)
	for _, n := range []int{len(p.Outcomes), len(p.Dates), len(p.Rules), len(p.Today), len(p.Learnt), len(p.Grades), len(p.Labels), len(p.At)} {
		if n != rows {
			return false
		}
	}
	for i := range p.Columns {
		if c := &p.Columns[i]; c.rows() != rows || len(c.Texts)+len(c.Lists) > 0 && len(c.Known) != rows {
			return false
		}
	}
	for i := range p.Known {
		if k := &p.Known[i]; len(k.Unknown) != len(k.Changed) || len(k.Unknown) != 0 && len(k.Unknown) != rows {
			return false
		}
	}
	return true
}

// joining puts together what was gathered of parts.
type joining struct {
	w     *Worker
	first *gathered
	g     *Gathering
	calls int
}

// add joins one part, after those that come before it in the order of ids.
func (j *joining) add(packed []byte) error {
	p, err := unpack(packed)
	if err != nil {
		return err
	}
	if j.g == nil {
		if err := j.begin(&p); err != nil {
			return err
		}
	}
	g := j.g
	if !maps.Equal(p.Past, j.first.Past) || p.Who != j.first.Who || len(p.Known) != len(g.attributes) ||
		!slices.EqualFunc(p.Columns, g.columns, func(a, b learnColumn) bool { return a.Name == b.Name && a.Type == b.Type }) {
		return errOtherParts
	}
	j.calls += p.Calls
	for i := range p.Columns {
		g.columns[i].join(&p.Columns[i])
	}
	for i := range p.Known {
		g.attributes[i].known.join(&p.Known[i])
	}
	for what, n := range p.Notes {
		g.notes[what] += n
	}
	g.dates, g.cases = append(g.dates, p.Dates...), append(g.cases, p.Cases...)
	o := &g.out
	o.Rules, o.Today, o.Learnt = append(o.Rules, p.Rules...), append(o.Today, p.Today...), append(o.Learnt, p.Learnt...)
	o.Grades, o.Labels = append(o.Grades, p.Grades...), append(o.Labels, p.Labels...)
	if len(p.IDs) > 0 {
		t := g.table()
		t.IDs, t.Outcomes, t.At = append(t.IDs, p.IDs...), append(t.Outcomes, p.Outcomes...), append(t.At, p.At...)
	}
	return nil
}

// begin makes room, by what the first part found out of the past.
func (j *joining) begin(first *gathered) (err error) {
	past := map[string]attributePast{}
	for name, p := range first.Past {
		past[name] = attributePast{kept: p.Kept, partly: p.Partly, why: p.Why}
	}
	j.first = first
	j.g, err = newGathering(j.w.Model, *j.w.Learn, false, j.w.Now(), past)
	return err
}

// history is that of the people of all parts.
func (j *joining) history() (*History, error) {
	if j.g == nil {
		return nil, fmt.Errorf("%w: nobody is left to learn from: %s", learning.ErrTooFew, orNobody(nil))
	}
	return j.g.history(j.calls, j.first.Who)
}
