package soql

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the answers in testdata anew")

// TestCases runs the queries of testdata: a file of an archive is named by what it shows; its first part is the query, the
// part behind the empty line what is answered, one record a line.
func TestCases(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal(err, len(paths))
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for i, f := range archive.Files {
				ask, want, _ := strings.Cut(string(f.Data), "\n\n")
				ask = strings.TrimSuffix(ask, "\n")
				got := answer(newOrg(), ask)
				archive.Files[i].Data = []byte(ask + "\n\n" + got)
				if !*update && got != want {
					t.Errorf("%s: %s\n%s", f.Name, ask, cmp.Diff(want, got))
				}
			}
			if *update {
				if err := os.WriteFile(path, txtar.Format(archive), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// answer runs a query and writes down what came of it. ALL: before a query is queryAll.
func answer(o *org, ask string) string {
	text, all := strings.CutPrefix(ask, "ALL: ")
	scope := Live
	if all {
		scope = All
	}
	stmt, err := Prepare(text, o, today())
	if err != nil {
		return err.Error() + "\n"
	}
	result := stmt.Run(o, scope)
	if result.Len() == 0 {
		return "total " + strconv.Itoa(result.Total()) + "\n"
	}
	var b strings.Builder
	for i := range result.Len() {
		line := string(result.Record(i).AppendJSON(nil, ""))
		b.WriteString(attributes.ReplaceAllString(line, "") + "\n")
	}
	return b.String()
}

// attributes are the same in every answer; TestJSON looks at them.
var attributes = regexp.MustCompile(`"attributes":\{[^}]*\},`)
