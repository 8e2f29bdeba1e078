package memory

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// MarkAllDirty implements worker.Store.
func (s *Store) MarkAllDirty(ctx context.Context, of worker.Population) error {
	return s.useOf(ctx, of, func(c *state, p *population) error {
		for id := range p.records {
			p.dirty[id] = true
		}
		return nil
	})
}

// MarkPendingDirty implements worker.Store.
func (s *Store) MarkPendingDirty(ctx context.Context, of worker.Population) error {
	return s.useOf(ctx, of, func(c *state, p *population) error {
		for id, u := range p.pending {
			if u.Sent == "" && u.aside == 0 {
				p.dirty[id] = true
			}
		}
		return nil
	})
}

// Dirty implements worker.Store.
func (s *Store) Dirty(ctx context.Context, of worker.Population, after string, limit int) (out []worker.Inputs, err error) {
	err = s.useOf(ctx, of, func(c *state, p *population) error {
		for _, id := range page(p.dirty, after, limit, func(bool) bool { return true }) {
			out = append(out, c.inputs(of.Object, id))
		}
		return nil
	})
	return out, err
}

// Inputs implements worker.Store.
func (s *Store) Inputs(ctx context.Context, of worker.Population, after string, limit int) (out []worker.Inputs, err error) {
	err = s.useOf(ctx, of, func(c *state, p *population) error {
		for _, id := range page(p.records, after, limit, func(record) bool { return true }) {
			out = append(out, c.inputs(of.Object, id))
		}
		return nil
	})
	return out, err
}

func (c *state) inputs(object, id string) worker.Inputs {
	p := c.populations[object]
	in := worker.Inputs{Record: cloneSnapshot(p.records[id].Snapshot)}
	in.Record.Links = nil // Kin knows them
	if object == crm.Companies {
		in.Members = c.members(id)
	} else if company, ok := c.companies().records[in.Record.Company]; ok && in.Record.Company != "" {
		copied := cloneSnapshot(company.Snapshot)
		copied.Links = nil
		in.Company = &copied
	}
	for _, key := range slices.SortedFunc(maps.Keys(c.activities), byKey) {
		if a := c.activities[key]; slices.Contains(a.Links[object], id) {
			in.Activities = append(in.Activities, worker.SourceActivity{Source: key.source, Activity: cloneActivity(a)})
		}
	}
	in.Shown, in.Planned = maps.Clone(p.subjects[id].Shown), p.subjects[id].Planned
	return in
}

// members are the people of a company who have a share.
func (c *state) members(company string) (list []worker.Member) {
	for _, id := range slices.Sorted(maps.Keys(c.people().subjects)) {
		if share := c.people().subjects[id].Share; len(share) > 0 && c.people().records[id].Company == company && company != "" {
			list = append(list, worker.Member{ID: id, Share: bytes.Clone(share)})
		}
	}
	return list
}

// Subjects implements worker.Store.
func (s *Store) Subjects(ctx context.Context, of worker.Population, after string, limit int) (out []worker.Subject, err error) {
	err = s.useOf(ctx, of, func(c *state, p *population) error {
		for _, id := range page(p.subjects, after, limit, func(worker.Subject) bool { return true }) {
			out = append(out, cloneSubject(p.subjects[id]))
		}
		return nil
	})
	return out, err
}

// Subject implements worker.Store.
func (s *Store) Subject(ctx context.Context, of worker.Population, id string) (subject worker.Subject, in worker.Inputs, err error) {
	err = s.useOf(ctx, of, func(c *state, p *population) error {
		found, ok := p.subjects[id]
		if !ok {
			return fmt.Errorf("%s %s: %w", of.Object, id, crm.ErrNotFound)
		}
		subject, in = cloneSubject(found), c.inputs(of.Object, id)
		return nil
	})
	return subject, in, err
}

