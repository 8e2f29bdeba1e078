package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/bareme/bareme/worker"
)

// MarkAllDirty implements worker.Store. In id order: in that of an index, each row would be looked up and put somewhere
// else, at ten times the cost.
func (s *Store) MarkAllDirty(ctx context.Context, connection string) error {
	return s.change(ctx, "mark everyone", connection, func(t *tx) error {
		_, err := t.exec("INSERT INTO dirty (conn, id) SELECT conn, id FROM people NOT INDEXED WHERE conn = ? ORDER BY id ON CONFLICT DO NOTHING", t.conn)
		return err
	})
}

// MarkPendingDirty implements worker.Store.
func (s *Store) MarkPendingDirty(ctx context.Context, connection string) error {
	return s.change(ctx, "mark those with updates", connection, func(t *tx) error {
		_, err := t.exec("INSERT INTO dirty (conn, id) SELECT conn, id FROM pending WHERE conn = ? AND sent = '' AND aside IS NULL ON CONFLICT DO NOTHING", t.conn)
		return err
	})
}

// Dirty implements worker.Store.
func (s *Store) Dirty(ctx context.Context, connection, after string, limit int) ([]worker.Inputs, error) {
	return s.inputs(ctx, connection, "dirty", "dirty d CROSS JOIN people r ON r.conn = d.conn AND r.id = d.id", after, limit)
}

// Inputs implements worker.Store.
func (s *Store) Inputs(ctx context.Context, connection, after string, limit int) ([]worker.Inputs, error) {
	return s.inputs(ctx, connection, "people", "people d CROSS JOIN people r ON r.conn = d.conn AND r.id = d.id", after, limit)
}

// inputs reads a page of the people listed in a table; from joins it, as d, with their records, as r.
func (s *Store) inputs(ctx context.Context, connection, table, from, after string, limit int) ([]worker.Inputs, error) {
	var page []worker.Inputs
	err := s.look(ctx, "read inputs", connection, func(r *reader) error {
		err := r.each("SELECT "+snapshotColumns+" FROM "+from+" WHERE d.conn = ? AND d.id > ? ORDER BY d.id LIMIT ?", []any{r.conn, after, max(limit, 0)}, func(rows *sql.Rows) error {
			var in worker.Inputs
			if err := scanSnapshot(rows, &in.Person); err != nil {
				return err
			}
			page = append(page, in)
			return nil
		})
		if err != nil || len(page) == 0 {
			return err
		}
		if err := r.companies(page); err != nil {
			return err
		}
		if err := r.shown(page, table, after); err != nil {
			return err
		}
		return r.activities(page, "SELECT l.person, l.source, l.activity, a.modified, a.body FROM "+table+" d "+
			"CROSS JOIN links l ON l.conn = d.conn AND l.person = d.id "+joinActivity+
			" WHERE d.conn = ? AND d.id > ? AND d.id <= ? ORDER BY d.id, l.source, l.activity",
			r.conn, after, page[len(page)-1].Person.ID)
	})
	if err != nil {
		return nil, err
	}
	return page, nil
}

const joinActivity = "CROSS JOIN activities a ON a.conn = l.conn AND a.source = l.source AND a.id = l.activity"

// companies fills in the companies of a page of people; people of one company share it.
func (r *reader) companies(page []worker.Inputs) error {
	var ids []string
	for i := range page {
		if id := page[i].Person.Company; id != "" {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	found := make(map[string]*worker.Snapshot, len(ids))
	err := batches(ids, []any{r.conn}, func(args []any) error {
		return r.each("SELECT "+snapshotColumns+" FROM companies r WHERE r.conn = ? AND r.id IN "+marks, args, func(rows *sql.Rows) error {
			var c worker.Snapshot
			if err := scanSnapshot(rows, &c); err != nil {
				return err
			}
			found[c.ID] = &c
			return nil
		})
	})
	if err != nil {
		return err
	}
	for i := range page {
		page[i].Company = found[page[i].Person.Company]
	}
	return nil
}

// shown fills in what the records of a page of the people of a table show.
func (r *reader) shown(page []worker.Inputs, table, after string) error {
	at, w := 0, words{}
	return r.each("SELECT s.id, s.head FROM "+table+` d CROSS JOIN subjects s ON s.conn = d.conn AND s.id = d.id
		WHERE d.conn = ? AND d.id > ? AND d.id <= ? ORDER BY d.id`, []any{r.conn, after, page[len(page)-1].Person.ID}, func(rows *sql.Rows) error {
		var id, top sql.RawBytes
		if err := rows.Scan(&id, &top); err != nil {
			return err
		}
		for at < len(page) && page[at].Person.ID != string(id) {
			at++
		}
		if at == len(page) {
			return nil
		}
		h, err := decodeHead(top, w)
		if err == nil {
			page[at].Planned = h.planned
			page[at].Shown, err = h.fields()
		}
		if err != nil {
			return fmt.Errorf("person %s: %w", page[at].Person.ID, err)
		}
		return nil
	})
}

// activities fills in the activity of a page of people from a query that yields it in the order of the page.
func (r *reader) activities(page []worker.Inputs, query string, args ...any) error {
	at := 0
	return r.each(query, args, func(rows *sql.Rows) error {
		var person, source, body sql.RawBytes
		var a worker.SourceActivity
		var modified int64
		if err := rows.Scan(&person, &source, &a.ID, &modified, &body); err != nil {
			return err
		}
		for at < len(page) && page[at].Person.ID != string(person) {
			at++
		}
		if at == len(page) {
			return nil
		}
		list := &page[at].Activities
		a.Modified = decodeTime(modified)
		if n := len(*list); n > 0 && (*list)[n-1].Source == string(source) {
			a.Source = (*list)[n-1].Source
		} else {
			a.Source = string(source)
		}
		if err := decodeActivity(body, &a.Activity); err != nil {
			return fmt.Errorf("%s %s: %w", a.Source, a.ID, err)
		}
		*list = append(*list, a)
		return nil
	})
}
