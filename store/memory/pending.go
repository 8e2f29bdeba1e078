package memory

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// Pending implements worker.Store. Updates marked sent are among them.
func (s *Store) Pending(ctx context.Context, connection, after string, limit int, now time.Time) ([]worker.Pending, error) {
	return s.list(ctx, connection, after, limit, func(p pending) bool { return p.aside == 0 || !p.rejection.RetryAt.After(now) })
}

// InDoubt implements worker.Store.
func (s *Store) InDoubt(ctx context.Context, connection string, limit int) ([]worker.Pending, error) {
	return s.list(ctx, connection, "", limit, func(p pending) bool { return p.Sent != "" })
}

func (s *Store) list(ctx context.Context, connection, after string, limit int, fits func(pending) bool) (out []worker.Pending, err error) {
	err = s.use(ctx, connection, func(c *state) error {
		for _, id := range page(c.pending, after, limit, fits) {
			p := c.pending[id]
			out = append(out, clonePending(p.Pending, p.Tries))
		}
		return nil
	})
	return out, err
}

// MarkSent implements worker.Store.
func (s *Store) MarkSent(ctx context.Context, connection, run string, ids []string) error {
	return s.use(ctx, connection, func(c *state) error {
		for _, id := range ids {
			if p, ok := c.pending[id]; ok {
				p.Sent = run
				c.pending[id] = p
			}
		}
		return nil
	})
}

// MarkUnsent implements worker.Store.
func (s *Store) MarkUnsent(ctx context.Context, connection string, ids []string) error {
	return s.MarkSent(ctx, connection, "", ids)
}

// Settle implements worker.Store. What does not wait any more was settled before: it is left out.
func (s *Store) Settle(ctx context.Context, connection string, settled []worker.Settled) error {
	for _, o := range settled {
		if o.Status < crm.Written || o.Status > crm.Merged {
			return fmt.Errorf("update of %s has an unknown outcome %d", o.ID, int(o.Status))
		}
	}
	return s.use(ctx, connection, func(c *state) error {
		for _, o := range settled {
			p, waits := c.pending[o.ID]
			switch {
			case o.Status == crm.Gone || o.Status == crm.Merged:
				c.forgetPerson(o.ID)
			case !waits:
			case o.Status == crm.Rejected:
				c.reject(p, o)
			default:
				c.acknowledge(p, o)
			}
		}
		return nil
	})
}

func (c *state) reject(p pending, o worker.Settled) {
	c.asides++
	p.aside, p.Sent = c.asides, ""
	p.Tries++
	p.rejection = worker.Rejection{ID: o.ID, Reason: o.Reason, At: o.At, RetryAt: o.RetryAt, Tries: p.Tries}
	c.pending[o.ID] = p
	subject := c.subjects[o.ID]
	subject.SetAside = true
	c.subjects[o.ID] = subject
}

func (c *state) acknowledge(p pending, o worker.Settled) {
	subject := c.subjects[o.ID]
	shown := maps.Clone(subject.Shown)
	if shown == nil {
		shown = crm.Fields{}
	}
	for name, value := range p.Fields {
		if value == "" {
			delete(shown, name)
		} else {
			shown[name] = value
		}
	}
	subject.Shown, subject.SetAside = shown, false
	c.subjects[o.ID] = subject
	entry := p.Entry
	entry.At = o.At
	entry.Run = cmp.Or(entry.Run, p.Sent)
	c.ledger[o.ID] = append(c.ledger[o.ID], entry)
	delete(c.pending, o.ID)
}

// SetAside implements worker.Store. Latest first is the order in which they were set aside, whatever the clock said.
func (s *Store) SetAside(ctx context.Context, connection string, limit int) (out []worker.Rejection, err error) {
	err = s.use(ctx, connection, func(c *state) error {
		waiting := slices.Collect(maps.Values(c.pending))
		waiting = slices.DeleteFunc(waiting, func(p pending) bool { return p.aside == 0 })
		slices.SortFunc(waiting, func(a, b pending) int { return cmp.Compare(b.aside, a.aside) })
		for _, p := range waiting[:atMost(limit, len(waiting))] {
			p.rejection.Tries = p.Tries
			out = append(out, p.rejection)
		}
		return nil
	})
	return out, err
}

// Ledger implements worker.Store. Latest first is the order of writing, whatever the clock said. An entry that names no
// run has the one that sent it.
func (s *Store) Ledger(ctx context.Context, connection, id string, limit int) (entries []worker.Entry, err error) {
	err = s.use(ctx, connection, func(c *state) error {
		entries = latest(c.ledger[id], limit)
		for i := range entries {
			entries[i].Reasons = slices.Clone(entries[i].Reasons)
		}
		return nil
	})
	return entries, err
}

func clonePending(p worker.Pending, tries int) worker.Pending {
	p.Fields, p.Entry.Reasons, p.Tries = maps.Clone(p.Fields), slices.Clone(p.Entry.Reasons), tries
	return p
}
