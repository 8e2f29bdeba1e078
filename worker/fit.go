package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/bareme/bareme/scoring"
)

// Some scores learn from the population: where one place by purchases ends and the next begins. What they learnt is kept
// in the store and used unchanged by every run, preview and explanation until the next fit, so that a person's score does
// not move because others came or went.

// noteFit begins the name of the note that holds what a score learnt.
const noteFit = "fit:"

// noteLearnt names what everybody was last scored with.
const noteLearnt = "learnt"

// Fitted is what a score learnt, as the store keeps it.
type Fitted struct {
	Model  string `json:"model"`            // hash of the model file it was learnt for
	Object string `json:"object,omitempty"` // companies; "" for people
	scoring.Fit
}

// LoadFits takes what the scores have learnt from the store into the worker's model. Scores that have not learnt anything
// yet, or by other rules than the model's, stay as they are: they are not known.
func (w *Worker) LoadFits(ctx context.Context) error {
	model, err := w.withFits(ctx, w.Model)
	if err == nil {
		w.Model = model
	}
	return err
}

func (w *Worker) withFits(ctx context.Context, m *scoring.Model) (*scoring.Model, error) {
	if !m.Fits() {
		return m, nil
	}
	var fits []scoring.Fit
	for _, name := range m.Learners() {
		text, err := w.Store.Note(ctx, w.learner(), w.note(noteFit+name))
		if err != nil {
			return nil, err
		}
		var f Fitted
		if text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(text), &f); err != nil {
			return nil, fmt.Errorf("what the score %s learnt cannot be read: run bareme fit: %w", name, err)
		}
		fits = append(fits, f.Fit)
	}
	out, err := m.WithFits(fits)
	if err != nil {
		return nil, fmt.Errorf("what scores learnt cannot be used: run bareme fit: %w", err)
	}
	return out, nil
}

// Fit has every score learn anew from everybody in the store, and stores what it learnt. It asks the CRM nothing and
// scores nobody: the next run does. When one score cannot learn, the error says why; it keeps what it learnt before, and
// the other scores learn all the same.
func (w *Worker) Fit(ctx context.Context) ([]Fitted, error) {
	out, err := w.fitOwn(ctx)
	if firms := w.OfCompanies(); firms != nil {
		more, failed := firms.fitOwn(ctx)
		out, err = append(out, more...), errors.Join(err, failed)
	}
	return out, err
}

func (w *Worker) fitOwn(ctx context.Context) ([]Fitted, error) {
	if !w.Model.Fits() {
		return nil, nil
	}
	f, err := w.gather(ctx)
	if err != nil {
		return nil, err
	}
	fits, failed := f.Fit()
	var out []Fitted
	for _, f := range fits {
		out = append(out, Fitted{w.ModelHash, w.object, f})
	}
	return out, errors.Join(w.keep(ctx, out), failed)
}

func (w *Worker) keep(ctx context.Context, fits []Fitted) error {
	for _, f := range fits {
		text, err := json.Marshal(f)
		if err != nil {
			return fmt.Errorf("score %s: %w", f.Score, err)
		}
		if err := w.Store.SetNote(ctx, w.learner(), w.note(noteFit+f.Score), string(text)); err != nil {
			return err
		}
	}
	return nil
}

// fitDue reports whether a run of this kind is to have scores learn from the worker's people: when it is time for it, or when
// some never did. Of several connections, one has the people everybody's scores learn from.
func (w *Worker) fitDue(ctx context.Context, kind Kind) (bool, error) {
	if w.learner() != w.Connection {
		return false, nil
	}
	m, err := w.withFits(ctx, w.Model)
	return err == nil && toLearn(m, kind), err
}

// toLearn reports whether scores of a model are to learn in a run of this kind.
func toLearn(m *scoring.Model, kind Kind) bool {
	return m.Fits() && (kind == Refit || len(m.Unfitted()) > 0)
}

// fit makes sure that every score of the walk has learnt: now when it is time for it, otherwise only those that never
// did. A preview learns for itself and stores nothing, since it may be of another model than the one in force.
func (w *Worker) fit(ctx context.Context, o Options) error {
	if w.learner() != w.Connection && !o.DryRun { // which has learnt by now, if it could be reached
		return w.LoadFits(ctx)
	}
	if !toLearn(w.Model, o.Kind) {
		return nil
	}
	f, err := w.gather(ctx)
	if err != nil {
		return fmt.Errorf("fit: %w", err)
	}
	return w.fitFrom(ctx, o, f)
}

// fitFrom has scores learn from what was gathered, and uses what they learnt.
func (w *Worker) fitFrom(ctx context.Context, o Options, f *scoring.Fitter) error {
	fits, err := f.Fit()
	if err != nil {
		return cannotLearn{err}
	}
	if o.DryRun {
		model, err := w.Model.WithFits(fits)
		if err == nil {
			w.Model = model
		}
		return err
	}
	missing := w.Model.Unfitted()
	var out []Fitted
	for _, f := range fits {
		if o.Kind == Refit || slices.Contains(missing, f.Score) {
			out = append(out, Fitted{w.ModelHash, w.object, f})
		}
	}
	if err := w.keep(ctx, out); err != nil {
		return err
	}
	return w.LoadFits(ctx)
}

