package postgres

import (
	"context"

	"github.com/bareme/bareme/worker"
)

const remark = " ON CONFLICT (conn, object, id) DO UPDATE SET mark = nextval('marks')"

// MarkAllDirty implements worker.Store.
func (s *Store) MarkAllDirty(ctx context.Context, of worker.Population) error {
	return s.changeOf(ctx, "mark all", of, inputs, func(t *tx) error {
		_, err := t.exec("INSERT INTO dirty (conn, object, id) SELECT conn, object, id FROM records WHERE conn = $1 AND object = $2 ORDER BY id"+remark, t.conn, t.object)
		return err
	})
}

// MarkPendingDirty implements worker.Store.
func (s *Store) MarkPendingDirty(ctx context.Context, of worker.Population) error {
	return s.changeOf(ctx, "mark those with updates", of, inputs, func(t *tx) error {
		_, err := t.exec("INSERT INTO dirty (conn, object, id) SELECT conn, object, id FROM pending WHERE conn = $1 AND object = $2 AND sent = '' AND aside IS NULL ORDER BY id"+remark, t.conn, t.object)
		return err
	})
}
