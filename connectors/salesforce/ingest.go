package salesforce

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// ingestBytes is how large one job's file may be. Salesforce takes 150 MB after its own encoding.
const ingestBytes = 50 << 20

// uploads is how often a file is sent in all, each time to a job of its own: a job takes one upload, and whether one
// whose answer was lost has arrived cannot be known.
const uploads = 4

// ingest updates targets by bulk jobs. What was locked meanwhile is sent again by collections.
//
// Salesforce: Bulk API 2.0, ingest jobs.
func (w *writing) ingest(ctx context.Context, part part, targets []*target) error {
	for len(targets) > 0 {
		file, n := w.file(targets)
		if n == 0 { // a record alone too large
			return w.collections(ctx, targets)
		}
		batch := targets[:n]
		targets = targets[n:]
		id, err := w.upload(ctx, part, file)
		if err != nil {
			return err
		}
		if err := w.collect(ctx, id, open(batch)); err != nil {
			return err
		}
		if err := w.collections(ctx, open(batch)); err != nil {
			return err
		}
	}
	return nil
}

// upload hands a file over to a new job and lets it begin.
func (w *writing) upload(ctx context.Context, part part, file []byte) (id string, err error) {
	for range uploads {
		id, err = w.tryUpload(ctx, part, file)
		if err == nil || !errors.Is(err, crm.ErrUnavailable) || ctx.Err() != nil {
			return id, err
		}
		w.c.forgetJob(ctx, w.op, id)
		if err := w.c.pause(ctx, w.op, w.o.ours, w.c.o.Backoff); err != nil {
			return "", err
		}
	}
	return "", err
}

// tryUpload makes a job, notes it in the book before a single record leaves, uploads, and closes the job.
func (w *writing) tryUpload(ctx context.Context, part part, file []byte) (string, error) {
	req := w.c.jobRequest(w.op, w.o.ours, http.MethodPost, ingestJobs,
		wireNewJob{Operation: "update", Object: part.entity, Content: "CSV", Delimiter: "COMMA", LineEnding: "LF"})
	job, err := rest.Call[wireJob](ctx, w.c.rest, req)
	if err != nil {
		return "", err
	}
	id, ok := long(job.ID)
	if !ok {
		return "", &crm.Error{Kind: crm.ErrUnavailable, Op: w.op, Object: w.o.ours, Message: "the answer does not name a job"}
	}
	if err := w.c.note(ctx, id); err != nil {
		return id, err
	}
	_, err = w.c.rest.Do(ctx, rest.Request{Op: w.op, Kind: kindUpload, Object: w.o.ours, Method: http.MethodPut,
		Path: w.c.path(ingestJobs + "/" + id + "/batches"), Header: changing(), Body: rest.Raw{Type: asCSV, Bytes: file}, Once: true})
	if err != nil {
		return id, err
	}
	return id, w.c.closeJob(ctx, w.op, w.o.ours, id)
}

// closeJob lets a job begin. Repeated after a lost answer it is refused, because the job has begun: that is as good.
func (c *Connector) closeJob(ctx context.Context, op, ours, id string) error {
	_, err := c.rest.Do(ctx, c.jobRequest(op, ours, http.MethodPatch, ingestJobs+"/"+id, wireState{stateUploaded}))
	if !errors.Is(err, crm.ErrInvalid) && !errors.Is(err, crm.ErrConflict) {
		return err
	}
	job, askErr := rest.Call[wireJob](ctx, c.rest, c.jobRequest(op, ours, http.MethodGet, ingestJobs+"/"+id, nil))
	if askErr != nil {
		return askErr
	}
	if job.State == stateOpen {
		return err
	}
	return nil
}

// collect waits for a job and answers the targets it settles. Rows that were locked stay open.
func (w *writing) collect(ctx context.Context, id string, targets []*target) error {
	job, err := w.c.await(ctx, w.op, w.o.ours, ingestJobs, id)
	if err != nil {
		return err
	}
	res, err := w.c.jobResults(ctx, w.op, w.o.ours, job, len(targets))
	if err != nil {
		return err
	}
	byID := make(map[string]*target, len(targets))
	for _, t := range targets {
		byID[t.id] = t
	}
	for _, id := range res.written {
		if t := byID[id]; t != nil {
			t.end(crm.Written)
		}
	}
	if err := w.settleFailed(ctx, byID, res.failed); err != nil {
		return err
	}
	if err := w.c.unnote(ctx, id); err != nil {
		return err
	}
	if job.State != stateComplete { // batches that were done stay done
		return job.failure(w.op, w.o.ours)
	}
	return nil
}

// settleFailed turns failed rows into outcomes, and follows those that may live on elsewhere.
func (w *writing) settleFailed(ctx context.Context, byID map[string]*target, failed []failedRow) error {
	var unclear []*target
	why := make(map[*target]wireError)
	for _, f := range failed {
		t := byID[f.id]
		if t == nil {
			continue
		}
		if lost, _ := w.refuse(t, f.why); lost && !slices.Contains(unclear, t) {
			unclear = append(unclear, t)
			why[t] = f.why
		}
	}
	return w.trace(ctx, unclear, why)
}
