// Package jobs takes runs in pieces, as jobs of a queue in PostgreSQL that any number of processes work on: pull, score by
// parts of the population, write by parts, and what comes between. The queue is River; the steps are those of package
// worker, which takes them one after the other where there is one process.
//
// A run is a row for each of its connections, which says at what stage it is. The job that ends the last piece of a stage
// makes the jobs of the next, in the transaction that ends itself: nothing is lost or begun twice when a process dies.
// Jobs hold ids only.
package jobs

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/sirupsen/logrus"
	logslog "github.com/sirupsen/logrus/hooks/slog"

	"github.com/bareme/bareme/store/postgres"
	"github.com/bareme/bareme/worker"
)

// Config is what a Runner is made of. Zero values of the numbers take the defaults.
type Config struct {
	Group    worker.Group // of one model file, on Store
	Store    *postgres.Store
	Schedule worker.Schedule
	After    func(worker.Report) // hears of each connection's run that this process ended; may be nil
	Log      logrus.FieldLogger

	Workers  int           // jobs this process does at once; default 4
	PartSize int           // records in a part; default 20,000
	Slice    time.Duration // how long a job works before it lets others have a turn; default 30 s
	Timeout  time.Duration // after which a job is given up as stuck; default 5 min
	Grace    time.Duration // how long jobs may take to stop before they are cancelled; default 20 s
	Tick     time.Duration // how often the schedule is asked, and what dead processes left is put right; default 1 min
	Poll     time.Duration // how often the queue is looked at when nothing is heard of it; default 1 s
}

// Runner is one process' share in the work.
type Runner struct {
	cfg      Config
	queue    string
	model    string
	workers  map[string]*worker.Worker // by connection
	meters   map[string]*meter
	client   *river.Client[pgx.Tx]
	stopping atomic.Bool
	here     atomic.Pointer[context.Context] // done when this process is no longer present
	leave    context.CancelFunc
	absent   chan struct{}
}

const (
	maxParts    = 4096
	maxAttempts = 8
)

// division numbers the way this build divides runs into pieces. Raise it with each change after which this build and the
// one before could not take pieces of one run together: a stage that comes, goes or moves; another meaning of a piece's
// object or part, of the facts of a run, or of what one stage leaves in the store for the next.
//
// Processes with another number never take each other's jobs, as those with another model never do; see lead. It is a
// variable because a test builds "the next version" with: -ldflags "-X github.com/bareme/bareme/worker/jobs.division=next".
var division = "1" //nolint:gochecknoglobals // the linker can set nothing else

// New makes the queue's tables where they are missing, and a runner that does not run yet. A database that a newer version
// of the queue has been at is an error that wraps worker.ErrStoreNewer.
func New(ctx context.Context, cfg Config) (*Runner, error) {
	cfg.Workers, cfg.PartSize = cmp.Or(cfg.Workers, 4), cmp.Or(cfg.PartSize, 20_000)
	cfg.Slice, cfg.Timeout = cmp.Or(cfg.Slice, 30*time.Second), cmp.Or(cfg.Timeout, 5*time.Minute)
	cfg.Grace, cfg.Poll = cmp.Or(cfg.Grace, 20*time.Second), cmp.Or(cfg.Poll, time.Second)
	cfg.Tick = cmp.Or(cfg.Tick, time.Minute)
	r := &Runner{cfg: cfg, workers: map[string]*worker.Worker{}, meters: map[string]*meter{}}
	names := sha256.New()
	_, _ = fmt.Fprintf(names, "%s\x00", division) // a hash takes everything
	for _, w := range cfg.Group {
		r.workers[w.Connection], r.meters[w.Connection] = w, newMeter(w.CRM)
		_, _ = fmt.Fprintf(names, "%s\x00%s\x00", w.Connection, w.ModelHash)
	}
	r.model = hex.EncodeToString(names.Sum(nil)[:8])
	r.queue = queueOf(r.model)
	if err := cfg.Store.Migrating(ctx, r.migrate); err != nil {
		return nil, err
	}
	workers := river.NewWorkers()
	r.register(workers)
	client, err := river.NewClient(riverpgxv5.New(cfg.Store.Pool()), &river.Config{
		Queues:                      map[string]river.QueueConfig{r.queue: {MaxWorkers: cfg.Workers}},
		Workers:                     workers,
		Logger:                      slog.New(logslog.NewHandler(logger(cfg.Log), &logslog.HandlerOptions{LevelMapper: quieter})),
		FetchCooldown:               20 * time.Millisecond,
		FetchPollInterval:           cfg.Poll,
		JobTimeout:                  cfg.Timeout,
		RescueStuckJobsAfter:        cfg.Timeout + time.Minute,
		SoftStopTimeout:             cfg.Grace,
		CompletedJobRetentionPeriod: time.Hour,
		MaxAttempts:                 maxAttempts,
		PeriodicJobs:                []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(cfg.Tick), r.tick, &river.PeriodicJobOpts{ID: "due"})},
	})
	if err != nil {
		return nil, fmt.Errorf("the queue: %w", err)
	}
	r.client = client
	return r, nil
}

