package hubspot_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/sandbox/hubspot"
)

func TestRollingLimits(t *testing.T) {
	for _, c := range []struct {
		name, method, path string
		in                 any
		max                int
		span               time.Duration
		policy             string
	}{
		{"burst", "GET", contactsPath, nil, 190, 10 * time.Second, "TEN_SECONDLY_ROLLING"},
		{"search", "POST", contactsPath + "/search", body{}, 5, time.Second, ""},
		{"associations", "POST", "/crm/associations/2026-09/contacts/companies/batch/read", body{}, 150, 10 * time.Second, "TEN_SECONDLY_ROLLING"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := open(t, hubspot.Options{})
			half := c.span / 2
			for i := range c.max { // half the requests now, half of them later
				if i == c.max/2 {
					a.Pass(half)
				}
				a.do(200, c.method, c.path, c.in)
			}
			b := a.do(429, c.method, c.path, c.in)
			if got, _ := b["policyName"].(string); got != c.policy {
				t.Errorf("policy %q, want %q", got, c.policy)
			}
			a.Pass(c.span - half) // the first half has left the window, the second has not
			for range c.max / 2 {
				a.do(200, c.method, c.path, c.in)
			}
			a.do(429, c.method, c.path, c.in)
		})
	}
}

func TestRateHeaders(t *testing.T) {
	a := open(t, hubspot.Options{})
	h := a.raw("GET", contactsPath, nil).Header
	got := map[string]string{}
	for _, name := range []string{"Max", "Remaining", "Interval-Milliseconds", "Daily", "Daily-Remaining"} {
		got[name] = h.Get("X-HubSpot-RateLimit-" + name)
	}
	want := map[string]string{"Max": "190", "Remaining": "189", "Interval-Milliseconds": "10000", "Daily": "625000", "Daily-Remaining": "624999"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for range 189 {
		a.do(200, "GET", contactsPath, nil)
	}
	if res := a.raw("GET", contactsPath, nil); res.StatusCode != http.StatusTooManyRequests || res.Header.Get("X-HubSpot-RateLimit-Remaining") != "0" {
		t.Errorf("refused: %d %v", res.StatusCode, res.Header)
	}
	if h := a.raw("POST", contactsPath+"/search", body{}).Header; h.Get("X-HubSpot-RateLimit-Max") != "" {
		t.Error("search must not carry rate headers")
	}
}

func TestDailyLimitTurnsAtTheAccountsMidnight(t *testing.T) {
	a := open(t, hubspot.Options{TimeZone: "America/New_York"})
	a.LeaveDaily(1)
	a.do(200, "GET", contactsPath, nil)
	b := a.do(429, "POST", contactsPath+"/search", body{})
	if b["policyName"] != "DAILY" || b["errorType"] != "RATE_LIMIT" {
		t.Errorf("got %v", b)
	}
	a.Pass(14*time.Hour + 40*time.Minute) // past midnight in Paris, not yet in New York
	a.do(429, "GET", contactsPath, nil)
	a.Pass(5 * time.Hour)
	u := a.do(200, "GET", "/account-info/2026-09/api-usage/daily/private-apps", nil)
	if at(u, "results", 0, "currentUsage") != 1.0 || at(u, "results", 0, "resetsAt") != "2026-11-22T05:00:00.000Z" {
		t.Errorf("usage %v", u)
	}
}

func TestTokens(t *testing.T) {
	a := quiet(t)
	try := func(want int, header string) {
		t.Helper()
		r := httptest.NewRequest(http.MethodGet, contactsPath, nil)
		if header != "" {
			r.Header.Set("Authorization", header)
		}
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%q: status %d, want %d", header, w.Code, want)
		}
	}
	try(401, "")
	try(401, "pat-na1-sandbox")
	try(401, "Bearer wrong")
	try(200, "Bearer pat-na1-sandbox")
	a.SetToken("pat-na1-rotated")
	try(401, "Bearer pat-na1-sandbox")
	try(200, "Bearer pat-na1-rotated")
	a.RevokeToken()
	try(401, "Bearer pat-na1-rotated")
}

