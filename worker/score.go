package worker

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bareme/bareme/crm"
)

// The names of what everybody was last mapped with, scored with, and written with.
const (
	noteMapping = "mapping"
	noteModel   = "model"
	noteWritten = "written"
)

// chunk is how many people are scored and stored at a time: the most that is ever held in memory, per core.
const chunk = 1000

// prepare finds out what a run has to do beside what changes: whether everybody is to be mapped or scored again.
func (w *Worker) prepare(ctx context.Context, _ Options, r *Report) error {
	remapped, err := w.noticeMapping(ctx)
	if err != nil {
		return err
	}
	if err := w.Store.MarkPendingDirty(ctx, w.of()); err != nil {
		return err
	}
	last, err := w.Store.Note(ctx, w.Connection, w.note(noteModel))
	if err != nil {
		return err
	}
	r.NewModel = last != "" && last != w.ModelHash
	if err := w.LoadFits(ctx); err != nil {
		return err
	}
	if r.owners, err = w.owners(ctx); err != nil {
		return err
	}
	if r.crew, err = w.crew(ctx); err != nil {
		return err
	}
	// A pull mostly waits for the CRM's limits: people are scored meanwhile, unless everybody will be anyhow.
	r.early = len(w.others()) == 0 && !remapped && !r.NewModel && len(w.Model.Unfitted()) == 0
	return nil
}

// score maps and scores the people whose inputs changed, and everybody when the model did or the run is for everybody.
// Both leave their updates in the store as pending.
func (w *Worker) score(ctx context.Context, o Options, r *Report) error {
	var err error
	if r.NewFit, err = w.relearn(ctx, o); err != nil {
		return err
	}
	if err := w.reloadOverrides(ctx, r); err != nil {
		return err
	}
	if err := w.scoreDirty(ctx, r); err != nil {
		return err
	}
	if o.Kind == Rescore || r.NewModel || r.NewFit {
		if err := w.scoreAll(ctx, r); err != nil {
			return err
		}
	}
	for _, s := range r.crew {
		r.Scored += s.scored
		r.add(s)
	}
	return w.allScored(ctx)
}

// allScored notes with what everybody has been scored.
func (w *Worker) allScored(ctx context.Context) error {
	if err := w.Store.SetNote(ctx, w.Connection, w.note(noteLearnt), w.Model.Learnt()); err != nil {
		return err
	}
	return w.Store.SetNote(ctx, w.Connection, w.note(noteModel), w.ModelHash)
}

// scoreEarly maps, scores and plans the people a page of a pull made dirty.
func (w *Worker) scoreEarly(ctx context.Context, r *Report) error {
	if !r.early {
		return nil
	}
	start := time.Now()
	defer func() { r.earlyTook += time.Since(start) }()
	return w.mapDirty(ctx, r, func(scored []Scored) error { return w.saveDirty(ctx, r, scored) })
}

// noticeMapping has everybody mapped again when the mapping is not the one they were mapped with, and says so.
func (w *Worker) noticeMapping(ctx context.Context) (remapped bool, err error) {
	last, err := w.Store.Note(ctx, w.Connection, w.note(noteMapping))
	hash := w.mappingHash()
	if err != nil || last == hash {
		return false, err
	}
	if last != "" {
		if err := w.Store.MarkAllDirty(ctx, w.of()); err != nil {
			return false, err
		}
	}
	return last != "", w.Store.SetNote(ctx, w.Connection, w.note(noteMapping), hash)
}

// mappingHash is what everybody is mapped with. Who somebody is in all connections is found out by mapping, for the
// companies of all connections.
func (w *Worker) mappingHash() string {
	if w.Companies == nil || w.Companies.Mapper.Connections() == nil {
		return w.Mapper.Hash()
	}
	return w.Mapper.Hash() + " " + w.Companies.Mapper.Hash()
}

// scoreDirty maps, scores and plans the people whose inputs changed, a page on all cores while the page before is stored.
func (w *Worker) scoreDirty(ctx context.Context, r *Report) error {
	t, err := w.tally(ctx)
	if err != nil {
		return err
	}
	ready := make(chan []Scored, 1)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(ready)
		return w.mapDirty(ctx, r, func(scored []Scored) error {
			select {
			case ready <- scored:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	g.Go(func() error {
		for scored := range ready {
			if err := w.saveDirty(ctx, r, scored); err != nil {
				return err
			}
			w.step(w.scoring(""), r.Scored, t.Dirty)
		}
		return nil
	})
	return g.Wait()
}

// mapDirty maps and scores page after page of dirty people. It goes on by id, so it does not matter which pages are stored.
func (w *Worker) mapDirty(ctx context.Context, r *Report, each func([]Scored) error) error {
	after := ""
	for {
		batch, err := w.dirtyPage(ctx, after, chunk)
		if err != nil || len(batch) == 0 {
			return err
		}
		if w.paused() && !r.early { // a pull stops at the end of its page
			return ErrPaused
		}
		if err := w.stripSilent(ctx, batch); err != nil {
			return err
		}
		scored, err := r.crew.fresh(batch, r.owners)
		if err != nil {
			return err
		}
		if err := each(scored); err != nil {
			return err
		}
		after = batch[len(batch)-1].Record.ID
	}
}

// saveDirty stores people that were just mapped.
func (w *Worker) saveDirty(ctx context.Context, r *Report, scored []Scored) error {
	if err := w.Store.SaveScored(ctx, w.of(), scored); err != nil {
		return err
	}
	r.Mapped += len(scored)
	r.Scored += len(scored)
	r.tell(scored)
	return nil
}

// scoring names what is being done.
func (w *Worker) scoring(whom string) string {
	if w.object == crm.Companies {
		return "scoring companies"
	}
	return "scoring" + whom
}

// scoreAll scores everybody from the snapshot: one reader, and a scorer for each core. It stores only what moved.
func (w *Worker) scoreAll(ctx context.Context, r *Report) error {
	t, err := w.tally(ctx)
	if err != nil {
		return err
	}
	chunks := make(chan []Subject, 1)
	moved := make(chan []Scored, 1)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(chunks)
		return w.readSubjects(ctx, func(batch []Subject) error {
			select {
			case chunks <- batch:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	var scoring errgroup.Group
	for _, s := range r.crew {
		scoring.Go(func() error { return s.drain(ctx, chunks, moved) })
	}
	g.Go(func() error {
		defer close(moved)
		return scoring.Wait()
	})
	g.Go(func() error {
		done := 0
		for batch := range moved {
			done += cap(batch)
			r.Unmoved += cap(batch) - len(batch)
			r.tell(batch)
			w.step(w.scoring(" everybody"), done, t.Mapped)
			if len(batch) == 0 {
				continue
			}
			if err := w.Store.SaveScored(ctx, w.of(), batch); err != nil {
				return err
			}
		}
		return nil
	})
	return g.Wait()
}

// tally counts the population, to tell how far a step is. In a part it is not told: to count everybody for each part would take
// longer than to score them.
func (w *Worker) tally(ctx context.Context) (Tally, error) {
	if _, part := w.Store.(within); part {
		return Tally{}, nil
	}
	return w.Store.Tally(ctx, w.of())
}

func (w *Worker) readSubjects(ctx context.Context, each func([]Subject) error) error {
	after := ""
	for {
		batch, err := w.Store.Subjects(ctx, w.of(), after, chunk)
		if err != nil || len(batch) == 0 {
			return err
		}
		after = batch[len(batch)-1].ID
		if err := each(batch); err != nil {
			return err
		}
	}
}
