package salesforce_test

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bareme/bareme/sandbox/salesforce"
)

// FuzzDoor: whatever is sent, there is an answer, and it is not the server's fault.
func FuzzDoor(f *testing.F) {
	for _, path := range []string{"/query?q=SELECT+Id+FROM+Lead", "/query/01g-1", "/sobjects/Lead/describe", "/sobjects/Lead", "/sobjects/Lead/00Q", "/composite",
		"/composite/sobjects", "/composite/sobjects/Lead/Email", "/composite/tree/Account", "/composite/sobjects?ids=00Q", "/tooling/sobjects/CustomField",
		"/sobjects/Lead/updated?start=2026-11-01T00:00:00Z&end=2026-11-20T00:00:00Z", "/sobjects/Lead/Email/a@b.example", "/jobs/ingest", "/jobs/query", "/limits"} {
		f.Add(uint8(0), path, "")
		f.Add(uint8(1), path, `{"records":[{"attributes":{"type":"Lead"},"LastName":"x","Company":"y","Owner":{"Username":"z"}}],"allOrNone":true}`)
		f.Add(uint8(2), path, `{"compositeRequest":[{"method":"PATCH","url":"/services/data/v66.0/sobjects/Lead/1","referenceId":"a","body":{"Email":"@{a.id}"}}]}`)
		f.Add(uint8(3), path, `{"FullName":"Lead.A__c","Metadata":{"type":"Text","label":"A","length":10},"operation":"query","object":"Lead","query":"SELECT Id FROM Lead"}`)
	}
	s := salesforce.New(salesforce.Options{People: 20, Seed: 1, Limits: salesforce.Limits{Daily: 1 << 30}})
	token := s.Session("")
	f.Fuzz(func(t *testing.T, method uint8, path, in string) {
		if strings.ContainsAny(path, " \r\n\t\x00") || !strings.HasPrefix(path, "/") {
			return
		}
		r := httptest.NewRequest([]string{"GET", "POST", "PATCH", "PUT", "DELETE"}[method%5], "/", strings.NewReader(in))
		u, err := r.URL.Parse(api + path)
		if err != nil {
			return
		}
		r.URL = u
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if _, err := io.Copy(io.Discard, w.Body); err != nil || w.Code >= 500 {
			t.Errorf("%s %s: %d", r.Method, path, w.Code)
		}
	})
}
