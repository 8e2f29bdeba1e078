package scoring

import (
	"fmt"
	"time"
)

// Questions are expressions over attributes and activity, to be answered for many subjects: what a model is learnt from.
// They are compiled and answered exactly as conditions are, filters included, so that what is learnt is what is scored.
type Questions struct {
	m     *Model
	terms []term
}

// Questions compiles expressions such as employees or count("email_click", "30d"). The path of a problem is the
// expression itself.
func (m *Model) Questions(sources []string) (*Questions, []Problem) {
	q := &Questions{m: m}
	var problems []Problem
	for _, source := range sources {
		t, found := m.term(source)
		for i := range found {
			found[i].Path = source
		}
		problems = append(problems, found...)
		q.terms = append(q.terms, t)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return q, nil
}

func (m *Model) term(source string) (term, []Problem) {
	tree, problem := parseCondition(source)
	if problem != nil {
		return term{}, []Problem{*problem}
	}
	c := checker{source: []rune(source), schema: &m.schema, asked: map[int]bool{}, needed: map[int]bool{}, kinds: map[uint16]bool{}}
	t := c.check(tree)
	if len(c.problems) == 0 && t.kind > listKind {
		c.fail(tree, fmt.Sprintf("this is %s, which nobody can be asked for", t.kind), "")
	}
	return t, c.problems
}

// Type is the type of an answer.
func (q *Questions) Type(i int) Type {
	switch q.terms[i].kind {
	case numberKind:
		return Number
	case textKind:
		return Text
	case boolKind:
		return Bool
	case dateKind:
		return Date
	case listKind:
		return List
	}
	return Unknown
}

// Answer puts the answers about a subject as of now into out, which has one place for each question. ok is false for a
// subject the model's filters ignore or that is not in its scope.
func (q *Questions) Answer(s *Subject, now time.Time, out []Value) (ok bool) {
	w := q.m.borrow()
	defer q.m.giveBack(w)
	var r Result
	q.m.begin(w, s, now.UnixMilli(), &r)
	if q.m.filters.ignores(&w.facts) || q.m.scope.of(w) == no {
		return false
	}
	for i := range q.terms {
		out[i] = q.terms[i].answer(&w.facts)
	}
	return true
}

func (t *term) answer(f *facts) (v Value) {
	known := false
	switch t.kind {
	case numberKind:
		v.Type = Number
		v.Num, known = t.number(f)
	case textKind:
		v.Type = Text
		v.Str, known = t.text(f)
	case boolKind:
		v.Type = Bool
		is := t.flag(f)
		known = is != maybe
		if is == yes {
			v.Num = 1
		}
	case dateKind:
		var at int64
		v.Type = Date
		at, known = t.date(f)
		v.Num = float64(at)
	case listKind:
		v.Type = List
		v.List, known = t.list(f)
	}
	if !known {
		return Value{}
	}
	return v
}
