package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bareme/bareme/plan"
	"github.com/bareme/bareme/store/postgres"
	"github.com/bareme/bareme/watch"
	"github.com/bareme/bareme/worker"
	"github.com/bareme/bareme/worker/jobs"
)

// queued takes part in the runs of all processes that share the database, until ctx ends.
func (p *program) queued(ctx context.Context, g worker.Group, store *postgres.Store, s worker.Schedule, watched *watch.Watch) error {
	runner, err := jobs.New(ctx, jobs.Config{Group: g, Store: store, Schedule: s, Log: p.log, After: func(r worker.Report) {
		watched.Ran(r)
		p.logRun(ctx, r, ended(r))
	}})
	if err != nil {
		return err
	}
	looking, enough := context.WithCancel(ctx)
	looked := make(chan struct{})
	go func() {
		defer close(looked)
		p.lookAtQueue(looking, runner, watched)
	}()
	err = runner.Run(ctx)
	enough()
	<-looked
	return err
}

// lookEvery is how often the queue is counted for metrics.
const lookEvery = 15 * time.Second

// lookAtQueue keeps the metrics of the queue current until ctx ends.
func (p *program) lookAtQueue(ctx context.Context, runner *jobs.Runner, watched *watch.Watch) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		d, err := runner.Depth(ctx)
		switch {
		case err == nil:
			watched.Queue(map[string]int{"ready": d.Ready, "running": d.Running, "waiting": d.Waiting, "dead": d.Dead}, d.Oldest)
		case ctx.Err() == nil:
			p.log.WithError(err).Warn("the queue cannot be counted")
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// ended is the error of a run that other processes took part in; nil when it did all it should.
func ended(r worker.Report) error {
	switch r.Status {
	case "done":
		return nil
	case "refused":
		return fmt.Errorf("%w: %s", plan.ErrTooLarge, r.Error)
	}
	return errors.New(r.Error)
}
