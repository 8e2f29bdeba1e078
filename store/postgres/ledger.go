package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

// Ledger implements worker.Store. Latest first is the order of writing, whatever the clock said. An entry that names no
// run has the one that sent it.
func (s *Store) Ledger(ctx context.Context, of worker.Population, id string, limit int) (entries []worker.Entry, err error) {
	err = s.peekOf(ctx, "read the ledger", of, func(t *tx) error {
		return t.each("SELECT at, run, entry FROM ledger WHERE conn = $1 AND object = $2 AND id = $3 ORDER BY seq DESC LIMIT $4", []any{t.conn, t.object, id, max(limit, 0)}, func(rows pgx.Rows) error {
			var at int64
			var run string
			var body []byte
			if err := rows.Scan(&at, &run, &body); err != nil {
				return err
			}
			e, err := encoding.ParseEntry(body, encoding.Moment(at))
			if err != nil {
				return record(id, err)
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

// SaveRun implements worker.Store.
func (s *Store) SaveRun(ctx context.Context, run worker.Run) error {
	return s.change(ctx, "save a run", run.Connection, facts, func(t *tx) error {
		_, err := t.exec(`INSERT INTO runs (conn, id, kind, started, finished, status, report) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (conn, id) DO UPDATE SET kind = excluded.kind, started = excluded.started, finished = excluded.finished,
				status = excluded.status, report = excluded.report`,
			t.conn, run.ID, run.Kind, encoding.Time(run.Started), encoding.Time(run.Finished), run.Status, run.Report)
		return err
	})
}

// Runs implements worker.Store. Latest first is the order in which they were first saved.
func (s *Store) Runs(ctx context.Context, connection string, limit int) (runs []worker.Run, err error) {
	err = s.peek(ctx, "read runs", connection, func(t *tx) error {
		return t.each("SELECT id, kind, started, finished, status, report FROM runs WHERE conn = $1 ORDER BY seq DESC LIMIT $2", []any{t.conn, max(limit, 0)}, func(rows pgx.Rows) error {
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
