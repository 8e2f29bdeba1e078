package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/bareme/bareme/worker"
)

// run is one connection's part in a run.
type run struct {
	id, connection string
	kind           worker.Kind
	stage          string
	facts          worker.Facts
	report         worker.Report
	status         string // "" while nothing went wrong
	started        time.Time
	finished       bool
	ahead          []work // pieces of the stage, while it waits for other connections; nil otherwise
	changed        bool   // since it was read
}

const runColumns = "run, connection, kind, stage, facts, report, status, started, finished IS NOT NULL, ahead"

func scanRun(row pgx.CollectableRow) (*run, error) {
	var r run
	var facts, report, ahead []byte
	if err := row.Scan(&r.id, &r.connection, &r.kind, &r.stage, &facts, &report, &r.status, &r.started, &r.finished, &ahead); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(facts, &r.facts); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(ahead, &r.ahead); err != nil {
		return nil, err
	}
	return &r, json.Unmarshal(report, &r.report)
}

// lockRun reads all connections' parts of a run, in the order of their names; nobody else changes them until the
// transaction ends.
func lockRun(ctx context.Context, tx pgx.Tx, id string) ([]*run, error) {
	rows, err := tx.Query(ctx, "SELECT "+runColumns+" FROM job_runs WHERE run = $1 ORDER BY connection FOR UPDATE", id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanRun)
}

