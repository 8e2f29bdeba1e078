package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Numbers by which SQLite files tell whose they are. application is written by the first migration.
const (
	application = 1113683265
	layout      = 6 // the newest migration; a test holds it to the folder
)

// migrate brings the layout up to date. A file of the current layout is recognised without asking goose.
func migrate(ctx context.Context, db *sql.DB, path string) error {
	has, err := layoutOf(ctx, db, path)
	if err != nil || has == layout {
		return err
	}
	if has > layout {
		return newer(path, has, layout)
	}
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, folder)
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// checkLayout accepts only the current layout: a reader must not change the file.
func checkLayout(ctx context.Context, db *sql.DB, path string) error {
	has, err := layoutOf(ctx, db, path)
	switch {
	case err != nil:
		return err
	case has > layout:
		return newer(path, has, layout)
	case has < layout:
		return &fault{text: "state file " + path + " was written by an older version: run a sync once to bring it up to date"}
	}
	return nil
}

// layoutOf reads which migration a file stands at: 0 for a new file.
func layoutOf(ctx context.Context, db *sql.DB, path string) (int64, error) {
	var app, tables, has int64
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&app); err != nil {
		return 0, err
	}
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%'").Scan(&tables); err != nil {
		return 0, err
	}
	if tables == 0 {
		return 0, nil // new, or the process died between goose's own table and the first migration
	}
	if app != application {
		return 0, &fault{text: path + " is a database of another program: name another file with --state"}
	}
	err := db.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied = 1").Scan(&has)
	return has, err
}
