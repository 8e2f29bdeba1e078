package postgres_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/store/postgres"
	"github.com/bareme/bareme/store/postgres/pgtest"
	"github.com/bareme/bareme/store/storetest"
	"github.com/bareme/bareme/worker"
)

var (
	server pgtest.Server //nolint:gochecknoglobals // one server for all tests
	bg     = context.Background()
)

func TestMain(m *testing.M) {
	// Each step is some round trips: a tenth of the usual histories, which the other stores run in full.
	if err := flag.Set("rapid.checks", "10"); err != nil {
		panic(err)
	}
	flag.Parse()
	code := m.Run()
	server.Stop()
	os.Exit(code)
}

func TestStore(t *testing.T) {
	url := server.Database(t)
	storetest.Run(t, func(t testing.TB) storetest.State {
		empty(t, url)
		return storetest.State{
			Open:  func(t testing.TB) worker.Store { return open(t, url) },
			Bytes: func(t testing.TB) []byte { return everything(t, url) },
		}
	})
}

func open(t testing.TB, url string) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(bg, url)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// empty removes every row.
func empty(t testing.TB, url string) {
	t.Helper()
	check(t, open(t, url).Close())
	c, err := pgx.Connect(bg, url)
	check(t, err)
	_, err = c.Exec(bg, "DELETE FROM "+strings.Join(tables(t, c), "; DELETE FROM ")) // few rows: quicker than TRUNCATE
	check(t, errors.Join(err, c.Close(bg)))
}

// tables are those that hold state.
func tables(t testing.TB, c *pgx.Conn) []string {
	t.Helper()
	rows, err := c.Query(bg, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_name <> 'bareme_migrations'")
	check(t, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	check(t, err)
	return names
}

// everything is every row of every table, its bytes in the clear.
func everything(t testing.TB, url string) (all []byte) {
	t.Helper()
	c, err := pgx.Connect(bg, url)
	check(t, err)
	defer func() { check(t, c.Close(bg)) }()
	for _, table := range tables(t, c) {
		rows, err := c.Query(bg, "SELECT * FROM "+table)
		check(t, err)
		for rows.Next() {
			for _, value := range rows.RawValues() {
				all = append(append(all, value...), '\n')
			}
		}
		check(t, rows.Err())
	}
	return all
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestCommitsOutliveCrash: what is committed is on its way to the disk, also where somebody set a database to be careless;
// who set it to wait for standbys keeps that.
func TestCommitsOutliveCrash(t *testing.T) {
	url := server.Database(t)
	for set, want := range map[string]string{"off": "on", "on": "on", "remote_apply": "remote_apply"} {
		s := open(t, url+"&synchronous_commit="+set)
		var is string
		check(t, s.Pool().QueryRow(bg, "SHOW synchronous_commit").Scan(&is))
		check(t, s.Close())
		if is != want {
			t.Errorf("set to %s, it is %s and not %s", set, is, want)
		}
	}
}
