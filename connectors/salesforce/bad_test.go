package salesforce_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bareme/bareme/connectors/salesforce"
	"github.com/bareme/bareme/crm"
	sandbox "github.com/bareme/bareme/sandbox/salesforce"
)

// pullOnce reads people and returns how many came and the error.
func pullOnce(t *testing.T, c crm.Connector, q crm.Query) (n int, failed error) {
	t.Helper()
	for page, err := range c.Records(t.Context(), q) {
		if err != nil {
			failed = err
		}
		n += len(page.Items)
	}
	return n, failed
}

var people = crm.Query{Object: crm.People, Fields: []string{"LastName"}}

// TestBadAnswers: each bad answer has one clear message, and one that passes costs nothing.
func TestBadAnswers(t *testing.T) {
	for _, c := range []struct {
		name    string
		fault   sandbox.Fault
		kind    error
		want    string
		passing bool
	}{
		{"406 without a body", sandbox.Fault{Kind: sandbox.FaultEmpty}, crm.ErrUnavailable,
			"read people: Salesforce is in trouble (status 406)", true},
		{"420 without a body", sandbox.Fault{Kind: sandbox.FaultEmpty, Status: 420}, crm.ErrUnavailable,
			"read people: Salesforce is in trouble (status 420)", true},
		{"503 without a body", sandbox.Fault{Kind: sandbox.FaultEmpty, Status: 503}, crm.ErrUnavailable,
			"read people: Salesforce is in trouble (status 503)", true},
		{"200 without a body", sandbox.Fault{Kind: sandbox.FaultEmpty, Status: 200}, crm.ErrUnavailable,
			"read people: an empty answer came back. Check the base URL, and whether a proxy stands in between", true},
		{"a page that sets things up", sandbox.Fault{Kind: sandbox.FaultHTML, Status: 420}, crm.ErrUnavailable,
			"read people: Salesforce is in trouble (status 420)", true},
		{"a web page as success", sandbox.Fault{Kind: sandbox.FaultHTML, Status: 200}, crm.ErrUnavailable,
			"read people: a web page came back instead of data. Check the base URL, and whether a proxy stands in between", true},
		{"a web page as refusal", sandbox.Fault{Kind: sandbox.FaultHTML, Status: 403}, crm.ErrAuth,
			"read people: not the API's answer (status 403). Check BAREME_SALESFORCE_LOGIN_URL, and whether a proxy stands in between", false},
		{"API off", sandbox.Fault{Kind: sandbox.FaultDisabled}, crm.ErrAuth,
			"read people: the org's edition has no API: API_DISABLED_FOR_ORG. Ask Salesforce to enable it", false},
		{"retired version", sandbox.Fault{Kind: sandbox.FaultStatus, Status: 410, Code: "UNSUPPORTED_API_VERSION"}, crm.ErrInvalid,
			"read people: Salesforce has retired this version of the API: UNSUPPORTED_API_VERSION. Set BAREME_SALESFORCE_API_VERSION to a later one", false},
		{"retired version, no code", sandbox.Fault{Kind: sandbox.FaultEmpty, Status: 410}, crm.ErrInvalid,
			"read people: Salesforce has retired this version of the API. Set BAREME_SALESFORCE_API_VERSION to a later one", false},
		{"too long", sandbox.Fault{Kind: sandbox.FaultEmpty, Status: 414}, crm.ErrInvalid,
			"read people: the request is too large for Salesforce. Name fewer fields in the model file", false},
		{"day spent", sandbox.Fault{Kind: sandbox.FaultDaily}, crm.ErrQuota,
			"read people: the org's calls are spent: REQUEST_LIMIT_EXCEEDED. The next run goes on where this one stopped. Salesforce counts the last 24 hours, by all programs", false},
		{"bulk day spent", sandbox.Fault{Kind: sandbox.FaultStatus, Status: 400, Code: "LIMIT_EXCEEDED"}, crm.ErrQuota,
			"read people: the org's bulk allowance is spent: LIMIT_EXCEEDED", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := begin(t)
			a.lead("a")
			connector := a.connect()
			if n, err := pullOnce(t, connector, people); n != 1 || err != nil {
				t.Fatal(n, err)
			}
			c.fault.Path, c.fault.Count = "/query", -1
			a.ok(a.Inject(c.fault))
			_, err := pullOnce(t, connector, people)
			if !errors.Is(err, c.kind) || err.Error() != c.want {
				t.Errorf("want %v and %q, got: %v", c.kind, c.want, err)
			}
			a.ClearFaults()
			c.fault.Count = 1
			a.ok(a.Inject(c.fault))
			if n, err := pullOnce(t, connector, people); c.passing && (n != 1 || err != nil) {
				t.Errorf("once: %d came, error: %v", n, err)
			}
		})
	}
}

