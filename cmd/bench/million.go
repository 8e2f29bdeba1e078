package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/sirupsen/logrus"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/plan"
	"github.com/bareme/bareme/store/postgres"
	"github.com/bareme/bareme/store/sqlite"
	"github.com/bareme/bareme/worker"
)

// millionModel has 20 criteria over attributes and four kinds of activity.
const millionModel = `version: 1
connections: [{name: bench, crm: hubspot}]
identity: ""
people:
  attributes:
    employees: {from: employees, type: number}
    industry:  {from: industry}
    seniority: {from: seniority}
    country:   {from: country}
    free_mail: {from: free_mail, type: bool}
  activity:
    click:   {from: counter, count: clicks, last: clicked}
    visit:   {from: counter, count: visits, last: visited}
    meeting: {from: counter, count: meetings, last: met}
    form:    {from: counter, count: forms, last: filled}
scores:
  fit:
    groups:
      all:
        criteria:
          - {name: a, when: employees >= 50 && employees <= 1000, points: 5}
          - {name: b, when: employees > 1000, points: 6}
          - {name: c, when: employees < 10, points: 7}
          - {name: d, when: 'industry in ["saas", "it", "telecom"]', points: 8}
          - {name: e, when: 'seniority in ["c-level", "vp", "director"]', points: 9}
          - {name: f, when: seniority == "manager", points: 10}
          - {name: g, when: seniority == "intern", points: -11}
          - {name: h, when: 'country in ["FR", "BE", "CH"]', points: 12}
          - {name: i, when: country == "US" || country == "CA", points: 13}
          - {name: j, when: free_mail, points: -14}
          - {name: k, when: not free_mail && employees >= 10, points: 15}
          - {name: l, when: industry == "education" and not free_mail, points: 16}
  engagement:
    half_life: 30d
    groups:
      all:
        criteria:
          - {name: m, activity: click, points: 5, each: true, cap: 40}
          - {name: n, activity: visit, points: 5, each: true, cap: 40}
          - {name: o, activity: meeting, points: 5, each: true, cap: 40}
          - {name: p, activity: form, points: 5, each: true, cap: 40}
          - {name: q, activity: click, points: 2, within: 30d}
          - {name: r, activity: meeting, tiers: {1: 2, 3: 5}}
          - {name: s, activity: form, points: 3, half_life: 60d}
          - {name: t, inactive: 90d, points: -20}
grade: {matrix: {rows: fit, columns: engagement, row_cuts: [75, 50, 25], column_cuts: [75, 50, 25]}, label: {hot: "A1 A2 B1", cold: "*"}}
write: {people: {score: score, grade: grade, label: label, trend: trend, fit: fit, engagement: engagement}, max_changed: 100%}
`

// million rescores a large population from the store, in a process of its own so that its memory can be told.
func (b bench) million(ctx context.Context, n sizes) error {
	title("Rescore of everybody from the store: 20 criteria, 20 events each")
	row("", "people", "seconds", "people/s", "peak memory")
	self, err := os.Executable()
	if err != nil {
		return err
	}
	for _, people := range []int{n.million / 10, n.million} {
		state := filepath.Join(b.dir, fmt.Sprintf("state-%d.db", people))
		if err := sweepRows(ctx, self, state, "", people); err != nil {
			return err
		}
		if err := b.onPostgreSQL(ctx, self, people); err != nil {
			return err
		}
	}
	return nil
}

// sweepRows fills a state and sweeps it.
func sweepRows(ctx context.Context, self, state, where string, people int) error {
	if err := fill(ctx, state, people); err != nil {
		return err
	}
	if err := sweepRow(ctx, "rescore sweep"+where, self, "-sweep", state); err != nil {
		return err
	}
	return sweepRow(ctx, "with an RFM fit"+where, self, "-sweep", state, "-fit")
}

// onPostgreSQL does the same in a schema of its own of the database of BAREME_BENCH_DATABASE_URL; without one, nothing.
func (b bench) onPostgreSQL(ctx context.Context, self string, people int) (err error) {
	address := os.Getenv("BAREME_BENCH_DATABASE_URL")
	if address == "" {
		return nil
	}
	db, err := pgx.Connect(ctx, address)
	if err != nil {
		return errors.New("BAREME_BENCH_DATABASE_URL: cannot connect")
	}
	defer func() { err = errors.Join(err, db.Close(ctx)) }()
	schema := fmt.Sprintf("bareme_bench_%d", people)
	if _, err := db.Exec(ctx, "CREATE SCHEMA "+schema); err != nil {
		return err
	}
	defer func() {
		_, derr := db.Exec(ctx, "DROP SCHEMA "+schema+" CASCADE")
		err = errors.Join(err, derr)
	}()
	u, err := url.Parse(address)
	if err != nil {
		return errors.New("BAREME_BENCH_DATABASE_URL is no URL")
	}
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	return sweepRows(ctx, self, u.String(), ", PostgreSQL", people)
}

