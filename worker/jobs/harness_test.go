package jobs_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/crm/crmtest"
	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/plan"
	"github.com/bareme/bareme/store/postgres"
	"github.com/bareme/bareme/store/postgres/pgtest"
	"github.com/bareme/bareme/worker"
	"github.com/bareme/bareme/worker/jobs"
)

var server pgtest.Server //nolint:gochecknoglobals // one server for all tests

func TestMain(m *testing.M) {
	code := m.Run()
	server.Stop()
	os.Exit(code)
}

// world is a CRM in memory, a database, a clock that moves when told, and the processes between them.
type world struct {
	t      *testing.T
	crm    *crmtest.Memory
	model  string
	url    string
	config jobs.Config // what processes are made with, beside the group and the store
	learn  *worker.Learn
	ended  chan worker.Report

	mu  sync.Mutex
	at  time.Time
	log bytes.Buffer
}

func newWorld(t *testing.T, model string) *world {
	t.Helper()
	text, err := os.ReadFile("../testdata/" + model)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, at: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC), model: strings.Replace(string(text), "max_changed: 30%", "max_changed: 100%", 1), ended: make(chan worker.Report, 100)}
	w.crm = crmtest.NewMemory(w.now)
	w.crm.PageSize = 20
	w.crm.Declare(crm.Companies, crm.Field{Name: "employees", Type: crm.Number, Writable: true})
	w.crm.Declare(crm.People,
		crm.Field{Name: "email", Writable: true}, crm.Field{Name: "jobtitle", Writable: true},
		crm.Field{Name: "clicks", Type: crm.Number, Writable: true}, crm.Field{Name: "last_click", Type: crm.DateTime, Writable: true},
		crm.Field{Name: "optout", Type: crm.Bool, Writable: true})
	w.crm.Declare(crm.Meetings, crm.Field{Name: "outcome", Writable: true})
	w.config = jobs.Config{PartSize: 25, Poll: 200 * time.Millisecond}
	return w
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

// pass has time pass.
func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

// populate fills the CRM with n people in n/10 companies.
func (w *world) populate(n int) {
	for i := range max(1, n/10) {
		w.crm.Put(crm.Companies, fmt.Sprintf("c%02d", i), crm.Fields{"employees": fmt.Sprint(10 + 20*i)}, nil)
	}
	for i := range n {
		fields := crm.Fields{"email": fmt.Sprintf("p%03d@example.com", i), "jobtitle": "Buyer"}
		if i%3 == 0 {
			fields["jobtitle"] = "Director of Operations"
		}
		if i%2 == 0 {
			fields["clicks"] = fmt.Sprint(1 + i%5)
			fields["last_click"] = w.now().Add(-time.Duration(i) * 24 * time.Hour).Format(time.RFC3339)
		}
		w.crm.Put(crm.People, fmt.Sprintf("p%03d", i), fields, map[string][]string{crm.Companies: {fmt.Sprintf("c%02d", i%max(1, n/10))}})
	}
}

func (w *world) provision() {
	w.t.Helper()
	f := w.file()
	if _, err := w.crm.Provision(w.t.Context(), crm.People, f.Mapper.WriteFields(f.Model)); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) file() *modelfile.File {
	w.t.Helper()
	f, err := modelfile.Parse("model.yaml", []byte(w.model), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

// worker wires a worker as the program does.
func (w *world) worker(connector crm.Connector, store worker.Store) *worker.Worker {
	f := w.file()
	log := logrus.New()
	log.SetOutput(io.Discard)
	return &worker.Worker{
		Connection: "main", CRM: connector, Store: store, Mapper: f.Mapper, Model: f.Model, ModelHash: f.Hash(),
		Rules:  plan.Rules{Scores: f.Mapper.ScoreFields(), MinChange: f.Limits.MinChange, Quiet: f.Mapper.Quiet()},
		Limits: plan.Limits{MaxChanged: f.Limits.MaxChanged}, Now: w.now, Log: log, Learn: w.learn,
	}
}

// process is one replica: a runner with a store of its own.
type process struct {
	*jobs.Runner
	store *postgres.Store
}

// process opens the database and makes a runner that does not run yet.
func (w *world) process(connector crm.Connector) *process {
	w.t.Helper()
	if w.url == "" {
		w.url = server.Database(w.t) + "&pool_max_conns=12"
	}
	store, err := postgres.Open(w.t.Context(), w.url)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = store.Close() }) // some tests close it before
	log := logrus.New()
	log.SetOutput(w)
	log.SetLevel(logrus.WarnLevel)
	c := w.config
	c.Group, c.Store, c.Log = worker.Group{w.worker(connector, store)}, store, log
	c.After = func(r worker.Report) { w.ended <- r }
	runner, err := jobs.New(w.t.Context(), c)
	if err != nil {
		w.t.Fatal(err)
	}
	return &process{runner, store}
}

// Write implements io.Writer for what processes log.
func (w *world) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.Write(p)
}

// start starts a process that stops at the end of the test.
func (w *world) start(p *process) {
	w.t.Helper()
	if err := p.Start(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := p.Kill(context.WithoutCancel(w.t.Context())); err != nil {
			w.t.Error(err)
		}
	})
}

// report waits for the next run to end.
func (w *world) report() worker.Report {
	w.t.Helper()
	select {
	case r := <-w.ended:
		return r
	case <-time.After(60 * time.Second):
		w.mu.Lock()
		defer w.mu.Unlock()
		w.t.Fatalf("no run ended within a minute. The log:\n%s", w.log.String())
		return worker.Report{}
	}
}

// shown is what all people show.
func shown(m *crmtest.Memory) map[string]crm.Fields {
	out := map[string]crm.Fields{}
	for id, fields := range m.Values(crm.People) {
		out[id] = crm.Fields{}
		for field, value := range fields {
			if strings.HasPrefix(field, "b_") {
				out[id][field] = value
			}
		}
	}
	return out
}
