package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/examples"
	"github.com/bareme/bareme/sandbox/hubspot"
)

// written are the fields whose end state is compared, by the CRM's object.
var written = map[string][]string{
	"contacts": {
		"bareme_score", "bareme_grade", "bareme_label", "bareme_trend", "bareme_reasons", "bareme_fit", "bareme_engagement",
		"bareme_unscored", "bareme_scored_at",
	},
	"companies": {"bareme_account_score", "bareme_account_grade", "bareme_account_label", "bareme_account_reasons"},
}

// trial is one account, one state file, and the program run on them until it is done.
type trial struct {
	t      *testing.T
	home   string
	box    *hubspot.Sandbox
	server *httptest.Server
	env    []string // beside what every trial has
}

// killPeople is small enough for a hundred trials and large enough for several pages and write batches.
const killPeople = 230

var killNow = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

func newTrial(t *testing.T) *trial {
	t.Helper()
	tr := &trial{t: t, home: t.TempDir()}
	tr.box = hubspot.New(hubspot.Options{Seed: 5, People: killPeople, Limits: hubspot.Limits{Off: true}, Now: func() time.Time { return killNow }})
	tr.server = httptest.NewServer(tr.box)
	t.Cleanup(tr.server.Close)
	if err := os.WriteFile(filepath.Join(tr.home, "bareme.yaml"), examples.HubSpot, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := tr.command("provision").CombinedOutput(); err != nil {
		t.Fatalf("provision: %v\n%s", err, out)
	}
	return tr
}

// command is one invocation of the program, in a process of its own.
func (tr *trial) command(args ...string) *exec.Cmd {
	cmd := exec.Command("bareme", append(args, "--now", killNow.Format(time.RFC3339))...)
	cmd.Dir = tr.home
	cmd.Env = append(os.Environ(), "BAREME_STATE="+filepath.Join(tr.home, "bareme.db"),
		"BAREME_HUBSPOT_BASE_URL="+tr.server.URL, "BAREME_HUBSPOT_TOKEN=pat-na1-sandbox")
	cmd.Env = append(cmd.Env, tr.env...)
	return cmd
}

// finish runs the program until it succeeds.
func (tr *trial) finish() {
	tr.t.Helper()
	if out, err := tr.command("sync", "--accept-changes").CombinedOutput(); err != nil {
		tr.t.Fatalf("the run after the kill: %v\n%s", err, out)
	}
}

// killed runs the program and kills it as kill says; it reports whether the program was still running then.
func (tr *trial) killed(kill func(*os.Process)) bool {
	tr.t.Helper()
	var out bytes.Buffer
	cmd := tr.command("sync", "--accept-changes")
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		tr.t.Fatal(err)
	}
	kill(cmd.Process)
	err := cmd.Wait()
	if err != nil && cmd.ProcessState.ExitCode() >= 0 {
		tr.t.Fatalf("it failed by itself: %v\n%s", err, out.String())
	}
	return err != nil
}

// shown is what every record shows, of people and companies.
func (tr *trial) shown() map[string]map[string]map[string]string {
	tr.t.Helper()
	all := map[string]map[string]map[string]string{}
	for object, fields := range written {
		values, err := tr.box.Values(object, fields...)
		if err != nil {
			tr.t.Fatal(err)
		}
		all[object] = values
	}
	return all
}

// updates counts how many records were named in write requests that the account carried out.
func (tr *trial) updates() int {
	n := 0
	for _, r := range tr.box.Requests() {
		if r.Operation == "batch_update" && r.Status < 300 {
			n += r.Inputs
		}
	}
	return n
}

// TestKillAnywhere kills the program with SIGKILL at a hundred random points, before and after requests of every kind
// and at random moments between them, and runs it again. The account must end as after an undisturbed run, and no record
// may have been written twice.
func TestKillAnywhere(t *testing.T) {
	t.Parallel()
	calm := newTrial(t)
	start := time.Now()
	provisioned := len(calm.box.Requests())
	calm.finish()
	took := time.Since(start)
	want, writes, requests := calm.shown(), calm.updates(), len(calm.box.Requests())-provisioned
	if companies := len(want["companies"]); companies == 0 || writes != killPeople+companies {
		t.Fatalf("an undisturbed run wrote %d records of %d people and %d companies", writes, killPeople, companies)
	}
	trials := 100
	if testing.Short() {
		trials = 12
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d; an undisturbed run makes %d requests in %s", seed, requests, took)
	r := rand.New(rand.NewPCG(seed, 0))
	for i := range trials {
		point := r.IntN(requests)
		phase := hubspot.Phase(r.IntN(2))
		moment := time.Duration(r.Float64() * float64(took))
		byRequest := i%4 != 3
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			tr := newTrial(t)
			if byRequest {
				tr.killAtRequest(point, phase)
			} else {
				tr.killed(func(p *os.Process) { time.AfterFunc(moment, func() { _ = p.Kill() }) })
			}
			tr.finish()
			if diff := cmp.Diff(want, tr.shown()); diff != "" {
				t.Errorf("the account differs from an undisturbed run (-want +got):\n%s", diff)
			}
			if n := tr.updates(); n != writes {
				t.Errorf("%d updates were carried out, an undisturbed run makes %d", n, writes)
			}
		})
	}
}

// killAtRequest kills the program while the account holds its request number point.
func (tr *trial) killAtRequest(point int, phase hubspot.Phase) {
	var process atomic.Pointer[os.Process]
	started := make(chan struct{})
	first := len(tr.box.Requests())
	tr.box.OnRequest(func(n int, _ *http.Request, at hubspot.Phase) {
		if n-first-1 != point || at != phase {
			return
		}
		<-started
		_ = process.Load().Kill()
	})
	tr.killed(func(p *os.Process) {
		process.Store(p)
		close(started)
	})
	tr.box.OnRequest(nil)
}
