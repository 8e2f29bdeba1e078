package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/learning"
	"github.com/bareme/bareme/worker"
)

func (p *program) driftCommand() *cobra.Command {
	var f keptFlags
	cmd := &cobra.Command{
		Use:   "drift",
		Short: "Have people changed since the score was learnt?",
		Long: `Compares the people who came after the last fit with those it was learnt from: how far each attribute and the score
have moved (PSI), conversion month by month and by grade and label, and whether probabilities still come true. Above a PSI
of 0.10 it is worth a look, above 0.25 the score is no longer to be trusted; each warning says what to do. The nightly
rescore looks as well, and its report and metrics tell. Changes nothing. The CRM is
asked for nothing but the field histories of the people who came since, where the score was learnt by such.

Of a fit from a spreadsheet: --fitted is the file that bareme fit --keep wrote, --csv the people who came since.`,
		Example: example("bareme drift", "bareme drift -o json | jq '.warnings'",
			"bareme drift --fitted leads.fit.json --csv new-leads.csv --outcome status --positive won"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.drift(cmd.Context(), f) },
	}
	f.add(cmd)
	return cmd
}

func (p *program) drift(ctx context.Context, f keptFlags) (err error) {
	var made *worker.Proposal
	var d *learning.DriftReport
	if err := f.check(true); err != nil {
		return err
	}
	if f.fitted != "" {
		made, d, err = p.keptDrift(ctx, f)
	} else {
		made, d, err = p.stateDrift(ctx)
	}
	if err != nil {
		return err
	}
	if p.json() {
		return p.printJSON(d)
	}
	p.printf("%s, learnt on %s\n\n%s", title(made.Score), made.At.Format("2 January 2006"), d)
	return nil
}

func (p *program) stateDrift(ctx context.Context) (made *worker.Proposal, d *learning.DriftReport, err error) {
	w, err := p.lookingBack(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer closing(w.Store, &err)
	return p.driftOf(ctx, w)
}

// lookingBack opens the state with what is learnt from it. The caller closes it.
func (p *program) lookingBack(ctx context.Context) (*worker.Worker, error) {
	file, err := p.load()
	if err != nil {
		return nil, err
	}
	w, err := p.learner(ctx, file, learnFlags{})
	if err != nil {
		return nil, err
	}
	w.Learn = learnOf(file, file.Learn)
	p.asking(w, file, learnFlags{})
	return w, nil
}

func (p *program) driftOf(ctx context.Context, w *worker.Worker) (*worker.Proposal, *learning.DriftReport, error) {
	bar := p.progress()
	defer bar.end()
	w.Progress = bar
	made, d, err := w.LearntDrift(ctx)
	if errors.Is(err, worker.ErrNothingLearnt) {
		err = usageError{err}
	}
	return made, d, err
}
