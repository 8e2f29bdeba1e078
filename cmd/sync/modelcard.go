package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/learning"
	"github.com/bareme/bareme/worker"
)

func (p *program) modelCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "model",
		Short: "What the learnt score is, and how far to trust it",
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var f keptFlags
	card := &cobra.Command{
		Use:   "card",
		Short: "Print the model card of the learnt score",
		Long: `Prints what the learnt score is for, whom it was learnt from and when, how it did on people it did not learn from,
whether people have changed since, and when not to trust it: of the score that was applied, else of the last proposal.

Of a fit from a spreadsheet: --fitted is the file that bareme fit --keep wrote; with --csv, the people who came since,
it says whether people have changed.`,
		Example: example("bareme model card", "bareme model card -o json", "bareme model card --fitted leads.fit.json"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.modelCard(cmd.Context(), f) },
	}
	f.add(card)
	cmd.AddCommand(card)
	return cmd
}

func (p *program) modelCard(ctx context.Context, f keptFlags) error {
	if err := f.check(false); err != nil {
		return err
	}
	if f.fitted == "" {
		return p.stateCard(ctx)
	}
	made, err := readFit(f.fitted)
	if err != nil {
		return err
	}
	var d *learning.DriftReport
	if f.csv != "" {
		if _, d, err = p.keptDrift(ctx, f); err != nil && !errors.Is(err, learning.ErrTooFew) {
			return err
		}
	}
	return p.tellCard(made, d, "")
}

func (p *program) stateCard(ctx context.Context) (err error) {
	w, err := p.lookingBack(ctx)
	if err != nil {
		return err
	}
	defer closing(w.Store, &err)
	made, d, err := p.driftOf(ctx, w)
	if err != nil && !errors.Is(err, learning.ErrTooFew) && !errors.Is(err, worker.ErrPastUnknown) {
		return err
	}
	_, applied, err := w.InForce(ctx)
	if err != nil {
		return err
	}
	note := ""
	if !applied {
		note = "- It is a proposal: bareme apply puts it into the model file.\n"
	}
	return p.tellCard(made, d, note)
}

func (p *program) tellCard(made *worker.Proposal, d *learning.DriftReport, note string) error {
	card := learning.Describe(made.Fitted, d, "order people by how likely they convert, and say how likely", made.Source, made.Outcome, made.At)
	if p.json() {
		return p.printJSON(card)
	}
	p.printf("%s%s", card, note)
	return nil
}
