package sqlite_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/bareme/bareme/store/sqlite"
	"github.com/bareme/bareme/store/storetest"
	"github.com/bareme/bareme/worker"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t testing.TB) storetest.State {
		dir := t.TempDir()
		path := filepath.Join(dir, "deeper", "50%? #1.db") // every character a path may hold
		return storetest.State{
			Open:  func(t testing.TB) worker.Store { return open(t, path) },
			Bytes: func(t testing.TB) []byte { return everything(t, filepath.Dir(path)) },
		}
	})
}

func open(t testing.TB, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// everything is the content of all files in a directory.
func everything(t testing.TB, dir string) (all []byte) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	return all
}
