package hubspot_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bareme/bareme/crm"
)

// pastOf reads what a property of one record was.
func pastOf(t *testing.T, c crm.Historian, object, id, property string) crm.Past {
	t.Helper()
	got, err := c.Histories(t.Context(), crm.HistoryQuery{Object: object, IDs: []string{id}, Fields: []string{property}})
	if err != nil || len(got) != 1 {
		t.Fatalf("%d histories of one record: %v", len(got), err)
	}
	return got[0].Fields[property]
}

// TestHistoryIsCutAfterTwentyValues: what was before the oldest value that HubSpot still has is not known.
func TestHistoryIsCutAfterTwentyValues(t *testing.T) {
	a := open(t)
	id := a.create("contacts", map[string]string{"email": "p@example.com", "jobtitle": "0"})
	a.Pass(time.Hour)
	c := a.connect()
	begun := a.Now()
	for i := range 25 {
		if i == 18 {
			if p := pastOf(t, c, crm.People, id, "jobtitle"); !p.Whole || p.Cut || len(p.Values) != 19 {
				t.Errorf("nineteen values: whole %t, cut %t, %d values", p.Whole, p.Cut, len(p.Values))
			}
		}
		a.change("contacts", id, crm.Fields{"jobtitle": fmt.Sprint(i + 1)})
		a.Pass(time.Hour)
	}
	p := pastOf(t, c, crm.People, id, "jobtitle")
	if _, known := p.At(begun); known || p.Whole || !p.Cut {
		t.Errorf("known of the first hour: %t, whole %t, cut %t", known, p.Whole, p.Cut)
	}
	if value, known := p.At(begun.Add(10 * time.Hour)); value != "11" || !known {
		t.Errorf("after ten hours %q, known %t", value, known)
	}
}

// TestCalculatedPropertiesHaveNoPast: HubSpot dates them by when it came round to calculating.
func TestCalculatedPropertiesHaveNoPast(t *testing.T) {
	a := open(t)
	c := a.connect()
	schema, err := c.Describe(t.Context(), crm.People)
	if err != nil {
		t.Fatal(err)
	}
	q := crm.HistoryQuery{Object: crm.People, Links: []string{crm.Companies, crm.Owners}}
	for _, f := range schema.Fields {
		q.Fields = append(q.Fields, f.Name)
	}
	tracked, err := c.Tracked(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if got := tracked.Fields["hs_calculated_merged_vids"]; got.Kept || !strings.Contains(got.Why, "calculated") {
		t.Errorf("hs_calculated_merged_vids: %+v", got)
	}
	if got := tracked.Fields["jobtitle"]; !got.Kept || !got.Since.IsZero() {
		t.Errorf("jobtitle: %+v", got)
	}
	if !tracked.Links[crm.Companies].Kept || tracked.Links[crm.Owners].Kept {
		t.Errorf("links: %+v", tracked.Links)
	}
}

// TestHistoryAsksForFifty at a time, and says so beforehand.
func TestHistoryAsksForFifty(t *testing.T) {
	calls := 0
	c := connectTo(t, func(r *http.Request, raw []byte) (int, http.Header, string) {
		if strings.Contains(r.URL.Path, "properties") {
			return http.StatusOK, nil, `{"results":[{"name":"jobtitle","type":"string","fieldType":"text"},{"name":"lastmodifieddate","type":"datetime"}]}`
		}
		calls++
		ids, _, _ := inputs(t, raw)
		if len(ids) > 50 || !strings.Contains(string(raw), `"propertiesWithHistory":["jobtitle"]`) {
			t.Errorf("%d records in %s", len(ids), raw)
		}
		return http.StatusOK, nil, `{"status":"COMPLETE","results":[]}`
	})
	var ids []string
	for i := range 120 {
		ids = append(ids, fmt.Sprint(i+1))
	}
	ids = append(ids, "1", "no id")
	if _, err := c.Histories(t.Context(), crm.HistoryQuery{Object: crm.People, IDs: ids, Fields: []string{"jobtitle"}}); err != nil {
		t.Fatal(err)
	}
	if told := c.HistoryCalls(crm.People, 120); calls != 3 || told != 3 {
		t.Errorf("%d calls, %d told", calls, told)
	}
}
