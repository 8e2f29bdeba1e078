package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// The numbers of the objects records are kept of.
const (
	people    int16 = 1
	companies int16 = 2
)

func objectNumber(object string) (int16, error) {
	switch object {
	case crm.People:
		return people, nil
	case crm.Companies:
		return companies, nil
	}
	return 0, &crm.Error{Kind: crm.ErrInvalid, Op: "use the state", Object: object, Message: "only people and companies are kept as records, not " + object}
}

// objectName is the object of a number.
func objectName(number int16) string {
	if number == companies {
		return crm.Companies
	}
	return crm.People
}

// access is what a transaction changes; see the package.
type access string

const (
	inputs  access = "SELECT pg_advisory_xact_lock($1, $2)"        // alone in its connection
	results access = "SELECT pg_advisory_xact_lock_shared($1, $2)" // beside others that change results
	facts   access = ""                                            // a row that stands alone
)

// querier is a transaction, or a connection that commits each statement.
type querier interface {
	Exec(ctx context.Context, query string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
}

// tx is a transaction in one connection's data; object is the population, where there is one.
type tx struct {
	querier
	ctx    context.Context
	conn   int32
	object int16
}

// attempts is how often a transaction is tried that the server could not do, with growing pauses of a second altogether.
const attempts = 6

// change runs fn in one transaction: all of it is kept, or nothing. fn may run more than once.
func (s *Store) change(ctx context.Context, doing, connection string, how access, fn func(*tx) error) error {
	var err error
	for try := range attempts {
		if try > 0 {
			select {
			case <-ctx.Done():
				return s.explain(doing, ctx.Err())
			case <-time.After(time.Duration(20<<try) * time.Millisecond):
			}
		}
		var committing bool
		if committing, err = s.once(ctx, connection, how, fn); err == nil || committing || !again(err) {
			break
		}
	}
	return s.explain(doing, err)
}

// once tries a transaction and tells whether the commit had begun. A commit that has begun is finished.
func (s *Store) once(ctx context.Context, connection string, how access, fn func(*tx) error) (committing bool, err error) {
	conn, err := s.connection(ctx, connection)
	if err != nil {
		return false, err
	}
	t, err := s.pool.Begin(ctx)
	if err != nil {
		return false, err
	}
	defer func() {
		if err != nil {
			_ = t.Rollback(context.WithoutCancel(ctx)) // err says what went wrong
		}
	}()
	if how != facts {
		if _, err := t.Exec(ctx, string(how), s.class, conn); err != nil {
			return false, err
		}
	}
	if err := fn(&tx{querier: t, ctx: ctx, conn: conn}); err != nil {
		return false, err
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	return true, t.Commit(context.WithoutCancel(ctx))
}

// changeOf is change in one population.
func (s *Store) changeOf(ctx context.Context, doing string, of worker.Population, how access, fn func(*tx) error) error {
	object, err := objectNumber(of.Object)
	if err != nil {
		return err
	}
	return s.change(ctx, doing+" of "+of.Object, of.Connection, how, func(t *tx) error {
		t.object = object
		return fn(t)
	})
}

// look runs fn in a read transaction: all its queries see one state. A connection nothing was stored for has number 0,
// under which nothing is found.
func (s *Store) look(ctx context.Context, doing, connection string, fn func(*tx) error) error {
	return s.explain(doing, func() (err error) {
		t, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
		if err != nil {
			return err
		}
		defer func() { _ = t.Rollback(context.WithoutCancel(ctx)) }() // nothing to keep
		r := &tx{querier: t, ctx: ctx}
		if r.conn, err = s.known(r, connection); err != nil {
			return err
		}
		return fn(r)
	}())
}

// lookOf is look at one population.
func (s *Store) lookOf(ctx context.Context, doing string, of worker.Population, fn func(*tx) error) error {
	object, err := objectNumber(of.Object)
	if err != nil {
		return err
	}
	return s.look(ctx, doing+" of "+of.Object, of.Connection, func(t *tx) error {
		t.object = object
		return fn(t)
	})
}

// peek is look for what asks one thing only: a statement by itself sees one state, too.
func (s *Store) peek(ctx context.Context, doing, connection string, fn func(*tx) error) error {
	return s.explain(doing, func() (err error) {
		r := &tx{querier: s.pool, ctx: ctx}
		if r.conn, err = s.known(r, connection); err != nil {
			return err
		}
		return fn(r)
	}())
}

// peekOf is peek at one population.
func (s *Store) peekOf(ctx context.Context, doing string, of worker.Population, fn func(*tx) error) error {
	object, err := objectNumber(of.Object)
	if err != nil {
		return err
	}
	return s.peek(ctx, doing+" of "+of.Object, of.Connection, func(t *tx) error {
		t.object = object
		return fn(t)
	})
}

// exec runs a statement and returns how many rows it touched.
func (t *tx) exec(query string, args ...any) (int64, error) {
	tag, err := t.Exec(t.ctx, query, args...)
	return tag.RowsAffected(), err
}

// each calls fn for each row. fn must not use the transaction: its connection is busy until the last row.
func (t *tx) each(query string, args []any, fn func(pgx.Rows) error) error {
	rows, err := t.Query(t.ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// one reads one row into dest and reports whether there was any.
func (t *tx) one(query string, args []any, dest ...any) (found bool, err error) {
	err = t.each(query, args, func(rows pgx.Rows) error {
		found = true
		return rows.Scan(dest...)
	})
	return found, err
}

// texts reads one column of texts.
func (t *tx) texts(query string, args ...any) (out []string, err error) {
	err = t.each(query, args, func(rows pgx.Rows) error {
		var s string
		err := rows.Scan(&s)
		out = append(out, s)
		return err
	})
	return out, err
}

// ofIDs are these records of the population, by the arguments of page. Most pages hold neighbours, which their bounds find in
// one stretch of the index.
const ofIDs = " WHERE conn = $1 AND object = $2 AND id = ANY($3) AND id BETWEEN $4 AND $5"

// page are the arguments of ofIDs.
func (t *tx) page(ids []string) []any {
	least, most := bounds(ids)
	return []any{t.conn, t.object, ids, least, most}
}

// bounds are the first and the last of some ids.
func bounds(ids []string) (least, most string) {
	if len(ids) == 0 {
		return "", ""
	}
	return slices.Min(ids), slices.Max(ids)
}

func record(id string, err error) error { return fmt.Errorf("record %s: %w", id, err) }
