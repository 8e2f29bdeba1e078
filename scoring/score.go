package scoring

import (
	"math"
	"math/bits"
	"time"

	"github.com/bareme/bareme/learning/nextproduct"
	"github.com/bareme/bareme/scoring/rfm"
)

// scratch is the working memory of one Score call.
type scratch struct {
	facts   facts
	kinds   []kindTally
	rules   []ruleTally
	every   kindTally // of every kind together
	filter  filterScratch
	results []Value  // the subject's values and the results, for rules over both
	missing []uint64 // attributes an undecided condition needed, as bits by slot
	padded  []Value  // values of a subject that has fewer than are asked for
	bought  rfm.Purchases
}

// Score is ScoreFrom for a subject in no stage yet.
func (m *Model) Score(s *Subject, now time.Time, r *Result) { m.ScoreFrom(s, "", now, r) }

// ScoreFrom computes everything about one subject as of now into r, whose memory it reuses. It may be called from many
// goroutines at once, each with its own Result. The same model, subject and now give the same result, whatever the
// order of the events.
//
// A score is known when at least one of its criteria has an answer: a condition when it is true or false because of
// something known (that known(budget) is false is no such thing, nor are the points it may give for not knowing); an
// activity criterion always, since no activity is an answer too; an inactivity criterion when there is dated activity.
// A score that is not known has no points and no lines. The overall score exists (Scored) when every score that weighs in it is known. The
// grade needs its own two scores only.
//
// previous is the stage of the lifecycle the subject was in, "" for none: leaving a stage may take more than not entering
// it. Nothing else depends on it.
func (m *Model) ScoreFrom(s *Subject, previous string, now time.Time, r *Result) {
	w := m.borrow()
	defer m.giveBack(w)
	r.reset()
	m.begin(w, s, now.UnixMilli(), r)
	if m.filters.ignores(&w.facts) {
		r.forget()
		r.ignore(len(m.scores))
		return
	}
	whole := m.scope.of(w)
	if whole == no {
		r.forget()
		r.outside(len(m.scores))
		return
	}
	for i := range m.scores {
		m.scoreInScope(w, i, whole, r)
	}
	m.finish(w, r)
	m.place(w, previous, r)
}

// place finds stage and route, which may depend on every other result.
func (m *Model) place(w *scratch, previous string, r *Result) {
	if len(m.stages) == 0 && len(m.routes) == 0 && len(m.rollUps) == 0 {
		return
	}
	f := &w.facts
	w.results = m.resultValues(r, append(w.results[:0], f.values[:len(m.extended.Attributes)]...))
	f.values = w.results
	if r.Stage = stageNow(m.stages, previous, f); r.Stage != "" {
		f.values[len(f.values)-1] = Value{Type: Text, Str: r.Stage}
	}
	if len(m.stages) > 0 || len(m.routes) > 0 {
		r.Route = m.route(f, r)
	}
	m.counted(f, r)
}

func (m *Model) borrow() *scratch {
	if w, ok := m.scratch.Get().(*scratch); ok {
		return w
	}
	return &scratch{
		kinds:   make([]kindTally, len(m.schema.Activities)),
		rules:   make([]ruleTally, len(m.rules)),
		missing: make([]uint64, (len(m.extended.Attributes)+63)/64),
		padded:  make([]Value, len(m.extended.Attributes)),
	}
}

// giveBack forgets the subject, so that no personal data outlives the call.
func (m *Model) giveBack(w *scratch) {
	w.facts = facts{}
	clear(w.results)
	clear(w.filter.kept)
	if m.makes() {
		clear(w.padded)
		w.bought.Reset()
	}
	m.scratch.Put(w)
}

func (r *Result) reset() {
	r.Scores, r.Lines, r.Unknown = r.Scores[:0], r.Lines[:0], r.Unknown[:0]
	r.Overall, r.Scored, r.Grade, r.Label, r.Later = 0, false, "", "", 0
	r.Stage, r.Route, r.Dropped, r.Ignored = "", "", Dropped{}, false
	r.Outside, r.Hand = false, nil
	r.Counted = r.Counted[:0]
	r.Base, r.Adjustments, r.Moves = 0, r.Adjustments[:0], r.Moves[:0]
	r.forget()
}

