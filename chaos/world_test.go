package chaos

import (
	"embed"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"github.com/bareme/bareme/sandbox/hubspot"
	"github.com/bareme/bareme/sandbox/salesforce"
)

//go:embed testdata/*.yaml
var models embed.FS

// what says which fields of which records are compared: all that the models write.
var what = []struct { //nolint:gochecknoglobals // a table
	crm, object string
	fields      []string
}{
	{"hubspot", "contacts", []string{"bareme_score", "bareme_fit", "bareme_reasons", "bareme_unscored"}},
	{"hubspot", "companies", []string{"bareme_account_score", "bareme_account_reasons", "bareme_account_unscored"}},
	{"salesforce", "Lead", []string{"Bareme_Score__c", "Bareme_Fit__c", "Bareme_Reasons__c", "Bareme_Unscored__c"}},
	{"salesforce", "Contact", []string{"Bareme_Score__c", "Bareme_Fit__c", "Bareme_Reasons__c", "Bareme_Unscored__c"}},
	{"salesforce", "Account", []string{"Bareme_Score__c", "Bareme_Reasons__c", "Bareme_Unscored__c"}},
}

// world is two CRM accounts, a receiver of webhooks, and the network before them.
type world struct {
	t       *testing.T
	options options
	program string // the build that is started
	home    string
	hubspot *hubspot.Sandbox
	org     *salesforce.Sandbox
	hooks   *receiver
	journal *journal
	trap    *trap
	env     []string
	wires   []*toxiproxy.Proxy
	people  []string // ids of HubSpot's
	firms   []string // likewise
}

// options say what a world is like.
type options struct {
	model  string // of testdata
	people int    // in HubSpot; about half of them are in Salesforce, too
	burst  int    // calls HubSpot allows in ten seconds
	wired  bool   // calls go through proxies that can be cut
}

// newWorld makes the accounts; the same each time.
func newWorld(t *testing.T, o options) *world {
	t.Helper()
	w := &world{t: t, program: program, home: t.TempDir(), options: o}
	born := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	began := time.Now()
	clock := func() time.Time { return born.Add(time.Since(began)) } // of both accounts, from the same moment in every history
	w.hubspot = hubspot.New(hubspot.Options{Seed: 11, People: o.people, Now: clock, Limits: hubspot.Limits{Burst: o.burst}})
	w.org = salesforce.New(salesforce.Options{Seed: 11, People: o.people, Now: clock, Limits: salesforce.Limits{Daily: 1_000_000}})
	w.hooks = newReceiver(t)
	w.journal, w.trap = newJournal(w), newTrap(t)
	w.hubspot.OnRequest(func(_ int, r *http.Request, phase hubspot.Phase) { w.hear("hubspot", r, phase == hubspot.After) })
	w.org.OnRequest(func(_ int, r *http.Request, phase salesforce.Phase) {
		w.hear("salesforce", r, phase == salesforce.After)
	})
	w.people, w.firms = w.hubspot.IDs("contacts"), w.hubspot.IDs("companies")
	model, err := models.ReadFile("testdata/" + o.model + ".yaml")
	w.do(err)
	w.do(os.WriteFile(filepath.Join(w.home, "bareme.yaml"), model, 0o600))
	w.do(os.Mkdir(w.temporary(), 0o700))
	urls := w.serve(w.hubspot, w.org, w.hooks)
	w.env = append(os.Environ(), "TMPDIR="+w.temporary(), "BAREME_LOG_FORMAT=json", "BAREME_HUBSPOT_DAILY_SHARE=1",
		"BAREME_HUBSPOT_BASE_URL="+urls[0], "BAREME_HUBSPOT_TOKEN=pat-na1-sandbox",
		"BAREME_SALESFORCE_LOGIN_URL="+urls[1], "BAREME_SALESFORCE_LOOPBACK=true",
		"BAREME_SALESFORCE_CLIENT_ID=sandbox-client", "BAREME_SALESFORCE_CLIENT_SECRET=sandbox-secret",
		"BAREME_WEBHOOK_URL="+urls[2], "BAREME_WEBHOOK_SECRET="+secret)
	return w
}

// hear is told of each request of an account, before and after it is carried out.
func (w *world) hear(crm string, r *http.Request, after bool) {
	w.journal.look(r, after)
	w.trap.hear(crm, r, after)
}

// secret is what webhooks are signed with.
var secret = "whsec_" + base64.StdEncoding.EncodeToString([]byte("a secret of at least 24 bytes")) //nolint:gochecknoglobals // a constant

// serve puts handlers on the network and returns their addresses.
func (w *world) serve(handlers ...http.Handler) (urls []string) {
	w.t.Helper()
	proxies := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	for i, handler := range handlers {
		server := httptest.NewServer(handler)
		w.t.Cleanup(func() { within(func() { server.CloseClientConnections(); server.Close() }) })
		if !w.options.wired {
			urls = append(urls, server.URL)
			continue
		}
		p := toxiproxy.NewProxy(proxies, fmt.Sprint("wire", i), "127.0.0.1:0", strings.TrimPrefix(server.URL, "http://"))
		w.do(p.Start())
		w.t.Cleanup(func() { within(p.Stop) })
		w.wires = append(w.wires, p)
		urls = append(urls, "http://"+p.Listen)
	}
	return urls
}

// temporary is the folder for temporary files of the program.
func (w *world) temporary() string { return filepath.Join(w.home, "tmp") }

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
	cmd := exec.Command(w.program, args...)
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

// change is what a user of HubSpot does: gives somebody another title, or a company another industry.
type change struct {
	object string
	who    int
	value  string
}

func (w *world) change(c change) {
	w.t.Helper()
	if c.object == "companies" {
		w.do(w.hubspot.Change(c.object, w.firms[c.who%len(w.firms)], map[string]string{"industry": c.value}))
		return
	}
	w.do(w.hubspot.Change(c.object, w.people[c.who%len(w.people)], map[string]string{"jobtitle": c.value}))
}

// shown is all that was written to the records of both accounts.
func (w *world) shown() map[string]map[string]string {
	w.t.Helper()
	all := map[string]map[string]string{}
	for _, of := range what {
		values, err := w.values(of.crm, of.object, of.fields...)
		w.do(err)
		for id, v := range values {
			for field, value := range v { // one sandbox leaves out what is not set
				if value == "" {
					delete(v, field)
				}
			}
			all[of.crm+" "+of.object+" "+id] = v
		}
	}
	return all
}

// updates counts the records named in the writes that the accounts carried out.
func (w *world) updates() (n int) {
	for _, r := range w.hubspot.Requests() {
		if r.Operation == "batch_update" && r.Status < 300 {
			n += r.Inputs
		}
	}
	for _, r := range w.org.Requests() {
		if r.Operation == "collections_update" && r.Status < 300 {
			n += r.Inputs
		}
	}
	return n
}

// values reads fields of all records of an object; those that were not provisioned are left out.
func (w *world) values(crm, object string, fields ...string) (map[string]map[string]string, error) {
	if crm == "hubspot" {
		return w.hubspot.Values(object, fields...)
	}
	values, err := w.org.Values(object, fields...)
	if err != nil && w.options.model != "both" { // Salesforce has no such field: it takes no part
		return map[string]map[string]string{}, nil
	}
	return values, err
}
