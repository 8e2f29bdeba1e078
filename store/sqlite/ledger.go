package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

// Ledger implements worker.Store. Latest first is the order of writing, whatever the clock said. An entry that names no
// run has the one that sent it.
func (s *Store) Ledger(ctx context.Context, of worker.Population, id string, limit int) (entries []worker.Entry, err error) {
	err = s.lookOf(ctx, "read the ledger", of, func(r *reader, n *tables) error {
		return r.each("SELECT at, run, entry FROM "+n.ledger+" WHERE conn = ? AND id = ? ORDER BY seq DESC LIMIT ?", []any{r.conn, id, max(limit, 0)}, func(rows *sql.Rows) error {
			var at int64
			var run string
			var b sql.RawBytes
			if err := rows.Scan(&at, &run, &b); err != nil {
				return err
			}
			e, err := encoding.ParseEntry(b, encoding.Moment(at))
			if err != nil {
				return fmt.Errorf("ledger of %s: %w", id, err)
			}
			if e.Run == "" {
				e.Run = run
			}
			entries = append(entries, e)
			return nil
		})
	})
	return entries, err
}

// SaveRun implements worker.Store. Saving a finished run also removes the last traces of what the run forgot.
func (s *Store) SaveRun(ctx context.Context, run worker.Run) error {
	err := s.change(ctx, "save a run", run.Connection, func(t *tx) error {
		_, err := t.exec(`INSERT INTO runs (conn, id, kind, started, finished, status, report) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (conn, id) DO UPDATE SET kind = excluded.kind, started = excluded.started, finished = excluded.finished,
				status = excluded.status, report = excluded.report`,
			t.conn, run.ID, run.Kind, encoding.Time(run.Started), encoding.Time(run.Finished), run.Status, run.Report)
		return err
	})
	if err == nil && !run.Finished.IsZero() {
		// The run is saved; what fails here leaves a mark and is done later.
		_ = s.scrub(ctx)
	}
	return err
}

// Runs implements worker.Store. Latest first is the order in which they were first saved.
func (s *Store) Runs(ctx context.Context, connection string, limit int) (runs []worker.Run, err error) {
	err = s.look(ctx, "read runs", connection, func(r *reader) error {
		return r.each("SELECT id, kind, started, finished, status, report FROM runs INDEXED BY runs_latest WHERE conn = ? ORDER BY seq DESC LIMIT ?", []any{r.conn, max(limit, 0)}, func(rows *sql.Rows) error {
			run := worker.Run{Connection: connection}
			var started, finished int64
			if err := rows.Scan(&run.ID, &run.Kind, &started, &finished, &run.Status, &run.Report); err != nil {
				return err
			}
			run.Started, run.Finished = encoding.Moment(started), encoding.Moment(finished)
			runs = append(runs, run)
			return nil
		})
	})
	return runs, err
}
