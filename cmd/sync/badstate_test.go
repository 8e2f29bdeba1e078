package main

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/examples"
	"github.com/bareme/bareme/store/postgres/pgtest"
)

// TestWrongDatabases gives the program databases it cannot use: what it says, and which exit code a supervisor sees. 2 is
// for a person, 1 may pass by itself.
func TestWrongDatabases(t *testing.T) {
	t.Parallel()
	var server pgtest.Server
	t.Cleanup(server.Stop) // after the databases were dropped
	good := server.Database(t)
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "bareme.yaml"), examples.HubSpot, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(database string, args ...string) (string, int) {
		cmd := exec.Command("bareme", args...)
		cmd.Dir = home
		cmd.Env = append(os.Environ(), "BAREME_HUBSPOT_TOKEN=pat-na1-sandbox", "BAREME_DATABASE_URL="+database)
		out, _ := cmd.CombinedOutput() // the code says it
		return string(out), cmd.ProcessState.ExitCode()
	}
	if out, code := run(good, "alerts"); code != 0 {
		t.Fatalf("alerts: %d\n%s", code, out)
	}
	execute(t, good, "INSERT INTO bareme_migrations (version_id, is_applied) VALUES (99, true)")
	elsewhere := func(change func(*url.URL)) string {
		u, err := url.Parse(good)
		if err != nil {
			t.Fatal(err)
		}
		u.User = url.UserPassword(u.User.Username(), mark)
		change(u)
		return u.String()
	}
	for name, c := range map[string]struct {
		database, says string
		code           int
	}{
		"no URL":           {"post gres:" + mark, "the database URL cannot be read: it is like postgres://", 2},
		"another scheme":   {"mysql://bob:" + mark + "@h/db", "the database URL cannot be read", 2},
		"nobody listens":   {"postgres://bob:" + mark + "@127.0.0.1:1/db", "cannot reach database db on 127.0.0.1", 1},
		"no such database": {elsewhere(func(u *url.URL) { u.Path = "/nothing" }), "there is no database nothing on 127.0.0.1: create it", 1},
		"no such user":     {elsewhere(func(u *url.URL) { u.User = url.UserPassword("stranger", mark) }), "refuses the user or the password: check BAREME_DATABASE_URL", 1},
		"newer":            {good, "was brought up to date by a newer version (layout 99; this version knows ", 1},
	} {
		t.Run(name, func(t *testing.T) {
			for _, command := range []string{"sync", "run"} {
				if command == "run" && name == "nobody listens" {
					continue // it waits for the database
				}
				out, code := run(c.database, command)
				if code != c.code || !strings.Contains(out, c.says) || strings.Contains(out, mark) {
					t.Errorf("%s: exit code %d, want %d with %q:\n%s", command, code, c.code, c.says, out)
				}
			}
		})
	}
}

func execute(t *testing.T, database, statement string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(t.Context()) }() // nothing to keep
	if _, err := c.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
