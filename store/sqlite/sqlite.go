// Package sqlite keeps the worker's state in one SQLite file: the snapshot of mapped inputs, cursors, what was written
// and the ledger.
//
// One process writes at a time, held by a lock on a file beside the database that a killed process releases; others may
// read meanwhile (OpenReadOnly). Writes go through one connection, reads through others: a reader never waits for a
// writer and sees the state as of its first query. Ids sort as plain text, byte by byte.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/gofrs/flock"

	"github.com/bareme/bareme/worker"

	_ "modernc.org/sqlite" // registers the driver
)

var _ worker.Store = (*Store)(nil)

// Store is a state file. It is safe for concurrent use.
type Store struct {
	path  string
	lock  *flock.Flock // nil when read only
	write *sql.DB      // one connection; nil when read only
	read  *sql.DB

	writer chan *writer // holds the one writer while nobody writes

	mu    sync.RWMutex
	conns map[string]int64 // connection name to number; numbers never change

	closing  sync.Once
	closeErr error
}

// readers is how many queries may run at once beside the writer.
const readers = 4

// The settings of a connection. Durability: with a write-ahead log and synchronous=NORMAL a killed process loses
// nothing; a power cut may lose the last transactions, whole ones, cursor and data alike, which a run then repeats.
// secure_delete overwrites what is deleted with zeros; scrub does what is then left.
var pragmas = []string{
	"busy_timeout(5000)", "foreign_keys(ON)", "secure_delete(ON)", "cell_size_check(ON)", "trusted_schema(OFF)", "temp_store(MEMORY)",
}

// Open opens the state file for writing, creates it when it does not exist, and brings its layout up to date. An error
// wraps one of the worker's ErrStore kinds where one fits, and says what to do.
func Open(ctx context.Context, path string) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := prepare(path); err != nil {
		return nil, err
	}
	lock := flock.New(path+".lock", flock.SetPermissions(0o600))
	got, err := lock.TryLock()
	if err != nil {
		return nil, refused(path, "cannot lock the state file "+path, err)
	}
	if !got {
		return nil, locked(path, nil)
	}
	s := &Store{path: path, lock: lock, conns: map[string]int64{}}
	if err := s.openWriter(ctx); err != nil {
		return nil, errors.Join(s.explain("open", err), s.Close())
	}
	if s.read, err = sql.Open("sqlite", dsn(path, "cache_size(-2000)", "query_only(ON)")); err != nil {
		return nil, errors.Join(s.explain("open", err), s.Close())
	}
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	return s, nil
}

// OpenReadOnly opens an existing state file to look at it, while another process may be writing. Methods that change
// something return an error.
func OpenReadOnly(ctx context.Context, path string) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, &fault{text: "there is no state file " + path + ": run a sync first, or name the file with --state", err: err}
	}
	s := &Store{path: path, conns: map[string]int64{}}
	if s.read, err = sql.Open("sqlite", dsn(path, "cache_size(-2000)", "query_only(ON)")); err != nil {
		return nil, s.explain("open", err)
	}
	s.read.SetMaxOpenConns(readers)
	if err := checkLayout(ctx, s.read, path); err != nil {
		return nil, errors.Join(s.explain("open", err), s.Close())
	}
	return s, nil
}

// openWriter opens the one connection that writes and brings the layout up to date.
func (s *Store) openWriter(ctx context.Context) error {
	var err error
	// Rows stand in the inner pages of a tree too, so pages are large to keep trees flat (measured: 16 kB beats 8 and 32).
	// A log of up to 2,000 pages keeps bulk loading from copying it too often. Caches lie outside Go's memory and take a
	// quarter more than they say; they fill up with the file, so they decide whether memory is flat in the number of
	// people (measured: half of 32 MB here and of 4 MB for each reader costs a load of 60,000 people no time).
	s.write, err = sql.Open("sqlite", dsn(s.path, "page_size(16384)", "auto_vacuum(NONE)", "journal_mode(WAL)", "synchronous(NORMAL)",
		"wal_autocheckpoint(2000)", "journal_size_limit(16777216)", "cache_size(-16000)"))
	if err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if err := migrate(ctx, s.write, s.path); err != nil {
		return err
	}
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return err
	}
	s.writer = make(chan *writer, 1)
	s.writer <- &writer{store: s, conn: conn, statements: map[string]*sql.Stmt{}}
	return nil
}

// dsn names the file so that any character may occur in its path.
func dsn(path string, extra ...string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive letter
	}
	q := url.Values{"_pragma": append(append([]string{}, extra...), pragmas...)}
	return "file://" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// Close waits for a write in progress, removes the last traces of what was forgotten, empties the log and releases the
// lock. The store cannot be used afterwards.
func (s *Store) Close() error {
	s.closing.Do(func() { s.closeErr = s.explain("close", s.close()) })
	return s.closeErr
}

func (s *Store) close() error {
	var errs []error
	if s.writer != nil && s.read != nil {
		// An error leaves a mark, by which the next process knows.
		_ = s.scrub(context.Background())
	}
	if s.writer != nil {
		w := <-s.writer
		close(s.writer) // later writes find nobody
		errs = append(errs, w.close())
	}
	// The last connection to close copies the log into the file and removes it.
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Unlock())
	}
	return errors.Join(errs...)
}

// Verify reads the whole file and reports damage that opening it does not meet. It takes seconds for large files.
func (s *Store) Verify(ctx context.Context) error {
	var verdict string
	if err := s.read.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		return s.explain("verify", err)
	}
	if verdict != "ok" {
		return damaged(s.path, "its parts contradict each other", nil)
	}
	return nil
}
