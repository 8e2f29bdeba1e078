package worker

import "github.com/bareme/bareme/scoring"

// ExplainedResults is what follows from the scores of one person, in the language of the explanation.
type ExplainedResults struct {
	Next     string            `json:"next,omitempty"`     // what to do, in words
	Stage    string            `json:"stage,omitempty"`    // of the lifecycle
	Route    string            `json:"route,omitempty"`    // where this person goes
	Families []ExplainedFamily `json:"families,omitempty"` // what each kind of knowledge gave to each score
	Dropped  []string          `json:"dropped,omitempty"`  // what the filters left out, and why
}

// ExplainedFamily is what one family of criteria gave to one score. Those of a score add up to it; the limits of groups
// and of the score have no family.
type ExplainedFamily struct {
	Score  string         `json:"score"`
	Family scoring.Family `json:"family"`
	Word   string         `json:"word"`
	Points float64        `json:"points"`
}

func (w *Worker) explainResults(r *scoring.Result, lang string) ExplainedResults {
	e := ExplainedResults{
		Next: w.Model.Next(r, lang), Stage: scoring.StageWord(r.Stage, lang), Route: scoring.RouteWord(r.Route, lang),
		Dropped: w.Model.Dropped(r, lang),
	}
	for _, f := range w.Model.Breakdown(r) {
		e.Families = append(e.Families, ExplainedFamily{Score: f.Score, Family: f.Family, Word: f.Family.Word(lang), Points: f.Points.Float()})
	}
	return e
}
