package chaos

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/sandbox/hubspot"
)

// undisturbed is a world where nothing goes wrong, and one process works on a state file.
type undisturbed struct {
	*world
	state string
}

func newUndisturbed(t *testing.T, o options) *undisturbed {
	t.Helper()
	o.wired, o.burst = false, 1000
	u := &undisturbed{world: newWorld(t, o)}
	u.state = "BAREME_STATE=" + filepath.Join(u.home, "state.db")
	u.must(u.state, "provision")
	return u
}

// run takes over changes and returns what records show then.
func (u *undisturbed) run(changes []change) map[string]map[string]string {
	u.t.Helper()
	for _, c := range changes {
		u.change(c)
	}
	u.must(u.state, "sync", "--accept-changes")
	if diff := u.misinformed(); diff != "" {
		u.t.Fatalf("of an undisturbed run: %s", diff)
	}
	return u.shown()
}

// misinformed compares who was told of what with who crossed into the band: each crossing once, in order, by a task and by
// a webhook. "" when all is as it should be.
func (w *world) misinformed() string {
	w.t.Helper()
	want := w.journal.crossings()
	if diff := cmp.Diff(want, w.hooks.webhooks()); diff != "" {
		return fmt.Sprintf("webhooks differ from what crossed (-crossed +told):\n%s", diff)
	}
	tasks, doubled := w.tasks()
	if diff := cmp.Diff(want, tasks); diff != "" {
		return fmt.Sprintf("tasks differ from what crossed (-crossed +told):\n%s", diff)
	}
	if len(doubled) > 0 {
		return fmt.Sprintf("made twice: the tasks %v", doubled)
	}
	return ""
}

// settle waits until records show what they should and everybody is told of, whatever is tried again meanwhile. Time passes
// faster for what waits for another attempt, and workers are replaced, as by a deployment, because one that starts asks at
// once what is due.
func (c *crew) settle(want map[string]map[string]string, limit time.Duration) {
	c.t.Helper()
	began := time.Now()
	problem := ""
	for next := 0; time.Since(began) < limit; next++ {
		c.respawn()
		if problem = c.unsettled(want); problem == "" {
			c.did["milliseconds to settle"] += int(time.Since(began).Milliseconds())
			return
		}
		if next%4 == 3 {
			c.hurry()
		}
		if next%16 == 15 {
			c.replace(next / 16 % (replicas - 1)) // the last stays: what it leaks adds up
		}
		select {
		case h := <-c.trap.held:
			c.meet(h)
		case <-time.After(100 * time.Millisecond):
		}
	}
	c.t.Errorf("not settled after %s: %s\n%s", limit, problem, c.replicas[0].tail())
}

// unsettled says what is not yet as it should be.
func (c *crew) unsettled(want map[string]map[string]string) string {
	c.t.Helper()
	if diff := cmp.Diff(want, c.shown()); diff != "" {
		return fmt.Sprintf("records differ from those of an undisturbed run (-want +got):\n%s", diff)
	}
	if diff := c.misinformed(); diff != "" {
		return diff
	}
	for what, query := range map[string]string{
		"updates not written": "SELECT count(*) FROM pending",
		"runs under way":      "SELECT count(*) FROM job_runs WHERE finished IS NULL",
		"alerts not sent":     "SELECT count(*) FROM alerts WHERE state <> 'sent'",
	} {
		if n := c.count(query); n > 0 {
			return fmt.Sprintf("%d %s", n, what)
		}
	}
	return ""
}

// hurry has the time pass that something waits for before it is tried again.
func (c *crew) hurry() {
	c.t.Helper()
	c.sql("UPDATE alerts SET due = least(due, 1) WHERE state = 'waiting'")
	c.sql("UPDATE pending SET retry = least(retry, 1) WHERE retry > 0")
	c.sql("UPDATE river_job SET state = 'available', scheduled_at = now() WHERE state IN ('retryable', 'scheduled')")
}

