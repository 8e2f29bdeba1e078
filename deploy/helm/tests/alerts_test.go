package tests

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"sigs.k8s.io/yaml"
)

// promtool runs Prometheus' own checker, from Debian's package prometheus among others. CI must have it.
func promtool(t *testing.T, args ...string) {
	t.Helper()
	if _, err := exec.LookPath("promtool"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("promtool is not there: apt-get install prometheus")
		}
		t.Skip("promtool is not there: apt-get install prometheus")
	}
	if out, err := exec.Command("promtool", args...).CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// TestAlertsFire runs testdata/alerts*_test.yaml: when each alert fires, and when it does not yet.
func TestAlertsFire(t *testing.T) {
	promtool(t, "test", "rules", "testdata/alerts_test.yaml", "testdata/alerts_cronjob_test.yaml")
}

// rules are the rules of a file, or of a rendered PrometheusRule.
type rules struct {
	Groups []struct {
		Rules []struct {
			Record, Alert, Expr string
			Annotations         map[string]string
			Labels              map[string]string
		}
	}
}

func sources(t *testing.T) map[string]rules {
	t.Helper()
	out := map[string]rules{}
	for _, path := range []string{"alerts.yaml", "alerts-cronjob.yaml"} {
		raw, err := os.ReadFile(chart + "/files/" + path)
		if err != nil {
			t.Fatal(err)
		}
		var r rules
		if err := yaml.Unmarshal(raw, &r); err != nil {
			t.Fatal(err)
		}
		out[path] = r
	}
	return out
}

// runbooks are the headings of the runbook.
var runbooks = regexp.MustCompile(`(?m)^### (\S+)$`)