// migrate brings the queue's tables up to date.
func (r *Runner) migrate(ctx context.Context) error {
	m, err := rivermigrate.New(riverpgxv5.New(r.cfg.Store.Pool()), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("the queue's tables: %w", err)
	}
	all := m.AllVersions()
	knows := all[len(all)-1].Version
	var there bool
	// A process that died in the middle of this left an early form of the table, without its column of lines: it goes on.
	if err := r.cfg.Store.Pool().QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_attribute
		WHERE attrelid = to_regclass('river_migration') AND attname = 'line' AND NOT attisdropped)`).Scan(&there); err != nil {
		return fmt.Errorf("the queue's tables: %w", err)
	}
	if there {
		var has int
		if err := r.cfg.Store.Pool().QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM river_migration WHERE line = 'main'").Scan(&has); err != nil {
			return fmt.Errorf("the queue's tables: %w", err)
		}
		if has > knows {
			return r.cfg.Store.Newer(int64(has), int64(knows))
		}
		if has == knows {
			return nil
		}
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("the queue's tables: %w", err)
	}
	return nil
}

// Run works on runs and keeps the schedule until ctx ends, which is no error. Then jobs that are under way stop at the end
// of their page; those that do not within the grace period are cancelled.
func (r *Runner) Run(ctx context.Context) error {
	if err := r.Start(ctx); err != nil {
		return err
	}
	<-ctx.Done()
	return r.Stop(context.WithoutCancel(ctx))
}

// Start begins to work, without waiting. Call Stop to end it; the end of ctx does not.
func (r *Runner) Start(ctx context.Context) error {
	staying, leave := context.WithCancel(context.WithoutCancel(ctx))
	r.leave, r.absent = leave, make(chan struct{})
	first := make(chan error, 1)
	go r.present(staying, first)
	if err := <-first; err != nil {
		r.depart()
		return err
	}
	if err := again(ctx, func() error { return r.client.Start(context.WithoutCancel(ctx)) }); err != nil {
		r.depart()
		return fmt.Errorf("the queue: %w", err)
	}
	if err := again(ctx, func() error { return errors.Join(r.lead(ctx), r.Due(ctx)) }); err != nil {
		return errors.Join(err, r.Kill(context.WithoutCancel(ctx)))
	}
	return nil
}

// startTries is how often a process tries to begin, with growing pauses of six seconds altogether: a database that
// restarts is no reason to die.
const startTries = 6

// again does something until it succeeds, or has been tried often enough.
func again(ctx context.Context, do func() error) error {
	for try := 0; ; try++ {
		err := do()
		if err == nil || try == startTries-1 || errors.Is(err, worker.ErrStoreNewer) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond << try):
		}
	}
}

// depart ends the presence of this process.
func (r *Runner) depart() {
	r.leave()
	<-r.absent
}

// Stop ends the work: jobs under way first get the grace period to come to the end of their page.
func (r *Runner) Stop(ctx context.Context) error {
	r.stopping.Store(true)
	defer r.depart()
	ctx, cancel := context.WithTimeout(ctx, r.cfg.Grace+10*time.Second)
	defer cancel()
	if err := r.client.Stop(ctx); err != nil {
		return r.client.StopAndCancel(context.WithoutCancel(ctx))
	}
	return nil
}

// Kill cancels what is under way at once.
func (r *Runner) Kill(ctx context.Context) error {
	r.stopping.Store(true)
	defer r.depart()
	return r.client.StopAndCancel(ctx)
}

// timeout is how long a job of a stage may take. What goes through everybody at once may take long.
func (r *Runner) timeout(stage string) time.Duration {
	switch stage {
	case worker.StageFit, worker.StageFitFirms, worker.StageSpread, worker.StageSpreadFirms, worker.StageAlert, worker.StageSweep,
		worker.StageRecall, worker.StageLookBack:
		return 12 * r.cfg.Timeout
	}
	return r.cfg.Timeout
}

// quieter has River tell at debug level what it calls information: how many jobs it did, who leads.
func quieter(l slog.Level) logrus.Level {
	switch {
	case l >= slog.LevelError:
		return logrus.ErrorLevel
	case l >= slog.LevelWarn:
		return logrus.WarnLevel
	}
	return logrus.DebugLevel
}

// logger is a logrus.Logger for River, which wants one of its own kind.
func logger(l logrus.FieldLogger) *logrus.Logger {
	switch l := l.(type) {
	case *logrus.Logger:
		return l
	case *logrus.Entry:
		return l.Logger
	}
	return logrus.StandardLogger()
}