func (r *run) save(ctx context.Context, tx pgx.Tx) error {
	facts, err := json.Marshal(r.facts)
	if err != nil {
		return err
	}
	report, err := json.Marshal(r.report)
	if err != nil {
		return err
	}
	ahead, err := json.Marshal(r.ahead)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE job_runs SET stage = $3, facts = $4, report = $5, status = $6,
			finished = CASE WHEN $7 THEN coalesce(finished, now()) END, ahead = $8
		WHERE run = $1 AND connection = $2`, r.id, r.connection, r.stage, facts, report, r.status, r.finished, ahead)
	return err
}

// work is what a piece is about.
type work struct {
	Object string      `json:"object,omitempty"`
	Part   worker.Part `json:"part,omitzero"`
}

// following are the pieces of the first stage after this one that has any.
func (r *Runner) following(ctx context.Context, w *worker.Worker, kind worker.Kind, stage string) (string, []work, error) {
	all := worker.Stages()
	for _, next := range all[slices.Index(all, stage)+1:] {
		if of := worker.Merges(next); of != "" && of != stage {
			continue // nothing was found that could be merged
		}
		pieces, err := r.piecesOf(ctx, w, kind, next)
		if err != nil || len(pieces) > 0 {
			return next, pieces, err
		}
	}
	return worker.StageReport, []work{{}}, nil
}

func (r *Runner) piecesOf(ctx context.Context, w *worker.Worker, kind worker.Kind, stage string) (list []work, err error) {
	pulls := kind == worker.Sync || kind == worker.Reload
	switch stage {
	case worker.StagePull:
		for _, object := range w.PullObjects() {
			if pulls {
				list = append(list, work{Object: object})
			}
		}
		return list, nil
	case worker.StagePeople, worker.StageSweep:
		if !pulls {
			return nil, nil
		}
	case worker.StageSpread:
		if len(r.cfg.Group) == 1 {
			return nil, nil
		}
	case worker.StageSpreadFirms:
		if !w.JoinsCompanies() {
			return nil, nil
		}
	case worker.StageGather, worker.StageScore, worker.StageRecall:
		return r.parts(ctx, w, kind, stage, worker.PeopleOf(w.Connection))
	case worker.StageGatherFirms, worker.StageScoreCompanies:
		return r.parts(ctx, w.OfCompanies(), kind, stage, worker.CompaniesOf(w.Connection))
	case worker.StageDecideFirms:
		if w.Companies == nil {
			return nil, nil
		}
	case worker.StageWrite:
		return r.writes(ctx, w)
	}
	return []work{{}}, nil
}

// parts are the pieces of a stage that goes through a population; w is nil where it is not scored.
func (r *Runner) parts(ctx context.Context, w *worker.Worker, kind worker.Kind, stage string, of worker.Population) ([]work, error) {
	if w == nil {
		return nil, nil
	}
	if due, err := w.Due(ctx, kind, stage); err != nil || !due {
		return nil, err
	}
	return r.divide(ctx, of, func(t worker.Tally) int { return t.People })
}

func (r *Runner) writes(ctx context.Context, w *worker.Worker) ([]work, error) {
	pending := func(t worker.Tally) int { return t.Pending }
	list, err := r.divide(ctx, worker.PeopleOf(w.Connection), pending)
	if err != nil || w.Companies == nil {
		return list, err
	}
	more, err := r.divide(ctx, worker.CompaniesOf(w.Connection), pending)
	return append(list, more...), err
}

// divide makes parts of a population, by how many records there are to do.
func (r *Runner) divide(ctx context.Context, of worker.Population, count func(worker.Tally) int) ([]work, error) {
	t, err := r.cfg.Store.Tally(ctx, of)
	if err != nil {
		return nil, err
	}
	n := min(max(1, (count(t)+r.cfg.PartSize-1)/r.cfg.PartSize), maxParts)
	parts := []worker.Part{{}}
	if n > 1 {
		if parts, err = r.cfg.Store.Divide(ctx, of, n); err != nil {
			return nil, err
		}
	}
	list := make([]work, len(parts))
	for i, part := range parts {
		list[i] = work{Object: of.Object, Part: part}
	}
	return list, nil
}

// enqueue makes the pieces of a stage and their jobs.
func (r *Runner) enqueue(ctx context.Context, tx pgx.Tx, run *run, stage string, list []work) error {
	return r.enqueueFrom(ctx, tx, run, stage, 0, list)
}

// enqueueFrom is enqueue with the first piece's number.
func (r *Runner) enqueueFrom(ctx context.Context, tx pgx.Tx, run *run, stage string, first int, list []work) error {
	run.stage, run.changed = stage, true
	params := make([]river.InsertManyParams, len(list))
	for n := range list {
		params[n] = river.InsertManyParams{
			Args: ID{Run: run.id, Connection: run.connection, Stage: stage, N: first + n},
			InsertOpts: &river.InsertOpts{
				Queue: r.queue, Priority: priority(run.kind, stage), MaxAttempts: maxAttempts, UniqueOpts: river.UniqueOpts{ByArgs: true},
			},
		}
	}
	inserted, err := r.client.InsertManyTx(ctx, tx, params)
	if err != nil {
		return fmt.Errorf("the queue: %w", err)
	}
	rows := make([][]any, len(list))
	for n, w := range list {
		rows[n] = []any{run.id, run.connection, stage, first + n, w.Object, w.Part.After, w.Part.Upto, inserted[n].Job.ID}
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"job_pieces"},
		[]string{"run", "connection", "stage", "n", "object", "after", "upto", "job"}, pgx.CopyFromRows(rows))
	return err
}

// priority puts a fresh change before what concerns everybody; 1 comes first.
func priority(kind worker.Kind, stage string) int {
	switch {
	case stage == worker.StageSweep:
		return 4
	case kind == worker.Sync:
		return 1
	case kind == worker.Reload:
		return 3
	}
	return 2
}

// begin makes a run of what is wanted most, unless one is under way. The caller holds the lock of the slots.
func (r *Runner) begin(ctx context.Context, tx pgx.Tx) error {
	var kinds []worker.Kind
	rows, err := tx.Query(ctx, "SELECT kind FROM job_slots WHERE wanted")
	if err == nil {
		kinds, err = pgx.CollectRows(rows, pgx.RowTo[worker.Kind])
	}
	if err != nil || len(kinds) == 0 {
		return err
	}
	if model, err := leading(ctx, tx); err != nil || model != r.model {
		if err != nil {
			return err
		}
		return r.pass(ctx, tx, model)
	}
	var busy bool
	if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM job_runs WHERE finished IS NULL AND connection = ANY($1))", r.connections()).Scan(&busy); err != nil || busy {
		return err
	}
	for _, kind := range thorough() {
		if slices.Contains(kinds, kind) {
			return r.beginKind(ctx, tx, kind)
		}
	}
	return nil
}

// thorough are the kinds of run, the most thorough first.
func thorough() []worker.Kind {
	return []worker.Kind{worker.Reload, worker.Refit, worker.Rescore, worker.Sync}
}

func (r *Runner) beginKind(ctx context.Context, tx pgx.Tx, kind worker.Kind) error {
	if _, err := tx.Exec(ctx, "UPDATE job_slots SET wanted = false WHERE kind = $1", kind); err != nil {
		return err
	}
	id := uuid.NewString()
	for _, w := range r.cfg.Group {
		now := w.Now().UTC()
		one := &run{id: id, connection: w.Connection, kind: kind, started: now, report: w.NewReport(id, kind, now)}
		if _, err := tx.Exec(ctx, "INSERT INTO job_runs (run, connection, kind, model, stage, started) VALUES ($1, $2, $3, $4, '', $5)",
			id, w.Connection, kind, r.model, now); err != nil {
			return err
		}
		if err := r.enqueue(ctx, tx, one, worker.StagePrepare, []work{{}}); err != nil {
			return err
		}
		if err := one.save(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

func (r *Runner) connections() []string {
	names := make([]string, 0, len(r.workers))
	for _, w := range r.cfg.Group {
		names = append(names, w.Connection)
	}
	return names
}

// stageTimes are how long the stages of a run took, by the clock of the database, under the names of the walk's steps.
func stageTimes(ctx context.Context, tx querier, id, connection string) ([]worker.Stage, error) {
	rows, err := tx.Query(ctx, `SELECT stage, extract(epoch FROM max(ended) - min(began))::float8 FROM job_pieces
		WHERE run = $1 AND connection = $2 AND began IS NOT NULL AND ended IS NOT NULL GROUP BY stage`, id, connection)
	if err != nil {
		return nil, err
	}
	took := map[string]time.Duration{}
	var stage string
	var secs float64
	if _, err := pgx.ForEachRow(rows, []any{&stage, &secs}, func() error {
		took[stepOf(stage)] += time.Duration(secs * float64(time.Second))
		return nil
	}); err != nil {
		return nil, err
	}
	var out []worker.Stage
	for _, step := range []string{"prepare", "pull", "score", "plan", "write", "alert", "learn"} {
		if d, ok := took[step]; ok {
			out = append(out, worker.Stage{Name: step, Took: d})
		}
	}
	return out, nil
}

type querier interface {
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
}

// stepOf is the step of the walk a stage belongs to.
func stepOf(stage string) string {
	switch stage {
	case worker.StagePull, worker.StagePeople, worker.StageSweep, worker.StageSpread:
		return "pull"
	case worker.StageGather, worker.StageFit, worker.StageDecide, worker.StageScore,
		worker.StageSpreadFirms, worker.StageGatherFirms, worker.StageFitFirms, worker.StageDecideFirms, worker.StageScoreCompanies:
		return "score"
	case worker.StageRecall, worker.StageLookBack:
		return "learn"
	}
	return stage
}
