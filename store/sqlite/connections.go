package sqlite

import (
	"context"

	"github.com/bareme/bareme/crm"
)

// connection returns the number of a connection and gives it one when it is new.
func (w *writer) connection(ctx context.Context, name string) (int64, error) {
	s := w.store
	s.mu.RLock()
	conn := s.conns[name]
	s.mu.RUnlock()
	if conn != 0 {
		return conn, nil
	}
	if err := w.transaction(ctx, func() error {
		_, err := w.exec("INSERT INTO connections (name) VALUES (?) ON CONFLICT DO NOTHING", name)
		return err
	}); err != nil {
		return 0, err
	}
	st, err := w.statement("SELECT conn FROM connections WHERE name = ?")
	if err != nil {
		return 0, err
	}
	if err := st.QueryRowContext(ctx, name).Scan(&conn); err != nil {
		return 0, err
	}
	s.remember(name, conn)
	return conn, nil
}

// known returns the number of a connection, 0 when nothing was ever stored for it.
func (s *Store) known(r *reader, name string) (conn int64, err error) {
	s.mu.RLock()
	conn = s.conns[name]
	s.mu.RUnlock()
	if conn != 0 {
		return conn, nil
	}
	found, err := r.one("SELECT conn FROM connections WHERE name = ?", []any{name}, &conn)
	if found {
		s.remember(name, conn)
	}
	return conn, err
}

func (s *Store) remember(name string, conn int64) {
	s.mu.Lock()
	s.conns[name] = conn
	s.mu.Unlock()
}

// Bind implements worker.Store.
func (s *Store) Bind(ctx context.Context, connection string, account crm.Account) error {
	var has string
	// Bound already is the usual case, and one a reader may ask about.
	if err := s.look(ctx, "read the account", connection, func(r *reader) error {
		_, err := r.one("SELECT account FROM connections WHERE conn = ?", []any{r.conn}, &has)
		return err
	}); err != nil {
		return err
	}
	switch has {
	case account.ID:
		if has != "" {
			return nil
		}
	case "":
	default:
		return otherAccount(s.path, connection, has, account.ID)
	}
	return s.change(ctx, "bind the account", connection, func(t *tx) error {
		_, err := t.exec("UPDATE connections SET account = ? WHERE conn = ?", account.ID, t.conn)
		return err
	})
}

// Cursor implements worker.Store.
func (s *Store) Cursor(ctx context.Context, connection, object string) (cursor crm.Cursor, shape string, err error) {
	err = s.look(ctx, "read a cursor", connection, func(r *reader) error {
		_, err := r.one("SELECT cursor, shape FROM cursors WHERE conn = ? AND object = ?", []any{r.conn, object}, &cursor, &shape)
		return err
	})
	return cursor, shape, err
}

func (t *tx) saveCursor(object string, cursor crm.Cursor, shape string) error {
	_, err := t.exec(`INSERT INTO cursors (conn, object, cursor, shape) VALUES (?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET cursor = excluded.cursor, shape = excluded.shape`, t.conn, object, string(cursor), shape)
	return err
}

// Note implements worker.Store.
func (s *Store) Note(ctx context.Context, connection, name string) (value string, err error) {
	err = s.look(ctx, "read a note", connection, func(r *reader) error {
		_, err := r.one("SELECT value FROM notes WHERE conn = ? AND name = ?", []any{r.conn, name}, &value)
		return err
	})
	return value, err
}

// SetNote implements worker.Store.
func (s *Store) SetNote(ctx context.Context, connection, name, value string) error {
	return s.change(ctx, "save a note", connection, func(t *tx) error {
		_, err := t.exec(`INSERT INTO notes (conn, name, value) VALUES (?, ?, ?)
			ON CONFLICT DO UPDATE SET value = excluded.value`, t.conn, name, value)
		return err
	})
}
