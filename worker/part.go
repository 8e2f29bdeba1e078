package worker

import (
	"context"
	"slices"
	"time"
)

// Part is a range of ids of a population: those above After, up to and with Upto. "" is no bound; the zero value is
// everybody.
type Part struct {
	After string `json:"after,omitempty"`
	Upto  string `json:"upto,omitempty"`
}

// Holds says whether an id is in the part.
func (p Part) Holds(id string) bool { return id > p.After && (p.Upto == "" || id <= p.Upto) }

// Divider is a store whose populations can be worked on in parts.
type Divider interface {
	// Divide returns at most so many parts of about equal size that together hold every id once, whether stored now or
	// later; at least one.
	Divide(ctx context.Context, of Population, parts int) ([]Part, error)
}

// Of is the store as seen from within the part: Dirty, Inputs, Subjects, Pending and InDoubt yield what the part holds. Everything
// else is the store's own. A page may be shorter than its limit before the end; after the last there is an empty one.
func (p Part) Of(s Store) Store {
	if p == (Part{}) {
		return s
	}
	return within{s, p}
}

type within struct {
	Store
	part Part
}

// cut leaves out what lies beyond the part; pages come in id order.
func cut[T any](p Part, page []T, err error, id func(*T) string) ([]T, error) {
	for len(page) > 0 && p.Upto != "" && id(&page[len(page)-1]) > p.Upto {
		page = page[:len(page)-1]
	}
	return page, err
}

// Dirty implements Store within the part.
func (w within) Dirty(ctx context.Context, of Population, after string, limit int) ([]Inputs, error) {
	page, err := w.Store.Dirty(ctx, of, max(after, w.part.After), limit)
	return cut(w.part, page, err, func(in *Inputs) string { return in.Record.ID })
}

// Inputs implements Store within the part.
func (w within) Inputs(ctx context.Context, of Population, after string, limit int) ([]Inputs, error) {
	page, err := w.Store.Inputs(ctx, of, max(after, w.part.After), limit)
	return cut(w.part, page, err, func(in *Inputs) string { return in.Record.ID })
}

// Subjects implements Store within the part.
func (w within) Subjects(ctx context.Context, of Population, after string, limit int) ([]Subject, error) {
	page, err := w.Store.Subjects(ctx, of, max(after, w.part.After), limit)
	return cut(w.part, page, err, func(s *Subject) string { return s.ID })
}

// Pending implements Store within the part.
func (w within) Pending(ctx context.Context, of Population, after string, limit int, now time.Time) ([]Pending, error) {
	page, err := w.Store.Pending(ctx, of, max(after, w.part.After), limit, now)
	return cut(w.part, page, err, func(u *Pending) string { return u.ID })
}

// InDoubt implements Store within the part. Many others may be in doubt at the moment, because they are being sent.
func (w within) InDoubt(ctx context.Context, of Population, limit int) ([]Pending, error) {
	for ask := limit; ; ask *= 8 {
		page, err := w.Store.InDoubt(ctx, of, ask)
		if err != nil {
			return nil, err
		}
		found := len(page)
		page = slices.DeleteFunc(page, func(u Pending) bool { return !w.part.Holds(u.ID) })
		if len(page) > 0 || found < ask {
			return page[:min(len(page), limit)], nil
		}
	}
}
