package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"github.com/bareme/bareme/worker"
)

// SaveScored implements worker.Store. People forgotten since, and people without mapped inputs who bring none, are left
// out. An update that takes the place of one set aside stays aside as long as that one would have.
func (s *Store) SaveScored(ctx context.Context, connection string, scored []worker.Scored) error {
	return s.change(ctx, "save scores", connection, func(t *tx) error {
		for from := 0; from < len(scored); from += batch {
			part := scored[from:min(from+batch, len(scored))]
			before, err := t.before(part)
			if err != nil {
				return err
			}
			var clean []string
			for i := range part {
				now, err := t.saveScored(&part[i], before)
				if err != nil {
					return err
				}
				if now {
					clean = append(clean, part[i].ID)
				}
			}
			if err := batches(clean, []any{t.conn}, func(args []any) error {
				_, err := t.exec("DELETE FROM dirty WHERE conn = ? AND id IN "+marks, args...)
				return err
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

// beforeScored is what is stored of a person who is about to be saved.
type beforeScored struct {
	hash    uint64
	mapped  bool
	head    head // when mapped
	dirty   bool
	pending bool // an update waits
}

func (t *tx) before(part []worker.Scored) (map[string]beforeScored, error) {
	ids := make([]string, len(part))
	for i := range part {
		ids[i] = part[i].ID
	}
	before := make(map[string]beforeScored, len(ids))
	w := words{}
	query := `SELECT p.id, p.hash, s.head, d.id IS NOT NULL, u.id IS NOT NULL
		FROM people p LEFT JOIN subjects s ON s.conn = p.conn AND s.id = p.id
			LEFT JOIN dirty d ON d.conn = p.conn AND d.id = p.id
			LEFT JOIN pending u ON u.conn = p.conn AND u.id = p.id
		WHERE p.conn = ? AND p.id IN ` + marks
	err := batches(ids, []any{t.conn}, func(args []any) error {
		return t.each(query, args, func(rows *sql.Rows) error {
			var id string
			var hash int64
			var top []byte // outlives the row
			var b beforeScored
			err := rows.Scan(&id, &hash, &top, &b.dirty, &b.pending)
			if err != nil {
				return err
			}
			b.hash, b.mapped = uint64(hash), top != nil
			if b.mapped {
				if b.head, err = decodeHead(top, w); err != nil {
					return fmt.Errorf("person %s: %w", id, err)
				}
			}
			before[id] = b
			return nil
		})
	})
	return before, err
}

var errNoNumber = errors.New("a score is not a number")

// saveScored stores one person's result and tells whether the person is dirty no more.
func (t *tx) saveScored(p *worker.Scored, before map[string]beforeScored) (clean bool, err error) {
	was, known := before[p.ID]
	if !known || p.Blob == nil && !was.mapped {
		return false, nil
	}
	planned := p.Planned
	for _, v := range []float64{planned.Score, planned.Rows, planned.Cols} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false, errNoNumber
		}
	}
	if !planned.Scored {
		planned.Score = 0
	}
	now := was
	now.mapped, now.head.planned = true, planned
	now.pending, now.head.aside = p.Pending != nil, was.head.aside && p.Pending != nil
	if err := t.replacePending(p, was.pending); err != nil {
		return false, err
	}
	before[p.ID] = now // a person may come twice in a page
	clean = p.Blob != nil && was.dirty && p.Hash == was.hash
	if p.Blob != nil {
		_, err = t.exec(`INSERT INTO subjects (conn, id, score, class, head, blob) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET score = excluded.score, class = excluded.class, head = excluded.head, blob = excluded.blob`,
			t.conn, p.ID, scoreColumn(planned), class(planned), now.head.encode(), p.Blob)
		return clean, err
	}
	if planned == was.head.planned && now.head.aside == was.head.aside {
		return false, nil
	}
	_, err = t.exec("UPDATE subjects SET score = ?, class = ?, head = ? WHERE conn = ? AND id = ?",
		scoreColumn(planned), class(planned), now.head.encode(), t.conn, p.ID)
	return clean, err
}

func scoreColumn(p worker.Planned) sql.NullFloat64 {
	return sql.NullFloat64{Float64: p.Score, Valid: p.Scored}
}

func (t *tx) replacePending(p *worker.Scored, waits bool) error {
	if p.Pending == nil {
		if !waits {
			return nil
		}
		_, err := t.exec("DELETE FROM pending WHERE conn = ? AND id = ?", t.conn, p.ID)
		return err
	}
	entry, err := encodeEntry(&p.Pending.Entry)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO pending (conn, id, fields, entry, sent, tries, at, retry, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '')
		ON CONFLICT DO UPDATE SET fields = excluded.fields, entry = excluded.entry, sent = excluded.sent, tries = max(tries, excluded.tries)`,
		t.conn, p.ID, appendFields(nil, p.Pending.Fields), entry, p.Pending.Sent, p.Pending.Tries, int64(noTime), int64(noTime))
	return err
}
