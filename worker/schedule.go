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
// way follows it, and several of a kind that fall due meanwhile, or while no worker ran, are one. after hears of every run; a run that fails
// does not end the schedule, because most failures are over by the next run.
func (g Group) Run(ctx context.Context, s Schedule, after func(Report, error)) error {
	due, stop, err := s.start()
	if err != nil {
		return err
	}
	defer stop()
	w := g[0] // whose notes say when each kind of run last succeeded
	if err := w.missed(ctx, s, due); err != nil {
		return err
	}
	next := Sync
	for {
		all := g.RunOnce(ctx, Options{Kind: next})
		if Failed(all) == nil {
			all[0].Err = w.Store.SetNote(context.WithoutCancel(ctx), w.Connection, noteRan+string(next), all[0].Report.Started.Format(time.RFC3339))
		}
		for _, ran := range all {
			after(ran.Report, ran.Err)
		}
		if err := Failed(all); errors.Is(err, ErrOtherAccount) {
			return err
		}
		var ok bool
		if next, ok = due.wait(ctx); !ok {
			return nil
		}
	}
}

// noteRan begins the names of the moments each kind of run last succeeded.
const noteRan = "ran "

// missed has what fell due while no worker ran follow the first sync: each kind once, however often it fell due. A kind
// that never ran begins to count now.
func (w *Worker) missed(ctx context.Context, s Schedule, due dueRuns) error {
	now := w.Now()
	for _, of := range []struct {
		kind Kind
		spec string
		due  chan struct{}
	}{{Reload, s.Reload, due.reload}, {Refit, s.Fit, due.fit}, {Rescore, s.Rescore, due.rescore}} {
		if of.spec == "" {
			continue
		}
		noted, err := w.Store.Note(ctx, w.Connection, noteRan+string(of.kind))
		if err != nil {
			return err
		}
		ran, err := time.Parse(time.RFC3339, noted)
		if err != nil {
			if err := w.Store.SetNote(ctx, w.Connection, noteRan+string(of.kind), now.UTC().Format(time.RFC3339)); err != nil {
				return err
			}
			continue
		}
		if next, err := s.next(of.spec, ran); err != nil || next.IsZero() || next.After(now) {
			continue // start has refused what cannot be read
		}
		select {
		case of.due <- struct{}{}:
		default: // its moment has just come as well
		}
	}
	return nil
}

// Next is when a kind of run is due after a moment; the zero time when never.
func (s Schedule) Next(kind Kind, after time.Time) (time.Time, error) {
	spec := map[Kind]string{Sync: s.Sync, Rescore: s.Rescore, Reload: s.Reload, Refit: s.Fit}[kind]
	if spec == "" {
		return time.Time{}, nil
	}
	next, err := s.next(spec, after)
	if err != nil {
		return next, fmt.Errorf("schedule of %s: %w", kind, err)
	}
	return next, nil
}

// next is when a schedule is due after a moment; the zero time when never.
func (s Schedule) next(spec string, after time.Time) (time.Time, error) {
	parsed, err := s.parse(spec)
	if err != nil {
		return time.Time{}, err
	}
	return parsed.Next(after.In(s.zone())), nil
}

// zone is the time zone of the schedule.
func (s Schedule) zone() *time.Location {
	if s.TimeZone == nil {
		return time.UTC
	}
	return s.TimeZone
}

// dueRuns holds one place for each kind of run, so that what falls due several times is run once.
type dueRuns struct{ reload, fit, rescore, sync chan struct{} }

// start sets the clock going.
func (s Schedule) start() (dueRuns, func(), error) {
	due := dueRuns{make(chan struct{}, 1), make(chan struct{}, 1), make(chan struct{}, 1), make(chan struct{}, 1)}
	clock := cron.New(cron.WithLocation(s.zone()))
	for _, entry := range []struct {
		kind Kind
		spec string
		due  chan struct{}
	}{{Reload, s.Reload, due.reload}, {Refit, s.Fit, due.fit}, {Rescore, s.Rescore, due.rescore}, {Sync, s.Sync, due.sync}} {
		if entry.spec == "" {
			continue
		}
		times, err := s.parse(entry.spec)
		if err != nil {
			return due, nil, fmt.Errorf("schedule of %s: %w", entry.kind, err)
		}
		clock.Schedule(times, cron.FuncJob(func() {
			select {
			case entry.due <- struct{}{}:
			default: // already waiting
			}
		}))
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
