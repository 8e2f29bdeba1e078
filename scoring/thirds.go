package scoring

import (
	"fmt"
	"slices"
)

// ThirdsSpec is a grade that starts at one letter and moves by thirds of a letter with every criterion that holds, as
// Account Engagement (Pardot) grades prospects: it starts at D, and a criterion is worth a third, two thirds or a letter.
type ThirdsSpec struct {
	Start    string // "D" when empty
	Criteria []ThirdSpec
}

// ThirdSpec moves the grade when its condition holds.
type ThirdSpec struct {
	Name   string
	Path   string `json:"-"`
	When   string
	Thirds int // up, or down below 0
}

// ThirdGrades are the letters and their thirds, best first.
func ThirdGrades() []string {
	return []string{"A+", "A", "A-", "B+", "B", "B-", "C+", "C", "C-", "D+", "D", "D-", "F"}
}

// defaultStart is where Account Engagement begins.
const defaultStart = "D"

type thirdsGrade struct {
	start    int // index in ThirdGrades
	criteria []thirdCriterion
}

type thirdCriterion struct {
	name      string
	condition *condition
	thirds    int
}

// Move is a criterion that moved the grade by thirds of a letter.
type Move struct {
	Criterion uint16 // index in GradeSpec.Thirds.Criteria
	Thirds    int
}

func (c *compiler) thirds(g *compiledGrade, s *GradeSpec) {
	path := s.Path + ".thirds"
	start := s.Thirds.Start
	if start == "" {
		start = defaultStart
	}
	t := &thirdsGrade{start: slices.Index(ThirdGrades(), start)}
	if t.start < 0 {
		c.problems.add(path+".start", fmt.Sprintf("%q is no grade of this kind", start), didYouMean(start, ThirdGrades(), "grades"))
	}
	if len(s.Thirds.Criteria) == 0 {
		c.problems.add(path+".criteria", "nothing moves the grade", "write a criterion: {name: Decides, when: decides, thirds: 3}")
	}
	seen := map[string]bool{}
	for _, cr := range s.Thirds.Criteria {
		c.named(seen, cr.Path, cr.Name, "criterion", "criteria of the grade")
		if most := len(ThirdGrades()) - 1; cr.Thirds == 0 || cr.Thirds > most || cr.Thirds < -most {
			c.problems.add(cr.Path+".thirds", fmt.Sprintf("%d thirds of a letter move no grade", cr.Thirds), "write 1 for a third, 3 for a whole letter, below 0 to lower it")
		}
		t.criteria = append(t.criteria, thirdCriterion{cr.Name, c.condition(cr.Path+".when", cr.When, c.schema), cr.Thirds})
	}
	for _, name := range ThirdGrades() {
		g.names = append(g.names, []string{name})
	}
	g.thirds = t
}

// apply grades by the criteria that hold. A subject none of them knows anything about has no grade.
func (t *thirdsGrade) apply(f *facts, r *Result) (index int, known bool) {
	index = t.start
	for i := range t.criteria {
		cr := &t.criteria[i]
		holds := cr.condition.holds(f)
		known = known || holds != maybe && cr.condition.knows(f)
		if holds == yes {
			index -= cr.thirds
			r.Moves = append(r.Moves, Move{uint16(i), cr.thirds})
		}
	}
	return min(max(index, 0), len(ThirdGrades())-1), known
}
