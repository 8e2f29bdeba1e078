package jobs_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/sirupsen/logrus"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/crm/crmtest"
	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/plan"
	"github.com/bareme/bareme/store/postgres"
	"github.com/bareme/bareme/worker"
	"github.com/bareme/bareme/worker/jobs"
)

// pair is two CRMs that know some of the same people.
type pair struct {
	model            string
	file             *modelfile.File
	marketing, sales *crmtest.Memory
	at               time.Time
}

func newPair(t *testing.T) *pair { return pairOf(t, "../testdata/both.yaml") }

func pairOf(t *testing.T, model string) *pair {
	t.Helper()
	text, err := os.ReadFile(model)
	if err != nil {
		t.Fatal(err)
	}
	p := &pair{model: string(text), at: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)}
	p.marketing, p.sales = crmtest.NewMemory(p.now), crmtest.NewMemory(p.now)
	p.marketing.Declare(crm.People, crm.Field{Name: "email", Writable: true}, crm.Field{Name: "sfid", Writable: true}, crm.Field{Name: "sflead", Writable: true},
		crm.Field{Name: "jobtitle", Writable: true}, crm.Field{Name: "clicks", Type: crm.Number, Writable: true},
		crm.Field{Name: "last_click", Type: crm.DateTime, Writable: true}, crm.Field{Name: "optout", Type: crm.Bool, Writable: true})
	p.sales.Declare(crm.People, crm.Field{Name: "Email", Writable: true}, crm.Field{Name: "Title", Writable: true})
	p.sales.Declare(crm.Companies, crm.Field{Name: "Employees", Type: crm.Number, Writable: true}, crm.Field{Name: "Website", Writable: true})
	p.marketing.Declare(crm.Companies, crm.Field{Name: "employees", Type: crm.Number, Writable: true}, crm.Field{Name: "domain", Writable: true},
		crm.Field{Name: "sfaccount", Writable: true})
	p.sales.Declare(crm.Deals)
	p.sales.Declare(crm.Meetings, crm.Field{Name: "outcome", Writable: true})
	p.provision(t)
	p.sales.Put(crm.Companies, "c", crm.Fields{"Employees": "200", "Website": "www.acme.fr"}, nil)
	p.marketing.Put(crm.Companies, "9", crm.Fields{"domain": "acme.fr"}, nil)
	for i := range 60 {
		email := fmt.Sprintf("p%d@example.com", i)
		var employer map[string][]string
		if i%2 == 0 || i == 7 {
			employer = map[string][]string{crm.Companies: {"9"}}
		}
		p.marketing.Put(crm.People, fmt.Sprint(1000+i), crm.Fields{"email": email, "clicks": fmt.Sprint(i % 4), "last_click": p.at.Add(-time.Hour).Format(time.RFC3339)}, employer)
		if i%2 == 0 {
			p.sales.Put(crm.People, fmt.Sprintf("003%d", i), crm.Fields{"Email": email, "Title": "Director"}, map[string][]string{crm.Companies: {"c"}})
		}
	}
	return p
}

