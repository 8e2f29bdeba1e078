package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// ID names a piece of a run. It is all a job holds: what the piece is about is in the table of pieces.
type ID struct {
	Run        string `json:"run"`
	Connection string `json:"connection"`
	Stage      string `json:"stage"`
	N          int    `json:"n"`
}

// Kind implements river.JobArgs: jobs of all stages are of one kind.
func (ID) Kind() string { return "piece" }

// register tells River who does the jobs.
func (r *Runner) register(to *river.Workers) {
	river.AddWorker(to, &handler{runner: r})
	river.AddWorker(to, river.WorkFunc(r.due))
}

// handler takes pieces.
type handler struct {
	river.WorkerDefaults[ID]
	runner *Runner
}

// Work implements river.Worker.
func (h *handler) Work(ctx context.Context, job *river.Job[ID]) error {
	return h.runner.work(ctx, job.JobRow, job.Args)
}

// Timeout implements river.Worker.
func (h *handler) Timeout(job *river.Job[ID]) time.Duration { return h.runner.timeout(job.Args.Stage) }

// NextRetry implements river.Worker.
func (h *handler) NextRetry(job *river.Job[ID]) time.Time { return retryAt(job.JobRow) }

// retryAt doubles the pause with each attempt, up to five minutes.
func retryAt(job *rivertype.JobRow) time.Time {
	return time.Now().Add(min(time.Second<<min(job.Attempt, 10), 5*time.Minute))
}
