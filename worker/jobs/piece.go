package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
	"github.com/sirupsen/logrus"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/plan"
	"github.com/bareme/bareme/worker"
)

// busy is how long a job waits for a run by hand of the same connection.
const busy = 5 * time.Second

// work does one job.
func (r *Runner) work(ctx context.Context, job *rivertype.JobRow, id ID) error {
	w := r.workers[id.Connection]
	if w == nil { // another model's job came into this queue
		return river.JobCancel(fmt.Errorf("%w: no connection is named %q", crm.ErrInvalid, id.Connection))
	}
	ctx, done, here := r.while(ctx)
	if !here { // others may take the job as ours no longer
		return river.JobSnooze(soon)
	}
	defer done()
	piece, open, again, err := r.open(ctx, id)
	if err != nil {
		return err
	}
	if !open {
		return nil
	}
	if piece == nil { // the run failed elsewhere, or this is done: only what follows is left to do
		return r.end(ctx, job, id, outcome{})
	}
	held, release, err := r.cfg.Store.Share(ctx, id.Connection, worker.LeaseRun)
	if errors.Is(err, worker.ErrStoreLocked) {
		return river.JobSnooze(busy)
	}
	if err != nil {
		return err
	}
	defer release()
	until := time.Now().Add(r.cfg.Slice)
	p := worker.Piece{Stage: id.Stage, Object: piece.work.Object, Part: piece.work.Part, Again: again, Found: r.found(held, id),
		Pause: func() bool { return r.stopping.Load() || time.Now().After(until) }}
	var o outcome
	o.Taken, o.err = w.TakePiece(held, id.Run, worker.Options{Kind: piece.run.kind}, piece.run.started, p, piece.run.facts)
	if cause := context.Cause(held); o.err != nil && errors.Is(cause, worker.ErrLeaseLost) {
		o.err = cause
	}
	r.meters[id.Connection].spend(&o.Report)
	if id.Stage == worker.StageReport {
		return r.conclude(ctx, job, id, w, o)
	}
	if o.err == nil {
		if o.next, o.pieces, o.err = r.following(ctx, w, piece.run.kind, id.Stage); o.err != nil {
			return o.err // nothing is counted twice: the piece is taken again and finds nothing to do
		}
	}
	return r.end(ctx, job, id, o)
}

// opened is a piece about to be taken.
type opened struct {
	run  *run
	work work
}

// open notes that a piece is being taken. The piece is nil when there is nothing left to do; open is false when its run has
// ended.
func (r *Runner) open(ctx context.Context, id ID) (piece *opened, open, again bool, err error) {
	rows, err := r.cfg.Store.Pool().Query(ctx, "SELECT "+runColumns+" FROM job_runs WHERE run = $1 AND connection = $2", id.Run, id.Connection)
	if err != nil {
		return nil, false, false, err
	}
	one, err := pgx.CollectOneRow(rows, scanRun)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && one.finished {
		return nil, false, false, nil
	}
	if err != nil {
		return nil, false, false, err
	}
	var w work
	var tries int
	err = r.cfg.Store.Pool().QueryRow(ctx, `UPDATE job_pieces SET tries = tries + 1, began = coalesce(began, now())
		WHERE run = $1 AND connection = $2 AND stage = $3 AND n = $4 AND ended IS NULL RETURNING object, after, upto, tries`,
		id.Run, id.Connection, id.Stage, id.N).Scan(&w.Object, &w.Part.After, &w.Part.Upto, &tries)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && one.status != "" && id.Stage != worker.StageReport {
		return nil, true, false, nil
	}
	return &opened{one, w}, true, tries > 1, err
}

// outcome is what came of a piece.
type outcome struct {
	worker.Taken

	err    error
	next   string // stage
	pieces []work
}

// end stores what came of a piece; the last of its stage makes the jobs of the next.
func (r *Runner) end(ctx context.Context, job *rivertype.JobRow, id ID, o outcome) error {
	stopped := ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	over, after := r.verdict(job, id, o.err, stopped)
	err := pgx.BeginFunc(ctx, r.cfg.Store.Pool(), func(tx pgx.Tx) error {
		all, err := lockRun(ctx, tx, id.Run)
		if err != nil {
			return err
		}
		own := partOf(all, id.Connection)
		if own.finished { // others gave the run up while this process was not heard of
			return nil
		}
		own.take(o)
		if over {
			if o.err != nil {
				own.fail(id.Stage, o.err)
			}
			if err := r.advance(ctx, tx, all, own, id, o); err != nil {
				return err
			}
		}
		if err := saveAll(ctx, tx, all, own); err != nil {
			return err
		}
		if after == nil {
			return complete(ctx, tx, job)
		}
		return nil // River stores what it is told
	})
	if err != nil {
		return fmt.Errorf("the queue: %w", err)
	}
	return after
}

func usageOf(r *worker.Report) crm.Usage {
	return crm.Usage{Calls: r.Calls, Retried: r.Retried, Waited: r.Waited, DailyLimit: r.DailyLimit, DailyLeft: r.DailyLeft}
}

func partOf(all []*run, connection string) *run {
	for _, one := range all {
		if one.connection == connection {
			return one
		}
	}
	return &run{}
}

// take adds what came of a piece.
func (r *run) take(o outcome) {
	r.report.Add(&o.Report)
	r.report.Spend(crm.Usage{}, usageOf(&o.Report))
	r.facts.Add(o.Facts)
}

// fail notes the first thing that went wrong.
func (r *run) fail(stage string, err error) {
	if r.status == "" {
		r.facts.Failed = stage
		r.status = worker.StatusOf(err)
		r.report.Status, r.report.Error = r.status, err.Error()
	}
}

