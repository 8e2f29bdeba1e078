package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/plan"
	"github.com/bareme/bareme/store/postgres"
	"github.com/bareme/bareme/watch"
	"github.com/bareme/bareme/worker"
)

func (p *program) runCommand() *cobra.Command {
	var health, metrics string
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Keep the scores fresh, on the model file's schedule",
		Long: `Syncs at once and then on the schedule of the model file, until it is interrupted. Each run is logged with its numbers.
A run that fails is logged, and the next one goes on where it stopped.

With --health-address it answers the probes /livez and /readyz, with --metrics-address Prometheus on /metrics. Neither asks
who calls: open these addresses to whom they are meant for.`,
		Example: example("bareme run", "BAREME_LOG_FORMAT=json BAREME_LOG_LEVEL=info bareme run --health-address :8080 --metrics-address :9090"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.watched(cmd.Context(), health, metrics) },
	}
	cmd.Flags().StringVar(&health, "health-address", "", "where to answer /livez and /readyz, such as :8080 (default: nowhere)")
	cmd.Flags().StringVar(&metrics, "metrics-address", "", "where to answer /metrics, such as :9090 (default: nowhere)")
	return cmd
}

// watched listens before anything else, so that probes are answered while the CRM is asked for its fields.
func (p *program) watched(ctx context.Context, health, metrics string) (err error) {
	if p.log.GetLevel() < logrus.InfoLevel {
		p.log.SetLevel(logrus.InfoLevel) // a program that runs for ever tells what it does
	}
	watched := watch.New(buildVersion(), p.now)
	for _, l := range []struct {
		name, address string
		handler       http.Handler
	}{{"health", health, watched.Health()}, {"metrics", metrics, watched.Metrics()}} {
		if l.address == "" {
			continue
		}
		s, err := watch.Serve(ctx, l.address, l.handler)
		if err != nil {
			return usagef("--%s-address: %w", l.name, err)
		}
		defer func() {
			if cerr := s.Close(); cerr != nil {
				p.log.WithError(cerr).Warn("close the listener")
			}
		}()
		p.log.WithField("address", s.Address).Info(l.name + " answers")
	}
	stopping := context.AfterFunc(ctx, func() { watched.Ready(false) })
	defer stopping()
	if err := p.patiently(ctx, func() error { return p.schedule(ctx, watched) }); ctx.Err() == nil {
		return err
	}
	return nil // asked to stop, also while it was starting
}

// A worker that starts while the database is away, because it restarts or another takes over from it, asks again every
// moment before it gives up: ending would have the platform start it anew, later each time.
const (
	moment   = time.Second
	patience = 60
)

// patiently does something until the state can be reached.
func (p *program) patiently(ctx context.Context, do func() error) error {
	for try := 0; ; try++ {
		err := do()
		if !errors.Is(err, worker.ErrStoreAway) || try == patience {
			return err
		}
		if try == 0 {
			p.log.WithError(err).Warn("waiting for the database")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(moment):
		}
	}
}

func (p *program) schedule(ctx context.Context, watched *watch.Watch) (err error) {
	g, sites, err := p.group(ctx)
	if err != nil {
		return err
	}
	defer closing(g[0].Store, &err)
	if err := p.alerting(g, sites); err != nil {
		return err
	}
	shared, several := g[0].Store.(*postgres.Store)
	if several {
		err = introduce(ctx, sites)
	}
	if err == nil {
		err = checkSites(ctx, sites)
	}
	switch {
	case away(err):
		p.log.WithError(err).Warn("the model is not checked against the CRM yet")
	case err != nil:
		return err
	}
	for _, w := range g {
		runs, err := w.Store.Runs(ctx, w.Connection, remembered)
		if err != nil {
			return err
		}
		watched.Expect(w.Connection)
		if w.Alerts != nil {
			watched.ExpectAlerts(w.Connection)
		}
		watched.Remember(runs)
		w.Progress = watched
	}
	s := sites[0].file.Schedule
	p.log.WithFields(logrus.Fields{"sync": s.Sync, "rescore": s.Rescore, "reload": s.Reload, "fit": s.Fit, "timezone": s.TimeZone.String()}).Info("scheduled")
	watched.Ready(ctx.Err() == nil)
	schedule := worker.Schedule{Sync: s.Sync, Rescore: s.Rescore, Reload: s.Reload, Fit: s.Fit, TimeZone: s.TimeZone}
	if several {
		return p.queued(ctx, g, shared, schedule, watched)
	}
	return g.Run(ctx, schedule, func(r worker.Report, err error) {
		if errors.Is(err, worker.ErrStoreLocked) {
			p.log.WithField("kind", r.Kind).Info("another worker has this run")
			return
		}
		watched.Ran(r)
		p.logRun(ctx, r, err)
	})
}

// introduce has each connector find out which account it calls: its calls count for the account from then on, and a process
// may never take the piece of a run that asks.
func introduce(ctx context.Context, sites []site) error {
	for _, s := range sites {
		if _, err := s.crm.Account(ctx); err != nil {
			return err
		}
	}
	return nil
}

// remembered is how many past runs are looked through for the last good one of each kind.
const remembered = 1000

// away are errors that pass by themselves: a worker that is to run for ever waits for the next run.
func away(err error) bool {
	return errors.Is(err, crm.ErrUnavailable) || errors.Is(err, crm.ErrRateLimit) || errors.Is(err, crm.ErrQuota)
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
