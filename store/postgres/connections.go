package postgres

import (
	"context"

	"github.com/bareme/bareme/crm"
)

// connection returns the number of a connection and gives it one when it is new.
func (s *Store) connection(ctx context.Context, name string) (conn int32, err error) {
	if conn = s.remembered(name); conn != 0 {
		return conn, nil
	}
	if _, err := s.pool.Exec(ctx, "INSERT INTO connections (name) VALUES ($1) ON CONFLICT DO NOTHING", name); err != nil {
		return 0, err
	}
	if err := s.pool.QueryRow(ctx, "SELECT conn FROM connections WHERE name = $1", name).Scan(&conn); err != nil {
		return 0, err
	}
	s.remember(name, conn)
	return conn, nil
}

// known returns the number of a connection, 0 when nothing was ever stored for it.
func (s *Store) known(t *tx, name string) (conn int32, err error) {
	if conn = s.remembered(name); conn != 0 {
		return conn, nil
	}
	found, err := t.one("SELECT conn FROM connections WHERE name = $1", []any{name}, &conn)
	if found && err == nil {
		s.remember(name, conn)
	}
	return conn, err
}

func (s *Store) remembered(name string) int32 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.conns[name]
}

func (s *Store) remember(name string, conn int32) {
	s.mu.Lock()
	s.conns[name] = conn
	s.mu.Unlock()
}

// Bind implements worker.Store. Of two processes that bind at once, the first decides.
func (s *Store) Bind(ctx context.Context, connection string, account crm.Account) error {
	var has string
	err := s.change(ctx, "bind the account", connection, facts, func(t *tx) error {
		if _, err := t.exec("UPDATE connections SET account = $2 WHERE conn = $1 AND account = ''", t.conn, account.ID); err != nil {
			return err
		}
		_, err := t.one("SELECT account FROM connections WHERE conn = $1", []any{t.conn}, &has)
		return err
	})
	if err == nil && has != account.ID {
		return s.otherAccount(connection, has, account.ID)
	}
	return err
}

// Cursor implements worker.Store.
func (s *Store) Cursor(ctx context.Context, connection, object string) (cursor crm.Cursor, shape string, err error) {
	err = s.peek(ctx, "read a cursor", connection, func(t *tx) error {
		_, err := t.one("SELECT cursor, shape FROM cursors WHERE conn = $1 AND object = $2", []any{t.conn, object}, &cursor, &shape)
		return err
	})
	return cursor, shape, err
}

func (t *tx) saveCursor(object string, cursor crm.Cursor, shape string) error {
	_, err := t.exec(`INSERT INTO cursors (conn, object, cursor, shape) VALUES ($1, $2, $3, $4)
		ON CONFLICT (conn, object) DO UPDATE SET cursor = excluded.cursor, shape = excluded.shape`, t.conn, object, string(cursor), shape)
	return err
}

// Note implements worker.Store.
func (s *Store) Note(ctx context.Context, connection, name string) (value string, err error) {
	err = s.peek(ctx, "read a note", connection, func(t *tx) error {
		_, err := t.one("SELECT value FROM notes WHERE conn = $1 AND name = $2", []any{t.conn, name}, &value)
		return err
	})
	return value, err
}

// SetNote implements worker.Store.
func (s *Store) SetNote(ctx context.Context, connection, name, value string) error {
	return s.change(ctx, "save a note", connection, facts, func(t *tx) error {
		_, err := t.exec(`INSERT INTO notes (conn, name, value) VALUES ($1, $2, $3)
			ON CONFLICT (conn, name) DO UPDATE SET value = excluded.value`, t.conn, name, value)
		return err
	})
}

// SwapNote implements worker.Swapper.
func (s *Store) SwapNote(ctx context.Context, connection, name, old, value string) (swapped bool, err error) {
	err = s.change(ctx, "save a note", connection, facts, func(t *tx) error {
		query := "UPDATE notes SET value = $4 WHERE conn = $1 AND name = $2 AND value = $3"
		if old == "" { // not there yet
			query = `INSERT INTO notes (conn, name, value) VALUES ($1, $2, $4)
				ON CONFLICT (conn, name) DO UPDATE SET value = excluded.value WHERE notes.value = $3`
		}
		n, err := t.exec(query, t.conn, name, old, value)
		swapped = n > 0
		return err
	})
	return swapped, err
}
