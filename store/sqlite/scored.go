package sqlite

import (
	"context"
	"database/sql"
	"errors"
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
			for i := range part {
				if err := t.saveScored(&part[i], before); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// beforeScored is what is stored of a person who is about to be saved.
type beforeScored struct {
	hash    uint64
	mapped  bool
	planned worker.Planned
	aside   bool
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
	query := `SELECT p.id, p.hash, s.score, coalesce(s.rows, 0), coalesce(s.cols, 0), s.grade, s.label, s.trend, coalesce(s.aside, 0), s.id IS NOT NULL, d.id IS NOT NULL, u.id IS NOT NULL
		FROM people p LEFT JOIN subjects s ON s.conn = p.conn AND s.id = p.id
			LEFT JOIN dirty d ON d.conn = p.conn AND d.id = p.id
			LEFT JOIN pending u ON u.conn = p.conn AND u.id = p.id
		WHERE p.conn = ? AND p.id IN ` + marks
	err := batches(ids, []any{t.conn}, func(args []any) error {
		return t.each(query, args, func(rows *sql.Rows) error {
			var id string
			var hash int64
			var score sql.NullFloat64
			var grade, label, trend sql.RawBytes
			var b beforeScored
			if err := rows.Scan(&id, &hash, &score, &b.planned.Rows, &b.planned.Cols, &grade, &label, &trend, &b.aside, &b.mapped, &b.dirty, &b.pending); err != nil {
				return err
			}
			b.hash, b.planned.Scored, b.planned.Score = uint64(hash), score.Valid, score.Float64
			b.planned.Grade, b.planned.Label, b.planned.Trend = w.of(grade), w.of(label), w.of(trend)
			before[id] = b
			return nil
		})
	})
	return before, err
}

var errNoNumber = errors.New("a score is not a number")

func (t *tx) saveScored(p *worker.Scored, before map[string]beforeScored) error {
	was, known := before[p.ID]
	if !known || p.Blob == nil && !was.mapped {
		return nil
	}
	planned := p.Planned
	for _, v := range []float64{planned.Score, planned.Rows, planned.Cols} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return errNoNumber
		}
	}
	if !planned.Scored {
		planned.Score = 0
	}
	now := was
	now.mapped, now.planned = true, planned
	now.pending, now.aside = p.Pending != nil, was.aside && p.Pending != nil
	err := t.replacePending(p, was.pending)
	if err != nil {
		return err
	}
	if p.Blob != nil && was.dirty && p.Hash == was.hash {
		now.dirty = false
		if _, err := t.exec("DELETE FROM dirty WHERE conn = ? AND id = ?", t.conn, p.ID); err != nil {
			return err
		}
	}
	before[p.ID] = now // a person may come twice in a page
	score := sql.NullFloat64{Float64: planned.Score, Valid: planned.Scored}
	switch {
	case p.Blob != nil:
		_, err = t.exec(`INSERT INTO subjects (conn, id, score, rows, cols, grade, label, trend, aside, blob) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET score = excluded.score, rows = excluded.rows, cols = excluded.cols, grade = excluded.grade,
				label = excluded.label, trend = excluded.trend, aside = excluded.aside, blob = excluded.blob`,
			t.conn, p.ID, score, planned.Rows, planned.Cols, planned.Grade, planned.Label, planned.Trend, now.aside, p.Blob)
	case planned != was.planned || now.aside != was.aside:
		_, err = t.exec("UPDATE subjects SET score = ?, rows = ?, cols = ?, grade = ?, label = ?, trend = ?, aside = ? WHERE conn = ? AND id = ?",
			score, planned.Rows, planned.Cols, planned.Grade, planned.Label, planned.Trend, now.aside, t.conn, p.ID)
	}
	return err
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
