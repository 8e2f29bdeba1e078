package memory

import (
	"context"
	"slices"
	"time"

	"github.com/bareme/bareme/worker"
)

// Prune implements worker.Store.
func (s *Store) Prune(ctx context.Context, connection string, keep worker.Retention, now time.Time) (done worker.Pruned, err error) {
	err = s.use(ctx, connection, func(c *state) error {
		c.runs, done.Runs = pruned(c.runs, keep.Last, keep.RunsBefore(now), func(r worker.Run) time.Time { return r.Started })
		if old := keep.RunsBefore(now); !old.IsZero() {
			done.Alerts = c.people().pruneAlerts(old)
		}
		for _, p := range c.populations {
			for id, entries := range p.ledger {
				rest, n := pruned(entries, keep.Last, keep.LedgerBefore(now), func(e worker.Entry) time.Time { return e.At })
				p.ledger[id] = rest
				done.Entries += n
			}
		}
		return nil
	})
	return done, err
}

// pruned leaves out what is older than a moment, but for the last few.
func pruned[T any](list []T, last int, old time.Time, at func(T) time.Time) ([]T, int) {
	before := max(len(list)-max(last, 0), 0)
	rest := slices.DeleteFunc(slices.Clone(list[:before]), func(one T) bool { return at(one).Before(old) })
	return append(rest, list[before:]...), before - len(rest)
}
