package sqlite

import (
	"context"
	"database/sql"
	"maps"
	"slices"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/internal/encoding"
)

// Forget implements worker.Store. An activity that concerned nobody but the people forgotten goes with them; others lose
// the link. The bytes leave the file at once but for copies SQLite made in passing; those go when a finished run is saved
// or the store is closed.
func (s *Store) Forget(ctx context.Context, connection, object string, ids []string) error {
	return s.change(ctx, "forget "+object, connection, func(t *tx) error {
		return t.forget(object, ids)
	})
}

func (t *tx) forget(object string, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	n, err := tablesOf(object)
	if err != nil {
		return t.forgetActivities(object, ids)
	}
	return t.forgetRecords(n, ids)
}

// forgetRecords relies on the foreign keys: mark, subject, pending update, ledger and override go with the record.
func (t *tx) forgetRecords(n *tables, ids []string) error {
	if n.object == crm.People {
		employers, err := t.employers(ids)
		if err != nil {
			return err
		}
		if err := t.markDirty(companies(), "id", slices.Sorted(maps.Values(employers))); err != nil {
			return err
		}
	}
	for _, id := range ids {
		if err := t.unlink(n, id); err != nil {
			return err
		}
		if n.object == crm.People { // a company may go by the same id
			if _, err := t.exec("DELETE FROM heirs WHERE conn = ? AND id = ?", t.conn, id); err != nil {
				return err
			}
		}
		gone, err := t.exec("DELETE FROM "+n.records+" WHERE conn = ? AND id = ?", t.conn, id)
		if err != nil {
			return err
		}
		if gone == 0 {
			continue // nobody loses anything
		}
		if err := t.markErased(); err != nil {
			return err
		}
		if n.object == crm.Companies {
			if err := t.markDirty(people(), "company", []string{id}); err != nil {
				return err
			}
		}
	}
	return nil
}

// erase runs a statement that removes something for good; when it did, the file is to be scrubbed.
func (t *tx) erase(query string, args ...any) error {
	gone, err := t.exec(query, args...)
	if err != nil || gone == 0 {
		return err
	}
	return t.markErased()
}

// unlink takes a record out of all activity.
func (t *tx) unlink(n *tables, id string) error { return t.handOver(n, id, "") }

// handOver puts an heir in a record's place in all activity; without an heir the place stays empty.
func (t *tx) handOver(n *tables, gone, heir string) error {
	type key struct{ source, id string }
	var linked []key
	var bodies [][]byte
	// All rows first: the connection is busy while a query runs.
	err := t.each("SELECT l.source, l.activity, a.body FROM "+n.links+` l CROSS JOIN activities a
		ON a.conn = l.conn AND a.source = l.source AND a.id = l.activity WHERE l.conn = ? AND l.`+n.linked+` = ?`,
		[]any{t.conn, gone}, func(rows *sql.Rows) error {
			var k key
			var body []byte
			if err := rows.Scan(&k.source, &k.id, &body); err != nil {
				return err
			}
			linked, bodies = append(linked, k), append(bodies, body)
			return nil
		})
	if err != nil {
		return err
	}
	for i, k := range linked {
		var a crm.Activity
		if err := encoding.Activity(bodies[i], &a); err != nil {
			return err
		}
		rest := slices.DeleteFunc(a.Links[n.object], func(id string) bool { return id == gone })
		if heir != "" {
			if !slices.Contains(rest, heir) {
				rest = append(rest, heir)
			}
			if _, err := t.exec("INSERT INTO "+n.links+" (conn, "+n.linked+", source, activity) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", t.conn, heir, k.source, k.id); err != nil {
				return err
			}
		}
		a.Links[n.object] = rest
		if len(a.Links[crm.People])+len(a.Links[crm.Companies]) == 0 {
			err = t.erase("DELETE FROM activities WHERE conn = ? AND source = ? AND id = ?", t.conn, k.source, k.id)
		} else {
			err = t.erase("UPDATE activities SET body = ? WHERE conn = ? AND source = ? AND id = ?", encoding.AppendActivity(nil, &a), t.conn, k.source, k.id)
		}
		if err != nil {
			return err
		}
	}
	return t.erase("DELETE FROM "+n.links+" WHERE conn = ? AND "+n.linked+" = ?", t.conn, gone)
}

func (t *tx) forgetActivities(source string, ids []string) error {
	stored, err := t.storedByID(source, ids)
	if err != nil {
		return err
	}
	who := concerned{}
	for id, was := range stored {
		var a crm.Activity
		if err := encoding.Activity(was.body, &a); err != nil {
			return err
		}
		if err := t.relinkAll(source, id, a.Links, nil, who); err != nil {
			return err
		}
		if err := t.erase("DELETE FROM activities WHERE conn = ? AND source = ? AND id = ?", t.conn, source, id); err != nil {
			return err
		}
	}
	return t.markConcerned(who)
}
