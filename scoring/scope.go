package scoring

// ScopeSpec says for whom a model, or one of its scores, is made: those for whom Include is true and Exclude is not. A
// condition that is "" asks nothing. Where Include cannot be decided nothing is scored, and the reason names what is not
// known; an Exclude that cannot be decided excludes nobody.
type ScopeSpec struct {
	Include string `json:",omitempty"` // a condition
	Exclude string `json:",omitempty"` // a condition
}

type compiledScope struct{ include, exclude *condition }

func (c *compiler) scope(path string, s ScopeSpec) (out compiledScope) {
	if s.Include != "" {
		out.include = c.condition(path+".include", s.Include, c.schema)
	}
	if s.Exclude != "" {
		out.exclude = c.condition(path+".exclude", s.Exclude, c.schema)
	}
	return out
}

// of decides whether the subject is in scope; what an undecided Include asks for is noted as missing.
func (s *compiledScope) of(w *scratch) truth {
	if s.exclude != nil && s.exclude.holds(&w.facts) == yes {
		return no
	}
	if s.include == nil {
		return yes
	}
	in := s.include.holds(&w.facts)
	if in == maybe {
		w.miss(s.include.needs)
	}
	return in
}

// asks reports whether the scope depends on an attribute.
func (s *compiledScope) asks(slot int) bool {
	for _, c := range []*condition{s.include, s.exclude} {
		if c == nil {
			continue
		}
		for _, asked := range c.asks {
			if asked == slot {
				return true
			}
		}
	}
	return false
}

// scoreInScope computes score i for those it is made for; whole is whether the subject is in the model's own scope.
func (m *Model) scoreInScope(w *scratch, i int, whole truth, r *Result) {
	in := m.scores[i].scope.of(w)
	if in == yes && whole == yes {
		m.scoreOne(w, i, r)
		return
	}
	r.Scores = append(r.Scores, Score{Outside: in == no})
}

// outside is the result of somebody the model is not made for.
func (r *Result) outside(scores int) {
	r.Outside = true
	for range scores {
		r.Scores = append(r.Scores, Score{Outside: true})
	}
}

// share makes up for scores that are out of scope: a mean is that of the others.
func (m *Model) share(sum, inside float64) float64 {
	if m.spec.Total.Sum || inside == m.weightSum {
		return sum
	}
	return sum * (m.weightSum / inside)
}

// outsideAll reports whether no score that weighs in the overall score is made for this subject.
func (m *Model) outsideAll(r *Result) bool {
	for i := range m.scores {
		if m.scores[i].weight > 0 && i < len(r.Scores) && !r.Scores[i].Outside {
			return false
		}
	}
	return len(r.Scores) > 0
}

func (english) outside() string { return "Not scored: outside the scope of this model" }

func (english) outsideScore(name string) string { return name + ": not in this score's scope" }

func (french) outside() string { return "Sans score : hors du champ de ce modèle" }

func (french) outsideScore(name string) string { return name + " : hors du champ de ce score" }

// Exclusion is a rule by which people are left out, and what it asks for: attributes, and results of scoring (the names of
// scores, OverallScore, "grade", "label", "stage").
type Exclusion struct {
	Path string
	Asks []string
}

// Exclusions lists the rules of the model that leave people out: the scopes, and the route out of target. The routes a
// grade leads to by itself are none of them.
func (m *Model) Exclusions() []Exclusion {
	var list []Exclusion
	add := func(path string, c *condition, attributes []Attribute) {
		if c == nil || len(c.asks) == 0 {
			return
		}
		e := Exclusion{Path: path}
		for _, slot := range c.asks {
			e.Asks = append(e.Asks, attributes[slot].Name)
		}
		list = append(list, e)
	}
	own := m.schema.Attributes
	if m.extended != nil {
		own = m.extended.Attributes
	}
	add("$.people.include", m.scope.include, own)
	add("$.people.exclude", m.scope.exclude, own)
	for i := range m.scores {
		path := m.spec.Scores[i].Path
		add(path+".include", m.scores[i].scope.include, own)
		add(path+".exclude", m.scores[i].scope.exclude, own)
	}
	all := append(append([]Attribute(nil), own...), m.resultAttributes()...)
	for i := range m.routes {
		if m.routes[i].name == RouteOutOfTarget {
			add(m.spec.Routing[i].enterPath(), m.routes[i].enter, all)
		}
	}
	return list
}
