package worker

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/plan"
	"github.com/bareme/bareme/scoring"
)

// The names of what everybody was last mapped with, scored with, and written with.
const (
	noteMapping = "mapping"
	noteModel   = "model"
	noteWritten = "written"
)

// chunk is how many people are scored and stored at a time: the most that is ever held in memory, per core.
const chunk = 1000

// score maps and scores the people whose inputs changed, and everybody when the model did or the run is for everybody.
// Both leave their updates in the store as pending.
func (w *Worker) score(ctx context.Context, o Options, r *Report) error {
	if err := w.noticeMapping(ctx); err != nil {
		return err
	}
	if err := w.Store.MarkPendingDirty(ctx, w.Connection); err != nil {
		return err
	}
	last, err := w.Store.Note(ctx, w.Connection, noteModel)
	if err != nil {
		return err
	}
	r.NewModel = last != "" && last != w.ModelHash
	if r.NewFit, err = w.relearn(ctx, o); err != nil {
		return err
	}
	owners, err := w.owners(ctx)
	if err != nil {
		return err
	}
	if err := w.scoreDirty(ctx, owners, r); err != nil {
		return err
	}
	if o.Kind == Rescore || r.NewModel || r.NewFit {
		if err := w.scoreAll(ctx, r); err != nil {
			return err
		}
	}
	if err := w.Store.SetNote(ctx, w.Connection, noteLearnt, w.Model.Learnt()); err != nil {
		return err
	}
	return w.Store.SetNote(ctx, w.Connection, noteModel, w.ModelHash)
}

// noticeMapping has everybody mapped again when the mapping is not the one they were mapped with.
func (w *Worker) noticeMapping(ctx context.Context) error {
	last, err := w.Store.Note(ctx, w.Connection, noteMapping)
	if err != nil || last == w.Mapper.Hash() {
		return err
	}
	if last != "" {
		if err := w.Store.MarkAllDirty(ctx, w.Connection); err != nil {
			return err
		}
	}
	return w.Store.SetNote(ctx, w.Connection, noteMapping, w.Mapper.Hash())
}

func (w *Worker) owners(ctx context.Context) (map[string]crm.Owner, error) {
	lister, ok := w.CRM.(crm.OwnerLister)
	if _, needed := w.Mapper.Need().Read[crm.Owners]; !ok || !needed {
		return nil, nil
	}
	list, err := lister.Owners(ctx)
	if err != nil {
		return nil, fmt.Errorf("list owners: %w", err)
	}
	byID := make(map[string]crm.Owner, len(list))
	for _, owner := range list {
		byID[owner.ID] = owner
	}
	return byID, nil
}

// scoreDirty maps, scores and plans the people whose inputs changed.
func (w *Worker) scoreDirty(ctx context.Context, owners map[string]crm.Owner, r *Report) error {
	t, err := w.Store.Tally(ctx, w.Connection)
	if err != nil {
		return err
	}
	if t.Dirty == 0 {
		return nil
	}
	s := w.scorer()
	if s.overrides, err = w.loadOverrides(ctx); err != nil {
		return err
	}
	after := ""
	for {
		batch, err := w.Store.Dirty(ctx, w.Connection, after, chunk)
		if err != nil || len(batch) == 0 {
			return err
		}
		if err := w.stripSilent(ctx, batch); err != nil {
			return err
		}
		scored := make([]Scored, 0, len(batch))
		for _, in := range batch {
			one, err := s.fresh(in, owners)
			if err != nil {
				return err
			}
			scored = append(scored, one)
		}
		if err := w.Store.SaveScored(ctx, w.Connection, scored); err != nil {
			return err
		}
		after = batch[len(batch)-1].Person.ID
		r.Mapped += len(batch)
		r.Scored += len(batch)
		w.step("scoring", r.Scored, t.Dirty)
		r.add(s)
	}
}

