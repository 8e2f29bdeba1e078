package worker_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/crm/crmtest"
	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/plan"
	"github.com/bareme/bareme/store/sqlite"
	"github.com/bareme/bareme/worker"
)

// world is a CRM in memory, a state file, a clock that moves when told, and a worker between them.
type world struct {
	t     *testing.T
	crm   *crmtest.Memory
	state string
	at    time.Time
	model string
	log   bytes.Buffer
	finer time.Duration // what the CRM's stamps have below the second, as HubSpot's have; Salesforce's have nothing
}

func newWorld(t *testing.T) *world {
	t.Helper()
	model, err := os.ReadFile("testdata/model.yaml")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, at: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC), model: string(model), state: filepath.Join(t.TempDir(), "state.db"), finer: time.Millisecond}
	w.crm = crmtest.NewMemory(func() time.Time { return w.at.Add(w.finer) })
	w.crm.PageSize = 7
	w.crm.Declare(crm.Companies, crm.Field{Name: "employees", Type: crm.Number, Writable: true})
	w.crm.Declare(crm.People,
		crm.Field{Name: "email", Writable: true}, crm.Field{Name: "jobtitle", Writable: true},
		crm.Field{Name: "clicks", Type: crm.Number, Writable: true}, crm.Field{Name: "last_click", Type: crm.DateTime, Writable: true},
		crm.Field{Name: "optout", Type: crm.Bool, Writable: true})
	w.crm.Declare(crm.Meetings, crm.Field{Name: "outcome", Writable: true})
	return w
}

// file is the model file in force.
func (w *world) file() *modelfile.File {
	w.t.Helper()
	f, err := modelfile.Parse("model.yaml", []byte(w.model), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

// edit changes the model file.
func (w *world) edit(old, replacement string) {
	w.t.Helper()
	if !strings.Contains(w.model, old) {
		w.t.Fatalf("the model has no %q", old)
	}
	w.model = strings.Replace(w.model, old, replacement, 1)
}

// open wires a worker as the program does, with the state opened anew each time: every run is another process.
func (w *world) open() *worker.Worker {
	w.t.Helper()
	f := w.file()
	store, err := sqlite.Open(w.t.Context(), w.state)
	if err != nil {
		w.t.Fatal(err)
	}
	log := logrus.New()
	log.SetOutput(&w.log)
	log.SetLevel(logrus.DebugLevel)
	var companies *worker.Companies
	if c := f.Companies; c != nil {
		companies = &worker.Companies{Mapper: c.Mapper, Model: c.Model, Rules: plan.Rules{Scores: c.Mapper.ScoreFields(), MinChange: f.Limits.MinCompanyChange, Quiet: c.Mapper.Quiet()}}
	}
	return &worker.Worker{
		Companies: companies, Connection: "main", CRM: w.crm, Store: store, Mapper: f.Mapper, Model: f.Model, ModelHash: f.Hash(),
		Rules:  plan.Rules{Scores: f.Mapper.ScoreFields(), MinChange: f.Limits.MinChange, Quiet: f.Mapper.Quiet()},
		Limits: plan.Limits{MaxChanged: f.Limits.MaxChanged},
		Now:    func() time.Time { return w.at }, Log: log,
	}
}

func (w *world) provision() {
	w.t.Helper()
	f := w.file()
	if _, err := w.crm.Provision(w.t.Context(), crm.People, f.Mapper.WriteFields(f.Model)); err != nil {
		w.t.Fatal(err)
	}
	if c := f.Companies; c != nil {
		if _, err := w.crm.Provision(w.t.Context(), crm.Companies, c.Mapper.WriteFields(c.Model)); err != nil {
			w.t.Fatal(err)
		}
	}
}

// try runs once and returns what came of it.
func (w *world) try(o worker.Options) (worker.Report, error) {
	w.t.Helper()
	if o.Kind == "" {
		o.Kind = worker.Sync
	}
	one := w.open()
	report, err := one.RunOnce(w.t.Context(), o)
	if cerr := one.Store.Close(); cerr != nil {
		w.t.Fatal(cerr)
	}
	return report, err
}

// run runs once and must succeed.
func (w *world) run(o worker.Options) worker.Report {
	w.t.Helper()
	report, err := w.try(o)
	if err != nil {
		w.t.Fatal(err)
	}
	return report
}

// populate fills the CRM with n people in n/10 companies.
func (w *world) populate(n int) {
	for i := range max(1, n/10) {
		w.crm.Put(crm.Companies, fmt.Sprintf("c%02d", i), crm.Fields{"employees": fmt.Sprint(10 + 20*i)}, nil)
	}
	for i := range n {
		fields := crm.Fields{"email": fmt.Sprintf("p%03d@example.com", i)}
		if i%3 == 0 {
			fields["jobtitle"] = "Director of Operations"
		} else {
			fields["jobtitle"] = "Buyer"
		}
		if i%2 == 0 {
			fields["clicks"] = fmt.Sprint(1 + i%5)
			fields["last_click"] = w.at.Add(-time.Duration(i) * 24 * time.Hour).Format(time.RFC3339)
		}
		w.crm.Put(crm.People, person(i), fields, map[string][]string{crm.Companies: {fmt.Sprintf("c%02d", i%max(1, n/10))}})
	}
}

func person(i int) string { return fmt.Sprintf("p%03d", i) }

// shown is what one person's record shows.
func (w *world) shown(id string) crm.Fields {
	w.t.Helper()
	all, ok := w.crm.Stored(crm.People, id)
	if !ok {
		w.t.Fatalf("%s is not in the CRM", id)
	}
	out := crm.Fields{}
	for field, value := range all {
		if strings.HasPrefix(field, "b_") {
			out[field] = value
		}
	}
	return out
}

// deaf is a connector that never hears the answer to a write.
type deaf struct{ *crmtest.Memory }

func (d *deaf) Write(ctx context.Context, object string, updates []crm.Update) ([]crm.Outcome, error) {
	if _, err := d.Memory.Write(ctx, object, updates); err != nil {
		return nil, err
	}
	return nil, &crm.Error{Kind: crm.ErrUnavailable, Op: "write people", Message: "the connection broke"}
}

// refuses is a connector that says no to everything.
type refuses struct{ crm.Connector }

func (refuses) Account(context.Context) (crm.Account, error) {
	return crm.Account{}, &crm.Error{Kind: crm.ErrUnavailable, Op: "read the account", Message: "no"}
}
