package hubspot_test

import (
	"testing"

	"github.com/bareme/bareme/connectors/hubspot"
	"github.com/bareme/bareme/crm"
	sandbox "github.com/bareme/bareme/sandbox/hubspot"
)

// BenchmarkList lists 5,000 contacts with a usual choice of properties, limits off: what a page costs besides waiting.
func BenchmarkList(b *testing.B) {
	box := sandbox.New(sandbox.Options{People: 5000, Limits: sandbox.Limits{Off: true}})
	c, err := hubspot.New(hubspot.Options{Token: token, Transport: direct{box},
		Limits: hubspot.Limits{Burst: hubspot.Rate{Calls: 1 << 20, Span: 1}}})
	if err != nil {
		b.Fatal(err)
	}
	q := crm.Query{Object: crm.People, Links: []string{crm.Companies}, Fields: []string{"email", "jobtitle", "country", "city",
		"hs_email_open", "hs_email_click", "hs_email_last_click_date", "hs_analytics_num_page_views", "lifecyclestage", "hubspot_owner_id"}}
	for b.Loop() {
		n := 0
		for page, err := range c.Records(b.Context(), q) {
			if err != nil {
				b.Fatal(err)
			}
			n += len(page.Items)
		}
		if n != 5000 {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/50, "µs/page")
}
