package modelfile_test

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/bareme/bareme/modelfile"
)

var update = flag.Bool("update", false, "rewrite the expected messages in testdata")

// TestBad holds each file of testdata/bad to the message it was given. A case is a model file, the tables beside it,
// and "error": what a person sees.
func TestBad(t *testing.T) {
	paths, err := filepath.Glob("testdata/bad/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { bad(t, path) })
	}
}

func bad(t *testing.T, path string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range archive.Files {
		files[f.Name] = f.Data
	}
	_, err = modelfile.Parse("bareme.yaml", source(files["bareme.yaml"]), func(name string) ([]byte, error) {
		if data, ok := files[name]; ok {
			return data, nil
		}
		return nil, fs.ErrNotExist
	})
	var known *modelfile.Error
	if !errors.As(err, &known) {
		t.Fatalf("got %v, want a *modelfile.Error", err)
	}
	got := err.Error() + "\n"
	if *update {
		rewrite(t, path, archive, got)
		return
	}
	if diff := cmp.Diff(string(files["error"]), got); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
}

// source undoes what a text file cannot show: <TAB>, <FF> (a byte that is not UTF-8), <NUL>, and <NOTHING>, the empty file.
func source(data []byte) []byte {
	for from, to := range map[string]string{"<TAB>": "\t", "<FF>": "\xff", "<NUL>": "\x00", "<NOTHING>\n": "", "<CR>": "\r"} {
		data = bytes.ReplaceAll(data, []byte(from), []byte(to))
	}
	return data
}

func rewrite(t *testing.T, path string, archive *txtar.Archive, message string) {
	t.Helper()
	for i := range archive.Files {
		if archive.Files[i].Name == "error" {
			archive.Files = append(archive.Files[:i], archive.Files[i+1:]...)
			break
		}
	}
	archive.Files = append(archive.Files, txtar.File{Name: "error", Data: []byte(message)})
	if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}
