package worker

import (
	"context"
	"time"
)

// Retention is how long a store keeps what only looks back.
type Retention struct {
	Runs   time.Duration // since a run began, or an alert was done with; 0: for ever
	Ledger time.Duration // since an entry was written; 0: for ever
	Last   int           // so many runs of a connection, and entries of a record, stay however old they are
}

// Pruned is what was removed.
type Pruned struct{ Runs, Entries, Alerts int }

// before is the moment older than which something goes; the zero time when nothing does.
func before(now time.Time, keep time.Duration) time.Time {
	if keep <= 0 {
		return time.Time{}
	}
	return now.Add(-keep)
}

// RunsBefore is the moment before which runs are too old, the zero time when none is.
func (r Retention) RunsBefore(now time.Time) time.Time { return before(now, r.Runs) }

// LedgerBefore is the moment before which ledger entries are too old, the zero time when none is.
func (r Retention) LedgerBefore(now time.Time) time.Time { return before(now, r.Ledger) }

// prune removes old runs and ledger entries, once a day.
func (w *Worker) prune(ctx context.Context) error {
	pruned, err := w.Store.Prune(ctx, w.Connection, w.Retention, w.Now().UTC())
	if err == nil && pruned != (Pruned{}) && w.Log != nil {
		w.Log.WithField("runs", pruned.Runs).WithField("entries", pruned.Entries).WithField("alerts", pruned.Alerts).Info("removed what is older than it is kept")
	}
	return err
}