// leaks looks for what is left in the database and on the disk when all workers have gone.
func (c *crew) leaks() {
	c.t.Helper()
	for what, query := range map[string]string{
		"connections":                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'bareme' AND datname = current_database()",
		"advisory locks":                 "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
		"other locks":                    "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database() AND l.pid <> pg_backend_pid() AND l.pid IN (SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend')",
		"prepared transactions":          "SELECT count(*) FROM pg_prepared_xacts",
		"updates in doubt":               "SELECT count(*) FROM pending WHERE sent <> ''",
		"updates not written":            "SELECT count(*) FROM pending",
		"alerts not sent":                "SELECT count(*) FROM alerts WHERE state <> 'sent'",
		"pieces of runs that have ended": "SELECT count(*) FROM job_pieces p JOIN job_runs r USING (run, connection) WHERE r.finished IS NOT NULL",
		"jobs under way without workers": "SELECT count(*) FROM river_job WHERE state = 'running'",
		"jobs of no piece":               "SELECT count(*) FROM river_job j WHERE state IN ('available', 'pending', 'retryable', 'scheduled') AND kind <> 'due' AND NOT EXISTS (SELECT FROM job_pieces p WHERE p.job = j.id)",
		"jobs that were given up":        "SELECT count(*) FROM river_job WHERE state IN ('cancelled', 'discarded') AND kind <> 'due'",
	} {
		n := 0
		for range 40 { // the server notices the end of a connection a moment later
			if n = c.count(query); n == 0 {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		if n != 0 {
			c.t.Errorf("%s: %d are left", what, n)
		}
	}
	files, err := os.ReadDir(c.temporary())
	c.do(err)
	if len(files) > 0 {
		c.t.Errorf("temporary files: %v are left", files)
	}
}

// How much more a worker that lived through everything may hold than one that has just come: it may lead the queue, which
// has some services of its own, and its pools keep connections for a while.
const (
	moreGoroutines = 30
	moreFiles      = 12
)

// holds compares what a worker that lived through everything holds with what one does that has just come: what leaks with
// each fault has added up by now.
func (c *crew) holds(old *replica) {
	c.t.Helper()
	young := c.replica(c.state())
	c.replicas = append(c.replicas, young)
	var was, is use
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		var err, other error
		was, err = young.use(c.t.Context())
		is, other = old.use(c.t.Context())
		if err == nil && other == nil && was.goroutines > 20 && is.goroutines <= was.goroutines+moreGoroutines && is.files <= was.files+moreFiles {
			c.did["goroutines"], c.did["files"] = is.goroutines, is.files
			c.did["goroutines of a new one"], c.did["files of a new one"] = was.goroutines, was.files
			return
		}
	}
	c.t.Errorf("a worker that lived through everything holds %+v, a new one %+v:\n%s\nand\n%s", is, was, old.stacks(), young.stacks())
}

// limits looks through HubSpot's log: no call was refused because there were too many, and no ten seconds held more than
// are allowed, those that the account answered wrongly included. It returns how full the fullest were.
func (c *crew) limits() (most int) {
	c.t.Helper()
	var calls []hubspot.Request
	for _, r := range c.hubspot.Requests() {
		if r.Status == http.StatusTooManyRequests && r.Fault == "" {
			c.t.Errorf("request %d (%s) was over the limit", r.Number, r.Operation)
		}
		if burst(r) {
			calls = append(calls, r)
		}
	}
	slices.SortFunc(calls, func(a, b hubspot.Request) int { return a.At.Compare(b.At) })
	var fullest []hubspot.Request
	for i, first := 0, 0; i < len(calls); i++ {
		for calls[i].At.Sub(calls[first].At) >= 10*time.Second {
			first++
		}
		if n := i - first + 1; n > len(fullest) {
			fullest = calls[first : i+1]
		}
	}
	if most = len(fullest); most > c.options.burst {
		c.t.Errorf("%d calls within ten seconds, %d are allowed:", most, c.options.burst)
		for _, r := range fullest {
			c.t.Log(r.Number, r.At.Format("05.000"), r.Operation, r.Object, r.Status, r.Fault)
		}
	}
	c.did["calls of HubSpot"], c.did["most within ten seconds"] = len(calls), most
	return most
}

// burst says whether a request counts against the limit of ten seconds.
func burst(r hubspot.Request) bool {
	return r.Operation != "search" && !strings.Contains(r.Path, "/associations") && !strings.HasPrefix(r.Path, "/oauth/")
}
