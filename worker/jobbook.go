package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/bareme/bareme/crm"
)

// noteJobs holds the book of a connection's write jobs.
const noteJobs = "jobs"

// jobBook keeps the write jobs of a connection as a note of the store.
type jobBook struct {
	store      Store
	connection string
}

// Jobs implements crm.JobBook.
func (b jobBook) Jobs(ctx context.Context) ([]string, error) {
	text, err := b.store.Note(ctx, b.connection, noteJobs)
	if err != nil {
		return nil, err
	}
	return parseJobs(text)
}

// Add implements crm.JobBook.
func (b jobBook) Add(ctx context.Context, job string) error {
	return b.change(ctx, func(jobs []string) []string { return append(jobs, job) })
}

// Remove implements crm.JobBook.
func (b jobBook) Remove(ctx context.Context, job string) error {
	return b.change(ctx, func(jobs []string) []string {
		return slices.DeleteFunc(jobs, func(has string) bool { return has == job })
	})
}

// Swapper is a store whose notes several processes change at once.
type Swapper interface {
	// SwapNote sets a note that has the old value, "" for none, and reports whether it had it.
	SwapNote(ctx context.Context, connection, name, old, value string) (swapped bool, err error)
}

// change is repeated when another process changed the book in between.
func (b jobBook) change(ctx context.Context, to func([]string) []string) error {
	for {
		old, err := b.store.Note(ctx, b.connection, noteJobs)
		if err != nil {
			return err
		}
		jobs, err := parseJobs(old)
		if err != nil {
			return err
		}
		jobs = to(jobs)
		slices.Sort(jobs)
		text, err := json.Marshal(slices.Compact(jobs))
		if err != nil {
			return err
		}
		swapper, shared := b.store.(Swapper)
		if !shared {
			return b.store.SetNote(ctx, b.connection, noteJobs, string(text))
		}
		if swapped, err := swapper.SwapNote(ctx, b.connection, noteJobs, old, string(text)); err != nil || swapped {
			return err
		}
	}
}

func parseJobs(text string) (jobs []string, err error) {
	if text == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(text), &jobs); err != nil {
		return nil, fmt.Errorf("the book of write jobs: %w", err)
	}
	return jobs, nil
}

// collectJobs collects the write jobs that an earlier run started and did not live to see answered. What became of them
// settles the updates in doubt; those of no job are looked up afterwards.
func (w *Worker) collectJobs(ctx context.Context, _ Options, r *Report) error {
	resumer, ok := w.CRM.(crm.Resumer)
	if !ok {
		return nil
	}
	resumer.Keep(jobBook{w.Store, w.Connection})
	outcomes, cause := resumer.Resume(ctx)
	if len(outcomes) > 0 {
		populations := []*Worker{w}
		reports := []*Report{r}
		if firms, report := r.forCompanies(w); firms != nil {
			populations, reports = append(populations, firms), append(reports, report)
		}
		for i, one := range populations {
			if err := one.settleResumed(ctx, outcomes, reports[i]); err != nil {
				return err
			}
		}
	}
	if cause != nil {
		return fmt.Errorf("collect write jobs: %w", cause)
	}
	return nil
}

// settleResumed settles the updates in doubt that these outcomes tell of.
func (w *Worker) settleResumed(ctx context.Context, outcomes []crm.Outcome, r *Report) error {
	last := make(map[string]crm.Outcome, len(outcomes))
	for _, o := range outcomes {
		last[o.ID] = o
	}
	doubt, err := w.Store.InDoubt(ctx, w.of(), len(outcomes)+writeBatch)
	if err != nil {
		return err
	}
	var batch []Pending
	var told []crm.Outcome
	for _, p := range doubt {
		if o, ok := last[p.ID]; ok {
			batch, told = append(batch, p), append(told, o)
		}
	}
	written := r.Written
	if err := w.settle(ctx, batch, told, r); err != nil {
		return err
	}
	r.Recovered += r.Written - written
	r.Written = written
	return nil
}

// batchSize is how many updates are handed to the connector at a time.
func (w *Worker) batchSize() int {
	if b, ok := w.CRM.(crm.Batcher); ok {
		return max(writeBatch, b.WriteBatch())
	}
	return writeBatch
}
