package postgres

import "context"

// ActivityIDs implements worker.Store.
func (s *Store) ActivityIDs(ctx context.Context, connection, source, after string, limit int) (ids []string, err error) {
	err = s.peek(ctx, "list "+source, connection, func(t *tx) error {
		ids, err = t.texts("SELECT id FROM activities WHERE conn = $1 AND source = $2 AND id > $3 ORDER BY id LIMIT $4", t.conn, source, after, max(limit, 0))
		return err
	})
	return ids, err
}
