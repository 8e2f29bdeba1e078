package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/bareme/bareme/sandbox/hubspot"
)

// TestRunSyncsOnScheduleAndStopsWhenAsked starts the worker for ever, waits for a run that the schedule brought, and asks
// it to stop.
func TestRunSyncsOnScheduleAndStopsWhenAsked(t *testing.T) {
	t.Parallel()
	start := scheduled(t, 20, "@every 1s", "BAREME_STATE=state.db")
	cmd := start("run", "--health-address", "127.0.0.1:0", "--metrics-address", "127.0.0.1:0")
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	finished := 0
	var lines []string
	scan := bufio.NewScanner(said)
	for scan.Scan() {
		lines = append(lines, scan.Text())
		if strings.Contains(scan.Text(), "run finished") {
			if finished++; finished == 2 { // the first is at once, the second by the schedule
				checkWatched(t, lines)
				if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("asked to stop, it ended with %v\n%s", err, strings.Join(lines, "\n"))
	}
	if finished < 2 {
		t.Errorf("%d runs finished:\n%s", finished, strings.Join(lines, "\n"))
	}
}

// scheduled makes an account of so many people and a model that scores them on a schedule, provisions it, and returns how to
// call the program on them, with more of an environment.
func scheduled(t *testing.T, people int, schedule string, env ...string) func(args ...string) *exec.Cmd {
	t.Helper()
	server := httptest.NewServer(hubspot.New(hubspot.Options{Seed: 1, People: people, Limits: hubspot.Limits{Off: true}}))
	t.Cleanup(server.Close)
	home := t.TempDir()
	model := `version: 1
connections: [{name: marketing, crm: hubspot}]
identity: email
people: {attributes: {title: {from: jobtitle, transform: lower}}}
scores: {fit: {groups: {person: {criteria: [{name: Has a title, when: known(title), points: 40}, {name: Director, when: title contains "director", points: 40}]}}}}
write: {people: {score: bareme_score}, max_changed: 100%}
schedule: {sync: "` + schedule + `"}
`
	if err := os.WriteFile(filepath.Join(home, "bareme.yaml"), []byte(model), 0o600); err != nil {
		t.Fatal(err)
	}
	call := func(args ...string) *exec.Cmd {
		cmd := exec.Command("bareme", args...)
		cmd.Dir = home
		cmd.Env = append(os.Environ(), "BAREME_HUBSPOT_BASE_URL="+server.URL, "BAREME_HUBSPOT_TOKEN=pat-na1-sandbox", "BAREME_LOG_FORMAT=json")
		cmd.Env = append(cmd.Env, env...)
		return cmd
	}
	if out, err := call("provision").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return call
}

// checkWatched asks the listeners that the log names.
func checkWatched(t *testing.T, lines []string) {
	t.Helper()
	addresses := map[string]string{}
	for _, line := range lines {
		var said struct{ Msg, Address string }
		if err := json.Unmarshal([]byte(line), &said); err != nil {
			t.Errorf("not JSON: %s", line)
		}
		addresses[said.Msg] = said.Address
	}
	for _, ask := range []struct{ where, path, want string }{
		{"health answers", "/livez", "ok"},
		{"health answers", "/readyz", "ok"},
		{"metrics answers", "/metrics", `bareme_runs_total{connection="marketing",kind="sync",status="done"} 2`},
		{"metrics answers", "/metrics", `bareme_read_total{connection="marketing",object="people",outcome="changed"} 20`},
	} {
		res, err := http.Get("http://" + addresses[ask.where] + ask.path)
		if err != nil {
			t.Error(err)
			continue
		}
		body, err := io.ReadAll(res.Body)
		if err := errors.Join(err, res.Body.Close()); err != nil || !strings.Contains(string(body), ask.want) {
			t.Errorf("%s: %v\n%s\nwant %s", ask.path, err, body, ask.want)
		}
	}
}