// TestRetiredVersion: the setting to change is named.
func TestRetiredVersion(t *testing.T) {
	a := begin(t)
	_, err := a.connect(func(o *salesforce.Options) { o.APIVersion = "29.0" }).Account(t.Context())
	if !errors.Is(err, crm.ErrInvalid) || !strings.Contains(err.Error(), "BAREME_SALESFORCE_API_VERSION") {
		t.Errorf("got: %v", err)
	}
}

// TestDroppedCursor: the query's cursor is deleted between two pages, and not a row is lost.
func TestDroppedCursor(t *testing.T) {
	a := begin(t)
	for i := range 500 {
		a.lead(fmt.Sprint(i))
	}
	n := 0
	a.seen = func(r *http.Request) {
		if strings.Contains(r.URL.Path, "/query/") {
			if n++; n == 1 {
				a.DropCursors()
			}
		}
	}
	got, _ := records(t, a.connect(), people)
	if len(got) != 500 || n == 0 {
		t.Errorf("%d of 500 came, the cursor was dropped %d times", len(got), n)
	}
}

// TestDeletedJob: the bulk job of a stored cursor is gone; its window is read again.
func TestDeletedJob(t *testing.T) {
	a := begin(t)
	for i := range 500 {
		a.lead(fmt.Sprint(i))
	}
	c := a.connect(byBulk)
	q := people
	for page, err := range c.Records(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		q.Cursor = page.Next
		break
	}
	if !strings.Contains(string(q.Cursor), `"job"`) {
		t.Fatalf("the cursor names no job: %s", q.Cursor)
	}
	a.pass(8 * 24 * time.Hour) // jobs are kept for seven days
	if got, _ := records(t, a.connect(byBulk), q); len(got) != 500 {
		t.Errorf("%d of 500 came", len(got))
	}
}

// TestOddCursors are refused, and never become part of a query.
func TestOddCursors(t *testing.T) {
	a := begin(t)
	c := a.connect()
	for _, cursor := range []crm.Cursor{"x", "{}x", `{"mode":"list"}`, `{"id":"' OR Id != '","stamp":"2026-01-01T00:00:00Z"}`, `{"job":"../x"}`,
		`{"page":"a&b"}`, `{"since":-1}`, `{"stamp":"yesterday","id":"00QQy0000000002MAA"}`} {
		if _, err := pullOnce(t, c, crm.Query{Object: crm.People, Cursor: cursor}); !errors.Is(err, crm.ErrInvalid) {
			t.Errorf("%s: got: %v", cursor, err)
		}
	}
}

