package hubspot_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bareme/bareme/crm"
)

type answer struct {
	status int
	header http.Header
	body   string
}

func after(s string) http.Header { return http.Header{"Retry-After": {s}} }

const (
	daily       = `{"status":"error","message":"You have reached your daily limit.","errorType":"RATE_LIMIT","correlationId":"c","policyName":"DAILY","requestId":"r"}`
	tenSecondly = `{"status":"error","message":"You have reached your ten_secondly_rolling limit.","errorType":"RATE_LIMIT","correlationId":"c","policyName":"TEN_SECONDLY_ROLLING"}`
	secondly    = `{"status":"error","message":"You have reached your secondly limit.","correlationId":"c","category":"RATE_LIMITS"}`
	page        = `<html><body>canary7f3a</body></html>`
)

// What each answer means: how long the connector waits, how often it asks, and what it says in the end. The first answer
// comes once or for good; then all is well.
func TestAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		answer  answer
		lasting bool
		search  bool // in answer to a search
		kind    error
		calls   int
		least   time.Duration // waited
		most    time.Duration
		after   time.Duration // RetryAfter of the error
		text    string
	}{
		"burst limit":                {answer: answer{429, nil, tenSecondly}, calls: 2, least: 10 * time.Second, most: 11 * time.Second},
		"burst limit, told":          {answer: answer{429, after("3"), tenSecondly}, calls: 2, least: 3 * time.Second, most: 4 * time.Second},
		"burst limit for good":       {answer: answer{429, nil, tenSecondly}, lasting: true, kind: crm.ErrRateLimit, calls: 5, least: 100 * time.Second, most: 101 * time.Second, after: 50 * time.Second},
		"burst limit for long":       {answer: answer{429, after("3600"), tenSecondly}, lasting: true, kind: crm.ErrRateLimit, calls: 1, after: time.Hour},
		"search limit":               {answer: answer{429, nil, secondly}, search: true, calls: 2, least: time.Second, most: 2 * time.Second},
		"limit without a body":       {answer: answer{429, nil, ""}, calls: 2, least: 10 * time.Second, most: 11 * time.Second},
		"limit by a gateway":         {answer: answer{429, nil, page}, calls: 2, least: 10 * time.Second, most: 11 * time.Second},
		"daily limit":                {answer: answer{429, nil, daily}, lasting: true, kind: crm.ErrQuota, calls: 1, after: 24 * time.Hour, text: "read people: the account's daily calls are spent. The quota turns over at midnight in the account's time zone (request c)"},
		"daily limit, told":          {answer: answer{429, after("60"), daily}, lasting: true, kind: crm.ErrQuota, calls: 1, after: time.Minute},
		"locked":                     {answer: answer{423, nil, `{"status":"error"}`}, calls: 2, least: 2 * time.Second, most: 3 * time.Second},
		"migrating":                  {answer: answer{477, after("30"), `{}`}, calls: 2, least: 30 * time.Second, most: 31 * time.Second},
		"migrating for a day":        {answer: answer{477, after("86400"), `{}`}, lasting: true, kind: crm.ErrUnavailable, calls: 1, after: 24 * time.Hour, text: "read people: HubSpot is moving this account to another data centre"},
		"500":                        {answer: answer{500, nil, `{}`}, calls: 2, most: time.Second},
		"502 page":                   {answer: answer{502, nil, page}, calls: 2, most: time.Second},
		"503, told":                  {answer: answer{503, after("7"), ""}, calls: 2, least: 7 * time.Second, most: 8 * time.Second},
		"503 for good":               {answer: answer{503, nil, ""}, lasting: true, kind: crm.ErrUnavailable, calls: 6, most: 20 * time.Second, text: "read people: HubSpot is in trouble (status 503)"},
		"521":                        {answer: answer{521, nil, page}, calls: 2, most: time.Second},
		"525":                        {answer: answer{525, nil, page}, lasting: true, kind: crm.ErrUnavailable, calls: 1},
		"success that is a page":     {answer: answer{200, nil, page}, lasting: true, kind: crm.ErrUnavailable, calls: 6, most: 20 * time.Second, text: "read people: a web page came back instead of data. Check the base URL, and whether a proxy stands in between"},
		"success that is empty":      {answer: answer{200, nil, ""}, calls: 2, most: time.Second},
		"success of another shape":   {answer: answer{200, nil, `{"results":{"canary7f3a":1}}`}, lasting: true, kind: crm.ErrUnavailable, calls: 1, text: "read people: the answer does not have the documented shape"},
		"redirect":                   {answer: answer{302, http.Header{"Location": {"https://canary7f3a.example/"}}, `{}`}, lasting: true, kind: crm.ErrInvalid, calls: 1},
		"wrong token":                {answer: answer{401, nil, `{"status":"error","message":"canary7f3a","category":"INVALID_AUTHENTICATION"}`}, lasting: true, kind: crm.ErrAuth, calls: 1, text: "read people: HubSpot does not accept the token. Check BAREME_HUBSPOT_TOKEN: it may be mistyped, expired, rotated or revoked"},
		"missing scope":              {answer: answer{403, nil, `{"category":"MISSING_SCOPES","errors":[{"context":{"requiredGranularScopes":["crm.objects.contacts.read","sales-email-read"]}}]}`}, lasting: true, kind: crm.ErrAuth, calls: 1, text: "read people: the token lacks the scopes crm.objects.contacts.read, sales-email-read. Grant them in HubSpot under Development > Keys > Service keys (or in the app's scopes), then try again"},
		"forbidden by a gateway":     {answer: answer{403, nil, page}, lasting: true, kind: crm.ErrUnavailable, calls: 1, text: "read people: not HubSpot's answer (status 403). Check the base URL, and whether a proxy stands in between"},
		"no such path":               {answer: answer{404, nil, `{"status":"error","message":"canary7f3a","correlationId":"c"}`}, lasting: true, kind: crm.ErrNotFound, calls: 1},
		"address too long":           {answer: answer{414, nil, page}, lasting: true, kind: crm.ErrInvalid, calls: 1},
		"values in the message":      {answer: answer{400, nil, `{"message":"canary7f3a is wrong","category":"VALIDATION_ERROR","errors":[{"code":"INVALID_EMAIL","in":"canary7f3a x","message":"canary7f3a"}]}`}, lasting: true, kind: crm.ErrInvalid, calls: 1, text: "read people: the value is not an e-mail address (INVALID_EMAIL)"},
		"values in place of a code":  {answer: answer{400, nil, `{"category":"canary7f3a here","errors":[{"code":"canary 7f3a"}]}`}, lasting: true, kind: crm.ErrInvalid, calls: 1, text: "read people: HubSpot refused it"},
		"retry after a date":         {answer: answer{503, http.Header{"Retry-After": {"Sat, 01 Jan 2000 00:00:09 GMT"}, "Date": {"Sat, 01 Jan 2000 00:00:00 GMT"}}, ""}, calls: 2, least: 9 * time.Second, most: 10 * time.Second},
		"retry after nonsense":       {answer: answer{503, after("canary7f3a"), ""}, calls: 2, most: time.Second},
		"retry after before the now": {answer: answer{503, after("-5"), ""}, calls: 2, most: time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				conn := connectTo(t, func(r *http.Request, _ []byte) (int, http.Header, string) {
					if strings.Contains(r.URL.Path, "/properties/") {
						return http.StatusOK, nil, `{"results":[]}`
					}
					if calls++; calls == 1 || c.lasting {
						return c.answer.status, c.answer.header, c.answer.body
					}
					return http.StatusOK, nil, `{"results":[]}`
				})
				q := crm.Query{Object: crm.People}
				if c.search {
					q.Cursor = `{"mode":"search","since":1}`
				}
				began := time.Now()
				var err error
				for _, failed := range conn.Records(t.Context(), q) {
					err = failed
				}
				if c.kind == nil && err != nil || c.kind != nil && !errors.Is(err, c.kind) {
					t.Fatalf("got %v, want kind %v", err, c.kind)
				}
				if calls != c.calls {
					t.Errorf("%d calls, want %d", calls, c.calls)
				}
				if waited := time.Since(began); waited < c.least || waited > c.most {
					t.Errorf("waited %s, want %s to %s", waited, c.least, c.most)
				}
				if got := crm.RetryAfter(err); got != c.after {
					t.Errorf("retry after %s, want %s", got, c.after)
				}
				if err != nil && (c.text != "" && err.Error() != c.text || strings.Contains(err.Error(), "canary")) {
					t.Errorf("got  %v\nwant %s", err, c.text)
				}
			})
		})
	}
}
