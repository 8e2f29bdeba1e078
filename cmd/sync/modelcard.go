package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/learning"
)

func (p *program) modelCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "model",
		Short: "What the learnt score is, and how far to trust it",
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "card",
		Short: "Print the model card of the learnt score",
		Long: `Prints what the learnt score is for, whom it was learnt from and when, how it did on people it did not learn from,
whether people have changed since, and when not to trust it: of the score that was applied, else of the last proposal.`,
		Example: example("bareme model card", "bareme model card -o json"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.modelCard(cmd.Context()) },
	})
	return cmd
}

func (p *program) modelCard(ctx context.Context) (err error) {
	w, err := p.lookingBack(ctx)
	if err != nil {
		return err
	}
	defer closing(w.Store, &err)
	made, d, err := p.driftOf(ctx, w)
	if err != nil && !errors.Is(err, learning.ErrTooFew) {
		return err
	}
	_, applied, err := w.InForce(ctx)
	if err != nil {
		return err
	}
	card := learning.Describe(made.Fitted, d, "order people by how likely they convert, and say how likely", made.Source, made.Outcome, made.At)
	if p.json() {
		return p.printJSON(card)
	}
	p.printf("%s", card)
	if !applied {
		p.printf("- It is a proposal: bareme apply puts it into the model file.\n")
	}
	return nil
}
