package hubspot_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
)

// The primary company comes first, in the list and in an increment.
func TestPrimaryCompanyFirst(t *testing.T) {
	a := open(t)
	first := a.create("companies", map[string]string{"name": "First"})
	second := a.create("companies", map[string]string{"name": "Second"})
	id := a.create("contacts", map[string]string{"jobtitle": "VP", "associatedcompanyid": second})
	a.link("contacts", id, "companies", first)
	c := a.connect()
	q := crm.Query{Object: crm.People, Links: []string{crm.Companies}}
	listed, next, _ := collect(t, c.Records(t.Context(), q))
	q.Cursor = next
	a.Pass(time.Minute)
	a.change("contacts", id, map[string]string{"jobtitle": "CEO"})
	searched, _, _ := collect(t, c.Records(t.Context(), q))
	want := map[string][]string{crm.Companies: {second, first}}
	if !cmp.Equal(listed[0].Links, want) || !cmp.Equal(searched[0].Links, want) {
		t.Errorf("listed %v, searched %v, want %v", listed[0].Links, searched[0].Links, want)
	}
	if _, shown := listed[0].Fields["associatedcompanyid"]; shown {
		t.Error("a property nobody asked for is among the fields")
	}
}

// A list shows the first links of a record only; the rest is read page by page. Ids come as numbers or as text, and one
// record deleted a moment ago makes HubSpot refuse all the others in its batch.
func TestManyLinks(t *testing.T) {
	var batches []int
	c := connectTo(t, func(r *http.Request, raw []byte) (int, http.Header, string) {
		switch {
		case strings.Contains(r.URL.Path, "/properties/"):
			return http.StatusOK, nil, `{"results":[]}`
		case r.Method == http.MethodGet:
			return http.StatusOK, nil, `{"results":[
				{"id":"1","properties":{},"associations":{"companies":{"results":[{"id":"10","type":"company_to_contact"}],"paging":{"next":{"after":"x"}}}}},
				{"id":"2","properties":{},"associations":{"companies":{"results":[{"id":"20","type":"t_unlabeled"},{"id":"21","type":"t_unlabeled"},{"id":"21","type":"t"}]}}},
				{"id":"3","properties":{},"associations":{"companies":{"results":[],"paging":{"next":{"after":"x"}}}}}]}`
		}
		ids, _, _ := inputs(t, raw)
		batches = append(batches, len(ids))
		switch {
		case slices.Contains(ids, "3"):
			return http.StatusBadRequest, nil, `{"category":"VALIDATION_ERROR"}`
		case strings.Contains(string(raw), `"after":"y"`):
			return http.StatusOK, nil, `{"results":[{"from":{"id":"1"},"to":[{"toObjectId":"12","associationTypes":[{"typeId":1,"label":"Primary"}]},{"toObjectId":10}]}]}`
		}
		return http.StatusMultiStatus, nil, `{"results":[{"from":{"id":1},"to":[{"toObjectId":10},{"toObjectId":11}],"paging":{"next":{"after":"y"}}}],"errors":[{"category":"OBJECT_NOT_FOUND"}]}`
	})
	got, _, _ := collect(t, c.Records(t.Context(), crm.Query{Object: crm.People, Links: []string{crm.Companies}}))
	want := []map[string][]string{{crm.Companies: {"12", "10", "11"}}, {crm.Companies: {"21", "20"}}, {}}
	for i, r := range got {
		if !cmp.Equal(r.Links, want[i]) {
			t.Errorf("record %s: links %v, want %v", r.ID, r.Links, want[i])
		}
	}
	if want := []int{2, 1, 1, 1}; !slices.Equal(batches, want) {
		t.Errorf("batches of %v, want %v", batches, want)
	}
}

