package memory

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// Suppress implements worker.Apart.
func (s *Store) Suppress(ctx context.Context, connection string, keys []string, at time.Time) error {
	return s.use(ctx, connection, func(c *state) error {
		for _, key := range keys {
			if _, there := c.suppressed[key]; !there {
				c.suppressed[key] = at.UTC()
			}
		}
		return nil
	})
}

// Suppressed implements worker.Apart.
func (s *Store) Suppressed(ctx context.Context, connection string, keys []string) (map[string]time.Time, error) {
	found := map[string]time.Time{}
	err := s.use(ctx, connection, func(c *state) error {
		for _, key := range keys {
			if at, there := c.suppressed[key]; there {
				found[key] = at
			}
		}
		return nil
	})
	return found, err
}

// Readmit implements worker.Apart.
func (s *Store) Readmit(ctx context.Context, connection string, keys []string) error {
	return s.use(ctx, connection, func(c *state) error {
		for _, key := range keys {
			delete(c.suppressed, key)
		}
		return nil
	})
}

// Strip implements worker.Apart.
func (s *Store) Strip(ctx context.Context, connection string, people []worker.Snapshot) error {
	return s.use(ctx, connection, func(c *state) error {
		for _, p := range people {
			was, there := c.people().records[p.ID]
			if !there {
				continue
			}
			p.Modified, p.Links = was.Modified, was.Links
			c.people().records[p.ID] = record{cloneSnapshot(p), was.reload}
			c.moved(p.ID, was.Company, p.Company)
			c.unlink(crm.People, p.ID)
			delete(c.people().ledger, p.ID)
			delete(c.people().overrides, p.ID)
			c.people().forgetAlerts(p.ID)
		}
		return nil
	})
}

// Traces implements worker.Apart.
func (s *Store) Traces(ctx context.Context, of worker.Population, id string) (map[string]int, error) {
	found := map[string]int{}
	err := s.useOf(ctx, of, func(c *state, p *population) error {
		count := func(name string, there bool) {
			if there {
				found[name]++
			}
		}
		_, record := p.records[id]
		_, mapped := p.subjects[id]
		_, waits := p.pending[id]
		_, byHand := p.overrides[id]
		count(worker.TraceRecord, record)
		count(worker.TraceInputs, mapped)
		count(worker.TracePending, waits)
		count(worker.TraceMark, p.dirty[id])
		count(worker.TraceOverride, byHand)
		_, stands := p.standings[id]
		count(worker.TraceAlert, stands)
		for _, a := range p.alerts {
			count(worker.TraceAlert, a.Person == id)
		}
		for range p.ledger[id] {
			count(worker.TraceLedger, true)
		}
		for _, a := range c.activities {
			count(worker.TraceActivity, slices.Contains(a.Links[of.Object], id))
		}
		return nil
	})
	return found, err
}

// SaveOverride implements worker.Apart.
func (s *Store) SaveOverride(ctx context.Context, of worker.Population, o worker.Override, entry worker.Entry) error {
	return s.useOf(ctx, of, func(_ *state, p *population) error {
		if _, there := p.records[o.ID]; !there {
			return fmt.Errorf("%s %s: %w", of.Object, o.ID, crm.ErrNotFound)
		}
		delete(p.overrides, o.ID)
		if o.Kind != "" {
			p.overrides[o.ID] = o
		}
		entry.Reasons = slices.Clone(entry.Reasons)
		p.ledger[o.ID] = append(p.ledger[o.ID], entry)
		p.dirty[o.ID] = true
		return nil
	})
}

// Overrides implements worker.Apart.
func (s *Store) Overrides(ctx context.Context, of worker.Population) (all []worker.Override, err error) {
	err = s.useOf(ctx, of, func(_ *state, p *population) error {
		for _, id := range slices.Sorted(maps.Keys(p.overrides)) {
			all = append(all, p.overrides[id])
		}
		return nil
	})
	return all, err
}
