package postgres_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/postgres"
	"github.com/bareme/bareme/worker"
)

// canary is a password that must not be seen again.
const canary = "cAnArY-5c1f0e"

// TestWrongDatabase gives the database nobody can use, and reads what is said about it.
func TestWrongDatabase(t *testing.T) {
	good := server.Database(t)
	as := func(change func(*url.URL)) string {
		u, err := url.Parse(good)
		check(t, err)
		u.User = url.UserPassword(u.User.Username(), canary)
		change(u)
		return u.String()
	}
	for name, c := range map[string]struct {
		url  string
		want string
		kind error
	}{
		"no URL":         {"post gres:" + canary, "the database URL cannot be read: it is like postgres://", postgres.ErrURL},
		"another scheme": {"mysql://bob:" + canary + "@h/db", "the database URL cannot be read", postgres.ErrURL},
		"a port of letters": {"postgres://bob:" + canary + "@127.0.0.1:xx/db",
			"the database URL has something wrong with its port", postgres.ErrURL},
		"an unknown sslmode": {"postgres://bob:" + canary + "@127.0.0.1/db?sslmode=maybe", "something wrong with its sslmode", postgres.ErrURL},
		"nobody listens": {"postgres://bob:" + canary + "@127.0.0.1:1/db", "cannot reach database db on 127.0.0.1 (open, connect: connection refused): check that it runs",
			worker.ErrStoreAway},
		"no such host":     {"postgres://bob:" + canary + "@nowhere.invalid/db", "cannot reach database db on nowhere.invalid (open, ", nil},
		"no such database": {as(func(u *url.URL) { u.Path = "/nothing" }), "there is no database nothing on 127.0.0.1: create it", nil},
		"no such user":     {as(func(u *url.URL) { u.User = url.UserPassword("stranger", canary) }), "refuses the user or the password: check BAREME_DATABASE_URL", nil},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := postgres.Open(bg, c.url)
			if err == nil {
				check(t, s.Close())
				t.Fatal("it was opened")
			}
			if !strings.Contains(err.Error(), c.want) || c.kind != nil && !errors.Is(err, c.kind) {
				t.Errorf("got %q, want one with %q", err, c.want)
			}
			for e := err; e != nil; e = errors.Unwrap(e) {
				if strings.Contains(e.Error(), canary) {
					t.Errorf("the password stands in %q", e)
				}
			}
		})
	}
}

// TestUnusableDatabase breaks a database in a way each, and reads what is said about it.
func TestUnusableDatabase(t *testing.T) {
	ours := func(t *testing.T, url string) { check(t, open(t, url).Close()) }
	for name, c := range map[string]struct {
		before   func(*testing.T, string)
		breaking string
		opens    bool
		want     string
		kind     error
	}{
		"newer": {ours, "INSERT INTO bareme_migrations (version_id, is_applied) VALUES (99, true)", false,
			"was brought up to date by a newer version (layout 99; this version knows ", worker.ErrStoreNewer},
		"of another program": {nil, "CREATE TABLE connections (x int)", false, "already has tables of another program: give bareme a database, or a schema", nil},
		"read-only":          {ours, "ALTER DATABASE %s SET default_transaction_read_only = on", true, "is read-only (a standby, or default_transaction_read_only)", nil},
		"of another account": {func(t *testing.T, url string) {
			s := open(t, url)
			check(t, errors.Join(s.Bind(bg, "sales", crm.Account{ID: "11"}), s.Close()))
		}, "SELECT 1", true, `connection "sales" in database `, worker.ErrOtherAccount},
		"damaged": {func(t *testing.T, url string) {
			s := open(t, url)
			check(t, s.SaveRecords(bg, worker.RecordPage{Connection: "sales", Object: crm.People, Changed: someone("1")}))
			check(t, errors.Join(s.Bind(bg, "sales", crm.Account{ID: "12"}), s.Close()))
		}, `UPDATE records SET fields = '\xff'`, true, "is damaged: read inputs of people: record 1: a stored row cannot be read: restore it from a backup", worker.ErrStoreDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			address := server.Database(t)
			if c.before != nil {
				c.before(t, address)
			}
			u, err := url.Parse(address)
			check(t, err)
			do(t, address, strings.ReplaceAll(c.breaking, "%s", strings.TrimPrefix(u.Path, "/")))
			s, err := postgres.Open(bg, address)
			if c.opens {
				check(t, err)
				err = errors.Join(s.Bind(bg, "sales", crm.Account{ID: "12"}), second(s.Dirty(bg, folk, "", 1)))
				check(t, s.Close())
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || c.kind != nil && !errors.Is(err, c.kind) {
				t.Errorf("got %v, want one with %q", err, c.want)
			}
		})
	}
}

// TestNoText: what PostgreSQL keeps in no text is told where it is an id, and replaced where it is the CRM's words.
func TestNoText(t *testing.T) {
	s := open(t, server.Database(t))
	defer func() { check(t, s.Close()) }()
	err := s.SaveRecords(bg, worker.RecordPage{Connection: "sales", Object: crm.People, Changed: someone("a\x00b")})
	if err == nil || !strings.Contains(err.Error(), "an id that is no text PostgreSQL can hold") {
		t.Errorf("got %v", err)
	}
	check(t, s.SaveRecords(bg, worker.RecordPage{Connection: "sales", Object: crm.People, Changed: someone("1")}))
	check(t, s.SaveScored(bg, folk, []worker.Scored{{ID: "1", Hash: 1, Blob: []byte("x"), Pending: &worker.Pending{ID: "1"}}}))
	check(t, s.Settle(bg, folk, []worker.Settled{{ID: "1", Status: crm.Rejected, Reason: "bad\x00\xff"}}))
	aside, err := s.SetAside(bg, folk, 1)
	check(t, err)
	if len(aside) != 1 || aside[0].Reason != "bad\uFFFD\uFFFD" {
		t.Errorf("set aside: %+v", aside)
	}
}

func do(t *testing.T, url, statement string) {
	t.Helper()
	c, err := pgx.Connect(bg, url)
	check(t, err)
	_, err = c.Exec(bg, statement)
	check(t, errors.Join(err, c.Close(bg)))
}

func second[T any](_ T, err error) error { return err }
