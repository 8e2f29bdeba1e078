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
	g, sites, err := p.group(ctx)
	if err != nil {
		return err
	}
	defer closing(g[0].Store, &err)
	if err := p.alerting(g, sites); err != nil {
		return err
	}
	if err := checkSites(ctx, sites); err != nil {
		return err
	}
	bar := p.progress()
	for _, w := range g {
		w.Progress = bar
	}
	all := g.RunOnce(ctx, o)
	bar.end()
	reports, rejected := make([]worker.Report, len(all)), 0
	for i := range all {
		reports[i] = all[i].Report
		rejected += reports[i].Rejected
	}
	if p.json() {
		if err := p.printJSON(oneOrAll(reports)); err != nil {
			return err
		}
	} else {
		for _, r := range reports {
			p.printReport(r)
		}
	}
	if err := worker.Failed(all); err != nil {
		return err
	}
	if rejected > 0 {
		return errRejected{rejected}
	}
	return nil
}

// printJSON is for programs that read.
func (p *program) printJSON(v any) error {
	enc := json.NewEncoder(p.out)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
