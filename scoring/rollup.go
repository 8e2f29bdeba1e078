package scoring

import "slices"

// RollUpSpec says which people count when a company is scored by its people. When is a condition over what is known of
// the person and over the results of scoring: each score by its name, overall, grade, label and stage. "" is everybody.
type RollUpSpec struct {
	Path string `json:"-"` // where the condition stands
	When string `json:",omitempty"`
}

// rollUps compiles the conditions of roll-ups.
func (c *compiler) rollUps(specs []RollUpSpec) {
	if len(specs) == 0 {
		return
	}
	schema := *c.schema
	// Attributes come first, so that in a model with an attribute called like a score the name means the attribute, as
	// everywhere else.
	schema.Attributes = slices.Concat(c.schema.Attributes, c.model.resultAttributes())
	for _, s := range specs {
		var when *condition
		if s.When != "" {
			when = c.condition(s.Path, s.When, &schema)
		}
		c.model.rollUps = append(c.model.rollUps, when)
	}
}

// counted decides for each roll-up whether the subject counts; a condition that cannot be decided counts nobody.
func (m *Model) counted(f *facts, r *Result) {
	for _, when := range m.rollUps {
		r.Counted = append(r.Counted, when == nil || when.holds(f) == yes)
	}
}
