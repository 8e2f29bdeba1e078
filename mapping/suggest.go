package mapping

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/bareme/bareme/crm"
)

// Suggestion is a mapping proposed from a CRM's definitions, for a person to review.
type Suggestion struct {
	Identity   string // "" when no field looks like an e-mail address
	Attributes []SuggestedAttribute
	Activities []SuggestedActivity
	SkipIf     []Condition
}

// SuggestedAttribute is an attribute worth having, with the reason.
type SuggestedAttribute struct {
	AttributeSpec
	Why        string
	Confidence float64 // 0 to 1
}

// SuggestedActivity is a kind of activity worth having, with the reason.
type SuggestedActivity struct {
	ActivitySpec
	Why        string
	Confidence float64 // 0 to 1
}

// sureEnough is the least confidence worth proposing; sparse is the share of filled records below which a field says
// something of too few people.
const (
	sureEnough = 0.5
	sparse     = 0.02
)

// Suggest proposes a mapping from field definitions by object and, where known, the share of records that have a value,
// by object and field. It goes by names, labels in English and French, types and options, and is the same for the same
// definitions. Its proposals are in a fixed order, what matters most to a score first, and compile as they stand.
func Suggest(schemas map[string]crm.Schema, fill map[string]map[string]float64) Suggestion {
	g := guesser{schemas: schemas, fill: fill, used: map[string]bool{}}
	var s Suggestion
	if f, _, ok := g.best(crm.People, identityConcept); ok {
		s.Identity = f.Name
	}
	for _, c := range attributeConcepts {
		if a, ok := g.attribute(c); ok {
			s.Attributes = append(s.Attributes, a)
		}
	}
	for _, c := range counterConcepts {
		if a, ok := g.counter(c); ok {
			s.Activities = append(s.Activities, a)
		}
	}
	s.Activities = append(s.Activities, g.sourceActivities()...)
	if f, _, ok := g.best(crm.People, optOutConcept); ok {
		s.SkipIf = append(s.SkipIf, Condition{Field: f.Name, In: yesOf(f)})
	}
	for _, f := range schemas[crm.People].Fields {
		if slices.Contains(objections, f.Name) {
			s.SkipIf = append(s.SkipIf, Condition{Field: f.Name, In: yesOf(f)})
		}
	}
	return s
}

// guesser looks for the fields of concepts.
type guesser struct {
	schemas map[string]crm.Schema
	fill    map[string]map[string]float64
	used    map[string]bool // fields taken by a concept that shares none
}

// best finds the field of an object that a concept most probably means.
func (g *guesser) best(object string, c concept) (crm.Field, float64, bool) {
	var found crm.Field
	sure := 0.0
	for _, f := range g.schemas[object].Fields {
		if !c.fits(f.Type) || g.used[object+"."+f.Name] && !c.shares {
			continue
		}
		if s := c.confidence(f) * g.filled(object, f.Name); s > sure {
			found, sure = f, s
		}
	}
	return found, sure, sure >= sureEnough
}

// filled weighs how many records have a value: a field hardly anyone fills is no use.
func (g *guesser) filled(object, field string) float64 {
	rates, known := g.fill[object]
	switch rate := rates[field]; {
	case !known:
		return 1
	case rate < sparse:
		return 0
	case rate < 0.2:
		return 0.8
	}
	return 1
}

func (g *guesser) attribute(c concept) (SuggestedAttribute, bool) {
	s := SuggestedAttribute{AttributeSpec: AttributeSpec{Name: c.name, Transform: c.transform, Type: c.typ}}
	var why []string
	for _, object := range c.objects {
		f, sure, ok := g.best(object, c)
		if !ok {
			continue
		}
		if len(s.From) > 0 && c.kindOf(f) != s.Type {
			continue // the second choice is of another kind
		}
		g.used[object+"."+f.Name] = true
		s.Type = c.kindOf(f)
		if c.banded && isChoice(f.Type) {
			s.Name, s.Transform = "company_size", "size_band"
		}
		s.Confidence = max(s.Confidence, sure)
		for _, f := range append([]crm.Field{f}, g.standIns(object, c, f)...) {
			s.From = append(s.From, place{object: object, field: f.Name}.String())
			why = append(why, g.describe(object, f))
		}
	}
	s.Why = c.why + ": " + strings.Join(why, ", else ")
	return s, len(s.From) > 0
}

