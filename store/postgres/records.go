package postgres

import (
	"context"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

// Known implements worker.Store. Of activity, named by its source, only the version is known.
func (s *Store) Known(ctx context.Context, connection, object string, ids []string) (map[string]worker.Known, error) {
	known := make(map[string]worker.Known, len(ids))
	err := s.peek(ctx, "look up "+object, connection, func(t *tx) error {
		query, args := "SELECT id, hash, modified, memory FROM records WHERE conn = $1 AND object = $2 AND id = ANY($3)", []any{t.conn, nil, ids}
		if number, err := objectNumber(object); err == nil {
			args[1] = number
		} else {
			query, args[1] = "SELECT id, 0::bigint, modified, NULL::bytea FROM activities WHERE conn = $1 AND source = $2 AND id = ANY($3)", object
		}
		return t.each(query, args, func(rows pgx.Rows) error {
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
	if err != nil {
		return nil, err
	}
	return known, nil
}

// SaveRecords implements worker.Store.
func (s *Store) SaveRecords(ctx context.Context, page worker.RecordPage) error {
	of := worker.Population{Connection: page.Connection, Object: page.Object}
	return s.changeOf(ctx, "save the records", of, inputs, func(t *tx) error {
		if err := t.saveSnapshots(page.Changed, page.Reload); err != nil {
			return err
		}
		if err := t.touch(page.Touched, page.Reload); err != nil {
			return err
		}
		if err := t.inherit(page.Heirs); err != nil {
			return err
		}
		// Last: a page may carry both a record's last change and the news that it is gone.
		if err := t.forget(page.Gone); err != nil {
			return err
		}
		return t.saveCursor(page.Object, page.Cursor, page.Shape)
	})
}

// snapshotRows are snapshots by columns, as unnest wants them.
type snapshotRows struct {
	ids, identities, companies, owners []string
	hashes, modified                   []int64
	fields, memories                   [][]byte
}

// columns keeps the last snapshot of each record, in id order.
func columns(snapshots []worker.Snapshot) (c snapshotRows) {
	last := make(map[string]*worker.Snapshot, len(snapshots))
	for i := range snapshots {
		last[snapshots[i].ID] = &snapshots[i]
	}
	for _, id := range slices.Sorted(maps.Keys(last)) {
		p := last[id]
		c.ids, c.hashes, c.modified = append(c.ids, id), append(c.hashes, int64(p.Hash)), append(c.modified, encoding.Time(p.Modified))
		c.identities, c.companies, c.owners = append(c.identities, p.Identity), append(c.companies, p.Company), append(c.owners, p.Owner)
		c.fields, c.memories = append(c.fields, encoding.AppendFields(nil, p.Fields)), append(c.memories, p.Memory)
	}
	return c
}

func (t *tx) saveSnapshots(snapshots []worker.Snapshot, reload string) error {
	if len(snapshots) == 0 {
		return nil
	}
	c := columns(snapshots)
	left, err := t.moved(c.ids, snapshots)
	if err != nil {
		return err
	}
	if _, err := t.exec(`INSERT INTO records (conn, object, id, hash, modified, identity, company, owner, fields, memory, reload)
		SELECT $1, $2, u.*, $11 FROM unnest($3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::bytea[], $10::bytea[]) u
		ON CONFLICT (conn, object, id) DO UPDATE SET hash = excluded.hash, modified = excluded.modified, identity = excluded.identity,
			company = excluded.company, owner = excluded.owner, fields = excluded.fields, memory = excluded.memory,
			reload = coalesce(nullif(excluded.reload, ''), records.reload)`,
		t.conn, t.object, c.ids, c.hashes, c.modified, c.identities, c.companies, c.owners, c.fields, c.memories, reload); err != nil {
		return err
	}
	if err := t.markDirty(t.object, c.ids); err != nil {
		return err
	}
	if err := t.saveKin(c.ids, snapshots); err != nil {
		return err
	}
	if t.object == companies {
		return t.markPeopleOf(c.ids)
	}
	return t.markDirty(companies, left)
}

// moved returns the companies between which people with a share move by these snapshots.
func (t *tx) moved(ids []string, snapshots []worker.Snapshot) ([]string, error) {
	if t.object != people {
		return nil, nil
	}
	at := map[string]string{}
	if err := t.each(`SELECT r.id, r.company FROM records r JOIN subjects s USING (conn, object, id)
		WHERE r.conn = $1 AND r.object = $2 AND r.id = ANY($3) AND r.id BETWEEN $4 AND $5 AND s.share IS NOT NULL`, t.page(ids), func(rows pgx.Rows) error {
		var id, company string
		err := rows.Scan(&id, &company)
		at[id] = company
		return err
	}); err != nil {
		return nil, err
	}
	left := map[string]bool{}
	for i := range snapshots {
		p := &snapshots[i]
		if from, shares := at[p.ID]; shares && from != p.Company {
			left[from], left[p.Company] = true, true
			at[p.ID] = p.Company
		}
	}
	return slices.Sorted(maps.Keys(left)), nil
}

func (t *tx) touch(touched []crm.Version, reload string) error {
	if len(touched) == 0 {
		return nil
	}
	last := make(map[string]int64, len(touched))
	for _, v := range touched {
		last[v.ID] = encoding.Time(v.Modified)
	}
	ids := slices.Sorted(maps.Keys(last))
	modified := make([]int64, len(ids))
	for i, id := range ids {
		modified[i] = last[id]
	}
	_, err := t.exec(`UPDATE records r SET modified = u.modified, reload = coalesce(nullif($5, ''), r.reload)
		FROM unnest($3::text[], $4::bigint[]) u (id, modified) WHERE r.conn = $1 AND r.object = $2 AND r.id = u.id`, t.conn, t.object, ids, modified, reload)
	return err
}

// markDirty marks those of these records that are stored, each with a new mark.
func (t *tx) markDirty(object int16, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	least, most := bounds(ids)
	_, err := t.exec("INSERT INTO dirty (conn, object, id) SELECT conn, object, id FROM records"+ofIDs+" ORDER BY id"+remark, t.conn, object, ids, least, most)
	return err
}

// markPeopleOf marks the people of these companies.
func (t *tx) markPeopleOf(ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := t.exec(`INSERT INTO dirty (conn, object, id) SELECT conn, object, id FROM records WHERE conn = $1 AND object = 1 AND company <> '' AND company = ANY($2) ORDER BY id
		ON CONFLICT (conn, object, id) DO UPDATE SET mark = nextval('marks')`, t.conn, ids)
	return err
}

// Missing implements worker.Store. It reads through the whole table: a full reading is rare, and an index would cost
// every page of every pull.
func (s *Store) Missing(ctx context.Context, connection, object, reload string, limit int) (ids []string, err error) {
	err = s.peekOf(ctx, "look for what is missing", worker.Population{Connection: connection, Object: object}, func(t *tx) error {
		ids, err = t.texts("SELECT id FROM records WHERE conn = $1 AND object = $2 AND reload <> $3 ORDER BY id LIMIT $4", t.conn, t.object, reload, max(limit, 0))
		return err
	})
	return ids, err
}

// Find implements worker.Store.
func (s *Store) Find(ctx context.Context, connection, identity string) (ids []string, err error) {
	if identity == "" {
		return nil, nil // nobody is found by having none
	}
	err = s.peek(ctx, "find a person", connection, func(t *tx) error {
		ids, err = t.texts("SELECT id FROM records WHERE conn = $1 AND object = 1 AND identity = $2 AND identity <> '' ORDER BY id", t.conn, identity)
		return err
	})
	return ids, err
}
