package salesforce

import (
	"encoding/json"
	"time"
)

// jobLife is how long a job and its results are kept.
const jobLife = 7 * 24 * time.Hour

// The states of a job.
const (
	jobOpen       = "Open"
	jobUploaded   = "UploadComplete"
	jobInProgress = "InProgress"
	jobComplete   = "JobComplete"
	jobFailed     = "Failed"
	jobAborted    = "Aborted"
)

// job is a bulk job of either kind.
type job struct {
	id, user, version string
	query             bool // else ingest
	operation         string
	object            string
	created, touched  time.Time
	state, message    string
	polls             int
	dialect           dialect
	fault             *JobFault

	text   string   // of a query
	result csvTable // of a query, once it is complete

	external, rule string // of an ingest job
	upload         []byte
	uploaded       bool
	ingest         ingest
}

func (j *job) over() bool {
	return j.state == jobComplete || j.state == jobFailed || j.state == jobAborted
}

// jobInfo is a job as the API tells it.
type jobInfo struct {
	ID                  string      `json:"id"`
	Operation           string      `json:"operation"`
	Object              string      `json:"object"`
	CreatedByID         string      `json:"createdById"`
	CreatedDate         string      `json:"createdDate"`
	SystemModstamp      string      `json:"systemModstamp"`
	State               string      `json:"state"`
	ExternalIDFieldName string      `json:"externalIdFieldName,omitempty"`
	AssignmentRuleID    string      `json:"assignmentRuleId,omitempty"`
	ConcurrencyMode     string      `json:"concurrencyMode"`
	ContentType         string      `json:"contentType"`
	APIVersion          json.Number `json:"apiVersion"`
	ContentURL          string      `json:"contentUrl,omitempty"`
	LineEnding          string      `json:"lineEnding"`
	ColumnDelimiter     string      `json:"columnDelimiter"`

	*jobProgress
}

// jobProgress is what GET tells beyond what the creation answers.
type jobProgress struct {
	JobType                 string `json:"jobType"`
	NumberRecordsProcessed  int    `json:"numberRecordsProcessed"`
	NumberRecordsFailed     *int   `json:"numberRecordsFailed,omitempty"` // of ingest
	Retries                 int    `json:"retries"`
	TotalProcessingTime     int    `json:"totalProcessingTime"`
	APIActiveProcessingTime *int   `json:"apiActiveProcessingTime,omitempty"`
	ApexProcessingTime      *int   `json:"apexProcessingTime,omitempty"`
	IsPkChunkingSupported   *bool  `json:"isPkChunkingSupported,omitempty"` // of a query
	ErrorMessage            string `json:"errorMessage,omitempty"`
}

func (j *job) info(progress bool) jobInfo {
	const layout = "2006-01-02T15:04:05.000+0000"
	out := jobInfo{ID: j.id, Operation: j.operation, Object: j.object, CreatedByID: j.user, CreatedDate: j.created.Format(layout),
		SystemModstamp: j.touched.Format(layout), State: j.state, ExternalIDFieldName: j.external, AssignmentRuleID: j.rule,
		ConcurrencyMode: "Parallel", ContentType: "CSV", APIVersion: json.Number(j.version),
		LineEnding: j.dialect.ending, ColumnDelimiter: j.dialect.name}
	if !j.query {
		out.ContentURL = "services/data/v" + j.version + "/jobs/ingest/" + j.id + "/batches"
	}
	if !progress {
		return out
	}
	p := &jobProgress{JobType: "V2Query", NumberRecordsProcessed: len(j.result.ends), ErrorMessage: j.message}
	if j.query {
		chunks := !j.result.sorted
		p.IsPkChunkingSupported = &chunks
	} else {
		failed, zero := j.ingest.failed, 0
		p.JobType, p.NumberRecordsProcessed, p.NumberRecordsFailed = "V2Ingest", j.ingest.done, &failed
		p.APIActiveProcessingTime, p.ApexProcessingTime = &zero, &zero
	}
	if j.over() {
		p.TotalProcessingTime = int(j.touched.Sub(j.created).Milliseconds())
	}
	out.jobProgress = p
	return out
}
