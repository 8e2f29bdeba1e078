package salesforce

import (
	"encoding/base64"
	"net/http"
	"strconv"

	"github.com/bareme/bareme/sandbox/salesforce/soql"
)

// createQueryJob serves POST /jobs/query.
func (s *Sandbox) createQueryJob(c *call) (int, any, *apiError) {
	var in struct {
		Operation, Query, ContentType, ColumnDelimiter, LineEnding string
	}
	if err := c.decode(&in); err != nil {
		return 0, nil, err
	}
	j := &job{query: true, operation: in.Operation, text: in.Query, state: jobUploaded}
	if in.Operation != "query" && in.Operation != "queryAll" {
		return 0, nil, fail(http.StatusBadRequest, "INVALIDJOB", "InvalidJob : Invalid operation: %s", in.Operation)
	}
	if in.ContentType != "" && in.ContentType != "CSV" {
		return 0, nil, fail(http.StatusBadRequest, "INVALIDJOB", "InvalidJob : Unsupported content type: %s", in.ContentType)
	}
	var err *apiError
	if j.dialect, err = readDialect(in.ColumnDelimiter, in.LineEnding); err != nil {
		return 0, nil, err
	}
	if j.object, err = s.checkBulkQuery(c, in.Query); err != nil {
		return 0, nil, err
	}
	if err := s.countQueryJob(c); err != nil {
		return 0, nil, err
	}
	c.object = j.object
	s.bulk.mu.Lock()
	defer s.bulk.mu.Unlock()
	s.bulk.file(c, j)
	j.fault = s.bulk.nextFault(j)
	return http.StatusOK, j.info(false), nil
}

// checkBulkQuery refuses what the Bulk API cannot answer with flat rows.
func (s *Sandbox) checkBulkQuery(c *call, text string) (string, *apiError) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	stmt, err := soql.Prepare(text, c.viewer(), c.at)
	if err != nil {
		return "", queryError(err)
	}
	switch unfit := stmt.Unfit(); unfit {
	case "":
		return stmt.Object(), nil
	case "compound data":
		return "", fail(http.StatusBadRequest, "FEATURENOTENABLED", "Selecting compound data not supported in Bulk Query")
	default:
		return "", fail(http.StatusBadRequest, "FEATURENOTENABLED", "Bulk query does not support %s", unfit)
	}
}

// countQueryJob counts a job against the day's query jobs.
func (s *Sandbox) countQueryJob(c *call) *apiError {
	s.gate.Lock()
	defer s.gate.Unlock()
	if within(s.quota.query, c.at) >= s.quota.limits.BulkQueries {
		return fail(http.StatusBadRequest, "LIMIT_EXCEEDED", "Max bulk v2 query jobs per 24 hrs has been reached.")
	}
	s.quota.query[hourOf(c.at)]++
	return nil
}

