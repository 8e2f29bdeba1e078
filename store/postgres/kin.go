package postgres

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/worker"
)

// saveKin replaces the links of records whose snapshots were saved.
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
		for _, l := range last[id] {
			from, to, peers = append(from, id), append(to, l.Connection), append(peers, l.ID)
		}
	}
	if len(from) == 0 {
		return nil
	}
	_, err := t.exec("INSERT INTO kin (conn, object, id, peers, peer) SELECT $1, $2, u.* FROM unnest($3::text[], $4::text[], $5::text[]) u ON CONFLICT DO NOTHING",
		t.conn, t.object, from, to, peers)
	return err
}

// Kin implements worker.Kindred.
func (s *Store) Kin(ctx context.Context, of worker.Population, with, ids []string) (map[string][]worker.Kin, error) {
	found := map[string][]worker.Kin{}
	err := s.lookOf(ctx, "look for the same records", of, func(t *tx) error {
		clear(found)
		linked := func(rows pgx.Rows) error {
			var id string
			k := worker.Kin{Linked: true}
			err := rows.Scan(&id, &k.Connection, &k.ID, &k.Identity)
			found[id] = append(found[id], k)
			return err
		}
		// Only people have heirs; of a company there is none to be found.
		if err := t.each(`SELECT k.id, c.name, q.id, q.identity FROM kin k JOIN connections c ON c.name = k.peers
			LEFT JOIN heirs h ON h.conn = c.conn AND h.id = k.peer AND k.object = 1
			JOIN records q ON q.conn = c.conn AND q.object = k.object AND q.id IN (k.peer, h.heir)
			WHERE k.conn = $1 AND k.object = $2 AND k.peers = ANY($3) AND k.id = ANY($4)`, []any{t.conn, t.object, with, ids}, linked); err != nil {
			return err
		}
		if err := t.each(`WITH named AS (SELECT id, id AS own FROM unnest($4::text[]) id
				UNION ALL SELECT h.id, h.heir FROM heirs h WHERE h.conn = $1 AND h.heir = ANY($4) AND $2::smallint = 1)
			SELECT n.own, c.name, q.id, q.identity FROM named n JOIN kin k ON k.peers = $5 AND k.peer = n.id AND k.object = $2
			JOIN connections c ON c.conn = k.conn AND c.name = ANY($3) JOIN records q ON q.conn = k.conn AND q.object = k.object AND q.id = k.id`,
			[]any{t.conn, t.object, with, ids, of.Connection}, linked); err != nil {
			return err
		}
		return t.each(`SELECT p.id, p.identity, c.name, q.id FROM records p JOIN connections c ON c.name = ANY($3)
			JOIN records q ON q.conn = c.conn AND q.object = p.object AND q.identity = p.identity AND q.identity <> '' AND NOT (q.conn = p.conn AND q.id = p.id)
			WHERE p.conn = $1 AND p.object = $2 AND p.id = ANY($4)`, []any{t.conn, t.object, append(slices.Clone(with), of.Connection), ids}, func(rows pgx.Rows) error {
			var id string
			var k worker.Kin
			if err := rows.Scan(&id, &k.Identity, &k.Connection, &k.ID); err != nil || !worker.Joins(k.Identity) {
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

// Astray implements worker.Kindred.
func (s *Store) Astray(ctx context.Context, connection string, limit int) (ids []string, err error) {
	err = s.look(ctx, "look for links that lead nowhere", connection, func(t *tx) error {
		ids, err = t.texts(`SELECT DISTINCT k.peer FROM kin k WHERE k.peers = $1 AND k.object = 1
			AND NOT EXISTS (SELECT FROM records p WHERE p.conn = $2 AND p.object = 1 AND p.id = k.peer)
			AND NOT EXISTS (SELECT FROM heirs h WHERE h.conn = $2 AND h.id = k.peer) ORDER BY k.peer LIMIT $3`, connection, t.conn, max(limit, 0))
		return err
	})
	return ids, err
}

// SaveHeirs implements worker.Kindred.
func (s *Store) SaveHeirs(ctx context.Context, connection string, heirs map[string]string) error {
	var ids, live []string
	for _, id := range slices.Sorted(maps.Keys(heirs)) {
		ids, live = append(ids, id), append(live, heirs[id])
	}
	return s.change(ctx, "remember heirs", connection, inputs, func(t *tx) error {
		_, err := t.exec(`INSERT INTO heirs (conn, id, heir) SELECT $1, u.id, nullif(u.heir, '') FROM unnest($2::text[], $3::text[]) u (id, heir)
			WHERE u.heir = '' OR EXISTS (SELECT FROM records p WHERE p.conn = $1 AND p.object = 1 AND p.id = u.heir)
			ON CONFLICT (conn, id) DO UPDATE SET heir = excluded.heir`, t.conn, ids, live)
		return err
	})
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
