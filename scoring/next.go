package scoring

import (
	"fmt"
	"slices"
	"strings"
)

// NextSpec says what to do next with people of one label or grade.
type NextSpec struct {
	For  string // a label or a grade; a grade comes before its label
	Path string `json:"-"`
	Do   string // "Call today"
}

// action is what a label means when the model does not say.
type action uint8

const (
	noAction action = iota
	call
	nurture
	leave
)

// labelActions are the labels whose meaning is in their name.
var labelActions = map[string]action{
	"hot": call, "chaud": call,
	"warm": nurture, "tiède": nurture, "tiede": nurture,
	"cold": leave, "froid": leave,
}

// next checks that what to do is said of labels and grades that exist.
func (c *compiler) next(specs []NextSpec) {
	known := slices.Concat(c.model.Labels(), c.model.Grades())
	seen := map[string]bool{}
	for _, s := range specs {
		switch {
		case !slices.Contains(known, s.For):
			c.problems.add(s.Path, fmt.Sprintf("there is no label or grade %q", s.For), didYouMean(s.For, known, "labels and grades"))
		case seen[s.For]:
			c.problems.add(s.Path, fmt.Sprintf("%q is said twice", s.For), "remove one of them")
		case strings.TrimSpace(s.Do) == "":
			c.problems.add(s.Path, fmt.Sprintf("nothing is said of what to do with %q", s.For), `write it in words, such as "Call today"`)
		}
		seen[s.For] = true
	}
}

// Next says in words what to do with a subject, by its grade, else by its label; "" when there is neither. Labels the
// model says nothing of are told by their name (hot, warm, cold), else by their place: the first is for a call, the last
// to be left, others to be nurtured.
func (m *Model) Next(r *Result, lang string) string {
	for _, name := range []string{r.Grade, r.Label} {
		for _, s := range m.spec.Next {
			if name != "" && s.For == name {
				return s.Do
			}
		}
	}
	return phrasesIn(lang).next(m.action(r.Grade, r.Label))
}

func (m *Model) action(grade, label string) action {
	for _, name := range []string{label, grade} {
		if a, ok := labelActions[strings.ToLower(name)]; ok {
			return a
		}
	}
	labels := m.Labels()
	switch i := slices.Index(labels, label); {
	case label == "" || i < 0:
		return noAction
	case i == 0:
		return call
	case i == len(labels)-1:
		return leave
	}
	return nurture
}
