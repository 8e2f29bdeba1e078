package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

// raise stores what acknowledged updates mean for alerts.
func (t *tx) raise(settled []*worker.Settled) error {
	for _, o := range settled {
		key := []any{t.conn, t.object, o.ID}
		if len(o.Raised.Standing) == 0 {
			if _, err := t.exec("DELETE FROM standings WHERE conn = $1 AND object = $2 AND id = $3", key...); err != nil {
				return err
			}
		} else if _, err := t.exec(`INSERT INTO standings (conn, object, id, body) VALUES ($1, $2, $3, $4)
			ON CONFLICT (conn, object, id) DO UPDATE SET body = excluded.body`, append(key, o.Raised.Standing)...); err != nil {
			return err
		}
		for _, a := range o.Raised.Alerts {
			if _, err := t.exec("INSERT INTO alerts (conn, object, id, name, state, due, body) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (conn, name) DO NOTHING",
				t.conn, t.object, o.ID, a.Key, a.State, encoding.Time(a.Due), a.Body); err != nil {
				return err
			}
		}
	}
	return nil
}

// Standings implements worker.Alerting.
func (s *Store) Standings(ctx context.Context, connection string, ids []string) (map[string][]byte, error) {
	found := map[string][]byte{}
	err := s.peek(ctx, "read what alerts remember", connection, func(t *tx) error {
		return t.each("SELECT id, body FROM standings WHERE conn = $1 AND object = $2 AND id = ANY($3)", []any{t.conn, people, ids}, func(rows pgx.Rows) error {
			var id string
			var body []byte
			err := rows.Scan(&id, &body)
			found[id] = body
			return err
		})
	})
	return found, err
}

// Alerts implements worker.Alerting.
func (s *Store) Alerts(ctx context.Context, connection, state string, since time.Time, after int64, limit int) (list []worker.StoredAlert, err error) {
	err = s.peek(ctx, "read alerts", connection, func(t *tx) error {
		return t.each("SELECT seq, id, name, state, due, body FROM alerts WHERE conn = $1 AND state = $2 AND due >= $3 AND seq > $4 ORDER BY seq LIMIT $5",
			[]any{t.conn, state, encoding.Time(since), after, max(limit, 0)}, func(rows pgx.Rows) error {
				var a worker.StoredAlert
				var due int64
				if err := rows.Scan(&a.Seq, &a.Person, &a.Key, &a.State, &due, &a.Body); err != nil {
					return err
				}
				a.Due = encoding.Moment(due)
				list = append(list, a)
				return nil
			})
	})
	return list, err
}

// SaveAlerts implements worker.Alerting.
func (s *Store) SaveAlerts(ctx context.Context, connection string, alerts []worker.StoredAlert) error {
	return s.change(ctx, "save alerts", connection, facts, func(t *tx) error {
		for _, a := range alerts {
			if _, err := t.exec("UPDATE alerts SET state = $3, due = $4, body = $5 WHERE conn = $1 AND name = $2", t.conn, a.Key, a.State, encoding.Time(a.Due), a.Body); err != nil {
				return err
			}
		}
		return nil
	})
}
