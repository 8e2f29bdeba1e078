package mapping

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/mapping/firstname"
	"github.com/bareme/bareme/scoring"
)

// AgeFromFirstName is the transform that gives a date of birth: the one a field holds, or an estimate from a first name.
// It gives the date and not the age, so that people grow older without being mapped again.
const AgeFromFirstName = "age_from_first_name"

// FirstNameSpec says how an age may be guessed from a first name.
type FirstNameSpec struct {
	Purpose  string // what the guess is for; without one there is none
	Sex      string // the field with the sex or form of address; "": both sexes are mixed
	Estimate string // one of Estimates; "": the median
	MaxWidth int    // no guess when the middle half of the bearers spans more years; 0: 25
	MinCount int    // no guess when fewer bear the name; 0: 1000
}

// Estimates are the ages of a name's bearers that a guess may give: a quarter are not older than the youngest, half not
// older than the median, three quarters not older than the oldest.
func Estimates() []string { return []string{"median", "youngest", "oldest"} }

// ageGuess is a compiled FirstNameSpec.
type ageGuess struct {
	table    *firstname.Table
	sex      place // no field when it is not asked for
	estimate string
	limits   firstname.Limits
}

// age compiles the transform of an attribute.
func (c *compiler) age(a *attribute) {
	s, path := &a.spec.FirstName, a.spec.Path
	if strings.TrimSpace(s.Purpose) == "" {
		c.problem(path, fmt.Sprintf("attribute %q guesses people's age from their first name, and says not what for", a.spec.Name),
			`add purpose: "…" in words the people concerned would understand: the law allows conclusions about people only for a purpose laid down beforehand, and not for whatever comes later`)
	}
	if a.typ != scoring.Unknown && a.typ != scoring.Date {
		c.problem(path+".type", "transform "+AgeFromFirstName+" gives date, not "+typeName(a.typ), "leave type out, and write years_since("+a.spec.Name+") in conditions for the age")
	}
	a.typ = scoring.Date
	if a.spec.Lookup != nil || a.spec.Default != nil {
		c.problem(path, fmt.Sprintf("attribute %q guesses an age and has a lookup or default besides", a.spec.Name), "remove it: where a name says too little, the age stays unknown")
	}
	if s.Estimate != "" && !slices.Contains(Estimates(), s.Estimate) {
		c.problem(path+".estimate", fmt.Sprintf("there is no estimate %q", s.Estimate), "it is one of "+strings.Join(Estimates(), ", "))
	}
	if s.MaxWidth < 0 || s.MinCount < 0 {
		c.problem(path, "max_width and min_count are not below 0", "")
	}
	a.age = &ageGuess{estimate: s.Estimate, limits: firstname.DefaultLimits()}
	if s.MaxWidth > 0 {
		a.age.limits.MaxWidth = s.MaxWidth
	}
	if s.MinCount > 0 {
		a.age.limits.MinCount = s.MinCount
	}
	if s.Sex != "" {
		p, err := c.place(s.Sex)
		if err == nil && p.object != crm.People {
			err = fmt.Errorf("%q is not a field of the person", s.Sex)
		}
		if err != nil {
			c.problem(path+".sex", err.Error(), "name the field with the sex or the form of address, such as salutation")
		}
		a.age.sex = p
	}
	table, err := firstname.Load()
	if err != nil {
		c.problem(path+".transform", err.Error(), "")
	}
	a.age.table = table
}

// value reads a date of birth, which is taken as it is, or guesses one from a first name. A text with digits is meant as
// a date; that it cannot be read is trouble.
func (g *ageGuess) value(text string, in *Input) (scoring.Value, string) {
	ms, trouble := parseDate(text)
	if trouble == "" {
		return scoring.Value{Type: scoring.Date, Num: ms}, ""
	}
	if strings.ContainsAny(text, "0123456789") {
		return scoring.Value{}, trouble
	}
	sex := firstname.Either
	if g.sex.field != "" {
		sex = firstname.ReadSex(g.sex.get(in))
	}
	ages := g.table.Ages(text, sex)
	if ages.Abstain(g.limits) != "" {
		return scoring.Value{}, ""
	}
	age := ages.Median
	switch g.estimate {
	case "youngest":
		age = ages.Low
	case "oldest":
		age = ages.High
	}
	return scoring.Value{Type: scoring.Date, Num: float64(firstname.Born(age).UnixMilli()), Estimated: true}, ""
}

// nameFields are fields that hold a person's name in the CRMs there are, and in spreadsheets.
func nameFields() []string {
	return []string{"firstname", "first_name", "first name", "lastname", "last_name", "last name", "surname", "prenom", "nom_de_famille", "nom de famille"}
}

// namesAlone refuses to draw anything but an age from a name: a table or transform over names would sort people by where
// they or their parents come from.
func (c *compiler) namesAlone(a *attribute) {
	reads := slices.ContainsFunc(a.from, func(p place) bool {
		return p.object == crm.People && slices.Contains(nameFields(), fold(p.field))
	})
	harmless := a.spec.Lookup == nil && slices.Contains([]string{"", "lower", "trim", AgeFromFirstName}, a.spec.Transform)
	if reads && !harmless {
		c.problem(a.spec.Path, fmt.Sprintf("attribute %q draws a conclusion from people's names", a.spec.Name),
			"remove it: sorting people by their names reveals or suggests their origin or religion, which may not be used; only an age may be estimated, with transform: "+AgeFromFirstName)
	}
}

// strayFirstName refuses keys that only mean something with the transform.
func (c *compiler) strayFirstName(a *attribute) {
	if a.spec.Transform != AgeFromFirstName && a.spec.FirstName != (FirstNameSpec{}) {
		c.problem(a.spec.Path, "sex, purpose, estimate, max_width and min_count change nothing here", "they belong to transform: "+AgeFromFirstName)
	}
}