// Best implements worker.Store.
func (s *Store) Best(ctx context.Context, of worker.Population, limit int) (out []worker.Subject, err error) {
	err = s.useOf(ctx, of, func(c *state, p *population) error {
		for _, one := range p.subjects {
			if one.Planned.Scored {
				out = append(out, cloneSubject(one))
			}
		}
		slices.SortFunc(out, func(a, b worker.Subject) int {
			return cmp.Or(cmp.Compare(b.Planned.Score, a.Planned.Score), cmp.Compare(a.ID, b.ID))
		})
		out = out[:atMost(limit, len(out))]
		return nil
	})
	return out, err
}

// SaveScored implements worker.Store. People forgotten since, and people without mapped inputs who bring none, are left
// out. An update that takes the place of one set aside stays aside as long as that one would have.
func (s *Store) SaveScored(ctx context.Context, of worker.Population, scored []worker.Scored) error {
	for _, p := range scored {
		for _, v := range []float64{p.Planned.Score, p.Planned.Rows, p.Planned.Cols} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return errors.New("a score is not a number")
			}
		}
	}
	return s.useOf(ctx, of, func(c *state, p *population) error {
		for _, one := range scored {
			before := p.subjects[one.ID].Share
			if p.saveScored(one) && of.Object == crm.People && !bytes.Equal(before, one.Share) {
				c.companies().dirtyStored(p.records[one.ID].Company)
			}
		}
		return nil
	})
}

// saveScored stores what scoring one record left, and reports whether the record is stored at all.
func (of *population) saveScored(p worker.Scored) bool {
	rec, stored := of.records[p.ID]
	subject, mapped := of.subjects[p.ID]
	if !stored || p.Blob == nil && !mapped {
		return false
	}
	subject.ID, subject.Planned, subject.Share = p.ID, p.Planned, bytes.Clone(p.Share)
	if !p.Planned.Scored {
		subject.Planned.Score = 0
	}
	if p.Blob != nil {
		subject.Blob = bytes.Clone(p.Blob)
		if p.Hash == rec.Hash {
			delete(of.dirty, p.ID)
		}
	}
	if p.Pending == nil {
		delete(of.pending, p.ID)
		subject.SetAside = false
	} else {
		was := of.pending[p.ID]
		was.Pending = clonePending(*p.Pending, max(was.Tries, p.Pending.Tries))
		was.ID, was.Entry.At = p.ID, time.Time{} // the entry's moment is when it is acknowledged
		of.pending[p.ID] = was
	}
	of.subjects[p.ID] = subject
	return true
}

// Tally implements worker.Store. Pending counts the updates that are not set aside; empty grades, labels and trends, and
// the scores of the unscored, are not counted.
func (s *Store) Tally(ctx context.Context, of worker.Population) (worker.Tally, error) {
	t := worker.Tally{Grades: map[string]int{}, Labels: map[string]int{}, Trends: map[string]int{}}
	err := s.useOf(ctx, of, func(c *state, p *population) error {
		t.People, t.Mapped, t.Dirty = len(p.records), len(p.subjects), len(p.dirty)
		for _, u := range p.pending {
			if u.aside > 0 {
				t.SetAside++
			} else {
				t.Pending++
			}
		}
		for _, one := range p.subjects {
			count(&t, one.Planned)
		}
		return nil
	})
	return t, err
}

func count(t *worker.Tally, p worker.Planned) {
	if p.Scored {
		t.Histogram[int(max(0, min(9, p.Score/10)))]++
	} else {
		t.Unscored++
	}
	countWord(t.Grades, p.Grade)
	countWord(t.Labels, p.Label)
	countWord(t.Trends, p.Trend)
}

func countWord(counts map[string]int, word string) {
	if word != "" {
		counts[word]++
	}
}

func cloneSubject(p worker.Subject) worker.Subject {
	p.Blob, p.Share, p.Shown = bytes.Clone(p.Blob), bytes.Clone(p.Share), maps.Clone(p.Shown)
	return p
}
