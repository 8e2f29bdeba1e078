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

// apart is what is kept of people who are treated apart.
type apart struct {
	suppressed map[string]time.Time
	overrides  map[string]worker.Override
}

// Suppress implements worker.Apart.
func (s *Store) Suppress(ctx context.Context, connection string, keys []string, at time.Time) error {
	return s.use(ctx, connection, func(c *state) error {
		if c.suppressed == nil {
			c.suppressed = map[string]time.Time{}
		}
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
			was, there := c.records[crm.People][p.ID]
			if !there {
				continue
			}
			p.Modified = was.Modified
			c.records[crm.People][p.ID] = record{cloneSnapshot(p), was.reload}
			c.unlink(p.ID)
			delete(c.ledger, p.ID)
			delete(c.overrides, p.ID)
		}
		return nil
	})
}

// Traces implements worker.Apart.
func (s *Store) Traces(ctx context.Context, connection, id string) (map[string]int, error) {
	found := map[string]int{}
	err := s.use(ctx, connection, func(c *state) error {
		count := func(name string, there bool) {
			if there {
				found[name]++
			}
		}
		_, record := c.records[crm.People][id]
		_, mapped := c.subjects[id]
		_, waits := c.pending[id]
		_, byHand := c.overrides[id]
		count(worker.TraceRecord, record)
		count(worker.TraceInputs, mapped)
		count(worker.TracePending, waits)
		count(worker.TraceMark, c.dirty[id])
		count(worker.TraceOverride, byHand)
		for range c.ledger[id] {
			count(worker.TraceLedger, true)
		}
		for _, a := range c.activities {
			count(worker.TraceActivity, slices.Contains(a.Links[crm.People], id))
		}
		return nil
	})
	return found, err
}

// SaveOverride implements worker.Apart.
func (s *Store) SaveOverride(ctx context.Context, connection string, o worker.Override, entry worker.Entry) error {
	return s.use(ctx, connection, func(c *state) error {
		if _, there := c.records[crm.People][o.ID]; !there {
			return fmt.Errorf("person %s: %w", o.ID, crm.ErrNotFound)
		}
		if c.overrides == nil {
			c.overrides = map[string]worker.Override{}
		}
		delete(c.overrides, o.ID)
		if o.Kind != "" {
			c.overrides[o.ID] = o
		}
		entry.Reasons = slices.Clone(entry.Reasons)
		c.ledger[o.ID] = append(c.ledger[o.ID], entry)
		c.dirty[o.ID] = true
		return nil
	})
}

// Overrides implements worker.Apart.
func (s *Store) Overrides(ctx context.Context, connection string) (all []worker.Override, err error) {
	err = s.use(ctx, connection, func(c *state) error {
		for _, id := range slices.Sorted(maps.Keys(c.overrides)) {
			all = append(all, c.overrides[id])
		}
		return nil
	})
	return all, err
}
