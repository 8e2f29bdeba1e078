package main

import (
	"context"
	"errors"

	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"

	"github.com/bareme/bareme/plan"
	"github.com/bareme/bareme/worker"
)

func (p *program) runCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "run",
		Short: "Keep the scores fresh, on the model file's schedule",
		Long: `Syncs at once and then on the schedule of the model file, until it is interrupted. Each run is logged with its numbers.
A run that fails is logged, and the next one goes on where it stopped.`,
		Example: example("bareme run", "BAREME_LOG_FORMAT=json BAREME_LOG_LEVEL=info bareme run"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.schedule(cmd.Context()) },
	}
}

func (p *program) schedule(ctx context.Context) (err error) {
	w, file, err := p.worker(ctx)
	if err != nil {
		return err
	}
	defer closing(w.Store, &err)
	if err := checkFields(ctx, file, w.CRM); err != nil {
		return err
	}
	if p.log.GetLevel() < logrus.InfoLevel {
		p.log.SetLevel(logrus.InfoLevel) // a program that runs for ever tells what it does
	}
	s := file.Schedule
	p.log.WithFields(logrus.Fields{"sync": s.Sync, "rescore": s.Rescore, "reload": s.Reload, "fit": s.Fit, "timezone": s.TimeZone.String()}).Info("scheduled")
	return w.Run(ctx, worker.Schedule{Sync: s.Sync, Rescore: s.Rescore, Reload: s.Reload, Fit: s.Fit, TimeZone: s.TimeZone}, func(r worker.Report, err error) { p.logRun(ctx, r, err) })
}

// logRun writes one line for each run, with what an operator watches.
func (p *program) logRun(ctx context.Context, r worker.Report, err error) {
	entry := p.log.WithFields(logrus.Fields{
		"run": r.Run, "connection": r.Connection, "kind": r.Kind, "status": r.Status, "seconds": r.Took().Seconds(),
		"scored": r.Scored, "written": r.Written, "rejected": r.Rejected, "removed": r.Removed, "calls": r.AllCalls(),
		"waited": r.Waited.Seconds(), "pending": r.Population.Pending,
	})
	switch {
	case err == nil:
		entry.Info("run finished")
	case errors.Is(err, plan.ErrTooLarge):
		entry.WithError(err).Error("run refused")
	case ctx.Err() != nil:
		entry.Info("run interrupted; the next one goes on from here")
	default:
		entry.WithError(err).Error("run failed; the next one goes on from here")
	}
}
