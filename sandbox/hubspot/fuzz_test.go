package hubspot_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bareme/bareme/sandbox/hubspot"
)

// FuzzRequests sends anything anywhere: whatever comes, the answer is a status, never a panic.
func FuzzRequests(f *testing.F) {
	for _, path := range []string{"/crm/objects/2026-09/contacts", "/crm/v3/objects/contacts/101", "/crm/objects/2026-09/contacts/search", "/crm/objects/2026-09/contacts/batch/update",
		"/crm/objects/2026-09/contacts/batch/upsert", "/crm/associations/2026-09/contacts/companies/batch/read", "/crm/v4/associations/contacts/companies/batch/create",
		"/crm/properties/2026-09/contacts", "/oauth/v1/token", "/_sandbox/create", "/_sandbox/merge"} {
		for _, payload := range []string{``, `{}`, `{"inputs":[{"id":"101","properties":{"city":"x"}}]}`, `{"limit":-1,"after":"-5","filterGroups":[{"filters":[{"propertyName":"hs_object_id","operator":"BETWEEN","value":"1e300","highValue":"-1"}]}]}`,
			`{"inputs":[{"from":{"id":"101"},"to":[]}]}`, `{"object":"contacts","primary":"101","other":"102"}`} {
			f.Add("POST", path, payload)
		}
	}
	f.Add("GET", "/crm/objects/2026-09/contacts?limit=5&after=9223372036854775807", "")
	box := hubspot.New(hubspot.Options{People: 20, Seed: 1, Limits: hubspot.Limits{Off: true}})
	f.Fuzz(func(t *testing.T, method, path, payload string) {
		if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " \x7f") || strings.ContainsFunc(path, func(r rune) bool { return r < 32 }) || method == "" || strings.ContainsFunc(method, func(r rune) bool { return r < 'A' || r > 'Z' }) {
			t.Skip("not a request line")
		}
		box.ClearFaults()
		r := newRequest(method, path, payload)
		if r == nil {
			t.Skip("not a request line")
		}
		w := httptest.NewRecorder()
		box.ServeHTTP(w, r)
		if w.Code < 200 || w.Code == 500 {
			t.Errorf("%s %s: %d", method, path, w.Code)
		}
	})
}
