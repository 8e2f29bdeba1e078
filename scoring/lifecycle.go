package scoring

import (
	"cmp"
	"fmt"
	"slices"
)

// StageSpec is one stage of the life of a client, with the rules of its door. Of several stages, the first that holds is
// the one. Conditions may ask for the results of scoring too: each score by its name, overall, grade and label.
type StageSpec struct {
	Name  string
	Path  string `json:"-"`
	Enter string // a condition; Always holds for everybody
	// EnterPath is where Enter stands, when that is not Path itself.
	EnterPath string `json:"-"`
	// Leave, when set, is the one way out: whoever is in the stage stays until it holds, whatever becomes of Enter. It
	// is what keeps people from going to and fro over one threshold.
	Leave string `json:",omitempty"`
}

// Always as a condition of a stage holds for everybody.
const Always = "*"

// The stages the product has words for. A model may name others.
const (
	Suspect    = "suspect"
	Prospect   = "prospect"
	Customer   = "customer"
	Ambassador = "ambassador"
	AtRisk     = "at_risk"
	Lost       = "lost"
)

// StageWord is a stage in a language ("en" or "fr"); a stage the product has no word for is its own.
func StageWord(stage, lang string) string { return phrasesIn(lang).stage(stage) }

type stage struct {
	name         string
	enter, leave *condition // nil enter: everybody; nil leave: as soon as enter no longer holds
}

// resultAttributes are the results of scoring as attributes, in the order resultValues fills them in.
func (m *Model) resultAttributes() []Attribute {
	var list []Attribute
	for i := range m.scores {
		list = append(list, Attribute{Name: m.scores[i].name, Type: Number})
	}
	list = append(list, m.spec.probabilities()...)
	return append(list, Attribute{Name: OverallScore, Type: Number}, Attribute{Name: "grade", Type: Text}, Attribute{Name: "label", Type: Text}, Attribute{Name: "stage", Type: Text})
}

// resultValues appends the results so far to the subject's values.
func (m *Model) resultValues(r *Result, list []Value) []Value {
	number := func(p Points, known bool) {
		if known {
			list = append(list, Value{Type: Number, Num: p.Float()})
		} else {
			list = append(list, Value{})
		}
	}
	text := func(s string) {
		if s == "" {
			list = append(list, Value{})
		} else {
			list = append(list, Value{Type: Text, Str: s})
		}
	}
	for _, s := range r.Scores {
		number(s.Points, s.Known)
	}
	for i := range m.scores {
		if m.spec.Scores[i].Probability == nil {
			continue
		}
		if p, ok := m.probability(i, r); ok {
			list = append(list, Value{Type: Number, Num: p})
		} else {
			list = append(list, Value{})
		}
	}
	number(r.Overall, r.Scored)
	text(r.Grade)
	text(r.Label)
	text(r.Stage)
	return list
}

// lifecycle compiles stages and routes, whose conditions know the results besides the attributes.
func (c *compiler) lifecycle(spec Spec) {
	if len(spec.Lifecycle) == 0 && len(spec.Routing) == 0 {
		return
	}
	results := c.model.resultAttributes()
	schema := *c.schema
	schema.Attributes = slices.Concat(c.schema.Attributes, results)
	for _, a := range results {
		if slices.ContainsFunc(c.schema.Attributes, func(b Attribute) bool { return a.Name == b.Name }) {
			c.problems.add("$.people.attributes."+a.Name, fmt.Sprintf("%q is an attribute and a result of scoring: rules of stages could mean either", a.Name), "rename the attribute")
		}
	}
	before := schema
	before.Attributes = schema.Attributes[:len(schema.Attributes)-1] // no stage yet
	c.model.stages = c.stages(spec.Lifecycle, "stage", "lifecycle", &before)
	c.model.routes = c.stages(spec.Routing, "route", "routing", &schema)
	for _, s := range spec.Routing {
		switch {
		case !slices.Contains(Routes(), s.Name):
			c.problems.add(s.Path, fmt.Sprintf("there is no route %q", s.Name), didYouMean(s.Name, Routes(), "routes"))
		case s.Leave != "":
			c.problems.add(s.Path, "a route has no leave: where people go depends on what they are now", "write the condition alone")
		}
	}
}

func (c *compiler) stages(specs []StageSpec, one, many string, schema *Schema) []stage {
	var list []stage
	seen := map[string]bool{}
	for i, s := range specs {
		c.named(seen, s.Path, s.Name, one, many)
		out := stage{name: s.Name}
		switch {
		case s.Enter == "":
			c.problems.add(s.Path, fmt.Sprintf("nothing says who enters %q", s.Name), `write a condition, or "*" for everybody who is left`)
		case s.Enter != Always:
			out.enter = c.condition(s.enterPath(), s.Enter, schema)
		case i < len(specs)-1:
			c.problems.warn(s.Path, fmt.Sprintf("nobody ever comes to %q: everybody is in %q before", specs[i+1].Name, s.Name), `move "*" to the end`)
		case s.Leave != "":
			c.problems.add(s.Path+".leave", fmt.Sprintf("%q is for everybody, so nobody can leave it", s.Name), "remove leave")
		}
		if s.Leave != "" && s.Leave != Always {
			out.leave = c.condition(s.Path+".leave", s.Leave, schema)
		} else if s.Leave == Always {
			c.problems.add(s.Path+".leave", fmt.Sprintf("everybody would leave %q at once", s.Name), "write a condition")
		}
		list = append(list, out)
	}
	return list
}

// enterPath is where the condition stands: on its own, or beside leave.
func (s *StageSpec) enterPath() string { return cmp.Or(s.EnterPath, s.Path) }

// stageNow is the stage of a subject that was in previous. A stage that somebody is in holds until they leave it; any other
// holds when they may enter it and would not leave it at once. So a subject that does not change does not move twice: the
// stage it came to holds, and those before it, left or not entered, still do not.
func stageNow(stages []stage, previous string, f *facts) string {
	for i := range stages {
		s := &stages[i]
		enter, leave := yes, no
		if s.enter != nil {
			enter = s.enter.holds(f)
		}
		switch {
		case s.leave != nil:
			leave = s.leave.holds(f)
		case enter == no:
			leave = yes
		}
		if s.name == previous && leave != yes || s.name != previous && enter == yes && leave != yes {
			return s.name
		}
	}
	return ""
}

// Stages are the stages a model can give, in its order.
func (m *Model) Stages() []string {
	var list []string
	for _, s := range m.stages {
		list = append(list, s.name)
	}
	return list
}
