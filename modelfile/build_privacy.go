package modelfile

import (
	"slices"

	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/scoring"
)

// skipRules reads both forms of privacy.skip_if: a set any of whose fields may match, and a list of sets all of whose
// fields must.
func skipRules(n *node) (some []mapping.Condition, sets [][]mapping.Condition) {
	if n == nil || n.kind != listNode {
		return conditions(n), nil
	}
	for _, item := range n.items {
		sets = append(sets, conditions(item))
	}
	return nil, sets
}

// reviewed refuses rules that leave people out by a score alone, unless the file says that a person reviews them: nobody
// is to be judged by a machine only (GDPR article 22).
func (f *File) reviewed(human bool) []scoring.Problem {
	if human {
		return nil
	}
	var problems []scoring.Problem
	refuse := func(path string) {
		problems = append(problems, scoring.Problem{Path: path, Message: "people would be left out by a score alone",
			Hint: "ask for a fact as well, or let a person review them and say so: privacy: {human_review: true} (GDPR article 22)"})
	}
	if f.Mapper.SkipsByScore() {
		refuse("$.privacy.skip_if")
	}
	if f.Scoring.Grade != nil && len(f.Scoring.Routing) == 0 && f.writes(mapping.KeyRouting) {
		refuse("$.write.people." + mapping.KeyRouting) // by itself the worst grade is out of target
	}
	attributes := map[string]bool{}
	for _, a := range f.Mapping.Attributes {
		attributes[a.Name] = true
	}
	for _, e := range f.Model.Exclusions() {
		alone := true
		for _, name := range e.Asks {
			alone = alone && (f.Mapper.IsScore(name) || !attributes[name] && name != "stage")
		}
		if alone {
			refuse(e.Path)
		}
	}
	return problems
}

func (f *File) writes(key string) bool {
	return slices.ContainsFunc(f.Mapping.Write.Fields, func(w mapping.WriteField) bool { return w.Key == key })
}

func scope(n *node) scoring.ScopeSpec {
	return scoring.ScopeSpec{Include: textOf(n.get("include")), Exclude: textOf(n.get("exclude"))}
}

func override(n *node) *mapping.OverrideSpec {
	if n == nil {
		return nil
	}
	return &mapping.OverrideSpec{Field: textOf(n.get("field")), Until: textOf(n.get("until")), Author: textOf(n.get("author")), Reason: textOf(n.get("reason"))}
}
