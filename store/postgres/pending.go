package postgres

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

// Pending implements worker.Store. Updates marked sent are among them.
func (s *Store) Pending(ctx context.Context, of worker.Population, after string, limit int, now time.Time) ([]worker.Pending, error) {
	return s.pending(ctx, of, "id > $3 AND retry <= $4 ORDER BY id LIMIT $5", after, encoding.Time(now), max(limit, 0))
}

// InDoubt implements worker.Store.
func (s *Store) InDoubt(ctx context.Context, of worker.Population, limit int) ([]worker.Pending, error) {
	return s.pending(ctx, of, "sent <> '' ORDER BY id LIMIT $3", max(limit, 0))
}

func (s *Store) pending(ctx context.Context, of worker.Population, which string, args ...any) (page []worker.Pending, err error) {
	err = s.peekOf(ctx, "read the updates", of, func(t *tx) error {
		query := "SELECT id, fields, entry, sent, tries FROM pending WHERE conn = $1 AND object = $2 AND " + which
		return t.each(query, append([]any{t.conn, t.object}, args...), func(rows pgx.Rows) error {
			var p worker.Pending
			var fields, entry []byte
			err := rows.Scan(&p.ID, &fields, &entry, &p.Sent, &p.Tries)
			if err != nil {
				return err
			}
			if p.Fields, err = encoding.Fields(fields); err == nil {
				p.Entry, err = encoding.ParseEntry(entry, time.Time{})
			}
			if err != nil {
				return record(p.ID, err)
			}
			page = append(page, p)
			return nil
		})
	})
	return page, err
}

// MarkSent implements worker.Store.
func (s *Store) MarkSent(ctx context.Context, of worker.Population, run string, ids []string) error {
	return s.changeOf(ctx, "mark the updates", of, results, func(t *tx) error {
		if _, err := t.exec("SELECT 1 FROM subjects"+ofIDs+" ORDER BY id FOR UPDATE", t.page(ids)...); err != nil {
			return err
		}
		_, err := t.exec("UPDATE pending SET sent = $6"+ofIDs, append(t.page(ids), run)...)
		return err
	})
}

// MarkUnsent implements worker.Store.
func (s *Store) MarkUnsent(ctx context.Context, of worker.Population, ids []string) error {
	return s.MarkSent(ctx, of, "", ids)
}

// Settle implements worker.Store. What does not wait any more was settled before: it is left out.
func (s *Store) Settle(ctx context.Context, of worker.Population, settled []worker.Settled) error {
	ids, how := make([]string, len(settled)), results
	for i := range settled {
		ids[i] = settled[i].ID
		if settled[i].Status == crm.Gone || settled[i].Status == crm.Merged {
			how = inputs // forgetting changes what others are scored by
		}
	}
	return s.changeOf(ctx, "save the outcomes", of, how, func(t *tx) error {
		stored, err := t.states(ids)
		if err != nil {
			return err
		}
		gone := map[string]bool{}
		var raised []*worker.Settled
		for i := range settled {
			o := &settled[i]
			waits := o.Raised != nil && o.Status == crm.Written && t.object == people && stored[o.ID] != nil && stored[o.ID].waits != nil
			if err := t.settle(stored, o, gone); err != nil {
				return err
			}
			if waits {
				raised = append(raised, o)
			}
		}
		if err := t.saveSubjects(stored); err != nil {
			return err
		}
		if err := t.savePending(stored); err != nil {
			return err
		}
		if err := t.saveEntries(stored); err != nil {
			return err
		}
		if err := t.raise(raised); err != nil {
			return err
		}
		return t.forget(slices.Sorted(maps.Keys(gone)))
	})
}

func (t *tx) settle(stored states, o *worker.Settled, gone map[string]bool) error {
	st := stored[o.ID]
	switch o.Status {
	case crm.Gone, crm.Merged:
		gone[o.ID] = true
		delete(stored, o.ID)
		return nil
	case crm.Written:
		if st == nil || st.waits == nil {
			return nil
		}
		return st.acknowledge(o)
	case crm.Rejected:
		if st == nil || st.waits == nil {
			return nil
		}
		var turn int64
		if _, err := t.one("SELECT nextval('asides')", nil, &turn); err != nil {
			return err
		}
		u := st.waits
		u.sent, u.tries, u.aside, u.at, u.retry = "", u.tries+1, &turn, encoding.Time(o.At), encoding.Time(o.RetryAt)
		u.reason = printable(o.Reason)
		st.changed, st.moved, st.aside = true, true, true
		return nil
	}
	return fmt.Errorf("update of %s has an unknown outcome %d", o.ID, int(o.Status))
}

// printable leaves out what PostgreSQL keeps in no text: a CRM's words may hold anything.
func printable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// acknowledge makes an update what the record shows, and enters it in the ledger under the run that sent it.
func (st *state) acknowledge(o *worker.Settled) error {
	u := st.waits
	shown, err := shownFields(st.shown)
	if err != nil {
		return record(o.ID, err)
	}
	changes, err := encoding.Fields(u.fields)
	if err != nil {
		return record(o.ID, err)
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
	st.shown, st.aside, st.moved = encoding.AppendFields(nil, shown), false, true
	st.entries = append(st.entries, entryRow{encoding.Time(o.At), u.sent, u.entry})
	st.waits, st.changed = nil, true
	return nil
}

func (t *tx) saveEntries(stored states) error {
	var ids, runs []string
	var at []int64
	var bodies [][]byte
	for _, id := range slices.Sorted(maps.Keys(stored)) {
		for _, e := range stored[id].entries {
			ids, runs, at, bodies = append(ids, id), append(runs, e.run), append(at, e.at), append(bodies, e.body)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	_, err := t.exec(`INSERT INTO ledger (conn, object, id, at, run, entry)
		SELECT $1, $2, u.* FROM unnest($3::text[], $4::bigint[], $5::text[], $6::bytea[]) u`, t.conn, t.object, ids, at, runs, bodies)
	return err
}

// SetAside implements worker.Store. Latest first is the order in which they were set aside, whatever the clock said.
func (s *Store) SetAside(ctx context.Context, of worker.Population, limit int) (list []worker.Rejection, err error) {
	err = s.peekOf(ctx, "read the updates set aside", of, func(t *tx) error {
		return t.each("SELECT id, reason, at, retry, tries FROM pending WHERE conn = $1 AND object = $2 AND aside IS NOT NULL ORDER BY aside DESC LIMIT $3",
			[]any{t.conn, t.object, max(limit, 0)}, func(rows pgx.Rows) error {
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
