package postgres

import (
	"context"
	"time"

	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

// pruneAtOnce is how many records' ledgers are looked through in one transaction.
const pruneAtOnce = 1000

// Prune implements worker.Store.
func (s *Store) Prune(ctx context.Context, connection string, keep worker.Retention, now time.Time) (done worker.Pruned, err error) {
	if old := keep.RunsBefore(now); !old.IsZero() {
		err := s.change(ctx, "remove old runs", connection, facts, func(t *tx) error {
			n, err := t.exec(`DELETE FROM runs WHERE conn = $1 AND started < $2
				AND seq NOT IN (SELECT seq FROM runs WHERE conn = $1 ORDER BY seq DESC LIMIT $3)`, t.conn, encoding.Time(old), max(keep.Last, 0))
			if err != nil {
				return err
			}
			done.Runs = int(n)
			n, err = t.exec("DELETE FROM alerts WHERE conn = $1 AND state IN ('sent', 'unsure', 'dead') AND due < $2", t.conn, encoding.Time(old))
			done.Alerts = int(n)
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
	for _, of := range []worker.Population{worker.PeopleOf(connection), worker.CompaniesOf(connection)} {
		n, err := s.pruneLedger(ctx, of, old, keep.Last)
		done.Entries += n
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

func (s *Store) pruneLedger(ctx context.Context, of worker.Population, old time.Time, last int) (removed int, err error) {
	for after := ""; ; {
		var ids []string
		var n int64
		err := s.changeOf(ctx, "remove old ledger entries", of, facts, func(t *tx) (err error) {
			if ids, err = t.texts(`SELECT DISTINCT id FROM ledger WHERE conn = $1 AND object = $2 AND id > $3 AND at < $4 ORDER BY id LIMIT $5`,
				t.conn, t.object, after, encoding.Time(old), pruneAtOnce); err != nil || len(ids) == 0 {
				return err
			}
			n, err = t.exec(`DELETE FROM ledger WHERE seq IN (SELECT seq FROM (
					SELECT seq, at, row_number() OVER (PARTITION BY id ORDER BY seq DESC) AS back FROM ledger WHERE conn = $1 AND object = $2 AND id = ANY($3)) l
				WHERE back > $4 AND at < $5)`, t.conn, t.object, ids, max(last, 0), encoding.Time(old))
			return err
		})
		if err != nil || len(ids) == 0 {
			return removed, err
		}
		removed += int(n)
		after = ids[len(ids)-1]
	}
}