func TestOAuth(t *testing.T) {
	for _, path := range []string{"/oauth/2026-09/token", "/oauth/v1/token"} {
		a := quiet(t)
		form := url.Values{"grant_type": {"refresh_token"}, "client_id": {"sandbox-client"}, "client_secret": {"sandbox-secret"}, "refresh_token": {"sandbox-refresh"}}
		b := a.do(200, "POST", path, form.Encode())
		a.token, _ = b["access_token"].(string)
		if b["expires_in"] != 1800.0 || b["token_type"] != "bearer" || b["refresh_token"] != "sandbox-refresh" {
			t.Errorf("got %v", b)
		}
		a.do(200, "GET", contactsPath, nil)
		a.Pass(1799 * time.Second)
		a.do(200, "GET", contactsPath, nil)
		a.Pass(time.Second)
		if b := a.do(401, "GET", contactsPath, nil); b["category"] != "EXPIRED_AUTHENTICATION" {
			t.Errorf("expired: %v", b)
		}
		form.Set("refresh_token", "old")
		if b := a.do(400, "POST", path, form.Encode()); b["status"] != "BAD_REFRESH_TOKEN" || b["error"] != "invalid_grant" {
			t.Errorf("bad refresh token: %v", b)
		}
	}
}

func TestScopes(t *testing.T) {
	for _, c := range []struct{ scope, method, path string }{
		{"crm.objects.contacts.read", "GET", contactsPath},
		{"crm.objects.contacts.read", "GET", "/crm/objects/2026-09/meetings"},
		{"crm.objects.contacts.write", "POST", contactsPath + "/batch/update"},
		{"crm.objects.companies.read", "POST", "/crm/associations/2026-09/contacts/companies/batch/read"},
		{"sales-email-read", "POST", "/crm/objects/2026-09/emails/search"},
		{"crm.objects.owners.read", "GET", "/crm/owners/2026-09"},
		{"crm.schemas.contacts.write", "POST", "/crm/properties/2026-09/contacts"},
	} {
		a := quiet(t)
		a.DropScopes(c.scope)
		b := a.do(403, c.method, c.path, body{})
		needed, _ := at(b, "errors", 0, "context", "requiredGranularScopes").([]any)
		if b["category"] != "MISSING_SCOPES" || !slices.Contains(needed, any(c.scope)) {
			t.Errorf("%s: %v", c.scope, b)
		}
	}
}

func TestFaults(t *testing.T) {
	server := func(t *testing.T, f hubspot.Fault) (*account, func() (*http.Response, []byte, error)) {
		a := quiet(t)
		if err := a.Inject(f); err != nil {
			t.Fatal(err)
		}
		s := httptest.NewServer(a)
		t.Cleanup(s.Close)
		return a, func() (*http.Response, []byte, error) {
			r, err := http.NewRequest(http.MethodPost, s.URL+contactsPath, strings.NewReader(`{"properties":{"city":"Lyon"}}`))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer pat-na1-sandbox")
			res, err := s.Client().Do(r)
			if err != nil {
				return nil, nil, err
			}
			defer func() { _ = res.Body.Close() }()
			raw, err := io.ReadAll(res.Body)
			return res, raw, err
		}
	}
	for _, c := range []struct {
		fault   hubspot.Fault
		status  int // 0: the connection breaks
		text    string
		created int
	}{
		{hubspot.Fault{Kind: hubspot.FaultDaily}, 429, `"policyName":"DAILY"`, 0},
		{hubspot.Fault{Kind: hubspot.FaultTenSecondly, RetryAfter: 3}, 429, `"policyName":"TEN_SECONDLY_ROLLING"`, 0},
		{hubspot.Fault{Kind: hubspot.FaultSecondly}, 429, `"You have reached your secondly limit."`, 0},
		{hubspot.Fault{Kind: hubspot.FaultLocked}, 423, `locked`, 0},
		{hubspot.Fault{Kind: hubspot.FaultMigrating, RetryAfter: 7}, 477, `migrated`, 0},
		{hubspot.Fault{Kind: hubspot.FaultStatus, Status: 503}, 503, `"internal error"`, 0},
		{hubspot.Fault{Kind: hubspot.FaultExpired}, 401, `expired`, 0},
		{hubspot.Fault{Kind: hubspot.FaultMissingScopes, Scope: "crm.objects.contacts.write"}, 403, `"requiredGranularScopes":["crm.objects.contacts.write"]`, 0},
		{hubspot.Fault{Kind: hubspot.FaultHTML}, 502, `<h1>Bad Gateway</h1>`, 0},
		{hubspot.Fault{Kind: hubspot.FaultReset}, 0, "", 0},
		{hubspot.Fault{Kind: hubspot.FaultReset, Apply: true}, 0, "", 1},
		{hubspot.Fault{Kind: hubspot.FaultTruncated}, 0, "", 1},
		{hubspot.Fault{Kind: hubspot.FaultStatus, Status: 504, Apply: true}, 504, "", 1},
		{hubspot.Fault{Kind: hubspot.FaultSlow, Latency: 1}, 201, `"city":"Lyon"`, 1},
	} {
		t.Run(string(c.fault.Kind), func(t *testing.T) {
			a, post := server(t, c.fault)
			res, raw, err := post()
			switch {
			case c.status == 0 && err == nil:
				t.Errorf("the connection held: %s", raw)
			case c.status != 0 && err != nil:
				t.Error(err)
			case c.status != 0 && (res.StatusCode != c.status || !strings.Contains(string(raw), c.text)):
				t.Errorf("status %d, body %s", res.StatusCode, raw)
			case c.fault.RetryAfter > 0 && res.Header.Get("Retry-After") == "":
				t.Error("no Retry-After")
			}
			if got := len(a.IDs("contacts")); got != c.created {
				t.Errorf("%d records created, want %d", got, c.created)
			}
			if c.fault.Kind != hubspot.FaultSlow {
				if log := a.Requests(); log[len(log)-1].Fault != string(c.fault.Kind) {
					t.Errorf("log: %+v", log)
				}
			}
		})
	}
}

