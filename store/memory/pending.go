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
func (s *Store) Pending(ctx context.Context, of worker.Population, after string, limit int, now time.Time) ([]worker.Pending, error) {
	return s.list(ctx, of, after, limit, func(p pending) bool { return p.aside == 0 || !p.rejection.RetryAt.After(now) })
}

// InDoubt implements worker.Store.
func (s *Store) InDoubt(ctx context.Context, of worker.Population, limit int) ([]worker.Pending, error) {
	return s.list(ctx, of, "", limit, func(p pending) bool { return p.Sent != "" })
}

func (s *Store) list(ctx context.Context, of worker.Population, after string, limit int, fits func(pending) bool) (out []worker.Pending, err error) {
	err = s.useOf(ctx, of, func(_ *state, p *population) error {
		for _, id := range page(p.pending, after, limit, fits) {
			u := p.pending[id]
			out = append(out, clonePending(u.Pending, u.Tries))
		}
		return nil
	})
	return out, err
}

// MarkSent implements worker.Store.
func (s *Store) MarkSent(ctx context.Context, of worker.Population, run string, ids []string) error {
	return s.useOf(ctx, of, func(_ *state, p *population) error {
		for _, id := range ids {
			if u, ok := p.pending[id]; ok {
				u.Sent = run
				p.pending[id] = u
			}
		}
		return nil
	})
}

// MarkUnsent implements worker.Store.
func (s *Store) MarkUnsent(ctx context.Context, of worker.Population, ids []string) error {
	return s.MarkSent(ctx, of, "", ids)
}

// Settle implements worker.Store. What does not wait any more was settled before: it is left out.
func (s *Store) Settle(ctx context.Context, of worker.Population, settled []worker.Settled) error {
	for _, o := range settled {
		if o.Status < crm.Written || o.Status > crm.Merged {
			return fmt.Errorf("update of %s has an unknown outcome %d", o.ID, int(o.Status))
		}
	}
	return s.useOf(ctx, of, func(c *state, p *population) error {
		for _, o := range settled {
			u, waits := p.pending[o.ID]
			switch {
			case o.Status == crm.Gone || o.Status == crm.Merged:
				c.forgetRecord(of.Object, o.ID)
			case !waits:
			case o.Status == crm.Rejected:
				p.reject(u, o)
			default:
				if of.Object != crm.People {
					o.Raised = nil
				}
				p.acknowledge(u, o)
			}
		}
		return nil
	})
}

func (of *population) reject(p pending, o worker.Settled) {
	of.asides++
	p.aside, p.Sent = of.asides, ""
	p.Tries++
	p.rejection = worker.Rejection{ID: o.ID, Reason: o.Reason, At: o.At, RetryAt: o.RetryAt, Tries: p.Tries}
	of.pending[o.ID] = p
	subject := of.subjects[o.ID]
	subject.SetAside = true
	of.subjects[o.ID] = subject
}

func (of *population) acknowledge(p pending, o worker.Settled) {
	subject := of.subjects[o.ID]
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
	of.subjects[o.ID] = subject
	entry := p.Entry
	entry.At = o.At
	entry.Run = cmp.Or(entry.Run, p.Sent)
	of.ledger[o.ID] = append(of.ledger[o.ID], entry)
	delete(of.pending, o.ID)
	of.raise(o)
}

// SetAside implements worker.Store. Latest first is the order in which they were set aside, whatever the clock said.
func (s *Store) SetAside(ctx context.Context, of worker.Population, limit int) (out []worker.Rejection, err error) {
	err = s.useOf(ctx, of, func(_ *state, p *population) error {
		waiting := slices.Collect(maps.Values(p.pending))
		waiting = slices.DeleteFunc(waiting, func(u pending) bool { return u.aside == 0 })
		slices.SortFunc(waiting, func(a, b pending) int { return cmp.Compare(b.aside, a.aside) })
		for _, u := range waiting[:atMost(limit, len(waiting))] {
			u.rejection.Tries = u.Tries
			out = append(out, u.rejection)
		}
		return nil
	})
	return out, err
}

// Ledger implements worker.Store. Latest first is the order of writing, whatever the clock said. An entry that names no
// run has the one that sent it.
func (s *Store) Ledger(ctx context.Context, of worker.Population, id string, limit int) (entries []worker.Entry, err error) {
	err = s.useOf(ctx, of, func(_ *state, p *population) error {
		entries = latest(p.ledger[id], limit)
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
