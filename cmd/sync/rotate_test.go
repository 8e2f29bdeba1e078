package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"

	"github.com/bareme/bareme/store/postgres"
	"github.com/bareme/bareme/store/postgres/pgtest"
)

// TestDatabasePasswordRotates takes the state on a real PostgreSQL through a change of its role's password: the file is
// replaced, every connection is ended, and the state goes on; so it does when the file has gone or names another database,
// with one warning each.
func TestDatabasePasswordRotates(t *testing.T) {
	t.Parallel()
	var server pgtest.Server
	t.Cleanup(server.Stop) // after the database was dropped
	role := server.Role(t)
	path := filepath.Join(t.TempDir(), "url")
	mount := func(url string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(url+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rotate := func(password string) {
		t.Helper()
		role.SetPassword(t, password)
		mount(role.URL(t, password))
	}
	rotate("one-" + mark)
	var said bytes.Buffer
	p := &program{log: logrus.New()}
	p.log.SetOutput(&said)
	p.settings.DatabaseURLFile = path
	opened, err := p.openStore(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	store := opened.(*postgres.Store)
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, step := range []struct {
		what   string
		does   func()
		warned int
	}{
		{"nothing has changed", func() {}, 0},
		{"rotated", func() { rotate("two-" + mark) }, 0},
		{"the file has gone", func() { err = os.Remove(path) }, 1},
		{"and is still gone", func() {}, 1},
		{"back, rotated again", func() { rotate("three-" + mark) }, 1},
		{"another database", func() { mount(strings.Replace(role.URL(t, mark), "bareme_test", "another_"+mark, 1)) }, 2},
	} {
		if step.does(); err != nil {
			t.Fatal(err)
		}
		role.Disconnect(t)
		store.Pool().Reset() // connections that broke are not found out by use
		if _, err := store.Runs(t.Context(), "sales", 1); err != nil {
			t.Errorf("%s: %v", step.what, err)
		}
		if n := strings.Count(said.String(), "secret's file cannot be used"); n != step.warned {
			t.Errorf("%s: %d warnings, want %d:\n%s", step.what, n, step.warned, said.String())
		}
	}
	if strings.Contains(said.String(), mark) {
		t.Errorf("the log holds a password:\n%s", said.String())
	}
}

// TestDatabaseURLFileAtTheStart: what is wrong with the file when there is nothing to go on with.
func TestDatabaseURLFileAtTheStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, want := range map[string]string{
		"gone": "BAREME_DATABASE_URL_FILE: cannot read the file: open ", "empty": "BAREME_DATABASE_URL_FILE: the file is empty", "half": "the database URL cannot be read",
	} {
		path := filepath.Join(dir, name)
		if text := map[string]string{"empty": " \n", "half": "postgres//bob:" + mark}[name]; text != "" {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		p := &program{log: logrus.New()}
		p.settings.DatabaseURLFile = path
		_, err := p.openStore(t.Context())
		if !errors.Is(err, errUsage) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), mark) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
