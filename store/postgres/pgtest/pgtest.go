// Package pgtest gives tests a PostgreSQL database of their own: on the server of BAREME_TEST_DATABASE_URL, else on a
// throwaway server started from the programs found on this machine. Without either, tests are skipped with the line that
// installs it, and fail where the environment says CI.
package pgtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is where the databases of one test binary are made. The zero value is ready; TestMain calls Stop at its end.
type Server struct {
	// Durable keeps a throwaway server as safe as one in production, for measurements; otherwise it forgoes that to be quick.
	Durable bool

	once  sync.Once
	err   error
	admin string // URL of a database in which others can be made
	bin   string // folder of the programs; "" when the server is not ours
	dir   string // data
	stop  io.Closer
	done  func() error

	mu   sync.Mutex
	made int
}

const install = "PostgreSQL is not here: apt-get install postgresql (Debian, Ubuntu), brew install postgresql (macOS), or set BAREME_TEST_DATABASE_URL"

// Database makes an empty database and returns its URL; it is dropped when the test ends.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	s.ready(t)
	name := s.name()
	s.exec(t, "CREATE DATABASE "+name)
	t.Cleanup(func() { s.exec(t, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	return s.urlOf(t, name)
}

// ready starts the server if that was not done yet, or skips the test.
func (s *Server) ready(t testing.TB) {
	t.Helper()
	s.once.Do(func() { s.err = s.start() })
	if errors.Is(s.err, ErrAbsent) && os.Getenv("CI") == "" {
		t.Skip(install)
	}
	if s.err != nil {
		t.Fatalf("PostgreSQL for tests: %v (%s)", s.err, install)
	}
}

// name is one no other database of this process has.
func (s *Server) name() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	return fmt.Sprintf("bareme_test_%d_%d", os.Getpid(), s.made)
}

// Throwaway starts a server of our own, whatever the environment says, for programs that are no tests, and returns the URL
// of an empty database in it. It goes with Stop.
func (s *Server) Throwaway(ctx context.Context) (string, error) {
	bin, err := programs()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, install)
	}
	if err := s.tryLaunch(bin); err != nil {
		return "", err
	}
	name := s.name()
	c, err := pgx.Connect(ctx, s.admin)
	if err != nil {
		return "", err
	}
	defer func() { _ = c.Close(ctx) }() // nothing to keep
	if _, err := c.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	return named(s.admin, name)
}

// Process is the id of the throwaway server's first process, the parent of all others.
func (s *Server) Process() (int, error) {
	text, err := os.ReadFile(filepath.Join(s.dir, "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	return strconv.Atoi(strings.TrimSpace(first))
}

func (s *Server) urlOf(t testing.TB, name string) string {
	u, err := named(s.admin, name)
	if err != nil {
		t.Fatal("BAREME_TEST_DATABASE_URL is no URL")
	}
	return u
}

// named is the URL of another database of a server.
func named(server, name string) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}

// exec runs a statement as the administrator of the server.
func (s *Server) exec(t testing.TB, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c, err := pgx.Connect(ctx, s.admin)
	if err != nil {
		t.Fatalf("PostgreSQL for tests: %v", err)
	}
	defer func() { _ = c.Close(ctx) }() // nothing to keep
	if _, err := c.Exec(ctx, statement); err != nil {
		t.Fatalf("PostgreSQL for tests: %v", err)
	}
}

// Restart stops the throwaway server and starts it again, in the way pg_ctl calls smart, fast or immediate. It skips the
// test when the server is not ours to stop.
func (s *Server) Restart(t testing.TB, mode string) {
	t.Helper()
	if s.bin == "" {
		t.Skip("the server of BAREME_TEST_DATABASE_URL is not ours to restart")
	}
	cmd := exec.CommandContext(context.Background(), filepath.Join(s.bin, "pg_ctl"), "-D", s.dir, "-m", mode, "-w", "-l", filepath.Join(s.dir, "log"), "restart")
	if err := unprivileged(cmd, s.dir); err != nil {
		t.Fatal(err)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("restart PostgreSQL: %v\n%s", err, out)
	}
}

// Stop ends the throwaway server and removes its files. A test process that dies without it ends the server, too.
func (s *Server) Stop() {
	if s.stop != nil {
		_ = s.stop.Close() // the watcher reads its end from it
		_ = s.done()       // it was told to stop at once
	}
}

// ErrAbsent is the error of a machine without PostgreSQL's programs.
var ErrAbsent = errors.New("no programs found")

func (s *Server) start() error {
	if s.admin = os.Getenv("BAREME_TEST_DATABASE_URL"); s.admin != "" {
		return nil
	}
	bin, err := programs()
	if err != nil {
		return err
	}
	return s.tryLaunch(bin)
}

// tryLaunch tries more than once: another process may take the port before the server has it.
func (s *Server) tryLaunch(bin string) (err error) {
	for range 3 {
		if err = s.launch(bin); err == nil {
			return nil
		}
	}
	return err
}

// programs finds the folder that holds initdb, postgres and pg_ctl: the newest of those where packages put them.
func programs() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if target, err := filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(target), nil
		}
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			continue
		}
		return found[len(found)-1], nil
	}
	return "", ErrAbsent
}

// watcher starts the server, says so, and ends it when its standard input ends: with the test process, however that ends.
const watcher = `"$0/pg_ctl" -D "$1" -l "$1/log" -w -t 60 -o "$2" start >/dev/null 2>&1 </dev/null || { echo failed; tail -n 3 "$1/log"; rm -rf "$1"; exit 1; }
echo ready
read -r _
"$0/pg_ctl" -D "$1" -m immediate stop >/dev/null 2>&1
rm -rf "$1"`

func (s *Server) launch(bin string) error {
	dir, err := os.MkdirTemp("", "bareme-pg-")
	if err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	create := exec.CommandContext(context.Background(), filepath.Join(bin, "initdb"), "-D", dir, "-A", "trust", "-N", "-U", "bareme", "-E", "UTF8", "--locale=C")
	if err := unprivileged(create, dir); err != nil {
		return err
	}
	if out, err := create.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if err := askPasswords(filepath.Join(dir, "pg_hba.conf")); err != nil {
		return err
	}
	options := fmt.Sprintf("-h 127.0.0.1 -p %d -k %s -c max_connections=200", port, dir)
	if !s.Durable {
		options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
	}
	cmd := exec.CommandContext(context.Background(), "/bin/sh", "-c", watcher, bin, dir, options)
	if err := unprivileged(cmd, dir); err != nil {
		return err
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || strings.TrimSpace(line) != "ready" {
		rest, _ := io.ReadAll(out) // the reason, if there is one
		_ = in.Close()
		return errors.Join(fmt.Errorf("the server did not start: %s", rest), cmd.Wait())
	}
	s.bin, s.dir, s.stop, s.done = bin, dir, in, cmd.Wait
	s.admin = fmt.Sprintf("postgres://bareme@127.0.0.1:%d/postgres?sslmode=disable", port)
	return nil
}

func freePort() (int, error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }() // it was only asked for a number
	return l.Addr().(*net.TCPAddr).Port, nil
}
