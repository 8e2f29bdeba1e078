package scoring

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
)

// engine is part of every hash. It changes when the same model gives other results than before.
const engine = "points 1"

// hashOf names the rules of a model by a canonical form of its specification and schema.
func hashOf(m *Model) string {
	spec, engine := canonical(m), engine
	if m.filters.opens != nil {
		engine += ", opens ignored"
	}
	text, err := json.Marshal(struct {
		Engine string
		Spec   Spec
		Schema Schema
	}{engine, spec, m.schema})
	if err != nil {
		text = []byte(engine) // cannot happen: every number of a compiled model is finite
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6])
}

// canonical is the specification without what does not change results: places in the file, spaces around conditions,
// weights left to their default.
func canonical(m *Model) Spec {
	spec := m.spec
	spec.Scores = make([]ScoreSpec, len(m.spec.Scores))
	spec.Overall = nil
	for i, s := range m.spec.Scores {
		s.Path = ""
		groups := s.Groups
		s.Groups = make([]GroupSpec, len(groups))
		for j, g := range groups {
			g.Path = ""
			criteria := g.Criteria
			g.Criteria = make([]CriterionSpec, len(criteria))
			for k, c := range criteria {
				c.Path, c.When = "", canonicalCondition(c.When)
				g.Criteria[k] = c
			}
			s.Groups[j] = g
		}
		spec.Scores[i] = s
		if w := m.scores[i].weight; w != 0 {
			spec.Overall = append(spec.Overall, Weight{s.Name, w})
		}
	}
	if spec.Grade != nil {
		g := *spec.Grade
		g.Path = ""
		spec.Grade = &g
	}
	spec.Adjust = slices.Clone(spec.Adjust)
	for i := range spec.Adjust {
		spec.Adjust[i].When = canonicalCondition(spec.Adjust[i].When)
	}
	spec.Lifecycle, spec.Routing = canonicalStages(spec.Lifecycle), canonicalStages(spec.Routing)
	spec.RollUps = slices.Clone(spec.RollUps)
	for i := range spec.RollUps {
		spec.RollUps[i].When = canonicalCondition(spec.RollUps[i].When)
	}
	spec.Filters.Ignore = slices.Clone(spec.Filters.Ignore)
	for i := range spec.Filters.Ignore {
		spec.Filters.Ignore[i].When = canonicalCondition(spec.Filters.Ignore[i].When)
	}
	if spec.Filters.Opens == IgnoreOpens {
		spec.Filters.Opens = ""
	}
	spec.Labels = make([]LabelSpec, len(m.spec.Labels))
	for i, l := range m.spec.Labels {
		l.Path = ""
		spec.Labels[i] = l
	}
	return spec
}

func canonicalStages(stages []StageSpec) []StageSpec {
	stages = slices.Clone(stages)
	for i := range stages {
		stages[i].Enter, stages[i].Leave = canonicalCondition(stages[i].Enter), canonicalCondition(stages[i].Leave)
	}
	return stages
}

// canonicalCondition removes the spaces outside of texts that do not matter: a condition without any quotes keeps one
// between words.
func canonicalCondition(when string) string {
	if strings.ContainsAny(when, "\"'`") {
		return strings.TrimSpace(when)
	}
	return strings.Join(strings.Fields(when), " ")
}
