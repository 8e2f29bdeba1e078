package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bareme/bareme/crm"
)

// writeBatch is how many updates are handed to a connector at a time. It is more than a CRM takes in one request, so
// that the connector can send several at once, and few enough that a crash leaves little in doubt.
const writeBatch = 1000

// write sends the pending updates. The intention is stored before the request and the outcome after it, so that a
// process that dies in between leaves updates in doubt, which the next run looks up instead of sending them again.
func (w *Worker) write(ctx context.Context, o Options, r *Report) error {
	if o.DryRun {
		return nil
	}
	if err := w.writeAll(ctx, r); err != nil {
		return err
	}
	return w.allWritten(ctx, o, r)
}

// allWritten notes what everybody shows.
func (w *Worker) allWritten(ctx context.Context, _ Options, _ *Report) error {
	return w.Store.SetNote(ctx, w.Connection, w.note(noteWritten), w.ModelHash)
}

func (w *Worker) writeAll(ctx context.Context, r *Report) error {
	after, done := "", 0
	var err error
	if r.lastGood, err = w.lastGood(ctx); err != nil {
		return err
	}
	for {
		batch, err := w.Store.Pending(ctx, w.of(), after, w.batchSize(), w.Now().UTC())
		if err != nil || len(batch) == 0 {
			return err
		}
		if w.paused() {
			return ErrPaused
		}
		after = batch[len(batch)-1].ID
		if err := w.writeBatch(ctx, batch, r); err != nil {
			return err
		}
		done += len(batch)
		w.step(w.writing(), done, r.Planned)
	}
}

func (w *Worker) writing() string {
	if w.object == crm.Companies {
		return "writing companies"
	}
	return "writing"
}

func (w *Worker) writeBatch(ctx context.Context, batch []Pending, r *Report) error {
	ids := make([]string, len(batch))
	updates := make([]crm.Update, len(batch))
	for i, p := range batch {
		ids[i], updates[i] = p.ID, crm.Update{ID: p.ID, Fields: p.Fields}
	}
	if err := w.Store.MarkSent(ctx, w.of(), r.Run, ids); err != nil {
		return err
	}
	outcomes, cause := w.CRM.Write(ctx, w.of().Object, updates)
	// What the CRM has acknowledged is stored even when the run is being stopped.
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := w.settle(keep, batch, outcomes, r); err != nil {
		return errors.Join(cause, err)
	}
	if cause != nil {
		return fmt.Errorf("write scores: %w", cause)
	}
	return nil
}

func (w *Worker) settle(ctx context.Context, batch []Pending, outcomes []crm.Outcome, r *Report) error {
	now := w.Now().UTC()
	settled := make([]Settled, 0, len(outcomes))
	var merged []string
	for i, o := range outcomes {
		s := Settled{ID: o.ID, Status: o.Status, At: now}
		r.tried(o.Status, batch[i].Tries)
		switch o.Status {
		case crm.Written:
			r.fresh(batch[i].Entry.Since, now.Add(w.usage().Clock.Truncate(time.Second)))
		case crm.Rejected:
			s.Reason = "refused without a reason"
			if o.Err != nil {
				s.Reason = o.Err.Error()
			}
			s.RetryAt = now.Add(backOff(batch[i].Tries))
			r.reject(s, batch[i].Tries+1)
		case crm.Merged:
			// The survivor comes with a pull that hands over the activity; until then nothing may be forgotten.
			merged = append(merged, o.ID)
			continue
		}
		settled = append(settled, s)
	}
	if err := w.Store.MarkUnsent(ctx, w.of(), merged); err != nil {
		return err
	}
	if err := w.markKin(ctx, leaving(settled)); err != nil {
		return err
	}
	if err := w.raise(ctx, batch, settled, func(p Pending) string { return cmp.Or(p.Sent, r.Run) }, r); err != nil {
		return err
	}
	return w.Store.Settle(ctx, w.of(), settled)
}

// leaving are the records that settling forgets.
func leaving(settled []Settled) (ids []string) {
	for _, s := range settled {
		if s.Status == crm.Gone || s.Status == crm.Merged {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// rejectionsShown is how many rejections a report tells in words.
const rejectionsShown = 10

func (r *Report) reject(s Settled, tries int) {
	if len(r.Rejections) < rejectionsShown {
		r.Rejections = append(r.Rejections, Rejection{ID: s.ID, Reason: s.Reason, At: s.At, RetryAt: s.RetryAt, Tries: tries})
	}
}

// backOff is how long an update refused so many times before is left alone: an hour, doubling up to a week.
func backOff(tries int) time.Duration {
	const most = 7 * 24 * time.Hour
	if tries > 10 {
		return most
	}
	return min(time.Hour<<tries, most)
}

// settleInDoubt finds out what became of updates that a run sent and did not live to see answered.
func (w *Worker) settleInDoubt(ctx context.Context, _ Options, r *Report) error {
	for {
		batch, err := w.Store.InDoubt(ctx, w.of(), writeBatch)
		if err != nil || len(batch) == 0 {
			return err
		}
		arrived, unsent, err := w.lookUp(ctx, batch)
		if err != nil {
			return fmt.Errorf("look up updates in doubt: %w", err)
		}
		if err := w.Store.MarkUnsent(ctx, w.of(), unsent); err != nil {
			return err
		}
		if err := w.raise(ctx, batch, arrived, func(p Pending) string { return p.Sent }, r); err != nil {
			return err
		}
		if err := w.Store.Settle(ctx, w.of(), arrived); err != nil {
			return err
		}
		for _, s := range arrived {
			if s.Status == crm.Written {
				r.Recovered++
			}
		}
	}
}

// lookUp reads the records of a batch and tells the updates that arrived from those that did not. What became of a record
// the CRM no longer has under its id shows when it is written again.
func (w *Worker) lookUp(ctx context.Context, batch []Pending) (arrived []Settled, unsent []string, err error) {
	ids := make([]string, len(batch))
	for i, p := range batch {
		ids[i] = p.ID
	}
	reader, ok := w.CRM.(crm.Reader)
	if !ok {
		return nil, ids, nil
	}
	records, err := reader.Read(ctx, w.of().Object, ids, w.Mapper.Need().Write[w.of().Object])
	if err != nil {
		return nil, nil, err
	}
	there := make(map[string]crm.Fields, len(records))
	for _, rec := range records {
		there[rec.ID] = rec.Fields
	}
	now := w.Now().UTC()
	for _, p := range batch {
		values, ok := there[p.ID]
		switch {
		case ok && shows(values, p.Fields):
			arrived = append(arrived, Settled{ID: p.ID, Status: crm.Written, At: now})
		default:
			unsent = append(unsent, p.ID)
		}
	}
	return arrived, unsent, nil
}

// shows reports whether a record has exactly the values an update asked for.
func shows(values, update crm.Fields) bool {
	for field, value := range update {
		if values[field] != value {
			return false
		}
	}
	return true
}
