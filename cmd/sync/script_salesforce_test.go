package main

import (
	"net/http/httptest"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bareme/bareme/sandbox/salesforce"
)

// scriptSalesforce starts a Salesforce sandbox and points the environment at it.
func scriptSalesforce(ts *testscript.TestScript, args []string) {
	people, err := strconv.Atoi(args[0])
	ts.Check(err)
	o := salesforce.Options{Seed: 1, People: people, Limits: salesforce.Limits{Daily: 10_000_000, Concurrent: 1000}}
	bulk := false
	for _, arg := range args[1:] {
		id, ok := strings.CutPrefix(arg, "org=")
		switch {
		case ok:
			o.OrgID = id
		case arg == "bulk":
			bulk = true
		case arg == "individuals":
			o.Individuals = true
		default:
			ts.Fatalf("sandbox salesforce: what is %q?", arg)
		}
	}
	box := salesforce.New(o)
	server := httptest.NewServer(box)
	ts.Defer(server.Close)
	for name, value := range salesforceEnv(server.URL, bulk) {
		ts.Setenv(name, value)
	}
	if bulk {
		box.SetBulk(salesforce.BulkSettings{Queued: -1})
	}
	orgs.put(ts.Getenv("WORK"), box)
}

// salesforceEnv points the program at a sandbox; with bulk, everything goes by bulk jobs.
func salesforceEnv(url string, bulk bool) map[string]string {
	env := map[string]string{
		"BAREME_SALESFORCE_LOGIN_URL": url, "BAREME_SALESFORCE_LOOPBACK": "true",
		"BAREME_SALESFORCE_CLIENT_ID": sandboxClientID, "BAREME_SALESFORCE_CLIENT_SECRET": sandboxClientSecret,
	}
	if bulk {
		env["BAREME_SALESFORCE_BULK_READ"], env["BAREME_SALESFORCE_BULK_WRITE"] = "1", "1"
	}
	return env
}

// scriptOrg has the org of the script do something:
//
//	org fault KIND [key=value]  spoils answers: keys are status, code, path, operation, after, count, apply
//	org hide FIELD [readable]   hides a field from the user, as Lead.Bareme_Score__c, or an object, or leaves it readable
//	org rule OBJECT FIELD       a validation rule: records of an object must have the field
//	org refuse OBJECT CODE      refuses every second record of an object with this code
//	org failjob OPERATION N     bulk jobs (query or update) end as Failed after N batches of 10 records
//	org key FILE                writes the private key of a JWT bearer login
//	org change OBJECT FIELD VALUE  a user changes the field of every record
//	org odd FIELD               a user writes odd texts into a field of the first leads: the marks of null, of NUL bytes, of CSV
func scriptOrg(ts *testscript.TestScript, _ bool, args []string) {
	box := orgs.get(ts.Getenv("WORK"))
	switch args[0] {
	case "fault":
		ts.Check(box.Inject(faultOf(ts, args[1:])))
	case "hide":
		box.HideField(args[1], len(args) > 2)
	case "rule":
		ts.Check(box.AddRule(salesforce.Rule{Object: args[1], Field: args[2]}))
	case "refuse":
		ts.Check(box.SpoilRows(salesforce.RowFault{Object: args[1], Code: args[2], Count: -1, Every: 2}))
	case "failjob":
		n, err := strconv.Atoi(args[2])
		ts.Check(err)
		box.SetBulk(salesforce.BulkSettings{Queued: -1, BatchRows: 10})
		ts.Check(box.SpoilJobs(salesforce.JobFault{Operation: args[1], Batches: n}))
	case "key":
		ts.Check(writeSandboxKey(box, ts.MkAbs(args[1])))
	case "change":
		all, err := box.Values(args[1])
		ts.Check(err)
		for id := range all {
			ts.Check(box.Change(id, map[string]any{args[2]: args[3]}, 0))
		}
	case "odd":
		for i, odd := range []string{"N/A", "#N/A", "NULL", "a\x00b", "\"", "a,b\r\nc", "'=1+1", "\ufeff"} {
			_, err := box.Create("Lead", map[string]any{"LastName": "Odd " + strconv.Itoa(i), "Company": "Odd", args[1]: odd,
				"Email": "odd" + strconv.Itoa(i) + "@example.com"})
			ts.Check(err)
		}
	default:
		ts.Fatalf("org: what is %q?", args[0])
	}
}
