package hubspot_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/sandbox/hubspot"
)

func TestControlEndpoints(t *testing.T) {
	a := quiet(t)
	control := func(name string, in any) body { t.Helper(); return a.do(200, "POST", "/_sandbox/"+name, in) }
	x, _ := control("create", body{"object": "contacts", "values": body{"email": "x@b.example"}})["id"].(string)
	y, _ := control("create", body{"object": "contacts", "values": body{"email": "y@b.example"}})["id"].(string)
	control("change", body{"object": "contacts", "id": x, "values": body{"city": "Lyon"}})
	control("bump", body{"object": "contacts", "id": x, "add": body{"hs_email_click": 3}})
	r := control("record", body{"object": "contacts", "id": x})
	if at(r, "values", "city") != "Lyon" || at(r, "values", "hs_email_click") != "3" || at(r, "history", "city", 0, "source", "sourceType") != "CRM_UI" {
		t.Errorf("record: %v", r)
	}
	values := control("values", body{"object": "contacts", "properties": []string{"city"}})
	if diff := cmp.Diff(body{x: body{"city": "Lyon"}, y: body{}}, values); diff != "" {
		t.Error(diff)
	}
	z, _ := control("merge", body{"object": "contacts", "primary": x, "other": y})["id"].(string)
	control("archive", body{"object": "contacts", "id": z})
	control("restore", body{"object": "contacts", "id": z})
	control("faults", body{"faults": []any{body{"kind": "status", "status": 500}}})
	a.do(500, "GET", contactsPath, nil)
	control("drop-scopes", body{"scopes": []string{"crm.objects.contacts.read"}})
	a.do(403, "GET", contactsPath, nil)
	control("grant-scopes", body{"scopes": []string{"crm.objects.contacts.read"}})
	control("limits", body{"limits": body{"burst": 1}})
	control("leave-daily", body{"left": 0})
	a.do(429, "GET", contactsPath, nil)
	if got := control("counts", nil)["list"]; got != 3.0 {
		t.Errorf("counts: %v", got)
	}
	a.do(400, "POST", "/_sandbox/change", body{"object": "contacts", "id": "9"})
	a.do(400, "POST", "/_sandbox/change", body{"objekt": "contacts"})
	a.do(404, "POST", "/_sandbox/nonsense", nil)
}

func TestKeepPrimaryID(t *testing.T) {
	a := quiet(t)
	a.KeepPrimaryID(true)
	x, y := a.create(map[string]string{"email": "x@b.example"}), a.create(map[string]string{"email": "y@b.example"})
	if z, err := a.Merge("contacts", x, y); err != nil || z != x {
		t.Fatal(z, err)
	}
	if r, _ := a.Record("contacts", y); r.ID != x || !slices.Equal(r.Merged, []string{y}) {
		t.Errorf("got %+v", r)
	}
}

func TestPopulationIsTheSameForTheSameSeed(t *testing.T) {
	dump := func(seed int64) (map[string]map[string]string, []string) {
		a := open(t, hubspot.Options{People: 300, Seed: seed})
		did := a.Drift(40)
		values, err := a.Values("contacts", "email", "jobtitle", "hs_email_click", "lastmodifieddate", "associatedcompanyid", "lifecyclestage")
		if err != nil {
			t.Fatal(err)
		}
		return values, did
	}
	first, did := dump(7)
	again, didAgain := dump(7)
	if diff := cmp.Diff(first, again) + cmp.Diff(did, didAgain); diff != "" {
		t.Error(diff)
	}
	other, _ := dump(8)
	if cmp.Equal(first, other) {
		t.Error("another seed gives the same people")
	}
	if len(did) != 40 {
		t.Errorf("%d things happened", len(did))
	}
	for _, words := range did {
		if strings.Contains(words, "nothing came of") {
			t.Error(words)
		}
	}
}

// TestPopulationAgreesWithItself checks what a reader of counters relies on.
func TestPopulationAgreesWithItself(t *testing.T) {
	a := open(t, hubspot.Options{People: 2000, Seed: 1})
	for _, id := range a.IDs("contacts") {
		r, err := a.Record("contacts", id)
		if err != nil {
			t.Fatal(err)
		}
		v := r.Values
		pairs := map[string]string{"hs_email_open": "hs_email_last_open_date", "hs_email_click": "hs_email_last_click_date",
			"hs_email_replied": "hs_email_last_reply_date", "hs_analytics_num_page_views": "hs_analytics_last_timestamp", "num_conversion_events": "recent_conversion_date"}
		for counter, last := range pairs {
			if (v[counter] != "") != (v[last] != "") {
				t.Errorf("%s: %s %q but %s %q", id, counter, v[counter], last, v[last])
			}
			if v[last] > v["lastmodifieddate"] || v[last] != "" && v[last] < v["createdate"] {
				t.Errorf("%s: %s %s lies outside %s … %s", id, last, v[last], v["createdate"], v["lastmodifieddate"])
			}
		}
		if v["associatedcompanyid"] != "" && !slices.Equal(r.Links["companies"], []string{v["associatedcompanyid"]}) {
			t.Errorf("%s: company %s, links %v", id, v["associatedcompanyid"], r.Links)
		}
		if n := len(r.Links["deals"]); n > 0 && v["num_associated_deals"] != itoa(int64(n)) {
			t.Errorf("%s: %d deals, num_associated_deals %s", id, n, v["num_associated_deals"])
		}
	}
}

func TestManyClientsAtOnce(t *testing.T) {
	a := open(t, hubspot.Options{People: 300, Seed: 2, Limits: hubspot.Limits{Off: true}})
	some := a.IDs("contacts")[:50]
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := range 15 {
				id := some[(worker*15+i)%len(some)]
				a.raw("GET", contactsPath+"?limit=100&associations=companies", nil)
				a.raw("POST", contactsPath+"/batch/update", body{"inputs": []any{body{"id": id, "properties": body{"city": "Lyon"}}}})
				a.raw("POST", contactsPath+"/search", body{"limit": 50})
				a.raw("POST", "/_sandbox/drift", body{"n": 1})
				a.Requests()
			}
		})
	}
	wg.Wait()
	if a.Counts()["list"] != 60 {
		t.Errorf("counts %v", a.Counts())
	}
}
