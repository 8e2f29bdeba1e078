// Package goclientcheck drives the sandbox with go-salesforce, a client that other people wrote for the real service.
package goclientcheck_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	gosalesforce "github.com/k-capehart/go-salesforce/v3"

	"github.com/bareme/bareme/sandbox/salesforce"
)

// lead is a record as the client reads and writes it.
type lead struct {
	Id    string //nolint:revive // the client goes by the field's name
	Email string
	Title string
}

// connect opens an org of some people and logs in by client credentials.
func connect(t *testing.T) (*salesforce.Sandbox, *gosalesforce.Salesforce, string) {
	t.Helper()
	box := salesforce.New(salesforce.Options{People: 2000, Seed: 1})
	server := httptest.NewServer(box)
	t.Cleanup(server.Close)
	client, err := gosalesforce.Init(gosalesforce.Creds{Domain: server.URL, ConsumerKey: "sandbox-client", ConsumerSecret: "sandbox-secret"},
		gosalesforce.WithAPIVersion("v66.0"))
	if err != nil {
		t.Fatal(err)
	}
	return box, client, server.URL
}

func all(t *testing.T, client *gosalesforce.Salesforce) []lead {
	t.Helper()
	var out []lead
	if err := client.Query("SELECT Id, Email, Title FROM Lead WHERE IsConverted = false ORDER BY Id", &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestLogins(t *testing.T) {
	t.Parallel()
	box, client, url := connect(t)
	if n := len(all(t, client)); n < 200 {
		t.Fatalf("%d leads", n)
	}
	if _, err := gosalesforce.Init(gosalesforce.Creds{Domain: url, ConsumerKey: "sandbox-client", ConsumerSecret: "wrong"}); err == nil {
		t.Error("a wrong secret was accepted")
	}
	if _, err := gosalesforce.Init(gosalesforce.Creds{Domain: url, AccessToken: box.Session("")}); err != nil {
		t.Error(err)
	}
	key, err := box.SigningKey()
	if err != nil {
		t.Fatal(err)
	}
	var users []struct{ Username string }
	if err := client.Query("SELECT Username FROM User WHERE IsActive = true ORDER BY Id", &users); err != nil {
		t.Fatal(err)
	}
	signed, err := gosalesforce.Init(gosalesforce.Creds{Domain: url, Username: users[0].Username, ConsumerKey: "sandbox-client", ConsumerRSAPem: string(key)})
	if err != nil {
		t.Fatal(err)
	}
	all(t, signed)
}

// TestRenews: the client logs in once more when its session has ended.
func TestRenews(t *testing.T) {
	t.Parallel()
	box, client, _ := connect(t)
	before := len(all(t, client))
	box.ExpireSessions()
	if after := len(all(t, client)); after != before {
		t.Errorf("%d leads, then %d", before, after)
	}
}

func TestCollections(t *testing.T) {
	t.Parallel()
	_, client, _ := connect(t)
	leads := all(t, client)[:250]
	for i := range leads {
		leads[i].Title = fmt.Sprintf("T%d", i)
	}
	leads[7].Title = strings.Repeat("x", 200)
	results, err := client.UpdateCollection("Lead", leads, 200)
	if err != nil {
		t.Fatal(err)
	}
	bad := 0
	for _, r := range results.Results {
		if !r.Success {
			bad++
			if code := r.Errors[0].StatusCode; code != "STRING_TOO_LONG" {
				t.Errorf("code %s", code)
			}
		}
	}
	if !results.HasSalesforceErrors || bad != 1 || len(results.Results) != 250 {
		t.Errorf("%d results, %d bad", len(results.Results), bad)
	}
	if got := all(t, client)[3].Title; got != "T3" {
		t.Errorf("title %q", got)
	}
}

// TestBulkQuery reads several pages, by the client's iterator.
func TestBulkQuery(t *testing.T) {
	t.Parallel()
	box, client, _ := connect(t)
	box.SetBulk(salesforce.BulkSettings{PageRows: 100})
	pages, err := client.QueryBulkIterator("SELECT Id, Email, Title FROM Lead WHERE IsConverted = false")
	if err != nil {
		t.Fatal(err)
	}
	var got []lead
	n := 0
	for ; pages.Next(); n++ {
		var page []lead
		if err := pages.Decode(&page); err != nil {
			t.Fatal(err)
		}
		got = append(got, page...)
	}
	if err := pages.Error(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(all(t, client), got); diff != "" || n < 3 {
		t.Error(n, "pages", diff)
	}
}

func TestBulkUpdate(t *testing.T) {
	t.Parallel()
	_, client, _ := connect(t)
	leads := all(t, client)[:30]
	var rows []map[string]any
	for i, l := range leads {
		rows = append(rows, map[string]any{"Id": l.Id, "Title": fmt.Sprintf("B%d", i)})
	}
	rows = append(rows, map[string]any{"Id": "00QQy00000zzzzzMAA", "Title": "nobody"})
	ids, err := client.UpdateBulk("Lead", rows, 20, true)
	if err != nil || len(ids) != 2 {
		t.Fatal(ids, err)
	}
	good, bad := 0, 0
	for _, id := range ids {
		results, err := client.GetJobResults(id)
		for polls := 0; err == nil && results.State != "JobComplete" && polls < 100; polls++ { // the client waits for the first job alone
			results, err = client.GetJobResults(id)
		}
		if err != nil {
			t.Fatal(err)
		}
		good, bad = good+len(results.SuccessfulRecords), bad+len(results.FailedRecords)
	}
	if good != 30 || bad != 1 {
		t.Errorf("%d good, %d bad", good, bad)
	}
	if got := all(t, client)[29].Title; got != "B29" {
		t.Errorf("title %q", got)
	}
}
