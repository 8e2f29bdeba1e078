package salesforce

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// BulkSettings say how bulk jobs get on. A job moves only when its state is asked for, never by itself: so many polls
// find it waiting, then each poll does so many batches. The zero value finds it in progress at the first poll and done at
// the second.
type BulkSettings struct {
	Queued    int `json:"queued"`    // polls that find a job still UploadComplete; negative: the first poll finds it over
	Batches   int `json:"batches"`   // batches done between one poll and the next; 0: all
	BatchRows int `json:"batchRows"` // rows of a batch; 0: 10,000
	PageRows  int `json:"pageRows"`  // rows of a page of query results, when the client names no number; 0: 50,000
}

func (b BulkSettings) orDefaults() BulkSettings {
	if b.BatchRows <= 0 {
		b.BatchRows = 10_000
	}
	if b.PageRows <= 0 {
		b.PageRows = 50_000
	}
	return b
}

// bulk holds the bulk jobs. Its lock is taken before Sandbox.mu and Sandbox.gate, never after them.
type bulk struct {
	mu       sync.Mutex
	settings BulkSettings
	next     uint64
	jobs     map[string]*job
	order    []string // of creation
	faults   []*jobFault
}

func newBulk() bulk { return bulk{settings: BulkSettings{}.orDefaults(), jobs: map[string]*job{}} }

// SetBulk changes how bulk jobs get on.
func (s *Sandbox) SetBulk(settings BulkSettings) {
	s.bulk.mu.Lock()
	defer s.bulk.mu.Unlock()
	s.bulk.settings = settings.orDefaults()
}

// oldestBulk is the first version with bulk jobs of the second kind: of ingest, and of query.
func oldestBulk(query bool) int {
	if query {
		return 47
	}
	return 41
}

// oldestPages is the first version with resultPages.
const oldestPages = 58

func (c *call) major() int {
	n, err := strconv.Atoi(strings.TrimSuffix(c.version, ".0"))
	if err != nil {
		return 0
	}
	return n
}

// routeBulk serves /jobs/query/… and /jobs/ingest/….
func (s *Sandbox) routeBulk(c *call) handler {
	if len(c.rest) < 2 || len(c.rest) > 4 {
		return handler{}
	}
	kind := strings.ToLower(c.rest[1])
	if kind != "query" && kind != "ingest" || c.major() < oldestBulk(kind == "query") {
		return handler{}
	}
	what := c.r.Method
	if len(c.rest) > 2 {
		what += " job"
	}
	if len(c.rest) > 3 {
		what += " " + strings.ToLower(c.rest[3])
	}
	on := func(name string, run func(*call, *job) (int, any, *apiError)) handler {
		return handler{name: "bulk_" + kind + "_" + name, run: s.onJob(kind == "query", run)}
	}
	if kind == "query" {
		switch what {
		case "POST":
			return handler{name: "bulk_query_create", run: s.createQueryJob}
		case "GET job results":
			return on("results", s.queryResults)
		case "GET job resultpages":
			return on("pages", s.resultPages)
		}
	} else {
		switch what {
		case "POST":
			return handler{name: "bulk_ingest_create", run: s.createIngestJob}
		case "PUT job batches":
			return on("upload", s.uploadBatch)
		case "GET job successfulresults":
			return on("successful", s.ingestResults(successfulRows()))
		case "GET job failedresults":
			return on("failed", s.ingestResults(failedRows()))
		case "GET job unprocessedrecords":
			return on("unprocessed", s.ingestResults(unprocessedRows()))
		}
	}
	switch what {
	case "GET":
		return handler{name: "bulk_" + kind + "_list", run: s.listJobs(kind == "query")}
	case "GET job":
		return on("state", s.jobState)
	case "PATCH job":
		return on("patch", s.patchJob)
	case "DELETE job":
		return on("delete", s.deleteJob)
	}
	return handler{}
}

