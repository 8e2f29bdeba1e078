package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

// Known implements worker.Store. Of activity, named by its source, only the version is known.
func (s *Store) Known(ctx context.Context, connection, object string, ids []string) (map[string]worker.Known, error) {
	query := "SELECT id, hash, modified, memory FROM " + object + " WHERE conn = ? AND id IN " + marks
	first := []any{nil}
	if _, err := tablesOf(object); err != nil {
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
				k.Hash, k.Modified = uint64(hash), encoding.Moment(modified)
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
	of := worker.Population{Connection: page.Connection, Object: page.Object}
	return s.changeOf(ctx, "save "+page.Object, of, func(t *tx, n *tables) error {
		if err := t.saveSnapshots(n, page.Changed, page.Reload); err != nil {
			return err
		}
		for _, v := range page.Touched {
			if _, err := t.exec("UPDATE "+n.records+" SET modified = ?, reload = coalesce(nullif(?, ''), reload) WHERE conn = ? AND id = ?",
				encoding.Time(v.Modified), page.Reload, t.conn, v.ID); err != nil {
				return err
			}
		}
		if err := t.inherit(n, page.Heirs); err != nil {
			return err
		}
		// Last: a page may carry both a record's last change and the news that it is gone.
		if err := t.forget(page.Object, page.Gone); err != nil {
			return err
		}
		return t.saveCursor(page.Object, page.Cursor, page.Shape)
	})
}

// inherit hands the activity of records that were merged over to the record they live on in: the CRM does not announce
// the activity again.
func (t *tx) inherit(n *tables, heirs map[string]string) error {
	for _, gone := range slices.Sorted(maps.Keys(heirs)) {
		if err := t.handOver(n, gone, heirs[gone]); err != nil {
			return err
		}
	}
	return t.markDirty(n, "id", slices.Sorted(maps.Values(heirs)))
}

func (t *tx) saveSnapshots(n *tables, snapshots []worker.Snapshot, reload string) error {
	save := `INSERT INTO ` + n.records + ` (conn, id, hash, modified, identity, company, owner, fields, memory, reload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET hash = excluded.hash, modified = excluded.modified, identity = excluded.identity,
			company = excluded.company, owner = excluded.owner, fields = excluded.fields, memory = excluded.memory,
			reload = coalesce(nullif(excluded.reload, ''), reload)`
	ids := make([]string, len(snapshots))
	for i := range snapshots {
		ids[i] = snapshots[i].ID
	}
	if n.object == crm.People {
		if err := t.markMoved(snapshots); err != nil {
			return err
		}
	}
	var buf []byte
	for i := range snapshots {
		p := &snapshots[i]
		buf = encoding.AppendFields(buf[:0], p.Fields)
		if _, err := t.exec(save, t.conn, p.ID, int64(p.Hash), encoding.Time(p.Modified), p.Identity, p.Company, p.Owner, buf, p.Memory, reload); err != nil {
			return err
		}
	}
	if n.object == crm.Companies {
		if err := t.markDirty(people(), "company", ids); err != nil {
			return err
		}
	}
	if err := t.saveKin(n, snapshots); err != nil {
		return err
	}
	return t.markDirty(n, "id", ids)
}

// markMoved marks the companies that people with a share leave and join. The snapshots are not stored yet.
func (t *tx) markMoved(snapshots []worker.Snapshot) error {
	ids := make([]string, len(snapshots))
	for i := range snapshots {
		ids[i] = snapshots[i].ID
	}
	employers, err := t.employers(ids)
	if err != nil || len(employers) == 0 {
		return err
	}
	var moved []string
	for i := range snapshots {
		p := &snapshots[i]
		if from, shares := employers[p.ID]; shares && from != p.Company {
			moved = append(moved, from, p.Company)
			employers[p.ID] = p.Company // a record may come twice in a page
		}
	}
	return t.markDirty(companies(), "id", moved)
}

// employers returns the stored companies of those of the people who have a share.
func (t *tx) employers(ids []string) (map[string]string, error) {
	found := map[string]string{}
	err := batches(ids, []any{t.conn}, func(args []any) error {
		return t.each(`SELECT p.id, p.company FROM people p CROSS JOIN subjects s ON s.conn = p.conn AND s.id = p.id
			WHERE p.conn = ? AND p.id IN `+marks+` AND s.share IS NOT NULL`, args, func(rows *sql.Rows) error {
			var id, company string
			err := rows.Scan(&id, &company)
			found[id] = company
			return err
		})
	})
	return found, err
}

// markDirty marks the stored records whose id, or company, is one of these.
func (t *tx) markDirty(n *tables, column string, ids []string) error {
	query := "INSERT INTO " + n.dirty + " (conn, id) SELECT conn, id FROM " + n.records + " WHERE conn = ? AND " + column + " IN " + marks + " ON CONFLICT DO NOTHING"
	return batches(ids, []any{t.conn}, func(args []any) error {
		_, err := t.exec(query, args...)
		return err
	})
}

// Missing implements worker.Store. It reads through the whole table: a full reading is rare, and an index would cost
// every page of every pull.
func (s *Store) Missing(ctx context.Context, connection, object, reload string, limit int) (ids []string, err error) {
	err = s.lookOf(ctx, "look for missing "+object, worker.Population{Connection: connection, Object: object}, func(r *reader, n *tables) error {
		return r.each("SELECT id FROM "+n.records+" WHERE conn = ? AND reload <> ? ORDER BY id LIMIT ?", []any{r.conn, reload, max(limit, 0)}, func(rows *sql.Rows) error {
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
	p.Hash, p.Modified = uint64(hash), encoding.Moment(modified)
	var err error
	if p.Fields, err = encoding.Fields(fields); err != nil {
		return fmt.Errorf("record %s: %w", p.ID, err)
	}
	return nil
}
