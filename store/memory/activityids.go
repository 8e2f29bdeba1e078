package memory

import (
	"context"
	"slices"
)

// ActivityIDs implements worker.Store.
func (s *Store) ActivityIDs(ctx context.Context, connection, source, after string, limit int) (ids []string, err error) {
	err = s.use(ctx, connection, func(c *state) error {
		for key := range c.activities {
			if key.source == source && key.id > after {
				ids = append(ids, key.id)
			}
		}
		slices.Sort(ids)
		ids = ids[:min(len(ids), max(limit, 0))]
		return nil
	})
	return ids, err
}
