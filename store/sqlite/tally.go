package sqlite

import (
	"context"
	"database/sql"

	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

// Tally implements worker.Store. Pending counts the updates that are not set aside; empty grades, labels and trends, and
// the scores of the unscored, are not counted.
func (s *Store) Tally(ctx context.Context, of worker.Population) (worker.Tally, error) {
	t := worker.Tally{Grades: map[string]int{}, Labels: map[string]int{}, Trends: map[string]int{}}
	err := s.lookOf(ctx, "count "+of.Object, of, func(r *reader, n *tables) error {
		for _, c := range []struct {
			count *int
			query string
		}{
			{&t.People, "SELECT count(*) FROM " + n.records + " WHERE conn = ?"},
			{&t.Dirty, "SELECT count(*) FROM " + n.dirty + " WHERE conn = ?"},
			{&t.Pending, "SELECT count(*) FROM " + n.pending + " WHERE conn = ? AND aside IS NULL"},
			{&t.SetAside, "SELECT count(*) FROM " + n.pending + " WHERE conn = ? AND aside IS NOT NULL"},
		} {
			if _, err := r.one(c.query, []any{r.conn}, c.count); err != nil {
				return err
			}
		}
		return r.planned(n, &t)
	})
	return t, err
}

// planned counts scores, grades, labels and trends in one pass over the index of classes, of which there are few.
func (r *reader) planned(n *tables, t *worker.Tally) error {
	return r.each("SELECT class, count(*) FROM "+n.subjects+" WHERE conn = ? GROUP BY class", []any{r.conn}, func(rows *sql.Rows) error {
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
		return encoding.ErrEncoding
	}
	d := encoding.NewDecoder(class[1:])
	grade, label, trend := d.Text(), d.Text(), d.Text()
	switch part := class[0]; {
	case part == unscoredPart:
		t.Unscored += n
	case int(part) < len(t.Histogram):
		t.Histogram[part] += n
	default:
		return encoding.ErrEncoding
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
	return d.Done()
}
