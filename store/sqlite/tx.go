package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

var (
	errReadOnly = errors.New("the state file is open for reading only")
	errClosed   = errors.New("the state file is closed")
)

// writer is the one connection that writes, with its statements prepared once.
type writer struct {
	store      *Store
	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

// tx is a transaction that may write, in one connection's data.
type tx struct {
	*writer
	ctx  context.Context
	conn int64
}

// change runs fn in one write transaction: all of it is kept, or nothing. The connection gets its number first.
func (s *Store) change(ctx context.Context, doing, connection string, fn func(*tx) error) error {
	return s.explain(doing, s.withWriter(ctx, func(w *writer) error {
		conn, err := w.connection(ctx, connection)
		if err != nil {
			return err
		}
		return w.transaction(ctx, func() error { return fn(&tx{writer: w, ctx: ctx, conn: conn}) })
	}))
}

// withWriter lends the writer, one caller at a time; waiting for it obeys ctx.
func (s *Store) withWriter(ctx context.Context, fn func(*writer) error) error {
	if s.writer == nil {
		return errReadOnly
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case w, ok := <-s.writer:
		if !ok {
			return errClosed
		}
		defer func() { s.writer <- w }()
		return fn(w)
	}
}

// transaction keeps what fn did, or nothing when it fails or ctx ends before the commit. A commit that has begun is
// finished. Statements themselves run without ctx: a page takes milliseconds, and watching ctx costs more than a row.
func (w *writer) transaction(ctx context.Context, fn func() error) (err error) {
	if _, err := w.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	kept := false
	defer func() {
		if !kept {
			// A failure such as a full disk may have rolled back already; then there is nothing left to do.
			_, _ = w.exec("ROLLBACK")
		}
	}()
	if err := fn(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, err := w.exec("COMMIT"); err != nil {
		return err
	}
	kept = true
	return nil
}

// statement prepares a query once for the life of the store. Queries are constants of this package: the map stays small.
func (w *writer) statement(query string) (*sql.Stmt, error) {
	if st := w.statements[query]; st != nil {
		return st, nil
	}
	st, err := w.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	w.statements[query] = st
	return st, nil
}

// exec runs a statement and returns how many rows it touched.
func (w *writer) exec(query string, args ...any) (int64, error) {
	st, err := w.statement(query)
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// each calls fn for each row. fn must not use the writer: its one connection is busy until the last row.
func (w *writer) each(query string, args []any, fn func(*sql.Rows) error) error {
	st, err := w.statement(query)
	if err != nil {
		return err
	}
	rows, err := st.QueryContext(context.Background(), args...)
	return eachRow(rows, err, fn)
}

func (w *writer) close() error {
	var errs []error
	for _, st := range w.statements {
		errs = append(errs, st.Close())
	}
	return errors.Join(append(errs, w.conn.Close())...)
}

// reader is a read transaction: all its queries see one state.
type reader struct {
	tx   *sql.Tx
	ctx  context.Context
	conn int64
}

// look runs fn in a read transaction. A connection nothing was stored for has number 0, under which nothing is found.
func (s *Store) look(ctx context.Context, doing, connection string, fn func(*reader) error) error {
	return s.explain(doing, func() (err error) {
		t, err := s.read.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, ended(t.Rollback())) }()
		r := &reader{tx: t, ctx: ctx}
		if r.conn, err = s.known(r, connection); err != nil {
			return err
		}
		return fn(r)
	}())
}

// ended leaves out the news that a cancelled context had already ended the transaction.
func ended(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

func (r *reader) each(query string, args []any, fn func(*sql.Rows) error) error {
	rows, err := r.tx.QueryContext(r.ctx, query, args...)
	return eachRow(rows, err, fn)
}

// one reads one row into dest and reports whether there was any.
func (r *reader) one(query string, args []any, dest ...any) (found bool, err error) {
	err = r.each(query, args, func(rows *sql.Rows) error {
		found = true
		return rows.Scan(dest...)
	})
	return found, err
}

func eachRow(rows *sql.Rows, err error, fn func(*sql.Rows) error) error {
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // what went wrong is in rows.Err
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Ids are looked up some at a time with "IN (?,?,…)", always with the same number of marks so that one prepared statement
// serves all; marks left over are NULL, which equals nothing.
const batch = 100

var marks = "(?" + strings.Repeat(",?", batch-1) + ")"

// batches calls fn with first, then up to batch ids padded with nil: the arguments of a query that ends in marks.
func batches(ids []string, first []any, fn func(args []any) error) error {
	args := make([]any, len(first)+batch)
	copy(args, first)
	for len(ids) > 0 {
		n := min(batch, len(ids))
		for i := range batch {
			args[len(first)+i] = nil
			if i < n {
				args[len(first)+i] = ids[i]
			}
		}
		if err := fn(args); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}
