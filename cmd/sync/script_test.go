package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/gofrs/flock"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bareme/bareme/examples"
	"github.com/bareme/bareme/sandbox/hubspot"
)

// TestMain makes the test binary serve as the program too, so that scripts run the real one in a process of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"bareme": main})
}

// TestScripts runs the command lines of testdata/*.txtar as a person would type them: what is printed, where, and with
// which exit code. Beside testscript's commands there are
//
//	sandbox N [portal=ID] [connected]  starts a HubSpot sandbox with N people and points the environment at it;
//	                       connected: it knows the records of the Salesforce sandbox of as many people
//	sandbox salesforce N [org=ID] [bulk]  the same with a Salesforce sandbox, about half of whose people are N;
//	                       bulk: everything is read and written by bulk jobs, which end at once
//	org KIND [key=value]   has the Salesforce org do something: see script_salesforce_test.go
//	fault KIND [key=value] plans a fault; keys are after, count, path, operation, scope
//	person key=value…      adds a person to the sandbox; a value of *N stands for N letters
//	refuse PROPERTY        has the sandbox's administrator require a property that nobody has
//	leads FILE N [noise]   writes a spreadsheet of made-up leads, with or without a structure to learn
//	spoil FILE             overwrites the middle of a file
//	hold FILE              locks a state file as another process would
//	channels [refuse|gone]  starts a Slack, a receiver of webhooks and a mail server: see script_channels_test.go
//	heard                  prints what reached them
//	code N COMMAND…        runs a command that must end with this exit code
//	said FILE              compares standard error with a file, apart from request ids, addresses and folders
func TestScripts(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"testdata", "testdata/bad"} {
		testscript.Run(t, testscript.Params{
			Dir: dir, Setup: scriptSetup, UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
			Cmds: map[string]func(*testscript.TestScript, bool, []string){
				"sandbox": scriptSandbox, "org": scriptOrg, "fault": scriptFault, "person": scriptPerson, "refuse": scriptRefuse, "spoil": scriptSpoil, "hold": scriptHold, "code": scriptCode, "said": scriptSaid, "leads": scriptLeads,
				"channels": scriptChannels, "heard": scriptHeard,
			},
		})
	}
}

func scriptSetup(env *testscript.Env) error {
	env.Setenv("BAREME_STATE", filepath.Join(env.WorkDir, "bareme.db"))
	env.Setenv("BAREME_HUBSPOT_TOKEN", "pat-na1-sandbox")
	shared, err := filepath.Abs("../../../shared")
	if err != nil {
		return err
	}
	env.Setenv("SHARED", shared)
	root, err := filepath.Abs("../..")
	if err != nil {
		return err
	}
	env.Setenv("ROOT", root)
	for name, text := range map[string][]byte{"example.yaml": examples.HubSpot, "salesforce.yaml": examples.Salesforce, "both.yaml": examples.Both} {
		if err := os.WriteFile(filepath.Join(env.WorkDir, name), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func scriptSandbox(ts *testscript.TestScript, _ bool, args []string) {
	if args[0] == "salesforce" {
		scriptSalesforce(ts, args[1:])
		return
	}
	o := hubspot.Options{Seed: 1, Limits: hubspot.Limits{Off: true}}
	people, err := strconv.Atoi(args[0])
	ts.Check(err)
	o.People = people
	for _, arg := range args[1:] {
		if arg == "connected" {
			o.Salesforce = true
			continue
		}
		portal, ok := strings.CutPrefix(arg, "portal=")
		if !ok {
			ts.Fatalf("sandbox: what is %q?", arg)
		}
		o.PortalID, err = strconv.ParseInt(portal, 10, 64)
		ts.Check(err)
	}
	box := hubspot.New(o)
	server := httptest.NewServer(box)
	ts.Defer(server.Close)
	ts.Setenv("BAREME_HUBSPOT_BASE_URL", server.URL)
	boxes.put(ts.Getenv("WORK"), box)
}

func scriptFault(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(boxes.get(ts.Getenv("WORK")).Inject(faultOf(ts, args)))
}

// faultOf reads a fault of either sandbox: a kind, and what else it is to have.
func faultOf(ts *testscript.TestScript, args []string) hubspot.Fault {
	f := hubspot.Fault{Kind: hubspot.FaultKind(args[0]), Count: -1}
	texts := map[string]*string{"path": &f.Path, "operation": &f.Operation, "scope": &f.Scope, "code": &f.Code}
	numbers := map[string]*int{"after": &f.After, "count": &f.Count, "status": &f.Status}
	for _, arg := range args[1:] {
		key, value, _ := strings.Cut(arg, "=")
		switch {
		case texts[key] != nil:
			*texts[key] = value
		case numbers[key] != nil:
			n, err := strconv.Atoi(value)
			ts.Check(err)
			*numbers[key] = n
		default:
			ts.Fatalf("fault: what is %q?", key)
		}
	}
	return f
}

func scriptPerson(ts *testscript.TestScript, _ bool, args []string) {
	values := map[string]string{}
	for _, arg := range args {
		key, value, _ := strings.Cut(arg, "=")
		if n, err := strconv.Atoi(strings.TrimPrefix(value, "*")); err == nil && strings.HasPrefix(value, "*") {
			value = strings.Repeat("x", n)
		}
		values[key] = value
	}
	_, err := boxes.get(ts.Getenv("WORK")).Create("contacts", values, nil)
	ts.Check(err)
}

func scriptRefuse(ts *testscript.TestScript, _ bool, args []string) {
	box := boxes.get(ts.Getenv("WORK"))
	ts.Check(box.Require("contacts", args[0], "jobtitle", args[1]))
}

func scriptSpoil(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	for i := range 100 {
		data[i] = 'x'
	}
	ts.Check(os.WriteFile(path, data, 0o600))
}

func scriptHold(ts *testscript.TestScript, _ bool, args []string) {
	lock := flock.New(ts.MkAbs(args[0]) + ".lock")
	ok, err := lock.TryLock()
	ts.Check(err)
	if !ok {
		ts.Fatalf("hold: %s is locked already", args[0])
	}
	ts.Defer(func() { _ = lock.Close() })
}

// scriptSaid compares what was said with the exact words a file has. With UPDATE_SCRIPTS set it prints them instead, to
// be read and copied.
func scriptSaid(ts *testscript.TestScript, _ bool, args []string) {
	said := ts.ReadFile("stderr")
	said = regexp.MustCompile(`(?m)^  (reading|looking|scoring|writing).*\n`).ReplaceAllString(said, "")
	said = regexp.MustCompile(` \(request [^)]+\)`).ReplaceAllString(said, "")
	said = regexp.MustCompile(`127\.0\.0\.1:\d+`).ReplaceAllString(said, "127.0.0.1:PORT")
	said = strings.ReplaceAll(said, ts.Getenv("WORK"), "$WORK")
	if os.Getenv("UPDATE_SCRIPTS") != "" {
		ts.Logf("SAID %s", said)
		return
	}
	if want := ts.ReadFile(args[0]); said != want {
		ts.Fatalf("it said:\n%s\nwant:\n%s", said, want)
	}
}

func scriptCode(ts *testscript.TestScript, _ bool, args []string) {
	want := args[0]
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		if _, code, ok := strings.Cut(err.Error(), "exit status "); ok {
			got = code
		} else {
			got = err.Error()
		}
	}
	if got != want {
		ts.Fatalf("%s ended with exit code %s, want %s", strings.Join(args[1:], " "), got, want)
	}
}
