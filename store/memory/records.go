package memory

import (
	"bytes"
	"cmp"
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
			if p := c.populations[object]; p != nil {
				if r, ok := p.records[id]; ok {
					known[id] = worker.Known{Hash: r.Hash, Modified: r.Modified, Memory: bytes.Clone(r.Memory)}
				}
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
		of, err := c.population(page.Object)
		if err != nil {
			return err
		}
		records := of.records
		for _, p := range page.Changed {
			was := records[p.ID]
			records[p.ID] = record{cloneSnapshot(p), cmp.Or(page.Reload, was.reload)}
			of.dirty[p.ID] = true
			if page.Object == crm.Companies {
				c.dirtyPeopleOf(p.ID)
			} else {
				c.moved(p.ID, was.Company, p.Company)
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
		c.inherit(page.Object, page.Heirs)
		c.forget(page.Object, page.Gone)
		c.cursors[page.Object] = cursor{page.Cursor, page.Shape}
		return nil
	})
}

func (c *state) inherit(object string, heirs map[string]string) {
	for _, gone := range slices.Sorted(maps.Keys(heirs)) {
		heir := heirs[gone]
		for key, a := range c.activities {
			linked := a.Links[object]
			if !slices.Contains(linked, gone) {
				continue
			}
			rest := slices.DeleteFunc(slices.Clone(linked), func(id string) bool { return id == gone })
			if !slices.Contains(rest, heir) {
				rest = append(rest, heir)
			}
			a.Links = cloneLinks(a.Links)
			a.Links[object] = rest
			c.activities[key] = a
		}
		c.populations[object].dirtyStored(heir)
	}
}

func (c *state) dirtyPeopleOf(company string) {
	for id, p := range c.people().records {
		if p.Company == company {
			c.people().dirty[id] = true
		}
	}
}

// moved makes dirty the companies between which a person with a share moved.
func (c *state) moved(person, from, to string) {
	if from != to && len(c.people().subjects[person].Share) > 0 {
		c.companies().dirtyStored(from, to)
	}
}

func (p *population) dirtyStored(ids ...string) {
	for _, id := range ids {
		if _, ok := p.records[id]; ok {
			p.dirty[id] = true
		}
	}
}

// dirtyLinked makes dirty whom an activity concerns.
func (c *state) dirtyLinked(a crm.Activity) {
	for object, p := range c.populations {
		p.dirtyStored(a.Links[object]...)
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
			c.dirtyLinked(was)
			c.dirtyLinked(a)
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
		p, err := c.population(object)
		if err != nil {
			return err
		}
		ids = page(p.records, "", limit, func(r record) bool { return r.reload != reload })
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
		if _, ok := c.populations[object]; ok {
			c.forgetRecord(object, id)
			continue
		}
		key := activityKey{object, id}
		c.dirtyLinked(c.activities[key])
		delete(c.activities, key)
	}
}

func (c *state) forgetRecord(object, id string) {
	p := c.populations[object]
	was, stored := p.records[id]
	if object == crm.People {
		c.moved(id, was.Company, "")
	}
	delete(p.records, id)
	delete(p.dirty, id)
	delete(p.subjects, id)
	delete(p.pending, id)
	delete(p.ledger, id)
	delete(p.overrides, id)
	maps.DeleteFunc(p.heirs, func(gone, heir string) bool { return gone == id || heir == id })
	p.forgetAlerts(id)
	c.unlink(object, id)
	if object == crm.Companies && stored {
		c.dirtyPeopleOf(id)
	}
}

// unlink takes a record out of all activity; what concerned nobody else goes.
func (c *state) unlink(object, id string) {
	for key, a := range c.activities {
		if !slices.Contains(a.Links[object], id) {
			continue
		}
		a.Links = cloneLinks(a.Links)
		a.Links[object] = slices.DeleteFunc(a.Links[object], func(x string) bool { return x == id })
		if len(a.Links[crm.People])+len(a.Links[crm.Companies]) == 0 {
			delete(c.activities, key)
		} else {
			c.activities[key] = a
		}
	}
}

// Find implements worker.Store.
func (s *Store) Find(ctx context.Context, connection, identity string) (ids []string, err error) {
	err = s.use(ctx, connection, func(c *state) error {
		people := c.people().records
		ids = page(people, "", len(people), func(r record) bool { return identity != "" && r.Identity == identity })
		return nil
	})
	return ids, err
}

func cloneSnapshot(p worker.Snapshot) worker.Snapshot {
	p.Fields, p.Memory, p.Links = maps.Clone(p.Fields), bytes.Clone(p.Memory), slices.Clone(p.Links)
	return p
}

func cloneActivity(a crm.Activity) crm.Activity {
	a.Fields, a.Links = maps.Clone(a.Fields), cloneLinks(a.Links)
	return a
}
