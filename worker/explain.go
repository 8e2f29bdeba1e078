package worker

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/scoring"
)

// Explanation is the score of one person or company with everything that made it. It holds no name and no address.
type Explanation struct {
	ID       string           `json:"id"`
	Object   string           `json:"object"` // people or companies
	At       time.Time        `json:"at"`
	Skipped  string           `json:"skipped,omitempty"`  // why this person is not scored by choice
	Unscored string           `json:"unscored,omitempty"` // why there is no score for lack of knowledge
	Scored   bool             `json:"scored"`
	Overall  float64          `json:"score"` // rounded as it is written
	Grade    string           `json:"grade"`
	Label    string           `json:"label"`
	Trend    string           `json:"trend"`
	Scores   []ExplainedScore `json:"scores"`
	Unknown  []string         `json:"unknown"` // attributes the model asked for and did not find
	Later    int              `json:"later"`   // activity dated in the future, not counted yet
	Shown    crm.Fields       `json:"shown"`   // what the CRM last acknowledged
	SetAside bool             `json:"set_aside"`
	Frozen   string           `json:"frozen,omitempty"` // the record keeps what it shows, by whom, until when and why
	History  []Entry          `json:"history"`          // what was written, latest first
	Moves    []HistoryMove    `json:"moves"`            // the same, with what moved the score each time

	Changes     []scoring.Change `json:"changes"`               // what would give another grade
	Adjustments []scoring.Reason `json:"adjustments,omitempty"` // what moved the overall score itself
	ExplainedResults

	Converted []mapping.Conversion `json:"converted,omitempty"` // amounts that were in another currency

	RolledUp []mapping.RolledUp `json:"rolled_up,omitempty"` // of a company: what its people add up to

	Owners []Link `json:"owners,omitempty"` // who owns the records of joined connections, where the model reads it
}

// ExplainedScore is one named score and the reasons that add up to it.
type ExplainedScore struct {
	Name    string           `json:"name"`
	Known   bool             `json:"known"`
	Points  float64          `json:"points"`
	Segment string           `json:"segment,omitempty"` // of a score by purchases: "Champions (543)"
	Reasons []scoring.Reason `json:"reasons"`
}

// Explain scores one record from the snapshot, in a language of package scoring. who is a record id or, of people, an
// e-mail address; two people of one address are an ErrConflict error that lists their ids.
func (w *Worker) Explain(ctx context.Context, who, lang string) (Explanation, error) {
	id, err := w.find(ctx, who)
	if err != nil {
		return Explanation{}, err
	}
	if err := w.LoadFits(ctx); err != nil {
		return Explanation{}, err
	}
	stored, in, err := w.Store.Subject(ctx, w.of(), id)
	if err != nil {
		return Explanation{}, err
	}
	s := w.scorer()
	if s.overrides, err = w.loadOverrides(ctx); err != nil {
		return Explanation{}, err
	}
	e := Explanation{ID: id, Object: w.of().Object, At: s.now, Shown: stored.Shown, SetAside: stored.SetAside}
	if e.History, err = w.Store.Ledger(ctx, w.of(), id, 20); err != nil {
		return e, err
	}
	e.Moves = moves(e.History)
	whole, err := w.joined(ctx, []Inputs{in}, nil)
	if err != nil {
		return e, err
	}
	input := w.input(whole[0], nil)
	e.Converted = w.Mapper.Conversions(input)
	e.RolledUp = w.Mapper.RolledUp(input.Members)
	if len(w.others()) > 0 {
		e.Owners = ownersOf(w.Connection, whole[0])
	}
	if len(stored.Blob) == 0 {
		return e, &crm.Error{Kind: crm.ErrNotFound, Op: "explain", ID: id, Message: "was pulled but not scored yet", Hint: "Run a sync first"}
	}
	if e.Skipped, err = s.standing(id, stored.Blob); err != nil || e.Skipped != "" {
		return e, err
	}
	if s.hand.frozen != nil {
		e.Frozen = s.hand.frozen.frozen(lang)
	}
	planned := s.compute("", stored.Shown)
	e.Scored, e.Overall, e.Grade, e.Label, e.Trend = planned.Scored, planned.Score, planned.Grade, planned.Label, planned.Trend
	e.Later = s.result.Later
	e.ExplainedResults = w.explainResults(&s.result, lang)
	if !e.Scored {
		e.Unscored = w.Model.Unscored(&s.result, lang)
	}
	reasons := w.Model.Reasons(&s.result, s.now, lang)
	e.Scores = w.explainScores(&s.result, reasons)
	for _, reason := range reasons {
		if reason.Overall {
			e.Adjustments = append(e.Adjustments, reason)
		}
	}
	e.Changes = w.Model.WhatWouldChange(&s.subject, s.now, &s.result, lang)
	for _, slot := range s.result.Unknown {
		e.Unknown = append(e.Unknown, w.Model.AttributeName(slot))
	}
	return e, nil
}

func (w *Worker) explainScores(r *scoring.Result, reasons []scoring.Reason) []ExplainedScore {
	out := make([]ExplainedScore, len(r.Scores))
	for i, name := range w.Model.Scores() {
		out[i] = ExplainedScore{Name: name, Known: r.Scores[i].Known, Points: r.Scores[i].Points.Float(), Segment: w.Model.SegmentOf(r, i)}
		for _, reason := range reasons {
			if reason.Score == name {
				out[i].Reasons = append(out[i].Reasons, reason)
			}
		}
	}
	return out
}

// find turns an id or an e-mail address into an id. The address itself is not kept anywhere: only its hash is.
func (w *Worker) find(ctx context.Context, who string) (string, error) {
	if !strings.Contains(who, "@") || w.object == crm.Companies {
		return who, nil
	}
	ids, err := w.Store.Find(ctx, w.Connection, w.Mapper.IdentityOf(who))
	switch {
	case err != nil:
		return "", err
	case len(ids) == 0:
		return "", &crm.Error{Kind: crm.ErrNotFound, Op: "explain", Message: "nobody with this address has been pulled",
			Hint: "Check the spelling, or run a sync first"}
	case len(ids) > 1:
		return "", &crm.Error{Kind: crm.ErrConflict, Op: "explain",
			Message: fmt.Sprintf("%d people have this address: %s", len(ids), strings.Join(ids, ", ")), Hint: "Name one by its id"}
	}
	return ids[0], nil
}
