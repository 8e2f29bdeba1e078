package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

// Suppress implements worker.Apart.
func (s *Store) Suppress(ctx context.Context, connection string, keys []string, at time.Time) error {
	return s.change(ctx, "keep people out", connection, facts, func(t *tx) error {
		_, err := t.exec("INSERT INTO suppressed (conn, key, at) SELECT $1, key, $3 FROM unnest($2::text[]) key ORDER BY key ON CONFLICT DO NOTHING", t.conn, keys, encoding.Time(at))
		return err
	})
}

// Suppressed implements worker.Apart.
func (s *Store) Suppressed(ctx context.Context, connection string, keys []string) (map[string]time.Time, error) {
	found := map[string]time.Time{}
	if len(keys) == 0 {
		return found, nil
	}
	err := s.peek(ctx, "read who is kept out", connection, func(t *tx) error {
		return t.each("SELECT key, at FROM suppressed WHERE conn = $1 AND key = ANY($2)", []any{t.conn, keys}, func(rows pgx.Rows) error {
			var key string
			var at int64
			err := rows.Scan(&key, &at)
			found[key] = encoding.Moment(at)
			return err
		})
	})
	return found, err
}

// Readmit implements worker.Apart.
func (s *Store) Readmit(ctx context.Context, connection string, keys []string) error {
	return s.change(ctx, "let people in", connection, facts, func(t *tx) error {
		_, err := t.exec("DELETE FROM suppressed WHERE conn = $1 AND key = ANY($2)", t.conn, keys)
		return err
	})
}

// Strip implements worker.Apart.
func (s *Store) Strip(ctx context.Context, connection string, snapshots []worker.Snapshot) error {
	if len(snapshots) == 0 {
		return nil
	}
	return s.changeOf(ctx, "strip the records", worker.PeopleOf(connection), inputs, func(t *tx) error {
		c := columns(snapshots)
		left, err := t.moved(c.ids, snapshots)
		if err != nil {
			return err
		}
		there, err := t.texts(`UPDATE records r SET hash = u.hash, identity = u.identity, company = u.company, owner = u.owner, fields = u.fields, memory = u.memory
			FROM unnest($3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::bytea[], $9::bytea[]) u (id, hash, identity, company, owner, fields, memory)
			WHERE r.conn = $1 AND r.object = $2 AND r.id = u.id RETURNING r.id`,
			t.conn, t.object, c.ids, c.hashes, c.identities, c.companies, c.owners, c.fields, c.memories)
		if err != nil || len(there) == 0 {
			return err
		}
		if err := t.unlink(there); err != nil {
			return err
		}
		for _, table := range []string{"ledger", "overrides", "standings", "alerts"} {
			if _, err := t.exec("DELETE FROM "+table+" WHERE conn = $1 AND object = $2 AND id = ANY($3)", t.conn, t.object, there); err != nil {
				return err
			}
		}
		return t.markDirty(companies, left)
	})
}

// Traces implements worker.Apart. Activity is searched in full, not by the links: they are what is to be proven right.
func (s *Store) Traces(ctx context.Context, of worker.Population, id string) (map[string]int, error) {
	found := map[string]int{}
	err := s.lookOf(ctx, "look for traces", of, func(t *tx) error {
		clear(found)
		for name, table := range map[string]string{
			worker.TraceRecord: "records", worker.TraceInputs: "subjects", worker.TracePending: "pending",
			worker.TraceLedger: "ledger", worker.TraceMark: "dirty", worker.TraceOverride: "overrides",
		} {
			var n int
			if _, err := t.one("SELECT count(*) FROM "+table+" WHERE conn = $1 AND object = $2 AND id = $3", []any{t.conn, t.object, id}, &n); err != nil {
				return err
			}
			if n > 0 {
				found[name] = n
			}
		}
		var alerts int
		if _, err := t.one(`SELECT (SELECT count(*) FROM standings WHERE conn = $1 AND object = $2 AND id = $3) +
			(SELECT count(*) FROM alerts WHERE conn = $1 AND object = $2 AND id = $3)`, []any{t.conn, t.object, id}, &alerts); err != nil {
			return err
		}
		if alerts > 0 {
			found[worker.TraceAlert] = alerts
		}
		named, err := t.named(of.Object, id)
		if len(named) > 0 {
			found[worker.TraceActivity] = len(named)
		}
		return err
	})
	return found, err
}

// named returns the activity that names a record, in its links or in the table of links.
func (t *tx) named(object, id string) (map[activityKey]bool, error) {
	named := map[activityKey]bool{}
	if err := t.each("SELECT source, id, body FROM activities WHERE conn = $1 AND position($2::bytea IN body) > 0", []any{t.conn, []byte(id)}, func(rows pgx.Rows) error {
		var k activityKey
		var body []byte
		var a crm.Activity
		if err := rows.Scan(&k.source, &k.id, &body); err != nil {
			return err
		}
		if err := encoding.Activity(body, &a); err != nil {
			return err
		}
		if slices.Contains(a.Links[object], id) {
			named[k] = true
		}
		return nil
	}); err != nil {
		return nil, err
	}
	return named, t.each("SELECT source, activity FROM links WHERE conn = $1 AND object = $2 AND id = $3", []any{t.conn, t.object, id}, func(rows pgx.Rows) error {
		var k activityKey
		err := rows.Scan(&k.source, &k.id)
		named[k] = true
		return err
	})
}

// SaveOverride implements worker.Apart.
func (s *Store) SaveOverride(ctx context.Context, of worker.Population, o worker.Override, entry worker.Entry) error {
	body, err := json.Marshal(o)
	if err != nil {
		return err
	}
	line, err := encoding.Entry(&entry)
	if err != nil {
		return err
	}
	return s.changeOf(ctx, "save an override", of, inputs, func(t *tx) error {
		key := []any{t.conn, t.object, o.ID}
		there := 0
		if found, err := t.one("SELECT 1 FROM records WHERE conn = $1 AND object = $2 AND id = $3", key, &there); err != nil || !found {
			if err == nil {
				err = fmt.Errorf("%s %s: %w", singular(t.object), o.ID, crm.ErrNotFound)
			}
			return err
		}
		if _, err := t.exec("DELETE FROM overrides WHERE conn = $1 AND object = $2 AND id = $3", key...); err != nil {
			return err
		}
		if o.Kind != "" {
			if _, err := t.exec("INSERT INTO overrides (conn, object, id, body) VALUES ($1, $2, $3, $4)", append(slices.Clone(key), body)...); err != nil {
				return err
			}
		}
		if err := t.saveEntries(states{o.ID: {entries: []entryRow{{encoding.Time(entry.At), entry.Run, line}}}}); err != nil {
			return err
		}
		return t.markDirty(t.object, []string{o.ID})
	})
}

// Overrides implements worker.Apart.
func (s *Store) Overrides(ctx context.Context, of worker.Population) (all []worker.Override, err error) {
	err = s.peekOf(ctx, "read the overrides", of, func(t *tx) error {
		byID := map[string]worker.Override{}
		if err := t.each("SELECT id, body FROM overrides WHERE conn = $1 AND object = $2", []any{t.conn, t.object}, func(rows pgx.Rows) error {
			var id string
			var body []byte
			if err := rows.Scan(&id, &body); err != nil {
				return err
			}
			var o worker.Override
			if err := json.Unmarshal(body, &o); err != nil {
				return record(id, encoding.ErrEncoding)
			}
			byID[id] = o
			return nil
		}); err != nil {
			return err
		}
		for _, id := range slices.Sorted(maps.Keys(byID)) {
			all = append(all, byID[id])
		}
		return nil
	})
	return all, err
}
