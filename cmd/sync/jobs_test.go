package main

import (
	"bufio"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/bareme/bareme/store/postgres/pgtest"
)

// TestReplicas starts the worker twice on one database: together they score and write everybody once, stop when asked,
// and leave no job.
func TestReplicas(t *testing.T) {
	t.Parallel()
	var databases pgtest.Server
	t.Cleanup(databases.Stop)
	bareme := scheduled(t, 300, "0 3 * * *", "BAREME_DATABASE_URL="+databases.Database(t))
	said, says := io.Pipe()
	var replicas []*exec.Cmd
	for range 2 {
		cmd := bareme("run")
		cmd.Stderr = says
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		replicas = append(replicas, cmd)
	}
	ended := make(chan error, len(replicas))
	for _, cmd := range replicas {
		go func() { ended <- cmd.Wait() }()
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		for scan := bufio.NewScanner(said); scan.Scan(); {
			lines <- scan.Text()
		}
	}()
	var all []string
	for line := range lines {
		if all = append(all, line); strings.Contains(line, "run finished") {
			break
		}
	}
	for _, want := range []string{`"scored":300`, `"pending":0`, `"status":"done"`} {
		if last := all[len(all)-1]; !strings.Contains(last, want) {
			t.Errorf("the run has not %s: %s", want, last)
		}
	}
	go func() { // what else they say
		for range lines {
		}
	}()
	for _, cmd := range replicas {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}
	for range replicas {
		if err := <-ended; err != nil {
			t.Errorf("asked to stop, one ended with %v\n%s", err, strings.Join(all, "\n"))
		}
	}
	_ = says.Close() // nobody writes any more
	if out, err := bareme("jobs").CombinedOutput(); err != nil || string(out) != "no jobs: everything is done\n" {
		t.Errorf("bareme jobs: %v\n%s", err, out)
	}
	if out, err := bareme("sync", "-o", "json").Output(); err != nil || !strings.Contains(string(out), `"written": 0`) {
		t.Errorf("bareme sync: %v\n%s", err, out)
	}
}
