package worker_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/sirupsen/logrus"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/crm/crmtest"
	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/plan"
	"github.com/bareme/bareme/store/sqlite"
	"github.com/bareme/bareme/worker"
)

// twoWorlds is a marketing CRM and a sales CRM, with one state and one model.
type twoWorlds struct {
	t                *testing.T
	marketing, sales *crmtest.Memory
	file             *modelfile.File
	state            string
	at               time.Time
	conversions      map[string]map[string]string // by connection, from leads to contacts: see converts
}

func newTwoWorlds(t *testing.T) *twoWorlds { return twoWorldsOf(t, "testdata/both.yaml") }

// twoFirms is two CRMs whose companies are scored, too.
func twoFirms(t *testing.T) *twoWorlds { return twoWorldsOf(t, "testdata/firms.yaml") }

func twoWorldsOf(t *testing.T, model string) *twoWorlds {
	t.Helper()
	text, err := os.ReadFile(model)
	if err != nil {
		t.Fatal(err)
	}
	file, err := modelfile.Parse("both.yaml", text, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := &twoWorlds{t: t, file: file, state: filepath.Join(t.TempDir(), "state.db"), at: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return w.at }
	w.marketing, w.sales = crmtest.NewMemory(clock), crmtest.NewMemory(clock)
	w.marketing.Declare(crm.People, crm.Field{Name: "email", Writable: true}, crm.Field{Name: "sfid", Writable: true}, crm.Field{Name: "sflead", Writable: true},
		crm.Field{Name: "jobtitle", Writable: true}, crm.Field{Name: "clicks", Type: crm.Number, Writable: true},
		crm.Field{Name: "last_click", Type: crm.DateTime, Writable: true}, crm.Field{Name: "optout", Type: crm.Bool, Writable: true})
	w.sales.Declare(crm.People, crm.Field{Name: "Email", Writable: true}, crm.Field{Name: "Title", Writable: true})
	w.sales.Declare(crm.Companies, crm.Field{Name: "Employees", Type: crm.Number, Writable: true}, crm.Field{Name: "Website", Writable: true})
	w.marketing.Declare(crm.Companies, crm.Field{Name: "employees", Type: crm.Number, Writable: true}, crm.Field{Name: "domain", Writable: true},
		crm.Field{Name: "sfaccount", Writable: true})
	w.sales.Declare(crm.Deals)
	w.sales.Declare(crm.Meetings, crm.Field{Name: "outcome", Writable: true})
	for name, c := range map[string]*crmtest.Memory{"marketing": w.marketing, "sales": w.sales} {
		if _, err := c.Provision(t.Context(), crm.People, file.Mapper.For(name).WriteFields(file.Model)); err != nil {
			t.Fatal(err)
		}
		if c2 := file.For(name).Companies; c2 != nil {
			if _, err := c.Provision(t.Context(), crm.Companies, c2.Mapper.WriteFields(c2.Model)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return w
}

// group is the workers of both connections on one state, opened anew.
func (w *twoWorlds) group() (worker.Group, func()) {
	w.t.Helper()
	store, err := sqlite.Open(w.t.Context(), w.state)
	if err != nil {
		w.t.Fatal(err)
	}
	log := logrus.New()
	log.SetOutput(w.t.Output())
	var g worker.Group
	siblings := worker.Siblings{"marketing": w.marketing, "sales": w.sales}
	for _, one := range []struct {
		name string
		crm  crm.Connector
	}{{"marketing", w.marketing}, {"sales", w.sales}} {
		mapper := w.file.Mapper.For(one.name)
		g = append(g, &worker.Worker{
			Connection: one.name, CRM: one.crm, Store: store, Mapper: mapper, Model: w.file.Model, ModelHash: w.file.Hash(),
			Rules: plan.Rules{Scores: mapper.ScoreFields(), MinChange: 1, Quiet: mapper.Quiet()}, Limits: plan.Limits{MaxChanged: 1},
			Now: func() time.Time { return w.at }, Log: log, Siblings: siblings,
		})
		last := g[len(g)-1]
		if contacts := w.conversions[one.name]; contacts != nil {
			last.CRM = converts{one.crm, contacts}
		}
		if c := w.file.For(one.name).Companies; c != nil {
			last.Companies = &worker.Companies{Mapper: c.Mapper, Model: c.Model, Rules: plan.Rules{Scores: c.Mapper.ScoreFields(), MinChange: 1, Quiet: c.Mapper.Quiet()}}
		}
	}
	return g, func() {
		if err := store.Close(); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *twoWorlds) run() []worker.Report {
	w.t.Helper()
	w.at = w.at.Add(time.Minute)
	g, done := w.group()
	defer done()
	all := g.RunOnce(w.t.Context(), worker.Options{Kind: worker.Sync, Accept: true})
	if err := worker.Failed(all); err != nil {
		w.t.Fatal(err)
	}
	return []worker.Report{all[0].Report, all[1].Report}
}

// shown is the score, grade, fit and engagement that a person's record shows.
func (w *twoWorlds) shown(id string) string {
	w.t.Helper()
	return w.values(crm.People, id, "b_score", "b_grade", "b_fit", "b_eng")
}

// values are those of a record's fields, by their names in the marketing CRM; in the other they begin with a capital after
// each underscore. Salesforce's ids begin with 00.
func (w *twoWorlds) values(object, id string, names ...string) string {
	w.t.Helper()
	c, name := w.marketing, strings.ToLower
	if strings.HasPrefix(id, "00") {
		c, name = w.sales, capitals
	}
	fields, ok := c.Stored(object, id)
	if !ok {
		w.t.Fatalf("there is no %s", id)
	}
	var out []string
	for _, n := range names {
		out = append(out, fields[name(n)])
	}
	return strings.Join(out, " ")
}

// capitals writes b_score as B_Score.
func capitals(name string) string {
	parts := strings.Split(name, "_")
	for i, p := range parts {
		parts[i] = strings.ToUpper(p[:1]) + p[1:]
	}
	return strings.Join(parts, "_")
}

func (w *twoWorlds) shows(what string, want map[string]string) { w.compare(what, w.shown, want) }

func (w *twoWorlds) compare(what string, shown func(id string) string, want map[string]string) {
	w.t.Helper()
	got := map[string]string{}
	for id := range want {
		got[id] = shown(id)
	}
	if d := cmp.Diff(want, got); d != "" {
		w.t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// ada is in both CRMs under one address: five clicks in one, director and a meeting in the other.
func (w *twoWorlds) ada() {
	now := w.at.Format(time.RFC3339)
	w.marketing.Put(crm.People, "1", crm.Fields{"email": "Ada@Example.com", "jobtitle": "Intern", "clicks": "5", "last_click": now}, nil)
	w.sales.Put(crm.Companies, "001", crm.Fields{"Employees": "80"}, nil)
	w.sales.Put(crm.People, "003", crm.Fields{"Email": "ada@example.com", "Title": "Director"}, map[string][]string{crm.Companies: {"001"}})
	w.sales.PutActivity(crm.Meetings, crm.Activity{ID: "m1", Time: w.at, Fields: crm.Fields{"outcome": "COMPLETED"}, Links: map[string][]string{crm.People: {"003"}}})
}

func TestOnePersonInTwoCRMsHasOneScore(t *testing.T) {
	t.Parallel()
	w := newTwoWorlds(t)
	w.ada()
	w.marketing.Put(crm.People, "2", crm.Fields{"email": "bob@example.com", "jobtitle": "Director"}, nil)
	w.run()
	w.shows("clicks of one, title, company and meeting of the other", map[string]string{
		"1": "80 A2 100 60", "003": "80 A2 100 60", "2": "20 C4 40 0",
	})

	reports := w.run()
	if n := reports[0].Written + reports[1].Written; n != 0 {
		t.Errorf("our own writes came back and caused %d more", n)
	}

	// What changes in one CRM moves the record of the other.
	w.sales.Put(crm.Companies, "001", crm.Fields{"Employees": "8"}, nil)
	w.run()
	w.shows("a small company", map[string]string{"1": "50 C2 40 60", "003": "50 C2 40 60"})

	// Who says no in one, said no.
	w.marketing.Change(crm.People, "1", crm.Fields{"optout": "true"})
	w.run()
	w.shows("opted out", map[string]string{"1": "   ", "003": "   "})
}

func TestPeopleAreJoinedByLinksBeforeAddresses(t *testing.T) {
	t.Parallel()
	w := newTwoWorlds(t)
	w.ada()
	w.sales.Put(crm.People, "0032", crm.Fields{"Email": "other@example.com", "Title": "Buyer"}, nil)
	w.marketing.Put(crm.People, "2", crm.Fields{"email": "changed@example.com", "sfid": "0032", "clicks": "1", "last_click": w.at.Format(time.RFC3339)}, nil)
	w.run()
	w.shows("linked, under different addresses", map[string]string{"2": "5 D4 0 10", "0032": "5 D4 0 10"})

	// Who says no in one, said no in the other, and stays so when the other changes.
	w.marketing.Change(crm.People, "2", crm.Fields{"optout": "true"})
	w.run()
	w.shows("opted out", map[string]string{"2": "   ", "0032": "   "})
	w.sales.Change(crm.People, "0032", crm.Fields{"Title": "Director"})
	w.run()
	w.shows("still opted out", map[string]string{"2": "   ", "0032": "   "})
	w.marketing.Change(crm.People, "2", crm.Fields{"optout": ""})
	w.sales.Change(crm.People, "0032", crm.Fields{"Title": "Buyer"})
	w.run()
	w.shows("back again", map[string]string{"2": "5 D4 0 10", "0032": "5 D4 0 10"})

	// The link is taken back: they are strangers again.
	w.marketing.Change(crm.People, "2", crm.Fields{"sfid": ""})
	w.run()
	w.shows("no longer linked", map[string]string{"2": "   10", "0032": "0 D4 0 0"})
}

func TestDisputedAddressesJoinNobody(t *testing.T) {
	t.Parallel()
	w := newTwoWorlds(t)
	w.ada()
	w.sales.Put(crm.People, "0039", crm.Fields{"Email": "ADA@example.com", "Title": "Buyer"}, nil)
	reports := w.run()
	alone := w.shown("1")
	if strings.HasPrefix(alone, "80") || reports[0].Warnings["identity: several records could be the same person, and none was joined; bareme identity lists them"] != 1 {
		t.Errorf("ada shows %q; warnings %v", alone, reports[0].Warnings)
	}
	w.sales.Delete(crm.People, "0039")
	g, done := w.group()
	for _, one := range g {
		if _, err := one.RunOnce(t.Context(), worker.Options{Kind: worker.Sync, Accept: true, Sweep: true}); err != nil {
			t.Fatal(err)
		}
	}
	done()
	w.run()
	w.shows("the other one is gone", map[string]string{"1": "80 A2 100 60", "003": "80 A2 100 60"})
}

// TestOneCRMAwayDoesNotStopTheOther: the other is scored with what was last known.
func TestOneCRMAwayDoesNotStopTheOther(t *testing.T) {
	t.Parallel()
	w := newTwoWorlds(t)
	w.ada()
	w.run()
	w.at = w.at.Add(time.Minute)
	w.marketing.Put(crm.People, "7", crm.Fields{"email": "new@example.com", "jobtitle": "Director"}, nil)
	g, done := w.group()
	defer done()
	g[1].CRM = refuses{g[1].CRM}
	all := g.RunOnce(t.Context(), worker.Options{Kind: worker.Sync, Accept: true})
	if all[0].Err != nil || all[1].Err == nil || all[0].Report.Status != "done" || all[1].Report.Status == "done" {
		t.Errorf("%s, %v and %s, %v", all[0].Report.Status, all[0].Err, all[1].Report.Status, all[1].Err)
	}
	w.shows("those of the CRM that answers", map[string]string{"7": "20 C4 40 0", "1": "80 A2 100 60"})
}

// TestScoresByPurchasesAreLearntOnce: the connection that knows the purchases learns, and both records show one place.
func TestScoresByPurchasesAreLearntOnce(t *testing.T) {
	t.Parallel()
	w := newTwoWorlds(t)
	text, err := os.ReadFile("testdata/both.yaml")
	if err != nil {
		t.Fatal(err)
	}
	model := strings.Replace(string(text), "  engagement:\n", "  value: {method: rfm, activity: deal, binning: fixed, recency: {cuts: [30, 90]}, frequency: {bins: 3}, monetary: {bins: 3}}\n  engagement:\n", 1)
	model = strings.Replace(model, "    meeting:", "    deal: {from: deals, connection: sales, amount: amount, currency: EUR}\n    meeting:", 1)
	model = strings.NewReplacer("fit: b_fit", "fit: b_fit, value: b_val", "fit: B_Fit", "fit: B_Fit, value: B_Val", "binning: fixed, recency: {cuts: [30, 90]}", "binning: quantile, recency: {bins: 3}").Replace(model)
	if w.file, err = modelfile.Parse("both.yaml", []byte(model), nil); err != nil {
		t.Fatal(err)
	}
	w.sales.Declare(crm.Deals, crm.Field{Name: "amount", Type: crm.Number, Writable: true})
	for name, c := range map[string]*crmtest.Memory{"marketing": w.marketing, "sales": w.sales} {
		if _, err := c.Provision(t.Context(), crm.People, w.file.Mapper.For(name).WriteFields(w.file.Model)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 30 {
		email := fmt.Sprintf("p%d@example.com", i)
		w.marketing.Put(crm.People, fmt.Sprint(i), crm.Fields{"email": email}, nil)
		w.sales.Put(crm.People, fmt.Sprintf("003%d", i), crm.Fields{"Email": email}, nil)
		for k := range 1 + i%5 {
			w.sales.PutActivity(crm.Deals, crm.Activity{ID: fmt.Sprintf("d%d-%d", i, k), Time: w.at.AddDate(0, 0, -i*7-k),
				Fields: crm.Fields{"amount": fmt.Sprint(100 * (i + 1))}, Links: map[string][]string{crm.People: {fmt.Sprintf("003%d", i)}}})
		}
	}
	w.run()
	values := map[string]bool{}
	for i := range 30 {
		one, _ := w.marketing.Stored(crm.People, fmt.Sprint(i))
		other, _ := w.sales.Stored(crm.People, fmt.Sprintf("003%d", i))
		if one["b_val"] == "" || one["b_val"] != other["B_Val"] {
			t.Errorf("person %d is worth %q in marketing and %q in sales", i, one["b_val"], other["B_Val"])
		}
		values[one["b_val"]] = true
	}
	if len(values) < 3 {
		t.Errorf("everybody is worth the same: %v", values)
	}
}

// firm is what a company shows: score, size, team.
func (w *twoWorlds) firm(id string) string {
	w.t.Helper()
	return w.values(crm.Companies, id, "c_score", "c_size", "c_team")
}

func (w *twoWorlds) firms(what string, want map[string]string) { w.compare(what, w.firm, want) }

// acme is a company in both CRMs: one person known to both, whom it must count once.
func (w *twoWorlds) acme() {
	w.marketing.Put(crm.Companies, "9", crm.Fields{"domain": "acme.fr", "employees": "12"}, nil)
	w.sales.Put(crm.Companies, "0019", crm.Fields{"Website": "https://www.acme.fr", "Employees": "80"}, nil)
	w.marketing.Put(crm.People, "1", crm.Fields{"email": "ada@example.com", "jobtitle": "Intern"}, map[string][]string{crm.Companies: {"9"}})
	w.sales.Put(crm.People, "0031", crm.Fields{"Email": "ada@example.com", "Title": "Director"}, map[string][]string{crm.Companies: {"0019"}})
}

// TestOneCompanyInTwoCRMs: fields of the CRM that goes first, people of both, each once, and one result on both records.
func TestOneCompanyInTwoCRMs(t *testing.T) {
	t.Parallel()
	w := twoFirms(t)
	w.acme()
	w.marketing.Put(crm.Companies, "8", crm.Fields{"domain": "alone.fr", "employees": "70"}, nil)
	w.run()
	w.firms("one person, known to both, counts once", map[string]string{"9": "40 50 30", "0019": "40 50 30", "8": "25 50 0"})
	if reports := w.run(); reports[0].Companies.Written+reports[1].Companies.Written != 0 {
		t.Errorf("written again: %+v", reports)
	}

	w.marketing.Put(crm.People, "2", crm.Fields{"email": "bob@example.com"}, map[string][]string{crm.Companies: {"9"}})
	w.run()
	w.firms("somebody known to one CRM", map[string]string{"9": "50 50 50", "0019": "50 50 50"})

	w.sales.PutActivity(crm.Deals, crm.Activity{ID: "d1", Time: w.at, Links: map[string][]string{crm.Companies: {"0019"}}})
	w.sales.Change(crm.Companies, "0019", crm.Fields{"Employees": ""})
	w.run()
	w.firms("a deal of the one; employees of the other", map[string]string{"9": "29 7 50", "0019": "29 7 50"})

	// Who was two people is found to be one.
	w.sales.Put(crm.People, "0032", crm.Fields{"Email": "bobby@elsewhere.example", "Title": "Buyer"}, map[string][]string{crm.Companies: {"0019"}})
	w.marketing.Delete(crm.People, "1")
	w.sweep()
	w.firms("three records, of three people", map[string]string{"9": "29 7 50", "0019": "29 7 50"})
	w.sales.Delete(crm.People, "0031")
	w.sweep()
	w.firms("two people, no director", map[string]string{"9": "14 7 20", "0019": "14 7 20"})
	w.marketing.Change(crm.People, "2", crm.Fields{"sfid": "0032"})
	w.run()
	w.firms("who turn out to be one", map[string]string{"9": "4 7 0", "0019": "4 7 0"})

	// The web address is mended: they were two companies all along.
	w.marketing.Change(crm.Companies, "9", crm.Fields{"domain": "acme.example"})
	w.run()
	w.firms("two companies", map[string]string{"9": "0 0 0", "0019": "4 7 0"})
}

// sweep is a run that looks for deleted records.
func (w *twoWorlds) sweep() {
	w.t.Helper()
	w.at = w.at.Add(time.Minute)
	g, done := w.group()
	defer done()
	if err := worker.Failed(g.RunOnce(w.t.Context(), worker.Options{Kind: worker.Sync, Accept: true, Sweep: true})); err != nil {
		w.t.Fatal(err)
	}
}

// TestCompaniesOfAModelThatIsNew: people mapped before companies were scored are told apart for them all the same.
func TestCompaniesOfAModelThatIsNew(t *testing.T) {
	t.Parallel()
	w := twoFirms(t)
	w.acme()
	whole := w.file
	text, err := os.ReadFile("testdata/firms.yaml")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(text), "companies:\n")
	_, after, _ := strings.Cut(rest, "write:\n")
	people, _, _ := strings.Cut(after, "  companies:\n")
	_, grade, _ := strings.Cut(after, "grade:\n")
	if w.file, err = modelfile.Parse("both.yaml", []byte(before+"write:\n"+people+"grade:\n"+grade), nil); err != nil {
		t.Fatal(err)
	}
	w.run()
	w.file = whole
	w.run()
	w.firms("one person, known to both, counts once", map[string]string{"9": "40 50 30", "0019": "40 50 30"})
}

// TestAnOverrideHoldsForTheWholePerson: set on the one record, it holds for the other, also when they are found to be one
// later; the last word counts, and taking it back on either ends it for both.
func TestAnOverrideHoldsForTheWholePerson(t *testing.T) {
	t.Parallel()
	w := newTwoWorlds(t)
	w.ada()
	w.sales.Put(crm.People, "0032", crm.Fields{"Email": "bob@elsewhere.example", "Title": "Buyer"}, nil)
	w.marketing.Put(crm.People, "2", crm.Fields{"email": "bob@example.com", "jobtitle": "Director"}, nil)
	w.run()
	set := func(connection int, id string, points float64) {
		t.Helper()
		w.at = w.at.Add(time.Minute)
		g, done := w.group()
		defer done()
		_, err := g[connection].SetOverride(t.Context(), id, worker.Override{Kind: worker.OverrideScore, Points: points, Author: "head of sales", Reason: "signed", Until: w.at.AddDate(0, 0, 2)})
		if err != nil {
			t.Fatal(err)
		}
	}
	set(0, "1", 95)
	set(1, "0032", 15)
	w.run()
	w.shows("set in the one, shown in both", map[string]string{"1": "95 A2 100 60", "003": "95 A2 100 60", "0032": "15 D4 0 0", "2": "20 C4 40 0"})

	w.marketing.Change(crm.People, "2", crm.Fields{"sfid": "0032"})
	set(1, "003", 90)
	w.run()
	w.shows("the last word counts; who is found to be the same has it, too", map[string]string{"1": "90 A2 100 60", "003": "90 A2 100 60", "0032": "15 D4 0 0", "2": "15 D4 0 0"})

	w.at = w.at.Add(time.Minute)
	g, done := w.group()
	if _, err := g[0].ClearOverride(t.Context(), "1"); err != nil {
		t.Fatal(err)
	}
	done()
	w.run()
	w.shows("taken back", map[string]string{"1": "80 A2 100 60", "003": "80 A2 100 60"})

	w.at = w.at.AddDate(0, 0, 3)
	g, done = w.group()
	defer done()
	if err := worker.Failed(g.RunOnce(t.Context(), worker.Options{Kind: worker.Rescore, Accept: true})); err != nil {
		t.Fatal(err)
	}
	w.shows("ended by itself", map[string]string{"0032": "0 D4 0 0", "2": "0 D4 0 0"})
}

// TestOwnersOfTwoCRMs: an attribute reads the owner in the CRM it names, on the records of both.
func TestOwnersOfTwoCRMs(t *testing.T) {
	t.Parallel()
	w := twoFirms(t)
	w.acme()
	w.sales.PutOwner(crm.Owner{ID: "005A", Name: "Owner in sales"})
	w.marketing.PutOwner(crm.Owner{ID: "77", Name: "Owner in marketing"})
	w.run()
	w.shows("nobody owns them", map[string]string{"1": "20 C4 40 0", "0031": "20 C4 40 0"})
	w.sales.Link(crm.People, "0031", crm.Owners, "005A")
	w.run()
	w.shows("owned in sales", map[string]string{"1": "21 C4 41 0", "0031": "21 C4 41 0"})
	g, done := w.group()
	defer done()
	e, err := g[0].Explain(t.Context(), "1", "en")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]worker.Link{{Connection: "sales", ID: "005A"}}, e.Owners); d != "" {
		t.Errorf("owners of the person (-want +got):\n%s", d)
	}
}

// TestCompaniesAreCompared: another model of people moves companies, too, by what their people add to them.
func TestCompaniesAreCompared(t *testing.T) {
	t.Parallel()
	w := twoFirms(t)
	w.acme()
	w.marketing.Put(crm.People, "2", crm.Fields{"email": "bob@example.com"}, map[string][]string{crm.Companies: {"9"}})
	w.run()
	text, err := os.ReadFile("testdata/firms.yaml")
	if err != nil {
		t.Fatal(err)
	}
	other, err := modelfile.Parse("old.yaml", []byte(strings.Replace(string(text), "points: 40}", "points: 30}", 1)), nil)
	if err != nil {
		t.Fatal(err)
	}
	of := func(f *modelfile.File) worker.Contender {
		f = f.For("marketing")
		people := contender(f.Name, f)
		return worker.Contender{Name: f.Name, Mapper: f.Companies.Mapper, Model: f.Companies.Model, People: &people}
	}
	g, done := w.group()
	defer done()
	c, err := g[0].CompareCompanies(t.Context(), of(other), of(w.file), 3)
	if err != nil {
		t.Fatal(err)
	}
	// Without a director of 40 points the 30 points of the team are gone: (50+20)/2 to (50+50)/2.
	if c.Object != crm.Companies || c.People != 1 || len(c.Most) != 1 || c.Most[0].Old.Score != 35 || c.Most[0].New.Score != 50 {
		t.Errorf("%+v", c)
	}
	if d := cmp.Diff([]worker.ReasonMove{{Points: 30, Text: "A director"}}, c.Most[0].Why); d != "" {
		t.Error(d)
	}
}
