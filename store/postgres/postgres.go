// Package postgres keeps the worker's state in a PostgreSQL database that any number of processes use at once.
//
// What keeps them apart: of one connection, pages of inputs (records, activity, what is forgotten) are stored one at a
// time, and results (scores, outcomes) by any number at once, never in the same moment as inputs; both by an advisory lock
// that ends with the transaction. Each mark of being dirty has a number (worker.Inputs.Mark): a score computed from
// earlier inputs does not make a record clean. A run that must not meet itself takes a Lease.
//
// Deleted rows are gone for every query at once. Their bytes leave the server's files when PostgreSQL vacuums and reuses
// the space, and its log when that is recycled: encrypt the disk and the backups, as docs/state.md says.
package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bareme/bareme/worker"
)

var _ worker.Store = (*Store)(nil)

// Store is state in a database. It is safe for concurrent use.
type Store struct {
	pool  *pgxpool.Pool
	url   URL    // nil: it does not change
	place string // host and database, without user or password
	class int32  // tells our advisory locks from those of another schema in the same database

	mu    sync.RWMutex
	conns map[string]int32 // connection name to number; numbers never change
}

// How long to wait for a server that does not answer, and how often a connection that seems idle is proved to be alive.
const (
	dialTimeout = 10 * time.Second
	healthEvery = 30 * time.Second
)

// Open connects to the database and brings its layout up to date; processes that start together do so one after the
// other. The URL is as libpq takes it (postgres://user:password@host:5432/database?sslmode=verify-full, or key=value
// pairs); pool_max_conns bounds the connections. An error wraps one of the worker's ErrStore kinds where one fits, says
// what to do, and never holds the password.
func Open(ctx context.Context, url string) (*Store, error) {
	return open(ctx, url, nil)
}

// OpenRenewed is Open with a URL that may change while the store is in use: every new connection takes user, password and
// certificates from what it is then; connections that exist live out. The database itself stays the one of the first;
// Renewable tells whether a URL will do.
func OpenRenewed(ctx context.Context, url URL) (*Store, error) {
	first, err := url()
	if err != nil {
		return nil, err
	}
	return open(ctx, first, url)
}

func open(ctx context.Context, first string, url URL) (*Store, error) {
	cfg, err := parse(first)
	if err != nil {
		return nil, err
	}
	s := &Store{url: url, place: place(cfg.ConnConfig), conns: map[string]int32{}}
	cfg.BeforeConnect = s.renew
	if err := migrate(ctx, cfg.ConnConfig); err != nil {
		return nil, s.explain("open", err)
	}
	if s.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return nil, s.explain("open", err)
	}
	if err := s.pool.QueryRow(ctx, "SELECT 'connections'::regclass::oid::bigint::bit(32)::int").Scan(&s.class); err != nil {
		s.pool.Close()
		return nil, s.explain("open", err)
	}
	return s, nil
}

// parse reads the URL, with defaults for what it leaves open.
func parse(url string) (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, badURL(err)
	}
	c := cfg.ConnConfig
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = dialTimeout
	}
	for name, value := range map[string]string{
		"application_name": "bareme", "timezone": "UTC",
		// A process that is stopped in the middle of a transaction must not keep the others waiting for ever.
		"idle_in_transaction_session_timeout": "60000", "lock_timeout": "60000",
		// Each statement concerns a page of a thousand ids. A plan kept from when a table was small, or made without knowing the
		// ids, reads through everybody for each page.
		"plan_cache_mode": "force_custom_plan",
	} {
		if _, set := c.RuntimeParams[name]; !set {
			c.RuntimeParams[name] = value
		}
	}
	cfg.HealthCheckPeriod = healthEvery
	cfg.AfterConnect = lasting
	return cfg, nil
}

// lasting has what a connection commits outlive a crash of the server, also where the server, the database or the user is
// set to forget the last moments: what was about to be sent to the CRM, and which calls were granted, must be remembered.
func lasting(ctx context.Context, c *pgx.Conn) error {
	_, err := c.Exec(ctx, "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'")
	return err
}

// Close implements worker.Store.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}

// Pool is the pool of connections, for what shares the database with the state: the queue of jobs and the budget of calls.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// place names a database in messages.
func place(c *pgx.ConnConfig) string {
	return c.Database + " on " + c.Host
}
