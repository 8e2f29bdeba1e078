package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/bareme/bareme/sandbox/hubspot"
	"github.com/bareme/bareme/sandbox/salesforce"
	"github.com/bareme/bareme/worker"
)

// world is a Salesforce org and, for models of both CRMs, a HubSpot account that knows the same people; one state file;
// and the program, run on them in processes of its own.
type world struct {
	t    *testing.T
	home string
	env  []string
	org  *salesforce.Sandbox
	hub  *hubspot.Sandbox // nil for models of Salesforce alone
	url  string           // of the org
}

// worldPlan says what a world is like.
type worldPlan struct {
	model  []byte
	people int  // of the population
	both   bool // HubSpot, too
	bulk   salesforce.BulkSettings
	always bool // everything by bulk jobs
}

func newWorld(t *testing.T, p worldPlan) *world {
	t.Helper()
	w := &world{t: t, home: t.TempDir()}
	now := func() time.Time { return killNow }
	w.org = salesforce.New(salesforce.Options{Seed: 5, People: p.people, Limits: salesforce.Limits{Daily: 10_000_000, Concurrent: 1000}, Now: now})
	w.org.SetBulk(p.bulk)
	server := httptest.NewServer(w.org)
	t.Cleanup(server.Close)
	w.url = server.URL
	w.env = append(os.Environ(), "BAREME_STATE="+filepath.Join(w.home, "bareme.db"), "BAREME_HUBSPOT_TOKEN=pat-na1-sandbox")
	for name, value := range salesforceEnv(server.URL, p.always) {
		w.env = append(w.env, name+"="+value)
	}
	if p.both {
		w.hub = hubspot.New(hubspot.Options{Seed: 5, People: p.people, Limits: hubspot.Limits{Off: true}, Now: now, Salesforce: true})
		server := httptest.NewServer(w.hub)
		t.Cleanup(server.Close)
		w.env = append(w.env, "BAREME_HUBSPOT_BASE_URL="+server.URL)
	}
	if err := os.WriteFile(filepath.Join(w.home, "bareme.yaml"), p.model, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := w.command("provision").CombinedOutput(); err != nil {
		t.Fatalf("provision: %v\n%s", err, out)
	}
	return w
}

// command is one invocation of the program, in a process of its own.
func (w *world) command(args ...string) *exec.Cmd {
	cmd := exec.Command("bareme", append(args, "--now", killNow.Format(time.RFC3339))...)
	cmd.Dir, cmd.Env = w.home, w.env
	return cmd
}

// sync runs the program until it is done, and returns its report.
func (w *world) sync(args ...string) worker.Report {
	w.t.Helper()
	out, err := w.command(append([]string{"sync", "--accept-changes", "-o", "json"}, args...)...).Output()
	if err != nil {
		var exit *exec.ExitError
		_ = errors.As(err, &exit) // what it said, where it ran at all
		said := ""
		if exit != nil {
			said = string(exit.Stderr)
		}
		w.t.Fatalf("sync: %v\n%s", err, said)
	}
	var report worker.Report
	if err := json.Unmarshal(out, &report); err != nil {
		w.t.Fatal(err)
	}
	return report
}

// results are the fields of Salesforce whose end state is compared.
var results = []string{"Bareme_Score__c", "Bareme_Grade__c", "Bareme_Label__c", "Bareme_Trend__c", "Bareme_Reasons__c", "Bareme_Scored_At__c",
	"Bareme_Unscored__c", "OwnerId"}

// shown is what every person shows, in each CRM.
func (w *world) shown() map[string]map[string]map[string]string {
	w.t.Helper()
	all := map[string]map[string]map[string]string{}
	for _, object := range []string{"Lead", "Contact"} {
		values, err := w.org.Values(object, results...)
		if err != nil {
			w.t.Fatal(err)
		}
		all[object] = values
	}
	if w.hub != nil {
		values, err := w.hub.Values("contacts", "bareme_score", "bareme_grade", "bareme_label", "bareme_trend", "bareme_reasons", "bareme_scored_at", "bareme_unscored")
		if err != nil {
			w.t.Fatal(err)
		}
		all["contacts"] = values
	}
	return all
}

// updates counts how many records were written, in all CRMs: those named in requests that were carried out, and the rows
// that bulk jobs did.
func (w *world) updates() int {
	w.t.Helper()
	n := 0
	for _, r := range w.org.Requests() {
		if r.Operation == "collections_update" && r.Status < 300 {
			n += r.Inputs
		}
	}
	if w.hub != nil {
		for _, r := range w.hub.Requests() {
			if r.Operation == "batch_update" && r.Status < 300 {
				n += r.Inputs
			}
		}
	}
	return n + w.byJobs()
}

// byJobs is how many rows the org's write jobs have done.
func (w *world) byJobs() int {
	w.t.Helper()
	var list struct{ Records []struct{ ID string } }
	w.ask("/jobs/ingest", &list)
	n := 0
	for _, r := range list.Records {
		var job struct{ NumberRecordsProcessed int }
		w.ask("/jobs/ingest/"+r.ID, &job)
		n += job.NumberRecordsProcessed
	}
	return n
}

// ask reads a resource of the org as its administrator does.
func (w *world) ask(path string, answer any) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.url+"/services/data/v66.0"+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.org.Session(""))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(resp.Body).Decode(answer); err != nil {
		w.t.Fatal(err)
	}
}

// requests is how many requests all CRMs have had.
func (w *world) requests() int {
	n := len(w.org.Requests())
	if w.hub != nil {
		n += len(w.hub.Requests())
	}
	return n
}

// onRequest calls f around every request of any CRM, with the request's number counted over all of them from 0. nil ends it.
func (w *world) onRequest(f func(n int, after bool)) {
	if f == nil {
		w.org.OnRequest(nil)
		if w.hub != nil {
			w.hub.OnRequest(nil)
		}
		return
	}
	var mu sync.Mutex
	next, number := 0, map[*http.Request]int{}
	hook := func(r *http.Request, after bool) {
		mu.Lock()
		n, known := number[r]
		if !known {
			n, number[r] = next, next
			next++
		}
		mu.Unlock()
		f(n, after)
	}
	w.org.OnRequest(func(_ int, r *http.Request, at salesforce.Phase) { hook(r, at == salesforce.After) })
	if w.hub != nil {
		w.hub.OnRequest(func(_ int, r *http.Request, at hubspot.Phase) { hook(r, at == hubspot.After) })
	}
}