// TestAlertsHaveRunbooksAndTests: each alert leads to its heading in docs/operations.md, says how urgent it is, and
// fires in a test. Each heading of the runbook is an alert's.
func TestAlertsHaveRunbooksAndTests(t *testing.T) {
	runbook, err := os.ReadFile("../../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	orphans := map[string]bool{}
	_, chapter, _ := strings.Cut(string(runbook), "\n## Runbook\n")
	chapter, _, _ = strings.Cut(chapter, "\n## ")
	for _, m := range runbooks.FindAllStringSubmatch(chapter, -1) {
		orphans[m[1]] = true
	}
	for path, r := range sources(t) {
		tests, err := os.ReadFile("testdata/" + strings.ReplaceAll(strings.TrimSuffix(path, ".yaml"), "-", "_") + "_test.yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range r.Groups {
			for _, rule := range g.Rules {
				if rule.Alert == "" {
					continue
				}
				if want := "docs/operations.md#" + strings.ToLower(rule.Alert); !strings.HasSuffix(rule.Annotations["runbook_url"], want) {
					t.Errorf("%s leads to %q, want …%s", rule.Alert, rule.Annotations["runbook_url"], want)
				}
				if !orphans[rule.Alert] {
					t.Errorf("the runbook of docs/operations.md has no heading ### %s, or two alerts have that name", rule.Alert)
				}
				delete(orphans, rule.Alert)
				if s := rule.Labels["severity"]; s != "page" && s != "ticket" {
					t.Errorf("%s: severity %q", rule.Alert, s)
				}
				if !strings.Contains(string(tests), "alertname: "+rule.Alert+"\n        exp_alerts:") {
					t.Errorf("no test in which %s fires", rule.Alert)
				}
			}
		}
	}
	for name := range orphans {
		t.Errorf("docs/operations.md has a runbook for %s, which is no alert of the chart", name)
	}
}

// metric finds our metrics in an expression; what histograms append is left off.
var metric = regexp.MustCompile(`\bbareme_[a-z_]+`)

// known are the metrics of docs/metrics.md, which is made from the program.
func known(t *testing.T) map[string]bool {
	t.Helper()
	raw, err := os.ReadFile("../../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(bareme_[a-z_]+)`").FindAllStringSubmatch(string(raw), -1) {
		out[m[1]] = true
	}
	return out
}

func checkMetrics(t *testing.T, where, expr string, known map[string]bool) {
	t.Helper()
	for _, name := range metric.FindAllString(expr, -1) {
		if !known[name] && !known[strings.TrimSuffix(name, "_bucket")] && !known[strings.TrimSuffix(name, "_sum")] && !known[strings.TrimSuffix(name, "_count")] {
			t.Errorf("%s asks for %s, which the program does not have", where, name)
		}
	}
}

// TestRulesAskForWhatThereIs: every metric exists, and is asked for of this release only, in the source and as rendered.
func TestRulesAskForWhatThereIs(t *testing.T) {
	names := known(t)
	for path, r := range sources(t) {
		for _, g := range r.Groups {
			for _, rule := range g.Rules {
				checkMetrics(t, path+": "+rule.Alert+rule.Record, rule.Expr, names)
				if n, m := len(metric.FindAllString(rule.Expr, -1)), strings.Count(rule.Expr, `{job="bareme"`); n != m {
					t.Errorf("%s: %s asks %d metrics, %d of them of this release", path, rule.Alert+rule.Record, n, m)
				}
			}
		}
	}
	for name, want := range map[string][]string{
		"postgres": {`{namespace="crm",job="bareme-metrics"`, "vector(1800)"},
		"cronjob":  {`{namespace="crm",cronjob=~"bareme-.*"}`, `{namespace="crm",job_name=~"bareme-.*"}`, "vector(3600)"},
	} {
		for _, o := range objects(t, cases(t)[name]) {
			if o.kind != "PrometheusRule" {
				continue
			}
			rendered := string(o.raw)
			for _, w := range want {
				if !strings.Contains(rendered, w) {
					t.Errorf("%s: the rules have no %s", name, w)
				}
			}
			if strings.Contains(rendered, `job="bareme"`) || strings.Contains(rendered, `namespace="bareme"`) {
				t.Errorf("%s: the rules ask for another release's metrics", name)
			}
			checkRendered(t, decode[monitoring.PrometheusRule](t, o))
		}
	}
}

// checkRendered has promtool read the rules as the operator hands them to Prometheus.
func checkRendered(t *testing.T, r monitoring.PrometheusRule) {
	t.Helper()
	raw, err := yaml.Marshal(r.Spec)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	promtool(t, "check", "rules", path)
}

// TestDashboard: it is a dashboard Grafana can read, its panels do not overlap, and promtool parses every query.
func TestDashboard(t *testing.T) {
	raw, err := os.ReadFile(chart + "/files/dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		UID           string
		SchemaVersion int
		Panels        []struct {
			ID      int
			Title   string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	if d.UID == "" || d.SchemaVersion == 0 || len(d.Panels) == 0 {
		t.Errorf("uid %q, schema %d, %d panels", d.UID, d.SchemaVersion, len(d.Panels))
	}
	names, ids, taken := known(t), map[int]bool{}, map[[2]int]string{}
	check := rulesOf{}
	for _, p := range d.Panels {
		if ids[p.ID] {
			t.Errorf("%s: id %d twice", p.Title, p.ID)
		}
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other, there := taken[[2]int{x, y}]; there || x >= 24 {
					t.Fatalf("%s lies over %q, or past the edge", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
		for _, target := range p.Targets {
			expr := strings.NewReplacer("$__rate_interval", "5m", "$__range", "1h", "$connection", ".*", "$job", ".*", "$namespace", ".*").Replace(target.Expr)
			if strings.Contains(expr, "$") {
				t.Errorf("%s: a variable that is not known in %s", p.Title, target.Expr)
			}
			checkMetrics(t, p.Title, expr, names)
			check.add(expr)
		}
	}
	path := filepath.Join(t.TempDir(), "queries.yaml")
	if err := os.WriteFile(path, []byte(check.text()), 0o600); err != nil {
		t.Fatal(err)
	}
	promtool(t, "check", "rules", path)
}

// rulesOf are queries written as recording rules, which promtool parses.
type rulesOf struct{ lines []string }

func (r *rulesOf) add(expr string) {
	quoted, _ := json.Marshal(expr) // a string always has a form
	r.lines = append(r.lines, fmt.Sprintf("- {record: 'query:%d', expr: %s}", len(r.lines), quoted))
}

func (r *rulesOf) text() string {
	return "groups:\n- name: dashboard\n  rules:\n  " + strings.Join(r.lines, "\n  ") + "\n"
}
