package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule says when each kind of run is due, in robfig/cron's standard five fields; an empty one is never due.
type Schedule struct {
	Sync, Rescore, Reload, Fit string
	TimeZone                   *time.Location
}

// Run runs at once and then on schedule until ctx ends, which is no error. Runs never overlap: one that falls due while another is under
// way follows it, and several of a kind that fall due meanwhile are one. after hears of every run; a run that fails
// does not end the schedule, because most failures are over by the next run.
func (w *Worker) Run(ctx context.Context, s Schedule, after func(Report, error)) error {
	due, stop, err := s.start()
	if err != nil {
		return err
	}
	defer stop()
	next := Sync
	for {
		report, err := w.RunOnce(ctx, Options{Kind: next})
		after(report, err)
		if errors.Is(err, ErrOtherAccount) {
			return err
		}
		var ok bool
		if next, ok = due.wait(ctx); !ok {
			return nil
		}
	}
}

// dueRuns holds one place for each kind of run, so that what falls due several times is run once.
type dueRuns struct{ reload, fit, rescore, sync chan struct{} }

// start sets the clock going.
func (s Schedule) start() (dueRuns, func(), error) {
	due := dueRuns{make(chan struct{}, 1), make(chan struct{}, 1), make(chan struct{}, 1), make(chan struct{}, 1)}
	zone := s.TimeZone
	if zone == nil {
		zone = time.UTC
	}
	clock := cron.New(cron.WithLocation(zone))
	for _, entry := range []struct {
		kind Kind
		spec string
		due  chan struct{}
	}{{Reload, s.Reload, due.reload}, {Refit, s.Fit, due.fit}, {Rescore, s.Rescore, due.rescore}, {Sync, s.Sync, due.sync}} {
		if entry.spec == "" {
			continue
		}
		if _, err := clock.AddFunc(entry.spec, func() {
			select {
			case entry.due <- struct{}{}:
			default: // already waiting
			}
		}); err != nil {
			return due, nil, fmt.Errorf("schedule of %s: %w", entry.kind, err)
		}
	}
	clock.Start()
	return due, func() { <-clock.Stop().Done() }, nil
}

// wait returns what is due next, the most thorough first: a reload makes a sync that is due with it needless.
func (d dueRuns) wait(ctx context.Context) (Kind, bool) {
	if ctx.Err() != nil {
		return "", false
	}
	for _, first := range []struct {
		kind Kind
		due  chan struct{}
	}{{Reload, d.reload}, {Refit, d.fit}, {Rescore, d.rescore}} {
		select {
		case <-first.due:
			return first.kind, true
		default:
		}
	}
	select {
	case <-ctx.Done():
		return "", false
	case <-d.reload:
		return Reload, true
	case <-d.fit:
		return Refit, true
	case <-d.rescore:
		return Rescore, true
	case <-d.sync:
		return Sync, true
	}
}