// verdict is what River is told of a job, and whether the piece is over: done, or given up.
func (r *Runner) verdict(job *rivertype.JobRow, id ID, err error, stopped bool) (over bool, after error) {
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, worker.ErrPaused), stopped && r.stopping.Load():
		return false, river.JobSnooze(0)
	case errors.Is(err, crm.ErrRateLimit):
		return false, river.JobSnooze(cmp.Or(crm.RetryAfter(err), 10*time.Second))
	case errors.Is(err, crm.ErrQuota):
		return false, river.JobSnooze(cmp.Or(crm.RetryAfter(err), 15*time.Minute))
	case errors.Is(err, plan.ErrTooLarge), errors.Is(err, worker.ErrOtherAccount), errors.Is(err, worker.ErrCannotLearn),
		errors.Is(err, crm.ErrInvalid), errors.Is(err, crm.ErrAuth), errors.Is(err, crm.ErrNotFound): // no attempt will change it
		return true, river.JobCancel(err)
	}
	if job.Attempt >= job.MaxAttempts {
		return true, err
	}
	r.cfg.Log.WithError(err).WithFields(logrus.Fields{"run": id.Run, "connection": id.Connection, "stage": id.Stage, "attempt": job.Attempt}).
		Warn("a job failed and is tried again")
	return false, err
}

// complete ends a job in the transaction of what it did.
func complete(ctx context.Context, tx pgx.Tx, job *rivertype.JobRow) error {
	_, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, &river.Job[ID]{JobRow: job})
	return err
}

// advance ends a piece and, with the last of its stage, begins the next.
func (r *Runner) advance(ctx context.Context, tx pgx.Tx, all []*run, own *run, id ID, o outcome) error {
	var left int
	if err := tx.QueryRow(ctx, `WITH done AS (UPDATE job_pieces SET ended = now(), found = $5 WHERE run = $1 AND connection = $2 AND stage = $3 AND n = $4)
		SELECT count(*) FROM job_pieces WHERE run = $1 AND connection = $2 AND stage = $3 AND n <> $4 AND ended IS NULL`,
		own.id, own.connection, id.Stage, id.N, o.Found).Scan(&left); err != nil || left > 0 || own.stage != id.Stage {
		return err
	}
	switch {
	case own.status != "": // the others may have waited for this one
		if err := r.enqueue(ctx, tx, own, worker.StageReport, []work{{}}); err != nil {
			return err
		}
	case slices.Contains(together(), o.next):
		own.stage, own.ahead = o.next, o.pieces
	case o.next == "": // it was done before
		return nil
	default:
		if err := r.enqueue(ctx, tx, own, o.next, o.pieces); err != nil {
			return err
		}
	}
	return r.meet(ctx, tx, all)
}

// together are the stages that begin for all connections at once: whom one has pulled concerns the people of another, and
// what one has learnt from its people is used for those of another.
func together() []string {
	return []string{worker.StageSpread, worker.StageGather, worker.StageDecide, worker.StageSpreadFirms, worker.StageDecideFirms}
}

// meet begins the stages of the connections that wait for others, once each has come so far, or has failed.
func (r *Runner) meet(ctx context.Context, tx pgx.Tx, all []*run) error {
	order := worker.Stages()
	first := len(order)
	for _, one := range all {
		if one.status == "" && !one.finished {
			first = min(first, slices.Index(order, one.stage))
		}
	}
	for _, one := range all {
		if one.ahead != nil && slices.Index(order, one.stage) == first {
			if err := r.enqueue(ctx, tx, one, one.stage, one.ahead); err != nil {
				return err
			}
			one.ahead = nil
		}
	}
	return nil
}

// found reads what the pieces of the stage that this one merges found.
func (r *Runner) found(ctx context.Context, id ID) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		rows, err := r.cfg.Store.Pool().Query(ctx, "SELECT found FROM job_pieces WHERE run = $1 AND connection = $2 AND stage = $3 ORDER BY n",
			id.Run, id.Connection, worker.Merges(id.Stage))
		if err != nil {
			yield(nil, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var one []byte
			if err := rows.Scan(&one); !yield(one, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, err)
		}
	}
}

// conclude ends a connection's part in a run, and begins what is wanted next when it was the last. Of a run that failed,
// what became of the alerts that waited is no reason to keep it open.
func (r *Runner) conclude(ctx context.Context, job *rivertype.JobRow, id ID, w *worker.Worker, o outcome) error {
	if o.err != nil {
		if r.stopping.Load() {
			return river.JobSnooze(0)
		}
		r.cfg.Log.WithError(o.err).WithField("run", id.Run).Warn("alerts that wait could not be delivered")
	}
	var final worker.Report
	err := pgx.BeginFunc(ctx, r.cfg.Store.Pool(), func(tx pgx.Tx) error {
		all, err := lockRun(ctx, tx, id.Run)
		if err != nil {
			return err
		}
		own := partOf(all, id.Connection)
		if own.finished {
			return complete(ctx, tx, job)
		}
		own.take(o)
		if own.report.Stages, err = stageTimes(ctx, tx, id.Run, id.Connection); err != nil {
			return err
		}
		own.report.Status = cmp.Or(own.status, worker.StatusOf(nil))
		own.status, own.finished = own.report.Status, true
		if final, err = w.Finish(ctx, own.report); err != nil {
			return err
		}
		if err := own.save(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM job_pieces WHERE run = $1 AND connection = $2", id.Run, id.Connection); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "LOCK TABLE job_slots IN EXCLUSIVE MODE"); err != nil {
			return err
		}
		if err := r.begin(ctx, tx); err != nil {
			return err
		}
		return complete(ctx, tx, job)
	})
	if err != nil {
		return fmt.Errorf("record the run: %w", err)
	}
	if r.cfg.After != nil {
		r.cfg.After(final)
	}
	return nil
}