// standIns are the fields of a concept besides its best, of the same kind, that enough records fill.
func (g *guesser) standIns(object string, c concept, best crm.Field) (out []crm.Field) {
	for _, name := range c.also {
		f, ok := g.schemas[object].Field(name)
		if ok && name != best.Name && object == c.objects[0] && slices.Contains(c.also, best.Name) && c.fits(f.Type) &&
			c.kindOf(f) == c.kindOf(best) && g.filled(object, name) > 0 {
			out = append(out, f)
		}
	}
	return out
}

// describe says what a suggestion rests on.
func (g *guesser) describe(object string, f crm.Field) string {
	text := fmt.Sprintf("%q", cmp.Or(f.Label, f.Name))
	if object == crm.Companies {
		text += " of the company"
	}
	if rates, ok := g.fill[object]; ok {
		text += fmt.Sprintf(", filled for %.0f %%", 100*rates[f.Name])
	}
	return text
}

func (g *guesser) counter(c counterConcept) (SuggestedActivity, bool) {
	s := SuggestedActivity{ActivitySpec: ActivitySpec{Name: c.name, From: Counter}}
	var why []string
	for _, part := range []struct {
		concept concept
		field   *string
	}{{c.count, &s.Count}, {c.last, &s.Last}} {
		if f, sure, ok := g.best(crm.People, part.concept); ok {
			g.used[crm.People+"."+f.Name] = true
			*part.field = f.Name
			s.Confidence = max(s.Confidence, sure)
			why = append(why, g.describe(crm.People, f))
		}
	}
	s.Why = c.why + ": " + strings.Join(why, " and ")
	return s, len(why) > 0 && (s.Count != "" || !c.needsCount)
}

// sourceActivities proposes what is known of a CRM's own activity objects.
func (g *guesser) sourceActivities() []SuggestedActivity {
	var out []SuggestedActivity
	for _, c := range sourceConcepts {
		schema, ok := g.schemas[c.source]
		if !ok {
			continue
		}
		if f, ok := schema.Field(c.always); ok {
			out = append(out, SuggestedActivity{
				ActivitySpec: ActivitySpec{Name: c.name, From: c.source, Time: c.timeIn(schema)},
				Why:          fmt.Sprintf("%s: %s, which have a %q", c.why, c.source, cmp.Or(f.Label, f.Name)),
				Confidence:   0.9,
			})
			continue
		}
		for _, w := range c.when {
			f, ok := schema.Field(w.Field)
			if !ok || !allows(f, w.In) {
				continue
			}
			out = append(out, SuggestedActivity{
				ActivitySpec: ActivitySpec{Name: c.name, From: c.source, When: []Condition{w}, Time: c.timeIn(schema)},
				Why:          fmt.Sprintf("%s: %s whose %q is %s", c.why, c.source, cmp.Or(f.Label, f.Name), strings.Join(w.In, " or ")),
				Confidence:   0.9,
			})
			break
		}
	}
	return out
}

// allows reports whether a field can have one of the values.
func allows(f crm.Field, values []string) bool {
	if len(f.Options) == 0 {
		return true
	}
	return slices.ContainsFunc(f.Options, func(o crm.Option) bool { return slices.Contains(values, o.Value) })
}

// yesOf gives the values by which a field says yes.
func yesOf(f crm.Field) []string {
	if f.Type == crm.Bool {
		return []string{"true"}
	}
	var yes []string
	for _, o := range f.Options {
		if n, trouble := parseBool(o.Value); trouble == "" && n == 1 {
			yes = append(yes, o.Value)
		}
	}
	if len(yes) == 0 {
		return []string{"true", "yes", "oui", "1"}
	}
	return yes
}
