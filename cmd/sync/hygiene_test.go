package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/examples"
	"github.com/bareme/bareme/sandbox/hubspot"
	"github.com/bareme/bareme/sandbox/salesforce"
	"github.com/bareme/bareme/store/postgres/pgtest"
)

// mark is in every secret and in every name, address and title of this file's people: nothing that an operator reads may
// hold it, in whatever case.
const mark = "c4n4ry"

// marked is an installation in which everything confidential is marked.
type marked struct {
	t       *testing.T
	home    string
	env     []string
	hubspot *hubspot.Sandbox
	org     *salesforce.Sandbox
	told    *otherSides // whom alerts are sent to
	mu      sync.Mutex
	heard   bytes.Buffer // what was logged and printed, and what metrics answered
}

func newMarked(t *testing.T, database string) *marked {
	t.Helper()
	m := &marked{t: t, home: t.TempDir()}
	const people = 40
	m.hubspot = hubspot.New(hubspot.Options{Seed: 3, People: people, Limits: hubspot.Limits{Off: true}, Token: "pat-na1-" + mark, Salesforce: true})
	m.org = salesforce.New(salesforce.Options{Seed: 3, People: people, Limits: salesforce.Limits{Daily: 1_000_000, Concurrent: 1000}, ClientSecret: mark + "-secret"})
	for i, id := range m.hubspot.IDs("contacts") {
		m.do(m.hubspot.Change("contacts", id, map[string]string{
			"email": fmt.Sprintf("%s.%d@example.com", mark, i), "firstname": mark, "lastname": strings.ToUpper(mark),
			"jobtitle": fmt.Sprintf("Director %d of %s", i%10, mark), "phone": "+33 " + mark,
		}))
	}
	for object, fields := range map[string]map[string]any{
		"Lead":    {"Company": mark, "Title": mark + " manager", "LastName": mark},
		"Contact": {"Title": mark + " manager", "LastName": mark},
	} {
		rows, err := m.org.Values(object, "Email")
		m.do(err)
		for id := range rows {
			fields["Email"] = mark + "." + id + "@example.com"
			m.do(m.org.Change(id, fields, 0))
		}
	}
	model := regexp.MustCompile(`(?m)^  sync: .*$`).ReplaceAll(examples.Both, []byte(`  sync: "@every 1s"`))
	model = append(model, "\nalerts:\n  - {name: Hot, score: 20, to: [task, slack, webhook, email], per_owner: 0, backfill: true, show: [seniority]}\n"...)
	m.do(os.WriteFile(filepath.Join(m.home, "bareme.yaml"), model, 0o600))
	one, two := httptest.NewServer(m.hubspot), httptest.NewServer(m.org)
	t.Cleanup(one.Close)
	t.Cleanup(two.Close)
	m.env = append(os.Environ(), "BAREME_LOG_LEVEL=trace", "BAREME_LOG_FORMAT=json", "BAREME_HUBSPOT_BASE_URL="+one.URL, "BAREME_HUBSPOT_TOKEN=pat-na1-"+mark)
	for name, value := range salesforceEnv(two.URL, false) {
		m.env = append(m.env, name+"="+value)
	}
	m.env = append(m.env, "BAREME_SALESFORCE_CLIENT_SECRET="+mark+"-secret")
	m.told = &otherSides{words: mark}
	hooks, mails, err := m.told.listen()
	m.do(err)
	t.Cleanup(hooks.Close)
	t.Cleanup(func() { _ = mails.Close() })
	m.env = append(m.env, "BAREME_SLACK_URL="+hooks.URL+"/slack/"+mark, "BAREME_WEBHOOK_URL="+hooks.URL+"/hook/"+mark,
		"BAREME_WEBHOOK_SECRET=whsec_"+strings.Repeat(mark, 8), "BAREME_SMTP_URL=smtp://"+mark+":"+mark+"@"+mails.Addr().String(), "BAREME_MAIL_FROM="+mark+"@example.org")
	if database == "" {
		m.env = append(m.env, "BAREME_STATE="+filepath.Join(m.home, "state.db"))
	} else {
		m.env = append(m.env, "BAREME_DATABASE_URL="+database)
	}
	return m
}

func (m *marked) do(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *marked) hear(r io.Reader) {
	m.t.Helper()
	raw, err := io.ReadAll(r)
	m.do(err)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.heard.Write(raw)
}

func (m *marked) command(extra []string, args ...string) *exec.Cmd {
	cmd := exec.Command("bareme", args...)
	cmd.Dir, cmd.Env = m.home, append(m.env, extra...)
	return cmd
}

// call runs a command and keeps what it says; it may fail.
func (m *marked) call(extra []string, args ...string) {
	m.t.Helper()
	out, err := m.command(extra, args...).CombinedOutput()
	m.hear(bytes.NewReader(out))
	m.t.Logf("bareme %s: %v", strings.Join(args, " "), err)
}

// serve runs the worker until it has finished some runs, reads its metrics, and stops it.
func (m *marked) serve(runs int) {
	m.t.Helper()
	cmd := m.command(nil, "run", "--metrics-address", "127.0.0.1:0")
	said, err := cmd.StderrPipe()
	m.do(err)
	m.do(cmd.Start())
	giveUp := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer giveUp.Stop()
	address, done := "", 0
	scan := bufio.NewScanner(said)
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		m.hear(strings.NewReader(scan.Text() + "\n"))
		var line struct{ Msg, Address string }
		if err := json.Unmarshal(scan.Bytes(), &line); err != nil {
			continue
		}
		if line.Msg == "metrics answers" {
			address = line.Address
		}
		if strings.HasPrefix(line.Msg, "run ") {
			if done++; done == runs {
				res, err := http.Get("http://" + address + "/metrics")
				m.do(err)
				m.hear(res.Body)
				m.do(res.Body.Close())
				m.do(cmd.Process.Signal(syscall.SIGTERM))
			}
		}
	}
	if err := cmd.Wait(); err != nil || done < runs {
		m.t.Errorf("run: %v after %d runs\n%s", err, done, m.heard.String())
	}
}

