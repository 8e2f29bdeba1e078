package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/bareme/bareme/learning"
	"github.com/bareme/bareme/learning/scorecard"
)

// The notes of what was learnt: the last proposal, and the one the model file holds.
const (
	noteProposal = "learn:proposal"
	noteInForce  = "learn:in force"
)

// Proposal is what was learnt from history, with what it rests on. It changes nothing until it is applied.
type Proposal struct {
	Score   string              `json:"score"`
	At      time.Time           `json:"at"`
	Model   string              `json:"model"` // stands for the text of the model file it was made for
	Outcome string              `json:"outcome"`
	Source  string              `json:"source"` // whom it was learnt from, in words
	Fitted  *learning.Fitted    `json:"fitted"`
	LeftOut []scorecard.LeftOut `json:"left_out,omitempty"`
	Notes   []string            `json:"notes,omitempty"`
	Timing  *learning.Timing    `json:"timing,omitempty"`
	AsOf    []AsOf              `json:"as_of,omitempty"`
	Calls   int                 `json:"calls,omitempty"` // of CRMs' APIs, made to read field histories
}

// Propose learns from a history. The errors of learning.Fit say in words why there is nothing to propose.
func Propose(l Learn, h *History, source string, now time.Time) (*Proposal, error) {
	fitted, err := learning.Fit(h.Table, l.Options)
	if err != nil {
		return nil, err
	}
	return &Proposal{
		Score: l.Score, At: now.UTC(), Model: l.Model, Outcome: l.Words(), Source: source,
		Fitted: fitted, LeftOut: h.LeftOut, Notes: h.Notes, Timing: h.Timing, AsOf: h.AsOf, Calls: h.Calls,
	}, nil
}

// Words say what counts as converted.
func (l *Learn) Words() string {
	days := int(l.Within.Hours() / 24)
	switch {
	case l.Activity != "":
		return fmt.Sprintf("%s within %d days", l.Activity, days)
	case l.When != "":
		return l.When
	}
	return "the column of the file"
}

// proposeFrom learns from a history and stores the proposal.
func (w *Worker) proposeFrom(ctx context.Context, history func(context.Context) (*History, error)) (*Proposal, error) {
	h, err := history(ctx)
	if err != nil {
		return nil, err
	}
	p, err := Propose(*w.Learn, h, fmt.Sprintf("%d people of %s", h.Table.Len(), w.Connection), w.Now())
	if err != nil {
		return nil, err
	}
	return p, w.KeepProposal(ctx, p)
}

// KeepProposal stores the last proposal.
func (w *Worker) KeepProposal(ctx context.Context, p *Proposal) error {
	return w.keepLearnt(ctx, noteProposal, p)
}

// LastProposal is the one stored; nil when there is none.
func (w *Worker) LastProposal(ctx context.Context) (*Proposal, error) {
	return w.learnt(ctx, noteProposal)
}

// Applied notes that the last proposal is now the model's.
func (w *Worker) Applied(ctx context.Context, made time.Time) error {
	p, err := w.LastProposal(ctx)
	if err != nil || p == nil || !p.At.Truncate(time.Second).Equal(made.Truncate(time.Second)) {
		return err
	}
	return w.keepLearnt(ctx, noteInForce, p)
}

// InForce is what the model's learnt score was learnt from: what was applied, else the last proposal. applied tells which;
// nil when nothing was learnt.
func (w *Worker) InForce(ctx context.Context) (p *Proposal, applied bool, err error) {
	if p, err = w.learnt(ctx, noteInForce); err != nil || p != nil {
		return p, true, err
	}
	p, err = w.learnt(ctx, noteProposal)
	return p, false, err
}

func (w *Worker) keepLearnt(ctx context.Context, note string, p *Proposal) error {
	text, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("what was learnt cannot be stored: %w", err)
	}
	return w.Store.SetNote(ctx, w.Connection, note, string(text))
}

func (w *Worker) learnt(ctx context.Context, note string) (*Proposal, error) {
	text, err := w.Store.Note(ctx, w.Connection, note)
	if err != nil || text == "" {
		return nil, err
	}
	return ReadProposal([]byte(text))
}

// ReadProposal reads a proposal as it is stored: the JSON of a Proposal that is whole.
func ReadProposal(text []byte) (*Proposal, error) {
	var p Proposal
	if err := json.Unmarshal(text, &p); err != nil {
		return nil, fmt.Errorf("what was learnt cannot be read: run bareme fit: %w", err)
	}
	if p.Fitted == nil || p.Fitted.Card == nil {
		return nil, fmt.Errorf("what was learnt is not whole: run bareme fit")
	}
	if err := p.Fitted.Card.Valid(); err != nil {
		return nil, fmt.Errorf("what was learnt cannot be used: run bareme fit: %w", err)
	}
	return &p, nil
}
