package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// table returns the table of an object; it exists for people and companies.
func table(object string) (string, error) {
	switch object {
	case crm.People:
		return "people", nil
	case crm.Companies:
		return "companies", nil
	}
	return "", &crm.Error{Kind: crm.ErrInvalid, Op: "save records", Object: object, Message: "only people and companies are kept as records, not " + object}
}

// Known implements worker.Store. Of activity, named by its source, only the version is known.
func (s *Store) Known(ctx context.Context, connection, object string, ids []string) (map[string]worker.Known, error) {
	query := "SELECT id, hash, modified, memory FROM " + object + " WHERE conn = ? AND id IN " + marks
	first := []any{nil}
	if _, err := table(object); err != nil {
		query = "SELECT id, 0, modified, NULL FROM activities WHERE conn = ? AND source = ? AND id IN " + marks
		first = []any{nil, object}
	}
	known := make(map[string]worker.Known, len(ids))
	err := s.look(ctx, "look up "+object, connection, func(r *reader) error {
		first[0] = r.conn
		return batches(ids, first, func(args []any) error {
			return r.each(query, args, func(rows *sql.Rows) error {
				var id string
				var hash, modified int64
				var k worker.Known
				if err := rows.Scan(&id, &hash, &modified, &k.Memory); err != nil {
					return err
				}
				k.Hash, k.Modified = uint64(hash), decodeTime(modified)
				known[id] = k
				return nil
			})
		})
	})
	if err != nil {
		return nil, err
	}
	return known, nil
}

// SaveRecords implements worker.Store.
func (s *Store) SaveRecords(ctx context.Context, page worker.RecordPage) error {
	name, err := table(page.Object)
	if err != nil {
		return err
	}
	return s.change(ctx, "save "+page.Object, page.Connection, func(t *tx) error {
		if err := t.saveSnapshots(name, page.Changed, page.Reload); err != nil {
			return err
		}
		for _, v := range page.Touched {
			if _, err := t.exec("UPDATE "+name+" SET modified = ?, reload = coalesce(nullif(?, ''), reload) WHERE conn = ? AND id = ?",
				encodeTime(v.Modified), page.Reload, t.conn, v.ID); err != nil {
				return err
			}
		}
		if err := t.inherit(page.Object, page.Heirs); err != nil {
			return err
		}
		// Last: a page may carry both a record's last change and the news that it is gone.
		if err := t.forget(page.Object, page.Gone); err != nil {
			return err
		}
		return t.saveCursor(page.Object, page.Cursor, page.Shape)
	})
}

// inherit hands the activity of people that were merged over to the record they live on in: the CRM does not announce
// the activity again.
func (t *tx) inherit(object string, heirs map[string]string) error {
	if object != crm.People {
		return nil
	}
	for _, person := range slices.Sorted(maps.Keys(heirs)) {
		if err := t.handOver(person, heirs[person]); err != nil {
			return err
		}
	}
	return t.markDirty("id", slices.Sorted(maps.Values(heirs)))
}

func (t *tx) saveSnapshots(name string, snapshots []worker.Snapshot, reload string) error {
	save := `INSERT INTO ` + name + ` (conn, id, hash, modified, identity, company, owner, fields, memory, reload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET hash = excluded.hash, modified = excluded.modified, identity = excluded.identity,
			company = excluded.company, owner = excluded.owner, fields = excluded.fields, memory = excluded.memory,
			reload = coalesce(nullif(excluded.reload, ''), reload)`
	ids := make([]string, len(snapshots))
	var buf []byte
	for i := range snapshots {
		p := &snapshots[i]
		ids[i] = p.ID
		buf = appendFields(buf[:0], p.Fields)
		if _, err := t.exec(save, t.conn, p.ID, int64(p.Hash), encodeTime(p.Modified), p.Identity, p.Company, p.Owner, buf, p.Memory, reload); err != nil {
			return err
		}
	}
	if name == "companies" {
		return t.markDirty("company", ids)
	}
	return t.markDirty("id", ids)
}

// markDirty marks the stored people whose id, or company, is one of these.
func (t *tx) markDirty(column string, ids []string) error {
	query := "INSERT INTO dirty (conn, id) SELECT conn, id FROM people WHERE conn = ? AND " + column + " IN " + marks + " ON CONFLICT DO NOTHING"
	return batches(ids, []any{t.conn}, func(args []any) error {
		_, err := t.exec(query, args...)
		return err
	})
}

// Missing implements worker.Store. It reads through the whole table: a full reading is rare, and an index would cost
// every page of every pull.
func (s *Store) Missing(ctx context.Context, connection, object, reload string, limit int) (ids []string, err error) {
	name, err := table(object)
	if err != nil {
		return nil, err
	}
	err = s.look(ctx, "look for missing "+object, connection, func(r *reader) error {
		return r.each("SELECT id FROM "+name+" WHERE conn = ? AND reload <> ? ORDER BY id LIMIT ?", []any{r.conn, reload, max(limit, 0)}, func(rows *sql.Rows) error {
			var id string
			if err := rows.Scan(&id); err != nil {
				return err
			}
			ids = append(ids, id)
			return nil
		})
	})
	return ids, err
}

// snapshotColumns are what scanSnapshot reads, of a table called by the alias r.
const snapshotColumns = "r.id, r.hash, r.modified, r.identity, r.company, r.owner, r.fields, r.memory"

func scanSnapshot(rows *sql.Rows, p *worker.Snapshot) error {
	var hash, modified int64
	var fields sql.RawBytes
	if err := rows.Scan(&p.ID, &hash, &modified, &p.Identity, &p.Company, &p.Owner, &fields, &p.Memory); err != nil {
		return err
	}
	p.Hash, p.Modified = uint64(hash), decodeTime(modified)
	var err error
	if p.Fields, err = decodeFields(fields); err != nil {
		return fmt.Errorf("record %s: %w", p.ID, err)
	}
	return nil
}
