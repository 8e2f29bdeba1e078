package salesforce_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bareme/bareme/sandbox/salesforce"
)

func TestQuota(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{Limits: salesforce.Limits{Daily: 5}})
	for range 4 {
		o.do(200, "GET", "/limits", nil)
	}
	res := o.raw("GET", "/limits", nil)
	if got := res.Header.Get("Sforce-Limit-Info"); got != "api-usage=5/5" {
		t.Errorf("Sforce-Limit-Info: %q", got)
	}
	if m := o.refused(403, "REQUEST_LIMIT_EXCEEDED", "GET", "/limits", nil); m != "TotalRequests Limit exceeded." {
		t.Errorf("message %q", m)
	}
	o.Pass(25 * time.Hour)
	o.token = o.Session("")
	o.do(200, "GET", "/limits", nil)
	o.SetLimits(salesforce.Limits{})
	o.LeaveDaily(2)
	if b := o.do(200, "GET", "/limits", nil)["DailyApiRequests"].(body); b["Max"] != 15000.0 || b["Remaining"] != 1.0 {
		t.Errorf("%v", b)
	}
	o.do(200, "GET", "/services/data", nil) // the list of versions is free
	o.do(200, "GET", "/limits", nil)
	o.refused(403, "REQUEST_LIMIT_EXCEEDED", "GET", "/limits", nil)
}

// TestConcurrentRequests: five requests that run longer than twenty seconds shut the door to others.
func TestConcurrentRequests(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	arrived, release := make(chan bool), make(chan bool)
	o.OnRequest(func(n int, _ *http.Request, phase salesforce.Phase) {
		if n <= 5 && phase == salesforce.Before {
			arrived <- true
			<-release
		}
	})
	finished := make(chan int)
	for range 5 {
		go func() {
			r := httptest.NewRequest(http.MethodGet, api+"/limits", nil)
			r.Header.Set("Authorization", "Bearer "+o.token)
			w := httptest.NewRecorder()
			o.ServeHTTP(w, r)
			finished <- w.Code
		}()
	}
	for range 5 {
		<-arrived
	}
	o.do(200, "GET", "/limits", nil) // they are not long yet
	o.Pass(21 * time.Second)
	if m := o.refused(403, "REQUEST_LIMIT_EXCEEDED", "GET", "/limits", nil); !strings.HasPrefix(m, "ConcurrentRequests") {
		t.Errorf("message %q", m)
	}
	close(release)
	for range 5 {
		if code := <-finished; code != 200 {
			t.Errorf("status %d", code)
		}
	}
	o.do(200, "GET", "/limits", nil)
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault  salesforce.Fault
		status int
		kind   string // of the content
		words  string
	}{
		{salesforce.Fault{Kind: salesforce.FaultStatus}, 500, "application/json", "UNKNOWN_EXCEPTION"},
		{salesforce.Fault{Kind: salesforce.FaultStatus, Status: 400, Code: "MALFORMED_QUERY", Message: "no"}, 400, "application/json", "MALFORMED_QUERY"},
		{salesforce.Fault{Kind: salesforce.FaultHTML}, 503, "text/html", "<html>"},
		{salesforce.Fault{Kind: salesforce.FaultHTML, Status: 420}, 420, "text/html", "Setting things up"},
		{salesforce.Fault{Kind: salesforce.FaultEmpty}, 406, "", ""},
		{salesforce.Fault{Kind: salesforce.FaultEmpty, Status: 420, RetryAfter: 2}, 420, "", ""},
		{salesforce.Fault{Kind: salesforce.FaultExpired}, 401, "application/json", "INVALID_SESSION_ID"},
		{salesforce.Fault{Kind: salesforce.FaultNotValid}, 403, "application/json", "not valid for use with the REST API"},
		{salesforce.Fault{Kind: salesforce.FaultDaily}, 403, "application/json", "TotalRequests"},
		{salesforce.Fault{Kind: salesforce.FaultConcurrent}, 403, "application/json", "ConcurrentRequests"},
		{salesforce.Fault{Kind: salesforce.FaultDisabled}, 403, "application/json", "API_DISABLED_FOR_ORG"},
		{salesforce.Fault{Kind: salesforce.FaultSecurity}, 400, "application/json", "TXN_SECURITY_METERING_ERROR"},
		{salesforce.Fault{Kind: salesforce.FaultUnready}, 503, "application/json", "SERVER_UNAVAILABLE"},
		{salesforce.Fault{Kind: salesforce.FaultTimeout}, 400, "application/json", "QUERY_TIMEOUT"},
		{salesforce.Fault{Kind: salesforce.FaultLocator}, 400, "application/json", "INVALID_QUERY_LOCATOR"},
		{salesforce.Fault{Kind: salesforce.FaultSlow, Latency: 1}, 200, "application/json", "totalSize"},
	} {
		o := open(t, salesforce.Options{})
		c.fault.Operation = "query"
		o.must(o.Inject(c.fault))
		o.do(200, "GET", "/limits", nil) // another operation
		res := o.raw("GET", "/query?q=SELECT+Id+FROM+Lead", nil)
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != c.status || !strings.HasPrefix(res.Header.Get("Content-Type"), c.kind) || !strings.Contains(string(text), c.words) {
			t.Errorf("%v: %d %s %s", c.fault.Kind, res.StatusCode, res.Header.Get("Content-Type"), text)
		}
		o.do(200, "GET", "/query?q=SELECT+Id+FROM+Lead", nil) // once only
		log := o.Requests()
		if f := log[1].Fault; f != string(c.fault.Kind) || log[1].Operation != "query" {
			t.Errorf("logged %+v", log[1])
		}
	}
	o := open(t, salesforce.Options{})
	if o.Inject(salesforce.Fault{Kind: "nonsense"}) == nil {
		t.Error("planned nonsense")
	}
}

