package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

// snapshotColumns are what scanSnapshot reads, of a table called by the alias r.
const snapshotColumns = "r.id, r.hash, r.modified, r.identity, r.company, r.owner, r.fields, r.memory"

func scanSnapshot(rows pgx.Rows, p *worker.Snapshot, more ...any) error {
	var hash, modified int64
	var fields pgtype.DriverBytes // valid until the next row
	if err := rows.Scan(append([]any{&p.ID, &hash, &modified, &p.Identity, &p.Company, &p.Owner, &fields, &p.Memory}, more...)...); err != nil {
		return err
	}
	p.Hash, p.Modified = uint64(hash), encoding.Moment(modified)
	var err error
	if p.Fields, err = encoding.Fields(fields); err != nil {
		return record(p.ID, err)
	}
	return nil
}

// Dirty implements worker.Store.
func (s *Store) Dirty(ctx context.Context, of worker.Population, after string, limit int) ([]worker.Inputs, error) {
	return s.inputs(ctx, of, "SELECT "+snapshotColumns+`, d.mark FROM dirty d JOIN records r USING (conn, object, id)
		WHERE d.conn = $1 AND d.object = $2 AND d.id > $3 ORDER BY d.id LIMIT $4`, after, limit)
}

// Inputs implements worker.Store.
func (s *Store) Inputs(ctx context.Context, of worker.Population, after string, limit int) ([]worker.Inputs, error) {
	return s.inputs(ctx, of, "SELECT "+snapshotColumns+`, coalesce(d.mark, 0) FROM records r LEFT JOIN dirty d USING (conn, object, id)
		WHERE r.conn = $1 AND r.object = $2 AND r.id > $3 ORDER BY r.id LIMIT $4`, after, limit)
}

// inputs reads a page of records from a query of snapshots and marks.
func (s *Store) inputs(ctx context.Context, of worker.Population, query, after string, limit int) (page []worker.Inputs, err error) {
	err = s.lookOf(ctx, "read inputs", of, func(t *tx) error {
		page = nil
		if err := t.each(query, []any{t.conn, t.object, after, max(limit, 0)}, func(rows pgx.Rows) error {
			var in worker.Inputs
			err := scanSnapshot(rows, &in.Record, &in.Mark)
			page = append(page, in)
			return err
		}); err != nil || len(page) == 0 {
			return err
		}
		return t.fill(page)
	})
	if err != nil {
		return nil, err
	}
	return page, nil
}

// fill adds everything else mapping needs of a page of records.
func (t *tx) fill(page []worker.Inputs) error {
	ids, at := make([]string, len(page)), make(map[string]*worker.Inputs, len(page))
	for i := range page {
		ids[i], at[page[i].Record.ID] = page[i].Record.ID, &page[i]
	}
	if err := t.shown(ids, at); err != nil {
		return err
	}
	if err := t.activities(ids, at); err != nil {
		return err
	}
	if t.object == companies {
		return t.members(ids, at)
	}
	return t.companies(page)
}

// companies fills in the companies of a page of people; people of one company share it.
func (t *tx) companies(page []worker.Inputs) error {
	var ids []string
	for i := range page {
		if id := page[i].Record.Company; id != "" {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	found := make(map[string]*worker.Snapshot, len(ids))
	if err := t.each("SELECT "+snapshotColumns+" FROM records r WHERE r.conn = $1 AND r.object = 2 AND r.id = ANY($2)", []any{t.conn, slices.Compact(ids)}, func(rows pgx.Rows) error {
		var c worker.Snapshot
		err := scanSnapshot(rows, &c)
		found[c.ID] = &c
		return err
	}); err != nil {
		return err
	}
	for i := range page {
		page[i].Company = found[page[i].Record.Company]
	}
	return nil
}

// members fills in the people of a page of companies who have a share.
func (t *tx) members(ids []string, at map[string]*worker.Inputs) error {
	return t.each(`SELECT r.company, s.id, s.share FROM records r JOIN subjects s USING (conn, object, id)
		WHERE r.conn = $1 AND r.object = 1 AND r.company <> '' AND r.company = ANY($2) AND s.share IS NOT NULL ORDER BY s.id`, []any{t.conn, ids}, func(rows pgx.Rows) error {
		var company string
		var m worker.Member
		err := rows.Scan(&company, &m.ID, &m.Share)
		if in := at[company]; in != nil {
			in.Members = append(in.Members, m)
		}
		return err
	})
}

// shown fills in what the records of a page show.
func (t *tx) shown(ids []string, at map[string]*worker.Inputs) error {
	return t.each("SELECT id, "+headColumns+" FROM subjects"+ofIDs, t.page(ids), func(rows pgx.Rows) error {
		var id string
		var h head
		if err := rows.Scan(h.dest(&id)...); err != nil {
			return err
		}
		in := at[id]
		in.Planned = h.planned()
		var err error
		if in.Shown, err = h.fields(); err != nil {
			return record(id, err)
		}
		return nil
	})
}

// activities fills in the activity of a page of records.
func (t *tx) activities(ids []string, at map[string]*worker.Inputs) error {
	sources := map[string]string{} // one copy of the few words that repeat in every row
	return t.each(`SELECT l.id, a.source, a.id, a.modified, a.body FROM links l JOIN activities a ON a.conn = l.conn AND a.source = l.source AND a.id = l.activity
		WHERE l.conn = $1 AND l.object = $2 AND l.id = ANY($3) AND l.id BETWEEN $4 AND $5 ORDER BY l.id, l.source, l.activity`, t.page(ids), func(rows pgx.Rows) error {
		var id, source string
		var body pgtype.DriverBytes
		var a worker.SourceActivity
		var modified int64
		if err := rows.Scan(&id, &source, &a.ID, &modified, &body); err != nil {
			return err
		}
		if _, seen := sources[source]; !seen {
			sources[source] = source
		}
		a.Source, a.Modified = sources[source], encoding.Moment(modified)
		if err := encoding.Activity(body, &a.Activity); err != nil {
			return record(id, err)
		}
		in := at[id]
		in.Activities = append(in.Activities, a)
		return nil
	})
}

// Subject implements worker.Store.
func (s *Store) Subject(ctx context.Context, of worker.Population, id string) (worker.Subject, worker.Inputs, error) {
	var subject worker.Subject
	page := make([]worker.Inputs, 1)
	err := s.lookOf(ctx, "read a record", of, func(t *tx) error {
		found, err := t.subjects("WHERE conn = $1 AND object = $2 AND id = $3", t.conn, t.object, id)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return &fault{text: "no " + singular(t.object) + " " + id + " is stored: run a sync first, or check the id", kind: crm.ErrNotFound}
		}
		subject = found[0]
		if err := t.each("SELECT "+snapshotColumns+`, coalesce(d.mark, 0) FROM records r LEFT JOIN dirty d USING (conn, object, id)
			WHERE r.conn = $1 AND r.object = $2 AND r.id = $3`, []any{t.conn, t.object, id}, func(rows pgx.Rows) error {
			return scanSnapshot(rows, &page[0].Record, &page[0].Mark)
		}); err != nil {
			return err
		}
		return t.fill(page)
	})
	if err != nil {
		return worker.Subject{}, worker.Inputs{}, err
	}
	return subject, page[0], nil
}

func singular(object int16) string {
	if object == companies {
		return "company"
	}
	return "person"
}
