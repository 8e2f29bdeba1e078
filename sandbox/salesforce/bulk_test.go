package salesforce_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/sandbox/salesforce"
)

const jobs = api + "/jobs/"

// leads makes so many leads and returns their ids.
func (o *org) leads(n int) []string {
	o.t.Helper()
	ids := make([]string, n)
	for i := range ids {
		ids[i] = o.lead(body{"LastName": fmt.Sprintf("Lead %d", i), "Email": fmt.Sprintf("l%d@x.example", i)})
	}
	return ids
}

// job makes a job and returns the path of it.
func (o *org) job(kind string, in body) string {
	o.t.Helper()
	id, _ := o.do(200, "POST", jobs+kind, in)["id"].(string)
	return jobs + kind + "/" + id
}

// finish polls a job until it is over.
func (o *org) finish(job string) body {
	o.t.Helper()
	for range 100 {
		switch b := o.do(200, "GET", job, nil); b["state"] {
		case "JobComplete", "Failed", "Aborted":
			return b
		}
	}
	o.t.Fatalf("%s does not end", job)
	return nil
}

// load runs an ingest job over a file.
func (o *org) load(in body, file string) string {
	o.t.Helper()
	job := o.job("ingest", in)
	o.put(201, job, file)
	o.do(200, "PATCH", job, body{"state": "UploadComplete"})
	return job
}

func (o *org) put(want int, job, file string) {
	o.t.Helper()
	o.header.Set("Content-Type", "text/csv")
	defer o.header.Del("Content-Type")
	o.text(want, "PUT", job+"/batches/", file)
}

// rows reads the CSV at a path.
func (o *org) rows(path string) [][]string {
	o.t.Helper()
	out, err := csv.NewReader(strings.NewReader(o.text(200, "GET", path, nil))).ReadAll()
	if err != nil {
		o.t.Fatal(err)
	}
	return out
}

func TestBulkQueryJob(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	ids := o.leads(7)
	o.SetBulk(salesforce.BulkSettings{Queued: 1, PageRows: 3})
	made := o.do(200, "POST", jobs+"query/", body{"operation": "query", "query": "SELECT Id, Email, Owner.Name, IsConverted, CreatedDate, Title FROM Lead"})
	want := body{"id": made["id"], "operation": "query", "object": "Lead", "createdById": made["createdById"],
		"createdDate": "2026-11-20T09:30:00.000+0000", "systemModstamp": "2026-11-20T09:30:00.000+0000", "state": "UploadComplete",
		"concurrencyMode": "Parallel", "contentType": "CSV", "apiVersion": 66.0, "lineEnding": "LF", "columnDelimiter": "COMMA"}
	if diff := cmp.Diff(want, made); diff != "" {
		t.Error(diff)
	}
	id, _ := made["id"].(string)
	job := jobs + "query/" + id
	o.refused(412, "JOB_NOT_COMPLETE", "GET", job+"/results", nil)
	var states []any
	for range 4 {
		states = append(states, o.do(200, "GET", job+"/", nil)["state"])
	}
	if diff := cmp.Diff([]any{"UploadComplete", "InProgress", "JobComplete", "JobComplete"}, states); diff != "" {
		t.Error(diff)
	}
	if got := o.do(200, "GET", job, nil); got["numberRecordsProcessed"] != 7.0 || got["jobType"] != "V2Query" || got["isPkChunkingSupported"] != true {
		t.Errorf("got %v", got)
	}
	res := o.raw("GET", job+"/results?maxRecords=2", nil)
	if res.Header.Get("Sforce-Locator") != "Mg" || res.Header.Get("Sforce-NumberOfRecords") != "2" {
		t.Errorf("headers %v", res.Header)
	}
	rows := o.rows(job + "/results/?locator=Ng&maxRecords=2") // from the seventh on
	wantRows := [][]string{{"Id", "Email", "Owner.Name", "IsConverted", "CreatedDate", "Title"},
		{ids[6], "l6@x.example", rows[1][2], "false", "2026-11-20T09:30:00.000Z", ""}}
	if diff := cmp.Diff(wantRows, rows); diff != "" {
		t.Error(diff)
	}
	if got := o.raw("GET", job+"/results?locator=Ng", nil).Header.Get("Sforce-Locator"); got != "null" {
		t.Errorf("last locator %q", got)
	}
	if text := o.text(200, "GET", job+"/results", nil); !strings.HasPrefix(text, `"Id","Email",`) {
		t.Errorf("values are not quoted: %s", text)
	}
	o.refused(409, "API_VERSION_MISMATCH", "GET", strings.Replace(job, "66.0", "65.0", 1)+"/results", nil)
	o.refused(400, "INVALIDLOCATOR", "GET", job+"/results?locator=!", nil)
	o.do(204, "DELETE", job, nil)
	o.refused(404, "NOT_FOUND", "GET", job, nil)
}

