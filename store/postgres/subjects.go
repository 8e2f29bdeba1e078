package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

// head is what a subject holds beside its mapped inputs, by columns.
type head struct {
	score, rows, cols *float64 // score is nil when unscored
	grade, label      string
	trend             string
	aside             bool
	shown             []byte // encoded fields, nil when nothing was ever written
}

const headColumns = "score, rows, cols, grade, label, trend, aside, shown"

// dest is where a row of the id and the head columns goes, and what comes after them.
func (h *head) dest(id *string, more ...any) []any {
	return append([]any{id, &h.score, &h.rows, &h.cols, &h.grade, &h.label, &h.trend, &h.aside, &h.shown}, more...)
}

func (h *head) planned() worker.Planned {
	p := worker.Planned{Scored: h.score != nil, Grade: h.grade, Label: h.label, Trend: h.trend}
	for _, c := range []struct {
		to   *float64
		from *float64
	}{{&p.Score, h.score}, {&p.Rows, h.rows}, {&p.Cols, h.cols}} {
		if c.from != nil {
			*c.to = *c.from
		}
	}
	return p
}

// fields are what the record shows: nil when nothing was ever written, empty when all of it was cleared.
func (h *head) fields() (crm.Fields, error) { return shownFields(h.shown) }

func shownFields(b []byte) (crm.Fields, error) {
	if b == nil {
		return nil, nil
	}
	f, err := encoding.Fields(b)
	if f == nil {
		f = crm.Fields{}
	}
	return f, err
}

// subjects reads subjects; where says which, in what order, and how many.
func (t *tx) subjects(where string, args ...any) (page []worker.Subject, err error) {
	err = t.each("SELECT id, "+headColumns+", share, blob FROM subjects "+where, args, func(rows pgx.Rows) error {
		var p worker.Subject
		var h head
		if err := rows.Scan(h.dest(&p.ID, &p.Share, &p.Blob)...); err != nil {
			return err
		}
		p.Planned, p.SetAside = h.planned(), h.aside
		var err error
		if p.Shown, err = h.fields(); err != nil {
			return record(p.ID, err)
		}
		page = append(page, p)
		return nil
	})
	return page, err
}

// Subjects implements worker.Store.
func (s *Store) Subjects(ctx context.Context, of worker.Population, after string, limit int) (page []worker.Subject, err error) {
	err = s.peekOf(ctx, "read subjects", of, func(t *tx) error {
		page, err = t.subjects("WHERE conn = $1 AND object = $2 AND id > $3 ORDER BY id LIMIT $4", t.conn, t.object, after, max(limit, 0))
		return err
	})
	return page, err
}

// Best implements worker.Store.
func (s *Store) Best(ctx context.Context, of worker.Population, limit int) (best []worker.Subject, err error) {
	err = s.peekOf(ctx, "read the best", of, func(t *tx) error {
		best, err = t.subjects("WHERE conn = $1 AND object = $2 AND score IS NOT NULL ORDER BY score DESC, id LIMIT $3", t.conn, t.object, max(limit, 0))
		return err
	})
	return best, err
}

// Tally implements worker.Store. Pending counts the updates that are not set aside; empty grades, labels and trends, and
// the scores of the unscored, are not counted.
func (s *Store) Tally(ctx context.Context, of worker.Population) (worker.Tally, error) {
	var n worker.Tally
	err := s.lookOf(ctx, "count", of, func(t *tx) error {
		n = worker.Tally{Grades: map[string]int{}, Labels: map[string]int{}, Trends: map[string]int{}}
		const where = " WHERE conn = $1 AND object = $2"
		if _, err := t.one("SELECT (SELECT count(*) FROM records"+where+"), (SELECT count(*) FROM dirty"+where+`),
			(SELECT count(*) FROM pending`+where+" AND aside IS NULL), (SELECT count(*) FROM pending"+where+" AND aside IS NOT NULL)",
			[]any{t.conn, t.object}, &n.People, &n.Dirty, &n.Pending, &n.SetAside); err != nil {
			return err
		}
		// Parts of the histogram, grades, labels and trends are few: one pass over the subjects groups them all.
		return t.each(`SELECT CASE WHEN score IS NULL THEN -1 ELSE least(9, greatest(0, trunc(score / 10)))::int END, grade, label, trend, count(*)
			FROM subjects`+where+" GROUP BY 1, 2, 3, 4", []any{t.conn, t.object}, func(rows pgx.Rows) error {
			var part, many int
			var grade, label, trend string
			if err := rows.Scan(&part, &grade, &label, &trend, &many); err != nil {
				return err
			}
			add(&n, part, grade, label, trend, many)
			return nil
		})
	})
	return n, err
}

func add(n *worker.Tally, part int, grade, label, trend string, many int) {
	n.Mapped += many
	if part < 0 {
		n.Unscored += many
	} else {
		n.Histogram[part] += many
	}
	for _, c := range []struct {
		counts map[string]int
		word   string
	}{{n.Grades, grade}, {n.Labels, label}, {n.Trends, trend}} {
		if c.word != "" {
			c.counts[c.word] += many
		}
	}
}
