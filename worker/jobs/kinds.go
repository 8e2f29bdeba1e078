package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/bareme/bareme/worker"
)

// ID names a piece of a run. It is all a job holds: what the piece is about is in the table of pieces.
type ID struct {
	Run        string `json:"run"`
	Connection string `json:"connection"`
	N          int    `json:"n"`
}

// The kinds of job are the stages of a run; River wants a type for each.
type (
	prepareJob        struct{ ID }
	pullJob           struct{ ID }
	peopleJob         struct{ ID }
	sweepJob          struct{ ID }
	spreadJob         struct{ ID }
	fitJob            struct{ ID }
	scoreJob          struct{ ID }
	fitCompaniesJob   struct{ ID }
	scoreCompaniesJob struct{ ID }
	spreadFirmsJob    struct{ ID }
	planJob           struct{ ID }
	writeJob          struct{ ID }
	alertJob          struct{ ID }
	reportJob         struct{ ID }
)

// Kind implements river.JobArgs.
func (prepareJob) Kind() string { return worker.StagePrepare }

// Kind implements river.JobArgs.
func (pullJob) Kind() string { return worker.StagePull }

// Kind implements river.JobArgs.
func (peopleJob) Kind() string { return worker.StagePeople }

// Kind implements river.JobArgs.
func (sweepJob) Kind() string { return worker.StageSweep }

// Kind implements river.JobArgs.
func (spreadJob) Kind() string { return worker.StageSpread }

// Kind implements river.JobArgs.
func (fitJob) Kind() string { return worker.StageLearn }

// Kind implements river.JobArgs.
func (scoreJob) Kind() string { return worker.StageScore }

// Kind implements river.JobArgs.
func (fitCompaniesJob) Kind() string { return worker.StageLearnCompanies }

// Kind implements river.JobArgs.
func (spreadFirmsJob) Kind() string { return worker.StageSpreadFirms }

// Kind implements river.JobArgs.
func (scoreCompaniesJob) Kind() string { return worker.StageScoreCompanies }

// Kind implements river.JobArgs.
func (planJob) Kind() string { return worker.StagePlan }

// Kind implements river.JobArgs.
func (writeJob) Kind() string { return worker.StageWrite }

// Kind implements river.JobArgs.
func (alertJob) Kind() string { return worker.StageAlert }

// Kind implements river.JobArgs.
func (reportJob) Kind() string { return worker.StageReport }

func (id ID) piece() ID { return id }

// args makes the job of a piece of a stage.
func args(stage string, id ID) river.JobArgs {
	switch stage {
	case worker.StagePrepare:
		return prepareJob{id}
	case worker.StagePull:
		return pullJob{id}
	case worker.StagePeople:
		return peopleJob{id}
	case worker.StageSweep:
		return sweepJob{id}
	case worker.StageSpread:
		return spreadJob{id}
	case worker.StageLearn:
		return fitJob{id}
	case worker.StageScore:
		return scoreJob{id}
	case worker.StageSpreadFirms:
		return spreadFirmsJob{id}
	case worker.StageLearnCompanies:
		return fitCompaniesJob{id}
	case worker.StageScoreCompanies:
		return scoreCompaniesJob{id}
	case worker.StagePlan:
		return planJob{id}
	case worker.StageWrite:
		return writeJob{id}
	case worker.StageAlert:
		return alertJob{id}
	default:
		return reportJob{id}
	}
}

// register tells River who does the jobs.
func (r *Runner) register(to *river.Workers) {
	add[prepareJob](r, to)
	add[pullJob](r, to)
	add[peopleJob](r, to)
	add[sweepJob](r, to)
	add[spreadJob](r, to)
	add[spreadFirmsJob](r, to)
	add[fitJob](r, to)
	add[scoreJob](r, to)
	add[fitCompaniesJob](r, to)
	add[scoreCompaniesJob](r, to)
	add[planJob](r, to)
	add[writeJob](r, to)
	add[alertJob](r, to)
	add[reportJob](r, to)
	river.AddWorker(to, river.WorkFunc(r.due))
}

func add[T interface {
	river.JobArgs
	piece() ID
}](r *Runner, to *river.Workers) {
	river.AddWorker(to, &handler[T]{runner: r})
}

// handler does the jobs of one stage.
type handler[T interface {
	river.JobArgs
	piece() ID
}] struct {
	river.WorkerDefaults[T]
	runner *Runner
}

// Work implements river.Worker.
func (h *handler[T]) Work(ctx context.Context, job *river.Job[T]) error {
	return h.runner.work(ctx, job.JobRow, job.Args.piece())
}

// Timeout implements river.Worker.
func (h *handler[T]) Timeout(job *river.Job[T]) time.Duration { return h.runner.timeout(job.Kind) }

// NextRetry implements river.Worker.
func (h *handler[T]) NextRetry(job *river.Job[T]) time.Time { return retryAt(job.JobRow) }

// retryAt doubles the pause with each attempt, up to five minutes.
func retryAt(job *rivertype.JobRow) time.Time {
	return time.Now().Add(min(time.Second<<min(job.Attempt, 10), 5*time.Minute))
}
