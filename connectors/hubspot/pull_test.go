package hubspot_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
)

// HubSpot's search ends at 10,000 results, and a mass change gives more records than that one and the same millisecond.
func TestMoreThanTenThousandInOneMillisecond(t *testing.T) {
	const n = 12_345
	a := open(t)
	ids := a.createMany(n, "contacts", named)
	a.Pass(time.Hour)
	c := a.connect()
	q := crm.Query{Object: crm.People, Fields: []string{"jobtitle"}}
	first, cursor, _ := collect(t, c.Records(t.Context(), q))
	if len(first) != n {
		t.Fatalf("the first pull brought %d of %d", len(first), n)
	}
	if _, err := a.TouchAll("contacts"); err != nil {
		t.Fatal(err)
	}
	a.Pass(time.Minute)
	q.Cursor = cursor
	again, cursor, pages := collect(t, c.Records(t.Context(), q))
	got := make([]string, 0, n)
	for _, r := range again {
		got = append(got, r.ID)
	}
	slices.Sort(got)
	slices.Sort(ids)
	if !slices.Equal(got, ids) {
		t.Errorf("the second pull brought %d records, %d different ones, of %d", len(again), len(slices.Compact(got)), n)
	}
	if pages[0].Total != n {
		t.Errorf("announced %d records, want %d", pages[0].Total, n)
	}
	calls := c.Usage().Calls
	if want := map[string]int{"schema": 1, "list": 124, "search": 62, "batch read": 124}; !cmp.Equal(calls, want) {
		t.Errorf("calls %v, want %v", calls, want)
	}
	a.Pass(time.Hour)
	q.Cursor = cursor
	_, q.Cursor, _ = collect(t, c.Records(t.Context(), q)) // again, all of it: the overlap reaches back ten minutes
	if more, _, _ := collect(t, c.Records(t.Context(), q)); len(more) != 0 {
		t.Errorf("%d records came again", len(more))
	}
}

// No call that is not needed: the calls of each step are the least the API allows.
func TestLeastCalls(t *testing.T) {
	a := open(t)
	company := a.create("companies", map[string]string{"name": "Acme"})
	people := a.createMany(1000, "contacts", func(i int) map[string]string {
		return map[string]string{"jobtitle": "Director", "associatedcompanyid": company}
	})
	a.Pass(time.Hour)
	c := a.connect()
	spent := map[string]int{}
	step := func(name string, want map[string]int, run func()) {
		t.Helper()
		run()
		got := map[string]int{}
		for kind, n := range c.Usage().Calls {
			if n > spent[kind] {
				got[kind] = n - spent[kind]
			}
			spent[kind] = n
		}
		if !cmp.Equal(got, want) {
			t.Errorf("%s: calls %v, want %v", name, got, want)
		}
	}
	q := crm.Query{Object: crm.People, Fields: []string{"jobtitle", "hs_email_click"}, Links: []string{crm.Companies}}
	pull := func(want int) func() {
		return func() {
			t.Helper()
			got, next, _ := collect(t, c.Records(t.Context(), q))
			if q.Cursor = next; len(got) != want {
				t.Errorf("got %d records, want %d", len(got), want)
			}
		}
	}
	step("describe", map[string]int{"schema": 1}, func() {
		if _, err := c.Describe(t.Context(), crm.People); err != nil {
			t.Fatal(err)
		}
	})
	step("first load of 1,000", map[string]int{"list": 10}, pull(1000))
	step("nothing new", map[string]int{"search": 1}, pull(0))
	for _, id := range people[:10] {
		a.change("contacts", id, map[string]string{"jobtitle": "VP"})
	}
	a.Pass(time.Minute)
	step("1 % changed", map[string]int{"search": 1, "batch read": 1, "associations": 1}, pull(10))
	q.Unseen = func(context.Context, []crm.Version) ([]string, error) { return nil, nil }
	step("all known", map[string]int{"search": 1}, pull(0))
	step("write 1,000", map[string]int{"write": 10}, func() {
		updates := make([]crm.Update, len(people))
		for i, id := range people {
			updates[i] = crm.Update{ID: id, Fields: crm.Fields{"jobtitle": fmt.Sprint("Director ", i)}}
		}
		if out, err := c.Write(t.Context(), crm.People, updates); err != nil || len(out) != 1000 {
			t.Errorf("%d outcomes, %v", len(out), err)
		}
	})
}

