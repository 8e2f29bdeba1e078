package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/bareme/bareme/worker"
)

// Kin implements worker.Kindred.
func (s *Store) Kin(ctx context.Context, of worker.Population, with, ids []string) (map[string][]worker.Kin, error) {
	found := map[string][]worker.Kin{}
	err := s.useOf(ctx, of, func(_ *state, own *population) error {
		for _, id := range ids {
			p, ok := own.records[id]
			if kin := s.kinOf(of, with, id, p.Snapshot, ok); len(kin) > 0 {
				found[id] = kin
			}
		}
		return nil
	})
	return found, err
}

func (s *Store) kinOf(of worker.Population, with []string, id string, p worker.Snapshot, stored bool) (kin []worker.Kin) {
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
		theirs := c.populations[of.Object]
		for _, l := range p.Links {
			for _, to := range theirs.livingAs(l.ID) {
				if q, there := theirs.records[to]; l.Connection == other && there {
					add(worker.Kin{Connection: other, ID: q.ID, Identity: q.Identity, Linked: true})
				}
			}
		}
		own := s.conns[of.Connection].populations[of.Object]
		for _, q := range theirs.records {
			for _, l := range q.Links {
				if l.Connection == of.Connection && slices.Contains(own.livingAs(l.ID), id) {
					add(worker.Kin{Connection: other, ID: q.ID, Identity: q.Identity, Linked: true})
				}
			}
		}
	}
	for _, other := range append(slices.Clone(with), of.Connection) {
		c := s.conns[other]
		if c == nil || !stored || !worker.Joins(p.Identity) {
			continue
		}
		for _, q := range c.populations[of.Object].records {
			if q.Identity == p.Identity && (other != of.Connection || q.ID != id) {
				add(worker.Kin{Connection: other, ID: q.ID, Identity: q.Identity})
			}
		}
	}
	slices.SortFunc(kin, func(a, b worker.Kin) int {
		return cmp.Or(cmp.Compare(a.Connection, b.Connection), cmp.Compare(a.ID, b.ID))
	})
	return kin
}

// livingAs is the id itself, and its heir when there is one.
func (p *population) livingAs(id string) []string {
	if heir := p.heirs[id]; heir != "" {
		return []string{id, heir}
	}
	return []string{id}
}

// Astray implements worker.Kindred.
func (s *Store) Astray(ctx context.Context, connection string, limit int) (ids []string, err error) {
	named := map[string]bool{}
	err = s.use(ctx, connection, func(own *state) error {
		for _, c := range s.conns {
			for _, p := range c.people().records {
				for _, l := range p.Links {
					_, stored := own.people().records[l.ID]
					if _, told := own.people().heirs[l.ID]; l.Connection == connection && !stored && !told {
						named[l.ID] = true
					}
				}
			}
		}
		return nil
	})
	ids = slices.Sorted(maps.Keys(named))
	return ids[:min(len(ids), max(limit, 0))], err
}

// SaveHeirs implements worker.Kindred.
func (s *Store) SaveHeirs(ctx context.Context, connection string, heirs map[string]string) error {
	return s.use(ctx, connection, func(c *state) error {
		for id, heir := range heirs {
			if _, stored := c.people().records[heir]; stored || heir == "" {
				c.people().heirs[id] = heir
			}
		}
		return nil
	})
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
