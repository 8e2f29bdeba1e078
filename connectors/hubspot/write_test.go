package hubspot_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
)

// whole refuses a batch as HubSpot does without telling which record is at fault, when one of the bad ids is in it.
func whole(t *testing.T, calls *atomic.Int64, code string, bad ...string) fake {
	return func(r *http.Request, raw []byte) (int, http.Header, string) {
		if !strings.HasSuffix(r.URL.Path, "/batch/update") {
			return http.StatusOK, nil, `{"results":[{"name":"jobtitle","type":"string"}]}`
		}
		calls.Add(1)
		ids, traces, _ := inputs(t, raw)
		if len(ids) > 100 || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != len(ids) || len(slices.Compact(slices.Sorted(slices.Values(traces)))) != len(ids) {
			t.Errorf("a batch of %d with ids or trace ids twice", len(ids))
		}
		var results []body
		for _, id := range ids {
			if slices.Contains(bad, id) {
				return http.StatusBadRequest, nil, asJSON(body{"status": "error", "category": "VALIDATION_ERROR", "correlationId": "c-1",
					"message": `Property values were not valid: [{"isValid":false,"message":"canary7f3a was not one of the allowed options","error":"` + code + `","name":"jobtitle","portalId":1}]`})
			}
			results = append(results, body{"id": id, "properties": body{}})
		}
		return http.StatusOK, nil, asJSON(body{"status": "COMPLETE", "results": results})
	}
}

func updates(n int) []crm.Update {
	out := make([]crm.Update, n)
	for i := range out {
		out[i] = crm.Update{ID: strconv.Itoa(1000 + i), Fields: crm.Fields{"jobtitle": fmt.Sprint("canary7f3a ", i)}}
	}
	return out
}

// A batch refused whole is halved until the bad records stand alone; the others are written.
func TestWholeBatchRefused(t *testing.T) {
	var calls atomic.Int64
	c := connectTo(t, whole(t, &calls, "INVALID_OPTION", "1007", "1063"))
	got, err := c.Write(t.Context(), crm.People, updates(100))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range got {
		bad := o.ID == "1007" || o.ID == "1063"
		if (o.Status == crm.Rejected) != bad {
			t.Errorf("record %s is %s", o.ID, o.Status)
		}
		if bad {
			want := "write people: field jobtitle: record " + o.ID + ": the value is not one of the property's options (INVALID_OPTION). " +
				"Run bareme provision to add the options that are missing (request c-1)"
			if o.Err.Error() != want || !errors.Is(o.Err, crm.ErrInvalid) {
				t.Errorf("got %v", o.Err)
			}
		}
	}
	if n := calls.Load(); n > 30 {
		t.Errorf("%d calls to find 2 records of 100", n)
	}
}

// When a property does not exist, every record that writes it is at fault: that takes one call, not two hundred.
func TestWholeBatchRefusedForAProperty(t *testing.T) {
	var calls atomic.Int64
	c := connectTo(t, whole(t, &calls, "PROPERTY_DOESNT_EXIST", "1000"))
	all := updates(100)
	all[99].Fields = crm.Fields{"city": "x"}
	got, err := c.Write(t.Context(), crm.People, all)
	if err != nil || got[0].Status != crm.Rejected || got[98].Status != crm.Rejected || got[99].Status != crm.Written {
		t.Errorf("got %v, %v", got, err)
	}
	if n := calls.Load(); n != 2 {
		t.Errorf("%d calls, want 2", n)
	}
}

// A conflict is no reason to give up on the other records, and is told apart from a refusal.
func TestConflict(t *testing.T) {
	c := connectTo(t, func(r *http.Request, raw []byte) (int, http.Header, string) {
		ids, _, _ := inputs(t, raw)
		if slices.Contains(ids, "1001") {
			return http.StatusConflict, nil, `{"status":"error","category":"CONFLICT","message":"canary7f3a exists"}`
		}
		var results []body
		for _, id := range ids {
			results = append(results, body{"id": id})
		}
		return http.StatusOK, nil, asJSON(body{"results": results})
	})
	got, err := c.Write(t.Context(), crm.People, updates(4))
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range got {
		if i == 1 && (o.Status != crm.Rejected || !errors.Is(o.Err, crm.ErrConflict)) || i != 1 && o.Status != crm.Written {
			t.Errorf("record %s is %s: %v", o.ID, o.Status, o.Err)
		}
	}
}