// forget empties what was made of what the subject did.
func (r *Result) forget() {
	r.Buyers, r.Valued, r.NextProduct, r.NextRule = r.Buyers[:0], Valued{}, "", nextproduct.Rule{}
}

// ignore leaves a subject without any score.
func (r *Result) ignore(scores int) {
	r.Ignored = true
	for range scores {
		r.Scores = append(r.Scores, Score{})
	}
}

// begin goes through the events once and adds them to the tallies.
func (m *Model) begin(w *scratch, s *Subject, now int64, r *Result) {
	clear(w.kinds)
	clear(w.rules)
	clear(w.missing)
	w.every = kindTally{}
	values := s.Values
	if mapped := len(m.schema.Attributes); m.makes() {
		values = w.padded
		clear(values[copy(values, s.Values[:min(mapped, len(s.Values))]):])
	} else if len(values) < len(w.padded) {
		values = w.padded
		clear(values[copy(values, s.Values):])
	}
	events := s.Events
	if m.filters.active {
		events = m.filters.apply(&w.filter, events, now, r)
	}
	w.facts = facts{values: values, events: events, tally: w.kinds, now: now}
	for i := range events {
		e := &events[i]
		if int(e.Kind) >= len(m.byKind) {
			continue
		}
		if e.At > now {
			r.Later += int(e.times())
			continue
		}
		w.kinds[e.Kind].add(e)
		w.every.add(e)
		for _, rule := range m.byKind[e.Kind] {
			w.rules[rule].add(&m.rules[rule], e, now)
		}
	}
	if m.makes() {
		m.customers(w, r)
	}
}

func (t *kindTally) add(e *Event) {
	t.times += e.times()
	if e.At != 0 && (!t.dated || e.At > t.last) {
		t.last, t.dated = e.At, true
	}
}

// scoreOne computes score i: the clamped sum of capped groups.
func (m *Model) scoreOne(w *scratch, i int, r *Result) {
	s := &m.scores[i]
	if s.purchases {
		m.scorePurchases(i, r)
		return
	}
	known, first := false, len(r.Lines)
	var sum Points
	for g := range s.groups {
		points, answered := m.group(w, i, g, r)
		sum += points
		known = known || answered
	}
	if !known {
		r.Scores, r.Lines = append(r.Scores, Score{}), r.Lines[:first]
		w.missAll(s)
		return
	}
	if sum > s.max {
		r.Lines = append(r.Lines, Line{Kind: ScoreMax, Score: uint16(i), Points: s.max - sum})
		sum = s.max
	}
	if sum < s.min {
		r.Lines = append(r.Lines, Line{Kind: ScoreMin, Score: uint16(i), Points: s.min - sum})
		sum = s.min
	}
	r.Scores = append(r.Scores, Score{Points: sum, Known: true})
}

// group adds up a group's criteria, between its floor and its cap. answered: some criterion had an answer.
func (m *Model) group(w *scratch, score, index int, r *Result) (sum Points, answered bool) {
	g := &m.scores[score].groups[index]
	first := len(r.Lines)
	for i := range g.criteria {
		at := Line{Score: uint16(score), Group: uint16(index), Criterion: uint16(i)}
		points, known := m.answer(w, &g.criteria[i], at, r)
		sum += points
		answered = answered || known
	}
	if !answered && len(r.Lines) == first {
		return 0, false // nothing is known, so a floor above zero gives nothing either
	}
	line := Line{Score: uint16(score), Group: uint16(index)}
	switch {
	case g.max != nil && sum > *g.max:
		line.Kind, line.Points = GroupCap, *g.max-sum
	case g.min != nil && sum < *g.min:
		line.Kind, line.Points = GroupFloor, *g.min-sum
	default:
		return sum, answered
	}
	r.Lines = append(r.Lines, line)
	return sum + line.Points, answered
}

