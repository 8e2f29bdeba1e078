package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

// Suppress implements worker.Apart.
func (s *Store) Suppress(ctx context.Context, connection string, keys []string, at time.Time) error {
	return s.change(ctx, "keep people out", connection, func(t *tx) error {
		for _, key := range keys {
			if _, err := t.exec("INSERT INTO suppressed (conn, key, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", t.conn, key, encoding.Time(at)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Suppressed implements worker.Apart.
func (s *Store) Suppressed(ctx context.Context, connection string, keys []string) (map[string]time.Time, error) {
	found := map[string]time.Time{}
	if len(keys) == 0 {
		return found, nil
	}
	err := s.look(ctx, "read who is kept out", connection, func(r *reader) error {
		return batches(keys, []any{r.conn}, func(args []any) error {
			return r.each("SELECT key, at FROM suppressed WHERE conn = ? AND key IN "+marks, args, func(rows *sql.Rows) error {
				var key string
				var at int64
				if err := rows.Scan(&key, &at); err != nil {
					return err
				}
				found[key] = encoding.Moment(at)
				return nil
			})
		})
	})
	return found, err
}

// Readmit implements worker.Apart.
func (s *Store) Readmit(ctx context.Context, connection string, keys []string) error {
	return s.change(ctx, "let people in", connection, func(t *tx) error {
		for _, key := range keys {
			if err := t.erase("DELETE FROM suppressed WHERE conn = ? AND key = ?", t.conn, key); err != nil {
				return err
			}
		}
		return nil
	})
}

// Strip implements worker.Apart.
func (s *Store) Strip(ctx context.Context, connection string, people []worker.Snapshot) error {
	return s.change(ctx, "strip people", connection, func(t *tx) error {
		for i := range people {
			if err := t.strip(&people[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *tx) strip(p *worker.Snapshot) error {
	if err := t.markMoved([]worker.Snapshot{*p}); err != nil {
		return err
	}
	there, err := t.exec("UPDATE people SET hash = ?, identity = ?, company = ?, owner = ?, fields = ?, memory = ? WHERE conn = ? AND id = ?",
		int64(p.Hash), p.Identity, p.Company, p.Owner, encoding.AppendFields(nil, p.Fields), p.Memory, t.conn, p.ID)
	if err != nil || there == 0 {
		return err
	}
	if err := t.markErased(); err != nil {
		return err
	}
	if err := t.unlink(people(), p.ID); err != nil {
		return err
	}
	for _, table := range []string{"ledger", "overrides", "standings", "alerts"} {
		if err := t.erase("DELETE FROM "+table+" WHERE conn = ? AND id = ?", t.conn, p.ID); err != nil {
			return err
		}
	}
	return nil
}

// Traces implements worker.Apart. Activity is searched in full, not by the links: they are what is to be proven right.
func (s *Store) Traces(ctx context.Context, of worker.Population, id string) (map[string]int, error) {
	found := map[string]int{}
	err := s.lookOf(ctx, "look for traces", of, func(r *reader, n *tables) error {
		for _, place := range []struct{ name, table string }{
			{worker.TraceRecord, n.records}, {worker.TraceInputs, n.subjects}, {worker.TracePending, n.pending},
			{worker.TraceLedger, n.ledger}, {worker.TraceMark, n.dirty}, {worker.TraceOverride, n.override},
		} {
			var rows int
			if _, err := r.one("SELECT count(*) FROM "+place.table+" WHERE conn = ? AND id = ?", []any{r.conn, id}, &rows); err != nil {
				return err
			}
			if rows > 0 {
				found[place.name] = rows
			}
		}
		if n.object == crm.People {
			var rows int
			if _, err := r.one("SELECT (SELECT count(*) FROM standings WHERE conn = ?1 AND id = ?2) + (SELECT count(*) FROM alerts WHERE conn = ?1 AND id = ?2)", []any{r.conn, id}, &rows); err != nil {
				return err
			}
			if rows > 0 {
				found[worker.TraceAlert] = rows
			}
		}
		named := map[string]bool{}
		err := r.each("SELECT source, id, body FROM activities WHERE conn = ? AND instr(body, CAST(? AS BLOB)) > 0", []any{r.conn, id}, func(rows *sql.Rows) error {
			var source, activity string
			var body sql.RawBytes
			var a crm.Activity
			if err := rows.Scan(&source, &activity, &body); err != nil {
				return err
			}
			if err := encoding.Activity(body, &a); err != nil {
				return err
			}
			if slices.Contains(a.Links[n.object], id) {
				named[source+" "+activity] = true
			}
			return nil
		})
		if err != nil {
			return err
		}
		err = r.each("SELECT source, activity FROM "+n.links+" WHERE conn = ? AND "+n.linked+" = ?", []any{r.conn, id}, func(rows *sql.Rows) error {
			var source, activity string
			err := rows.Scan(&source, &activity)
			named[source+" "+activity] = true
			return err
		})
		if len(named) > 0 {
			found[worker.TraceActivity] = len(named)
		}
		return err
	})
	return found, err
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
	return s.changeOf(ctx, "save an override", of, func(t *tx, n *tables) error {
		there := 0
		if err := t.each("SELECT 1 FROM "+n.records+" WHERE conn = ? AND id = ?", []any{t.conn, o.ID}, func(rows *sql.Rows) error { return rows.Scan(&there) }); err != nil {
			return err
		}
		if there == 0 {
			return fmt.Errorf("%s %s: %w", n.one, o.ID, crm.ErrNotFound)
		}
		if err := t.erase("DELETE FROM "+n.override+" WHERE conn = ? AND id = ?", t.conn, o.ID); err != nil {
			return err
		}
		if o.Kind != "" {
			if _, err := t.exec("INSERT INTO "+n.override+" (conn, id, body) VALUES (?, ?, ?)", t.conn, o.ID, body); err != nil {
				return err
			}
		}
		if _, err := t.exec("INSERT INTO "+n.ledger+" (conn, id, at, run, entry) VALUES (?, ?, ?, ?, ?)", t.conn, o.ID, encoding.Time(entry.At), entry.Run, line); err != nil {
			return err
		}
		_, err := t.exec("INSERT INTO "+n.dirty+" (conn, id) VALUES (?, ?) ON CONFLICT DO NOTHING", t.conn, o.ID)
		return err
	})
}

// Overrides implements worker.Apart.
func (s *Store) Overrides(ctx context.Context, of worker.Population) (all []worker.Override, err error) {
	err = s.lookOf(ctx, "read overrides", of, func(r *reader, n *tables) error {
		return r.each("SELECT body FROM "+n.override+" WHERE conn = ? ORDER BY id", []any{r.conn}, func(rows *sql.Rows) error {
			var body sql.RawBytes
			var o worker.Override
			if err := rows.Scan(&body); err != nil {
				return err
			}
			if err := json.Unmarshal(body, &o); err != nil {
				return encoding.ErrEncoding
			}
			all = append(all, o)
			return nil
		})
	})
	return all, err
}
