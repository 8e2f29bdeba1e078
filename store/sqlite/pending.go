package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// Pending implements worker.Store. Updates marked sent are among them.
func (s *Store) Pending(ctx context.Context, connection, after string, limit int, now time.Time) ([]worker.Pending, error) {
	return s.pending(ctx, connection, `SELECT id, fields, entry, sent, tries FROM pending
		WHERE conn = ? AND id > ? AND retry <= ? ORDER BY id LIMIT ?`, after, encodeTime(now), max(limit, 0))
}

// InDoubt implements worker.Store.
func (s *Store) InDoubt(ctx context.Context, connection string, limit int) ([]worker.Pending, error) {
	return s.pending(ctx, connection, "SELECT id, fields, entry, sent, tries FROM pending INDEXED BY pending_sent WHERE conn = ? AND sent <> '' ORDER BY id LIMIT ?", max(limit, 0))
}

func (s *Store) pending(ctx context.Context, connection, query string, args ...any) (page []worker.Pending, err error) {
	err = s.look(ctx, "read updates", connection, func(r *reader) error {
		return r.each(query, append([]any{r.conn}, args...), func(rows *sql.Rows) error {
			var p worker.Pending
			var fields, entry sql.RawBytes
			err := rows.Scan(&p.ID, &fields, &entry, &p.Sent, &p.Tries)
			if err != nil {
				return err
			}
			if p.Fields, err = decodeFields(fields); err == nil {
				p.Entry, err = decodeEntry(entry, time.Time{})
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
func (s *Store) MarkSent(ctx context.Context, connection, run string, ids []string) error {
	return s.markSent(ctx, connection, run, ids)
}

// MarkUnsent implements worker.Store.
func (s *Store) MarkUnsent(ctx context.Context, connection string, ids []string) error {
	return s.markSent(ctx, connection, "", ids)
}

func (s *Store) markSent(ctx context.Context, connection, run string, ids []string) error {
	return s.change(ctx, "mark updates", connection, func(t *tx) error {
		return batches(ids, []any{run, t.conn}, func(args []any) error {
			_, err := t.exec("UPDATE pending SET sent = ? WHERE conn = ? AND id IN "+marks, args...)
			return err
		})
	})
}

// Settle implements worker.Store. What does not wait any more was settled before: it is left out.
func (s *Store) Settle(ctx context.Context, connection string, settled []worker.Settled) error {
	return s.change(ctx, "save outcomes", connection, func(t *tx) error {
		for i := range settled {
			if err := t.settle(&settled[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *tx) settle(o *worker.Settled) error {
	switch o.Status {
	case crm.Written:
		return t.acknowledge(o)
	case crm.Gone, crm.Merged:
		return t.forget(crm.People, []string{o.ID})
	case crm.Rejected:
		aside, err := t.exec(`UPDATE pending SET sent = '', tries = tries + 1, at = ?3, retry = ?4, reason = ?5,
				aside = (SELECT coalesce(max(aside), 0) + 1 FROM pending WHERE conn = ?1 AND aside IS NOT NULL)
			WHERE conn = ?1 AND id = ?2`, t.conn, o.ID, encodeTime(o.At), encodeTime(o.RetryAt), o.Reason)
		if err != nil || aside == 0 {
			return err
		}
		return t.changeHead(o.ID, func(h *head) error {
			h.aside = true
			return nil
		})
	}
	return fmt.Errorf("update of %s has an unknown outcome %d", o.ID, int(o.Status))
}

// acknowledge makes an update what the record shows, and enters it in the ledger under the run that sent it.
func (t *tx) acknowledge(o *worker.Settled) error {
	var update, entry []byte
	var run string
	err := t.each("SELECT fields, entry, sent FROM pending WHERE conn = ? AND id = ?", []any{t.conn, o.ID}, func(rows *sql.Rows) error {
		return rows.Scan(&update, &entry, &run)
	})
	if err != nil || update == nil {
		return err
	}
	if err := t.changeHead(o.ID, func(h *head) error {
		h.aside = false
		return h.show(update)
	}); err != nil {
		return err
	}
	if _, err := t.exec("INSERT INTO ledger (conn, id, at, run, entry) VALUES (?, ?, ?, ?, ?)", t.conn, o.ID, encodeTime(o.At), run, entry); err != nil {
		return err
	}
	_, err = t.exec("DELETE FROM pending WHERE conn = ? AND id = ?", t.conn, o.ID)
	return err
}

// changeHead lets change alter the head of a subject, but for what is planned.
func (t *tx) changeHead(id string, change func(*head) error) error {
	var top []byte
	err := t.each("SELECT head FROM subjects WHERE conn = ? AND id = ?", []any{t.conn, id}, func(rows *sql.Rows) error {
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
		return fmt.Errorf("person %s: %w", id, err)
	}
	_, err = t.exec("UPDATE subjects SET head = ? WHERE conn = ? AND id = ?", h.encode(), t.conn, id)
	return err
}

// show applies the fields of an update to what a record shows; "" clears.
func (h *head) show(update []byte) error {
	shown, err := h.fields()
	if err != nil {
		return err
	}
	changes, err := decodeFields(update)
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
	h.shown = appendFields(nil, shown)
	return nil
}

// SetAside implements worker.Store. Latest first is the order in which they were set aside, whatever the clock said.
func (s *Store) SetAside(ctx context.Context, connection string, limit int) (list []worker.Rejection, err error) {
	err = s.look(ctx, "read updates set aside", connection, func(r *reader) error {
		return r.each("SELECT id, reason, at, retry, tries FROM pending WHERE conn = ? AND aside IS NOT NULL ORDER BY aside DESC LIMIT ?",
			[]any{r.conn, max(limit, 0)}, func(rows *sql.Rows) error {
				var x worker.Rejection
				var at, retry int64
				if err := rows.Scan(&x.ID, &x.Reason, &at, &retry, &x.Tries); err != nil {
					return err
				}
				x.At, x.RetryAt = decodeTime(at), decodeTime(retry)
				list = append(list, x)
				return nil
			})
	})
	return list, err
}
