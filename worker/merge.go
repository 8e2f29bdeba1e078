package worker

import (
	"cmp"
	"context"
	"time"

	"github.com/bareme/bareme/crm"
)

// Add takes over what a piece of the same run did. How long stages took, what calls cost, the population and the end of the
// run are not the sum of pieces, and stay as they are.
func (r *Report) Add(piece *Report) {
	r.Account = cmp.Or(r.Account, piece.Account)
	for object, n := range piece.Read {
		c := r.Read[object]
		c.Read, c.Unchanged, c.Changed = c.Read+n.Read, c.Unchanged+n.Unchanged, c.Changed+n.Changed
		if r.Read == nil {
			r.Read = map[string]Count{}
		}
		r.Read[object] = c
	}
	r.Removed += piece.Removed
	for what, n := range piece.Warnings {
		if r.Warnings == nil {
			r.Warnings = map[string]int{}
		}
		r.Warnings[what] += n
	}
	r.Outcome.add(&piece.Outcome)
	if piece.Companies != nil {
		if r.Companies == nil {
			r.Companies = &Outcome{}
		}
		r.Companies.add(piece.Companies)
	}
	if piece.Learnt != nil {
		r.Learnt = piece.Learnt
	}
	if piece.Alerts != nil {
		r.alerts().add(piece.Alerts)
	}
}

func (o *Outcome) add(p *Outcome) {
	o.NewModel, o.NewFit, o.Accepted = o.NewModel || p.NewModel, o.NewFit || p.NewFit, o.Accepted || p.Accepted
	o.Mapped += p.Mapped
	o.Scored += p.Scored
	o.Unmoved += p.Unmoved
	o.Moved += p.Moved
	o.Planned += p.Planned
	o.Written += p.Written
	o.Rejected += p.Rejected
	o.Gone += p.Gone
	o.Recovered += p.Recovered
	o.Again.add(p.Again)
	o.Freshness.add(p.Freshness)
	room := max(0, rejectionsShown-len(o.Rejections))
	o.Rejections = append(o.Rejections, p.Rejections[:min(room, len(p.Rejections))]...)
}

func (c *AlertCount) add(p *AlertCount) {
	c.Raised += p.Raised
	c.Known += p.Known
	c.Cooling += p.Cooling
	c.Sent += p.Sent
	c.Digests += p.Digests
	c.Failed += p.Failed
	c.Unsure += p.Unsure
	c.Dead += p.Dead
	c.Held += p.Held
	if !p.Until.IsZero() {
		c.Until = p.Until
	}
}

// Spend adds what calls cost between two moments of a connector.
func (r *Report) Spend(before, after crm.Usage) {
	if r.Calls == nil {
		r.Calls = map[string]int{}
	}
	for kind, n := range after.Calls {
		if n -= before.Calls[kind]; n > 0 {
			r.Calls[kind] += n
		}
	}
	r.Retried += after.Retried - before.Retried
	r.Waited += after.Waited - before.Waited
	if after.DailyLimit > 0 {
		r.DailyLimit, r.DailyLeft = after.DailyLimit, after.DailyLeft
	}
}

// Finish records a run that was taken in pieces. The report is that of the pieces together, with its Status and Error.
func (w *Worker) Finish(ctx context.Context, r Report) (Report, error) {
	r.Finished = w.Now().UTC()
	return w.record(ctx, r)
}

// StatusOf is the status of a run that ended with this error, nil when it did all it should.
func StatusOf(err error) string { return status(err, false) }

// record stores the report of a run that ended.
func (w *Worker) record(ctx context.Context, r Report) (Report, error) {
	if r.Account == "" { // the store, or the CRM, was never reached
		return r, nil
	}
	t, err := w.Store.Tally(ctx, w.of())
	if err == nil && w.Companies != nil {
		if r.Companies == nil {
			r.Companies = &Outcome{}
		}
		r.Companies.Population, err = w.Store.Tally(ctx, CompaniesOf(w.Connection))
	}
	if err == nil {
		r.Population = t
		err = w.Store.SaveRun(ctx, r.asRun())
	}
	return r, err
}

// NewReport is the empty report of a run taken in pieces.
func (w *Worker) NewReport(run string, kind Kind, started time.Time) Report {
	r := w.begin(Options{Kind: kind})
	r.Run, r.Started = run, started
	return *r
}
