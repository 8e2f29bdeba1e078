package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/sqlite"
	"github.com/bareme/bareme/worker"
)

var update = flag.Bool("update", false, "write the messages of testdata anew")

// bad are the states a file can be in that keep a run from going on. Each has its exact message in testdata/NAME.txt.
var bad = []struct {
	name string
	kind error
	run  func(t *testing.T, path string) error
}{
	{"locked", worker.ErrStoreLocked, func(t *testing.T, path string) error {
		s := open(t, path)
		defer func() { check(t, s.Close()) }()
		return tryOpen(path)
	}},
	{"damaged-header", worker.ErrStoreDamaged, func(t *testing.T, path string) error {
		overwrite(t, path, 0, []byte("this is not a database at all"))
		return tryOpen(path)
	}},
	{"damaged-truncated", worker.ErrStoreDamaged, func(t *testing.T, path string) error {
		info, err := os.Stat(path)
		check(t, err)
		check(t, os.Truncate(path, info.Size()/2))
		return tryOpen(path)
	}},
	{"damaged-page", worker.ErrStoreDamaged, func(t *testing.T, path string) error {
		overwrite(t, path, 16384, []byte(strings.Repeat("?", 30*16384))) // all pages but the first
		return tryOpen(path)
	}},
	{"damaged-row", worker.ErrStoreDamaged, func(t *testing.T, path string) error {
		execute(t, path, "UPDATE people SET fields = x'0901'")
		s := open(t, path)
		defer func() { check(t, s.Close()) }()
		_, err := s.Dirty(bg, worker.PeopleOf(conn), "", 10)
		return err
	}},
	{"damaged-index", worker.ErrStoreDamaged, func(t *testing.T, path string) error {
		execute(t, path, "PRAGMA writable_schema = ON", "DELETE FROM sqlite_master WHERE name = 'people_company'")
		s := open(t, path)
		defer func() { check(t, s.Close()) }()
		return s.Verify(bg)
	}},
	{"full", worker.ErrStoreFull, func(t *testing.T, path string) error {
		s := open(t, path)
		defer func() { check(t, s.Close()) }()
		check(t, sqlite.LimitPages(s, 80))
		for from := 0; ; from += pageOf {
			page := worker.RecordPage{Connection: conn, Object: crm.People, Changed: people(from, pageOf, 1), Cursor: crm.Cursor(id(from))}
			if err := s.SaveRecords(bg, page); err != nil {
				whole(t, s, from) // what was stored before is safe, and the failed page left nothing
				return err
			}
		}
	}},
	{"newer", worker.ErrStoreNewer, func(t *testing.T, path string) error {
		execute(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)")
		_, err := sqlite.OpenReadOnly(bg, path)
		if !errors.Is(err, worker.ErrStoreNewer) {
			t.Errorf("read only: %v", err)
		}
		return tryOpen(path)
	}},
	{"older-read-only", nil, func(t *testing.T, path string) error {
		execute(t, path, "DELETE FROM goose_db_version WHERE version_id >= 1")
		_, err := sqlite.OpenReadOnly(bg, path)
		return err
	}},
	{"other-account", worker.ErrOtherAccount, func(t *testing.T, path string) error {
		s := open(t, path)
		defer func() { check(t, s.Close()) }()
		check(t, s.Bind(bg, conn, crm.Account{ID: "11"}))
		return s.Bind(bg, conn, crm.Account{ID: "12"})
	}},
	{"other-program", nil, func(t *testing.T, path string) error {
		execute(t, path, "PRAGMA application_id = 7")
		return tryOpen(path)
	}},
	{"missing-read-only", fs.ErrNotExist, func(_ *testing.T, path string) error {
		_, err := sqlite.OpenReadOnly(bg, path+".not-there")
		return err
	}},
	{"write-read-only", nil, func(t *testing.T, path string) error {
		s, err := sqlite.OpenReadOnly(bg, path)
		check(t, err)
		defer func() { check(t, s.Close()) }()
		return s.SetNote(bg, conn, "a", "b")
	}},
	{"unknown-person", crm.ErrNotFound, func(t *testing.T, path string) error {
		s := open(t, path)
		defer func() { check(t, s.Close()) }()
		_, _, err := s.Subject(bg, worker.PeopleOf(conn), "404")
		return err
	}},
	{"directory-in-a-file", nil, func(_ *testing.T, path string) error {
		return tryOpen(filepath.Join(path, "bareme", "bareme.db"))
	}},
	{"file-is-a-directory", nil, func(t *testing.T, path string) error {
		return tryOpen(filepath.Dir(path))
	}},
}

