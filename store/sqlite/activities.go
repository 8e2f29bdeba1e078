package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"maps"
	"slices"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

// SaveActivities implements worker.Store. Activity that differs from what is stored in its version alone is stored, but
// counts as equal: nothing a score depends on has changed.
func (s *Store) SaveActivities(ctx context.Context, page worker.ActivityPage) (changed int, err error) {
	err = s.change(ctx, "save "+page.Source, page.Connection, func(t *tx) error {
		changed = 0
		stored, err := t.stored(page.Source, page.Changed)
		if err != nil {
			return err
		}
		concerned := concerned{}
		for i := range page.Changed {
			a := &page.Changed[i]
			differs, err := t.saveActivity(page.Source, a, stored, concerned)
			if err != nil {
				return err
			}
			if differs {
				changed++
			}
		}
		if err := t.markConcerned(concerned); err != nil {
			return err
		}
		return t.saveCursor(page.Source, page.Cursor, page.Shape)
	})
	if err != nil {
		return 0, err
	}
	return changed, nil
}

// concerned are the records an activity concerns, by object.
type concerned map[string]map[string]bool

func (c concerned) add(object, id string) {
	if c[object] == nil {
		c[object] = map[string]bool{}
	}
	c[object][id] = true
}

func (t *tx) markConcerned(c concerned) error {
	for _, n := range []*tables{people(), companies()} {
		if err := t.markDirty(n, "id", slices.Sorted(maps.Keys(c[n.object]))); err != nil {
			return err
		}
	}
	return nil
}

// storedActivity is an activity as it is in the file.
type storedActivity struct {
	modified int64
	body     []byte
}

func (t *tx) stored(source string, page []crm.Activity) (map[string]storedActivity, error) {
	ids := make([]string, len(page))
	for i := range page {
		ids[i] = page[i].ID
	}
	return t.storedByID(source, ids)
}

func (t *tx) storedByID(source string, ids []string) (map[string]storedActivity, error) {
	stored := make(map[string]storedActivity, len(ids))
	query := "SELECT id, modified, body FROM activities WHERE conn = ? AND source = ? AND id IN " + marks
	err := batches(ids, []any{t.conn, source}, func(args []any) error {
		return t.each(query, args, func(rows *sql.Rows) error {
			var id string
			var a storedActivity
			if err := rows.Scan(&id, &a.modified, &a.body); err != nil {
				return err
			}
			stored[id] = a
			return nil
		})
	})
	return stored, err
}

// saveActivity stores one activity and its links, adds those it concerns or concerned, and tells whether it differed.
// It keeps stored current, for an activity may come twice in a page.
func (t *tx) saveActivity(source string, a *crm.Activity, stored map[string]storedActivity, who concerned) (bool, error) {
	now := storedActivity{modified: encoding.Time(a.Modified), body: encoding.AppendActivity(nil, a)}
	was, exists := stored[a.ID]
	equal := exists && bytes.Equal(was.body, now.body)
	if equal && was.modified == now.modified {
		return false, nil
	}
	stored[a.ID] = now
	if equal {
		_, err := t.exec("UPDATE activities SET modified = ? WHERE conn = ? AND source = ? AND id = ?", now.modified, t.conn, source, a.ID)
		return false, err
	}
	if _, err := t.exec(`INSERT INTO activities (conn, source, id, modified, body) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET modified = excluded.modified, body = excluded.body`, t.conn, source, a.ID, now.modified, now.body); err != nil {
		return false, err
	}
	var before crm.Activity
	if exists {
		if err := encoding.Activity(was.body, &before); err != nil {
			return false, err
		}
	}
	return true, t.relinkAll(source, a.ID, before.Links, a.Links, who)
}

// relinkAll replaces the links of an activity to people and companies, and adds those of before and after to who.
func (t *tx) relinkAll(source, id string, before, after map[string][]string, who concerned) error {
	for _, n := range []*tables{people(), companies()} {
		if err := t.relink(n, source, id, before[n.object], after[n.object], who); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) relink(n *tables, source, id string, before, after []string, who concerned) error {
	for _, record := range before {
		who.add(n.object, record)
		if slices.Contains(after, record) {
			continue
		}
		if _, err := t.exec("DELETE FROM "+n.links+" WHERE conn = ? AND "+n.linked+" = ? AND source = ? AND activity = ?", t.conn, record, source, id); err != nil {
			return err
		}
	}
	for _, record := range after {
		who.add(n.object, record)
		if slices.Contains(before, record) {
			continue
		}
		if _, err := t.exec("INSERT INTO "+n.links+" (conn, "+n.linked+", source, activity) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", t.conn, record, source, id); err != nil {
			return err
		}
	}
	return nil
}
