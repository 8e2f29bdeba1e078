package watch_test

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/watch"
	"github.com/bareme/bareme/worker"
)

var update = flag.Bool("update", false, "write docs/metrics.md anew")

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func fresh() *watch.Watch { return watch.New("v1.2.3", func() time.Time { return noon }) }

// report is a run in which everything happened.
func report() worker.Report {
	return worker.Report{
		Run: "8a6e", Connection: "marketing", Kind: worker.Sync, Account: "7", Status: "done", Started: noon,
		Read:  map[string]worker.Count{"people": {Read: 10, Unchanged: 4, Changed: 6}, "companies": {Read: 3, Unchanged: 3}},
		Calls: map[string]int{"list": 5, "write": 1}, Retried: 2, Waited: 1500 * time.Millisecond, DailyLimit: 1000, DailyLeft: 400,
		Stages:   []worker.Stage{{Name: "pull", Took: 2 * time.Second}, {Name: "write", Took: time.Second}},
		Warnings: map[string]int{"clock: it is 9m earlier than at the last run: set this machine's clock": 1},
		Learnt:   &worker.Learnt{Drift: []worker.DriftOf{{Name: "score", PSI: 0.03, Level: "steady"}}},
		Alerts:   &worker.AlertCount{Raised: 4, Sent: 3, Held: 1},
		Outcome: worker.Outcome{Scored: 7, Unmoved: 1, Moved: 6, Planned: 6, Written: 3, Rejected: 1, Gone: 1, Recovered: 1, Freshness: worker.Freshness{50: 2, 200: 1},
			Population: worker.Tally{People: 20, Mapped: 18, Pending: 1, SetAside: 2, Unscored: 3, Grades: map[string]int{"A1": 5, "D4": 10}}},
	}
}

// get is what a handler answers, with the status.
func get(t *testing.T, h http.Handler, path string) (int, string) {
	t.Helper()
	out := httptest.NewRecorder()
	h.ServeHTTP(out, httptest.NewRequest(http.MethodGet, path, nil))
	return out.Code, out.Body.String()
}

// scraped are the lines of /metrics that begin with a name of ours.
func scraped(t *testing.T, w *watch.Watch, name string) []string {
	t.Helper()
	_, text := get(t, w.Metrics(), "/metrics")
	var out []string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "bareme_"+name+"{") {
			out = append(out, strings.TrimSuffix(strings.TrimPrefix(line, "bareme_"), "\n"))
		}
	}
	return out
}

