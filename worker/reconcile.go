package worker

import (
	"context"
	"fmt"

	"github.com/bareme/bareme/crm"
)

// reconcileBatch is how many ids a CRM is asked about at a time.
const reconcileBatch = 2000

// reconcile forgets the activity of a source that left the CRM without a trace. It asks about everything that is stored,
// so it goes with a full reading only; people and companies are reconciled by what the reading did not meet.
func (w *Worker) reconcile(ctx context.Context, source string) error {
	asker, ok := w.CRM.(crm.Reconciler)
	if !ok {
		return nil
	}
	after := ""
	for {
		ids, err := w.Store.ActivityIDs(ctx, w.Connection, source, after, reconcileBatch)
		if err != nil || len(ids) == 0 {
			return err
		}
		after = ids[len(ids)-1]
		gone, err := asker.Missing(ctx, source, ids)
		if err != nil {
			return fmt.Errorf("look for vanished %s: %w", source, err)
		}
		if len(gone) == 0 {
			continue
		}
		if err := w.Store.Forget(ctx, w.Connection, source, gone); err != nil {
			return err
		}
	}
}
