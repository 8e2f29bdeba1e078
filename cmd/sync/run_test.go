package main

import (
	"bufio"
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
	server := httptest.NewServer(hubspot.New(hubspot.Options{Seed: 1, People: 20, Limits: hubspot.Limits{Off: true}}))
	t.Cleanup(server.Close)
	home := t.TempDir()
	model := `version: 1
connections: [{name: marketing, crm: hubspot}]
identity: email
people: {attributes: {title: {from: jobtitle, transform: lower}}}
scores: {fit: {groups: {person: {criteria: [{name: Has a title, when: known(title), points: 40}, {name: Director, when: title contains "director", points: 40}]}}}}
write: {people: {score: bareme_score}, max_changed: 100%}
schedule: {sync: "@every 1s"}
`
	if err := os.WriteFile(filepath.Join(home, "bareme.yaml"), []byte(model), 0o600); err != nil {
		t.Fatal(err)
	}
	start := func(args ...string) *exec.Cmd {
		cmd := exec.Command("bareme", args...)
		cmd.Dir = home
		cmd.Env = append(os.Environ(), "BAREME_STATE=state.db", "BAREME_HUBSPOT_BASE_URL="+server.URL,
			"BAREME_HUBSPOT_TOKEN=pat-na1-sandbox", "BAREME_LOG_FORMAT=json")
		return cmd
	}
	if out, err := start("provision").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := start("run")
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
