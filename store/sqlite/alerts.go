package sqlite

import (
	"context"
	"database/sql"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

// raise stores what an acknowledged update means for alerts.
func (t *tx) raise(n *tables, o *worker.Settled) error {
	if o.Raised == nil || n.object != crm.People {
		return nil
	}
	if _, err := t.exec("DELETE FROM standings WHERE conn = ? AND id = ?", t.conn, o.ID); err != nil {
		return err
	}
	if len(o.Raised.Standing) > 0 {
		if _, err := t.exec("INSERT INTO standings (conn, id, body) VALUES (?, ?, ?)", t.conn, o.ID, o.Raised.Standing); err != nil {
			return err
		}
	}
	for _, a := range o.Raised.Alerts {
		if _, err := t.exec("INSERT INTO alerts (conn, id, name, state, due, body) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			t.conn, o.ID, a.Key, a.State, encoding.Time(a.Due), a.Body); err != nil {
			return err
		}
	}
	return nil
}

// Standings implements worker.Alerting.
func (s *Store) Standings(ctx context.Context, connection string, ids []string) (map[string][]byte, error) {
	found := map[string][]byte{}
	err := s.look(ctx, "read what alerts remember", connection, func(r *reader) error {
		return batches(ids, []any{r.conn}, func(args []any) error {
			return r.each("SELECT id, body FROM standings WHERE conn = ? AND id IN "+marks, args, func(rows *sql.Rows) error {
				var id string
				var body []byte
				err := rows.Scan(&id, &body)
				found[id] = body
				return err
			})
		})
	})
	return found, err
}

// Alerts implements worker.Alerting.
func (s *Store) Alerts(ctx context.Context, connection, state string, since time.Time, after int64, limit int) (list []worker.StoredAlert, err error) {
	err = s.look(ctx, "read alerts", connection, func(r *reader) error {
		return r.each("SELECT seq, id, name, state, due, body FROM alerts WHERE conn = ? AND state = ? AND due >= ? AND seq > ? ORDER BY seq LIMIT ?",
			[]any{r.conn, state, encoding.Time(since), after, max(limit, 0)}, func(rows *sql.Rows) error {
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
	return s.change(ctx, "save alerts", connection, func(t *tx) error {
		for _, a := range alerts {
			if _, err := t.exec("UPDATE alerts SET state = ?, due = ?, body = ? WHERE conn = ? AND name = ?", a.State, encoding.Time(a.Due), a.Body, t.conn, a.Key); err != nil {
				return err
			}
		}
		return nil
	})
}