// runQueryJob answers the query of a job in progress. The rows are those of this moment.
func (s *Sandbox) runQueryJob(c *call, j *job) {
	j.state, j.touched = jobComplete, c.at
	if f := j.fault; f != nil {
		j.state, j.message = f.State, f.words()
		return
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	seen := viewer{s: s, user: j.user}
	stmt, err := soql.Prepare(j.text, seen, c.at)
	if err != nil { // a field was hidden or deleted since
		j.state, j.message = jobFailed, "InvalidBatch : Failed to process query: "+err.Error()
		return
	}
	scope := soql.Live
	if j.operation == "queryAll" {
		scope = soql.All
	}
	var names []string
	for _, column := range stmt.Columns() {
		names = append(names, column.Path)
	}
	j.result = csvTable{header: j.dialect.append(nil, names), sorted: stmt.Sorted()}
	found := stmt.Run(source{s, seen}, scope)
	j.result.ends = make([]int, 0, found.Len())
	for i := range found.Len() {
		j.result.body = j.dialect.append(j.result.body, found.Row(i))
		j.result.ends = append(j.result.ends, len(j.result.body))
	}
}

// ready refuses to give results of a job that is not complete, or in another version than it was made with.
func (j *job) ready(c *call) *apiError {
	if c.version != j.version {
		return fail(http.StatusConflict, "API_VERSION_MISMATCH", "The job was created in API version %s and its results cannot be read in %s", j.version, c.version)
	}
	if j.state != jobComplete {
		return fail(http.StatusPreconditionFailed, "JOB_NOT_COMPLETE",
			"can only download query results of successfully completed bulk job with status: JOB_COMPLETE. Current status: %s", j.state)
	}
	return nil
}

// queryResults serves GET /jobs/query/{id}/results.
func (s *Sandbox) queryResults(c *call, j *job) (int, any, *apiError) {
	if err := j.ready(c); err != nil {
		return 0, nil, err
	}
	from, size, err := j.place(c, s.bulk.settings.PageRows)
	if err != nil {
		return 0, nil, err
	}
	to := min(len(j.result.ends), from+size)
	next := "null" // the word, not nothing
	if to < len(j.result.ends) {
		next = locator(to)
	}
	c.records = to - from
	c.header.Set("Sforce-Locator", next)
	c.header.Set("Sforce-NumberOfRecords", strconv.Itoa(to-from))
	return http.StatusOK, textBody{"text/csv", j.result.page(from, to)}, nil
}

// locator is an opaque place in a result.
func locator(at int) string { return base64.RawStdEncoding.EncodeToString([]byte(strconv.Itoa(at))) }

// place reads locator and maxRecords.
func (j *job) place(c *call, otherwise int) (from, size int, err *apiError) {
	q := c.r.URL.Query()
	size = otherwise
	if text := q.Get("maxRecords"); text != "" {
		n, bad := strconv.Atoi(text)
		if bad != nil || n < 1 {
			return 0, 0, fail(http.StatusBadRequest, "INVALIDREQUEST", "Invalid maxRecords: %s", text)
		}
		size = n
	}
	text := q.Get("locator")
	if text == "" {
		return 0, size, nil
	}
	raw, bad := base64.RawStdEncoding.DecodeString(text)
	from, bad2 := strconv.Atoi(string(raw))
	if bad != nil || bad2 != nil || from < 0 || from > len(j.result.ends) {
		return 0, 0, fail(http.StatusBadRequest, "INVALIDLOCATOR", "Invalid locator: %s", text)
	}
	return from, size, nil
}

// pagesAtOnce is how many pages resultPages names.
const pagesAtOnce = 5

// resultPages serves GET /jobs/query/{id}/resultPages: where the pages are, so that they can be read side by side.
func (s *Sandbox) resultPages(c *call, j *job) (int, any, *apiError) {
	if c.major() < oldestPages {
		return 0, nil, notFound()
	}
	if err := j.ready(c); err != nil {
		return 0, nil, err
	}
	from, size, err := j.place(c, s.bulk.settings.PageRows)
	if err != nil {
		return 0, nil, err
	}
	type page struct {
		ResultURL string `json:"resultUrl"`
	}
	var out struct {
		ResultPages    []page  `json:"resultPages"`
		NextRecordsURL *string `json:"nextRecordsUrl"`
		Done           bool    `json:"done"`
	}
	base, tail := c.base()+"/jobs/query/"+j.id, ""
	if c.r.URL.Query().Has("maxRecords") {
		tail = "&maxRecords=" + strconv.Itoa(size)
	}
	at := from
	for ; len(out.ResultPages) < pagesAtOnce && (at < len(j.result.ends) || at == 0); at += size {
		out.ResultPages = append(out.ResultPages, page{base + "/results?locator=" + locator(at) + tail})
	}
	if out.Done = at >= len(j.result.ends); !out.Done {
		next := base + "/resultPages?locator=" + locator(at) + tail
		out.NextRecordsURL = &next
	}
	return http.StatusOK, out, nil
}
