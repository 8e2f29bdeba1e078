package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/bareme/bareme/worker"
)

// Kin implements worker.Kindred.
func (s *Store) Kin(ctx context.Context, connection string, with, ids []string) (map[string][]worker.Kin, error) {
	found := map[string][]worker.Kin{}
	err := s.use(ctx, connection, func(own *state) error {
		for _, id := range ids {
			p, ok := own.people().records[id]
			if kin := s.kinOf(connection, with, id, p.Snapshot, ok); len(kin) > 0 {
				found[id] = kin
			}
		}
		return nil
	})
	return found, err
}

func (s *Store) kinOf(connection string, with []string, id string, p worker.Snapshot, stored bool) (kin []worker.Kin) {
	add := func(k worker.Kin) {
		if !slices.ContainsFunc(kin, func(has worker.Kin) bool { return has.Connection == k.Connection && has.ID == k.ID }) {
			kin = append(kin, k)
		}
	}
	for _, other := range with {
		c := s.conns[other]
		if c == nil {
			continue
		}
		for _, l := range p.Links {
			if _, there := c.people().records[l.ID]; l.Connection == other && there {
				add(worker.Kin{Connection: other, ID: l.ID, Linked: true})
			}
		}
		for _, q := range c.people().records {
			if slices.Contains(q.Links, worker.Link{Connection: connection, ID: id}) {
				add(worker.Kin{Connection: other, ID: q.ID, Linked: true})
			}
		}
	}
	for _, other := range append(slices.Clone(with), connection) {
		c := s.conns[other]
		if c == nil || !stored || !worker.Joins(p.Identity) {
			continue
		}
		for _, q := range c.people().records {
			if q.Identity == p.Identity && (other != connection || q.ID != id) {
				add(worker.Kin{Connection: other, ID: q.ID})
			}
		}
	}
	slices.SortFunc(kin, func(a, b worker.Kin) int {
		return cmp.Or(cmp.Compare(a.Connection, b.Connection), cmp.Compare(a.ID, b.ID))
	})
	return kin
}

// MarkDirty implements worker.Kindred.
func (s *Store) MarkDirty(ctx context.Context, of worker.Population, ids []string) error {
	return s.useOf(ctx, of, func(_ *state, p *population) error {
		p.dirtyStored(ids...)
		return nil
	})
}

// InputsOf implements worker.Kindred.
func (s *Store) InputsOf(ctx context.Context, of worker.Population, ids []string) (out []worker.Inputs, err error) {
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	err = s.useOf(ctx, of, func(c *state, p *population) error {
		for _, id := range slices.Sorted(maps.Keys(wanted)) {
			if _, ok := p.records[id]; !ok {
				continue
			}
			in := c.inputs(of.Object, id)
			in.Shown, in.Planned = nil, worker.Planned{}
			out = append(out, in)
		}
		return nil
	})
	return out, err
}