// TestBulkPages reads the pages that resultPages names: together they hold every row once.
func TestBulkPages(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	ids := o.leads(27)
	o.SetBulk(salesforce.BulkSettings{PageRows: 4})
	job := o.job("query", body{"operation": "query", "query": "SELECT Id FROM Lead"})
	o.finish(job)
	var got []string
	calls := 0
	for next := job + "/resultPages"; next != ""; calls++ {
		list := o.do(200, "GET", next, nil)
		pages, _ := list["resultPages"].([]any)
		for _, p := range pages {
			url, _ := p.(body)["resultUrl"].(string)
			for _, r := range o.rows(url)[1:] {
				got = append(got, r[0])
			}
		}
		next, _ = list["nextRecordsUrl"].(string)
		if (next == "") != (list["done"] == true) {
			t.Errorf("done %v, next %q", list["done"], next)
		}
	}
	if diff := cmp.Diff(ids, got); diff != "" || calls != 2 {
		t.Error(calls, diff)
	}
	old := strings.Replace(job, "66.0", "57.0", 1)
	o.refused(404, "NOT_FOUND", "GET", old+"/resultPages", nil)
	o.refused(404, "NOT_FOUND", "POST", api[:len(api)-4]+"46.0/jobs/query", body{"operation": "query", "query": "SELECT Id FROM Lead"})
}

func TestBulkQueryRefused(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	for query, code := range map[string]string{
		"SELECT COUNT() FROM Lead":                           "FEATURENOTENABLED",
		"SELECT Rating, COUNT(Id) FROM Lead GROUP BY Rating": "FEATURENOTENABLED",
		"SELECT Id FROM Lead OFFSET 5":                       "FEATURENOTENABLED",
		"SELECT Id, (SELECT Id FROM Contacts) FROM Account":  "FEATURENOTENABLED",
		"SELECT Id, Address FROM Lead":                       "FEATURENOTENABLED",
		"SELECT Id, Nope__c FROM Lead":                       "INVALID_FIELD",
		"SELECT Id FROM Nope":                                "INVALID_TYPE",
		"SELECT":                                             "MALFORMED_QUERY",
	} {
		o.refused(400, code, "POST", jobs+"query", body{"operation": "query", "query": query})
	}
	o.refused(400, "INVALIDJOB", "POST", jobs+"query", body{"operation": "scan", "query": "SELECT Id FROM Lead"})
	o.SetLimits(salesforce.Limits{BulkQueries: 1})
	o.job("query", body{"operation": "query", "query": "SELECT Id FROM Lead"})
	o.refused(400, "LIMIT_EXCEEDED", "POST", jobs+"query", body{"operation": "query", "query": "SELECT Id FROM Lead"})
}

func TestBulkQueryAbort(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	job := o.job("query", body{"operation": "queryAll", "query": "SELECT Id FROM Lead"})
	if got := o.do(200, "PATCH", job, body{"state": "Aborted"}); got["state"] != "Aborted" {
		t.Errorf("got %v", got)
	}
	o.refused(400, "INVALIDJOBSTATE", "PATCH", job, body{"state": "Aborted"})
	o.refused(412, "JOB_NOT_COMPLETE", "GET", job+"/results", nil)
	o.Pass(8 * 24 * time.Hour)
	o.token = o.Session("")
	o.refused(404, "NOT_FOUND", "GET", job, nil)
}