// Ten searches make two pages of up to 1,000 records: links are read 1,000 at a time.
func TestPagesOfAnIncrementFillOneRequestForLinks(t *testing.T) {
	a := open(t)
	a.Pass(time.Hour)
	c := a.connect()
	q := crm.Query{Object: crm.People, Links: []string{crm.Companies}}
	_, q.Cursor, _ = collect(t, c.Records(t.Context(), q))
	a.createMany(1500, "contacts", named)
	_, _, pages := collect(t, c.Records(t.Context(), q))
	var sizes []int
	for _, p := range pages {
		sizes = append(sizes, len(p.Items))
	}
	if want := []int{1000, 500}; !slices.Equal(sizes, want) {
		t.Errorf("pages of %v, want %v", sizes, want)
	}
	if got := c.Usage().Calls["associations"]; got != 2 {
		t.Errorf("%d calls for links, want 2", got)
	}
}

// A long list of properties does not fit into an address: it goes by a batch.
func TestManyProperties(t *testing.T) {
	a := open(t)
	var fields []string
	values := map[string]string{}
	for i := range 60 {
		name := fmt.Sprintf("a_property_with_a_very_long_name_that_fills_the_address_of_a_request_%03d", i)
		a.do(http.StatusCreated, http.MethodPost, "/crm/v3/properties/contacts",
			body{"name": name, "label": name, "groupName": "contactinformation", "type": "string", "fieldType": "text"})
		fields = append(fields, name)
		values[name] = fmt.Sprint("value ", i)
	}
	id := a.create("contacts", values)
	longest := 0
	a.seen = func(r *http.Request) { longest = max(longest, len(r.URL.RequestURI())) }
	c := a.connect()
	got, _, _ := collect(t, c.Records(t.Context(), crm.Query{Object: crm.People, Fields: fields}))
	if len(got) != 1 || got[0].ID != id || !cmp.Equal(map[string]string(got[0].Fields), values) {
		t.Errorf("got %v", got)
	}
	if longest > 5000 {
		t.Errorf("an address of %d characters", longest)
	}
}

// HubSpot refuses searches of more than 3,000 characters, whatever is asked for.
func TestSearchesStayShort(t *testing.T) {
	a := open(t)
	longest := 0
	a.seen = func(r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/search") {
			raw, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			longest = max(longest, len(raw))
			r.Body = io.NopCloser(strings.NewReader(string(raw)))
		}
	}
	c := a.connect()
	s, err := c.Describe(t.Context(), crm.People)
	if err != nil {
		t.Fatal(err)
	}
	q := crm.Query{Object: crm.People, Links: []string{crm.Companies}}
	for _, f := range s.Fields {
		q.Fields = append(q.Fields, f.Name)
	}
	for range 2 {
		a.createMany(450, "contacts", named)
		_, q.Cursor, _ = collect(t, c.Records(t.Context(), q))
	}
	if longest == 0 || longest > 1000 {
		t.Errorf("a search of %d characters", longest)
	}
}