// provision makes the fields of the model.
func (p *pair) provision(t *testing.T) {
	t.Helper()
	var err error
	if p.file, err = modelfile.Parse("both.yaml", []byte(p.model), nil); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]*crmtest.Memory{"marketing": p.marketing, "sales": p.sales} {
		if _, err := c.Provision(t.Context(), crm.People, p.file.Mapper.For(name).WriteFields(p.file.Model)); err != nil {
			t.Fatal(err)
		}
		if firms := p.file.For(name).Companies; firms != nil {
			if _, err := c.Provision(t.Context(), crm.Companies, firms.Mapper.WriteFields(firms.Model)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func (p *pair) edit(t *testing.T, old, with string) {
	t.Helper()
	p.model = edit(t, p.model, old, with)
}

func (p *pair) now() time.Time { return p.at }

func (p *pair) group(store worker.Store, sales crm.Connector) (g worker.Group) {
	for _, one := range []struct {
		name string
		crm  crm.Connector
	}{{"marketing", p.marketing}, {"sales", sales}} {
		mapper := p.file.Mapper.For(one.name)
		g = append(g, &worker.Worker{
			Connection: one.name, CRM: one.crm, Store: store, Mapper: mapper, Model: p.file.Model, ModelHash: p.file.Hash(),
			Rules: plan.Rules{Scores: mapper.ScoreFields(), MinChange: 1, Quiet: mapper.Quiet()}, Limits: plan.Limits{MaxChanged: 1}, Now: p.now, Log: logrus.New(),
		})
		if c := p.file.For(one.name).Companies; c != nil {
			g[len(g)-1].Companies = &worker.Companies{Mapper: c.Mapper, Model: c.Model, Rules: plan.Rules{Scores: c.Mapper.ScoreFields(), MinChange: 1}}
		}
	}
	return g
}

// jobs takes runs with so many processes, and returns the reports of the first by connection.
func (p *pair) jobs(t *testing.T, processes int, sales crm.Connector) map[string]worker.Report {
	t.Helper()
	url := server.Database(t)
	ended := make(chan worker.Report, 10)
	for range processes {
		store, err := postgres.Open(t.Context(), url+"&pool_max_conns=12")
		if err != nil {
			t.Fatal(err)
		}
		log := logrus.New()
		log.SetOutput(t.Output())
		log.SetLevel(logrus.WarnLevel)
		runner, err := jobs.New(t.Context(), jobs.Config{Group: p.group(store, sales), Store: store, Log: log, PartSize: 20, Poll: 200 * time.Millisecond,
			After: func(r worker.Report) { ended <- r }})
		if err != nil {
			t.Fatal(err)
		}
		if err := runner.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := runner.Kill(t.Context()); err != nil {
				t.Error(err)
			}
			_ = store.Close() // nothing to keep
		}()
	}
	all := map[string]worker.Report{}
	for range 2 {
		select {
		case r := <-ended:
			all[r.Connection] = r
		case <-time.After(time.Minute):
			t.Fatal("no run ended within a minute")
		}
	}
	return all
}

// TestSeveralConnections: all connections are pulled before anybody is scored, so that a person is scored with what all of
// them know, as in one process.
func TestSeveralConnections(t *testing.T) {
	t.Parallel()
	likeOneProcess(t, newPair(t), newPair(t))
}

// TestCompaniesOfSeveralConnections: and all people before any company, so that a company is made of the people of all.
func TestCompaniesOfSeveralConnections(t *testing.T) {
	t.Parallel()
	const model = "../testdata/firms.yaml"
	alone, together := pairOf(t, model), pairOf(t, model)
	likeOneProcess(t, alone, together)
	for name, both := range map[string][2]*crmtest.Memory{"marketing": {alone.marketing, together.marketing}, "sales": {alone.sales, together.sales}} {
		if diff := gocmp.Diff(both[0].Values(crm.Companies), both[1].Values(crm.Companies)); diff != "" {
			t.Errorf("companies of %s differ (-embedded +jobs):\n%s", name, diff)
		}
	}
	if shows, _ := together.marketing.Stored(crm.Companies, "9"); shows["c_size"] != "50" || shows["c_team"] != "50" {
		t.Errorf("the company shows %v", shows)
	}
}

func likeOneProcess(t *testing.T, alone, together *pair) {
	t.Helper()
	if err := worker.Failed(alone.group(stateFile(t), alone.sales).RunOnce(t.Context(), worker.Options{Kind: worker.Sync})); err != nil {
		t.Fatal(err)
	}
	for name, r := range together.jobs(t, 2, together.sales) {
		if r.Status != "done" {
			t.Errorf("%s: %s: %s", name, r.Status, r.Error)
		}
	}
	for name, both := range map[string][2]*crmtest.Memory{"marketing": {alone.marketing, together.marketing}, "sales": {alone.sales, together.sales}} {
		if diff := gocmp.Diff(both[0].Values(crm.People), both[1].Values(crm.People)); diff != "" {
			t.Errorf("%s differs (-embedded +jobs):\n%s", name, diff)
		}
		if a, b := both[0].Writes(), both[1].Writes(); a != b {
			t.Errorf("%s: %d updates embedded, %d as jobs", name, a, b)
		}
	}
}

// TestOneConnectionFails: one that cannot be used does not hold up the others.
func TestOneConnectionFails(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	all := p.jobs(t, 2, wrong{p.sales})
	if r := all["sales"]; r.Status != "failed" || r.Written != 0 {
		t.Errorf("sales: %s, %d written: %s", r.Status, r.Written, r.Error)
	}
	if r := all["marketing"]; r.Status != "done" || r.Written == 0 {
		t.Errorf("marketing: %s, %d written: %s", r.Status, r.Written, r.Error)
	}
}

// wrong is a connector whose account cannot be read for good.
type wrong struct{ *crmtest.Memory }

func (wrong) Account(context.Context) (crm.Account, error) {
	return crm.Account{}, &crm.Error{Kind: crm.ErrInvalid, Op: "read the account", Message: "no"}
}