func TestBulkUpdate(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	ids := o.leads(4)
	o.header.Set("Sforce-Auto-Assign", "FALSE")
	o.do(204, "PATCH", "/sobjects/Lead/"+ids[0], body{"Title": "CEO", "City": "Lyon"})
	job := o.job("ingest", body{"object": "lead", "operation": "update", "contentType": "CSV", "lineEnding": "LF"})
	open := o.do(200, "GET", job, nil)
	if open["state"] != "Open" || open["contentUrl"] != strings.TrimPrefix(job, "/")+"/batches" || open["object"] != "Lead" {
		t.Errorf("got %v", open)
	}
	o.put(201, job, "Id,Title,City,NumberOfEmployees\n"+
		ids[0]+",#N/A,,\n"+ // null, and left as it is
		ids[1]+",\"a \"\"b\"\",\nc\",Nantes,12\n"+
		ids[2]+",x,y,many\n"+
		ids[3][:15]+",N/A,,\n"+
		"00QQy00000000zzMAA,x,y,1\n")
	o.header.Set("Content-Type", "text/csv")
	o.refused(400, "INVALIDJOBSTATE", "PUT", job+"/batches", "Id\n")
	o.header.Del("Content-Type")
	o.do(200, "PATCH", job, body{"state": "UploadComplete"})
	o.refused(400, "INVALIDJOBSTATE", "PATCH", job, body{"state": "UploadComplete"})
	o.refused(412, "JOB_NOT_COMPLETE", "GET", job+"/successfulResults", nil)
	end := o.finish(job)
	if end["state"] != "JobComplete" || end["numberRecordsProcessed"] != 5.0 || end["numberRecordsFailed"] != 2.0 {
		t.Errorf("got %v", end)
	}
	good := [][]string{{"sf__Id", "sf__Created", "Id", "Title", "City", "NumberOfEmployees"},
		{ids[0], "false", ids[0], "#N/A", "", ""}, {ids[1], "false", ids[1], "a \"b\",\nc", "Nantes", "12"}, {ids[3], "false", ids[3][:15], "N/A", "", ""}}
	if diff := cmp.Diff(good, o.rows(job+"/successfulResults/")); diff != "" {
		t.Error(diff)
	}
	failed := o.rows(job + "/failedResults")
	if len(failed) != 3 || failed[1][0] != ids[2] || !strings.HasPrefix(failed[1][1], "INVALID_TYPE_ON_FIELD_IN_RECORD:") || !strings.HasSuffix(failed[1][1], ":NumberOfEmployees --") {
		t.Errorf("failed: %q", failed)
	}
	if rest := o.rows(job + "/unprocessedrecords"); len(rest) != 1 || rest[0][0] != "Id" {
		t.Errorf("unprocessed: %q", rest)
	}
	r := o.one("SELECT Title, City FROM Lead WHERE Id = '" + ids[0] + "'")
	if r["Title"] != nil || r["City"] != "Lyon" {
		t.Errorf("got %v", r)
	}
	if r := o.one("SELECT Title FROM Lead WHERE Id = '" + ids[3] + "'"); r["Title"] != "N/A" {
		t.Errorf("got %v", r)
	}
}

func TestBulkInsertUpsertDelete(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	job := o.load(body{"object": "Account", "operation": "insert"}, "Name,Industry\nAcme,Energy\n,Energy\n")
	o.finish(job)
	made := o.rows(job + "/successfulResults")
	if len(made) != 2 || made[1][1] != "true" || made[1][2] != "Acme" {
		t.Fatalf("made %q", made)
	}
	want := [][]string{{"sf__Id", "sf__Error", "Name", "Industry"}, {"", "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --", "", "Energy"}}
	if diff := cmp.Diff(want, o.rows(job+"/failedResults")); diff != "" {
		t.Error(diff)
	}
	job = o.load(body{"object": "Account", "operation": "upsert", "externalIdFieldName": "Id", "columnDelimiter": "BACKQUOTE", "lineEnding": "CRLF"},
		"Id`Name\r\n"+made[1][0]+"`Acme, Inc.\r\n`Bolt\r\n")
	o.finish(job)
	text := o.text(200, "GET", job+"/successfulResults", nil)
	if lines := strings.Split(text, "\r\n"); len(lines) != 4 || !strings.HasPrefix(lines[1], `"`+made[1][0]+"\"`\"false\"`") || !strings.Contains(lines[2], "`\"true\"`") {
		t.Errorf("got %q", text)
	}
	job = o.load(body{"object": "Account", "operation": "delete"}, "Id\n"+made[1][0]+"\n")
	if end := o.finish(job); end["numberRecordsFailed"] != 0.0 {
		t.Errorf("got %v", end)
	}
	if n := len(o.query("SELECT Id FROM Account WHERE Name LIKE 'Acme%'")); n != 0 {
		t.Errorf("%d accounts left", n)
	}
	empty := o.job("ingest", body{"object": "Account", "operation": "insert"})
	o.do(200, "PATCH", empty, body{"state": "UploadComplete"})
	if end := o.finish(empty); end["state"] != "JobComplete" || end["numberRecordsProcessed"] != 0.0 {
		t.Errorf("empty: %v", end)
	}
}