// TestBulkOddities: what a job's results can be besides good.
func TestBulkOddities(t *testing.T) {
	token := func(r *http.Request) bool { return r.URL.Path == "/services/oauth2/token" }
	const job = `{"id":"750000000000001AAA","object":"Lead","state":"JobComplete","numberRecordsProcessed":2,"numberRecordsFailed":0}`
	const describe = `{"name":"Lead","queryable":true,"updateable":true,"fields":[{"name":"Id","type":"id"},{"name":"SystemModstamp","type":"datetime"},{"name":"LastName","type":"string","updateable":true}]}`
	const first = `{"totalSize":2,"done":true,"records":[{"Id":"00Q000000000001EAA","SystemModstamp":"2026-01-01T00:00:00.000+0000"},{"Id":"00Q000000000002EAA","SystemModstamp":"2026-01-01T00:00:00.000+0000"}]}`
	const rows = "\"Id\",\"LastName\",\"SystemModstamp\"\n\"00Q000000000001EAA\",\"a\x00b\",\"2026-01-01T00:00:00.000Z\"\n\"00Q000000000002EAA\",\"N/A\",\"2026-01-01T00:00:00.000Z\"\n"
	for _, c := range []struct {
		name   string
		csv    string
		status int
		job    string
		kind   error
		want   string
	}{
		{"good", rows, 200, job, nil, ""},
		{"byte order mark", "\ufeff" + rows, 200, job, nil, ""},
		{"a row short", rows[:strings.LastIndex(strings.TrimSpace(rows), "\n")+1], 200, job, crm.ErrUnavailable, "not complete"},
		{"cut in a value", rows[:len(rows)-8], 200, job, crm.ErrUnavailable, "not a CSV file"},
		{"ragged", rows + "\"only one\"\n", 200, job, crm.ErrUnavailable, "not a CSV file"},
		{"a web page", "<html>wait</html>", 200, job, crm.ErrUnavailable, "a web page"},
		{"empty", "", 200, job, crm.ErrUnavailable, "an empty answer"},
		{"other version", `[{"errorCode":"API_VERSION_MISMATCH","message":"x"}]`, 409, job, crm.ErrConflict, "API_VERSION_MISMATCH"},
		{"failed without a word", "", 200, strings.Replace(job, "JobComplete", "Failed", 1), crm.ErrUnavailable, "ended as Failed"},
		{"aborted", "", 200, strings.Replace(job, "JobComplete", "Aborted", 1), crm.ErrUnavailable, "ended as Aborted"},
		{"failed for a column", "", 200, `{"id":"750000000000001AAA","state":"Failed","errorMessage":"InvalidBatch : Failed to process query: No such column 'Score__c' on entity 'Lead'"}`,
			crm.ErrInvalid, "Score__c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := fake(func(r *http.Request, _ []byte) (int, http.Header, string) {
				path := r.URL.Path
				switch {
				case token(r):
					return 200, nil, tokenReply("https://example.my.salesforce.com")
				case strings.HasSuffix(path, "/describe"):
					return 200, nil, describe
				case strings.HasSuffix(path, "/query") && r.Method == http.MethodGet:
					return 200, nil, first
				case strings.HasSuffix(path, "/resultPages"):
					return 200, nil, `{"resultPages":[{"resultUrl":"/services/data/v66.0/jobs/query/750000000000001AAA/results?locator=MA"}],"done":true}`
				case strings.HasSuffix(path, "/results"):
					return c.status, http.Header{"Sforce-Locator": {"null"}}, c.csv
				}
				return 200, nil, c.job
			})
			connector := connectTo(t, f, func(o *salesforce.Options) { o.BulkRead, o.People = 1, []string{"Lead"} })
			n, err := pullOnce(t, connector, people)
			if c.kind == nil && (err != nil || n != 2) {
				t.Fatalf("%d came, error: %v", n, err)
			}
			if c.kind != nil && (!errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("want %v with %q, got: %v", c.kind, c.want, err)
			}
		})
	}
}

// TestOldVersion reads pages of results one after the other: before version 58 there is no list of them.
func TestOldVersion(t *testing.T) {
	a := begin(t)
	a.SetBulk(sandbox.BulkSettings{PageRows: 100})
	for i := range 450 {
		a.lead(fmt.Sprint(i))
	}
	for _, version := range []string{"57.0", "66.0"} {
		got, _ := records(t, a.connect(byBulk, func(o *salesforce.Options) { o.APIVersion = version }), people)
		if len(got) != 450 {
			t.Errorf("%s: %d of 450 came", version, len(got))
		}
	}
}