// The index shows a change only minutes after the record has it: the overlap brings it all the same.
func TestLaggingIndex(t *testing.T) {
	a := open(t)
	id := a.create("contacts", named(1))
	a.SetIndexLag(5 * time.Minute)
	a.Pass(time.Hour)
	c := a.connect()
	q := crm.Query{Object: crm.People, Fields: []string{"jobtitle"}}
	_, q.Cursor, _ = collect(t, c.Records(t.Context(), q))
	a.change("contacts", id, map[string]string{"jobtitle": "VP"})
	for range 3 { // pulled before the index knows
		a.Pass(time.Minute)
		var got []crm.Record
		if got, q.Cursor, _ = collect(t, c.Records(t.Context(), q)); len(got) != 0 {
			t.Fatal("the index does not lag")
		}
	}
	a.Pass(3 * time.Minute)
	got, _, _ := collect(t, c.Records(t.Context(), q))
	if len(got) != 1 || got[0].Fields["jobtitle"] != "VP" {
		t.Errorf("got %v", got)
	}
}

func TestMeetingTime(t *testing.T) {
	a := open(t)
	a.create("meetings", map[string]string{"hs_timestamp": "2026-01-01T10:00:00Z", "hs_meeting_start_time": "2026-01-02T10:00:00Z"})
	a.create("meetings", map[string]string{"hs_timestamp": "2026-01-03T10:00:00Z"})
	a.create("deals", map[string]string{"closedate": "2026-01-04T10:00:00Z"})
	c := a.connect()
	var got []time.Time
	for _, source := range []string{crm.Meetings, crm.Deals} {
		items, _, _ := collect(t, c.Activities(t.Context(), crm.Query{Object: source, Links: []string{}}))
		for _, item := range items {
			got = append(got, item.Time)
		}
	}
	day := func(d int) time.Time { return time.Date(2026, 1, d, 10, 0, 0, 0, time.UTC) }
	if want := []time.Time{day(2), day(3), day(4)}; !cmp.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestBadCursor(t *testing.T) {
	c := open(t).connect()
	for _, cursor := range []crm.Cursor{"x", `{"mode":"archived"}`, `{"mode":"search","id":"1 OR 2"}`, `{"mode":"list","secret":"x"}`} {
		for _, err := range c.Records(t.Context(), crm.Query{Object: crm.People, Cursor: cursor}) {
			want := "read people: the cursor is not one of HubSpot's. Start this pull again from the beginning"
			if err == nil || err.Error() != want {
				t.Errorf("%s: got %v", cursor, err)
			}
		}
	}
}

// A window of several pages is left after any of them and gone on with by another process, while people go on working:
// nobody is left out, and what changed meanwhile comes with the next window at the latest.
func TestResumeWithinAWindow(t *testing.T) {
	const n = 2500
	a := open(t)
	ids := a.createMany(n, "contacts", named)
	a.Pass(time.Hour)
	q := crm.Query{Object: crm.People, Fields: []string{"jobtitle"}}
	_, start, _ := collect(t, a.connect().Records(t.Context(), q))
	if _, err := a.TouchAll("contacts"); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	pages := 0
	for q.Cursor = start; ; {
		a.Pass(time.Minute)
		var page crm.Page[crm.Record]
		for p, err := range a.connect().Records(t.Context(), q) {
			if err != nil {
				t.Fatal(err)
			}
			page = p
			break
		}
		for _, r := range page.Items {
			got[r.ID] = r.Fields["jobtitle"]
		}
		q.Cursor = page.Next
		if pages++; pages == 1 { // one already read, one still to come
			a.change("contacts", ids[0], map[string]string{"jobtitle": "CEO"})
			a.change("contacts", ids[n-1], map[string]string{"jobtitle": "CEO"})
		}
		if !strings.Contains(string(page.Next), "until") {
			break
		}
	}
	if pages != 3 {
		t.Errorf("%d pages", pages)
	}
	next, _, _ := collect(t, a.connect().Records(t.Context(), q))
	for _, r := range next {
		got[r.ID] = r.Fields["jobtitle"]
	}
	if len(got) != n || got[ids[0]] != "CEO" || got[ids[n-1]] != "CEO" {
		t.Errorf("%d of %d came; the two that changed are %q and %q", len(got), n, got[ids[0]], got[ids[n-1]])
	}
}
