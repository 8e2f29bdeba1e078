package sqlite

import (
	"context"
	"database/sql"

	"github.com/bareme/bareme/worker"
)

// Tally implements worker.Store. Pending counts the updates that are not set aside; empty grades, labels and trends, and
// the scores of the unscored, are not counted.
func (s *Store) Tally(ctx context.Context, connection string) (worker.Tally, error) {
	t := worker.Tally{Grades: map[string]int{}, Labels: map[string]int{}, Trends: map[string]int{}}
	err := s.look(ctx, "count people", connection, func(r *reader) error {
		for _, c := range []struct {
			count *int
			query string
		}{
			{&t.People, "SELECT count(*) FROM people WHERE conn = ?"},
			{&t.Dirty, "SELECT count(*) FROM dirty WHERE conn = ?"},
			{&t.Pending, "SELECT count(*) FROM pending WHERE conn = ? AND aside IS NULL"},
			{&t.SetAside, "SELECT count(*) FROM pending WHERE conn = ? AND aside IS NOT NULL"},
		} {
			if _, err := r.one(c.query, []any{r.conn}, c.count); err != nil {
				return err
			}
		}
		return r.planned(&t)
	})
	return t, err
}

// planned counts scores, grades, labels and trends in one pass over the index of classes, of which there are few.
func (r *reader) planned(t *worker.Tally) error {
	return r.each("SELECT class, count(*) FROM subjects WHERE conn = ? GROUP BY class", []any{r.conn}, func(rows *sql.Rows) error {
		var class sql.RawBytes
		var n int
		if err := rows.Scan(&class, &n); err != nil {
			return err
		}
		return add(t, string(class), n)
	})
}

func add(t *worker.Tally, class string, n int) error {
	if class == "" {
		return errEncoding
	}
	d := decoder{rest: class[1:]}
	grade, label, trend := d.string(), d.string(), d.string()
	switch part := class[0]; {
	case part == unscoredPart:
		t.Unscored += n
	case int(part) < len(t.Histogram):
		t.Histogram[part] += n
	default:
		return errEncoding
	}
	t.Mapped += n
	for _, c := range []struct {
		counts map[string]int
		word   string
	}{{t.Grades, grade}, {t.Labels, label}, {t.Trends, trend}} {
		if c.word != "" {
			c.counts[c.word] += n
		}
	}
	return d.done()
}
