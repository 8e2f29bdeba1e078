package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/bareme/bareme/worker"
)

// dueJob asks what the schedule has come to. The leader makes one each minute; what one misses, the next makes up.
type dueJob struct {
	At     time.Time `json:"at"`
	Passed bool      `json:"passed,omitempty"` // by processes of another model, which asked first
}

// Kind implements river.JobArgs.
func (dueJob) Kind() string { return "due" }

// tick makes the job of this moment.
func (r *Runner) tick() (river.JobArgs, *river.InsertOpts) {
	return dueJob{At: time.Now().UTC().Truncate(r.cfg.Tick)},
		&river.InsertOpts{Queue: r.queue, Priority: 1, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByArgs: true, ByQueue: true}}
}

func (r *Runner) due(ctx context.Context, job *river.Job[dueJob]) error {
	err := errors.Join(r.Due(ctx), r.sweepRuns(ctx))
	if !job.Args.Passed {
		err = errors.Join(err, r.passOn(ctx))
	}
	return err
}

// forward is how far ahead of the clock a stored moment may be before the clock is known to have gone back.
const forward = 10 * time.Minute

// Due begins what the schedule has come to since it was last asked, by whichever process: a kind of run that fell due
// several times is due once. The first sync is due at once.
//
// It also puts right what processes left behind that died.
func (r *Runner) Due(ctx context.Context) error {
	if err := r.mend(ctx); err != nil {
		return fmt.Errorf("what is due: %w", err)
	}
	if err := r.succeed(ctx); err != nil {
		return fmt.Errorf("what is due: %w", err)
	}
	now := r.cfg.Group[0].Now().UTC()
	err := pgx.BeginFunc(ctx, r.cfg.Store.Pool(), func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "LOCK TABLE job_slots IN EXCLUSIVE MODE"); err != nil {
			return err
		}
		for _, kind := range thorough() {
			if err := r.slot(ctx, tx, kind, now); err != nil {
				return err
			}
		}
		return r.begin(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("what is due: %w", err)
	}
	return nil
}

// Two versions of the model file may be at work for a while, when one is being rolled out, or two builds of the program that
// divide runs differently; what follows calls both a model. Runs are begun with that of the process that started last, so
// that scores do not go back and forth, whichever is the newer: a rollback is a rollout of what was there before. The others
// leave it to them, and end the run they have under way.

// lead has runs begin with our model from now on. People are scored with a new one at once.
func (r *Runner) lead(ctx context.Context) error {
	return pgx.BeginFunc(ctx, r.cfg.Store.Pool(), func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "LOCK TABLE job_slots IN EXCLUSIVE MODE"); err != nil {
			return err
		}
		was, err := leading(ctx, tx)
		if err != nil || was == r.model {
			return err
		}
		if was != "" {
			if _, err := tx.Exec(ctx, "UPDATE job_slots SET wanted = true WHERE kind = $1", worker.Sync); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, "INSERT INTO job_model (model) VALUES ($1) ON CONFLICT (one) DO UPDATE SET model = $1", r.model)
		return err
	})
}

// leading is the model runs begin with; "" when there is none yet.
func leading(ctx context.Context, db interface {
	QueryRow(ctx context.Context, query string, args ...any) pgx.Row
}) (model string, err error) {
	err = db.QueryRow(ctx, "SELECT model FROM job_model").Scan(&model)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return model, err
}

// succeed has our model lead when no process with the leading one is left.
func (r *Runner) succeed(ctx context.Context) error {
	model, err := leading(ctx, r.cfg.Store.Pool())
	if err != nil || model == r.model {
		return err
	}
	if gone, err := r.gone(ctx, modelLease(model)); err != nil || !gone {
		return err
	}
	return r.lead(ctx)
}

// pass leaves to the processes of the leading model what is wanted.
func (r *Runner) pass(ctx context.Context, tx pgx.Tx, model string) error {
	_, err := r.client.InsertTx(ctx, tx, dueJob{time.Now().UTC().Truncate(time.Second), true},
		&river.InsertOpts{Queue: queueOf(model), Priority: 1, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByArgs: true, ByQueue: true}})
	return err
}

// passOn has the processes of other models ask, too, that lead or have a run under way: only the queue of one is asked each
// minute, and each puts right only what its own left behind.
func (r *Runner) passOn(ctx context.Context) error {
	models, err := r.texts(ctx, "SELECT model FROM job_runs WHERE finished IS NULL AND model <> $1 UNION SELECT model FROM job_model WHERE model <> $1", r.model)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, r.cfg.Store.Pool(), func(tx pgx.Tx) error {
		for _, model := range models {
			if err := r.pass(ctx, tx, model); err != nil {
				return err
			}
		}
		return nil
	})
}

// queueOf is the queue of the processes of a model.
func queueOf(model string) string { return queues + model }

// modelOf is the model whose processes have a queue.
func modelOf(queue string) string { return strings.TrimPrefix(queue, queues) }

const queues = "model_"

// slot moves a kind of run to the last moment it was due, and has it wanted when that is a new one.
func (r *Runner) slot(ctx context.Context, tx pgx.Tx, kind worker.Kind, now time.Time) error {
	var last time.Time
	err := tx.QueryRow(ctx, "SELECT slot FROM job_slots WHERE kind = $1", kind).Scan(&last)
	if errors.Is(err, pgx.ErrNoRows) {
		_, err = tx.Exec(ctx, "INSERT INTO job_slots (kind, slot, wanted) VALUES ($1, $2, $3)", kind, now, kind == worker.Sync)
		return err
	}
	if err != nil {
		return err
	}
	if last.After(now.Add(forward)) { // the clock went back: begin to count anew
		_, err = tx.Exec(ctx, "UPDATE job_slots SET slot = $2 WHERE kind = $1", kind, now)
		return err
	}
	next, err := r.cfg.Schedule.Next(kind, last)
	if err != nil || next.IsZero() || next.After(now) {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE job_slots SET slot = $2, wanted = true WHERE kind = $1", kind, now)
	return err
}
