// Package outside finds data that comes from outside of this project, in the folder shared beside it: real exports and the
// numbers others publish, for tests to reproduce. Nothing but tests needs it.
package outside

import (
	"os"
	"path/filepath"
	"testing"
)

// Path is where a file or folder of ../shared is, such as "data/rfm/rows.csv". Where there is no ../shared the test is
// skipped. Where there is one and the file is missing, the test is skipped too, but fails where CI is set: a
// reproduction that silently stopped running proves nothing.
func Path(t testing.TB, name string) string {
	t.Helper()
	shared := filepath.Join(root(t), "..", "shared")
	path := filepath.Join(shared, filepath.FromSlash(name))
	if _, err := os.Stat(path); err == nil {
		return path
	}
	if _, err := os.Stat(shared); err == nil && os.Getenv("CI") != "" {
		t.Fatalf("../shared is here and ../shared/%s is not: what it proves would go unproven", name)
	}
	t.Skipf("../shared/%s is not here: nothing to compare with", name)
	return ""
}

// Read is the content of a file of ../shared; see Path for when there is none.
func Read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// root is the folder of go.mod, found upwards from the folder the test runs in.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the folder of this test")
		}
		dir = up
	}
}
