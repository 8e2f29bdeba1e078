package sqlite

import (
	"context"
	"database/sql"
	"time"

	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

// Prune implements worker.Store.
func (s *Store) Prune(ctx context.Context, connection string, keep worker.Retention, now time.Time) (done worker.Pruned, err error) {
	if old := keep.RunsBefore(now); !old.IsZero() {
		err := s.change(ctx, "remove old runs", connection, func(t *tx) error {
			n, err := t.exec(`DELETE FROM runs WHERE conn = ?1 AND started < ?2
				AND seq NOT IN (SELECT seq FROM runs WHERE conn = ?1 ORDER BY seq DESC LIMIT ?3)`, t.conn, encoding.Time(old), max(keep.Last, 0))
			if err != nil {
				return err
			}
			done.Runs = int(n)
			n, err = t.exec("DELETE FROM alerts WHERE conn = ? AND state IN ('sent', 'unsure', 'dead') AND due < ?", t.conn, encoding.Time(old))
			done.Alerts = int(n)
			if err == nil && n > 0 {
				err = t.markErased()
			}
			return err
		})
		if err != nil {
			return done, err
		}
	}
	old := keep.LedgerBefore(now)
	if old.IsZero() {
		return done, nil
	}
	for _, n := range []*tables{people(), companies()} {
		removed, err := s.pruneLedger(ctx, connection, n, old, keep.Last)
		done.Entries += removed
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// pruneLedger goes through the records a hundred at a time: a run never waits long for the one that writes.
func (s *Store) pruneLedger(ctx context.Context, connection string, n *tables, old time.Time, last int) (removed int, err error) {
	for after := ""; ; {
		var ids []string
		err := s.change(ctx, "remove old ledger entries", connection, func(t *tx) error {
			if err := t.each("SELECT DISTINCT id FROM "+n.ledger+" WHERE conn = ? AND id > ? AND at < ? ORDER BY id LIMIT ?", []any{t.conn, after, encoding.Time(old), batch}, func(rows *sql.Rows) error {
				var id string
				err := rows.Scan(&id)
				ids = append(ids, id)
				return err
			}); err != nil {
				return err
			}
			return batches(ids, []any{max(last, 0), encoding.Time(old), t.conn}, func(args []any) error {
				gone, err := t.exec("DELETE FROM "+n.ledger+` WHERE seq IN (WITH arg(last, old) AS (SELECT ?, ?) SELECT seq FROM (
						SELECT seq, at, row_number() OVER (PARTITION BY id ORDER BY seq DESC) AS back FROM `+n.ledger+" WHERE conn = ? AND id IN "+marks+`), arg
					WHERE back > arg.last AND at < arg.old)`, args...)
				removed += int(gone)
				if err != nil || gone == 0 {
					return err
				}
				return t.markErased()
			})
		})
		if err != nil || len(ids) == 0 {
			return removed, err
		}
		after = ids[len(ids)-1]
	}
}