// live takes an installation through everything that may go wrong with records, credentials and answers.
func (m *marked) live() {
	m.t.Helper()
	m.call(nil, "check") // names the fields that are missing
	m.call(nil, "provision")
	m.told.set(true) // with words of its own, which are not ours to repeat
	m.call(nil, "doctor", "--send-test")
	m.call([]string{"BAREME_HUBSPOT_TOKEN=wrong-" + mark}, "sync")
	m.call([]string{"BAREME_SALESFORCE_CLIENT_SECRET=wrong-" + mark}, "sync")
	m.call(nil, "sync") // refused: the first plan is too large
	m.do(m.hubspot.Require("contacts", "website", "jobtitle", "Director 3 of "+mark))
	m.do(m.org.AddRule(salesforce.Rule{Object: "Lead", Field: "Phone", Message: "call " + mark + " first"}))
	m.do(m.hubspot.Inject(
		hubspot.Fault{Kind: hubspot.FaultStatus, Status: 500, After: 5}, hubspot.Fault{Kind: hubspot.FaultHTML, After: 7},
		hubspot.Fault{Kind: hubspot.FaultTruncated, After: 9}, hubspot.Fault{Kind: hubspot.FaultReset, Operation: "batch_update"}))
	m.do(m.org.Inject(salesforce.Fault{Kind: salesforce.FaultReset, After: 6}))
	m.call(nil, "sync", "--accept-changes", "-o", "json")
	m.hubspot.DropRules()
	for i, id := range m.hubspot.IDs("contacts")[:10] {
		m.do(m.hubspot.Change("contacts", id, map[string]string{"jobtitle": fmt.Sprintf("%s intern %d", mark, i)}))
	}
	m.call(nil, "lint")
	m.serve(2) // one of each connection
	m.call(nil, "alerts")
	m.told.set(false)
	m.call(nil, "doctor", "--send-test", "-o", "json")
	m.call(nil, "sync", "--rescore", "-o", "json")
	m.call(nil, "alerts", "-o", "json")
	m.call(nil, "jobs")
	m.call(nil, "jobs", "-o", "json")
	m.call(nil, "identity")
}

// clean holds the installation to the rule.
func (m *marked) clean(what string, text []byte) {
	m.t.Helper()
	if len(text) == 0 {
		m.t.Errorf("%s: nothing was looked at", what)
	}
	for line := range bytes.Lines(text) {
		if bytes.Contains(bytes.ToLower(line), []byte(mark)) {
			m.t.Errorf("%s holds something confidential: %s", what, line)
		}
	}
}

func (m *marked) arrived() {
	m.t.Helper()
	values, err := m.hubspot.Values("contacts", "bareme_score", "email")
	m.do(err)
	scored := 0
	for _, v := range values {
		if v["bareme_score"] != "" && strings.Contains(v["email"], mark) {
			scored++
		}
	}
	if scored < 30 { // else the marks never came by
		m.t.Errorf("%d people show a score", scored)
	}
	if n := m.told.times(); n < 6 { // three of them are tests
		m.t.Errorf("%d alerts arrived", n)
	}
}

// TestNothingConfidentialIsTold: secrets and personal data pass through every step, and none of it is in logs, metrics,
// errors or reports.
func TestNothingConfidentialIsTold(t *testing.T) {
	t.Parallel()
	m := newMarked(t, "")
	m.live()
	m.arrived()
	m.clean("what was said", m.heard.Bytes())
}

// TestNothingConfidentialIsQueued is the same with PostgreSQL, where jobs, runs and budgets are looked through, too.
func TestNothingConfidentialIsQueued(t *testing.T) {
	var server pgtest.Server
	t.Cleanup(server.Stop) // after the database was dropped
	database, err := url.Parse(server.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	database.User = url.UserPassword(database.User.Username(), mark)
	m := newMarked(t, database.String())
	m.live()
	m.arrived()
	m.clean("what was said", m.heard.Bytes())
	m.clean("the database", m.tables(database.String()))
}

// tables is all that is in the tables that hold no records.
func (m *marked) tables(database string) []byte {
	m.t.Helper()
	ctx := m.t.Context()
	c, err := pgx.Connect(ctx, database)
	m.do(err)
	defer func() { m.do(c.Close(ctx)) }()
	rows, err := c.Query(ctx, `SELECT tablename FROM pg_tables WHERE schemaname = 'public'
		AND (tablename LIKE 'river%' OR tablename LIKE 'job%' OR tablename IN ('runs', 'budgets', 'notes', 'cursors', 'connections'))`)
	m.do(err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	m.do(err)
	var all bytes.Buffer
	for _, name := range names {
		rows, err := c.Query(ctx, "SELECT $1 || ' ' || t::text FROM "+pgx.Identifier{name}.Sanitize()+" t", name)
		m.do(err)
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		m.do(err)
		fmt.Fprintln(&all, strings.Join(lines, "\n"))
	}
	if text := all.String(); !strings.Contains(text, "\nriver_job ") || !strings.Contains(text, "\nruns ") {
		m.t.Errorf("jobs and runs were not looked at: %v", names)
	}
	return all.Bytes()
}
