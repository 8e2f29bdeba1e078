package salesforce_test

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/bareme/bareme/connectors/salesforce"
	"github.com/bareme/bareme/crm"
)

// forBench is an org with so many leads, for a benchmark.
func forBench(b *testing.B, leads int) (*org, []string) {
	b.Helper()
	a := begin(b)
	ids := make([]string, leads)
	for i := range ids {
		ids[i] = a.lead(fmt.Sprint("Lead ", i))
	}
	return a, ids
}

// BenchmarkWrite counts the calls of a write in both ways, to find where they cross. The sandbox's jobs end at the second
// look; Salesforce's take longer, and each look is a call.
func BenchmarkWrite(b *testing.B) {
	for _, n := range []int{500, 1000, 1500, 2000, 5000} {
		a, ids := forBench(b, n)
		for _, way := range []string{"REST", "Bulk"} {
			b.Run(fmt.Sprintf("%s/%d", way, n), func(b *testing.B) {
				c := a.connect(func(o *salesforce.Options) {
					if o.BulkWrite = 1 << 30; way == "Bulk" {
						o.BulkWrite = 1
					}
				})
				if _, err := c.Describe(b.Context(), crm.People); err != nil {
					b.Fatal(err)
				}
				before := total(c)
				for i := range b.N {
					if _, err := c.Write(b.Context(), crm.People, titles(ids, fmt.Sprint(i))); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(total(c)-before)/float64(b.N), "calls/op")
			})
		}
	}
}

func total(c *salesforce.Connector) (n int) {
	for _, k := range c.Usage().Calls {
		n += k
	}
	return n
}

// BenchmarkRead reads every lead in both ways.
func BenchmarkRead(b *testing.B) {
	const n = 50_000
	a, _ := forBench(b, n)
	for _, way := range []string{"REST", "Bulk"} {
		b.Run(way, func(b *testing.B) {
			c := a.connect(func(o *salesforce.Options) {
				if o.PageSize, o.BulkRead = 2000, 1<<30; way == "Bulk" {
					o.BulkRead = 1
				}
			})
			calls := 0
			for range b.N {
				before := total(c)
				if rows, _ := readAll(b, c, 1<<30); rows != n {
					b.Fatalf("%d of %d came", rows, n)
				}
				calls = total(c) - before
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(calls), "calls/op")
		})
	}
}

// BenchmarkBulkMemory reads a bulk job whose results are made up while they are sent, so that nothing but the connector
// takes memory. The heap is the most that lived between two pages: it must not grow with the number of rows.
func BenchmarkBulkMemory(b *testing.B) {
	for _, n := range []int{200_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c, err := salesforce.New(salesforce.Options{LoginURL: "https://example.my.salesforce.com", ClientID: clientID, ClientSecret: clientSecret,
				Transport: endless{rows: n, perPage: 50_000}, People: []string{"Lead"}, BulkRead: 1})
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			var peak uint64
			for range b.N {
				rows, most := readAll(b, c, 10)
				if peak = max(peak, most); rows != n {
					b.Fatalf("%d of %d came", rows, n)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
		})
	}
}

// endless is a Salesforce with one job of so many rows.
type endless struct{ rows, perPage int }

// RoundTrip answers.
func (e endless) RoundTrip(r *http.Request) (*http.Response, error) {
	const job = "/services/data/v66.0/jobs/query/750000000000001AAA"
	var answer string
	switch {
	case r.URL.Path == "/services/oauth2/token":
		answer = tokenReply("https://example.my.salesforce.com")
	case strings.HasSuffix(r.URL.Path, "/describe"):
		answer = `{"name":"Lead","fields":[{"name":"Id","type":"id"},{"name":"SystemModstamp","type":"datetime"},{"name":"LastName","type":"string"},` +
			`{"name":"Company","type":"string"},{"name":"Email","type":"email"},{"name":"Title","type":"string"}]}`
	case r.URL.Path == job+"/results":
		page, err := strconv.Atoi(r.URL.Query().Get("locator"))
		if err != nil {
			return nil, err
		}
		return respond(io.NopCloser(&rowMaker{next: page * e.perPage, end: min((page+1)*e.perPage, e.rows)})), nil
	case strings.HasSuffix(r.URL.Path, "/resultPages"):
		var pages []map[string]string
		for i := range (e.rows + e.perPage - 1) / e.perPage {
			pages = append(pages, map[string]string{"resultUrl": job + "/results?locator=" + strconv.Itoa(i)})
		}
		answer = asJSON(map[string]any{"resultPages": pages, "done": true})
	case strings.HasSuffix(r.URL.Path, "/query") && r.Method == http.MethodGet:
		answer = fmt.Sprintf(`{"totalSize":%d,"done":true,"records":[]}`, e.rows)
	default:
		answer = fmt.Sprintf(`{"id":"750000000000001AAA","state":"JobComplete","numberRecordsProcessed":%d}`, e.rows)
	}
	return respond(io.NopCloser(strings.NewReader(answer))), nil
}

func respond(body io.ReadCloser) *http.Response {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Date": {"Fri, 20 Nov 2026 09:30:00 GMT"}}, Body: body}
}

// rowMaker writes lines of CSV as they are read.
type rowMaker struct {
	next, end int
	began     bool
	left      []byte
}

// Read makes lines until the end.
func (m *rowMaker) Read(p []byte) (int, error) {
	if len(m.left) == 0 {
		switch {
		case !m.began:
			m.began = true
			m.left = []byte("\"Id\",\"LastName\",\"Company\",\"Email\",\"Title\",\"SystemModstamp\"\n")
		case m.next == m.end:
			return 0, io.EOF
		default:
			m.left = fmt.Appendf(nil, "\"00Q%012d\",\"Name %d\",\"Company %d\",\"person%d@example.com\",\"Title\",\"2026-01-01T00:00:00.000Z\"\n", m.next, m.next, m.next/10, m.next)
			m.next++
		}
	}
	n := copy(p, m.left)
	m.left = m.left[n:]
	return n, nil
}

// readAll reads all leads, and looks at the heap between every so many pages.
func readAll(b *testing.B, c crm.Connector, every int) (rows int, peak uint64) {
	b.Helper()
	base := living()
	q := crm.Query{Object: crm.People, Fields: []string{"LastName", "Company", "Email", "Title"}}
	pages := 0
	for page, err := range c.Records(b.Context(), q) {
		if err != nil {
			b.Fatal(err)
		}
		rows += len(page.Items)
		if pages++; pages%every == 0 {
			if now := living(); now > base {
				peak = max(peak, now-base)
			}
		}
	}
	return rows, peak
}

// living is the heap in use after a collection.
func living() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
