package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"github.com/bareme/bareme/worker"
)

// saveKin replaces the links of a page of people. Most accounts have none, and pay one look.
func (t *tx) saveKin(snapshots []worker.Snapshot) error {
	linked := slices.ContainsFunc(snapshots, func(p worker.Snapshot) bool { return len(p.Links) > 0 })
	if !linked {
		err := t.each("SELECT 1 FROM kin WHERE conn = ? LIMIT 1", []any{t.conn}, func(*sql.Rows) error {
			linked = true
			return nil
		})
		if err != nil || !linked {
			return err
		}
	}
	for i := range snapshots {
		if _, err := t.exec("DELETE FROM kin WHERE conn = ? AND id = ?", t.conn, snapshots[i].ID); err != nil {
			return err
		}
		for _, l := range snapshots[i].Links {
			if _, err := t.exec("INSERT INTO kin (conn, id, peers, peer) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET peer = excluded.peer",
				t.conn, snapshots[i].ID, l.Connection, l.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// Kin implements worker.Kindred.
func (s *Store) Kin(ctx context.Context, connection string, with, ids []string) (map[string][]worker.Kin, error) {
	found := map[string][]worker.Kin{}
	err := s.look(ctx, "look for the same people", connection, func(r *reader) error {
		for _, other := range with {
			conn, err := s.known(r, other)
			if err != nil {
				return err
			}
			if err := r.linkedKin(connection, other, conn, ids, found); err != nil {
				return err
			}
			if err := r.sameIdentity(other, conn, ids, found); err != nil {
				return err
			}
		}
		return r.sameIdentity(connection, r.conn, ids, found)
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

// linkedKin adds the stored people of another connection that these link to, or that link to these.
func (r *reader) linkedKin(own, other string, conn int64, ids []string, found map[string][]worker.Kin) error {
	add := func(rows *sql.Rows) error {
		var id, peer string
		err := rows.Scan(&id, &peer)
		found[id] = append(found[id], worker.Kin{Connection: other, ID: peer, Linked: true})
		return err
	}
	err := batches(ids, []any{conn, r.conn, other}, func(args []any) error {
		return r.each(`SELECT k.id, q.id FROM kin k CROSS JOIN people q ON q.conn = ? AND q.id = k.peer
			WHERE k.conn = ? AND k.peers = ? AND k.id IN `+marks, args, add)
	})
	if err != nil {
		return err
	}
	return batches(ids, []any{conn, own}, func(args []any) error {
		return r.each("SELECT k.peer, k.id FROM kin k INDEXED BY kin_peer WHERE k.conn = ? AND k.peers = ? AND k.peer IN "+marks, args, add)
	})
}

// sameIdentity adds the people of a connection who have the identity of one of these.
func (r *reader) sameIdentity(name string, conn int64, ids []string, found map[string][]worker.Kin) error {
	return batches(ids, []any{conn, r.conn}, func(args []any) error {
		return r.each(`SELECT p.id, p.identity, q.id FROM people p CROSS JOIN people q INDEXED BY people_identity
			ON q.conn = ? AND q.identity = p.identity AND q.identity <> '' AND NOT (q.conn = p.conn AND q.id = p.id)
			WHERE p.conn = ? AND p.id IN `+marks, args, func(rows *sql.Rows) error {
			var id, identity, other string
			if err := rows.Scan(&id, &identity, &other); err != nil || !worker.Joins(identity) {
				return err
			}
			found[id] = append(found[id], worker.Kin{Connection: name, ID: other})
			return nil
		})
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
