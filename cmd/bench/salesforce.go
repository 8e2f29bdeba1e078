package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/bareme/bareme/connectors/salesforce"
	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/examples"
	sandbox "github.com/bareme/bareme/sandbox/salesforce"
	"github.com/bareme/bareme/worker"
)

// The app of every simulated org.
const (
	orgClient = "sandbox-client"
	orgSecret = "sandbox-secret"
)

// org is a simulated Salesforce org in this process, and the program's files for it.
type org struct {
	*account
	*sandbox.Sandbox
	server *httptest.Server
}

// openOrg makes an org with a population of so many people, about three quarters of whom it holds, and a model for it.
func (b bench) openOrg(ctx context.Context, people int, model []byte) (*org, error) {
	home, err := os.MkdirTemp(b.dir, "org-")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(home, "bareme.yaml"), model, 0o600); err != nil {
		return nil, err
	}
	box := sandbox.New(sandbox.Options{Seed: 1, People: people, Limits: sandbox.Limits{Daily: 1_000_000_000, Concurrent: 1_000_000}})
	o := &org{Sandbox: box, server: httptest.NewServer(box)}
	o.account = &account{bench: b, home: home, people: people, env: []string{"BAREME_SALESFORCE_LOGIN_URL=" + o.server.URL, "BAREME_SALESFORCE_LOOPBACK=true",
		"BAREME_SALESFORCE_CLIENT_ID=" + orgClient, "BAREME_SALESFORCE_CLIENT_SECRET=" + orgSecret}}
	_, err = o.bareme(ctx, "provision")
	return o, err
}

func (o *org) close() { o.server.Close() }

// salesforceCalls adds the rows of Salesforce to the table of calls.
func (b bench) salesforceCalls(ctx context.Context, n sizes) error {
	o, err := b.openOrg(ctx, n.calls, examples.Salesforce)
	if err != nil {
		return err
	}
	defer o.close()
	load, _, err := o.sync(ctx)
	if err != nil {
		return err
	}
	people := load.Read[crm.People].Read
	title(fmt.Sprintf("Salesforce: API calls, %s leads and contacts", count(people)))
	row("", "calls", "least", "ratio", "per 1,000")
	callsRow("first load", load, leastOfOrg(load, false), people)
	for _, step := range []struct {
		name   string
		change int // every how many-th lead and contact, 0: none
		told   bool
	}{{"", 0, false}, {"increment, 1 % changed", 100, true}, {"", 0, false}, {"increment, nothing changed", 0, true}} {
		o.Pass(time.Hour)
		if err := o.promote(step.change); err != nil {
			return err
		}
		report, _, err := o.sync(ctx)
		if err != nil {
			return err
		}
		if step.told {
			callsRow(step.name, report, leastOfOrg(report, true), people)
		}
	}
	return nil
}

// promote gives every so many-th lead and contact a new title. Nobody can change a converted lead.
func (o *org) promote(every int) error {
	if every == 0 {
		return nil
	}
	i := 0
	for object, fields := range map[string][]string{"Lead": {"IsConverted"}, "Contact": nil} {
		all, err := o.Values(object, fields...)
		if err != nil {
			return err
		}
		for id, of := range all {
			if of["IsConverted"] == "true" {
				continue
			}
			if i++; i%every != 0 {
				continue
			}
			if err := o.Change(id, map[string]any{"Title": fmt.Sprintf("Director %d", i)}, 0); err != nil {
				return err
			}
		}
	}
	return nil
}

// The sizes of Salesforce's API: rows of a page, records of a write, ids of a query.
const (
	orgPage  = 2000
	orgWrite = 200
	orgIDs   = 517 // as many as fit into a request's line
	orgJob   = 7   // a write job: made, filled, closed, looked at twice, its results read; and one more for a second object
)

// leastOfOrg is the least that reads and writes the same records: the account and its limits, the fields of each of
// Salesforce's objects, full pages, the contacts of opportunities and the recipients of e-mails, which are other objects, by
// as many ids as fit, and full writes by whichever way takes fewer calls. An increment asks besides which contacts were
// put on opportunities or taken off: that leaves no trace there.
func leastOfOrg(r worker.Report, increment bool) int {
	least := 2 + r.Calls["schema"]
	for object, c := range r.Read {
		least += max(1, batches(c.Read, orgPage))
		switch object {
		case crm.People:
			least++ // leads and contacts
		case crm.Deals:
			least += batches(c.Read, orgIDs)
			if increment {
				least++
			}
		case crm.Emails:
			least += 1 + 2*batches(c.Read, orgIDs) // e-mails and tasks that are e-mails, and which of these are those
		}
	}
	return least + min(batches(r.Written, orgWrite), 2*orgJob)
}