// HubSpot leaves merged records out of its answer without a word, and says of deleted ones that it cannot find them.
func TestPassedOverInSilence(t *testing.T) {
	a := open(t)
	ids := a.createMany(5, "contacts", named)
	survivor := a.merge("contacts", ids[1], ids[2])
	a.delete("contacts", ids[3])
	c := a.connect()
	var all []crm.Update
	for _, id := range append(ids, "999999", "abc", ids[0]) {
		all = append(all, crm.Update{ID: id, Fields: crm.Fields{"jobtitle": "VP"}})
	}
	got, err := c.Write(t.Context(), crm.People, all)
	if err != nil {
		t.Fatal(err)
	}
	want := []crm.Outcome{
		{ID: ids[0], Status: crm.Written},
		{ID: ids[1], Status: crm.Merged, NewID: survivor},
		{ID: ids[2], Status: crm.Merged, NewID: survivor},
		{ID: ids[3], Status: crm.Gone},
		{ID: ids[4], Status: crm.Written},
		{ID: "999999", Status: crm.Gone},
		{ID: "abc", Status: crm.Rejected},
		{ID: ids[0], Status: crm.Written},
	}
	for i := range got {
		got[i].Err = nil
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// HubSpot's answer may leave out a record that exists: it is sent once more, by itself.
func TestNotConfirmed(t *testing.T) {
	for name, c := range map[string]struct {
		alone bool // HubSpot writes it when it comes alone
		want  crm.Status
	}{"once": {true, crm.Written}, "for good": {false, crm.Rejected}} {
		t.Run(name, func(t *testing.T) {
			calls := 0
			conn := connectTo(t, func(r *http.Request, raw []byte) (int, http.Header, string) {
				if r.Method == http.MethodGet {
					return http.StatusOK, nil, `{"id":"1001","properties":{}}`
				}
				calls++
				ids, _, _ := inputs(t, raw)
				var results []body
				for _, id := range ids {
					if id != "1001" || c.alone && len(ids) == 1 {
						results = append(results, body{"id": id})
					}
				}
				return http.StatusOK, nil, asJSON(body{"results": results})
			})
			got, err := conn.Write(t.Context(), crm.People, updates(3))
			if err != nil || got[1].Status != c.want || got[0].Status != crm.Written || calls != 2 {
				t.Errorf("got %v, %v after %d calls", got, err, calls)
			}
		})
	}
}

// Updates of one record are joined: the later value wins, and no batch names a record twice.
func TestUpdatesOfOneRecord(t *testing.T) {
	a := open(t)
	id := a.create("contacts", named(1))
	c := a.connect()
	got, err := c.Write(t.Context(), crm.People, []crm.Update{
		{ID: id, Fields: crm.Fields{"jobtitle": "VP", "city": "Lyon"}},
		{ID: id, Fields: crm.Fields{"jobtitle": "CEO"}},
		{ID: id},
	})
	if err != nil || len(got) != 3 || got[0].Status != crm.Written || got[2].Status != crm.Written {
		t.Fatalf("got %v, %v", got, err)
	}
	if n := c.Usage().Calls["write"]; n != 1 {
		t.Errorf("%d calls", n)
	}
	records, err := c.Read(t.Context(), crm.People, []string{id}, []string{"jobtitle", "city"})
	if want := (crm.Fields{"jobtitle": "CEO", "city": "Lyon"}); err != nil || !cmp.Equal(records[0].Fields, want) {
		t.Errorf("got %v, %v", records, err)
	}
}

// Three batches on their way, the second fails: what is known of the first is returned, and nothing is made up.
func TestStoppedHalfway(t *testing.T) {
	c := connectTo(t, func(r *http.Request, raw []byte) (int, http.Header, string) {
		ids, _, _ := inputs(t, raw)
		if slices.Contains(ids, "1150") {
			return http.StatusForbidden, nil, `{"category":"MISSING_SCOPES","errors":[{"context":{"requiredGranularScopes":["crm.objects.contacts.write"]}}]}`
		}
		var results []body
		for _, id := range ids {
			results = append(results, body{"id": id})
		}
		return http.StatusOK, nil, asJSON(body{"results": results})
	})
	got, err := c.Write(t.Context(), crm.People, updates(300))
	if !errors.Is(err, crm.ErrAuth) || len(got) > 100 {
		t.Errorf("%d outcomes, %v", len(got), err)
	}
	want := "write people: the token lacks the scope crm.objects.contacts.write. " +
		"Grant them in HubSpot under Development > Keys > Service keys (or in the app's scopes), then try again"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}
