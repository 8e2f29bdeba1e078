package salesforce

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestDialectRoundTrip: what is written is read again, whatever the values, delimiter and line ending.
func TestDialectRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, bad := readDialect(rapid.SampledFrom([]string{"BACKQUOTE", "CARET", "COMMA", "PIPE", "SEMICOLON", "TAB"}).Draw(t, "delimiter"),
			rapid.SampledFrom([]string{"LF", "CRLF"}).Draw(t, "ending"))
		if bad != nil {
			t.Fatal(bad)
		}
		width := rapid.IntRange(1, 4).Draw(t, "width")
		line := rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom([]rune("ab \"'`^,|;\t\n\x00é#")), 0, 6, -1), width, width)
		header := rapid.SliceOfN(rapid.StringMatching(`[A-Za-z]{1,5}`), width, width).Draw(t, "header")
		rows := rapid.SliceOf(line).Draw(t, "rows")
		file := d.append(nil, header)
		for _, r := range rows {
			file = d.append(file, r)
		}
		gotHeader, gotRows, err := d.read(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(header, gotHeader); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(rows, gotRows); len(rows)+len(gotRows) > 0 && diff != "" {
			t.Error(diff)
		}
	})
}

// TestEveryRowIsAccountedFor: however a job ends, and wherever it is stopped, each row of the upload is in exactly one of
// the three files, and the counts agree with them.
func TestEveryRowIsAccountedFor(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := New(Options{})
		token := s.Session("")
		call := func(method, path, body string) string {
			r := httptest.NewRequest(method, "/services/data/v66.0/jobs/ingest"+path, strings.NewReader(body))
			r.Header.Set("Authorization", "Bearer "+token)
			if method == http.MethodPut {
				r.Header.Set("Content-Type", "text/csv")
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code >= 300 {
				t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
			}
			return w.Body.String()
		}
		s.SetBulk(BulkSettings{Batches: rapid.IntRange(0, 2).Draw(t, "batches a poll"), BatchRows: rapid.IntRange(1, 5).Draw(t, "batch")})
		if rapid.Bool().Draw(t, "fails") {
			if err := s.SpoilJobs(JobFault{Batches: rapid.IntRange(0, 5).Draw(t, "after")}); err != nil {
				t.Fatal(err)
			}
		}
		n := rapid.IntRange(0, 20).Draw(t, "rows")
		file := "Name,NumberOfEmployees\n"
		for i := range n {
			file += fmt.Sprintf("Account %d,%s\n", i, rapid.SampledFrom([]string{"", "5", "#N/A", "many"}).Draw(t, "employees"))
		}
		call(http.MethodPost, "", `{"object":"Account","operation":"insert"}`)
		id := "/" + s.bulk.order[0]
		call(http.MethodPut, id+"/batches", file)
		call(http.MethodPatch, id, `{"state":"UploadComplete"}`)
		stop := rapid.IntRange(0, 8).Draw(t, "stopped after")
		for polls := 0; !s.bulk.jobs[id[1:]].over(); polls++ {
			if polls == stop {
				call(http.MethodPatch, id, `{"state":"Aborted"}`)
				break
			}
			call(http.MethodGet, id, "")
		}
		lines := func(path string) int { return strings.Count(call(http.MethodGet, id+path, ""), "\n") - 1 }
		good, bad, rest := lines("/successfulResults"), lines("/failedResults"), lines("/unprocessedrecords")
		j := s.bulk.jobs[id[1:]]
		if good+bad+rest != n || j.ingest.done != good+bad || j.ingest.failed != bad {
			t.Errorf("%d rows: %d good, %d bad, %d left; %d done, %d failed", n, good, bad, rest, j.ingest.done, j.ingest.failed)
		}
		if stored := len(s.objects["account"].rows); stored != good {
			t.Errorf("%d accounts, %d good rows", stored, good)
		}
	})
}
