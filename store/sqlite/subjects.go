package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"maps"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// headColumns are what a head holds, of a table called by the alias s.
const (
	headColumns    = "s.score, s.rows, s.cols, s.grade, s.label, s.trend, s.shown"
	subjectColumns = "s.id, s.blob, s.aside, " + headColumns + " FROM subjects s"
)

// head is one row's headline while it is being read.
type head struct {
	score               sql.NullFloat64
	rows, cols          float64
	grade, label, trend sql.RawBytes
	shown               sql.RawBytes
}

// into returns where to scan a row that begins with other columns.
func (h *head) into(first ...any) []any {
	return append(first, &h.score, &h.rows, &h.cols, &h.grade, &h.label, &h.trend, &h.shown)
}

func (h *head) read(w words) (shown crm.Fields, p worker.Planned, err error) {
	p = worker.Planned{
		Scored: h.score.Valid, Score: h.score.Float64, Rows: h.rows, Cols: h.cols,
		Grade: w.of(h.grade), Label: w.of(h.label), Trend: w.of(h.trend),
	}
	if h.shown != nil {
		if shown, err = decodeFields(h.shown); shown == nil {
			shown = crm.Fields{} // written, then cleared
		}
	}
	return shown, p, err
}

// words keeps one copy of the few words that repeat in every row.
type words map[string]string

func (w words) of(b []byte) string {
	if s, ok := w[string(b)]; ok { // does not allocate
		return s
	}
	s := string(b)
	w[s] = s
	return s
}

func (r *reader) subjects(query string, args ...any) ([]worker.Subject, error) {
	var page []worker.Subject
	var h head
	var id, blob sql.RawBytes
	var aside bool
	w, dest := words{}, h.into(&id, &blob, &aside)
	err := r.each(query, args, func(rows *sql.Rows) error {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		p := worker.Subject{ID: string(id), Blob: append(make([]byte, 0, len(blob)), blob...), SetAside: aside}
		var err error
		if p.Shown, p.Planned, err = h.read(w); err != nil {
			return fmt.Errorf("person %s: %w", p.ID, err)
		}
		page = append(page, p)
		return nil
	})
	return page, err
}

// Subjects implements worker.Store.
func (s *Store) Subjects(ctx context.Context, connection, after string, limit int) (page []worker.Subject, err error) {
	err = s.look(ctx, "read subjects", connection, func(r *reader) error {
		page, err = r.subjects("SELECT "+subjectColumns+" WHERE conn = ? AND id > ? ORDER BY id LIMIT ?", r.conn, after, max(limit, 0))
		return err
	})
	return page, err
}

// Best implements worker.Store.
func (s *Store) Best(ctx context.Context, connection string, limit int) (best []worker.Subject, err error) {
	err = s.look(ctx, "read the best", connection, func(r *reader) error {
		best, err = r.subjects("SELECT "+subjectColumns+" WHERE conn = ? AND score IS NOT NULL ORDER BY score DESC, id LIMIT ?", r.conn, max(limit, 0))
		return err
	})
	return best, err
}

// Subject implements worker.Store.
func (s *Store) Subject(ctx context.Context, connection, id string) (worker.Subject, worker.Inputs, error) {
	var subject worker.Subject
	inputs := make([]worker.Inputs, 1)
	err := s.look(ctx, "read a person", connection, func(r *reader) error {
		found, err := r.subjects("SELECT "+subjectColumns+" WHERE conn = ? AND id = ?", r.conn, id)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return &fault{text: "no person " + id + " is stored: run a sync first, or check the id", kind: crm.ErrNotFound}
		}
		subject = found[0]
		if err := r.each("SELECT "+snapshotColumns+" FROM people r WHERE r.conn = ? AND r.id = ?", []any{r.conn, id}, func(rows *sql.Rows) error {
			return scanSnapshot(rows, &inputs[0].Person)
		}); err != nil {
			return err
		}
		inputs[0].Shown, inputs[0].Planned = maps.Clone(subject.Shown), subject.Planned
		if err := r.companies(inputs); err != nil {
			return err
		}
		return r.activities(inputs, "SELECT l.person, l.source, l.activity, a.modified, a.body FROM links l "+joinActivity+
			" WHERE l.conn = ? AND l.person = ? ORDER BY l.source, l.activity", r.conn, id)
	})
	if err != nil {
		return worker.Subject{}, worker.Inputs{}, err
	}
	return subject, inputs[0], nil
}

// Find implements worker.Store.
func (s *Store) Find(ctx context.Context, connection, identity string) (ids []string, err error) {
	if identity == "" {
		return nil, nil // nobody is found by having none
	}
	err = s.look(ctx, "find a person", connection, func(r *reader) error {
		return r.each("SELECT id FROM people WHERE conn = ? AND identity = ? AND identity <> '' ORDER BY id", []any{r.conn, identity}, func(rows *sql.Rows) error {
			var id string
			if err := rows.Scan(&id); err != nil {
				return err
			}
			ids = append(ids, id)
			return nil
		})
	})
	return ids, err
}
