package modelfile

import (
	"slices"
	"strings"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/scoring"
)

// Part is how one kind of record is mapped and scored.
type Part struct {
	Mapping mapping.Spec
	Scoring scoring.Spec
	Mapper  *mapping.Mapper
	Model   *scoring.Model
}

// companies reads the section of companies. It is built as if it were a file of its own, whose people are the companies;
// companyPath leads what is found in it back to its place.
func (b *builder) companies(f *File, root *node) {
	n := root.get("companies")
	if n == nil {
		if w := root.get("write").get("companies"); w != nil {
			b.add(w.span(b.src), "companies are written and not scored", "Add a section companies with attributes and scores, or remove write.companies.")
		}
		return
	}
	view := &node{kind: mapNode, entries: append(slices.Clone(n.entries), entry{key: &node{kind: scalarNode, text: "people"}, value: n})}
	if c := root.get("connections"); c != nil {
		view.entries = append(view.entries, entry{key: &node{kind: scalarNode, text: "connections"}, value: c})
	}
	p := &Part{}
	p.Mapping.Object = crm.Companies
	b.part(p, view)
	p.Mapping.Retain, p.Mapping.Rates = f.Mapping.Retain, f.Mapping.Rates
	b.writes(p, root.get("write"), "companies")
	scaled(p, view, root.get("write"))
	f.Companies, f.Limits.MinCompanyChange = p, p.leastChange(root.get("write"))
	for _, a := range p.Mapping.Attributes {
		if a.RollUp != nil {
			f.Scoring.RollUps = append(f.Scoring.RollUps, scoring.RollUpSpec{Path: companyPath(a.Path) + ".when", When: a.RollUp.When})
		}
	}
}

// companyPath is where something stands that the section of companies calls by its place in a file of people.
func companyPath(path string) string {
	for from, to := range map[string]string{"$.write.people": "$.write.companies", "$.people": "$.companies"} {
		if rest, ok := strings.CutPrefix(path, from); ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return to + rest
		}
	}
	for _, shared := range []string{"$.write", "$.privacy", "$.override", "$.currencies"} {
		if strings.HasPrefix(path, shared) {
			return path
		}
	}
	return "$.companies" + strings.TrimPrefix(path, "$")
}

func inCompanies(problems []scoring.Problem) []scoring.Problem {
	out := slices.Clone(problems)
	for i := range out {
		out[i].Path = companyPath(out[i].Path)
	}
	return out
}

// compileCompanies compiles the section of companies, after people.
func (f *File) compileCompanies() error {
	c := f.Companies
	if c == nil {
		return nil
	}
	mapper, problems := mapping.Compile(c.Mapping)
	if err := f.Locate(inCompanies(problems)); err != nil {
		return err
	}
	model, more := scoring.Compile(c.Scoring, mapper.Schema())
	problems = append(problems, more...)
	problems = append(problems, c.forgottenStages()...)
	problems = append(problems, mapper.CheckRollUps(f.Model)...)
	problems = append(inCompanies(problems), f.Mapper.Circles(mapper)...)
	if err := f.Locate(problems); err != nil {
		return err
	}
	c.Mapper, c.Model = mapper, model
	f.Warnings = append(f.Warnings, problems...)
	return nil
}

// Validate compares the file with what a CRM holds, people and companies alike: schemas by object, as Describe returns
// them.
func (f *File) Validate(schemas map[string]crm.Schema) []scoring.Problem {
	problems := append(f.Mapper.Validate(schemas), f.Mapper.ValidateModel(f.Model, schemas)...)
	if c := f.Companies; c != nil {
		problems = append(problems, inCompanies(append(c.Mapper.Validate(schemas), c.Mapper.ValidateModel(c.Model, schemas)...))...)
	}
	return problems
}

// Need lists every field the file reads or writes, by object.
func (f *File) Need() crm.Need {
	need := f.Mapper.Need()
	if f.Companies != nil {
		need = need.With(f.Companies.Mapper.Need())
	}
	return need
}

// Lint is scoring.Model.Lint with each finding where it stands in the file.
func (p *Part) Lint() []scoring.Finding {
	found := p.Model.Lint()
	if p.Mapping.Object == crm.Companies {
		return OfCompanies(found)
	}
	return found
}

// OfCompanies puts findings about the section of companies where they stand in the file.
func OfCompanies(found []scoring.Finding) []scoring.Finding {
	for i := range found {
		found[i].Problem.Path = companyPath(found[i].Problem.Path)
	}
	return found
}