// TestPrivacyPath: what a person allows is kept beside the record, and read by path.
func TestPrivacyPath(t *testing.T) {
	f := fake(func(r *http.Request, _ []byte) (int, http.Header, string) {
		switch q := r.URL.Query().Get("q"); {
		case r.URL.Path == "/services/oauth2/token":
			return 200, nil, tokenReply("https://example.my.salesforce.com")
		case strings.HasSuffix(r.URL.Path, "/Individual/describe"):
			return 200, nil, `{"name":"Individual","fields":[{"name":"Id","type":"id"},{"name":"HasOptedOutProfiling","label":"Block profiling","type":"boolean","updateable":true}]}`
		case strings.HasSuffix(r.URL.Path, "/describe"):
			return 200, nil, `{"name":"Lead","updateable":true,"fields":[{"name":"Id","type":"id"},{"name":"SystemModstamp","type":"datetime"},` +
				`{"name":"IndividualId","type":"reference","relationshipName":"Individual","referenceTo":["Individual"]}]}`
		case strings.Contains(q, "Individual.HasOptedOutProfiling"):
			return 200, nil, `{"totalSize":2,"done":true,"records":[` +
				`{"Id":"00Q000000000001EAA","SystemModstamp":"2026-01-01T00:00:00.000+0000","Individual":{"attributes":{"type":"Individual"},"HasOptedOutProfiling":true}},` +
				`{"Id":"00Q000000000002EAA","SystemModstamp":"2026-01-01T00:00:00.000+0000","Individual":null}]}`
		}
		return 404, nil, `[{"errorCode":"NOT_FOUND","message":"x"}]`
	})
	c := connectTo(t, f, func(o *salesforce.Options) { o.People = []string{"Lead"} })
	const path = "Individual.HasOptedOutProfiling"
	s, err := c.Describe(t.Context(), crm.People)
	if err != nil {
		t.Fatal(err)
	}
	if field, ok := s.Field(path); !ok || field.Type != crm.Bool || field.Writable {
		t.Errorf("described as %+v, %t", field, ok)
	}
	got, _ := records(t, c, crm.Query{Object: crm.People, Fields: []string{path}})
	if got["00Q000000000001EAA"].Fields[path] != "true" || len(got["00Q000000000002EAA"].Fields) != 0 || len(got) != 2 {
		t.Errorf("got %v", got)
	}
}

// TestLateTransaction: a row that becomes visible after its own time is inside the overlap.
func TestLateTransaction(t *testing.T) {
	for name, change := range ways {
		a := begin(t)
		id := a.lead("a")
		c := a.connect(change)
		_, cursor := records(t, c, people)
		a.pass(time.Hour)
		q := people
		q.Cursor = cursor
		_, q.Cursor = records(t, c, q)
		a.pass(time.Minute)
		a.ok(a.Change(id, map[string]any{"LastName": "late"}, 5*time.Minute))
		if got, _ := records(t, c, q); got[id].Fields["LastName"] != "late" {
			t.Errorf("%s: a row of a long transaction was lost", name)
		}
	}
}

// TestRowsUnaccountedFor: processed, failed and unprocessed together must be what was uploaded.
func TestRowsUnaccountedFor(t *testing.T) {
	const header = "\"sf__Id\",\"sf__Created\",\"Id\",\"Title\"\n"
	line := func(n int) string {
		return fmt.Sprintf("\"00Q00000000000%dEAA\",\"false\",\"00Q00000000000%dEAA\",\"x\"\n", n, n)
	}
	f := fake(func(r *http.Request, _ []byte) (int, http.Header, string) {
		switch path := r.URL.Path; {
		case path == "/services/oauth2/token":
			return 200, nil, tokenReply("https://example.my.salesforce.com")
		case strings.HasSuffix(path, "/describe"):
			return 200, nil, `{"name":"Lead","updateable":true,"fields":[{"name":"Id","type":"id"},{"name":"Title","type":"string","updateable":true}]}`
		case strings.HasSuffix(path, "/batches"):
			return 201, nil, ""
		case strings.HasSuffix(path, "/successfulResults"):
			return 200, nil, header + line(1) + line(2)
		case strings.HasSuffix(path, "/unprocessedrecords"):
			return 200, nil, "\"Id\",\"Title\"\n"
		}
		return 200, nil, `{"id":"750000000000001AAA","object":"Lead","state":"JobComplete","numberRecordsProcessed":3,"numberRecordsFailed":0}`
	})
	c := connectTo(t, f, func(o *salesforce.Options) { o.BulkWrite, o.People = 1, []string{"Lead"} })
	b := new(book)
	c.Keep(b)
	out, err := c.Write(t.Context(), crm.People, titles([]string{"00Q000000000001EAA", "00Q000000000002EAA", "00Q000000000003EAA"}, "x"))
	if !errors.Is(err, crm.ErrUnavailable) || !strings.Contains(err.Error(), "answers 2 of 3 records") || len(out) != 0 {
		t.Errorf("%v, error: %v", out, err)
	}
	if len(b.jobs) != 1 {
		t.Errorf("the job is no longer in the book: %v", b.jobs)
	}
}