// TestBulkBadFile: a file that is no good as a whole fails its job, and changes nothing.
func TestBulkBadFile(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	id := o.leads(1)[0]
	for file, want := range map[string]string{
		"Id,Score__c\n" + id + ",5\n":         "InvalidBatch : InvalidBatch : Field name not found : Score__c. Batch will not be retried.",
		"Id,Title\r\n" + id + ",5\r\n":        "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF",
		"Id,Title\n" + id + ",5,6\n":          "InvalidBatch : Failed to parse CSV: record on line 2: wrong number of fields. Batch will not be retried.",
		"Id,Title\n" + id + ",\"5\n":          "InvalidBatch : Failed to parse CSV: parse error on line 2, column 23: extraneous or missing \" in quoted-field. Batch will not be retried.",
		"Id,Nobody.Email\n" + id + ",x@y.z\n": "InvalidBatch : InvalidBatch : Field name not found : Nobody.Email. Batch will not be retried.",
	} {
		end := o.finish(o.load(body{"object": "Lead", "operation": "update"}, file))
		if end["state"] != "Failed" || end["errorMessage"] != want || end["numberRecordsProcessed"] != 0.0 {
			t.Errorf("%q: %v", file, end)
		}
	}
	end := o.finish(o.load(body{"object": "Lead", "operation": "delete"}, "Id,Title\n"+id+",x\n"))
	if end["errorMessage"] != "InvalidBatch : InvalidBatch : Delete batch must only specify ids. Batch will not be retried." {
		t.Errorf("got %v", end)
	}
	if r := o.one("SELECT Title FROM Lead"); r["Title"] != nil {
		t.Errorf("got %v", r)
	}
}

func TestBulkIngestRefused(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	for _, x := range []struct {
		code string
		in   body
	}{
		{"INVALIDENTITY", body{"object": "Nope", "operation": "update"}},
		{"INVALIDJOB", body{"object": "Lead", "operation": "replace"}},
		{"INVALIDJOB", body{"object": "Lead", "operation": "upsert"}},
		{"INVALIDJOB", body{"object": "Lead", "operation": "upsert", "externalIdFieldName": "Title"}},
		{"INVALIDJOB", body{"object": "Lead", "operation": "update", "contentType": "JSON"}},
		{"INVALIDJOB", body{"object": "Lead", "operation": "update", "columnDelimiter": "DOT"}},
		{"INVALIDJOB", body{"object": "Lead", "operation": "update", "lineEnding": "CR"}},
	} {
		o.refused(400, x.code, "POST", jobs+"ingest", x.in)
	}
	job := o.job("ingest", body{"object": "Lead", "operation": "update"})
	o.refused(400, "INVALIDREQUEST", "PUT", job+"/batches", "Id\n")
	if !testing.Short() {
		o.put(413, job, strings.Repeat("x", 150<<20/4*3+1))
	}
	o.refused(400, "INVALIDJOBSTATE", "DELETE", job, nil)
	o.SetLimits(salesforce.Limits{BulkBatches: 1})
	o.finish(o.load(body{"object": "Lead", "operation": "update"}, "Id\n00QQy00000000zzMAA\n"))
	o.refused(400, "EXCEEDEDQUOTA", "POST", jobs+"ingest", body{"object": "Lead", "operation": "update"})
	other := o.token
	o.token = ""
	o.refused(401, "INVALID_SESSION_ID", "GET", job, nil)
	o.token = other
}

