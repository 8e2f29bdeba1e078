package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/worker"
)

// mend puts right what processes left behind that died: their jobs are given back, runs of a model that nobody has any
// more are ended, and pieces whose job was given up end their connection's part in the run.
func (r *Runner) mend(ctx context.Context) error {
	return errors.Join(r.giveBack(ctx), r.abandon(ctx), r.giveUp(ctx), r.sweepDue(ctx))
}

// giveBack makes available the jobs of processes that are gone.
func (r *Runner) giveBack(ctx context.Context) error {
	clients, err := r.texts(ctx, `SELECT DISTINCT attempted_by[array_upper(attempted_by, 1)] FROM river_job
		WHERE queue = $1 AND state = 'running' AND attempted_by IS NOT NULL`, r.queue)
	if err != nil {
		return err
	}
	for _, client := range clients {
		if client == r.client.ID() {
			continue
		}
		gone, err := r.gone(ctx, clientLease(client))
		if err != nil {
			return err
		}
		if !gone {
			continue
		}
		// A death is no fault of the job: it does not count as an attempt.
		if _, err := r.cfg.Store.Pool().Exec(ctx, `UPDATE river_job SET state = 'available', scheduled_at = now(), max_attempts = max_attempts + 1
			WHERE queue = $1 AND state = 'running' AND attempted_by[array_upper(attempted_by, 1)] = $2`, r.queue, client); err != nil {
			return err
		}
	}
	return nil
}

// abandon ends runs of our connections with a model that no process has any more. The next run goes on where they stopped.
func (r *Runner) abandon(ctx context.Context) error {
	models, err := r.texts(ctx, "SELECT DISTINCT model FROM job_runs WHERE finished IS NULL AND model <> $1 AND connection = ANY($2)", r.model, r.connections())
	if err != nil {
		return err
	}
	for _, model := range models {
		gone, err := r.gone(ctx, modelLease(model))
		if err != nil {
			return err
		}
		if !gone {
			continue
		}
		runs, err := r.texts(ctx, "SELECT DISTINCT run FROM job_runs WHERE finished IS NULL AND model = $1", model)
		if err != nil {
			return err
		}
		for _, id := range runs {
			if err := r.drop(ctx, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// errOtherModel is why a run ends whose model no process has any more; what another build began that divides runs differently is one, too.
var errOtherModel = errors.New("the model file, or the version of the program, changed while the run was under way: the next run goes on from there")

// drop ends a run, and removes its jobs: nobody is left who could take them, or has to look at them.
func (r *Runner) drop(ctx context.Context, id string) error {
	return pgx.BeginFunc(ctx, r.cfg.Store.Pool(), func(tx pgx.Tx) error {
		all, err := lockRun(ctx, tx, id)
		if err != nil {
			return err
		}
		open := slices.DeleteFunc(all, func(one *run) bool { return one.finished })
		if len(open) == 0 { // another process was faster
			return nil
		}
		if _, err := tx.Exec(ctx, "DELETE FROM river_job WHERE id IN (SELECT job FROM job_pieces WHERE run = $1)", id); err != nil {
			return err
		}
		for _, one := range open {
			one.fail(one.stage, errOtherModel)
			one.report.Status, one.status, one.finished = "stopped", "stopped", true
			if w := r.workers[one.connection]; w != nil {
				if _, err := w.Finish(ctx, one.report); err != nil {
					return err
				}
			}
			if err := one.save(ctx, tx); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, "DELETE FROM job_pieces WHERE run = $1", id); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE job_slots SET wanted = true WHERE kind = $1", open[0].kind)
		return err
	})
}

// lost is a piece whose job will not be taken any more.
type lost struct {
	id  ID
	why string
}

// giveUp ends the pieces whose job is dead: discarded by hand, or with its process at the last attempt.
func (r *Runner) giveUp(ctx context.Context) error {
	rows, err := r.cfg.Store.Pool().Query(ctx, `SELECT p.run, p.connection, p.stage, p.n, coalesce(j.state::text, 'removed')
		FROM job_pieces p JOIN job_runs r USING (run, connection) LEFT JOIN river_job j ON j.id = p.job
		WHERE r.finished IS NULL AND r.model = $1 AND p.ended IS NULL AND (j.id IS NULL OR j.state IN ('discarded', 'cancelled'))`, r.model)
	if err != nil {
		return err
	}
	dead, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (l lost, err error) {
		return l, row.Scan(&l.id.Run, &l.id.Connection, &l.id.Stage, &l.id.N, &l.why)
	})
	if err != nil {
		return err
	}
	for _, l := range dead {
		if err := pgx.BeginFunc(ctx, r.cfg.Store.Pool(), func(tx pgx.Tx) error { return r.bury(ctx, tx, l) }); err != nil {
			return err
		}
	}
	return nil
}

func (r *Runner) bury(ctx context.Context, tx pgx.Tx, l lost) error {
	all, err := lockRun(ctx, tx, l.id.Run)
	if err != nil {
		return err
	}
	own := partOf(all, l.id.Connection)
	own.fail(l.id.Stage, fmt.Errorf("the job %s was %s", l.id.Stage, l.why))
	if l.id.Stage == worker.StageReport { // a report is made in the end, whatever became of the job
		if _, err := tx.Exec(ctx, "UPDATE job_pieces SET ended = now() WHERE run = $1 AND connection = $2 AND stage = $3", l.id.Run, l.id.Connection, l.id.Stage); err != nil {
			return err
		}
		if err := r.enqueueFrom(ctx, tx, own, l.id.Stage, l.id.N+1, []work{{}}); err != nil {
			return err
		}
	} else if err := r.advance(ctx, tx, all, own, l.id, outcome{}); err != nil {
		return err
	}
	return saveAll(ctx, tx, all, own)
}

// saveAll stores one connection's part of a run, and those of others that changed with it.
func saveAll(ctx context.Context, tx pgx.Tx, all []*run, own *run) error {
	for _, one := range all {
		if one != own && !one.changed {
			continue
		}
		if err := one.save(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// sweepDue removes what asks for the schedule in vain: jobs of models that no process has any more, and those that failed,
// which the next has made up.
func (r *Runner) sweepDue(ctx context.Context) error {
	queues, err := r.texts(ctx, "SELECT DISTINCT queue FROM river_job WHERE kind = $1 AND state <> 'completed' AND queue <> $2", dueJob{}.Kind(), r.queue)
	if err != nil {
		return err
	}
	var empty []string
	for _, queue := range queues {
		gone, err := r.gone(ctx, modelLease(modelOf(queue)))
		if err != nil {
			return err
		}
		if gone {
			empty = append(empty, queue)
		}
	}
	_, err = r.cfg.Store.Pool().Exec(ctx, `DELETE FROM river_job
		WHERE kind = $1 AND (queue = ANY($2) AND state <> 'completed' OR state IN ('discarded', 'cancelled'))`, dueJob{}.Kind(), empty)
	return err
}

// sweepRuns removes what finished runs left, once it is old.
func (r *Runner) sweepRuns(ctx context.Context) error {
	_, err := r.cfg.Store.Pool().Exec(ctx, "DELETE FROM job_runs WHERE finished < $1", time.Now().Add(-kept))
	return err
}

// kept is how long the row of a finished run is kept, beside its report, which Retention governs.
const kept = 7 * 24 * time.Hour

func (r *Runner) texts(ctx context.Context, query string, args ...any) ([]string, error) {
	rows, err := r.cfg.Store.Pool().Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	slices.Sort(list)
	return list, err
}