// TestBrokenConnections: nothing arrives, or half of it; the work may be done all the same.
func TestBrokenConnections(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	server := httptest.NewServer(o)
	defer server.Close()
	for _, f := range []salesforce.Fault{{Kind: salesforce.FaultReset}, {Kind: salesforce.FaultReset, Apply: true}, {Kind: salesforce.FaultTruncated}} {
		o.must(o.Inject(f))
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+api+"/sobjects/Account", strings.NewReader(`{"Name":"A"}`))
		o.must(err)
		r.Header.Set("Authorization", "Bearer "+o.token)
		res, err := server.Client().Do(r)
		if err == nil {
			_, err = io.ReadAll(res.Body)
			if e := res.Body.Close(); e != nil {
				t.Error(e)
			}
		}
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%v: %v", f.Kind, err)
		}
	}
	if n := len(o.query("SELECT Id FROM Account")); n != 2 {
		t.Errorf("%d accounts", n)
	}
}

func TestRequestLog(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	o.header.Set("Sforce-Call-Options", "client=bareme, defaultNamespace=x")
	o.KeepBodies(true)
	o.do(200, "POST", "/composite/sobjects", body{"records": []any{body{"attributes": body{"type": "Account"}, "Name": "A"}}})
	log := o.Requests()
	if len(log) != 1 || log[0].Operation != "collections_create" || log[0].Object != "Account" || log[0].Client != "bareme" || log[0].Inputs != 1 || log[0].Body == "" {
		t.Errorf("%+v", log)
	}
	if n := o.Counts()["collections_create"]; n != 1 {
		t.Errorf("counted %d", n)
	}
	o.ClearRequests()
	if len(o.Requests()) != 0 {
		t.Error("not cleared")
	}
}

func TestPrivateSharing(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{People: 100, Seed: 1})
	before := len(o.query("SELECT Id FROM Contact"))
	o.Private(true)
	mine := o.lead(body{})
	if got := o.query("SELECT Id FROM Lead"); len(got) != 1 || got[0]["Id"] != mine {
		t.Errorf("%d leads", len(got))
	}
	if after := len(o.query("SELECT Id FROM Contact")); after != 0 || before == 0 {
		t.Errorf("%d of %d contacts", after, before)
	}
}

// TestControls: each control answers over HTTP; those that change the org do so.
func TestControls(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{People: 60, Seed: 2})
	control := func(want int, name string, in any) body {
		t.Helper()
		return o.do(want, "POST", "/_sandbox/"+name, in)
	}
	made := control(200, "create", body{"object": "Lead", "values": body{"LastName": "L", "Company": "C", "NumberOfEmployees": 7}})
	id := made["id"]
	control(200, "change", body{"id": id, "values": body{"Title": "CEO", "NumberOfEmployees": 8}, "ms": 5000})
	if v := control(200, "values", body{"object": "Lead", "fields": []string{"Title", "NumberOfEmployees"}})[id.(string)].(body); v["Title"] != "CEO" || v["NumberOfEmployees"] != "8" {
		t.Errorf("%v", v)
	}
	control(400, "change", body{"id": "nonsense"})
	control(400, "create", body{"object": "Nope"})
	control(400, "create", body{"nonsense": 1})
	contact := control(200, "convert", body{"id": id})["id"]
	control(400, "convert", body{"id": id})
	control(200, "touch", body{"id": contact})
	control(200, "delete", body{"id": contact})
	control(200, "undelete", body{"id": contact})
	other := control(200, "create", body{"object": "Contact", "values": body{"LastName": "L"}})["id"]
	control(200, "merge", body{"master": contact, "id": other})
	control(200, "purge", body{"id": contact})
	if did := control(200, "drift", body{"n": 40})["did"].([]any); len(did) != 40 || slices.ContainsFunc(did, func(x any) bool {
		s, _ := x.(string)
		return strings.HasPrefix(s, "nothing came of")
	}) {
		t.Errorf("%v", did)
	}
	if control(200, "session", body{})["token"] == "" {
		t.Error("no token")
	}
	control(400, "session", body{"user": "nobody"})
	control(400, "certificate", body{"text": "nonsense"})
	control(404, "nonsense", nil)
	if n := control(200, "touch-all", body{"object": "Contact"})["touched"]; n == 0.0 {
		t.Error("nothing touched")
	}
	control(200, "faults", body{"faults": []any{body{"kind": "empty"}}})
	control(200, "clear-faults", nil)
	control(200, "pass", body{"ms": 60000})
	o.do(200, "GET", "/limits", nil)
}