// TestBulkFailsHalfWay: the batches that were done stay done, the others come back unprocessed, and the three files add up.
func TestBulkFailsHalfWay(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	ids := o.leads(10)
	o.SetBulk(salesforce.BulkSettings{Batches: 1, BatchRows: 3})
	if err := o.SpoilJobs(salesforce.JobFault{Operation: "update", Batches: 2}); err != nil {
		t.Fatal(err)
	}
	file := "Id,Title\n"
	for _, id := range ids {
		file += id + ",x\n"
	}
	job := o.load(body{"object": "Lead", "operation": "update"}, file)
	var done []any
	for range 5 {
		b := o.do(200, "GET", job, nil)
		done = append(done, fmt.Sprint(b["state"], " ", b["numberRecordsProcessed"]))
	}
	if diff := cmp.Diff([]any{"InProgress 0", "InProgress 3", "InProgress 6", "Failed 6", "Failed 6"}, done); diff != "" {
		t.Error(diff)
	}
	good, bad, rest := o.rows(job+"/successfulResults"), o.rows(job+"/failedResults"), o.rows(job+"/unprocessedrecords")
	if len(good)+len(bad)+len(rest)-3 != 10 || len(rest) != 5 {
		t.Errorf("%d good, %d bad, %d unprocessed", len(good)-1, len(bad)-1, len(rest)-1)
	}
	if good[1][0] != ids[3] || rest[1][0] != ids[9] {
		t.Errorf("batches come in the order of the upload: %q, %q", good, rest)
	}
	if n := len(o.query("SELECT Id FROM Lead WHERE Title = 'x'")); n != 6 {
		t.Errorf("%d leads have the title", n)
	}
	if end := o.finish(o.load(body{"object": "Lead", "operation": "update"}, file)); end["state"] != "JobComplete" {
		t.Errorf("the second job: %v", end)
	}
}

func TestBulkAbortHalfWay(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	ids := o.leads(4)
	o.SetBulk(salesforce.BulkSettings{Batches: 1, BatchRows: 2})
	job := o.load(body{"object": "Lead", "operation": "update"}, "Id,Title\n"+strings.Join(ids, ",x\n")+",x\n")
	o.do(200, "GET", job, nil)
	o.do(200, "GET", job, nil)
	if got := o.do(200, "PATCH", job, body{"state": "Aborted"}); got["state"] != "Aborted" || got["numberRecordsProcessed"] != 2.0 {
		t.Errorf("got %v", got)
	}
	if good, rest := o.rows(job+"/successfulResults"), o.rows(job+"/unprocessedrecords"); len(good) != 3 || len(rest) != 3 {
		t.Errorf("%q, %q", good, rest)
	}
	o.SetBulk(salesforce.BulkSettings{Queued: -1})
	quick := o.load(body{"object": "Lead", "operation": "update"}, "Id,Title\n"+ids[0]+",y\n")
	if got := o.do(200, "GET", quick, nil); got["state"] != "JobComplete" {
		t.Errorf("got %v", got)
	}
	untouched := o.load(body{"object": "Lead", "operation": "update"}, "Id,Title\n"+ids[0]+",y\n")
	o.do(200, "PATCH", untouched, body{"state": "Aborted"})
	if rest := o.rows(untouched + "/unprocessedrecords"); len(rest) != 2 {
		t.Errorf("%q", rest)
	}
}

// TestBulkMultipart makes a job with its file in one request.
func TestBulkMultipart(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for name, part := range map[string][2]string{
		"job":     {"application/json", `{"object":"Account","operation":"insert","contentType":"CSV"}`},
		"content": {"text/csv", "Name\nAcme\n"},
	} {
		h := textproto.MIMEHeader{"Content-Type": {part[0]}, "Content-Disposition": {`form-data; name="` + name + `"; filename="` + name + `"`}}
		p, err := w.CreatePart(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write([]byte(part[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	o.header = http.Header{"Content-Type": {w.FormDataContentType()}}
	made := o.do(200, "POST", jobs+"ingest", form.String())
	o.header = http.Header{}
	if made["state"] != "UploadComplete" {
		t.Errorf("got %v", made)
	}
	id, _ := made["id"].(string)
	if end := o.finish(jobs + "ingest/" + id); end["numberRecordsProcessed"] != 1.0 {
		t.Errorf("got %v", end)
	}
}

// TestBulkAssignment: unlike REST, a bulk job runs assignment rules only when it names one.
func TestBulkAssignment(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	id := o.leads(1)[0]
	owner := o.one("SELECT OwnerId FROM Lead")["OwnerId"]
	o.finish(o.load(body{"object": "Lead", "operation": "update"}, "Id,Title\n"+id+",x\n"))
	if got := o.one("SELECT OwnerId FROM Lead")["OwnerId"]; got != owner {
		t.Errorf("the owner changed from %v to %v", owner, got)
	}
	o.finish(o.load(body{"object": "Lead", "operation": "update", "assignmentRuleId": "01QQy0000000001MAA"}, "Id,Title\n"+id+",y\n"))
	if got := o.one("SELECT OwnerId FROM Lead")["OwnerId"]; got == owner {
		t.Errorf("the owner is still %v", owner)
	}
}