// scoreAll scores everybody from the snapshot: one reader, and a scorer for each core. It stores only what moved.
func (w *Worker) scoreAll(ctx context.Context, r *Report) error {
	t, err := w.Store.Tally(ctx, w.Connection)
	if err != nil {
		return err
	}
	overrides, err := w.loadOverrides(ctx)
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
	scorers := make([]*scorer, runtime.GOMAXPROCS(0))
	var scoring errgroup.Group
	for i := range scorers {
		scorers[i] = w.scorer()
		scorers[i].overrides = overrides
		scoring.Go(func() error { return scorers[i].drain(ctx, chunks, moved) })
	}
	g.Go(func() error {
		defer close(moved)
		return scoring.Wait()
	})
	g.Go(func() error {
		done := 0
		for batch := range moved {
			done += cap(batch)
			w.step("scoring everybody", min(done, t.Mapped), t.Mapped)
			if len(batch) == 0 {
				continue
			}
			if err := w.Store.SaveScored(ctx, w.Connection, batch); err != nil {
				return err
			}
		}
		return nil
	})
	err = g.Wait()
	for _, s := range scorers {
		r.Scored += s.scored
		r.add(s)
	}
	return err
}

func (w *Worker) readSubjects(ctx context.Context, each func([]Subject) error) error {
	after := ""
	for {
		batch, err := w.Store.Subjects(ctx, w.Connection, after, chunk)
		if err != nil || len(batch) == 0 {
			return err
		}
		after = batch[len(batch)-1].ID
		if err := each(batch); err != nil {
			return err
		}
	}
}

// scorer scores one person after another with memory it reuses. Each core has its own.
type scorer struct {
	w        *Worker
	now      time.Time
	headline headline
	subject  scoring.Subject
	result   scoring.Result
	past     scoring.Result
	scored   int
	clearing int

	overrides map[string]Override // set on the command line, by person
	hand      byHand              // what holds for the person being scored

	warnings map[string]int
}

func (w *Worker) scorer() *scorer {
	return &scorer{w: w, now: w.Now().UTC(), headline: w.headline(), warnings: map[string]int{}}
}

// add takes over what a scorer counted, and empties its counters.
func (r *Report) add(s *scorer) {
	for what, n := range s.warnings {
		r.Warnings[what] += n
	}
	r.clearing += s.clearing
	s.clearing, s.scored = 0, 0
	clear(s.warnings)
}

