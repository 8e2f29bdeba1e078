package salesforce

import "strings"

// JobFault is a planned end of a bulk job. The first that matches a new job and is due decides.
type JobFault struct {
	Object    string `json:"object,omitempty"`    // "": any
	Operation string `json:"operation,omitempty"` // query, queryAll, insert, update …; "": any
	After     int    `json:"after,omitempty"`     // let this many matching jobs pass first
	Count     int    `json:"count,omitempty"`     // how many jobs to spoil; 0: one, negative: all
	Batches   int    `json:"batches,omitempty"`   // of ingest: batches that are done, and stay done, before the end
	State     string `json:"state,omitempty"`     // Failed or Aborted; "": Failed
	Message   string `json:"message,omitempty"`   // errorMessage; "": as Salesforce words it
	Silent    bool   `json:"silent,omitempty"`    // no errorMessage at all, as happens
}

type jobFault struct {
	JobFault
	seen, used int
}

// SpoilJobs plans ends of bulk jobs made from now on.
func (s *Sandbox) SpoilJobs(faults ...JobFault) error {
	s.bulk.mu.Lock()
	defer s.bulk.mu.Unlock()
	for _, f := range faults {
		if f.State == "" {
			f.State = jobFailed
		}
		if f.State != jobFailed && f.State != jobAborted {
			return refuse("INVALID_FIELD", nil, "a job ends Failed or Aborted, not %q", f.State)
		}
		s.bulk.faults = append(s.bulk.faults, &jobFault{JobFault: f})
	}
	return nil
}

func (b *bulk) nextFault(j *job) *JobFault {
	for _, f := range b.faults {
		if f.Object != "" && !strings.EqualFold(f.Object, j.object) || f.Operation != "" && f.Operation != j.operation {
			continue
		}
		f.seen++
		if f.seen <= f.After || f.Count >= 0 && f.used >= max(1, f.Count) {
			continue
		}
		f.used++
		return &f.JobFault
	}
	return nil
}

// words is the errorMessage of the job.
func (f *JobFault) words() string {
	switch {
	case f.Silent || f.State == jobAborted:
		return ""
	case f.Message != "":
		return f.Message
	}
	return "InternalServerError : Retried more than 20 times. Batch will not be retried."
}
