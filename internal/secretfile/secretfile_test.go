package secretfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/internal/secretfile"
)

// TestRead takes a file through a life: what is in use at each step, and how often somebody was warned by then.
func TestRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secret")
	write := func(text string) func() error {
		return func() error { return os.WriteFile(path, []byte(text), 0o600) }
	}
	warned := 0
	f := secretfile.File{Path: path, Warn: func(error) { warned++ }, Check: func(text string) error {
		if text == "bad" {
			return errors.New("not a secret")
		}
		return nil
	}}
	type step struct {
		Does, Text string
		Warned     int
	}
	steps := []step{
		{"written", "one", 0}, {"replaced", "two", 0}, {"gone", "two", 1}, {"still gone", "two", 1}, {"back", "three", 1},
		{"empty", "three", 2}, {"bad", "three", 2}, {"mended", "four", 2}, {"bad again", "four", 3},
	}
	does := map[string]func() error{
		"written": write(" one\n"), "replaced": write("two"), "gone": func() error { return os.Remove(path) }, "still gone": func() error { return nil },
		"back": write("three"), "empty": write(" \n"), "bad": write("bad"), "mended": write("four"), "bad again": write("bad"),
	}
	var got []step
	for _, s := range steps {
		if err := does[s.Does](); err != nil {
			t.Fatal(err)
		}
		text, err := f.Read()
		if err != nil {
			t.Fatalf("%s: %v", s.Does, err)
		}
		got = append(got, step{s.Does, text, warned})
	}
	if diff := cmp.Diff(steps, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestReadAtTheStart: without a content from before, there is nothing to go on with.
func TestReadAtTheStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]error{filepath.Join(dir, "none"): fs.ErrNotExist, empty: secretfile.ErrEmpty} {
		f := secretfile.File{Path: path}
		if text, err := f.Read(); !errors.Is(err, want) || text != "" {
			t.Errorf("%s: %q, %v", path, text, err)
		}
	}
}
