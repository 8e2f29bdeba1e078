package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/learning"
	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/report"
	"github.com/bareme/bareme/worker"
)

func (p *program) backtestCommand() *cobra.Command {
	var f learnFlags
	var html string
	cmd := &cobra.Command{
		Use:   "backtest",
		Short: "Would this have worked? Learn from the past, judge on what came after",
		Long: `Learns from the people who came first and judges on those who came after: how well the learnt score tells who
converts, how far its probabilities can be taken at their word, and what calling the best tenth first would have brought;
beside the rules of the model file on what was known then, and beside the same rules with everything as it stands today,
which may know the outcome. Then conversion by grade and by label, and how far people have changed.

Needs a section learn in the model file. Changes nothing, and asks the CRM for nothing but field histories: what people were
then (--offline: not even that). --html also writes the report as one HTML file that needs nothing else.`,
		Example: example("bareme backtest", "bareme backtest --html report.html", "bareme backtest -o json | jq '.judged[].rank'",
			"bareme backtest --csv leads.csv --outcome status --positive won"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.backtest(cmd.Context(), f, html) },
	}
	f.add(cmd)
	cmd.Flags().StringVar(&html, "html", "", "write the report to this HTML file, too")
	return cmd
}

func (p *program) backtest(ctx context.Context, f learnFlags, html string) (err error) {
	file, err := p.load()
	if err != nil {
		return err
	}
	if err := f.check(); err != nil {
		return err
	}
	w, err := p.learner(ctx, file, f)
	if err != nil {
		return err
	}
	if w != nil {
		defer closing(w.Store, &err)
	}
	h, l, source, err := p.history(ctx, w, file, f)
	if err != nil {
		return refusedFit(err)
	}
	if h.Table.At == nil {
		return usagef("what came after what cannot be told: the rows have no moment; name the attribute with the date people came under learn.start")
	}
	r, err := learning.Backtest(h.Table, l.Options, rivals(h), groupings(h, file))
	if err != nil {
		return refusedFit(fmt.Errorf("%w%s", err, historyNotes(h)))
	}
	known := knownThen(h.AsOf, h.Calls)
	if html != "" {
		if err := writeBacktest(html, report.Tested{Report: r, Source: source, Outcome: l.Words(), Score: l.Score, AsOf: known}); err != nil {
			return err
		}
	}
	if p.json() {
		return p.printJSON(struct {
			*learning.Report
			AsOf []worker.AsOf `json:"as_of,omitempty"`
		}{r, h.AsOf})
	}
	p.printf("Backtest of %s, outcome: %s\n\n%s", source, l.Words(), r)
	for _, note := range h.Notes {
		p.printf("- people: %s\n", note)
	}
	for _, o := range h.LeftOut {
		p.printf("- %s %s\n", o.Name, o.Why)
	}
	p.printKnownThen(known)
	if html != "" {
		p.printf("\nWritten: %s\n", html)
	}
	return nil
}

// learner opens the state a history is made of; nil when that is a file.
func (p *program) learner(ctx context.Context, file *modelfile.File, f learnFlags) (*worker.Worker, error) {
	if f.csv != "" {
		return nil, nil
	}
	if file.Learn == nil {
		return nil, usagef("%s has no section learn: nothing says what counts as converted. Write one, as in\nlearn: {outcome: {activity: won, within: 90d}}", file.Name)
	}
	return p.snapshot(ctx, file)
}

// rivals are the scores that are judged beside what was learnt. One that knows nobody is no rival.
func rivals(h *worker.History) []learning.Rival {
	var list []learning.Rival
	for _, r := range []learning.Rival{{Name: "rules, as of then", Scores: h.Rules}, {Name: "rules, as of today", Scores: h.Today}} {
		if slices.ContainsFunc(r.Scores, func(x float64) bool { return !math.IsNaN(x) }) {
			list = append(list, r)
		}
	}
	return list
}

func groupings(h *worker.History, file *modelfile.File) []learning.Grouping {
	var list []learning.Grouping
	if grades := file.Model.Grades(); len(grades) > 0 {
		list = append(list, learning.Grouping{Name: "grade", Of: h.Grades, Order: grades})
	}
	if labels := file.Model.Labels(); len(labels) > 0 {
		list = append(list, learning.Grouping{Name: "label", Of: h.Labels, Order: labels})
	}
	return list
}

func writeBacktest(path string, t report.Tested) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return report.Backtest(f, t)
}