// onJob finds the job of the path and holds the lock while run works on it. A job of somebody else is not there.
func (s *Sandbox) onJob(query bool, run func(*call, *job) (int, any, *apiError)) func(*call) (int, any, *apiError) {
	return func(c *call) (int, any, *apiError) {
		id, ok := fullID(c.rest[2])
		s.bulk.mu.Lock()
		defer s.bulk.mu.Unlock()
		s.bulk.forget(c.at)
		j := s.bulk.jobs[id]
		if !ok || j == nil || j.query != query || j.user != c.user {
			return 0, nil, notFound()
		}
		c.object = j.object
		return run(c, j)
	}
}

// forget drops the jobs that are too old to be kept.
func (b *bulk) forget(now time.Time) {
	for len(b.order) > 0 {
		if j := b.jobs[b.order[0]]; j != nil && now.Sub(j.created) < jobLife {
			return
		}
		delete(b.jobs, b.order[0])
		b.order = b.order[1:]
	}
}

// file gives a new job its id and keeps it. It is called with bulk.mu held.
func (b *bulk) file(c *call, j *job) {
	b.next++
	j.id, j.user, j.version, j.created, j.touched = recordID("750", b.next), c.user, c.version, c.at, c.at
	b.jobs[j.id] = j
	b.order = append(b.order, j.id)
}

func (s *Sandbox) listJobs(query bool) func(*call) (int, any, *apiError) {
	return func(c *call) (int, any, *apiError) {
		s.bulk.mu.Lock()
		defer s.bulk.mu.Unlock()
		s.bulk.forget(c.at)
		out := []jobInfo{}
		for _, id := range s.bulk.order {
			if j := s.bulk.jobs[id]; j != nil && j.query == query && j.user == c.user {
				out = append(out, j.info(false))
			}
		}
		return http.StatusOK, map[string]any{"done": true, "records": out, "nextRecordsUrl": nil}, nil
	}
}

// jobState serves GET of a job: it moves the job on, and tells how far it is.
func (s *Sandbox) jobState(c *call, j *job) (int, any, *apiError) {
	s.move(c, j)
	return http.StatusOK, j.info(true), nil
}

// move does what has happened to a job since it was last looked at.
func (s *Sandbox) move(c *call, j *job) {
	queued := s.bulk.settings.Queued
	if j.state == jobUploaded && queued < 0 {
		j.state = jobInProgress
	}
	switch {
	case j.state == jobUploaded && j.polls < queued:
		j.polls++
	case j.state == jobUploaded:
		j.state, j.touched = jobInProgress, c.at
	case j.state == jobInProgress && j.query:
		s.runQueryJob(c, j)
	case j.state == jobInProgress:
		s.runIngestJob(c, j)
	}
}

func badJobState(format string, args ...any) *apiError {
	return fail(http.StatusBadRequest, "INVALIDJOBSTATE", "InvalidJobState : "+format, args...)
}

// patchJob serves PATCH: UploadComplete closes an ingest job's upload, Aborted ends a job.
func (s *Sandbox) patchJob(c *call, j *job) (int, any, *apiError) {
	var in struct{ State string }
	if err := c.decode(&in); err != nil {
		return 0, nil, err
	}
	switch {
	case in.State == jobUploaded && !j.query && j.state == jobOpen:
		j.state, j.touched = jobUploaded, c.at
	case in.State == jobUploaded && !j.query:
		return 0, nil, badJobState("Closing already %s Job not allowed", j.state)
	case in.State == jobAborted && !j.over():
		j.state, j.touched = jobAborted, c.at
	case in.State == jobAborted:
		return 0, nil, badJobState("Aborting already %s Job not allowed", j.state)
	default:
		return 0, nil, fail(http.StatusBadRequest, "INVALIDJOB", "Invalid state: %s", in.State)
	}
	return http.StatusOK, j.info(!j.query && j.state == jobAborted), nil
}

func (s *Sandbox) deleteJob(_ *call, j *job) (int, any, *apiError) {
	if j.state == jobOpen || j.state == jobInProgress {
		return 0, nil, badJobState("Deleting a job that is %s is not allowed: abort it first", j.state)
	}
	delete(s.bulk.jobs, j.id)
	return http.StatusNoContent, nil, nil
}
