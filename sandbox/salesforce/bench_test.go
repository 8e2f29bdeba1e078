package salesforce_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/bareme/bareme/sandbox/salesforce"
)

// BenchmarkNew fills an org.
func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		salesforce.New(salesforce.Options{People: 10_000, Seed: 1, Now: standing})
	}
}

// BenchmarkKeyset reads a page of 2,000 of some 55,000 contacts by (SystemModstamp, Id), as an incremental pull does.
func BenchmarkKeyset(b *testing.B) {
	s := salesforce.New(salesforce.Options{People: 100_000, Seed: 1, Now: standing})
	token := s.Session("")
	ask := fmt.Sprintf("SELECT Id, FirstName, LastName, Email, Title, Account.Name, SystemModstamp FROM Contact WHERE SystemModstamp > %s "+
		"ORDER BY SystemModstamp, Id LIMIT 2000", "2026-01-01T00:00:00Z")
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodGet, api+"/query?q="+url.QueryEscape(ask), nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
}

// BenchmarkCollections updates 200 leads in one request.
func BenchmarkCollections(b *testing.B) {
	s := salesforce.New(salesforce.Options{People: 10_000, Seed: 1, Now: standing, Limits: salesforce.Limits{Daily: 1 << 30}})
	o := &org{Sandbox: s, t: new(testing.T), token: s.Session(""), header: http.Header{}}
	o.header.Set("Sforce-Auto-Assign", "FALSE")
	var rows []any
	for _, id := range s.IDs("Contact")[:200] {
		rows = append(rows, body{"attributes": body{"type": "Contact"}, "id": id, "Title": "CEO"})
	}
	b.ReportAllocs()
	for b.Loop() {
		if res := o.raw("PATCH", "/composite/sobjects", body{"records": rows}); res.StatusCode != http.StatusOK {
			b.Fatal(res.Status)
		}
	}
}
