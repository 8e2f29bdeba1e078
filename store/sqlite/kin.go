package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// saveKin replaces the links of a page of records. Most accounts have none, and pay one look.
func (t *tx) saveKin(n *tables, snapshots []worker.Snapshot) error {
	linked := slices.ContainsFunc(snapshots, func(p worker.Snapshot) bool { return len(p.Links) > 0 })
	if !linked {
		err := t.each("SELECT 1 FROM "+n.kin+" WHERE conn = ? LIMIT 1", []any{t.conn}, func(*sql.Rows) error {
			linked = true
			return nil
		})
		if err != nil || !linked {
			return err
		}
	}
	for i := range snapshots {
		if _, err := t.exec("DELETE FROM "+n.kin+" WHERE conn = ? AND id = ?", t.conn, snapshots[i].ID); err != nil {
			return err
		}
		for _, l := range snapshots[i].Links {
			if _, err := t.exec("INSERT INTO "+n.kin+" (conn, id, peers, peer) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
				t.conn, snapshots[i].ID, l.Connection, l.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// Kin implements worker.Kindred.
func (s *Store) Kin(ctx context.Context, of worker.Population, with, ids []string) (map[string][]worker.Kin, error) {
	found := map[string][]worker.Kin{}
	err := s.lookOf(ctx, "look for the same "+of.Object, of, func(r *reader, n *tables) error {
		for _, other := range with {
			conn, err := s.known(r, other)
			if err != nil {
				return err
			}
			if err := r.linkedKin(n, of.Connection, other, conn, ids, found); err != nil {
				return err
			}
			if err := r.sameIdentity(n, other, conn, ids, found); err != nil {
				return err
			}
		}
		return r.sameIdentity(n, of.Connection, r.conn, ids, found)
	})
	if err != nil {
		return nil, err
	}
	for id := range found {
		slices.SortFunc(found[id], func(a, b worker.Kin) int {
			return cmp.Or(cmp.Compare(a.Connection, b.Connection), cmp.Compare(a.ID, b.ID), -compareBool(a.Linked, b.Linked))
		})
		found[id] = slices.CompactFunc(found[id], func(a, b worker.Kin) bool { return a.Connection == b.Connection && a.ID == b.ID })
	}
	return found, nil
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// linkedKin adds the stored records of another connection that these link to, or that link to these. Only people have
// heirs.
func (r *reader) linkedKin(n *tables, own, other string, conn int64, ids []string, found map[string][]worker.Kin) error {
	add := func(rows *sql.Rows) error {
		var id string
		k := worker.Kin{Connection: other, Linked: true}
		err := rows.Scan(&id, &k.ID, &k.Identity)
		found[id] = append(found[id], k)
		return err
	}
	err := batches(ids, []any{conn, r.conn, other}, func(args []any) error {
		return r.each(`SELECT k.id, q.id, q.identity FROM `+n.kin+` k CROSS JOIN `+n.records+` q ON q.conn = ? AND q.id = k.peer
			WHERE k.conn = ? AND k.peers = ? AND k.id IN `+marks, args, add)
	})
	if err != nil {
		return err
	}
	back := "FROM " + n.kin + " k INDEXED BY " + n.kin + "_peer CROSS JOIN " + n.records + " q ON q.conn = k.conn AND q.id = k.id "
	if err := batches(ids, []any{conn, own}, func(args []any) error {
		return r.each("SELECT k.peer, k.id, q.identity "+back+"WHERE k.conn = ? AND k.peers = ? AND k.peer IN "+marks, args, add)
	}); err != nil || n.object != crm.People {
		return err
	}
	if err := batches(ids, []any{conn, conn, r.conn, other}, func(args []any) error {
		return r.each(`SELECT k.id, q.id, q.identity FROM kin k CROSS JOIN heirs h ON h.conn = ? AND h.id = k.peer
			CROSS JOIN people q ON q.conn = ? AND q.id = h.heir WHERE k.conn = ? AND k.peers = ? AND k.id IN `+marks, args, add)
	}); err != nil {
		return err
	}
	return batches(ids, []any{own, conn, r.conn}, func(args []any) error {
		return r.each("SELECT h.heir, k.id, q.identity FROM heirs h INDEXED BY heirs_heir CROSS JOIN kin k INDEXED BY kin_peer ON k.peers = ? AND k.peer = h.id AND k.conn = ? "+
			"CROSS JOIN people q ON q.conn = k.conn AND q.id = k.id WHERE h.conn = ? AND h.heir IN "+marks, args, add)
	})
}

// sameIdentity adds the records of a connection that have the identity of one of these.
func (r *reader) sameIdentity(n *tables, name string, conn int64, ids []string, found map[string][]worker.Kin) error {
	return batches(ids, []any{conn, r.conn}, func(args []any) error {
		return r.each("SELECT p.id, p.identity, q.id FROM "+n.records+" p CROSS JOIN "+n.records+" q INDEXED BY "+n.records+`_identity
			ON q.conn = ? AND q.identity = p.identity AND q.identity <> '' AND NOT (q.conn = p.conn AND q.id = p.id)
			WHERE p.conn = ? AND p.id IN `+marks, args, func(rows *sql.Rows) error {
			var id string
			k := worker.Kin{Connection: name}
			if err := rows.Scan(&id, &k.Identity, &k.ID); err != nil || !worker.Joins(k.Identity) {
				return err
			}
			found[id] = append(found[id], k)
			return nil
		})
	})
}

// Astray implements worker.Kindred.
func (s *Store) Astray(ctx context.Context, connection string, limit int) (ids []string, err error) {
	err = s.look(ctx, "look for links that lead nowhere", connection, func(r *reader) error {
		return r.each(`SELECT DISTINCT k.peer FROM kin k INDEXED BY kin_peer WHERE k.peers = ?
			AND NOT EXISTS (SELECT 1 FROM people p WHERE p.conn = ? AND p.id = k.peer)
			AND NOT EXISTS (SELECT 1 FROM heirs h WHERE h.conn = ? AND h.id = k.peer) ORDER BY k.peer LIMIT ?`,
			[]any{connection, r.conn, r.conn, max(limit, 0)}, func(rows *sql.Rows) error {
				var id string
				err := rows.Scan(&id)
				ids = append(ids, id)
				return err
			})
	})
	return ids, err
}

// SaveHeirs implements worker.Kindred.
func (s *Store) SaveHeirs(ctx context.Context, connection string, heirs map[string]string) error {
	return s.change(ctx, "remember heirs", connection, func(t *tx) error {
		for _, id := range slices.Sorted(maps.Keys(heirs)) {
			if _, err := t.exec(`INSERT INTO heirs (conn, id, heir) SELECT ?1, ?2, nullif(?3, '') WHERE ?3 = '' OR EXISTS (SELECT 1 FROM people WHERE conn = ?1 AND id = ?3)
				ON CONFLICT DO UPDATE SET heir = excluded.heir`, t.conn, id, heirs[id]); err != nil {
				return err
			}
		}
		return nil
	})
}

// MarkDirty implements worker.Kindred.
func (s *Store) MarkDirty(ctx context.Context, of worker.Population, ids []string) error {
	return s.changeOf(ctx, "mark "+of.Object, of, func(t *tx, n *tables) error { return t.markDirty(n, "id", ids) })
}

// InputsOf implements worker.Kindred.
func (s *Store) InputsOf(ctx context.Context, of worker.Population, ids []string) ([]worker.Inputs, error) {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var page []worker.Inputs
	err := s.lookOf(ctx, "read inputs", of, func(r *reader, n *tables) error {
		return batches(ids, []any{r.conn}, func(args []any) error {
			from := len(page)
			err := r.each("SELECT "+snapshotColumns+" FROM "+n.records+" r WHERE r.conn = ? AND r.id IN "+marks+" ORDER BY r.id", args, func(rows *sql.Rows) error {
				var in worker.Inputs
				if err := scanSnapshot(rows, &in.Record); err != nil {
					return err
				}
				page = append(page, in)
				return nil
			})
			if err != nil {
				return err
			}
			if err := r.relatives(n, page[from:]); err != nil {
				return err
			}
			for i := range batch { // activity may name records that are not stored
				args[1+i] = nil
				if from+i < len(page) {
					args[1+i] = page[from+i].Record.ID
				}
			}
			return r.activities(page[from:], "SELECT l."+n.linked+", l.source, l.activity, a.modified, a.body FROM "+n.links+" l "+joinActivity+
				" WHERE l.conn = ? AND l."+n.linked+" IN "+marks+" ORDER BY l."+n.linked+", l.source, l.activity", args...)
		})
	})
	if err != nil {
		return nil, err
	}
	return page, nil
}
