package salesforce_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/bareme/bareme/sandbox/salesforce"
)

// TestTogether: readers, writers, users and logins at once come to no harm, and every write counts.
func TestTogether(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{People: 300, Seed: 1})
	ids := o.IDs("Contact")[:40]
	send := func(method, path, in string) int {
		r := httptest.NewRequest(method, api+path, strings.NewReader(in))
		r.Header.Set("Authorization", "Bearer "+o.token)
		r.Header.Set("Sforce-Query-Options", "batchSize=200")
		w := httptest.NewRecorder()
		o.ServeHTTP(w, r)
		return w.Code
	}
	var all sync.WaitGroup
	for k := range 4 {
		all.Go(func() {
			for i := range 10 {
				id := ids[k*10+i]
				if code := send(http.MethodPatch, "/sobjects/Contact/"+id, fmt.Sprintf(`{"Title":"t%d"}`, k)); code != http.StatusNoContent {
					t.Errorf("update: %d", code)
				}
				ask := url.QueryEscape("SELECT Id, Account.Name FROM Contact WHERE SystemModstamp > 2020-01-01T00:00:00Z ORDER BY SystemModstamp, Id")
				if code := send(http.MethodGet, "/query?q="+ask, ""); code != http.StatusOK {
					t.Errorf("query: %d", code)
				}
				o.Session(salesforce.AdminUser)
				o.Drift(1)
			}
		})
	}
	all.Wait()
	for _, id := range ids {
		if got := o.query("SELECT Id FROM Contact WHERE Id = '" + id + "' AND Title LIKE 't_'"); len(got) > 1 {
			t.Errorf("%s: %v", id, got)
		}
	}
	log := o.Requests()
	if len(log) != 80+len(ids) {
		t.Errorf("%d requests", len(log))
	}
}
