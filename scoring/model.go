package scoring

import (
	"slices"
	"sync"
)

// Model is a compiled scoring model. It never changes and may be used from many goroutines at once.
type Model struct {
	spec   Spec
	schema Schema
	hash   string

	scores    []compiledScore
	weightSum float64
	total     compiledTotal
	rules     []activityRule // of all activity criteria
	byKind    [][]int        // the rules each kind of activity feeds
	grade     *compiledGrade
	stages    []stage
	routes    []stage
	filters   compiledFilters
	scope     compiledScope
	rollUps   []*condition // nil: everybody

	purchases []compiledRFM // the scores by purchases, in model order
	products  *compiledProducts
	value     *compiledValue
	extended  *Schema // schema, and what those scores make
	learnt    string  // see Learnt

	scratch sync.Pool // of *scratch

	asking sync.Once // guards asked
	asked  []*asked  // see whatIf.facts; by attribute, nil where no condition mentions it
}

type compiledScore struct {
	name     string
	min, max Points
	weight   float64 // in the overall score; 0: not part of it
	groups   []compiledGroup

	purchases bool // a score by purchases: see Model.purchases
	scope     compiledScope
}

type compiledGroup struct {
	name     string
	min, max *Points
	criteria []compiledCriterion
}

// family is what a criterion looks at.
type family uint8

const (
	byCondition family = iota
	byActivity
	byInactivity
	byPurchases
)

type compiledCriterion struct {
	name      string
	family    family
	topic     Family
	condition *condition
	points    Points
	unknown   *Points  // points when the condition can be neither true nor false
	rule      int      // in Model.rules
	inactive  int64    // milliseconds
	of        []uint16 // kinds whose silence counts; nil: any
}

// Schema is the schema the model was compiled against.
func (m *Model) Schema() Schema { return m.schema }

// Spec is the specification the model was compiled from. It must not be changed.
func (m *Model) Spec() Spec { return m.spec }

// Hash names the rules of the model: two models with the same hash give the same results for the same subject and
// moment. Moving things about in the model file, or writing a condition with other spaces, does not change it.
func (m *Model) Hash() string { return m.hash }

// Scores are the names of the scores, in the order of Result.Scores.
func (m *Model) Scores() []string {
	names := make([]string, len(m.scores))
	for i := range m.scores {
		names[i] = m.scores[i].name
	}
	return names
}

// ScoreIndex finds a score by name; ok is false when there is none.
func (m *Model) ScoreIndex(name string) (index int, ok bool) {
	index = slices.IndexFunc(m.scores, func(s compiledScore) bool { return s.name == name })
	return index, index >= 0
}

// Matrix names the two scores that make the grade, "" and "" when none do.
func (m *Model) Matrix() (rows, columns string) {
	if m.grade == nil || m.grade.one || m.grade.thirds != nil {
		return "", ""
	}
	return m.scores[m.grade.rows].name, m.scores[m.grade.columns].name
}

// Names gives the names a line of a result stands for; those it has not are "".
func (m *Model) Names(l Line) (score, group, criterion string) {
	s := &m.scores[l.Score]
	score = s.name
	switch l.Kind {
	case ScoreMax, ScoreMin:
		return score, "", ""
	case GroupCap, GroupFloor:
		return score, s.groups[l.Group].name, ""
	}
	g := &s.groups[l.Group]
	return score, g.name, g.criteria[l.Criterion].name
}

// Grades are all grades the model can give, best first by row: A1, A2 … Empty when it gives none.
func (m *Model) Grades() []string {
	if m.grade == nil {
		return nil
	}
	return m.grade.all()
}

// Labels are the labels the model can give, in its order, each once.
func (m *Model) Labels() []string {
	var list []string
	for _, l := range m.spec.Labels {
		if !slices.Contains(list, l.Label) {
			list = append(list, l.Label)
		}
	}
	return list
}