func TestRunsAreCounted(t *testing.T) {
	t.Parallel()
	w := fresh()
	w.Ran(report())
	failed := worker.Report{Connection: "marketing", Kind: worker.Sync, Status: "failed", Started: noon.Add(time.Hour)}
	w.Ran(failed)
	w.Step("pulling", 1, 2)
	for name, want := range map[string][]string{
		"runs_total": {`runs_total{connection="marketing",kind="sync",status="done"} 1`, `runs_total{connection="marketing",kind="sync",status="failed"} 1`},
		"read_total": {
			`read_total{connection="marketing",object="companies",outcome="changed"} 0`,
			`read_total{connection="marketing",object="companies",outcome="unchanged"} 3`,
			`read_total{connection="marketing",object="people",outcome="changed"} 6`,
			`read_total{connection="marketing",object="people",outcome="unchanged"} 4`,
		},
		"alerts_total": {
			`alerts_total{connection="marketing",outcome="cooling"} 0`, `alerts_total{connection="marketing",outcome="dead"} 0`,
			`alerts_total{connection="marketing",outcome="failed"} 0`, `alerts_total{connection="marketing",outcome="known"} 0`,
			`alerts_total{connection="marketing",outcome="raised"} 4`, `alerts_total{connection="marketing",outcome="sent"} 3`,
			`alerts_total{connection="marketing",outcome="unsure"} 0`,
		},
		"alerts_held": {`alerts_held{connection="marketing"} 1`},
		"updates_total": {
			`updates_total{connection="marketing",object="people",outcome="gone"} 1`, `updates_total{connection="marketing",object="people",outcome="recovered"} 1`,
			`updates_total{connection="marketing",object="people",outcome="rejected"} 1`, `updates_total{connection="marketing",object="people",outcome="written"} 3`,
		},
		// A run that failed before it saw the population leaves it as it was.
		"graded": {
			`graded{connection="marketing",grade="A1",object="people"} 5`, `graded{connection="marketing",grade="D4",object="people"} 10`,
			`graded{connection="marketing",grade="unscored",object="people"} 3`,
		},
		"records": {
			`records{connection="marketing",object="people",state="pending"} 1`, `records{connection="marketing",object="people",state="set_aside"} 2`,
			`records{connection="marketing",object="people",state="shown"} 17`,
		},
		"met_total": {
			`met_total{connection="marketing",object="people",outcome="rejected"} 1`, `met_total{connection="marketing",object="people",outcome="skipped"} 2`,
			`met_total{connection="marketing",object="people",outcome="unchanged"} 5`, `met_total{connection="marketing",object="people",outcome="written"} 3`,
		},
		"lost_total":                      {`lost_total{connection="marketing",object="people"} 0`},
		"freshness_seconds_count":         {`freshness_seconds_count{connection="marketing"} 3`},
		"last_run_timestamp_seconds":      {`last_run_timestamp_seconds{connection="marketing",kind="sync"} 1.795266e+09`},
		"last_good_run_timestamp_seconds": {`last_good_run_timestamp_seconds{connection="marketing",kind="sync"} 1.7952624e+09`},
		"api_calls_total":                 {`api_calls_total{call="list",connection="marketing"} 5`, `api_calls_total{call="write",connection="marketing"} 1`},
		"api_daily_left":                  {`api_daily_left{connection="marketing"} 400`},
		"warnings_total":                  {`warnings_total{about="clock",connection="marketing"} 1`},
	} {
		if diff := cmp.Diff(want, scraped(t, w, name)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestGradesThatNobodyHasGo: a grade of the model before this one does not stay behind.
func TestGradesThatNobodyHasGo(t *testing.T) {
	t.Parallel()
	w := fresh()
	r := report()
	w.Ran(r)
	other := report()
	other.Connection, other.Population.Grades = "events", map[string]int{"C2": 1}
	w.Ran(other)
	r.Population.Grades = map[string]int{"B": 15}
	w.Ran(r)
	want := []string{
		`graded{connection="events",grade="C2",object="people"} 1`, `graded{connection="events",grade="unscored",object="people"} 3`,
		`graded{connection="marketing",grade="B",object="people"} 15`, `graded{connection="marketing",grade="unscored",object="people"} 3`,
	}
	if diff := cmp.Diff(want, scraped(t, w, "graded")); diff != "" {
		t.Error(diff)
	}
}

// TestCompaniesAreCountedApart: they are another population of the same run.
func TestCompaniesAreCountedApart(t *testing.T) {
	t.Parallel()
	w := fresh()
	r := report()
	r.Companies = &worker.Outcome{Scored: 2, Population: worker.Tally{People: 3, Grades: map[string]int{"A": 2}}}
	w.Ran(r)
	want := []string{`scored_total{connection="marketing",object="companies"} 2`, `scored_total{connection="marketing",object="people"} 7`}
	if diff := cmp.Diff(want, scraped(t, w, "scored_total")); diff != "" {
		t.Error(diff)
	}
}

// TestRestartRemembers: the last good run of each kind is known before any run, the latest whatever the order.
func TestRestartRemembers(t *testing.T) {
	t.Parallel()
	w := fresh()
	at := func(minutes int, kind, status string) worker.Run {
		return worker.Run{Connection: "marketing", Kind: kind, Status: status, Started: time.Unix(60*int64(minutes), 0)}
	}
	w.Remember([]worker.Run{at(3, "sync", "failed"), at(2, "sync", "done"), at(1, "sync", "done"), at(1, "rescore", "done"), at(4, "reload", "running")})
	want := []string{
		`last_good_run_timestamp_seconds{connection="marketing",kind="rescore"} 60`,
		`last_good_run_timestamp_seconds{connection="marketing",kind="sync"} 120`,
	}
	if diff := cmp.Diff(want, scraped(t, w, "last_good_run_timestamp_seconds")); diff != "" {
		t.Error(diff)
	}
}

// TestFirstFailureIsAnIncrease: what has not happened yet is there as zero.
func TestFirstFailureIsAnIncrease(t *testing.T) {
	t.Parallel()
	w := fresh()
	w.Expect("marketing")
	if runs := scraped(t, w, "runs_total"); len(runs) != 16 || !strings.HasSuffix(runs[0], `status="done"} 0`) {
		t.Errorf("%q", runs)
	}
}

// TestNothingPersonalIsShown plants marks wherever a report holds words about records.
func TestNothingPersonalIsShown(t *testing.T) {
	t.Parallel()
	const canary = "canary@example.com"
	w := fresh()
	r := report()
	r.Error = canary
	r.Companies = &worker.Outcome{Rejections: []worker.Rejection{{ID: canary, Reason: canary}}}
	r.Rejections = []worker.Rejection{{ID: canary, Reason: canary}}
	r.Warnings = map[string]int{"title: " + canary: 1, "no colon " + canary: 1}
	w.Ran(r)
	if _, text := get(t, w.Metrics(), "/metrics"); strings.Contains(text, "canary") {
		t.Error("the canary is in /metrics")
	}
}

func TestProbes(t *testing.T) {
	t.Parallel()
	w := fresh()
	for _, c := range []struct {
		ready bool
		path  string
		want  int
	}{
		{false, "/livez", 200}, {false, "/readyz", 503}, {true, "/readyz", 200}, {false, "/readyz", 503}, {false, "/livez", 200},
		{true, "/metrics", 404}, // not on the port of the probes
	} {
		w.Ready(c.ready)
		if code, _ := get(t, w.Health(), c.path); code != c.want {
			t.Errorf("ready %t: %s answers %d, want %d", c.ready, c.path, code, c.want)
		}
	}
}

func TestServe(t *testing.T) {
	t.Parallel()
	s, err := watch.Serve(t.Context(), "127.0.0.1:0", fresh().Health())
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Get("http://" + s.Address + "/livez")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil || string(body) != "ok\n" {
		t.Errorf("%q, %v", body, err)
	}
	if _, err := watch.Serve(t.Context(), s.Address, nil); err == nil || !strings.Contains(err.Error(), s.Address) {
		t.Errorf("an address in use: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestPrometheusTakesIt: the names and help texts are as promtool wants them.
func TestPrometheusTakesIt(t *testing.T) {
	t.Parallel()
	promtool, err := exec.LookPath("promtool")
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal("promtool is not there: apt-get install prometheus")
	}
	if err != nil {
		t.Skip("promtool is not there: apt-get install prometheus")
	}
	w := fresh()
	w.Ran(report())
	w.Step("", 0, 0)
	_, text := get(t, w.Metrics(), "/metrics")
	cmd := exec.Command(promtool, "check", "metrics")
	cmd.Stdin = strings.NewReader(text)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestTheObjectivesBucketIsThere: what the alerts on late scores look for is shown, in both formats Prometheus reads.
func TestTheObjectivesBucketIsThere(t *testing.T) {
	t.Parallel()
	rules, err := os.ReadFile("../deploy/helm/bareme/files/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	asked := regexp.MustCompile(`bareme_freshness_seconds_bucket\{job="bareme",le=~"([^"]+)"\}`).FindAllStringSubmatch(string(rules), -1)
	if len(asked) == 0 {
		t.Fatal("no rule asks for a bucket")
	}
	w := fresh()
	w.Ran(report())
	for _, format := range []string{"text/plain", "application/openmetrics-text"} {
		req := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		req.Header.Set("Accept", format)
		out := httptest.NewRecorder()
		w.Metrics().ServeHTTP(out, req)
		for _, le := range asked {
			if !regexp.MustCompile(`bareme_freshness_seconds_bucket\{connection="marketing",le="` + le[1] + `"\} 3`).MatchString(out.Body.String()) {
				t.Errorf("%s: no bucket %s", format, le[1])
			}
		}
	}
}

// TestMetricsReferenceIsCurrent compares docs/metrics.md with what is registered.
func TestMetricsReferenceIsCurrent(t *testing.T) {
	t.Parallel()
	const path = "../docs/metrics.md"
	w := fresh()
	w.Ran(report())
	w.Step("", 0, 0)
	w.Queue(map[string]int{"ready": 1}, time.Second)
	_, text := get(t, w.Metrics(), "/metrics")
	help := regexp.MustCompile(`(?m)^# HELP (bareme_\S+) (.*)\n# TYPE \S+ (\S+)\n(?:bareme_[a-z_]+)(?:\{([^}]*)\})?`)
	label := regexp.MustCompile(`([a-z_]+)="`)
	var b strings.Builder
	b.WriteString(preamble)
	for _, m := range help.FindAllStringSubmatch(text, -1) {
		var labels []string
		for _, l := range label.FindAllStringSubmatch(m[4], -1) {
			if l[1] != "le" {
				labels = append(labels, "`"+l[1]+"`")
			}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", m[1], m[3], strings.Join(labels, ", "), m[2])
	}
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.String(), string(got)); diff != "" {
		t.Errorf("%s is out of date: go test ./watch -update (-want +got):\n%s", path, diff)
	}
}

const preamble = `# Metrics

What ` + "`bareme run --metrics-address :9090`" + ` answers on ` + "`/metrics`" + `, beside the usual ones of the process and of Go. Durations and moments are in
seconds. Labels are words of the model file and of the program, never of a record. What to alert on: [operations.md](operations.md).
This page is made from the program: ` + "`go test ./watch -update`" + `.

| metric | kind | labels | meaning |
|---|---|---|---|
`
