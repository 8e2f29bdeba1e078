package worker

import (
	"context"
	"errors"
	"time"
)

// Group takes several connections through the walk together: all are pulled before anybody is scored, so that a person
// is scored once with what all of them know, and written to each.
type Group []*Worker

// Ran is what came of one connection's part in a run.
type Ran struct {
	Report Report
	Err    error
}

// Failed joins what went wrong in any connection.
func Failed(all []Ran) error {
	errs := make([]error, len(all))
	for i, r := range all {
		errs[i] = r.Err
	}
	return errors.Join(errs...)
}

// RunOnce takes the walk once, and tells of each connection, in their order. One that cannot be reached does not stop the
// others: they are scored with what was last known.
func (g Group) RunOnce(ctx context.Context, o Options) []Ran {
	if len(g) == 1 {
		r, err := g[0].RunOnce(ctx, o)
		return []Ran{{r, err}}
	}
	runs := make([]groupRun, len(g))
	for i, w := range g {
		runs[i] = groupRun{w: w, r: w.begin(o)}
	}
	err := g.alone(ctx, func(ctx context.Context) error {
		for i := range runs {
			runs[i].take(ctx, o, runs[i].w.gathering())
		}
		// What one has pulled concerns the people of another, also when it could not be pulled whole; and so with companies, once
		// all people are scored.
		spread(ctx, runs, "pull", people)
		takeInTurn(ctx, o, runs, people, (*Worker).scoringPeople)
		spread(ctx, runs, "score", (*Worker).OfCompanies)
		takeInTurn(ctx, o, runs, (*Worker).OfCompanies, (*Worker).showing)
		return nil
	})
	all := make([]Ran, len(g))
	for i := range runs {
		all[i].Report, all[i].Err = runs[i].w.finish(ctx, runs[i].r, errors.Join(err, runs[i].err))
	}
	return all
}

// Preview runs everything but the writing, and looks at what was planned for each connection.
func (g Group) Preview(ctx context.Context, o Options, examples int) ([]Preview, error) {
	o.DryRun = true
	all := g.RunOnce(ctx, o)
	views := make([]Preview, len(g))
	for i, w := range g {
		views[i].Report = all[i].Report
		if all[i].Err != nil {
			return views, all[i].Err
		}
		if err := w.preview(ctx, &views[i], examples); err != nil {
			return views, err
		}
	}
	return views, nil
}

// spread spreads the marks of every connection's people or companies.
func spread(ctx context.Context, runs []groupRun, stage string, of func(*Worker) *Worker) {
	for i := range runs {
		start := time.Now()
		if err := of(runs[i].w).spread(ctx); runs[i].err == nil {
			runs[i].err = err
		}
		runs[i].r.took(stage, time.Since(start))
	}
}

func people(w *Worker) *Worker { return w }

// takeInTurn takes steps for the connection whose people or companies teach first: the others use what was learnt of them.
func takeInTurn(ctx context.Context, o Options, runs []groupRun, of func(*Worker) *Worker, steps func(*Worker) []step) {
	for _, teaching := range []bool{true, false} {
		for i := range runs {
			w := of(runs[i].w)
			if (w == nil || w.learner() == w.Connection) == teaching {
				runs[i].take(ctx, o, steps(runs[i].w))
			}
		}
	}
}

// groupRun is one connection's part in a run.
type groupRun struct {
	w   *Worker
	r   *Report
	err error
}

func (g *groupRun) take(ctx context.Context, o Options, steps []step) {
	if g.err == nil {
		g.err = g.w.take(ctx, o, g.r, steps)
	}
}

// alone is Worker.alone for all connections at once.
func (g Group) alone(ctx context.Context, fn func(context.Context) error) error {
	for _, w := range g {
		inner := fn
		fn = func(ctx context.Context) error { return w.alone(ctx, inner) }
	}
	return fn(ctx)
}
