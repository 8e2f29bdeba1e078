package salesforce_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/connectors/salesforce"
	"github.com/bareme/bareme/crm"
	sandbox "github.com/bareme/bareme/sandbox/salesforce"
)

// ways are the two ways to write.
var ways = map[string]func(*salesforce.Options){"REST": func(*salesforce.Options) {}, "Bulk": byBulk}

func bothWays(t *testing.T, run func(t *testing.T, change func(*salesforce.Options))) {
	t.Helper()
	for name, change := range ways {
		t.Run(name, func(t *testing.T) { run(t, change) })
	}
}

// titles writes a title to each record.
func titles(ids []string, title string) []crm.Update {
	out := make([]crm.Update, len(ids))
	for i, id := range ids {
		out[i] = crm.Update{ID: id, Fields: crm.Fields{"Title": title}}
	}
	return out
}

func statuses(outcomes []crm.Outcome) map[crm.Status]int {
	out := map[crm.Status]int{}
	for _, o := range outcomes {
		out[o.Status]++
	}
	return out
}

// TestNoOwnerChanges: any update by REST without the header would run the assignment rule of leads.
func TestNoOwnerChanges(t *testing.T) {
	bothWays(t, func(t *testing.T, change func(*salesforce.Options)) {
		a := begin(t)
		var ids []string
		for range 5 {
			ids = append(ids, a.lead("a"))
		}
		before, err := a.Values("Lead", "OwnerId")
		a.ok(err)
		a.seen = func(r *http.Request) {
			if strings.Contains(r.URL.Path, "/services/data") && (r.Header.Get("Sforce-Auto-Assign") != "FALSE" ||
				(r.Method != http.MethodGet && r.Header.Get("Sforce-Duplicate-Rule-Header") == "")) {
				t.Errorf("%s %s without the headers that keep owners", r.Method, r.URL.Path)
			}
			if strings.Contains(r.URL.Path, "/services/data") && !strings.Contains(r.Header.Get("Sforce-Call-Options"), "client=bareme") {
				t.Errorf("%s without the client's name", r.URL.Path)
			}
		}
		if out, err := a.connect(change).Write(t.Context(), crm.People, titles(ids, "x")); err != nil || statuses(out)[crm.Written] != 5 {
			t.Fatalf("%v, error: %v", out, err)
		}
		after, err := a.Values("Lead", "OwnerId")
		a.ok(err)
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("owners changed (-before +after):\n%s", diff)
		}
	})
}

// TestLocks: a record somebody holds is tried again, and told as a conflict when it stays held.
func TestLocks(t *testing.T) {
	bothWays(t, func(t *testing.T, change func(*salesforce.Options)) {
		a := begin(t)
		home := a.account("Home")
		ids := []string{a.contact(home, "a"), a.contact(home, "b"), a.contact("", "c"), a.lead("d")}
		c := a.connect(change)
		a.Lock(home, 2)
		if out, err := c.Write(t.Context(), crm.People, titles(ids, "x")); err != nil || statuses(out)[crm.Written] != 4 {
			t.Fatalf("%v, error: %v", out, err)
		}
		a.Lock(ids[0], -1)
		out, err := c.Write(t.Context(), crm.People, titles(ids, "y"))
		if err != nil || len(out) != 4 || out[0].Status != crm.Rejected || !errors.Is(out[0].Err, crm.ErrConflict) || statuses(out)[crm.Written] != 3 {
			t.Errorf("%v, error: %v", out, err)
		}
	})
}

// TestByAccount: contacts of one account are sent side by side once a pull has told which they are.
func TestByAccount(t *testing.T) {
	a := begin(t)
	var ids []string
	home := map[string]string{}
	accounts := []string{a.account("A"), a.account("B")}
	for i := range 6 {
		id := a.contact(accounts[i%2], "a")
		ids = append(ids, id)
		home[id] = accounts[i%2]
	}
	c := a.connect()
	records(t, c, crm.Query{Object: crm.People, Links: []string{crm.Companies}})
	a.KeepBodies(true)
	a.ClearRequests()
	if _, err := c.Write(t.Context(), crm.People, titles(ids, "x")); err != nil {
		t.Fatal(err)
	}
	for _, r := range a.Requests() {
		if r.Operation != "collections_update" {
			continue
		}
		slices.SortFunc(ids, func(x, y string) int { return strings.Index(r.Body, x) - strings.Index(r.Body, y) })
		changes := 0
		for i := range ids[1:] {
			if home[ids[i]] != home[ids[i+1]] {
				changes++
			}
		}
		if changes != 1 {
			t.Errorf("accounts are mixed: %d changes in one request", changes)
		}
	}
}

