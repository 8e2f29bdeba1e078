package chaos

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bareme/bareme/store/postgres/pgtest"
)

var (
	server  pgtest.Server                                                    //nolint:gochecknoglobals // one server
	program string                                                           //nolint:gochecknoglobals // the binary under test
	seed    = flag.Uint64("seed", 1, "of what goes wrong, and when")         //nolint:gochecknoglobals // a flag
	lasting = flag.Duration("lasting", 0, "how long things are to go wrong") //nolint:gochecknoglobals // a flag
)

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "bareme-chaos-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }() // what is left is in the temporary folder
	defer server.Stop()
	program = filepath.Join(dir, "bareme")
	if err := build(program, ""); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// build makes the program. go test keeps the result of a test whose inputs are as they were: the folders of the program's
// sources are read, so that they are among these.
func build(to, link string, flags ...string) error {
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path != ".." && (strings.HasPrefix(d.Name(), ".") || slices.Contains([]string{"bin", "dist", "docs", "node_modules"}, d.Name())) {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		return err
	}
	args := append(slices.Concat([]string{"build", "-ldflags", "-w " + link, "-o", to}, flags), "../cmd/sync")
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	return nil
}