// crossover measures both ways to write, and both to read, to find where they take as many calls.
func (b bench) crossover(ctx context.Context, n sizes) error {
	o, err := b.openOrg(ctx, 0, examples.Salesforce)
	if err != nil {
		return err
	}
	defer o.close()
	o.SetBulk(sandbox.BulkSettings{Queued: 1})
	title("Salesforce: REST against Bulk API 2.0, leads")
	row("", "REST calls", "seconds", "Bulk calls", "seconds")
	var ids []string
	for _, size := range n.crossing {
		for len(ids) < size {
			id, err := o.Create("Lead", map[string]any{"LastName": fmt.Sprint("Lead ", len(ids)), "Company": "A company"})
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		for _, what := range []string{"write", "read"} {
			cells := make([]string, 0, 4)
			for _, bulk := range []int{1 << 30, 1} {
				calls, took, err := o.oneWay(ctx, what, bulk, ids)
				if err != nil {
					return err
				}
				cells = append(cells, count(calls), fmt.Sprintf("%.2f", took.Seconds()))
			}
			row(what+" "+count(size), cells...)
		}
	}
	return nil
}

// oneWay reads every lead, or writes those of ids; by Bulk from so many on.
func (o *org) oneWay(ctx context.Context, what string, bulk int, ids []string) (calls int, took time.Duration, err error) {
	c, err := salesforce.New(salesforce.Options{LoginURL: o.server.URL, ClientID: orgClient, ClientSecret: orgSecret, Loopback: true,
		People: []string{"Lead"}, BulkRead: bulk, BulkWrite: bulk, OrgShare: 1, RunShare: 1})
	if err != nil {
		return 0, 0, err
	}
	defer c.Close()
	if _, err := c.Describe(ctx, crm.People); err != nil {
		return 0, 0, err
	}
	before, start := c.Usage(), time.Now()
	if what == "read" {
		err = readAll(ctx, c, len(ids))
	} else {
		err = writeAll(ctx, c, ids, fmt.Sprint("Title ", bulk))
	}
	took = time.Since(start)
	for kind, n := range c.Usage().Calls {
		calls += n - before.Calls[kind]
	}
	return calls, took, err
}

func readAll(ctx context.Context, c crm.Connector, want int) error {
	n := 0
	for page, err := range c.Records(ctx, crm.Query{Object: crm.People, Fields: []string{"LastName", "Title"}}) {
		if err != nil {
			return err
		}
		n += len(page.Items)
	}
	if n != want {
		return fmt.Errorf("%d of %d leads came", n, want)
	}
	return nil
}

func writeAll(ctx context.Context, c crm.Connector, ids []string, text string) error {
	updates := make([]crm.Update, len(ids))
	for i, id := range ids {
		updates[i] = crm.Update{ID: id, Fields: crm.Fields{"Title": text}}
	}
	out, err := c.Write(ctx, crm.People, updates)
	for _, o := range out {
		if o.Status != crm.Written {
			return errors.Join(err, fmt.Errorf("a lead was not written: %w", o.Err))
		}
	}
	return err
}

// leadsModel is the example without what its leads do not have here, and without the field of what would change a grade,
// which is tried out for everybody and would be most of the time measured.
func leadsModel() []byte {
	var out [][]byte
	for _, line := range bytes.Split(examples.Salesforce, []byte("\n")) {
		if !bytes.Contains(line, []byte("changes: ")) {
			out = append(out, line)
		}
	}
	return bytes.Join(out, []byte("\n"))
}

// throughBulk loads leads through Bulk API 2.0, and tells what the program, a process of its own, took.
func (b bench) throughBulk(ctx context.Context, n sizes) error {
	title("Salesforce: leads through Bulk API 2.0")
	row("", "leads", "seconds", "leads/s", "peak memory")
	for _, leads := range n.leads {
		if err := b.leadsThroughBulk(ctx, leads); err != nil {
			return err
		}
	}
	return nil
}

func (b bench) leadsThroughBulk(ctx context.Context, leads int) error {
	o, err := b.openOrg(ctx, 0, leadsModel())
	if err != nil {
		return err
	}
	defer o.close()
	titles := []string{"CEO", "Marketing Director", "Sales Manager", "Engineer", "Intern"}
	for i := range leads {
		values := map[string]any{"LastName": fmt.Sprint("Lead ", i), "Company": "A company", "Title": titles[i%len(titles)],
			"Email": fmt.Sprintf("lead-%d@example.com", i), "Country": "France", "NumberOfEmployees": fmt.Sprint(i % 3000)}
		if _, err := o.Create("Lead", values); err != nil {
			return err
		}
	}
	o.env = append(o.env, "BAREME_SALESFORCE_BULK_READ=500", "BAREME_SALESFORCE_BULK_WRITE=500")
	runtime.GC()
	before := ownCPU()
	report, took, err := o.sync(ctx)
	sandboxCPU := ownCPU() - before
	if err != nil {
		return err
	}
	if report.Written != leads || report.Calls["bulk result"] == 0 {
		return fmt.Errorf("%d of %d leads were written; calls: %v", report.Written, leads, report.Calls)
	}
	for _, s := range []string{"pull", "write"} {
		spent := stage(report, s).Seconds()
		row(s, count(leads), fmt.Sprintf("%.2f", spent), count(int(float64(leads)/spent)))
	}
	row("first load, all of it", count(leads), fmt.Sprintf("%.2f", took.wall.Seconds()), count(int(float64(leads)/took.wall.Seconds())), megabytes(took.memory))
	row("processor time of the program", count(leads), fmt.Sprintf("%.2f", took.cpu.Seconds()), count(int(float64(leads)/took.cpu.Seconds())))
	row("processor time of the sandbox", count(leads), fmt.Sprintf("%.2f", sandboxCPU.Seconds()), count(int(float64(leads)/sandboxCPU.Seconds())))
	return nil
}
