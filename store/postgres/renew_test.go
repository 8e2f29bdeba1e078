package postgres_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/bareme/bareme/store/postgres"
)

// TestPasswordRotates changes the role's password on a real server while the store is open: connections that exist live
// out, and new ones, leases included, take what the URL is by then.
func TestPasswordRotates(t *testing.T) {
	role := server.Role(t)
	role.SetPassword(t, "one-"+canary)
	var now atomic.Value
	now.Store(role.URL(t, "one-"+canary))
	s, err := postgres.OpenRenewed(bg, func() (string, error) { return now.Load().(string), nil })
	check(t, err)
	defer func() { check(t, s.Close()) }()
	works := func(when string) {
		t.Helper()
		if err := tryAll(s); err != nil {
			t.Fatalf("%s: %v", when, err)
		}
	}
	works("at the start")
	_, release, err := s.Lease(bg, "sales", "run")
	check(t, err)
	role.SetPassword(t, "two-"+canary)
	if _, err := s.Runs(bg, "sales", 1); err != nil {
		t.Errorf("a connection from before: %v", err)
	}
	release()
	role.Disconnect(t)
	if err := tryAll(s); err == nil || !strings.Contains(err.Error(), "refuses the user or the password") || strings.Contains(err.Error(), canary) {
		t.Errorf("with the old password: %v", err)
	}
	now.Store(role.URL(t, "two-"+canary))
	works("with the new one")
}

// tryAll uses a new connection of the pool, which forgets those that broke, and one outside of it.
func tryAll(s *postgres.Store) error {
	s.Pool().Reset()
	_, err := s.Runs(bg, "sales", 1)
	if err != nil {
		return err
	}
	_, release, err := s.Lease(bg, "sales", "try")
	if err == nil {
		release()
	}
	return err
}

// TestRenewable: another password, another user, other certificates; never another database.
func TestRenewable(t *testing.T) {
	const opened = "postgres://bob:" + canary + "@db.example:5432/crm?sslmode=require"
	for now, want := range map[string]string{
		"postgres://bob:other@db.example:5432/crm?sslmode=require":             "",
		"postgres://eve:other@db.example:5432/crm?sslmode=prefer":              "",
		"host=db.example port=5432 user=bob password=x dbname=crm":             "",
		"postgres://bob:" + canary + "@elsewhere.example/crm":                  "names another database",
		"postgres://bob:" + canary + "@db.example:6432/crm":                    "names another database",
		"postgres://bob:" + canary + "@db.example/other":                       "names another database",
		"postgres://bob:" + canary + "@db.example/crm?search_path=other":       "names another database",
		"postgres://bob:" + canary + "@db.example:5432,spare.example:5432/crm": "names another database",
		"half a URL " + canary: "cannot be read",
	} {
		err := postgres.Renewable(opened, now)
		if want == "" && err != nil || want != "" && (!errors.Is(err, postgres.ErrURL) || !strings.Contains(err.Error(), want)) {
			t.Errorf("got %v, want %q", err, want)
		}
		if err != nil && strings.Contains(err.Error(), canary) {
			t.Errorf("the password stands in %q", err)
		}
	}
}
