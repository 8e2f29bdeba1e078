package scoring

// Placed is a condition and where it stands in the model file.
type Placed struct {
	Path string
	When string
}

// Conditions lists every condition an author wrote: of criteria, adjustments, grades in thirds, scopes, stages, routes and filters.
func (s *Spec) Conditions() []Placed {
	var list []Placed
	add := func(path, when string) {
		if when != "" && when != Always {
			list = append(list, Placed{path, when})
		}
	}
	scope := func(path string, c ScopeSpec) {
		add(path+".include", c.Include)
		add(path+".exclude", c.Exclude)
	}
	scope("$.people", s.Scope)
	for _, score := range s.Scores {
		scope(score.Path, score.Scope)
		for _, g := range score.Groups {
			for _, c := range g.Criteria {
				add(c.Path+".when", c.When)
			}
		}
	}
	for _, a := range s.Adjust {
		add(a.Path+".when", a.When)
	}
	if s.Grade != nil && s.Grade.Thirds != nil {
		for _, c := range s.Grade.Thirds.Criteria {
			add(c.Path+".when", c.When)
		}
	}
	for _, stages := range [][]StageSpec{s.Lifecycle, s.Routing} {
		for i := range stages {
			add(stages[i].enterPath(), stages[i].Enter)
			add(stages[i].Path+".leave", stages[i].Leave)
		}
	}
	for _, i := range s.Filters.Ignore {
		add(i.Path, i.When)
	}
	return list
}
