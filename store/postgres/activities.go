package postgres

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

// SaveActivities implements worker.Store. Activity that differs from what is stored in its version alone is stored, but
// counts as equal: nothing a score depends on has changed.
func (s *Store) SaveActivities(ctx context.Context, page worker.ActivityPage) (changed int, err error) {
	err = s.change(ctx, "save "+page.Source, page.Connection, inputs, func(t *tx) error {
		ids := make([]string, len(page.Changed))
		for i := range page.Changed {
			ids[i] = page.Changed[i].ID
		}
		stored, err := t.stored(page.Source, ids)
		if err != nil {
			return err
		}
		c := newConcerned()
		if changed, err = t.saveActivities(page.Source, page.Changed, stored, c); err != nil {
			return err
		}
		if err := t.markConcerned(c); err != nil {
			return err
		}
		return t.saveCursor(page.Source, page.Cursor, page.Shape)
	})
	if err != nil {
		return 0, err
	}
	return changed, nil
}

// storedActivity is an activity as it is in the table.
type storedActivity struct {
	modified int64
	body     []byte
}

// concerned are the records some activity is about, by object.
type concerned map[int16]map[string]bool

func newConcerned() concerned { return concerned{people: {}, companies: {}} }

func (c concerned) add(links map[string][]string) {
	for object, ids := range c {
		for _, id := range links[objectName(object)] {
			ids[id] = true
		}
	}
}

func (t *tx) markConcerned(c concerned) error {
	for _, object := range []int16{people, companies} {
		if err := t.markDirty(object, slices.Sorted(maps.Keys(c[object]))); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) stored(source string, ids []string) (map[string]storedActivity, error) {
	stored := make(map[string]storedActivity, len(ids))
	err := t.each("SELECT id, modified, body FROM activities WHERE conn = $1 AND source = $2 AND id = ANY($3)", []any{t.conn, source, ids}, func(rows pgx.Rows) error {
		var id string
		var a storedActivity
		if err := rows.Scan(&id, &a.modified, &a.body); err != nil {
			return err
		}
		stored[id] = a
		return nil
	})
	return stored, err
}

// saveActivities stores a page, adds whom it concerns or concerned, and counts what differed; an activity may come twice.
func (t *tx) saveActivities(source string, page []crm.Activity, stored map[string]storedActivity, c concerned) (changed int, err error) {
	now := make(map[string]storedActivity, len(page))
	var was, is links
	for i := range page {
		a := &page[i]
		next := storedActivity{modified: encoding.Time(a.Modified), body: encoding.AppendActivity(nil, a)}
		before, exists := stored[a.ID]
		if later, again := now[a.ID]; again {
			before, exists = later, true
		}
		now[a.ID] = next
		if exists && bytes.Equal(before.body, next.body) {
			continue
		}
		changed++
		var old crm.Activity
		if exists {
			if err := encoding.Activity(before.body, &old); err != nil {
				return 0, err
			}
		}
		c.add(old.Links)
		c.add(a.Links)
	}
	for id, next := range now {
		if before, exists := stored[id]; exists && before.modified == next.modified && bytes.Equal(before.body, next.body) {
			delete(now, id)
			continue
		}
		if err := was.read(source, id, stored[id].body); err != nil {
			return 0, err
		}
		if err := is.read(source, id, next.body); err != nil {
			return 0, err
		}
	}
	if err := t.saveBodies(source, now); err != nil {
		return 0, err
	}
	return changed, t.relink(was, is)
}

func (t *tx) saveBodies(source string, now map[string]storedActivity) error {
	if len(now) == 0 {
		return nil
	}
	ids := slices.Sorted(maps.Keys(now))
	modified, bodies := make([]int64, len(ids)), make([][]byte, len(ids))
	for i, id := range ids {
		modified[i], bodies[i] = now[id].modified, now[id].body
	}
	_, err := t.exec(`INSERT INTO activities (conn, source, id, modified, body)
		SELECT $1, $2, u.* FROM unnest($3::text[], $4::bigint[], $5::bytea[]) u
		ON CONFLICT (conn, source, id) DO UPDATE SET modified = excluded.modified, body = excluded.body`, t.conn, source, ids, modified, bodies)
	return err
}

// links are rows of the table of that name, by columns.
type links struct {
	objects                  []int16
	records, sources, events []string
}

func (l *links) add(object int16, record, source, event string) {
	l.objects, l.records, l.sources, l.events = append(l.objects, object), append(l.records, record), append(l.sources, source), append(l.events, event)
}

// read adds the links in the body of an activity; no body has none.
func (l *links) read(source, id string, body []byte) error {
	if body == nil {
		return nil
	}
	var a crm.Activity
	if err := encoding.Activity(body, &a); err != nil {
		return err
	}
	for _, object := range []int16{people, companies} {
		for _, record := range a.Links[objectName(object)] {
			l.add(object, record, source, id)
		}
	}
	return nil
}

// relink replaces links.
func (t *tx) relink(was, is links) error {
	const rows = "unnest($2::smallint[], $3::text[], $4::text[], $5::text[]) u (object, id, source, activity)"
	if len(was.records) > 0 {
		if _, err := t.exec("DELETE FROM links l USING "+rows+` WHERE l.conn = $1 AND l.object = u.object AND l.id = u.id
			AND l.source = u.source AND l.activity = u.activity`, t.conn, was.objects, was.records, was.sources, was.events); err != nil {
			return err
		}
	}
	if len(is.records) == 0 {
		return nil
	}
	_, err := t.exec("INSERT INTO links (conn, object, id, source, activity) SELECT $1, u.* FROM "+rows+" ON CONFLICT DO NOTHING",
		t.conn, is.objects, is.records, is.sources, is.events)
	return err
}
