package main

import (
	"context"
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/worker"
)

func (p *program) syncCommand() *cobra.Command {
	var accept, rescore, reload, sweep bool
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "Pull, score and write once",
		Long: `Pulls what changed in the CRM since last time, scores the people it concerns, and writes the scores that moved.

A plan that changes too many records at once is refused (exit code 4): the first time, after a new model, or after a
mistake. Look at it with "bareme preview", then accept it with --accept-changes.`,
		Example: example("bareme sync", "bareme sync --accept-changes   # the first time", "bareme sync --rescore          # everybody, without pulling: time passes for all"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			kind := worker.Sync
			switch {
			case rescore && reload:
				return usagef("--rescore and --reload exclude each other: the first reads nothing, the second everything")
			case rescore:
				kind = worker.Rescore
			case reload:
				kind = worker.Reload
			}
			return p.sync(cmd.Context(), worker.Options{Kind: kind, Accept: accept, Sweep: sweep})
		},
	}
	cmd.Flags().BoolVar(&accept, "accept-changes", false, "write even when the plan changes more records than write.max_changed allows")
	cmd.Flags().BoolVar(&rescore, "rescore", false, "score everybody from the snapshot instead of pulling")
	cmd.Flags().BoolVar(&reload, "reload", false, "read everything again, which finds changes the CRM does not announce")
	cmd.Flags().BoolVar(&sweep, "sweep", false, "look for deleted records now instead of once a day")
	return cmd
}

func (p *program) sync(ctx context.Context, o worker.Options) (err error) {
	w, file, err := p.worker(ctx)
	if err != nil {
		return err
	}
	defer closing(w.Store, &err)
	if err := checkFields(ctx, file, w.CRM); err != nil {
		return err
	}
	bar := p.progress()
	w.Progress = bar
	report, err := w.RunOnce(ctx, o)
	bar.end()
	if p.json() {
		if err := p.printJSON(report); err != nil {
			return err
		}
	} else {
		p.printReport(report)
	}
	if err == nil && report.Rejected > 0 {
		return errRejected{report.Rejected}
	}
	return err
}

// printJSON is for programs that read.
func (p *program) printJSON(v any) error {
	enc := json.NewEncoder(p.out)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
