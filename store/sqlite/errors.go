package sqlite

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

// fault is a failure of the state file in words a person can act on.
type fault struct {
	text string // what, where, what to do
	kind error  // one of the worker's kinds, nil when none fits
	err  error  // the cause, nil when the text says it all
}

func (f *fault) Error() string { return f.text }

func (f *fault) Unwrap() []error {
	var out []error
	for _, err := range []error{f.kind, f.err} {
		if err != nil {
			out = append(out, err)
		}
	}
	return out
}

func locked(path string, err error) error {
	return &fault{kind: worker.ErrStoreLocked, err: err,
		text: "state file " + path + " is in use by another process: wait until that one ends, or name another file with --state"}
}

func damaged(path, what string, err error) error {
	return &fault{kind: worker.ErrStoreDamaged, err: err,
		text: "state file " + path + " is damaged: " + what + ". Move it away, with the files beside it that begin with its name, and run again: " +
			"people and activity are read anew from the CRM; the ledger of earlier changes is only in a backup"}
}

func full(path string, err error) error {
	return &fault{kind: worker.ErrStoreFull, err: err,
		text: "no room to write the state file " + path + ": free some space on its disk and run again; what was stored before is safe"}
}

func newer(path string, has, knows int64) error {
	return &fault{kind: worker.ErrStoreNewer,
		text: fmt.Sprintf("state file %s was written by a newer version (layout %d; this version knows %d): update bareme, or name another file with --state", path, has, knows)}
}

func otherAccount(path, connection, has, got string) error {
	return &fault{kind: worker.ErrOtherAccount,
		text: fmt.Sprintf("connection %q in state file %s belongs to CRM account %s, but the credential opens account %s: use a credential of account %s, or name another file with --state",
			connection, path, has, got, has)}
}

// explain turns a failure of SQLite into a fault. doing says what was being done: "save people".
func (s *Store) explain(doing string, err error) error {
	return explain(s.path, doing, err)
}

func explain(path, doing string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*fault](err); ok {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if errors.Is(err, encoding.ErrEncoding) {
		return damaged(path, doing+": "+err.Error(), err)
	}
	if errors.Is(err, syscall.ENOSPC) {
		return full(path, err)
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() & 0xff { // the low byte is the kind, the rest says more
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			return locked(path, err)
		case sqlite3.SQLITE_NOTADB:
			return damaged(path, "it is not a state file, or its beginning was overwritten", err)
		case sqlite3.SQLITE_CORRUPT:
			return damaged(path, "its pages do not fit together", err)
		case sqlite3.SQLITE_FULL:
			return full(path, err)
		case sqlite3.SQLITE_IOERR:
			return &fault{err: err, text: fmt.Sprintf("the disk failed using state file %s (%s, code %d): check the disk and its free space, and run again", path, doing, e.Code())}
		case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN:
			return &fault{err: err, text: "cannot write the state file " + path + ": permission denied. Name a file you may write with --state"}
		}
	}
	return fmt.Errorf("%s in state file %s: %w", doing, path, err)
}
