package outside

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// told is a test that only remembers how it ended.
type told struct {
	testing.TB
	end string
}

func (*told) Helper() {}

func (t *told) Fatalf(format string, args ...any) { t.stop("failed: " + fmt.Sprintf(format, args...)) }

func (t *told) Skipf(format string, args ...any) { t.stop("skipped: " + fmt.Sprintf(format, args...)) }

func (t *told) stop(how string) {
	if t.end == "" { // a real test would not go on
		t.end = how
	}
}

func TestPath(t *testing.T) {
	place := t.TempDir()
	home := filepath.Join(place, "project", "deep")
	if err := os.MkdirAll(home, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(place, "project", "go.mod"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(home)
	end := func(ci string) string {
		t.Setenv("CI", ci)
		one := &told{TB: t}
		Path(one, "data/x.csv")
		return one.end
	}
	skipped, failed := "skipped: ../shared/data/x.csv is not here: nothing to compare with", "failed: ../shared is here and ../shared/data/x.csv is not: what it proves would go unproven"
	for _, ci := range []string{"", "true"} {
		if got := end(ci); got != skipped {
			t.Errorf("without ../shared, CI=%q: %q", ci, got)
		}
	}
	if err := os.MkdirAll(filepath.Join(place, "shared", "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if got := end(""); got != skipped {
		t.Errorf("without the file: %q", got)
	}
	if got := end("true"); got != failed {
		t.Errorf("without the file, in CI: %q", got)
	}
	if err := os.WriteFile(filepath.Join(place, "shared", "data", "x.csv"), []byte("1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := end("true"); got != "" || string(Read(t, "data/x.csv")) != "1" {
		t.Errorf("with the file: %q", got)
	}
}
