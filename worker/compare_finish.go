package worker

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
)

// finish turns what was counted into lists, in the order of the model where there is one.
func (c *comparing) finish() {
	for _, s := range []*Side{&c.out.Old, &c.out.New} {
		if scored := s.Tally.Mapped - s.Tally.Unscored; scored > 0 {
			s.Mean = s.sum / float64(scored)
		}
	}
	c.matrix()
	spec := c.new.Model.Spec()
	for _, s := range spec.Scores {
		for _, g := range s.Groups {
			c.groupUse(s, g)
			for _, cr := range g.Criteria {
				at := use{s.Name, g.Name, cr.Name}
				c.out.Criteria = append(c.out.Criteria, CriterionUse{s.Name, g.Name, cr.Name, c.out.New.used[at], c.usedBefore(at)})
			}
		}
	}
	for _, g := range c.gaps {
		if g.Missing > 0 {
			c.out.Missing = append(c.out.Missing, g)
		}
	}
	slices.SortStableFunc(c.out.Missing, func(a, b Gap) int { return cmp.Compare(b.Missing, a.Missing) })
	c.limits()
}

// matrix lists old × new, best grades first, no grade last.
func (c *comparing) matrix() {
	for grades, n := range c.moves {
		c.out.Moves = append(c.out.Moves, GradeMove{From: grades[0], To: grades[1], People: n})
	}
	place := func(grades []string, g string) int {
		if i := slices.Index(grades, g); i >= 0 {
			return i
		}
		return len(grades)
	}
	slices.SortFunc(c.out.Moves, func(a, b GradeMove) int {
		return cmp.Or(
			cmp.Compare(place(c.out.Old.Grades, a.From), place(c.out.Old.Grades, b.From)),
			cmp.Compare(place(c.out.New.Grades, a.To), place(c.out.New.Grades, b.To)))
	})
}

func (c *comparing) groupUse(s scoring.ScoreSpec, g scoring.GroupSpec) {
	if e := c.out.New.edges[use{s.Name, g.Name, ""}]; e != nil {
		c.out.Groups = append(c.out.Groups, GroupUse{s.Name, g.Name, e.people, e.cap, e.floor})
	}
}

// usedBefore is how often the old model's criterion of the same score and name gave points; it may stand in another group.
func (c *comparing) usedBefore(at use) *int {
	for _, s := range c.old.Model.Spec().Scores {
		for _, g := range s.Groups {
			for _, cr := range g.Criteria {
				if s.Name == at.score && cr.Name == at.criterion {
					n := c.out.Old.used[use{s.Name, g.Name, cr.Name}]
					return &n
				}
			}
		}
	}
	return nil
}

// oddFields are the fields only one of two mappings reads.
func oddFields(a, b crm.Need) map[fieldOf]bool {
	odd := map[fieldOf]bool{}
	for _, sides := range [2][2]crm.Need{{a, b}, {b, a}} {
		for object, fields := range sides[0].Read {
			if object == crm.Owners {
				continue
			}
			others, read := sides[1].Read[object]
			if !read && len(fields) == 0 {
				odd[fieldOf{object, ""}] = true
			}
			for _, f := range fields {
				if !slices.Contains(others, f) {
					odd[fieldOf{object, f}] = true
				}
			}
		}
	}
	return odd
}

// limits says what the snapshot does not hold, so that the comparison is not taken for more than it is.
func (c *comparing) limits() {
	var lost []string
	for f, people := range c.odd {
		if people > 0 {
			continue
		}
		name := strings.TrimSuffix(f.object+"."+f.field, ".")
		who := c.out.New.Name
		if !reads(c.new.Mapper.Need(), f) {
			who = c.out.Old.Name
		}
		lost = append(lost, fmt.Sprintf("%s: only %s reads it, and the snapshot holds it of nobody; what hangs on it counts as unknown", name, who))
	}
	slices.Sort(lost)
	c.out.Limits = append(c.out.Limits, lost...)
	for _, k := range []*contender{&c.old, &c.new} {
		if _, needed := k.Mapper.Need().Read[crm.Owners]; needed {
			c.out.Limits = append(c.out.Limits, "owner fields of "+k.Name+": owners are read from the CRM at each run and not kept; they count as unknown here")
		}
	}
	if c.out.Old.From != c.out.New.From || c.out.Old.To != c.out.New.To {
		c.out.Limits = append(c.out.Limits, fmt.Sprintf("the overall scores have other scales: %g to %g in %s, %g to %g in %s",
			c.out.Old.From, c.out.Old.To, c.out.Old.Name, c.out.New.From, c.out.New.To, c.out.New.Name))
	}
}

func reads(need crm.Need, f fieldOf) bool {
	fields, ok := need.Read[f.object]
	return ok && (f.field == "" || slices.Contains(fields, f.field))
}

// Never lists the criteria of the new model that give nobody points.
func (c *Comparison) Never() []CriterionUse { return c.criteria(0) }

// Always lists the criteria of the new model that give points to everybody it looks at.
func (c *Comparison) Always() []CriterionUse { return c.criteria(c.Looked()) }

// Looked is how many people the new model looks at: all but those not scored by choice.
func (c *Comparison) Looked() int { return c.New.Tally.People - c.New.Skipped }

func (c *Comparison) criteria(people int) []CriterionUse {
	var list []CriterionUse
	for _, u := range c.Criteria {
		if u.People == people && c.Looked() > 0 {
			list = append(list, u)
		}
	}
	return list
}

// AlwaysCapped lists the groups of the new model in which everybody who has any points stands at the cap.
func (c *Comparison) AlwaysCapped() []GroupUse {
	var list []GroupUse
	for _, g := range c.Groups {
		if g.AtCap > 0 && g.AtCap == g.People {
			list = append(list, g)
		}
	}
	return list
}
