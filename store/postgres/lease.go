package postgres

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/worker"
)

var (
	_ worker.Leaser  = (*Store)(nil)
	_ worker.Divider = (*Store)(nil)
	_ worker.Swapper = (*Store)(nil)
)

// proveEvery is how often a lease proves that its server still answers; a connection that breaks is noticed at once.
const proveEvery = 15 * time.Second

// closeTimeout bounds the end of a lease.
const closeTimeout = 5 * time.Second

// Lease implements worker.Leaser by an advisory lock of a connection of its own: the server ends it with the connection.
// It needs a session: behind PgBouncer, use a pool in session mode.
func (s *Store) Lease(ctx context.Context, connection, what string) (context.Context, func(), error) {
	return s.lease(ctx, connection, what, "SELECT pg_try_advisory_lock($1)")
}

// Share is a lease that any number of processes share, while none has it alone.
func (s *Store) Share(ctx context.Context, connection, what string) (context.Context, func(), error) {
	return s.lease(ctx, connection, what, "SELECT pg_try_advisory_lock_shared($1)")
}

func (s *Store) lease(ctx context.Context, connection, what, query string) (context.Context, func(), error) {
	c, err := s.connect(ctx)
	if err != nil {
		return nil, nil, s.explain("take a lease", err)
	}
	var got bool
	if err := c.QueryRow(ctx, query, s.key(connection, what)).Scan(&got); err != nil || !got {
		_ = c.Close(context.WithoutCancel(ctx)) // nothing to keep
		if err != nil {
			return nil, nil, s.explain("take a lease", err)
		}
		return nil, nil, &fault{kind: worker.ErrStoreLocked,
			text: fmt.Sprintf("another process is busy with connection %q (%s) in database %s: wait until it has ended", connection, what, s.place)}
	}
	held, lose := context.WithCancelCause(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		if err := watch(held, c); err != nil {
			lose(fmt.Errorf("%w: %w", worker.ErrLeaseLost, s.explain("keep a lease", err)))
		}
	}()
	return held, func() {
		lose(context.Canceled)
		<-watched
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
		defer cancel()
		// A server notices the end of a connection a moment later: whoever asks next would be told that we are still there.
		_, _ = c.Exec(closing, "SELECT pg_advisory_unlock_all()")
		_ = c.Close(closing) // which frees the lock either way
	}, nil
}

// key is the number of a lease.
func (s *Store) key(connection, what string) int64 {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%d\x00%s\x00%s", s.class, connection, what) // a hash takes everything
	return int64(h.Sum64())
}

// watch returns an error when the connection is lost, nil when ctx ends.
func watch(ctx context.Context, c *pgx.Conn) error {
	for {
		err := proved(ctx, c)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // whatever failed then failed by being stopped
		}
		if err != nil {
			return err
		}
	}
}

// proved waits a while for the connection to break, and then has the server answer.
func proved(ctx context.Context, c *pgx.Conn) error {
	quiet, cancel := context.WithTimeout(ctx, proveEvery)
	_, err := c.WaitForNotification(quiet)
	cancel()
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	proof, cancel := context.WithTimeout(ctx, proveEvery)
	defer cancel()
	return c.Ping(proof)
}

// Divide implements worker.Divider. It counts through the index of ids.
func (s *Store) Divide(ctx context.Context, of worker.Population, parts int) (out []worker.Part, err error) {
	err = s.peekOf(ctx, "divide the records", of, func(t *tx) error {
		bounds, err := t.texts(`SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS n, count(*) OVER () AS all_of_them
				FROM records WHERE conn = $1 AND object = $2) r
			WHERE n % greatest(1, (all_of_them + $3 - 1) / $3) = 0 AND n < all_of_them ORDER BY id`, t.conn, t.object, max(parts, 1))
		after := ""
		for _, upto := range bounds {
			out = append(out, worker.Part{After: after, Upto: upto})
			after = upto
		}
		out = append(out, worker.Part{After: after})
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
