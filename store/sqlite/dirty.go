package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

// MarkAllDirty implements worker.Store. In id order: in that of an index, each row would be looked up and put somewhere
// else, at ten times the cost.
func (s *Store) MarkAllDirty(ctx context.Context, of worker.Population) error {
	return s.changeOf(ctx, "mark everyone", of, func(t *tx, n *tables) error {
		_, err := t.exec("INSERT INTO "+n.dirty+" (conn, id) SELECT conn, id FROM "+n.records+" NOT INDEXED WHERE conn = ? ORDER BY id ON CONFLICT DO NOTHING", t.conn)
		return err
	})
}

// MarkPendingDirty implements worker.Store.
func (s *Store) MarkPendingDirty(ctx context.Context, of worker.Population) error {
	return s.changeOf(ctx, "mark those with updates", of, func(t *tx, n *tables) error {
		_, err := t.exec("INSERT INTO "+n.dirty+" (conn, id) SELECT conn, id FROM "+n.pending+" WHERE conn = ? AND sent = '' AND aside IS NULL ON CONFLICT DO NOTHING", t.conn)
		return err
	})
}

// Dirty implements worker.Store.
func (s *Store) Dirty(ctx context.Context, of worker.Population, after string, limit int) ([]worker.Inputs, error) {
	return s.inputs(ctx, of, func(n *tables) string { return n.dirty }, after, limit)
}

// Inputs implements worker.Store.
func (s *Store) Inputs(ctx context.Context, of worker.Population, after string, limit int) ([]worker.Inputs, error) {
	return s.inputs(ctx, of, func(n *tables) string { return n.records }, after, limit)
}

// inputs reads a page of the records listed in one of the tables.
func (s *Store) inputs(ctx context.Context, of worker.Population, listed func(*tables) string, after string, limit int) ([]worker.Inputs, error) {
	var page []worker.Inputs
	err := s.lookOf(ctx, "read inputs", of, func(r *reader, n *tables) error {
		table := listed(n)
		err := r.each("SELECT "+snapshotColumns+" FROM "+table+" d CROSS JOIN "+n.records+" r ON r.conn = d.conn AND r.id = d.id WHERE d.conn = ? AND d.id > ? ORDER BY d.id LIMIT ?", []any{r.conn, after, max(limit, 0)}, func(rows *sql.Rows) error {
			var in worker.Inputs
			if err := scanSnapshot(rows, &in.Record); err != nil {
				return err
			}
			page = append(page, in)
			return nil
		})
		if err != nil || len(page) == 0 {
			return err
		}
		if err := r.relatives(n, page); err != nil {
			return err
		}
		if err := r.shown(n, page, table, after); err != nil {
			return err
		}
		return r.activities(page, "SELECT d.id, l.source, l.activity, a.modified, a.body FROM "+table+" d "+
			"CROSS JOIN "+n.links+" l ON l.conn = d.conn AND l."+n.linked+" = d.id "+joinActivity+
			" WHERE d.conn = ? AND d.id > ? AND d.id <= ? ORDER BY d.id, l.source, l.activity",
			r.conn, after, page[len(page)-1].Record.ID)
	})
	if err != nil {
		return nil, err
	}
	return page, nil
}

const joinActivity = "CROSS JOIN activities a ON a.conn = l.conn AND a.source = l.source AND a.id = l.activity"

// relatives fills in the companies of people, or the people of companies.
func (r *reader) relatives(n *tables, page []worker.Inputs) error {
	if n.object == crm.People {
		return r.companies(page)
	}
	return r.members(page)
}

// members fills in what its people add to each company of a page.
func (r *reader) members(page []worker.Inputs) error {
	at := make(map[string]*worker.Inputs, len(page))
	ids := make([]string, 0, len(page))
	for i := range page {
		if id := page[i].Record.ID; id != "" { // no company is no company without id
			at[id], ids = &page[i], append(ids, id)
		}
	}
	return batches(ids, []any{r.conn}, func(args []any) error {
		return r.each(`SELECT p.company, s.id, s.share FROM people p INDEXED BY people_company
			CROSS JOIN subjects s ON s.conn = p.conn AND s.id = p.id
			WHERE p.conn = ? AND p.company IN `+marks+` AND s.share IS NOT NULL ORDER BY s.id`, args, func(rows *sql.Rows) error {
			var company string
			var m worker.Member
			if err := rows.Scan(&company, &m.ID, &m.Share); err != nil {
				return err
			}
			at[company].Members = append(at[company].Members, m)
			return nil
		})
	})
}

// companies fills in the companies of a page of people; people of one company share it.
func (r *reader) companies(page []worker.Inputs) error {
	var ids []string
	for i := range page {
		if id := page[i].Record.Company; id != "" {
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
		page[i].Company = found[page[i].Record.Company]
	}
	return nil
}

// shown fills in what the records of a page of a table show.
func (r *reader) shown(n *tables, page []worker.Inputs, table, after string) error {
	at, w := 0, words{}
	return r.each("SELECT s.id, s.head FROM "+table+" d CROSS JOIN "+n.subjects+` s ON s.conn = d.conn AND s.id = d.id
		WHERE d.conn = ? AND d.id > ? AND d.id <= ? ORDER BY d.id`, []any{r.conn, after, page[len(page)-1].Record.ID}, func(rows *sql.Rows) error {
		var id, top sql.RawBytes
		if err := rows.Scan(&id, &top); err != nil {
			return err
		}
		for at < len(page) && page[at].Record.ID != string(id) {
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
			return fmt.Errorf("%s %s: %w", n.one, page[at].Record.ID, err)
		}
		return nil
	})
}

// activities fills in the activity of a page of records from a query that yields it in the order of the page.
func (r *reader) activities(page []worker.Inputs, query string, args ...any) error {
	at := 0
	return r.each(query, args, func(rows *sql.Rows) error {
		var record, source, body sql.RawBytes
		var a worker.SourceActivity
		var modified int64
		if err := rows.Scan(&record, &source, &a.ID, &modified, &body); err != nil {
			return err
		}
		for at < len(page) && page[at].Record.ID != string(record) {
			at++
		}
		if at == len(page) {
			return nil
		}
		list := &page[at].Activities
		a.Modified = encoding.Moment(modified)
		if n := len(*list); n > 0 && (*list)[n-1].Source == string(source) {
			a.Source = (*list)[n-1].Source
		} else {
			a.Source = string(source)
		}
		if err := encoding.Activity(body, &a.Activity); err != nil {
			return fmt.Errorf("%s %s: %w", a.Source, a.ID, err)
		}
		*list = append(*list, a)
		return nil
	})
}
