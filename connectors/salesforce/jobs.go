package salesforce

import (
	"context"
	"net/http"
	"time"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// The states of a bulk job.
const (
	stateOpen     = "Open"
	stateUploaded = "UploadComplete"
	stateComplete = "JobComplete"
	stateFailed   = "Failed"
	stateAborted  = "Aborted"
)

// The kinds of job, as they stand in paths.
const (
	queryJobs  = "/jobs/query"
	ingestJobs = "/jobs/ingest"
)

// The kinds of call, for the meter.
const (
	kindJob    = "bulk job"
	kindUpload = "bulk upload"
	kindResult = "bulk result"
)

// longestPoll bounds the pause between two looks at a job: each costs a call.
const longestPoll = 30 * time.Second

func (c *Connector) jobRequest(op, ours, method, path string, body any) rest.Request {
	return rest.Request{Op: op, Kind: kindJob, Object: ours, Method: method, Path: c.path(path), Header: changing(), Body: body}
}

// await looks at a job until it has ended.
func (c *Connector) await(ctx context.Context, op, ours, kind, id string) (wireJob, error) {
	var waited time.Duration
	for step := c.o.Backoff; ; step = min(step*3/2, longestPoll) {
		job, err := rest.Call[wireJob](ctx, c.rest, c.jobRequest(op, ours, http.MethodGet, kind+"/"+id, nil))
		if err != nil {
			return wireJob{}, err
		}
		switch job.State {
		case stateComplete, stateFailed, stateAborted:
			return job, nil
		}
		if waited >= c.o.JobWait {
			return wireJob{}, &crm.Error{Kind: crm.ErrUnavailable, Op: op, Object: ours, RetryAfter: longestPoll,
				Message: "the bulk job " + id + " has not ended in " + c.o.JobWait.String(),
				Hint:    "Salesforce lists it under Setup > Bulk Data Load Jobs; the next run goes on"}
		}
		waited += step
		if err := c.pause(ctx, op, ours, step); err != nil {
			return wireJob{}, err
		}
	}
}

// failure is the error of a job that did not complete. Its message may quote data, so only the column it may name is
// passed on.
func (job wireJob) failure(op, ours string) error {
	e := &crm.Error{Kind: crm.ErrUnavailable, Op: op, Object: ours, Message: "the bulk job " + job.ID + " ended as " + shapedState(job.State),
		Hint: "Salesforce lists it with its reason under Setup > Bulk Data Load Jobs"}
	if field := (wireError{Message: job.Error}).field(); field != "" {
		e.Kind, e.Field, e.Message = crm.ErrInvalid, field, "Salesforce shows this user no such field"
		e.Hint = "Run bareme check: it tells a hidden field from one that does not exist"
	}
	return e
}

func shapedState(s string) string {
	if codeShape.MatchString(s) {
		return s
	}
	return "something else than complete"
}
