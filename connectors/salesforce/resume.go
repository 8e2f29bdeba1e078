package salesforce

import (
	"context"
	"net/http"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// Keep gives the connector the book of its write jobs.
func (c *Connector) Keep(book crm.JobBook) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.book = book
}

func (c *Connector) bookkeeper() crm.JobBook {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.book
}

// note stores a job before anything is uploaded to it.
func (c *Connector) note(ctx context.Context, id string) error {
	if book := c.bookkeeper(); book != nil {
		return book.Add(ctx, id)
	}
	return nil
}

func (c *Connector) unnote(ctx context.Context, id string) error {
	if book := c.bookkeeper(); book != nil {
		return book.Remove(ctx, id)
	}
	return nil
}

// Resume collects the jobs that a process before this one started and did not live to see answered.
func (c *Connector) Resume(ctx context.Context) ([]crm.Outcome, error) {
	book := c.bookkeeper()
	if book == nil {
		return nil, nil
	}
	jobs, err := book.Jobs(ctx)
	if err != nil {
		return nil, err
	}
	var out []crm.Outcome
	for _, id := range jobs {
		outcomes, err := c.resumeJob(ctx, id)
		if err != nil {
			return out, kinded(ctx, opResume, "", err)
		}
		out = append(out, outcomes...)
		if err := book.Remove(ctx, id); err != nil {
			return out, err
		}
	}
	return out, nil
}

const opResume = "collect an earlier run's bulk job"

// resumeJob collects one job. One that was never closed is given up: its records were not all handed over, and none has
// been written.
func (c *Connector) resumeJob(ctx context.Context, entry string) ([]crm.Outcome, error) {
	id, ok := long(entry)
	if !ok {
		return nil, nil // not one of ours
	}
	job, err := rest.Call[wireJob](ctx, c.rest, c.jobRequest(opResume, "", http.MethodGet, ingestJobs+"/"+id, nil))
	switch {
	case missing(err): // Salesforce forgets jobs after a week
		return nil, nil
	case err != nil:
		return nil, err
	case job.State == stateOpen:
		_, err := c.rest.Do(ctx, c.jobRequest(opResume, "", http.MethodPatch, ingestJobs+"/"+id, wireState{stateAborted}))
		return nil, err
	}
	ours, ok := c.oursOf(job.Object)
	if !ok {
		return nil, nil
	}
	if job, err = c.await(ctx, opResume, ours, ingestJobs, id); err != nil {
		return nil, err
	}
	res, err := c.jobResults(ctx, opResume, ours, job, -1)
	if err != nil {
		return nil, err
	}
	return c.resumed(ctx, ours, res)
}

// resumed turns rows into outcomes as Write does. Locked rows and rows not processed are left out: they are written again.
func (c *Connector) resumed(ctx context.Context, ours string, res ingested) ([]crm.Outcome, error) {
	var updates []crm.Update
	for _, id := range res.written {
		updates = append(updates, crm.Update{ID: id})
	}
	for _, f := range res.failed {
		updates = append(updates, crm.Update{ID: f.id})
	}
	w := newWriting(c, opResume, c.objects[ours], updates)
	byID := make(map[string]*target, len(w.send))
	for _, t := range w.send {
		byID[t.id] = t
	}
	for _, id := range res.written {
		if t := byID[id]; t != nil {
			t.end(crm.Written)
		}
	}
	if err := w.settleFailed(ctx, byID, res.failed); err != nil {
		return nil, err
	}
	var out []crm.Outcome
	for _, t := range w.send {
		if t.outcome != nil {
			out = append(out, *t.outcome)
		}
	}
	return out, nil
}

func (c *Connector) oursOf(entity string) (string, bool) {
	switch entity {
	case lead, contact:
		return crm.People, true
	case account:
		return crm.Companies, true
	}
	return "", false
}

// forgetJob gives up a job whose upload failed. What goes wrong with it is no matter: its records are sent again with the
// same values.
func (c *Connector) forgetJob(ctx context.Context, op, id string) {
	if id == "" {
		return
	}
	_, err := c.rest.Do(ctx, c.jobRequest(op, "", http.MethodPatch, ingestJobs+"/"+id, wireState{stateAborted}))
	if unnoted := c.unnote(ctx, id); err != nil || unnoted != nil {
		c.log.WithField("job", id).Debug("a bulk job without an upload was not given up")
	}
}