// TestRefusals: each has one clear message, and none quotes a value.
func TestRefusals(t *testing.T) {
	bothWays(t, func(t *testing.T, change func(*salesforce.Options)) {
		a := begin(t)
		mark(a)
		c := a.connect(change)
		const secret = "a private remark"
		for _, bad := range []struct{ code, message, want string }{
			{"FIELD_CUSTOM_VALIDATION_EXCEPTION", secret, "validation rule"},
			{"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", secret, "trigger or flow"},
			{"INSUFFICIENT_ACCESS_OR_READONLY", secret, "may not edit the record"},
			{"SOME_NEW_CODE", secret, "SOME_NEW_CODE"},
		} {
			ids := []string{a.lead("a"), a.lead("b")}
			a.ok(a.SpoilRows(sandbox.RowFault{ID: ids[0], Count: -1, Code: bad.code, Message: bad.message}))
			out, err := c.Write(t.Context(), crm.People, titles(ids, secret))
			if err != nil || len(out) != 2 || out[0].Status != crm.Rejected || out[1].Status != crm.Written {
				t.Fatalf("%s: %v, error: %v", bad.code, out, err)
			}
			if got := out[0].Err.Error(); !strings.Contains(got, bad.want) || strings.Contains(got, secret) {
				t.Errorf("%s: %s", bad.code, got)
			}
		}
		out, err := c.Write(t.Context(), crm.People, []crm.Update{
			{ID: a.lead("a"), Fields: crm.Fields{"Stage__c": secret}}, {ID: a.lead("b"), Fields: crm.Fields{"Stage__c": "lead"}}})
		if err != nil || len(out) != 2 || out[0].Status != crm.Rejected || !strings.Contains(out[0].Err.Error(), "Stage__c") ||
			!strings.Contains(out[0].Err.Error(), "not one of the picklist's") || strings.Contains(out[0].Err.Error(), secret) {
			t.Errorf("restricted picklist: %v, error: %v", out, err)
		}
	})
}

// TestHiddenColumn: a field the user may not edit stops the whole write before a single record is touched, also when it
// was hidden after it was described.
func TestHiddenColumn(t *testing.T) {
	bothWays(t, func(t *testing.T, change func(*salesforce.Options)) {
		a := begin(t)
		mark(a)
		ids := []string{a.lead("a"), a.contact("", "b")}
		updates := []crm.Update{{ID: ids[0], Fields: crm.Fields{"Points__c": "5", "Title": "x"}}, {ID: ids[1], Fields: crm.Fields{"Points__c": "5", "Title": "x"}}}
		untouched := func(when string) {
			t.Helper()
			for _, object := range []string{"Lead", "Contact"} {
				all, err := a.Values(object, "Title")
				a.ok(err)
				for id, v := range all {
					if v["Title"] != "" {
						t.Errorf("%s: %s was written in part", when, id)
					}
				}
			}
		}
		a.HideField("Contact.Points__c", false)
		a.HideField("Lead.Points__c", false)
		_, err := a.connect(change).Write(t.Context(), crm.People, updates)
		if !errors.Is(err, crm.ErrInvalid) || !strings.Contains(err.Error(), "Points__c") {
			t.Errorf("hidden: %v", err)
		}
		untouched("hidden")
		a.ShowField("Contact.Points__c")
		_, err = a.connect(change).Write(t.Context(), crm.People, updates)
		if !errors.Is(err, crm.ErrInvalid) || !strings.Contains(err.Error(), "on Lead") {
			t.Errorf("hidden on leads alone: %v", err)
		}
		untouched("hidden on leads alone")
		a.ShowField("Lead.Points__c")
		c := a.connect(change)
		if _, err := c.Describe(t.Context(), crm.People); err != nil {
			t.Fatal(err)
		}
		a.HideField("Contact.Points__c", true)
		a.HideField("Lead.Points__c", true)
		out, err := c.Write(t.Context(), crm.People, updates)
		if !errors.Is(err, crm.ErrInvalid) || !strings.Contains(err.Error(), "Points__c") || len(out) != 0 {
			if !slices.ContainsFunc(out, func(o crm.Outcome) bool { return o.Status != crm.Rejected }) && len(out) == 2 {
				t.Logf("each record was refused: %v", out[0].Err)
			} else {
				t.Errorf("hidden after describe: %v, error: %v", out, err)
			}
		}
		untouched("hidden after describe")
	})
}

// TestClearing: "" is null by REST and #N/A by Bulk; a field that is not named keeps its value; a text like the mark is
// refused by Bulk rather than taken for it.
func TestClearing(t *testing.T) {
	bothWays(t, func(t *testing.T, change func(*salesforce.Options)) {
		a := begin(t)
		mark(a)
		ids := []string{a.lead("a"), a.lead("b"), a.lead("c")}
		for _, id := range ids {
			a.ok(a.Change(id, map[string]any{"Title": "old", "Points__c": "5", "Member__c": "true"}, 0))
		}
		out, err := a.connect(change).Write(t.Context(), crm.People, []crm.Update{
			{ID: ids[0], Fields: crm.Fields{"Title": "", "Member__c": ""}},
			{ID: ids[1], Fields: crm.Fields{"Points__c": ""}},
			{ID: ids[2], Fields: crm.Fields{"Title": "#N/A"}},
		})
		if err != nil || len(out) != 3 || out[0].Status != crm.Written || out[1].Status != crm.Written {
			t.Fatalf("%v, error: %v", out, err)
		}
		got, err := a.Values("Lead", "Title", "Points__c", "Member__c")
		a.ok(err)
		for i, want := range []map[string]string{{"Title": "", "Member__c": "false"}, {"Title": "old", "Points__c": "", "Member__c": "true"}} {
			for name, value := range want {
				if got[ids[i]][name] != value {
					t.Errorf("%d %s: %q, want %q", i, name, got[ids[i]][name], value)
				}
			}
		}
		if mark := got[ids[2]]["Title"]; (out[2].Status == crm.Written) != (mark == "#N/A") || mark == "" {
			t.Errorf("a text like the mark: %s, stored %q", out[2].Status, mark)
		}
	})
}

