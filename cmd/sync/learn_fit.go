package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/scoring"
	"github.com/bareme/bareme/worker"
)

// proposed is what fit shows of history: the proposal, and its difference from the model in force.
type proposed struct {
	*worker.Proposal
	Moves []worker.PointMove `json:"moves"`
	Text  string             `json:"yaml"`
}

// propose learns from history, stores the proposal where there is a state, and gives it with its difference.
func (p *program) propose(ctx context.Context, w *worker.Worker, m *modelfile.File, f learnFlags) (*proposed, error) {
	h, l, source, err := p.history(ctx, w, m, f)
	if err != nil {
		return nil, refusedFit(err)
	}
	now, err := p.clock()
	if err != nil {
		return nil, err
	}
	made, err := worker.Propose(l, h, source, now())
	if err != nil {
		return nil, refusedFit(fmt.Errorf("%w%s", err, historyNotes(h)))
	}
	if w != nil {
		if err := w.KeepProposal(ctx, made); err != nil {
			return nil, err
		}
	}
	return show(made, m)
}

// historyNotes tells who and what was left out, for a refusal: it may be why.
func historyNotes(h *worker.History) string {
	var b strings.Builder
	for _, note := range h.Notes {
		b.WriteString("\n  people: " + note)
	}
	for _, l := range h.LeftOut {
		b.WriteString("\n  " + l.Name + " " + l.Why)
	}
	return b.String()
}

// show makes the text of a proposal.
func show(made *worker.Proposal, m *modelfile.File) (*proposed, error) {
	score, err := worker.LearntScore(made.Fitted.Card, made.Score)
	if err != nil {
		return nil, err
	}
	var old *scoring.ScoreSpec
	if i := slices.IndexFunc(m.Scoring.Scores, func(s scoring.ScoreSpec) bool { return s.Name == made.Score }); i >= 0 {
		old = &m.Scoring.Scores[i]
	}
	file := modelfile.Proposal{Score: made.Score, Made: made.At, Model: made.Model, Body: modelfile.ScoreText(score)}
	return &proposed{Proposal: made, Moves: worker.PointMoves(old, score), Text: file.Text(about(made, m))}, nil
}

// about is what a proposal says of itself.
func about(made *worker.Proposal, m *modelfile.File) []string {
	f := made.Fitted
	j := &f.HeldOut
	lines := []string{
		"What bareme fit proposes for " + filepath.Base(m.Name) + ". Nothing has changed. Read it, edit the points if you like, then:",
		"  bareme preview after bareme apply FILE shows who moves; the file as it was is kept beside it.",
		"",
		fmt.Sprintf("Outcome: %s. Learnt from %s: %s converted, %s did not.", made.Outcome, made.Source, number(f.Events), number(f.Rows-f.Events)),
		fmt.Sprintf("On %s rows it did not learn from: AUC %.3f ± %.3f, log-loss %.4f against %.4f of the base rate. Standing: %s.",
			number(j.Rows), j.Rank.AUC, j.Rank.SE, j.Loss.LogLoss, j.BaseLoss, f.Standing),
	}
	if len(m.Scoring.Overall) > 0 && !slices.ContainsFunc(m.Scoring.Overall, func(w scoring.Weight) bool { return w.Score == made.Score }) {
		return append(lines, "The overall score does not count it until overall gives it a weight.")
	}
	return append(lines, "The overall score counts it as much as overall says; without overall, as much as any other score.")
}

// printProposed shows a proposal as text.
func (p *program) printProposed(d *proposed, out string) {
	f := d.Fitted
	p.printf("\n%s: learnt on %s from %s, outcome: %s\n\n%s", title(d.Score), d.At.Format("2 January 2006"), d.Source, d.Outcome, f)
	if t := d.Timing; t != nil {
		p.printf("\nConversions took %d days in the middle, %d at the 90th percentile: learn.outcome.within near %dd would keep %s of %s.\n",
			int(t.Median.Hours()/24), int(t.P90.Hours()/24), int(t.Within.Hours()/24), number(t.Kept), number(t.Conversions))
		if t.Truncated {
			p.printf("Conversions before %s are missing from the history: people from before teach that old leads never convert.\n", t.Since.Format("2 January 2006"))
		}
	}
	p.printKnownThen(knownThen(d.AsOf, d.Calls))
	if len(d.Notes)+len(d.LeftOut) > 0 {
		p.printf("\nNot looked at\n")
	}
	for _, note := range d.Notes {
		p.printf("- people: %s\n", note)
	}
	for _, l := range d.LeftOut {
		p.printf("- %s %s\n", l.Name, l.Why)
	}
	p.printPointMoves(d.Moves)
	if out == "" {
		p.printf("\nNothing has changed. Next: bareme fit with --out proposal.yaml, read it, then bareme apply proposal.yaml\n")
		return
	}
	p.printf("\nNothing has changed. Written: %s. Read it, then: bareme apply %s\n", out, out)
}

func (p *program) printPointMoves(moves []worker.PointMove) {
	if len(moves) == 0 {
		p.printf("\nPoints: as in the model in force\n")
		return
	}
	p.printf("\nPoints that would move   in force   proposed\n")
	text := func(x *float64) string {
		if x == nil {
			return "–"
		}
		return trimmed(*x)
	}
	for _, m := range moves {
		p.printf("  %-60s %6s → %6s\n", m.Criterion, text(m.Old), text(m.New))
	}
}

// lastProposed is the proposal in the store.
func (p *program) lastProposed(ctx context.Context, w *worker.Worker, m *modelfile.File) (*proposed, error) {
	made, err := w.LastProposal(ctx)
	if err != nil {
		return nil, err
	}
	if made == nil {
		return nil, usagef("nothing was proposed yet: run bareme fit, or set schedule.fit")
	}
	return show(made, m)
}
