package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"maps"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

const subjectColumns = "id, head, blob FROM subjects"

func (r *reader) subjects(query string, args ...any) ([]worker.Subject, error) {
	var page []worker.Subject
	var id, top, blob sql.RawBytes
	w := words{}
	err := r.each(query, args, func(rows *sql.Rows) error {
		if err := rows.Scan(&id, &top, &blob); err != nil {
			return err
		}
		h, err := decodeHead(top, w)
		if err != nil {
			return fmt.Errorf("person %s: %w", id, err)
		}
		p := worker.Subject{ID: string(id), Blob: append(make([]byte, 0, len(blob)), blob...), Planned: h.planned, SetAside: h.aside}
		if p.Shown, err = h.fields(); err != nil {
			return fmt.Errorf("person %s: %w", id, err)
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
