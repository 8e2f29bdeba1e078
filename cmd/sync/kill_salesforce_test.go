package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/examples"
	"github.com/bareme/bareme/sandbox/salesforce"
)

// kills is how often a test kills the program: n, or as often as BAREME_KILLS says, at points drawn anew.
func kills(t *testing.T, n int) (int, *rand.Rand) {
	t.Helper()
	seed := uint64(1)
	if testing.Short() {
		n /= 3
	}
	if text := os.Getenv("BAREME_KILLS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal("BAREME_KILLS:", err)
		}
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d", seed)
	return n, rand.New(rand.NewPCG(seed, 0))
}

// TestKillAnywhereSalesforce kills the program with SIGKILL while everything goes by bulk jobs, which outlive it, and runs
// it again. The org must end as after an undisturbed run, and no record may have been written twice.
func TestKillAnywhereSalesforce(t *testing.T) {
	t.Parallel()
	n, r := kills(t, 15)
	killAnywhere(t, n, r, func(i int) worldPlan {
		p := worldPlan{model: examples.Salesforce, people: 160, always: true, bulk: salesforce.BulkSettings{Queued: -1}}
		if i%20 == 4 { // jobs that are at work when the program dies, and half done when the next comes; each look waits
			p.bulk = salesforce.BulkSettings{Queued: -1, BatchRows: 40, Batches: 1}
		}
		return p
	})
}

// TestKillAnywhereBoth does the same to a run over both CRMs, whose people are joined.
func TestKillAnywhereBoth(t *testing.T) {
	t.Parallel()
	n, r := kills(t, 15)
	killAnywhere(t, n, r, func(i int) worldPlan {
		return worldPlan{model: examples.Both, people: 160, both: true, always: i%3 == 2, bulk: salesforce.BulkSettings{Queued: -1}}
	})
}

func killAnywhere(t *testing.T, trials int, r *rand.Rand, plan func(int) worldPlan) {
	t.Helper()
	calm := newWorld(t, plan(0))
	provisioned, start := calm.requests(), time.Now()
	calm.finish()
	took, requests := time.Since(start), calm.requests()-provisioned
	writes := calm.updates()
	want := calm.shown()
	people := 0
	for _, values := range want {
		people += len(values)
	}
	if writes < people*9/10 { // all but converted leads
		t.Fatalf("an undisturbed run wrote %d records of %d", writes, people)
	}
	t.Logf("an undisturbed run makes %d requests and %d updates in %s", requests, writes, took)
	for i := range trials {
		point, after, moment := r.IntN(requests), r.IntN(2) == 1, time.Duration(r.Float64()*float64(took))
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			w := newWorld(t, plan(i))
			if i%4 == 3 {
				w.killed(func(p *os.Process) { time.AfterFunc(moment, func() { _ = p.Kill() }) })
			} else {
				w.killAtRequest(point, after)
			}
			w.finish()
			if n := w.updates(); n != writes {
				t.Errorf("%d updates were carried out, an undisturbed run makes %d", n, writes)
			}
			if diff := cmp.Diff(want, w.shown()); diff != "" {
				t.Errorf("the records differ from those of an undisturbed run (-want +got):\n%s", diff)
			}
		})
	}
}

// finish runs the program until it succeeds.
func (w *world) finish() {
	w.t.Helper()
	if out, err := w.command("sync", "--accept-changes").CombinedOutput(); err != nil {
		w.t.Fatalf("the run after the kill: %v\n%s", err, out)
	}
}

// killed runs the program and kills it as kill says.
func (w *world) killed(kill func(*os.Process)) {
	w.t.Helper()
	cmd := w.command("sync", "--accept-changes")
	out, err := os.CreateTemp(w.home, "out")
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = out.Close() }()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	kill(cmd.Process)
	if err := cmd.Wait(); err != nil && cmd.ProcessState.ExitCode() >= 0 {
		said, _ := os.ReadFile(out.Name())
		w.t.Fatalf("it failed by itself: %v\n%s", err, said)
	}
}

// killAtRequest kills the program while a CRM holds the request of this number, before or after it was carried out.
func (w *world) killAtRequest(point int, after bool) {
	var process atomic.Pointer[os.Process]
	started := make(chan struct{})
	w.onRequest(func(n int, at bool) {
		if n == point && at == after {
			<-started
			_ = process.Load().Kill()
		}
	})
	w.killed(func(p *os.Process) {
		process.Store(p)
		close(started)
	})
	w.onRequest(nil)
}
