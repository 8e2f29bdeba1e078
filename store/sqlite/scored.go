package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

// SaveScored implements worker.Store. People forgotten since, and people without mapped inputs who bring none, are left
// out. An update that takes the place of one set aside stays aside as long as that one would have.
func (s *Store) SaveScored(ctx context.Context, of worker.Population, scored []worker.Scored) error {
	return s.changeOf(ctx, "save scores", of, func(t *tx, n *tables) error {
		for from := 0; from < len(scored); from += batch {
			part := scored[from:min(from+batch, len(scored))]
			before, err := t.before(n, part)
			if err != nil {
				return err
			}
			var clean, moved []string // moved: the companies of people whose share differs
			for i := range part {
				now, err := t.saveScored(n, &part[i], before, &moved)
				if err != nil {
					return err
				}
				if now {
					clean = append(clean, part[i].ID)
				}
			}
			if err := batches(clean, []any{t.conn}, func(args []any) error {
				_, err := t.exec("DELETE FROM "+n.dirty+" WHERE conn = ? AND id IN "+marks, args...)
				return err
			}); err != nil {
				return err
			}
			if err := t.markDirty(companies(), "id", moved); err != nil {
				return err
			}
		}
		return nil
	})
}

// beforeScored is what is stored of a record that is about to be saved.
type beforeScored struct {
	hash    uint64
	company string // of a person
	share   []byte
	mapped  bool
	head    head // when mapped
	dirty   bool
	pending bool // an update waits
}

func (t *tx) before(n *tables, part []worker.Scored) (map[string]beforeScored, error) {
	ids := make([]string, len(part))
	for i := range part {
		ids[i] = part[i].ID
	}
	before := make(map[string]beforeScored, len(ids))
	w := words{}
	query := `SELECT p.id, p.hash, p.company, s.head, s.share, d.id IS NOT NULL, u.id IS NOT NULL
		FROM ` + n.records + ` p LEFT JOIN ` + n.subjects + ` s ON s.conn = p.conn AND s.id = p.id
			LEFT JOIN ` + n.dirty + ` d ON d.conn = p.conn AND d.id = p.id
			LEFT JOIN ` + n.pending + ` u ON u.conn = p.conn AND u.id = p.id
		WHERE p.conn = ? AND p.id IN ` + marks
	err := batches(ids, []any{t.conn}, func(args []any) error {
		return t.each(query, args, func(rows *sql.Rows) error {
			var id string
			var hash int64
			var top []byte // outlives the row
			var b beforeScored
			err := rows.Scan(&id, &hash, &b.company, &top, &b.share, &b.dirty, &b.pending)
			if err != nil {
				return err
			}
			b.hash, b.mapped = uint64(hash), top != nil
			if b.mapped {
				if b.head, err = decodeHead(top, w); err != nil {
					return fmt.Errorf("%s %s: %w", n.one, id, err)
				}
			}
			before[id] = b
			return nil
		})
	})
	return before, err
}

var errNoNumber = errors.New("a score is not a number")

// saveScored stores the result of one record and tells whether it is dirty no more. The company of a person whose share
// differs is added to moved.
func (t *tx) saveScored(n *tables, p *worker.Scored, before map[string]beforeScored, moved *[]string) (clean bool, err error) {
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
	now.share = p.Share
	differs := !bytes.Equal(was.share, p.Share)
	if differs && n.object == crm.People && was.company != "" {
		*moved = append(*moved, was.company)
	}
	if err := t.replacePending(n, p, was.pending); err != nil {
		return false, err
	}
	before[p.ID] = now // a person may come twice in a page
	clean = p.Blob != nil && was.dirty && p.Hash == was.hash
	if p.Blob != nil {
		_, err = t.exec("INSERT INTO "+n.subjects+` (conn, id, score, class, head, blob, share) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET score = excluded.score, class = excluded.class, head = excluded.head, blob = excluded.blob, share = excluded.share`,
			t.conn, p.ID, scoreColumn(planned), class(planned), now.head.encode(), p.Blob, shareColumn(p.Share))
		return clean, err
	}
	if planned == was.head.planned && now.head.aside == was.head.aside && !differs {
		return false, nil
	}
	_, err = t.exec("UPDATE "+n.subjects+" SET score = ?, class = ?, head = ?, share = ? WHERE conn = ? AND id = ?",
		scoreColumn(planned), class(planned), now.head.encode(), shareColumn(p.Share), t.conn, p.ID)
	return clean, err
}

func scoreColumn(p worker.Planned) sql.NullFloat64 {
	return sql.NullFloat64{Float64: p.Score, Valid: p.Scored}
}

// shareColumn keeps no share as NULL, whether it is nil or empty.
func shareColumn(share []byte) any {
	if len(share) == 0 {
		return nil
	}
	return share
}

func (t *tx) replacePending(n *tables, p *worker.Scored, waits bool) error {
	if p.Pending == nil {
		if !waits {
			return nil
		}
		_, err := t.exec("DELETE FROM "+n.pending+" WHERE conn = ? AND id = ?", t.conn, p.ID)
		return err
	}
	entry, err := encoding.Entry(&p.Pending.Entry)
	if err != nil {
		return err
	}
	_, err = t.exec("INSERT INTO "+n.pending+` (conn, id, fields, entry, sent, tries, at, retry, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '')
		ON CONFLICT DO UPDATE SET fields = excluded.fields, entry = excluded.entry, sent = excluded.sent, tries = max(tries, excluded.tries)`,
		t.conn, p.ID, encoding.AppendFields(nil, p.Pending.Fields), entry, p.Pending.Sent, p.Pending.Tries, int64(encoding.NoTime), int64(encoding.NoTime))
	return err
}
