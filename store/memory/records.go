package memory

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// Known implements worker.Store. Of activity, named by its source, only the version is known.
func (s *Store) Known(ctx context.Context, connection, object string, ids []string) (map[string]worker.Known, error) {
	known := map[string]worker.Known{}
	err := s.use(ctx, connection, func(c *state) error {
		for _, id := range ids {
			if r, ok := c.records[object][id]; ok {
				known[id] = worker.Known{Hash: r.Hash, Modified: r.Modified, Memory: bytes.Clone(r.Memory)}
			} else if a, ok := c.activities[activityKey{object, id}]; ok {
				known[id] = worker.Known{Modified: a.Modified}
			}
		}
		return nil
	})
	return known, err
}

// SaveRecords implements worker.Store.
func (s *Store) SaveRecords(ctx context.Context, page worker.RecordPage) error {
	return s.use(ctx, page.Connection, func(c *state) error {
		records, ok := c.records[page.Object]
		if !ok {
			return &crm.Error{Kind: crm.ErrInvalid, Op: "save records", Object: page.Object, Message: "only people and companies are kept as records, not " + page.Object}
		}
		for _, p := range page.Changed {
			reload := page.Reload
			if reload == "" {
				reload = records[p.ID].reload
			}
			records[p.ID] = record{cloneSnapshot(p), reload}
			if page.Object == crm.People {
				c.dirty[p.ID] = true
			} else {
				c.dirtyCompany(p.ID)
			}
		}
		for _, v := range page.Touched {
			r, ok := records[v.ID]
			if !ok {
				continue
			}
			r.Modified = v.Modified
			if page.Reload != "" {
				r.reload = page.Reload
			}
			records[v.ID] = r
		}
		if page.Object == crm.People {
			c.inherit(page.Heirs)
		}
		c.forget(page.Object, page.Gone)
		c.cursors[page.Object] = cursor{page.Cursor, page.Shape}
		return nil
	})
}

func (c *state) inherit(heirs map[string]string) {
	for _, person := range slices.Sorted(maps.Keys(heirs)) {
		heir := heirs[person]
		for key, a := range c.activities {
			people := a.Links[crm.People]
			if !slices.Contains(people, person) {
				continue
			}
			rest := slices.DeleteFunc(slices.Clone(people), func(p string) bool { return p == person })
			if !slices.Contains(rest, heir) {
				rest = append(rest, heir)
			}
			a.Links = cloneLinks(a.Links)
			a.Links[crm.People] = rest
			c.activities[key] = a
		}
		c.dirtyStored([]string{heir})
	}
}

func (c *state) dirtyCompany(company string) {
	for id, p := range c.records[crm.People] {
		if p.Company == company {
			c.dirty[id] = true
		}
	}
}

func (c *state) dirtyStored(ids []string) {
	for _, id := range ids {
		if _, ok := c.records[crm.People][id]; ok {
			c.dirty[id] = true
		}
	}
}

// SaveActivities implements worker.Store.
func (s *Store) SaveActivities(ctx context.Context, page worker.ActivityPage) (changed int, err error) {
	err = s.use(ctx, page.Connection, func(c *state) error {
		for _, a := range page.Changed {
			key := activityKey{page.Source, a.ID}
			was, exists := c.activities[key]
			c.activities[key] = cloneActivity(a)
			if exists && equal(was, a) {
				continue
			}
			changed++
			c.dirtyStored(was.Links[crm.People])
			c.dirtyStored(a.Links[crm.People])
		}
		c.cursors[page.Source] = cursor{page.Cursor, page.Shape}
		return nil
	})
	return changed, err
}

// equal compares everything but the version.
func equal(a, b crm.Activity) bool {
	return a.Time.Equal(b.Time) && maps.Equal(a.Fields, b.Fields) &&
		maps.EqualFunc(a.Links, b.Links, func(x, y []string) bool { return slices.Equal(x, y) })
}

// Missing implements worker.Store.
func (s *Store) Missing(ctx context.Context, connection, object, reload string, limit int) (ids []string, err error) {
	err = s.use(ctx, connection, func(c *state) error {
		ids = page(c.records[object], "", limit, func(r record) bool { return r.reload != reload })
		return nil
	})
	return ids, err
}

// Forget implements worker.Store.
func (s *Store) Forget(ctx context.Context, connection, object string, ids []string) error {
	return s.use(ctx, connection, func(c *state) error {
		c.forget(object, ids)
		return nil
	})
}

func (c *state) forget(object string, ids []string) {
	for _, id := range ids {
		switch object {
		case crm.People:
			c.forgetPerson(id)
		case crm.Companies:
			if _, ok := c.records[object][id]; ok {
				delete(c.records[object], id)
				c.dirtyCompany(id)
			}
		default:
			key := activityKey{object, id}
			c.dirtyStored(c.activities[key].Links[crm.People])
			delete(c.activities, key)
		}
	}
}

func (c *state) forgetPerson(id string) {
	delete(c.records[crm.People], id)
	delete(c.dirty, id)
	delete(c.subjects, id)
	delete(c.pending, id)
	delete(c.ledger, id)
	delete(c.overrides, id)
	c.unlink(id)
}

// unlink takes a person out of all activity; what concerned nobody else goes.
func (c *state) unlink(id string) {
	for key, a := range c.activities {
		people := a.Links[crm.People]
		if !slices.Contains(people, id) {
			continue
		}
		rest := slices.DeleteFunc(slices.Clone(people), func(p string) bool { return p == id })
		if len(rest) == 0 {
			delete(c.activities, key)
			continue
		}
		a.Links = cloneLinks(a.Links)
		a.Links[crm.People] = rest
		c.activities[key] = a
	}
}

// Find implements worker.Store.
func (s *Store) Find(ctx context.Context, connection, identity string) (ids []string, err error) {
	err = s.use(ctx, connection, func(c *state) error {
		people := c.records[crm.People]
		ids = page(people, "", len(people), func(r record) bool { return identity != "" && r.Identity == identity })
		return nil
	})
	return ids, err
}

func cloneSnapshot(p worker.Snapshot) worker.Snapshot {
	p.Fields, p.Memory = maps.Clone(p.Fields), bytes.Clone(p.Memory)
	return p
}

func cloneActivity(a crm.Activity) crm.Activity {
	a.Fields, a.Links = maps.Clone(a.Fields), cloneLinks(a.Links)
	return a
}
