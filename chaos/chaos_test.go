package chaos

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/sandbox/hubspot"
	"github.com/bareme/bareme/sandbox/salesforce"
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
	if *lasting == 0 {
		return m.Run() // which says how to ask for it
	}
	dir, err := os.MkdirTemp("", "bareme-chaos-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }() // what is left is in the temporary folder
	defer server.Stop()
	program = filepath.Join(dir, "bareme")
	if out, err := exec.Command("go", "build", "-o", program, "../cmd/sync").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// storm is a world in which things go wrong.
type storm struct {
	*world
	database string
	replicas []*replica
	random   *rand.Rand
	did      map[string]int
}

const replicas = 3

// TestChaos breaks everything that can break, at random, for a while, and then lets the workers finish.
func TestChaos(t *testing.T) {
	if *lasting == 0 {
		t.Skip("nothing is to go wrong: make chaos, or go test ./chaos -lasting 10s")
	}
	url := server.Database(t)
	t.Logf("seed %d, for %s: go test ./chaos -seed %d -lasting %s", *seed, *lasting, *seed, *lasting)
	s := &storm{world: newWorld(t, true), database: "BAREME_DATABASE_URL=" + url, random: rand.New(rand.NewPCG(*seed, 1)), did: map[string]int{}}
	s.must(s.database, "provision")
	for range replicas {
		s.replicas = append(s.replicas, s.replica(s.database))
	}
	defer func() {
		for _, r := range s.replicas {
			r.kill()
		}
	}()
	changes := s.rage(url)
	want := calm(t, changes)
	s.settle(want)
	for i, r := range s.replicas {
		if err := r.stop(); err != nil {
			t.Errorf("replica %d, asked to stop: %v\n%s", i, err, tail(r.said.String()))
		}
	}
	s.leaks(url)
	s.limits()
	t.Logf("what happened: %v", s.did)
}

// calm is what the records show after one undisturbed run over the same changes.
func calm(t *testing.T, changes []change) map[string]map[string]string {
	t.Helper()
	w := newWorld(t, false)
	state := "BAREME_STATE=" + filepath.Join(w.home, "state.db")
	w.must(state, "provision")
	for _, c := range changes {
		w.change(c)
	}
	w.must(state, "sync", "--accept-changes")
	return w.shown()
}

// rage lets things go wrong, a few each second, and returns what users changed meanwhile.
func (s *storm) rage(url string) (changes []change) {
	s.t.Helper()
	titles := []string{"Director", "Manager", "Intern", "Clerk"}
	wrongs := []struct {
		name string
		do   func()
	}{
		{"worker killed", func() {
			i := s.random.IntN(replicas)
			s.replicas[i].kill()
			s.replicas[i] = s.replica(s.database)
		}},
		{"connections of the database ended", func() {
			s.sql(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bareme' AND datname = current_database()")
		}},
		{"database restarted", func() { server.Restart(s.t, "fast") }},
		{"network cut", func() {
			w := s.wires[s.random.IntN(len(s.wires))]
			w.Stop()
			time.Sleep(time.Duration(100+s.random.IntN(900)) * time.Millisecond)
			s.do(w.Start())
		}},
		{"network slow", func() { s.toxic(`{"type": "latency", "attributes": {"latency": 120, "jitter": 40}}`) }},
		{"connections reset", func() { s.toxic(`{"type": "reset_peer", "attributes": {"timeout": 20}}`) }},
		{"answers cut off", func() { s.toxic(`{"type": "limit_data", "attributes": {"bytes": 2000}}`) }},
		{"wrong answers", func() {
			kinds := []hubspot.FaultKind{hubspot.FaultStatus, hubspot.FaultHTML, hubspot.FaultTruncated, hubspot.FaultReset, hubspot.FaultLocked}
			s.do(s.hubspot.Inject(hubspot.Fault{Kind: kinds[s.random.IntN(len(kinds))], Count: 1 + s.random.IntN(3), Apply: s.random.IntN(2) == 0}))
			odd := []salesforce.FaultKind{salesforce.FaultStatus, salesforce.FaultReset, salesforce.FaultTruncated, salesforce.FaultExpired}
			s.do(s.org.Inject(salesforce.Fault{Kind: odd[s.random.IntN(len(odd))]}))
		}},
	}
	for end := time.Now().Add(*lasting); time.Now().Before(end); {
		wrong := wrongs[s.random.IntN(len(wrongs))]
		s.did[wrong.name]++
		wrong.do()
		for range s.random.IntN(4) {
			c := change{s.random.IntN(len(s.ids)), titles[s.random.IntN(len(titles))]}
			s.change(c)
			changes = append(changes, c)
		}
		time.Sleep(time.Duration(s.random.IntN(500)) * time.Millisecond)
		s.respawn()
	}
	s.hubspot.ClearFaults()
	s.org.ClearFaults()
	s.did["changes"] = len(changes)
	return changes
}

// respawn starts workers again that ended by themselves, as the platform does with their pods: one that starts just when
// the database goes away may end.
func (s *storm) respawn() {
	for i, r := range s.replicas {
		if r.ended() {
			s.did["worker ended by itself"]++
			s.replicas[i] = s.replica(s.database)
		}
	}
}

// toxic spoils the network for a moment.
func (s *storm) toxic(spec string) {
	s.t.Helper()
	w := s.wires[s.random.IntN(len(s.wires))]
	_, err := w.Toxics.AddToxicJson(strings.NewReader(spec))
	s.do(err)
	time.Sleep(time.Duration(200+s.random.IntN(800)) * time.Millisecond)
	w.Toxics.ResetToxics(context.Background())
}

func (s *storm) sql(url, statement string) {
	s.t.Helper()
	ctx := s.t.Context()
	c, err := pgx.Connect(ctx, url)
	s.do(err)
	defer func() { _ = c.Close(ctx) }() // nothing to keep
	_, err = c.Exec(ctx, statement)
	s.do(err)
}

// settle waits until the records show what they should. A worker that starts asks at once what is due: one is started
// anew now and then, as a deployment would.
func (s *storm) settle(want map[string]map[string]string) {
	s.t.Helper()
	began := time.Now()
	diff := ""
	for next := 0; time.Since(began) < 75*time.Second; next++ {
		if diff = cmp.Diff(want, s.shown()); diff == "" && next > 2 {
			s.t.Logf("settled %s after the last fault", time.Since(began).Round(100*time.Millisecond))
			return
		}
		if next == 0 || next == 2 { // the last thing that went wrong may show only now
			s.respawn()
		}
		if next%16 == 5 {
			i := s.random.IntN(replicas)
			if err := s.replicas[i].stop(); err != nil {
				s.t.Errorf("replica %d, asked to stop: %v\n%s", i, err, tail(s.replicas[i].said.String()))
			}
			s.replicas[i] = s.replica(s.database)
		}
		time.Sleep(500 * time.Millisecond)
	}
	s.t.Errorf("the records differ from those of an undisturbed run (-want +got):\n%s\n%s", diff, tail(s.replicas[0].said.String()))
}

// leaks looks for what is left in the database when all workers have gone.
func (s *storm) leaks(url string) {
	s.t.Helper()
	ctx := s.t.Context()
	c, err := pgx.Connect(ctx, url)
	s.do(err)
	defer func() { _ = c.Close(ctx) }() // nothing to keep
	for what, query := range map[string]string{
		"connections":                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'bareme' AND datname = current_database()",
		"leases":                         "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
		"updates in doubt":               "SELECT count(*) FROM pending WHERE sent <> ''",
		"updates not written":            "SELECT count(*) FROM pending",
		"jobs under way without workers": "SELECT count(*) FROM river_job WHERE state = 'running'",
		"jobs that were given up":        "SELECT count(*) FROM river_job WHERE state = 'discarded' AND kind <> 'due'",
	} {
		n := 0
		for range 40 { // the server notices the end of a connection a moment later
			s.do(c.QueryRow(ctx, query).Scan(&n))
			if n == 0 {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		if n != 0 {
			s.t.Errorf("%s: %d are left", what, n)
		}
	}
}

// limits looks through HubSpot's log for calls that were refused because there were too many.
func (s *storm) limits() {
	s.t.Helper()
	refused, all := 0, 0
	for _, r := range s.hubspot.Requests() {
		all++
		if r.Status == http.StatusTooManyRequests && r.Fault == "" {
			refused++
		}
	}
	if refused > 0 {
		s.t.Errorf("%d of %d calls were over the limit of %d in ten seconds", refused, all, burst)
	}
	s.did["calls of HubSpot"] = all
}

// tail is the end of a log.
func tail(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-8):], "\n")
}
