package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/postgres"
)

// Job is one job of the queue, for people to look at.
type Job struct {
	ID          int64     `json:"id"`
	Stage       string    `json:"stage"`
	State       string    `json:"state"` // available, running, scheduled, retryable; dead: discarded or cancelled
	Run         string    `json:"run,omitempty"`
	Connection  string    `json:"connection,omitempty"`
	Attempt     int       `json:"attempt"`
	MaxAttempts int       `json:"max_attempts"`
	Created     time.Time `json:"created"`
	Due         time.Time `json:"due"`             // when it is to be done, or was
	Error       string    `json:"error,omitempty"` // of the last attempt
}

// Queue looks after the jobs without doing any.
type Queue struct {
	store  *postgres.Store
	client *river.Client[pgx.Tx]
}

// NewQueue is the queue of a database. One where jobs never ran is ErrNotFound of package crm.
func NewQueue(ctx context.Context, store *postgres.Store) (*Queue, error) {
	var there bool
	if err := store.Pool().QueryRow(ctx, "SELECT to_regclass('river_job') IS NOT NULL").Scan(&there); err != nil {
		return nil, fmt.Errorf("the queue: %w", err)
	}
	if !there {
		return nil, &crm.Error{Kind: crm.ErrNotFound, Op: "read the queue", Message: "this database has none yet", Hint: "Start the worker with: bareme run"}
	}
	client, err := river.NewClient(riverpgxv5.New(store.Pool()), &river.Config{})
	if err != nil {
		return nil, fmt.Errorf("the queue: %w", err)
	}
	return &Queue{store, client}, nil
}

// List returns the jobs that are not done, the dead first, then the oldest first.
func (q *Queue) List(ctx context.Context) ([]Job, error) {
	rows, err := q.store.Pool().Query(ctx, `SELECT id, coalesce(args->>'stage', kind), state::text, coalesce(args->>'run', ''), coalesce(args->>'connection', ''), attempt, max_attempts,
			created_at, scheduled_at, coalesce(errors[array_upper(errors, 1)]->>'error', '')
		FROM river_job WHERE state <> 'completed' ORDER BY state NOT IN ('discarded', 'cancelled'), id`)
	if err != nil {
		return nil, fmt.Errorf("the queue: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (j Job, err error) {
		err = row.Scan(&j.ID, &j.Stage, &j.State, &j.Run, &j.Connection, &j.Attempt, &j.MaxAttempts, &j.Created, &j.Due, &j.Error)
		j.Created, j.Due = j.Created.UTC(), j.Due.UTC()
		return j, err
	})
	if err != nil {
		return nil, fmt.Errorf("the queue: %w", err)
	}
	return list, nil
}

// Retry has a job done at once. When the run of a dead one has ended, a run of the same kind is begun instead, which goes
// on where that one stopped; the job goes. An id that is not there is ErrNotFound of package crm.
func (q *Queue) Retry(ctx context.Context, id int64) (begun bool, err error) {
	job, err := q.get(ctx, id)
	if err != nil {
		return false, err
	}
	var args ID
	if err := json.Unmarshal(job.EncodedArgs, &args); err != nil {
		return false, fmt.Errorf("job %d: %w", id, err)
	}
	err = pgx.BeginFunc(ctx, q.store.Pool(), func(tx pgx.Tx) error {
		var kind, model string
		err := tx.QueryRow(ctx, "SELECT kind, model FROM job_runs WHERE run = $1 AND connection = $2 AND finished IS NOT NULL", args.Run, args.Connection).Scan(&kind, &model)
		if errors.Is(err, pgx.ErrNoRows) {
			_, err = q.client.JobRetryTx(ctx, tx, id)
			return err
		}
		if err != nil {
			return err
		}
		begun = true
		if _, err := tx.Exec(ctx, "UPDATE job_slots SET wanted = true WHERE kind = $1", kind); err != nil {
			return err
		}
		if current, err := leading(ctx, tx); err != nil {
			return err
		} else if current != "" {
			model = current
		}
		if _, err := q.client.InsertTx(ctx, tx, dueJob{At: time.Now().UTC()}, &river.InsertOpts{Queue: queueOf(model), Priority: 1, MaxAttempts: 1}); err != nil {
			return err
		}
		_, err = q.client.JobDeleteTx(ctx, tx, id)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("retry job %d: %w", id, err)
	}
	return begun, nil
}

// Discard gives a job up. The run it belongs to ends as failed, within a minute; what it did stays done. A running job
// cannot be discarded: that is an ErrInvalid error.
func (q *Queue) Discard(ctx context.Context, id int64) error {
	job, err := q.get(ctx, id)
	if err != nil {
		return err
	}
	switch job.State {
	case rivertype.JobStateRunning:
		return &crm.Error{Kind: crm.ErrInvalid, Op: "discard job", ID: fmt.Sprint(id), Message: "is being done at the moment", Hint: "Wait until it ends"}
	case rivertype.JobStateDiscarded, rivertype.JobStateCancelled:
		_, err = q.client.JobDelete(ctx, id)
	default:
		_, err = q.client.JobCancel(ctx, id)
	}
	if err != nil {
		return fmt.Errorf("discard job %d: %w", id, err)
	}
	return nil
}

func (q *Queue) get(ctx context.Context, id int64) (*rivertype.JobRow, error) {
	job, err := q.client.JobGet(ctx, id)
	if errors.Is(err, rivertype.ErrNotFound) {
		return nil, &crm.Error{Kind: crm.ErrNotFound, Op: "find job", ID: fmt.Sprint(id), Message: "is not in the queue", Hint: "List the jobs with: bareme jobs"}
	}
	if err != nil {
		return nil, fmt.Errorf("job %d: %w", id, err)
	}
	return job, nil
}

// Depth is how much there is to do.
type Depth struct {
	Ready, Running, Waiting, Dead int           // Waiting: for their moment, or for another attempt
	Oldest                        time.Duration // how long the oldest job has been ready; 0 when none is
}

// Depth counts the jobs of all processes.
func (r *Runner) Depth(ctx context.Context) (d Depth, err error) {
	var oldest float64
	err = r.cfg.Store.Pool().QueryRow(ctx, `SELECT count(*) FILTER (WHERE state = 'available'), count(*) FILTER (WHERE state = 'running'),
			count(*) FILTER (WHERE state IN ('scheduled', 'retryable', 'pending')), count(*) FILTER (WHERE state IN ('discarded', 'cancelled')),
			coalesce(extract(epoch FROM max(now() - scheduled_at) FILTER (WHERE state = 'available' AND scheduled_at < now())), 0)::float8
		FROM river_job WHERE state <> 'completed'`).Scan(&d.Ready, &d.Running, &d.Waiting, &d.Dead, &oldest)
	if err != nil {
		return d, fmt.Errorf("the queue: %w", err)
	}
	d.Oldest = time.Duration(oldest * float64(time.Second))
	return d, nil
}

// Events hears what becomes of the jobs this process does, until stop is called.
func (r *Runner) Events(kinds ...river.EventKind) (events <-chan *river.Event, stop func()) {
	return r.client.Subscribe(kinds...)
}