// answer asks one criterion and appends its lines.
func (m *Model) answer(w *scratch, c *compiledCriterion, line Line, r *Result) (points Points, known bool) {
	switch c.family {
	case byCondition:
		return w.condition(c, line, r)
	case byInactivity:
		return w.inactivity(c, line, r)
	}
	rule, tally := &m.rules[c.rule], &w.rules[c.rule]
	earned, full := tally.total(rule, w.facts.now)
	if earned == 0 {
		return 0, true
	}
	line.Points, line.Full, line.Last = earned, full, tally.last
	line.Times = uint32(min(tally.times, math.MaxUint32))
	r.Lines = append(r.Lines, line)
	capped := rule.capped(earned)
	if capped != earned {
		line.Kind, line.Points, line.Full, line.Times, line.Last = CriterionCap, capped-earned, 0, 0, 0
		r.Lines = append(r.Lines, line)
	}
	return capped, true
}

func (w *scratch) condition(c *compiledCriterion, line Line, r *Result) (Points, bool) {
	switch c.condition.holds(&w.facts) {
	case no:
		return 0, c.condition.knows(&w.facts)
	case yes:
		line.Points, line.Full, line.Estimated = c.points, c.points, c.condition.rests(&w.facts)
		r.Lines = append(r.Lines, line)
		return c.points, c.condition.knows(&w.facts)
	}
	w.miss(c.condition.needs)
	if c.unknown == nil || *c.unknown == 0 {
		return 0, false
	}
	line.Kind, line.Points, line.Full = Assumed, *c.unknown, *c.unknown
	r.Lines = append(r.Lines, line)
	return *c.unknown, false
}

// miss notes which of some attributes are not known.
func (w *scratch) miss(slots []int) {
	for _, slot := range slots {
		if w.facts.values[slot].Type == Unknown {
			w.missing[slot/64] |= 1 << (slot % 64)
		}
	}
}

// missAll notes everything a score asks for: had any of it been known, the score would be.
func (w *scratch) missAll(s *compiledScore) {
	for g := range s.groups {
		for i := range s.groups[g].criteria {
			if c := s.groups[g].criteria[i].condition; c != nil {
				w.miss(c.asks)
			}
		}
	}
}

func (w *scratch) inactivity(c *compiledCriterion, line Line, r *Result) (Points, bool) {
	last := w.every
	if len(c.of) > 0 {
		last = kindTally{}
		for _, k := range c.of {
			if t := &w.kinds[k]; t.dated && (!last.dated || t.last > last.last) {
				last = *t
			}
		}
	}
	switch {
	case !last.dated:
		return 0, false
	case ageOf(last.last, w.facts.now) < c.inactive:
		return 0, true
	}
	line.Points, line.Full, line.Last = c.points, c.points, last.last
	r.Lines = append(r.Lines, line)
	return c.points, true
}

// finish computes what is made of several scores.
func (m *Model) finish(w *scratch, r *Result) {
	for i, word := range w.missing {
		for ; word != 0; word &= word - 1 {
			r.Unknown = append(r.Unknown, i*64+bits.TrailingZeros64(word))
		}
	}
	r.Scored = true
	var sum, inside float64
	for i := range m.scores {
		weight := m.scores[i].weight
		if weight == 0 || r.Scores[i].Outside {
			continue
		}
		inside += weight
		r.Scored = r.Scored && r.Scores[i].Known
		sum += float64(weight * float64(r.Scores[i].Points)) // the conversion forbids fusing, so every machine agrees
	}
	r.Scored = r.Scored && inside > 0
	if r.Scored {
		r.Base = m.total.of(m.share(sum, inside))
		r.Overall = r.Base
		if m.total.bounded {
			m.total.adjusted(&w.facts, r)
		}
	}
	if m.grade != nil {
		m.grade.apply(&w.facts, r)
	}
}
