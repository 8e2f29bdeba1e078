package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"maps"
	"slices"

	"github.com/bareme/bareme/crm"
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
		concerned := map[string]bool{}
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
		if err := t.markDirty("id", slices.Sorted(maps.Keys(concerned))); err != nil {
			return err
		}
		return t.saveCursor(page.Source, page.Cursor, page.Shape)
	})
	if err != nil {
		return 0, err
	}
	return changed, nil
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
func (t *tx) saveActivity(source string, a *crm.Activity, stored map[string]storedActivity, concerned map[string]bool) (bool, error) {
	now := storedActivity{modified: encodeTime(a.Modified), body: appendActivity(nil, a)}
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
		if err := decodeActivity(was.body, &before); err != nil {
			return false, err
		}
	}
	return true, t.relink(source, a.ID, before.Links[crm.People], a.Links[crm.People], concerned)
}

// relink replaces the links of an activity and adds the people of both lists to concerned.
func (t *tx) relink(source, id string, before, after []string, concerned map[string]bool) error {
	for _, person := range before {
		concerned[person] = true
		if slices.Contains(after, person) {
			continue
		}
		if _, err := t.exec("DELETE FROM links WHERE conn = ? AND person = ? AND source = ? AND activity = ?", t.conn, person, source, id); err != nil {
			return err
		}
	}
	for _, person := range after {
		concerned[person] = true
		if slices.Contains(before, person) {
			continue
		}
		if _, err := t.exec("INSERT INTO links (conn, person, source, activity) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", t.conn, person, source, id); err != nil {
			return err
		}
	}
	return nil
}