// sweepRow runs one sweep and prints what it took.
func sweepRow(ctx context.Context, name, self string, args ...string) error {
	cmd := exec.CommandContext(ctx, self, args...) //nolint:gosec // the program itself
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return err
	}
	var report worker.Report
	if err := json.Unmarshal(out, &report); err != nil {
		return err
	}
	memory := int64(0)
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		memory = usage.Maxrss * 1024
	}
	speedRow(name, report.Scored, stage(report, "score"), megabytes(memory))
	return nil
}

// millionFit is one more score of the same people, which learns from them all: meetings stand for purchases.
const millionFit = `  value: {method: rfm, activity: meeting, binning: quantile, recency: {bins: 5}, frequency: {bins: 5}, monetary: {bins: 1}}
overall: {fit: 1, engagement: 1}
`

// sweep rescores the population of a state file and prints the report.
func sweep(ctx context.Context, state string, fit bool) error {
	model := millionModel
	if fit {
		model = strings.Replace(model, "grade: ", millionFit+"grade: ", 1)
	}
	w, err := openMillion(ctx, state, model)
	if err != nil {
		return err
	}
	defer func() { _ = w.Store.Close() }()
	report, err := w.RunOnce(ctx, worker.Options{Kind: worker.Rescore, Accept: true, DryRun: true})
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(report)
}

func openMillion(ctx context.Context, state, model string) (*worker.Worker, error) {
	file, err := modelfile.Parse("bench.yaml", []byte(model), nil)
	if err != nil {
		return nil, err
	}
	store, err := openState(ctx, state)
	if err != nil {
		return nil, err
	}
	log := logrus.New()
	log.SetLevel(logrus.ErrorLevel)
	return &worker.Worker{
		Connection: "bench", CRM: nobody{}, Store: store, Mapper: file.Mapper, Model: file.Model, ModelHash: file.Hash(),
		Rules:  plan.Rules{Scores: file.Mapper.ScoreFields(), MinChange: file.Limits.MinChange, Quiet: file.Mapper.Quiet()},
		Limits: plan.Limits{MaxChanged: 1}, Now: func() time.Time { return now }, Log: log,
	}, nil
}

// openState opens a state file, or the database of a URL.
func openState(ctx context.Context, state string) (worker.Store, error) {
	if strings.HasPrefix(state, "postgres") {
		return postgres.Open(ctx, state)
	}
	return sqlite.Open(ctx, state)
}

// nobody is a CRM that is only asked whether it is there, and takes what it is given.
type nobody struct{ crm.Connector }

func (nobody) Account(context.Context) (crm.Account, error) { return crm.Account{ID: "bench"}, nil }
func (nobody) Check(context.Context, crm.Need) error        { return nil }
func (nobody) Write(_ context.Context, _ string, updates []crm.Update) ([]crm.Outcome, error) {
	out := make([]crm.Outcome, len(updates))
	for i, u := range updates {
		out[i] = crm.Outcome{ID: u.ID, Status: crm.Written}
	}
	return out, nil
}

// fill makes a state file with so many people, each mapped, scored and written once, as a first load leaves it.
func fill(ctx context.Context, state string, people int) error {
	w, err := openMillion(ctx, state, millionModel)
	if err != nil {
		return err
	}
	defer func() { _ = w.Store.Close() }()
	return fillWith(ctx, w, people)
}

// fillWith puts so many people into a store, and has them scored and written.
func fillWith(ctx context.Context, w *worker.Worker, people int) error {
	if err := w.Store.Bind(ctx, "bench", crm.Account{ID: "bench"}); err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // the same people each time
	const page = 1000
	for from := 0; from < people; from += page {
		records := worker.RecordPage{Connection: "bench", Object: crm.People}
		var scored []worker.Scored
		for i := from; i < min(from+page, people); i++ {
			id := fmt.Sprintf("%09d", i)
			s := subject(r)
			blob, err := worker.EncodeInputs(&s)
			if err != nil {
				return err
			}
			records.Changed = append(records.Changed, worker.Snapshot{ID: id, Hash: 1, Fields: crm.Fields{}})
			scored = append(scored, worker.Scored{ID: id, Hash: 1, Blob: blob})
		}
		if err := w.Store.SaveRecords(ctx, records); err != nil {
			return err
		}
		if err := w.Store.SaveScored(ctx, worker.PeopleOf("bench"), scored); err != nil {
			return err
		}
	}
	_, err := w.RunOnce(ctx, worker.Options{Kind: worker.Rescore, Accept: true})
	return err
}

// fillUp is fillWith for the scale table.
func fillUp(ctx context.Context, state string, people int) error {
	w, err := openMillion(ctx, state, scaleModel())
	if err != nil {
		return err
	}
	defer func() { _ = w.Store.Close() }()
	return fillWith(ctx, w, people)
}
