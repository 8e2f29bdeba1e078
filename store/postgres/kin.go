package postgres

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/worker"
)

// saveKin replaces the links of people whose snapshots were saved.
func (t *tx) saveKin(ids []string, snapshots []worker.Snapshot) error {
	if _, err := t.exec("DELETE FROM kin WHERE conn = $1 AND object = $2 AND id = ANY($3)", t.conn, t.object, ids); err != nil {
		return err
	}
	last := make(map[string][]worker.Link, len(ids))
	for i := range snapshots {
		last[snapshots[i].ID] = snapshots[i].Links
	}
	var from, to, peers []string
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		one := map[string]string{} // a person is one of each connection: the last link counts
		for _, l := range last[id] {
			one[l.Connection] = l.ID
		}
		for connection, peer := range one {
			from, to, peers = append(from, id), append(to, connection), append(peers, peer)
		}
	}
	if len(from) == 0 {
		return nil
	}
	_, err := t.exec("INSERT INTO kin (conn, object, id, peers, peer) SELECT $1, $2, u.* FROM unnest($3::text[], $4::text[], $5::text[]) u",
		t.conn, t.object, from, to, peers)
	return err
}

// Kin implements worker.Kindred.
func (s *Store) Kin(ctx context.Context, connection string, with, ids []string) (map[string][]worker.Kin, error) {
	found := map[string][]worker.Kin{}
	err := s.look(ctx, "look for the same people", connection, func(t *tx) error {
		clear(found)
		linked := func(rows pgx.Rows) error {
			var id string
			k := worker.Kin{Linked: true}
			err := rows.Scan(&id, &k.Connection, &k.ID)
			found[id] = append(found[id], k)
			return err
		}
		if err := t.each(`SELECT k.id, c.name, q.id FROM kin k JOIN connections c ON c.name = k.peers
			JOIN records q ON q.conn = c.conn AND q.object = 1 AND q.id = k.peer
			WHERE k.conn = $1 AND k.peers = ANY($2) AND k.id = ANY($3)`, []any{t.conn, with, ids}, linked); err != nil {
			return err
		}
		if err := t.each(`SELECT k.peer, c.name, k.id FROM kin k JOIN connections c ON c.conn = k.conn
			WHERE k.peers = $1 AND c.name = ANY($2) AND k.peer = ANY($3)`, []any{connection, with, ids}, linked); err != nil {
			return err
		}
		return t.each(`SELECT p.id, p.identity, c.name, q.id FROM records p JOIN connections c ON c.name = ANY($2)
			JOIN records q ON q.conn = c.conn AND q.object = 1 AND q.identity = p.identity AND q.identity <> '' AND NOT (q.conn = p.conn AND q.id = p.id)
			WHERE p.conn = $1 AND p.object = 1 AND p.id = ANY($3)`, []any{t.conn, append(slices.Clone(with), connection), ids}, func(rows pgx.Rows) error {
			var id, identity string
			var k worker.Kin
			if err := rows.Scan(&id, &identity, &k.Connection, &k.ID); err != nil || !worker.Joins(identity) {
				return err
			}
			found[id] = append(found[id], k)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	for id := range found {
		slices.SortStableFunc(found[id], func(a, b worker.Kin) int { // links came first
			return cmp.Or(cmp.Compare(a.Connection, b.Connection), cmp.Compare(a.ID, b.ID))
		})
		found[id] = slices.CompactFunc(found[id], func(a, b worker.Kin) bool { return a.Connection == b.Connection && a.ID == b.ID })
	}
	return found, nil
}

// MarkDirty implements worker.Kindred.
func (s *Store) MarkDirty(ctx context.Context, of worker.Population, ids []string) error {
	return s.changeOf(ctx, "mark some", of, inputs, func(t *tx) error { return t.markDirty(t.object, ids) })
}

// InputsOf implements worker.Kindred.
func (s *Store) InputsOf(ctx context.Context, of worker.Population, ids []string) (page []worker.Inputs, err error) {
	err = s.lookOf(ctx, "read inputs", of, func(t *tx) error {
		page = nil
		if err := t.each("SELECT "+snapshotColumns+" FROM records r WHERE r.conn = $1 AND r.object = $2 AND r.id = ANY($3) ORDER BY r.id", []any{t.conn, t.object, ids}, func(rows pgx.Rows) error {
			var in worker.Inputs
			err := scanSnapshot(rows, &in.Record)
			page = append(page, in)
			return err
		}); err != nil || len(page) == 0 {
			return err
		}
		if err := t.fill(page); err != nil {
			return err
		}
		for i := range page {
			page[i].Shown, page[i].Planned = nil, worker.Planned{}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return page, nil
}
