package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

// Pending implements worker.Store. Updates marked sent are among them.
func (s *Store) Pending(ctx context.Context, of worker.Population, after string, limit int, now time.Time) ([]worker.Pending, error) {
	return s.pending(ctx, of, func(n *tables) string {
		return "SELECT id, fields, entry, sent, tries FROM " + n.pending + " WHERE conn = ? AND id > ? AND retry <= ? ORDER BY id LIMIT ?"
	}, after, encoding.Time(now), max(limit, 0))
}

// InDoubt implements worker.Store.
func (s *Store) InDoubt(ctx context.Context, of worker.Population, limit int) ([]worker.Pending, error) {
	return s.pending(ctx, of, func(n *tables) string {
		return "SELECT id, fields, entry, sent, tries FROM " + n.pending + " INDEXED BY " + n.pending + "_sent WHERE conn = ? AND sent <> '' ORDER BY id LIMIT ?"
	}, max(limit, 0))
}

func (s *Store) pending(ctx context.Context, of worker.Population, query func(*tables) string, args ...any) (page []worker.Pending, err error) {
	err = s.lookOf(ctx, "read updates", of, func(r *reader, n *tables) error {
		return r.each(query(n), append([]any{r.conn}, args...), func(rows *sql.Rows) error {
			var p worker.Pending
			var fields, entry sql.RawBytes
			err := rows.Scan(&p.ID, &fields, &entry, &p.Sent, &p.Tries)
			if err != nil {
				return err
			}
			if p.Fields, err = encoding.Fields(fields); err == nil {
				p.Entry, err = encoding.ParseEntry(entry, time.Time{})
			}
			if err != nil {
				return fmt.Errorf("update of %s: %w", p.ID, err)
			}
			page = append(page, p)
			return nil
		})
	})
	return page, err
}

// MarkSent implements worker.Store.
func (s *Store) MarkSent(ctx context.Context, of worker.Population, run string, ids []string) error {
	return s.markSent(ctx, of, run, ids)
}

// MarkUnsent implements worker.Store.
func (s *Store) MarkUnsent(ctx context.Context, of worker.Population, ids []string) error {
	return s.markSent(ctx, of, "", ids)
}

func (s *Store) markSent(ctx context.Context, of worker.Population, run string, ids []string) error {
	return s.changeOf(ctx, "mark updates", of, func(t *tx, n *tables) error {
		return batches(ids, []any{run, t.conn}, func(args []any) error {
			_, err := t.exec("UPDATE "+n.pending+" SET sent = ? WHERE conn = ? AND id IN "+marks, args...)
			return err
		})
	})
}

// Settle implements worker.Store. What does not wait any more was settled before: it is left out.
func (s *Store) Settle(ctx context.Context, of worker.Population, settled []worker.Settled) error {
	return s.changeOf(ctx, "save outcomes", of, func(t *tx, n *tables) error {
		for i := range settled {
			if err := t.settle(n, &settled[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *tx) settle(n *tables, o *worker.Settled) error {
	switch o.Status {
	case crm.Written:
		return t.acknowledge(n, o)
	case crm.Gone, crm.Merged:
		return t.forget(n.object, []string{o.ID})
	case crm.Rejected:
		aside, err := t.exec("UPDATE "+n.pending+` SET sent = '', tries = tries + 1, at = ?3, retry = ?4, reason = ?5,
				aside = (SELECT coalesce(max(aside), 0) + 1 FROM `+n.pending+` WHERE conn = ?1 AND aside IS NOT NULL)
			WHERE conn = ?1 AND id = ?2`, t.conn, o.ID, encoding.Time(o.At), encoding.Time(o.RetryAt), o.Reason)
		if err != nil || aside == 0 {
			return err
		}
		return t.changeHead(n, o.ID, func(h *head) error {
			h.aside = true
			return nil
		})
	}
	return fmt.Errorf("update of %s has an unknown outcome %d", o.ID, int(o.Status))
}

// acknowledge makes an update what the record shows, and enters it in the ledger under the run that sent it.
func (t *tx) acknowledge(n *tables, o *worker.Settled) error {
	var update, entry []byte
	var run string
	err := t.each("SELECT fields, entry, sent FROM "+n.pending+" WHERE conn = ? AND id = ?", []any{t.conn, o.ID}, func(rows *sql.Rows) error {
		return rows.Scan(&update, &entry, &run)
	})
	if err != nil || update == nil {
		return err
	}
	if err := t.changeHead(n, o.ID, func(h *head) error {
		h.aside = false
		return h.show(update)
	}); err != nil {
		return err
	}
	if _, err := t.exec("INSERT INTO "+n.ledger+" (conn, id, at, run, entry) VALUES (?, ?, ?, ?, ?)", t.conn, o.ID, encoding.Time(o.At), run, entry); err != nil {
		return err
	}
	if _, err := t.exec("DELETE FROM "+n.pending+" WHERE conn = ? AND id = ?", t.conn, o.ID); err != nil {
		return err
	}
	return t.raise(n, o)
}

// changeHead lets change alter the head of a subject, but for what is planned.
func (t *tx) changeHead(n *tables, id string, change func(*head) error) error {
	var top []byte
	err := t.each("SELECT head FROM "+n.subjects+" WHERE conn = ? AND id = ?", []any{t.conn, id}, func(rows *sql.Rows) error {
		return rows.Scan(&top)
	})
	if err != nil {
		return err
	}
	h, err := decodeHead(top, words{})
	if err == nil {
		err = change(&h)
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", n.one, id, err)
	}
	_, err = t.exec("UPDATE "+n.subjects+" SET head = ? WHERE conn = ? AND id = ?", h.encode(), t.conn, id)
	return err
}

// show applies the fields of an update to what a record shows; "" clears.
func (h *head) show(update []byte) error {
	shown, err := h.fields()
	if err != nil {
		return err
	}
	changes, err := encoding.Fields(update)
	if err != nil {
		return err
	}
	if shown == nil {
		shown = make(crm.Fields, len(changes))
	}
	for name, value := range changes {
		if value == "" {
			delete(shown, name)
		} else {
			shown[name] = value
		}
	}
	h.shown = encoding.AppendFields(nil, shown)
	return nil
}

// SetAside implements worker.Store. Latest first is the order in which they were set aside, whatever the clock said.
func (s *Store) SetAside(ctx context.Context, of worker.Population, limit int) (list []worker.Rejection, err error) {
	err = s.lookOf(ctx, "read updates set aside", of, func(r *reader, n *tables) error {
		return r.each("SELECT id, reason, at, retry, tries FROM "+n.pending+" WHERE conn = ? AND aside IS NOT NULL ORDER BY aside DESC LIMIT ?",
			[]any{r.conn, max(limit, 0)}, func(rows *sql.Rows) error {
				var x worker.Rejection
				var at, retry int64
				if err := rows.Scan(&x.ID, &x.Reason, &at, &retry, &x.Tries); err != nil {
					return err
				}
				x.At, x.RetryAt = encoding.Moment(at), encoding.Moment(retry)
				list = append(list, x)
				return nil
			})
	})
	return list, err
}