func TestFaultsWaitAndEnd(t *testing.T) {
	a := quiet(t)
	if err := a.Inject(hubspot.Fault{Operation: "list", After: 1, Count: 2, Kind: hubspot.FaultStatus, Status: 500}, hubspot.Fault{Method: "DELETE", Path: "/crm/*/2026-09/contacts/*", Count: -1, Kind: hubspot.FaultLocked}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{200, 500, 500, 200} {
		a.do(want, "GET", contactsPath, nil)
	}
	for range 3 {
		a.do(423, "DELETE", contactsPath+"/1", nil)
	}
	a.ClearFaults()
	a.do(204, "DELETE", contactsPath+"/1", nil)
	if err := a.Inject(hubspot.Fault{Kind: "nonsense"}); err == nil {
		t.Error("an unknown kind was taken")
	}
}

func TestHookSeesBothPhases(t *testing.T) {
	a := quiet(t)
	var seen []string
	a.OnRequest(func(n int, r *http.Request, phase hubspot.Phase) {
		when := "before"
		if phase == hubspot.After {
			when = "after"
		}
		seen = append(seen, when+" "+itoa(int64(n))+" with "+itoa(int64(len(a.IDs("contacts")))))
	})
	a.create(map[string]string{"city": "Lyon"})
	a.OnRequest(nil)
	if diff := cmp.Diff([]string{"before 1 with 0", "after 1 with 1"}, seen); diff != "" {
		t.Error(diff)
	}
}

func TestRequestLog(t *testing.T) {
	a := quiet(t)
	id := a.create(map[string]string{"city": "Lyon"})
	a.KeepBodies(true)
	a.do(200, "POST", "/crm/v3/objects/contacts/batch/read", body{"inputs": []any{body{"id": id}}})
	a.do(404, "GET", "/crm/nonsense/2026-09/contacts", nil)
	log := a.Requests()
	var got []string
	for _, q := range log {
		got = append(got, strings.Join([]string{q.Method, q.Operation, q.Object, itoa(int64(q.Status)), itoa(int64(q.Inputs)), itoa(int64(q.Records))}, " "))
	}
	want := []string{"POST create contacts 201 1 1", "POST batch_read contacts 200 1 1", "GET unknown  404 0 0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if log[0].Body != "" || log[1].Body == "" {
		t.Error("bodies are kept only when asked")
	}
	if a.Counts()["batch_read"] != 1 {
		t.Errorf("counts %v", a.Counts())
	}
	a.ClearRequests()
	if len(a.Requests()) != 0 || len(a.Counts()) != 0 {
		t.Error("log not cleared")
	}
}

func TestUnknownVersionsAndObjects(t *testing.T) {
	a := quiet(t)
	a.do(404, "GET", "/crm/objects/2020-01/contacts", nil)
	a.do(404, "GET", "/crm/v5/objects/contacts", nil)
	a.do(400, "GET", "/crm/objects/2026-09/unicorns", nil)
	a.do(200, "GET", "/crm/objects/2026-09/0-1", nil)
	a.do(200, "GET", "/crm/objects/2026-03/contact", nil)
}

func TestErrorsAsErrors(t *testing.T) {
	err := quiet(t).Change("contacts", "1", nil)
	if err == nil || errors.Unwrap(err) != nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("got %v", err)
	}
}
