package main

import (
	"bytes"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/examples"
	"github.com/bareme/bareme/sandbox/salesforce"
)

// byRESTAndBulk runs a test over an org of about so many people by collections and by bulk jobs.
func byRESTAndBulk(t *testing.T, people int, test func(t *testing.T, w *world)) {
	t.Helper()
	for name, always := range map[string]bool{"REST": false, "Bulk": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newWorld(t, worldPlan{model: examples.Salesforce, people: people, always: always, bulk: salesforce.BulkSettings{Queued: -1}}))
		})
	}
}

// peopleRead is how many people a run read.
func (w *world) peopleRead(args ...string) (read, written int) {
	w.t.Helper()
	report := w.sync(args...)
	return report.Read[crm.People].Read, report.Written
}

// TestOwnWritesComeBackOnce: a thousand records are written. They come back once, because each write moved their stamps;
// nothing is written because of it, and after that they do not come back.
func TestOwnWritesComeBackOnce(t *testing.T) {
	t.Parallel()
	byRESTAndBulk(t, 1500, func(t *testing.T, w *world) {
		read, written := w.peopleRead()
		if read < 1000 || written < 1000 {
			t.Fatalf("the first run read %d and wrote %d people", read, written)
		}
		w.org.Pass(15 * time.Minute)
		if again, writes := w.peopleRead(); again > read || writes > 0 {
			t.Errorf("the second run read %d people of %d and wrote %d", again, read, writes)
		}
		w.org.Pass(15 * time.Minute)
		if again, writes := w.peopleRead(); again > 0 || writes > 0 {
			t.Errorf("the third run read %d people and wrote %d", again, writes)
		}
		if n := w.updates(); n != written {
			t.Errorf("%d records were updated in all, %d by the first run", n, written)
		}
	})
}

// TestEditInTheSecondOfOurWrite: people change records in the same second as the run writes them, some just before the
// write is carried out and some just after. The stamps tell nothing apart, and no edit is lost.
func TestEditInTheSecondOfOurWrite(t *testing.T) {
	t.Parallel()
	byRESTAndBulk(t, 160, func(t *testing.T, w *world) {
		before, after := w.deciders()
		var once [2]sync.Once
		w.org.OnRequest(func(_ int, r *http.Request, at salesforce.Phase) {
			written := r.Method == http.MethodPatch && strings.HasSuffix(r.URL.Path, "/composite/sobjects") || strings.HasSuffix(r.URL.Path, "/successfulResults")
			switch {
			case written && at == salesforce.Before && r.Method == http.MethodPatch, strings.HasSuffix(r.URL.Path, "/batches") && at == salesforce.Before:
				once[0].Do(func() { w.becomeInterns(before) })
			case written && at == salesforce.After:
				once[1].Do(func() { w.becomeInterns(after) })
			}
		})
		if _, written := w.peopleRead(); written == 0 {
			t.Fatal("nothing was written")
		}
		w.org.OnRequest(nil)
		reasons := func(id string) string {
			v, ok := w.org.Value(id, "Bareme_Reasons__c")
			if !ok {
				t.Fatalf("no record %s", id)
			}
			return v["Bareme_Reasons__c"]
		}
		for _, id := range append(before, after...) {
			if !strings.Contains(reasons(id), "Decides") {
				t.Fatalf("%s shows %q: they were edited before they were read", id, reasons(id))
			}
		}
		if _, written := w.peopleRead(); written != len(before)+len(after) {
			t.Errorf("the next run wrote %d records, %d were edited", written, len(before)+len(after))
		}
		for _, id := range append(before, after...) {
			if strings.Contains(reasons(id), "Decides") {
				t.Errorf("the edit of %s is lost: %q", id, reasons(id))
			}
			if v, _ := w.org.Value(id, "Title"); v["Title"] != "Student intern" {
				t.Errorf("%s has the title %q", id, v["Title"])
			}
		}
	})
}

// deciders are some leads and contacts with a telling title, in two halves.
func (w *world) deciders() (some, others []string) {
	w.t.Helper()
	for _, object := range []string{"Lead", "Contact"} {
		values := map[string]any{"LastName": "Decider", "Title": "CEO"}
		if object == "Lead" {
			values["Company"] = "A company"
		}
		for i := range 8 {
			id, err := w.org.Create(object, values)
			if err != nil {
				w.t.Fatal(err)
			}
			if i%2 == 0 {
				some = append(some, id)
			} else {
				others = append(others, id)
			}
		}
	}
	return some, others
}

func (w *world) becomeInterns(ids []string) {
	for _, id := range ids {
		if err := w.org.Change(id, map[string]any{"Title": "Student intern"}, 0); err != nil {
			w.t.Error(err)
		}
	}
}

// TestNoOwnerChanges: the org's assignment rule gives leads that are updated by REST to somebody else, unless the request
// says not to. No sync changes an owner.
func TestNoOwnerChanges(t *testing.T) {
	t.Parallel()
	byRESTAndBulk(t, 160, func(t *testing.T, w *world) {
		owners := func() map[string]map[string]string {
			leads, err := w.org.Values("Lead", "OwnerId")
			if err != nil {
				t.Fatal(err)
			}
			return leads
		}
		want := owners()
		if _, written := w.peopleRead(); written == 0 {
			t.Fatal("nothing was written")
		}
		if diff := cmp.Diff(want, owners()); diff != "" {
			t.Errorf("owners changed (-before +after):\n%s", diff)
		}
		w.springTrap(want)
		if cmp.Equal(want, owners()) {
			t.Error("the trap does not work: an update without the header changed no owner")
		}
	})
}

// springTrap updates leads as a careless client does.
func (w *world) springTrap(leads map[string]map[string]string) {
	w.t.Helper()
	for id := range leads {
		req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPatch, w.url+"/services/data/v66.0/sobjects/Lead/"+id, bytes.NewReader([]byte(`{"Title":"x"}`)))
		if err != nil {
			w.t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+w.org.Session(""))
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			w.t.Fatal(err)
		}
		_ = resp.Body.Close()
	}
}
