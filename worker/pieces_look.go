package worker

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/bareme/bareme/learning"
)

// lookedBack is what a look back at a part of the people found.
type lookedBack struct {
	Rows        []byte                `json:"rows,omitempty"`        // to learn from, packed; when it is time to learn anew
	Drift       *learning.DriftCounts `json:"drift,omitempty"`       // of those who came after what is in force was learnt; nil: nobody did
	RowsUntold  string                `json:"rows_untold,omitempty"` // why there are none although there should be, in words
	DriftUntold string                `json:"drift_untold,omitempty"`
}

// elsewhere is an error that another process met while it looked back at its part, and that the run outlives.
type elsewhere string

func (e elsewhere) Error() string { return string(e) }

// recall looks back at a part.
func (t *piece) recall(ctx context.Context) error {
	w := t.w
	w.Now = t.at
	w.Store = t.p.Part.Of(w.Store)
	var out lookedBack
	var err error
	if t.o.Kind == Refit {
		out.Rows, err = w.recallRows(ctx, t.known.People, t.p.Part.After == "")
		switch {
		case untold(err): // without rows of any part, there is nothing to learn from
		case outlived(err):
			out.RowsUntold = err.Error()
		case err != nil:
			return fmt.Errorf("learn: %w", err)
		}
	}
	in, _, err := w.InForce(ctx)
	if err == nil && in != nil {
		out.Drift, err = w.recallDrift(ctx, in, t.known.People)
		switch {
		case untold(err):
			err = nil
		case outlived(err):
			out.DriftUntold, err = err.Error(), nil
		}
	}
	if err != nil {
		return fmt.Errorf("drift: %w", err)
	}
	t.found, err = json.Marshal(out)
	return err
}

func (w *Worker) recallRows(ctx context.Context, people int, announced bool) ([]byte, error) {
	v, err := w.look(ctx, nil, people, announced)
	if err != nil {
		return nil, err
	}
	return v.pack()
}

func (w *Worker) recallDrift(ctx context.Context, in *Proposal, people int) (*learning.DriftCounts, error) {
	v, err := w.look(ctx, in, people, false)
	if err != nil {
		return nil, err
	}
	h, err := v.g.history(v.r.spent, v.who)
	if err != nil {
		return nil, err
	}
	return countDrift(in, h, w.Model.Grades(), w.Model.Labels())
}

// lookBack tells what the looks back at all parts come to.
func (t *piece) lookBack(ctx context.Context) error {
	t.w.Now = t.at
	if err := t.w.LoadFits(ctx); err != nil {
		return err
	}
	rows := joining{w: t.w}
	var drift *learning.DriftCounts
	var rowsErr, driftErr error
	for found, err := range t.p.Found {
		var part lookedBack
		if err == nil {
			err = json.Unmarshal(found, &part)
		}
		if err != nil {
			return fmt.Errorf("what was found of a part: %w", err)
		}
		switch {
		case part.RowsUntold != "":
			rowsErr = elsewhere(part.RowsUntold)
		case part.Rows != nil && rowsErr == nil:
			rowsErr = rows.add(part.Rows)
		}
		switch {
		case part.DriftUntold != "":
			driftErr = elsewhere(part.DriftUntold)
		case drift == nil:
			drift = part.Drift
		case part.Drift != nil && driftErr == nil:
			driftErr = drift.Add(part.Drift)
		}
	}
	return t.w.tellLearnt(ctx, t.o.Kind, t.r,
		func(context.Context) (*History, error) {
			if rowsErr != nil {
				return nil, rowsErr
			}
			return rows.history()
		},
		func(ctx context.Context) (*learning.DriftReport, error) {
			in, _, err := t.w.InForce(ctx)
			switch {
			case err != nil:
				return nil, err
			case driftErr != nil:
				return nil, driftErr
			case in == nil || drift == nil:
				return nil, ErrNothingLearnt
			}
			return reportDrift(in, drift)
		})
}