// Whoever was merged away is told by the record that took him in, and found by his old id.
func TestMerged(t *testing.T) {
	a := open(t)
	ids := a.createMany(4, "contacts", named)
	c := a.connect()
	_, next, _ := collect(t, c.Records(t.Context(), crm.Query{Object: crm.People}))
	survivor := a.merge("contacts", ids[0], ids[1])
	a.delete("contacts", ids[3])
	a.Pass(time.Minute)
	changed, _, _ := collect(t, c.Records(t.Context(), crm.Query{Object: crm.People, Cursor: next, Fields: []string{"firstname"}}))
	i := slices.IndexFunc(changed, func(r crm.Record) bool { return r.ID == survivor })
	if i < 0 {
		t.Fatal("the survivor did not come")
	}
	absorbed := slices.Sorted(slices.Values(changed[i].Absorbed))
	if want := slices.DeleteFunc(slices.Sorted(slices.Values(ids[:2])), func(id string) bool { return id == survivor }); !slices.Equal(absorbed, want) {
		t.Errorf("absorbed %v, want %v", absorbed, want)
	}
	if len(changed[i].Fields) != 1 {
		t.Errorf("fields %v", changed[i].Fields)
	}
	records, err := c.Read(t.Context(), crm.People, append(ids, "x", "999999"), []string{"firstname"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range records {
		got = append(got, r.ID)
	}
	slices.Sort(got)
	if want := slices.Sorted(slices.Values([]string{survivor, ids[2]})); !slices.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
}

// The first sweep names all that was deleted, the next what was deleted since.
func TestRemoved(t *testing.T) {
	a := open(t)
	ids := a.createMany(250, "contacts", named)
	for _, id := range ids[:240] {
		a.delete("contacts", id)
	}
	a.Pass(time.Hour)
	c := a.connect()
	gone, next, pages := collect(t, c.Removed(t.Context(), crm.People, ""))
	slices.Sort(gone)
	if want := slices.Sorted(slices.Values(ids[:240])); !slices.Equal(gone, want) || len(pages) != 3 {
		t.Errorf("%d ids on %d pages", len(gone), len(pages))
	}
	a.Pass(time.Hour)
	a.delete("contacts", ids[249])
	if gone, _, _ = collect(t, c.Removed(t.Context(), crm.People, next)); !slices.Equal(gone, ids[249:]) {
		t.Errorf("the next sweep names %v, want %v", gone, ids[249:])
	}
}

func TestOwners(t *testing.T) {
	c := connectTo(t, func(r *http.Request, _ []byte) (int, http.Header, string) {
		if r.URL.Query().Get("after") == "" {
			return http.StatusOK, nil, `{"results":[{"id":"1","email":"a@b.example","firstName":"Ana","lastName":"Li"}],"paging":{"next":{"after":"1"}}}`
		}
		return http.StatusOK, nil, `{"results":[{"id":"2","lastName":"Queue"}]}`
	})
	got, err := c.Owners(t.Context())
	want := []crm.Owner{{ID: "1", Email: "a@b.example", Name: "Ana Li"}, {ID: "2", Name: "Queue"}}
	if err != nil || !cmp.Equal(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
}

// Pages that do not advance are an error, not a loop.
func TestPagesThatDoNotAdvance(t *testing.T) {
	c := connectTo(t, func(r *http.Request, _ []byte) (int, http.Header, string) {
		if strings.Contains(r.URL.Path, "/properties/") {
			return http.StatusOK, nil, `{"results":[]}`
		}
		return http.StatusOK, nil, `{"total":5000,"results":[{"id":"7","properties":{}}],"paging":{"next":{"after":"7"}}}`
	})
	for name, run := range map[string]func() error{
		"list": func() error { return last(c.Records(t.Context(), crm.Query{Object: crm.People})) },
		"search": func() error {
			return last(c.Records(t.Context(), crm.Query{Object: crm.People, Cursor: `{"mode":"search"}`}))
		},
		"archive": func() error { return last(c.Removed(t.Context(), crm.People, "")) },
		"owners":  func() error { _, err := c.Owners(t.Context()); return err },
	} {
		if err := run(); err == nil || !strings.HasSuffix(err.Error(), "HubSpot's pages do not advance") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
