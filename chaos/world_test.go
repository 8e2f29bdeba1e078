package chaos

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"github.com/bareme/bareme/sandbox/hubspot"
	"github.com/bareme/bareme/sandbox/salesforce"
)

// people is how many are in HubSpot; about half of them are in Salesforce, too.
const people = 160

// burst is how many calls HubSpot allows in ten seconds: what the connector begins with.
const burst = 100

// model scores by what does not change with time, so that two histories can be compared.
const model = `version: 1
connections: [{name: marketing, crm: hubspot}, {name: sales, crm: salesforce}]
identity:
  by: {marketing: email, sales: Email}
people:
  attributes:
    title:    {from: [marketing.jobtitle, sales.Title], transform: lower}
    industry: {from: [sales.company.Industry, marketing.company.industry], transform: industry_group}
    free:     {from: [marketing.email, sales.Email], transform: free_mail}
scores:
  fit:
    groups:
      person:
        criteria:
          - {name: Director, when: title contains "director", points: 40}
          - {name: Manager, when: title contains "manager", points: 25}
          - {name: Intern, when: title contains "intern", points: -20}
          - {name: Free e-mail provider, when: free, points: -10}
          - {name: Industry we know, when: 'industry in ["technology", "finance", "telecom"]', points: 15}
write:
  people:
    marketing: {score: bareme_score, reasons: bareme_reasons}
    sales: {score: Bareme_Score__c, reasons: Bareme_Reasons__c}
  max_changed: 100%
schedule: {sync: "@every 1s"}
`

// world is two CRM accounts and the network before them.
type world struct {
	t       *testing.T
	home    string
	hubspot *hubspot.Sandbox
	org     *salesforce.Sandbox
	env     []string
	wires   []*toxiproxy.Proxy
	ids     []string // of HubSpot's people
}

// newWorld makes the accounts; the same each time. With wires, calls go through proxies that can be cut.
func newWorld(t *testing.T, wired bool) *world {
	t.Helper()
	w := &world{t: t, home: t.TempDir()}
	born := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	began := time.Now()
	clock := func() time.Time { return born.Add(time.Since(began)) } // of both accounts, from the same moment in every history
	w.hubspot = hubspot.New(hubspot.Options{Seed: 11, People: people, Now: clock, Limits: hubspot.Limits{Burst: burst}})
	w.org = salesforce.New(salesforce.Options{Seed: 11, People: people, Now: clock, Limits: salesforce.Limits{Daily: 1_000_000}})
	w.ids = w.hubspot.IDs("contacts")
	w.do(os.WriteFile(filepath.Join(w.home, "bareme.yaml"), []byte(model), 0o600))
	urls := make([]string, 2)
	proxies := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	for i, server := range []*httptest.Server{httptest.NewServer(w.hubspot), httptest.NewServer(w.org)} {
		t.Cleanup(func() { within(func() { server.CloseClientConnections(); server.Close() }) })
		urls[i] = server.URL
		if wired {
			p := toxiproxy.NewProxy(proxies, fmt.Sprint("crm", i), "127.0.0.1:0", strings.TrimPrefix(server.URL, "http://"))
			w.do(p.Start())
			t.Cleanup(func() { within(p.Stop) })
			w.wires = append(w.wires, p)
			urls[i] = "http://" + p.Listen
		}
	}
	w.env = append(os.Environ(), "BAREME_LOG_FORMAT=json", "BAREME_HUBSPOT_DAILY_SHARE=1",
		"BAREME_HUBSPOT_BASE_URL="+urls[0], "BAREME_HUBSPOT_TOKEN=pat-na1-sandbox",
		"BAREME_SALESFORCE_LOGIN_URL="+urls[1], "BAREME_SALESFORCE_LOOPBACK=true",
		"BAREME_SALESFORCE_CLIENT_ID=sandbox-client", "BAREME_SALESFORCE_CLIENT_SECRET=sandbox-secret")
	return w
}

// within gives the end of something a few seconds: a proxy may wait for a connection whose ends have both gone.
func within(end func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		end()
	}()
	select {
	case <-done:
	case <-time.After(3 * time.Second):
	}
}

func (w *world) do(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// command is one invocation of the program, in a process of its own.
func (w *world) command(state string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = w.home, append(w.env, state)
	return cmd
}

// must runs a command that has to succeed.
func (w *world) must(state string, args ...string) {
	w.t.Helper()
	if out, err := w.command(state, args...).CombinedOutput(); err != nil {
		w.t.Fatalf("bareme %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// change has a user of HubSpot give somebody another title.
func (w *world) change(c change) {
	w.t.Helper()
	w.do(w.hubspot.Change("contacts", w.ids[c.who], map[string]string{"jobtitle": c.title}))
}

type change struct {
	who   int
	title string
}

// shown is the score of every record of both accounts. Reasons are left out: they are written with a score that moves, so
// that they may stay those of an earlier moment with the same score.
func (w *world) shown() map[string]map[string]string {
	w.t.Helper()
	all := map[string]map[string]string{}
	add := func(of string, values map[string]map[string]string, err error) {
		w.do(err)
		for id, v := range values {
			all[of+" "+id] = v
		}
	}
	values, err := w.hubspot.Values("contacts", "bareme_score")
	add("contact", values, err)
	for _, object := range []string{"Lead", "Contact"} {
		values, err := w.org.Values(object, "Bareme_Score__c")
		add(object, values, err)
	}
	return all
}

// replica is one worker.
type replica struct {
	cmd  *exec.Cmd
	said bytes.Buffer
	err  error // once done is closed
	done chan struct{}
}

func (w *world) replica(state string) *replica {
	w.t.Helper()
	r := &replica{cmd: w.command(state, "run"), done: make(chan struct{})}
	r.cmd.Stderr = &r.said
	w.do(r.cmd.Start())
	go func() {
		defer close(r.done)
		r.err = r.cmd.Wait()
	}()
	return r
}

// kill ends a worker at once.
func (r *replica) kill() {
	_ = r.cmd.Process.Kill() // it may have ended by itself
	<-r.done
}

// stop asks a worker to end, and waits for as long as its pod would.
func (r *replica) stop() error {
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-r.done:
		return r.err
	case <-time.After(40 * time.Second):
		r.kill()
		return context.DeadlineExceeded
	}
}

// ended says whether a worker ended by itself.
func (r *replica) ended() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}