func TestBadStates(t *testing.T) {
	for _, c := range bad {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "bareme.db")
			s := open(t, path)
			check(t, s.SaveRecords(bg, worker.RecordPage{Connection: conn, Object: crm.People, Changed: people(0, 500, 1)}))
			check(t, s.Close())
			err := c.run(t, path)
			if err == nil {
				t.Fatal("no error")
			}
			if c.kind != nil && !errors.Is(err, c.kind) {
				t.Errorf("%v is not %q", err, c.kind)
			}
			golden(t, c.name, strings.ReplaceAll(err.Error(), dir, "DIR"))
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if *update {
		check(t, os.WriteFile(file, []byte(got+"\n"), 0o600))
		return
	}
	want, err := os.ReadFile(file)
	check(t, err)
	if diff := cmp.Diff(strings.TrimSuffix(string(want), "\n"), filepath.ToSlash(got)); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
}

func tryOpen(path string) error {
	s, err := sqlite.Open(bg, path)
	if err != nil {
		return err
	}
	// What opening does not meet, reading does.
	_, err = s.Dirty(bg, worker.PeopleOf(conn), "", 1000)
	return errors.Join(err, s.Close())
}

func overwrite(t *testing.T, path string, at int64, with []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	check(t, err)
	_, err = f.WriteAt(with, at)
	check(t, errors.Join(err, f.Close()))
}

func execute(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	check(t, err)
	db.SetMaxOpenConns(1)
	for _, statement := range statements {
		_, err := db.Exec(statement)
		check(t, err)
	}
	check(t, db.Close())
}

// whole checks that exactly the pages before n are stored, with the cursor of the last.
func whole(t *testing.T, s *sqlite.Store, n int) {
	t.Helper()
	known := 0
	for from := 0; from <= n; from += pageOf {
		ids := make([]string, pageOf)
		for i := range ids {
			ids[i] = id(from + i)
		}
		found, err := s.Known(bg, conn, crm.People, ids)
		check(t, err)
		known += len(found)
	}
	cursor, _, err := s.Cursor(bg, conn, crm.People)
	check(t, err)
	// The file began with 500 people of these.
	if known != max(n, 500) || n > 0 && string(cursor) != id(n-pageOf) {
		t.Errorf("%d people and cursor %q after %d were stored", known, cursor, n)
	}
}

// TestFlippedBytes flips bytes anywhere in a file: whatever happens, it is no panic, no endless loop, and an error says
// that the state is damaged.
func TestFlippedBytes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bareme.db")
	s := open(t, path)
	check(t, s.SaveRecords(bg, worker.RecordPage{Connection: conn, Object: crm.People, Changed: people(0, 300, 1)}))
	check(t, meetings(s, 0, 300))
	check(t, mapped(s, 0, 100))
	check(t, s.Close())
	sound, err := os.ReadFile(path)
	check(t, err)
	random := rand.New(rand.NewPCG(1, 2))
	found := 0
	for range 60 {
		broken := append([]byte(nil), sound...)
		for range 40 {
			broken[random.IntN(len(broken))] ^= 1 << random.IntN(8)
		}
		check(t, os.WriteFile(path, broken, 0o600))
		err := useAll(path)
		if err == nil {
			continue
		}
		found++
		// A flip in the account table or in a version number reads as something else that is wrong.
		if !errors.Is(err, worker.ErrStoreDamaged) && !strings.Contains(err.Error(), path) {
			t.Errorf("not said to be damaged: %v", err)
		}
	}
	if found == 0 {
		t.Error("no flip was noticed: this test proves nothing")
	}
}

