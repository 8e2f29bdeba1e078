package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	layout  = 7                   // the newest migration; a test holds it to the folder
	journal = "bareme_migrations" // goose's table: under its own name, another program's may stand beside it
)

// migrate brings the layout up to date, under a lock of its own: processes of a rolling upgrade start at the same time.
// A database of the current layout is recognised without asking goose.
func migrate(ctx context.Context, cfg *pgx.ConnConfig) (err error) {
	db := stdlib.OpenDB(*cfg)
	defer func() { err = errors.Join(err, db.Close()) }()
	has, err := layoutOf(ctx, db)
	if err != nil || has == layout {
		return err
	}
	if has > layout {
		return newer(place(cfg), has, layout)
	}
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	versions, err := database.NewStore(database.DialectPostgres, journal)
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider("", db, folder, goose.WithStore(versions), goose.WithSessionLocker(locker))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// layoutOf reads which migration a database stands at: 0 for a new one.
func layoutOf(ctx context.Context, db *sql.DB) (has int64, err error) {
	var there bool
	if err := db.QueryRowContext(ctx, "SELECT to_regclass($1) IS NOT NULL", journal).Scan(&there); err != nil || !there {
		return 0, err
	}
	err = db.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM "+journal+" WHERE is_applied").Scan(&has)
	return has, err
}

// Migrating runs fn while no other process changes a layout in this database: under the lock of our own migrations. What
// else keeps tables beside ours brings them up to date in it.
func (s *Store) Migrating(ctx context.Context, fn func(context.Context) error) error {
	c, err := s.connect(ctx)
	if err != nil {
		return s.explain("bring the layout up to date", err)
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }() // the server frees the lock with the connection
	wait, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if _, err := c.Exec(wait, "SET lock_timeout = 0"); err != nil {
		return s.explain("bring the layout up to date", err)
	}
	if _, err := c.Exec(wait, "SELECT pg_advisory_lock($1)", lock.DefaultLockID); err != nil {
		return s.explain("bring the layout up to date", err)
	}
	return s.explain("bring the layout up to date", fn(ctx))
}

// Newer is the error of a database whose layout is of a newer version than this program knows.
func (s *Store) Newer(has, knows int64) error { return newer(s.place, has, knows) }
