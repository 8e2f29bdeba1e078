package sqlite

import (
	"context"
	"database/sql"
)

// ActivityIDs implements worker.Store.
func (s *Store) ActivityIDs(ctx context.Context, connection, source, after string, limit int) (ids []string, err error) {
	err = s.look(ctx, "list "+source, connection, func(r *reader) error {
		return r.each("SELECT id FROM activities WHERE conn = ? AND source = ? AND id > ? ORDER BY id LIMIT ?", []any{r.conn, source, after, max(limit, 0)}, func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			ids = append(ids, id)
			return err
		})
	})
	return ids, err
}