// ErrCannotLearn says that a score cannot learn from the people there are, however often it is tried.
var ErrCannotLearn = errors.New("cannot learn")

// cannotLearn is an ErrCannotLearn that says which score and why.
type cannotLearn struct{ why error }

func (e cannotLearn) Error() string   { return "fit: " + e.why.Error() }
func (e cannotLearn) Unwrap() []error { return []error{ErrCannotLearn, e.why} }

// relearn makes sure that every score has learnt, and reports whether that is something else than what everybody was last
// scored with.
func (w *Worker) relearn(ctx context.Context, o Options) (bool, error) {
	if err := w.fit(ctx, o); err != nil {
		return false, err
	}
	return w.learntAnew(ctx)
}

// learntAnew reports whether the scores have learnt something else than what everybody was last scored with.
func (w *Worker) learntAnew(ctx context.Context) (bool, error) {
	last, err := w.Store.Note(ctx, w.Connection, w.note(noteLearnt))
	return last != "" && last != w.Model.Learnt(), err
}

// gather goes through everybody once, page by page. Of a bounded number of customers a few numbers are kept.
func (w *Worker) gather(ctx context.Context) (*scoring.Fitter, error) {
	t, err := w.tally(ctx)
	if err != nil {
		return nil, err
	}
	f := w.Model.Fitter(w.Now().UTC())
	s := w.scorer()
	done := 0
	add := func(id, skip string, err error) error {
		if err == nil && skip == "" {
			f.Add(draw(id), &s.subject)
		}
		if done++; done%chunk == 0 {
			w.step("learning", done, t.People)
		}
		return err
	}
	mapped, stop := iter.Pull2(w.subjects(ctx))
	defer stop()
	one, err, more := mapped()
	for in, derr := range w.dirty(ctx) {
		if derr != nil {
			return nil, derr
		}
		// Both come in the order of ids. Who is to be mapped anew counts as they are now, not as they were stored.
		for ; more && err == nil && one.ID < in.Record.ID; one, err, more = mapped() {
			skip, err := s.standing(one.ID, one.Blob)
			if err := add(one.ID, skip, err); err != nil {
				return nil, err
			}
		}
		if more && err == nil && one.ID == in.Record.ID {
			one, err, more = mapped()
		}
		var out Scored
		skip, serr := s.mapped(in, nil, &out)
		if err := add(in.Record.ID, skip, serr); err != nil {
			return nil, err
		}
	}
	for ; more && err == nil; one, err, more = mapped() {
		skip, serr := s.standing(one.ID, one.Blob)
		if err := add(one.ID, skip, serr); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// subjects is everybody mapped, in the order of ids.
func (w *Worker) subjects(ctx context.Context) iter.Seq2[Subject, error] {
	return paged(func(after string) ([]Subject, error) { return w.Store.Subjects(ctx, w.of(), after, chunk) },
		func(s Subject) string { return s.ID })
}

// dirty is everybody who is to be mapped anew, in the order of ids.
func (w *Worker) dirty(ctx context.Context) iter.Seq2[Inputs, error] {
	return paged(func(after string) ([]Inputs, error) { return w.dirtyPage(ctx, after, chunk) },
		func(in Inputs) string { return in.Record.ID })
}

// paged reads page after page until there is none.
func paged[T any](page func(after string) ([]T, error), id func(T) string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		after := ""
		for {
			batch, err := page(after)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			if len(batch) == 0 {
				return
			}
			for _, item := range batch {
				if !yield(item, nil) {
					return
				}
			}
			after = id(batch[len(batch)-1])
		}
	}
}

// fitContender has a model that is compared use what was learnt, and learn in memory what was not: by its own mapping,
// from the people of the snapshot.
func (w *Worker) fitContender(ctx context.Context, k *Contender) error {
	model, err := w.withFits(ctx, k.Model)
	if err != nil {
		return err
	}
	k.Model = model
	if len(model.Unfitted()) == 0 {
		return nil
	}
	f := model.Fitter(w.Now().UTC())
	var subject scoring.Subject
	for in, err := range paged(func(after string) ([]Inputs, error) { return w.inputsPage(ctx, after, chunk) },
		func(in Inputs) string { return in.Record.ID }) {
		if err != nil {
			return err
		}
		input := w.input(in, nil)
		if _, skip := k.Mapper.Skip(facts(in, input)); skip {
			continue
		}
		k.Mapper.Subject(input, w.Now().UTC(), &subject)
		f.Add(draw(in.Record.ID), &subject)
	}
	fits, err := f.Fit()
	if err != nil {
		return fmt.Errorf("%s: %w", k.Name, err)
	}
	k.Model, err = model.WithFits(fits)
	return err
}
