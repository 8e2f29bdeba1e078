package mapping

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/nearest"
	"github.com/bareme/bareme/scoring"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
)

// ValidateModel finds texts in a model's conditions that their attribute can never have: an option the CRM's field does
// not offer, a value a lookup table never gives, a level that no transform knows. Without a schema for an object the
// options of its fields are not checked; nil checks tables and transforms alone. Each problem says where in the
// condition it is.
func (m *Mapper) ValidateModel(model *scoring.Model, schemas map[string]crm.Schema) []scoring.Problem {
	possible := m.possible(schemas)
	for _, a := range model.Spec().Derived() {
		if names := model.Segments(a.Name); names != nil {
			possible[a.Name] = names
		}
	}
	spec := model.Spec()
	if len(spec.Lifecycle) > 0 || len(spec.Routing) > 0 { // whose conditions ask for results; no attribute has their names
		possible["grade"], possible["label"], possible["stage"] = model.Grades(), model.Labels(), model.Stages()
	}
	var problems []scoring.Problem
	for _, c := range spec.Conditions() {
		for _, l := range comparedTexts(c.When) {
			values := possible[l.attribute]
			if len(values) == 0 || slices.Contains(values, l.text) {
				continue
			}
			problems = append(problems, scoring.Problem{
				Path: c.Path, Offset: l.offset, Length: l.length,
				Message: fmt.Sprintf("%s is never %q", l.attribute, l.text), Hint: m.possibleHint(l.attribute, l.text, values),
			})
		}
	}
	return problems
}

// possibleHint names the value that was probably meant: the text put through the attribute's own transform, if that
// gives one, else the closest.
func (m *Mapper) possibleHint(attribute, text string, values []string) string {
	for _, a := range m.attributes {
		if a.spec.Name == attribute && a.apply != nil {
			if v := a.apply(text); v != text && slices.Contains(values, v) {
				return fmt.Sprintf("write %q: that is what transform %s makes of it", v, a.spec.Transform)
			}
		}
	}
	for _, v := range values {
		if fold(v) == fold(text) {
			return fmt.Sprintf("write %q: letter case and accents count", v)
		}
	}
	if near := nearest.Name(text, values); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(values) > 12 {
		return fmt.Sprintf("it is one of %s and %d more", strings.Join(values[:12], ", "), len(values)-12)
	}
	return "it is one of " + strings.Join(values, ", ")
}

// possible lists the texts an attribute can have, by attribute; those that can have any are left out.
func (m *Mapper) possible(schemas map[string]crm.Schema) map[string][]string {
	all := map[string][]string{}
	for i := range m.attributes {
		a := &m.attributes[i]
		if a.typ != scoring.Text && a.typ != scoring.List {
			continue
		}
		if values := a.possible(schemas); len(values) > 0 {
			if a.spec.Default != nil {
				values = append(values, strings.TrimSpace(*a.spec.Default))
			}
			slices.Sort(values)
			all[a.spec.Name] = slices.Compact(values)
		}
	}
	return all
}

func (a *attribute) possible(schemas map[string]crm.Schema) []string {
	var values []string
	if a.lookup != nil {
		for _, v := range a.lookup {
			values = append(values, strings.TrimSpace(v))
		}
		return values
	}
	switch a.spec.Transform {
	case "":
		return a.options(schemas)
	case "seniority":
		return Levels()
	case "function":
		return Functions()
	case "industry_group":
		return IndustryGroups()
	case "region":
		return []string{"APAC", "EMEA", "LATAM", "NA"}
	case "size_band":
		return []string{"1-10", "11-50", "51-200", "201-500", "501-1000", "1001-5000", "5001+"}
	case "country":
		return countryCodes()
	}
	return nil
}

// options are the options of all fields an attribute comes from; none when any of them can hold something else.
func (a *attribute) options(schemas map[string]crm.Schema) []string {
	var values []string
	for _, p := range a.from {
		f, ok := schemas[p.object].Field(p.field)
		if p.connection != "" { // the schemas are those of one of several connections
			return nil
		}
		if !ok || !isChoice(f.Type) || len(f.Options) == 0 {
			return nil
		}
		for _, o := range f.Options {
			values = append(values, strings.TrimSpace(o.Value))
		}
	}
	return values
}

// comparedText is a text that a condition compares with an attribute, and where it stands, in bytes.
type comparedText struct {
	attribute, text string
	offset, length  int
}

// comparedTexts finds country == "FR", country in ["FR", "BE"] and "news" in topics. A condition that cannot be read has
// none: package scoring says what is wrong with it.
func comparedTexts(condition string) (found []comparedText) {
	defer func() {
		if recover() != nil { // the parser belongs to someone else
			found = nil
		}
	}()
	tree, err := parser.Parse(condition)
	if err != nil || !utf8.ValidString(condition) { // places are counted in characters, which a broken text has none of
		return nil
	}
	v := textFinder{source: []rune(condition)}
	ast.Walk(&tree.Node, &v)
	return v.found
}

type textFinder struct {
	source []rune
	found  []comparedText
}

// Visit looks at one node of a condition.
func (v *textFinder) Visit(node *ast.Node) {
	b, ok := (*node).(*ast.BinaryNode)
	if !ok || b.Operator != "==" && b.Operator != "!=" && b.Operator != "in" {
		return
	}
	for _, side := range [2][2]ast.Node{{b.Left, b.Right}, {b.Right, b.Left}} {
		name, ok := side[0].(*ast.IdentifierNode)
		if !ok {
			continue
		}
		switch other := side[1].(type) {
		case *ast.StringNode:
			v.add(name.Value, other)
		case *ast.ArrayNode:
			for _, item := range other.Nodes {
				if s, ok := item.(*ast.StringNode); ok {
					v.add(name.Value, s)
				}
			}
		}
	}
}

func (v *textFinder) add(attribute string, s *ast.StringNode) {
	from, to := s.Location().From, s.Location().To
	if from < 0 || to > len(v.source) || from > to {
		from, to = 0, 0
	}
	v.found = append(v.found, comparedText{attribute, s.Value, len(string(v.source[:from])), len(string(v.source[from:to]))})
}