// drain scores chunk after chunk and passes on what moved; the capacity of what it passes on is the chunk's size.
func (s *scorer) drain(ctx context.Context, chunks <-chan []Subject, moved chan<- []Scored) error {
	for batch := range chunks {
		out := make([]Scored, 0, len(batch))
		for i := range batch {
			one, changed, err := s.again(&batch[i])
			if err != nil {
				return err
			}
			if changed {
				out = append(out, one)
			}
		}
		s.scored += len(batch)
		select {
		case moved <- out:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// fresh maps and scores a person whose inputs changed.
func (s *scorer) fresh(in Inputs, owners map[string]crm.Owner) (Scored, error) {
	out := Scored{ID: in.Person.ID, Hash: in.Person.Hash}
	skip, err := s.mapped(in, owners, &out)
	if err != nil {
		return out, err
	}
	planned := s.compute(skip, in.Shown)
	if s.hand.frozen != nil && in.Shown != nil {
		s.keep(&out, in.Planned, in.Shown)
		return out, nil
	}
	s.words(&out, planned, in.Shown, skip)
	return out, nil
}

// mapped leaves the mapped inputs in s.subject and their encoding in out.Blob.
func (s *scorer) mapped(in Inputs, owners map[string]crm.Owner, out *Scored) (skip string, err error) {
	s.hand = byHand{}
	if reason, no := s.w.Mapper.Skip(in.Person.Fields); no {
		out.Blob = encodeSkip(reason)
		return reason, nil
	}
	if in.Person.Identity == "" && s.w.Mapper.Identity() != "" {
		s.warnings["no "+s.w.Mapper.Identity()+": explain finds such a person by record id only"]++
	}
	input := s.w.input(in, owners)
	for _, warning := range s.w.Mapper.Subject(input, s.now, &s.subject) {
		s.warnings[warning.Name+": "+warning.Message]++
	}
	if reason, lapsed := s.w.Mapper.Lapsed(&input, &s.subject, s.now); lapsed {
		out.Blob = encodeSkip(reason)
		return reason, nil
	}
	field, warning := s.w.Mapper.Override(in.Person.Fields)
	if warning.Message != "" {
		s.warnings[warning.Name+": "+warning.Message]++
	}
	s.hand = s.handOf(in.Person.ID, field)
	if out.Blob, err = encode(&s.subject, field); err != nil {
		return "", fmt.Errorf("person %s: %w", in.Person.ID, err)
	}
	return "", nil
}

func (w *Worker) input(in Inputs, owners map[string]crm.Owner) mapping.Input {
	m := mapping.Input{Person: in.Person.Fields, Memory: in.Person.Memory}
	if in.Company != nil {
		m.Company = in.Company.Fields
	}
	if owner, ok := owners[in.Person.Owner]; ok {
		m.Owner = &owner
	}
	m.Activities = make([]mapping.Activity, len(in.Activities))
	for i, a := range in.Activities {
		m.Activities[i] = mapping.Activity{Source: a.Source, Activity: a.Activity}
	}
	return m
}

// again scores a person from the snapshot and reports whether anything there is to store. Most people have not moved:
// for them it stops at the numbers, before any words are made.
func (s *scorer) again(p *Subject) (Scored, bool, error) {
	skip, err := s.standing(p.ID, p.Blob)
	if err != nil {
		return Scored{}, false, fmt.Errorf("person %s: %w", p.ID, err)
	}
	out := Scored{ID: p.ID}
	if s.hand.frozen != nil && p.Shown != nil {
		return out, false, nil
	}
	planned := s.compute(skip, p.Shown)
	if p.Shown != nil && s.headline.still(planned, p.Planned, s.w.Rules.MinChange) {
		return out, false, nil
	}
	s.words(&out, planned, p.Shown, skip)
	return out, true, nil
}

// compute scores the person in s.subject at now. The stage of the lifecycle depends on the one the record shows.
func (s *scorer) compute(skip string, shown crm.Fields) Planned {
	if skip != "" {
		s.result = scoring.Result{Scores: s.result.Scores[:0], Lines: s.result.Lines[:0]}
		return Planned{}
	}
	s.w.Model.ScoreFrom(&s.subject, s.w.Mapper.Stage(shown), s.now, &s.result)
	trend := s.w.Model.Trend(&s.subject, s.now, &s.result, &s.past)
	s.w.Model.Override(&s.result, s.hand.score, s.now) // after the trend, which compares what is computed
	return s.headline.of(&s.result, string(trend))
}

// words turns the result into what the record should show, and its difference from what it shows into an update.
func (s *scorer) words(out *Scored, planned Planned, shown crm.Fields, skip string) {
	old := s.headline.shown(shown)
	wanted := s.w.Mapper.Show(s.w.Model, &s.result, planned.Trend, s.now, skip)
	fields := plan.Diff(wanted, shown, s.w.Rules)
	if fields == nil {
		out.Planned = s.headline.unmoved(planned, old)
		return
	}
	if old.Scored && !planned.Scored {
		s.clearing++
	}
	if skip != "" {
		old = Planned{} // what a person who said no once had is not written down again
	}
	out.Planned = planned
	out.Pending = &Pending{ID: out.ID, Fields: fields, Entry: Entry{
		Model: s.w.ModelHash, Old: old, New: planned, First: shown == nil, Reasons: s.w.reasons(&s.result, skip, s.now),
	}}
}

// reasonsKept is how many reasons the ledger keeps of each change, the strongest first.
const reasonsKept = 8

func (w *Worker) reasons(r *scoring.Result, skip string, now time.Time) []string {
	if skip != "" {
		return []string{skip}
	}
	if !r.Scored {
		return []string{w.Model.Unscored(r, w.Mapper.Language())}
	}
	all := w.Model.Reasons(r, now, w.Mapper.Language())
	out := make([]string, 0, min(len(all), reasonsKept))
	for _, reason := range all[:min(len(all), reasonsKept)] {
		out = append(out, reason.Points.String()+" "+reason.Text)
	}
	return out
}

// headline reads the few numbers by which people are counted and compared.
type headline struct {
	overall, rows, cols, grade, label, trend string // written fields, "" when not written
	iRows, iCols                             int    // indexes of the grade's scores, -1 without a grade
	whole                                    bool   // the headline says everything that can cause a write
	decimals                                 int
}

func (w *Worker) headline() headline {
	h := headline{iRows: -1, iCols: -1, decimals: w.Decimals}
	var rows, cols string
	if w.Model.Spec().Grade != nil {
		rows, cols = w.Model.Matrix()
		h.iRows, _ = w.Model.ScoreIndex(rows)
		h.iCols, _ = w.Model.ScoreIndex(cols)
	}
	h.whole = true
	for _, f := range w.Mapper.Written() {
		switch f.Key {
		case mapping.KeyScore:
			h.overall = f.Field
		case mapping.KeyGrade:
			h.grade = f.Field
		case mapping.KeyLabel:
			h.label = f.Field
		case mapping.KeyTrend:
			h.trend = f.Field
		case rows:
			h.rows = f.Field
		case cols:
			h.cols = f.Field
		case mapping.KeyReasons, mapping.KeyScoredAt, mapping.KeyUnscored, mapping.KeyNext: // what to do follows from grade and label
		default:
			h.whole = false // another named score: only the full comparison sees it move
		}
	}
	return h
}

func (h headline) of(r *scoring.Result, trend string) Planned {
	p := Planned{Scored: r.Scored, Grade: r.Grade, Label: r.Label, Trend: trend}
	if !r.Scored {
		return p
	}
	p.Score = h.round(r.Overall)
	if h.iRows >= 0 && h.iCols >= 0 {
		p.Rows, p.Cols = h.round(r.Scores[h.iRows].Points), h.round(r.Scores[h.iCols].Points)
	}
	return p
}

func (h headline) round(p scoring.Points) float64 {
	scale := math.Pow10(h.decimals)
	return math.Round(p.Float()*scale) / scale
}

// shown reads the headline back from what a record shows.
func (h headline) shown(f crm.Fields) Planned {
	number := func(field string) float64 {
		x, err := strconv.ParseFloat(f[field], 64)
		if err != nil {
			return 0
		}
		return x
	}
	return Planned{
		Scored: f[h.overall] != "" || f[h.grade] != "", Score: number(h.overall), Rows: number(h.rows), Cols: number(h.cols),
		Grade: f[h.grade], Label: f[h.label], Trend: f[h.trend],
	}
}

// unmoved is what stays planned when the dead-band holds an update back: the numbers that the record shows.
func (h headline) unmoved(planned, shown Planned) Planned {
	for _, n := range []struct {
		field     string
		now, kept *float64
	}{{h.overall, &planned.Score, &shown.Score}, {h.rows, &planned.Rows, &shown.Rows}, {h.cols, &planned.Cols, &shown.Cols}} {
		if n.field != "" && shown.Scored {
			*n.now = *n.kept
		}
	}
	return planned
}

// still reports whether nothing that can cause a write has moved.
func (h headline) still(a, b Planned, minChange float64) bool {
	near := func(x, y float64) bool { return x == y || math.Abs(x-y) < minChange }
	return h.whole && a.Scored == b.Scored && a.Grade == b.Grade && a.Label == b.Label && a.Trend == b.Trend &&
		near(a.Score, b.Score) && near(a.Rows, b.Rows) && near(a.Cols, b.Cols)
}
