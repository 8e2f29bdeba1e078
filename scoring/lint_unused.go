package scoring

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// placedCondition is a condition and where it stands.
type placedCondition struct {
	path, text string
	criterion  bool // of a criterion of a score
}

// conditions lists every condition of the model that decides points or grades.
func (m *Model) conditions() []placedCondition {
	var list []placedCondition
	for _, s := range m.spec.Scores {
		for _, g := range s.Groups {
			for _, c := range g.Criteria {
				if c.When != "" {
					list = append(list, placedCondition{c.Path + ".when", c.When, true})
				}
			}
		}
	}
	for _, a := range m.spec.Adjust {
		list = append(list, placedCondition{a.Path + ".when", a.When, false})
	}
	if m.spec.Grade != nil && m.spec.Grade.Thirds != nil {
		for _, c := range m.spec.Grade.Thirds.Criteria {
			list = append(list, placedCondition{c.Path + ".when", c.When, false})
		}
	}
	return list
}

// word matches what may be the name of an attribute or an activity.
var word = regexp.MustCompile(`[\pL_][\pL\pN_]*`)

// Unused lists the attributes and kinds of activity that nothing in the model asks for. A name that stands anywhere in a
// rule counts as asked for, and so does every activity where silence of any kind is counted.
func (m *Model) Unused() (attributes, activities []string) {
	asked := map[string]bool{}
	Words(m.spec, asked)
	for _, a := range m.schema.Attributes {
		if !asked[a.Name] {
			attributes = append(attributes, a.Name)
		}
	}
	if m.countsEverything() {
		return attributes, nil
	}
	for _, name := range m.schema.Activities {
		if !asked[name] {
			activities = append(activities, name)
		}
	}
	return attributes, activities
}

// countsEverything reports whether some rule looks at activity of any kind.
func (m *Model) countsEverything() bool {
	for _, s := range m.spec.Scores {
		for _, g := range s.Groups {
			for _, c := range g.Criteria {
				if c.Inactive != 0 && len(c.Of) == 0 {
					return true
				}
			}
		}
	}
	var texts []string
	collect(reflect.ValueOf(m.spec), func(s string) { texts = append(texts, s) })
	return slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, "kinds(") })
}

// Words adds every word of every text of a specification, names and paths left aside.
func Words(spec any, into map[string]bool) {
	collect(reflect.ValueOf(spec), func(s string) {
		for _, w := range word.FindAllString(s, -1) {
			into[w] = true
		}
		into[s] = true
	})
}

// collect calls each for every text in a value.
func collect(v reflect.Value, each func(string)) {
	switch v.Kind() {
	case reflect.String:
		each(v.String())
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			collect(v.Elem(), each)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			collect(v.Index(i), each)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			collect(key, each)
			collect(v.MapIndex(key), each)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.Name != "Name" && f.Name != "Path" {
				collect(v.Field(i), each)
			}
		}
	}
}
