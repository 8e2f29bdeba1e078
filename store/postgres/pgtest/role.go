package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// asked is the role whose members the throwaway server asks for their password; it trusts everybody else.
const asked = "bareme_asked"

func askPasswords(path string) error {
	rest, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, append([]byte("host all +"+asked+" 127.0.0.1/32 scram-sha-256\n"), rest...), 0o600)
}

// Role is a role of its own whose password the server asks for.
type Role struct {
	server   *Server
	name     string
	database string
}

// Role makes a role, and an empty database that it owns; both are dropped when the test ends. Where the server lets
// everybody in whatever their password, the test is skipped.
func (s *Server) Role(t testing.TB) *Role {
	t.Helper()
	s.ready(t)
	r := &Role{server: s, name: fmt.Sprintf("bareme_role_%d_%d", os.Getpid(), time.Now().UnixNano())}
	s.exec(t, "DO $$ BEGIN CREATE ROLE "+asked+"; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
	s.exec(t, "CREATE ROLE "+r.name+" LOGIN PASSWORD 'first' IN ROLE "+asked)
	t.Cleanup(func() { s.exec(t, "DROP ROLE "+r.name) }) // after its database, which is made later
	r.database = s.Database(t)
	u, err := url.Parse(r.database)
	if err != nil {
		t.Fatal(err)
	}
	s.exec(t, "ALTER DATABASE "+u.Path[1:]+" OWNER TO "+r.name)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if c, err := pgx.Connect(ctx, r.URL(t, "wrong")); err == nil {
		_ = c.Close(ctx) // nothing was done with it
		t.Skip("the server of BAREME_TEST_DATABASE_URL asks nobody for a password")
	}
	return r
}

// URL is the database's, with this role and a password.
func (r *Role) URL(t testing.TB, password string) string {
	t.Helper()
	u, err := url.Parse(r.database)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(r.name, password)
	return u.String()
}

// SetPassword changes the role's password. Connections that exist stay.
func (r *Role) SetPassword(t testing.TB, password string) {
	t.Helper()
	r.server.exec(t, fmt.Sprintf("ALTER ROLE %s PASSWORD '%s'", r.name, password))
}

// Disconnect ends every connection of the role.
func (r *Role) Disconnect(t testing.TB) {
	t.Helper()
	r.server.exec(t, fmt.Sprintf("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '%s'", r.name))
}