// book keeps jobs in memory, as a store does across processes.
type book struct {
	mu   sync.Mutex
	jobs []string
	log  []string
}

func (b *book) Jobs(context.Context) ([]string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.jobs), nil
}

func (b *book) Add(_ context.Context, job string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.jobs = append(b.jobs, job)
	b.log = append(b.log, "add")
	return nil
}

func (b *book) Remove(_ context.Context, job string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.jobs = slices.DeleteFunc(b.jobs, func(j string) bool { return j == job })
	return nil
}

// TestKilledAnywhere ends the process at each request of a write. The next one collects the job where there is one, and
// what it tells is true.
func TestKilledAnywhere(t *testing.T) {
	for k := range 40 {
		a := begin(t)
		var ids []string
		for i := range 6 {
			ids = append(ids, a.lead(fmt.Sprint(i)))
		}
		a.ok(a.SpoilRows(sandbox.RowFault{ID: ids[1], Count: -1, Code: "FIELD_CUSTOM_VALIDATION_EXCEPTION"}))
		b := new(book)
		c := a.connect(byBulk)
		c.Keep(b)
		ctx, cancel := context.WithCancel(t.Context())
		reached := false
		a.mu.Lock()
		a.before[k] = func() {
			reached = true
			cancel()
		}
		a.seen = func(r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/batches") {
				if jobs, _ := b.Jobs(ctx); len(jobs) == 0 {
					t.Error("records leave before the job is in the book")
				}
			}
		}
		a.mu.Unlock()
		first, err := c.Write(ctx, crm.People, titles(ids, "x"))
		cancel()
		if !reached {
			if err != nil || len(b.jobs) != 0 {
				t.Fatalf("a whole write leaves %v, error: %v", b.jobs, err)
			}
			return
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("killed at %d: %v", k, err)
		}
		again := a.connect(byBulk)
		again.Keep(b)
		out, err := again.Resume(t.Context())
		if err != nil || len(b.jobs) != 0 {
			t.Fatalf("killed at %d: left %v, error: %v", k, b.jobs, err)
		}
		stored, err := a.Values("Lead", "Title")
		a.ok(err)
		for _, o := range append(first, out...) {
			if (o.Status == crm.Written) != (stored[o.ID]["Title"] == "x") || (o.Status == crm.Rejected) != (o.ID == ids[1]) {
				t.Errorf("killed at %d: %s is %s, stored %q", k, o.ID, o.Status, stored[o.ID]["Title"])
			}
		}
		if len(out) == 0 && stored[ids[0]]["Title"] == "x" && len(first) == 0 && k > 8 {
			t.Errorf("killed at %d: the job was done and nothing of it was collected", k)
		}
	}
}

// TestJobFailsHalfway: the batches that were done are told, and the rest is not taken for written.
func TestJobFailsHalfway(t *testing.T) {
	for _, silent := range []bool{false, true} {
		a := begin(t)
		a.SetBulk(sandbox.BulkSettings{BatchRows: 10})
		a.ok(a.SpoilJobs(sandbox.JobFault{Operation: "update", Batches: 2, Silent: silent}))
		var ids []string
		for i := range 40 {
			ids = append(ids, a.lead(fmt.Sprint(i)))
		}
		c := a.connect(byBulk)
		b := new(book)
		c.Keep(b)
		out, err := c.Write(t.Context(), crm.People, titles(ids, "x"))
		if !errors.Is(err, crm.ErrUnavailable) || !strings.Contains(err.Error(), "ended as Failed") {
			t.Errorf("error: %v", err)
		}
		stored, valErr := a.Values("Lead", "Title")
		a.ok(valErr)
		if len(out) != 20 {
			t.Errorf("%d outcomes, want 20", len(out))
		}
		for _, o := range out {
			if o.Status != crm.Written || stored[o.ID]["Title"] != "x" {
				t.Errorf("%s is %s", o.ID, o.Status)
			}
		}
		if rest, err := c.Write(t.Context(), crm.People, titles(ids[len(out):], "x")); err != nil || statuses(rest)[crm.Written] != 20 {
			t.Errorf("the rest: %v, error: %v", statuses(rest), err)
		}
	}
}
