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

// planned counts scores, grades, labels and trends in one pass over the index that holds them all.
func (r *reader) planned(t *worker.Tally) error {
	return r.each(`SELECT CASE WHEN score IS NULL THEN -1 ELSE max(0, min(9, CAST(score / 10 AS INTEGER))) END AS part, grade, label, trend, count(*)
		FROM subjects WHERE conn = ? GROUP BY part, grade, label, trend`, []any{r.conn}, func(rows *sql.Rows) error {
		var part, n int
		var grade, label, trend string
		if err := rows.Scan(&part, &grade, &label, &trend, &n); err != nil {
			return err
		}
		t.Mapped += n
		if part < 0 {
			t.Unscored += n
		} else {
			t.Histogram[part] += n
		}
		for _, c := range []struct {
			counts map[string]int
			word   string
		}{{t.Grades, grade}, {t.Labels, label}, {t.Trends, trend}} {
			if c.word != "" {
				c.counts[c.word] += n
			}
		}
		return nil
	})
}
