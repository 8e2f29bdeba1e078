package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/learning"
)

// fewestDrift are the people it takes to tell whether people have changed.
const fewestDrift = 100

// ErrNothingLearnt says that there is no learnt score to look at.
var ErrNothingLearnt = errors.New("nothing was learnt yet: run bareme fit")

// Drift says how far the people who came after a fit differ from those it was learnt from, with conversion by grade and
// label month by month. It wraps learning.ErrTooFew while too few have come.
func Drift(p *Proposal, h *History, grades, labels []string) (*learning.DriftReport, error) {
	c, err := countDrift(p, h, grades, labels)
	if err != nil {
		return nil, err
	}
	return reportDrift(p, c)
}

// reportDrift is Drift of people who were counted before, in one part or in many that were added.
func reportDrift(p *Proposal, c *learning.DriftCounts) (*learning.DriftReport, error) {
	if c.Rows < fewestDrift {
		return nil, fmt.Errorf("%w: %d people were looked at after those of the fit, and it takes %d to tell whether people have changed",
			learning.ErrTooFew, c.Rows, fewestDrift)
	}
	return c.Report(p.Fitted)
}

// countDrift counts those of a history who came after a fit.
func countDrift(p *Proposal, h *History, grades, labels []string) (*learning.DriftCounts, error) {
	var rows []int
	dated := h.Table.At != nil // rows of a file without moments are all taken to have come since
	for i := range h.Table.IDs {
		if !dated || h.Table.At[i].After(p.Fitted.To) {
			rows = append(rows, i)
		}
	}
	t := &learning.Table{}
	for _, i := range rows {
		t.IDs, t.Outcomes = append(t.IDs, h.Table.IDs[i]), append(t.Outcomes, h.Table.Outcomes[i])
		if dated {
			t.At = append(t.At, h.Table.At[i])
		}
	}
	for i := range h.Table.Columns {
		t.Columns = append(t.Columns, h.Table.Columns[i].Pick(rows))
	}
	var groupings []learning.Grouping
	for _, g := range []learning.Grouping{{Name: "grade", Of: h.Grades, Order: grades}, {Name: "label", Of: h.Labels, Order: labels}} {
		if len(g.Order) == 0 {
			continue
		}
		of := make([]string, len(rows))
		for j, i := range rows {
			of[j] = g.Of[i]
		}
		groupings = append(groupings, learning.Grouping{Name: g.Name, Of: of, Order: g.Order})
	}
	return learning.CountDrift(p.Fitted, t, groupings...)
}

// LearntDrift is the drift of the score in force, with what it was learnt from.
func (w *Worker) LearntDrift(ctx context.Context) (*Proposal, *learning.DriftReport, error) {
	p, _, err := w.InForce(ctx)
	if err != nil {
		return nil, nil, err
	}
	if p == nil {
		return nil, nil, ErrNothingLearnt
	}
	h, err := w.lookBackAt(ctx, p)
	if err != nil {
		return p, nil, err
	}
	d, err := Drift(p, h, w.Model.Grades(), w.Model.Labels())
	return p, d, err
}

// Learnt is what a run found about the learnt score.
type Learnt struct {
	Proposed *time.Time `json:"proposed,omitempty"` // a new proposal was stored
	Drift    []DriftOf  `json:"drift,omitempty"`    // the score, then every attribute it asks for
}

// DriftOf is how far one attribute has moved since the fit.
type DriftOf struct {
	Name  string  `json:"name"`
	PSI   float64 `json:"psi"`
	Level string  `json:"level"`
}

// lookBackDue reports whether a run of this kind learns anew, or looks whether people have changed.
func (w *Worker) lookBackDue(ctx context.Context, kind Kind) (bool, error) {
	if w.Learn == nil || kind != Refit && kind != Rescore {
		return false, nil
	}
	if kind == Refit {
		return true, nil
	}
	in, _, err := w.InForce(ctx)
	return in != nil, err
}

// lookBack learns anew when that is due, and looks whether people have changed when everybody is scored anyway. What
// cannot be told is a warning of the run, not its failure.
func (w *Worker) lookBack(ctx context.Context, o Options, r *Report) error {
	if due, err := w.lookBackDue(ctx, o.Kind); err != nil || !due || o.DryRun {
		return err
	}
	return w.tellLearnt(ctx, o.Kind, r, w.LearnHistory, func(ctx context.Context) (*learning.DriftReport, error) {
		_, d, err := w.LearntDrift(ctx)
		return d, err
	})
}

// tellLearnt proposes what is learnt from a history, when that is due, and then tells the drift of what is in force.
func (w *Worker) tellLearnt(ctx context.Context, kind Kind, r *Report, history func(context.Context) (*History, error),
	drift func(context.Context) (*learning.DriftReport, error),
) error {
	var out Learnt
	if kind == Refit {
		p, err := w.proposeFrom(ctx, history)
		switch {
		case untold(err):
			r.warn("learn: nothing is proposed: bareme fit says why")
		case outlived(err):
			r.warn("learn: nothing is proposed: " + err.Error())
		case err != nil:
			return fmt.Errorf("learn: %w", err)
		default:
			out.Proposed = &p.At
		}
	}
	d, err := drift(ctx)
	switch {
	case errors.Is(err, ErrNothingLearnt), untold(err): // too few people came since
	case outlived(err):
		r.warn("drift: " + err.Error())
	case err != nil:
		return fmt.Errorf("drift: %w", err)
	default:
		out.tell(d, r)
	}
	if out.Proposed != nil || len(out.Drift) > 0 {
		r.Learnt = &out
	}
	return nil
}

// tell notes how far people have moved.
func (l *Learnt) tell(d *learning.DriftReport, r *Report) {
	for _, s := range append([]learning.Shift{d.Score}, d.Attributes...) {
		l.Drift = append(l.Drift, DriftOf{Name: s.Name, PSI: s.PSI, Level: string(s.Level)})
	}
	for _, warning := range d.Warnings {
		if warning.Level == learning.Alarm {
			r.warn("drift: " + warning.What + ": bareme drift says more")
		}
	}
}

// outlived reports whether an error only says that nobody tells, at least now, what people were: the CRM could not be asked, or
// does not know. What was written before stays, and the next time it is asked again.
func outlived(err error) bool {
	var there elsewhere
	return errors.As(err, &there) || errors.Is(err, ErrPastUnknown) || errors.Is(err, crm.ErrQuota) || errors.Is(err, crm.ErrRateLimit) ||
		errors.Is(err, crm.ErrUnavailable) || errors.Is(err, crm.ErrAuth)
}

// untold reports whether an error of learning only says that there is nothing to be told.
func untold(err error) bool {
	return errors.Is(err, learning.ErrTooFew) || errors.Is(err, learning.ErrNoSignal) || errors.Is(err, learning.ErrTable)
}
