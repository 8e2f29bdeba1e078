package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"maps"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

const subjectColumns = "id, head, blob, share"

func (r *reader) subjects(n *tables, query string, args ...any) ([]worker.Subject, error) {
	var page []worker.Subject
	var id, top, blob, share sql.RawBytes
	w := words{}
	err := r.each(query, args, func(rows *sql.Rows) error {
		if err := rows.Scan(&id, &top, &blob, &share); err != nil {
			return err
		}
		h, err := decodeHead(top, w)
		if err != nil {
			return fmt.Errorf("%s %s: %w", n.one, id, err)
		}
		p := worker.Subject{ID: string(id), Blob: append(make([]byte, 0, len(blob)), blob...), Planned: h.planned, SetAside: h.aside}
		p.Share = append(p.Share, share...)
		if p.Shown, err = h.fields(); err != nil {
			return fmt.Errorf("%s %s: %w", n.one, id, err)
		}
		page = append(page, p)
		return nil
	})
	return page, err
}

// Subjects implements worker.Store.
func (s *Store) Subjects(ctx context.Context, of worker.Population, after string, limit int) (page []worker.Subject, err error) {
	err = s.lookOf(ctx, "read subjects", of, func(r *reader, n *tables) error {
		page, err = r.subjects(n, "SELECT "+subjectColumns+" FROM "+n.subjects+" WHERE conn = ? AND id > ? ORDER BY id LIMIT ?", r.conn, after, max(limit, 0))
		return err
	})
	return page, err
}

// Best implements worker.Store.
func (s *Store) Best(ctx context.Context, of worker.Population, limit int) (best []worker.Subject, err error) {
	err = s.lookOf(ctx, "read the best", of, func(r *reader, n *tables) error {
		best, err = r.subjects(n, "SELECT "+subjectColumns+" FROM "+n.subjects+" WHERE conn = ? AND score IS NOT NULL ORDER BY score DESC, id LIMIT ?", r.conn, max(limit, 0))
		return err
	})
	return best, err
}

// Subject implements worker.Store.
func (s *Store) Subject(ctx context.Context, of worker.Population, id string) (worker.Subject, worker.Inputs, error) {
	var subject worker.Subject
	inputs := make([]worker.Inputs, 1)
	err := s.lookOf(ctx, "read a record", of, func(r *reader, n *tables) error {
		found, err := r.subjects(n, "SELECT "+subjectColumns+" FROM "+n.subjects+" WHERE conn = ? AND id = ?", r.conn, id)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return &fault{text: "no " + n.one + " " + id + " is stored: run a sync first, or check the id", kind: crm.ErrNotFound}
		}
		subject = found[0]
		if err := r.each("SELECT "+snapshotColumns+" FROM "+n.records+" r WHERE r.conn = ? AND r.id = ?", []any{r.conn, id}, func(rows *sql.Rows) error {
			return scanSnapshot(rows, &inputs[0].Record)
		}); err != nil {
			return err
		}
		inputs[0].Shown, inputs[0].Planned = maps.Clone(subject.Shown), subject.Planned
		if err := r.relatives(n, inputs); err != nil {
			return err
		}
		return r.activities(inputs, "SELECT l."+n.linked+", l.source, l.activity, a.modified, a.body FROM "+n.links+" l "+joinActivity+
			" WHERE l.conn = ? AND l."+n.linked+" = ? ORDER BY l.source, l.activity", r.conn, id)
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