func useAll(path string) error {
	s, err := sqlite.Open(bg, path)
	if err != nil {
		return err
	}
	_, err1 := s.Dirty(bg, worker.PeopleOf(conn), "", 1000)
	_, err2 := s.Subjects(bg, worker.PeopleOf(conn), "", 1000)
	_, err3 := s.Tally(bg, worker.PeopleOf(conn))
	err4 := s.MarkAllDirty(bg, worker.PeopleOf(conn))
	err5 := s.Forget(bg, conn, crm.People, []string{id(1), id(2)})
	return errors.Join(err1, err2, err3, err4, err5, s.Close())
}

func TestPermissions(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no permission bits")
	}
	dir := filepath.Join(t.TempDir(), "a", "b")
	path := filepath.Join(dir, "bareme.db")
	s := open(t, path)
	defer func() { check(t, s.Close()) }()
	check(t, s.SetNote(bg, conn, "a", "b"))
	for file, want := range map[string]fs.FileMode{filepath.Dir(dir): 0o700, dir: 0o700, path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600, path + ".lock": 0o600} {
		info, err := os.Stat(file)
		check(t, err)
		if info.Mode().Perm() != want {
			t.Errorf("%s has permissions %o, want %o", filepath.Base(file), info.Mode().Perm(), want)
		}
	}
	check(t, s.Close())
	check(t, os.Chmod(path, 0o644)) // as a copy would have
	s = open(t, path)
	info, err := os.Stat(path)
	check(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("a file others could read still has permissions %o", info.Mode().Perm())
	}
}

func TestReadOnlyBesideWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bareme.db")
	s := open(t, path)
	defer func() { check(t, s.Close()) }()
	check(t, s.SetNote(bg, conn, "a", "1"))
	reader, err := sqlite.OpenReadOnly(context.Background(), path)
	check(t, err)
	defer func() { check(t, reader.Close()) }()
	check(t, s.SetNote(bg, conn, "a", "2"))
	value, err := reader.Note(bg, conn, "a")
	check(t, err)
	if value != "2" {
		t.Errorf("the reader sees %q", value)
	}
}

func TestDefaultPath(t *testing.T) {
	for name, c := range map[string]struct {
		goos string
		env  map[string]string
		want string
	}{
		"XDG":            {"linux", map[string]string{"XDG_STATE_HOME": "/x", "HOME": "/h"}, "/x/bareme/bareme.db"},
		"home":           {"linux", map[string]string{"HOME": "/h"}, "/h/.local/state/bareme/bareme.db"},
		"relative XDG":   {"freebsd", map[string]string{"XDG_STATE_HOME": "x", "HOME": "/h"}, "/h/.local/state/bareme/bareme.db"},
		"nothing":        {"linux", nil, "no place for the state file: HOME is not set. Set it, or name a file with --state"},
		"mac":            {"darwin", map[string]string{"HOME": "/h"}, "/h/Library/Application Support/bareme/bareme.db"},
		"mac, nothing":   {"darwin", nil, "no place for the state file: HOME is not set. Set it, or name a file with --state"},
		"windows":        {"windows", map[string]string{"LocalAppData": "/l"}, "/l/bareme/bareme.db"},
		"windows, empty": {"windows", nil, "no place for the state file: LocalAppData is not set. Set it, or name a file with --state"},
	} {
		got, err := sqlite.DefaultPath(func(key string) string { return c.env[key] }, c.goos)
		if err != nil {
			got = err.Error()
		}
		if filepath.ToSlash(got) != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}
