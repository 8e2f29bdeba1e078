package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

// fault is a failure of the database in words a person can act on.
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

// ErrURL is a URL that cannot be right.
var ErrURL = errors.New("wrong database URL")

// badURL says what is wrong with the setting without repeating any of it: it holds the password. The parser's own text
// quotes the URL with the password blanked out, but only where it recognises one.
func badURL(err error) error {
	reason := "cannot be read"
	for _, part := range []string{"sslmode", "port", "pool_max_conns", "connect_timeout", "sslrootcert", "sslcert"} {
		if strings.Contains(err.Error(), "invalid "+part) || strings.Contains(err.Error(), part+" is invalid") {
			reason = "has something wrong with its " + part
		}
	}
	return &fault{kind: ErrURL, text: "the database URL " + reason + ": it is like postgres://user:password@host:5432/database?sslmode=verify-full"}
}

func newer(place string, has, knows int64) error {
	return &fault{kind: worker.ErrStoreNewer,
		text: fmt.Sprintf("database %s was brought up to date by a newer version (layout %d; this version knows %d): update bareme", place, has, knows)}
}

func (s *Store) otherAccount(connection, has, got string) error {
	return &fault{kind: worker.ErrOtherAccount,
		text: fmt.Sprintf("connection %q in database %s belongs to CRM account %s, but the credential opens account %s: use a credential of account %s, or another database",
			connection, s.place, has, got, has)}
}

// The codes of PostgreSQL that have words of their own. https://www.postgresql.org/docs/current/errcodes-appendix.html
func (s *Store) words(code, doing string) (text string, kind error) {
	switch code {
	case "28P01", "28000":
		return "database " + s.place + " refuses the user or the password: check BAREME_DATABASE_URL", nil
	case "3D000":
		return "there is no database " + s.place + ": create it (createdb), or name another in BAREME_DATABASE_URL", nil
	case "42501":
		return "the user may not " + doing + " in database " + s.place + ": grant it the right to create and use tables there", nil
	case "25006":
		return "database " + s.place + " is read-only (a standby, or default_transaction_read_only): name the primary in BAREME_DATABASE_URL", nil
	case "53100":
		return "no room on the disk of database " + s.place + ": free some space there and run again; what was stored before is safe", worker.ErrStoreFull
	case "53300":
		return "database " + s.place + " has no connection left: raise max_connections there, or lower pool_max_conns in BAREME_DATABASE_URL", worker.ErrStoreAway
	case "55P03":
		return "waited a minute for another process to finish a transaction in database " + s.place + " (" + doing + "): run again; if it stays so, look for an old transaction in pg_stat_activity", worker.ErrStoreLocked
	case "42P07", "42710":
		return "database " + s.place + " already has tables of another program: give bareme a database, or a schema (search_path in the URL), of its own", nil
	case "57P03", "57P01", "57P02":
		return "database " + s.place + " is starting or shutting down: run again in a moment; what was stored before is safe", worker.ErrStoreAway
	case "22021", "22P05":
		return "the CRM sent an id that is no text PostgreSQL can hold (" + doing + "): remove the record there, or correct its id", nil
	case "XX001", "XX002":
		return "database " + s.place + " is damaged (" + doing + "): restore it from a backup", worker.ErrStoreDamaged
	}
	return "", nil
}

// explain turns a failure of the database into a fault. doing says what was being done: "save people".
func (s *Store) explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*fault](err); ok {
		return err
	}
	if errors.Is(err, encoding.ErrEncoding) {
		return &fault{kind: worker.ErrStoreDamaged, err: err,
			text: "database " + s.place + " is damaged: " + doing + ": " + err.Error() + ": restore it from a backup, or empty it and run again: people and activity are read anew from the CRM"}
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		if text, kind := s.words(e.Code, doing); text != "" {
			return &fault{text: text, kind: kind, err: quiet{e.Code}}
		}
		// The message may quote a row; its code and name do not.
		return &fault{text: fmt.Sprintf("%s in database %s: PostgreSQL error %s (%s %s)", doing, s.place, e.Code, e.TableName, e.ConstraintName), err: quiet{e.Code}}
	}
	if isContext(err) {
		return fmt.Errorf("%s: %w", doing, causeOf(err))
	}
	if broken(err) {
		f := &fault{err: quiet{"no connection"},
			text: "cannot reach database " + s.place + " (" + doing + ", " + reason(err) + "): check that it runs and that BAREME_DATABASE_URL names it; what was stored before is safe"}
		if r := reason(err); r != noHost && r != untrusted { // those are settings
			f.kind = worker.ErrStoreAway
		}
		return f
	}
	return fmt.Errorf("%s in database %s: %w", doing, s.place, err)
}

// quiet stands for a cause whose own text may hold what is stored, or the URL.
type quiet struct{ code string }

func (q quiet) Error() string { return q.code }

func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) && !isTimeoutOfDial(err)
}

// isTimeoutOfDial: a dial that took too long is also a deadline that was exceeded, but nobody set that one.
func isTimeoutOfDial(err error) bool {
	_, ok := errors.AsType[*pgconn.ConnectError](err)
	return ok
}

func causeOf(err error) error {
	if errors.Is(err, context.Canceled) {
		return context.Canceled
	}
	return context.DeadlineExceeded
}

// broken says whether the connection is to blame.
func broken(err error) bool {
	if isTimeoutOfDial(err) || pgconn.SafeToRetry(err) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return strings.Contains(err.Error(), "conn closed")
}

// Reasons that no waiting changes.
const (
	noHost    = "no such host"
	untrusted = "no trusted encryption: see sslmode"
)

// reason is why a connection failed, in a word: the full text names user and host, and may hold more.
func reason(err error) string {
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		if e.IsNotFound {
			return noHost
		}
		return "the name of the host could not be looked up"
	}
	if e, ok := errors.AsType[*net.OpError](err); ok && e.Err != nil {
		return e.Err.Error()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer"
	}
	if strings.Contains(err.Error(), "tls") || strings.Contains(err.Error(), "TLS") || strings.Contains(err.Error(), "x509") {
		return untrusted
	}
	return "the connection was lost"
}

// again says whether a transaction that failed may be done once more: it met another one, or the server went away before
// the commit.
func again(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch e.Code {
		case "40001", "40P01", "57P01", "57P02", "57P03":
			return true
		}
		return false
	}
	return !isContext(err) && broken(err)
}
