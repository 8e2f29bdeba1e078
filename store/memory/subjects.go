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
func (s *Store) MarkAllDirty(ctx context.Context, connection string) error {
	return s.use(ctx, connection, func(c *state) error {
		for id := range c.records[crm.People] {
			c.dirty[id] = true
		}
		return nil
	})
}

// MarkPendingDirty implements worker.Store.
func (s *Store) MarkPendingDirty(ctx context.Context, connection string) error {
	return s.use(ctx, connection, func(c *state) error {
		for id, p := range c.pending {
			if p.Sent == "" && p.aside == 0 {
				c.dirty[id] = true
			}
		}
		return nil
	})
}

// Dirty implements worker.Store.
func (s *Store) Dirty(ctx context.Context, connection, after string, limit int) (out []worker.Inputs, err error) {
	err = s.use(ctx, connection, func(c *state) error {
		for _, id := range page(c.dirty, after, limit, func(bool) bool { return true }) {
			out = append(out, c.inputs(id))
		}
		return nil
	})
	return out, err
}

// Inputs implements worker.Store.
func (s *Store) Inputs(ctx context.Context, connection, after string, limit int) (out []worker.Inputs, err error) {
	err = s.use(ctx, connection, func(c *state) error {
		people := c.records[crm.People]
		for _, id := range page(people, after, limit, func(record) bool { return true }) {
			out = append(out, c.inputs(id))
		}
		return nil
	})
	return out, err
}

func (c *state) inputs(id string) worker.Inputs {
	in := worker.Inputs{Person: cloneSnapshot(c.records[crm.People][id].Snapshot)}
	if company, ok := c.records[crm.Companies][in.Person.Company]; ok && in.Person.Company != "" {
		copied := cloneSnapshot(company.Snapshot)
		in.Company = &copied
	}
	for _, key := range slices.SortedFunc(maps.Keys(c.activities), byKey) {
		if a := c.activities[key]; slices.Contains(a.Links[crm.People], id) {
			in.Activities = append(in.Activities, worker.SourceActivity{Source: key.source, Activity: cloneActivity(a)})
		}
	}
	in.Shown, in.Planned = maps.Clone(c.subjects[id].Shown), c.subjects[id].Planned
	return in
}

// Subjects implements worker.Store.
func (s *Store) Subjects(ctx context.Context, connection, after string, limit int) (out []worker.Subject, err error) {
	err = s.use(ctx, connection, func(c *state) error {
		for _, id := range page(c.subjects, after, limit, func(worker.Subject) bool { return true }) {
			out = append(out, cloneSubject(c.subjects[id]))
		}
		return nil
	})
	return out, err
}

// Subject implements worker.Store.
func (s *Store) Subject(ctx context.Context, connection, id string) (subject worker.Subject, in worker.Inputs, err error) {
	err = s.use(ctx, connection, func(c *state) error {
		found, ok := c.subjects[id]
		if !ok {
			return fmt.Errorf("person %s: %w", id, crm.ErrNotFound)
		}
		subject, in = cloneSubject(found), c.inputs(id)
		return nil
	})
	return subject, in, err
}

// Best implements worker.Store.
func (s *Store) Best(ctx context.Context, connection string, limit int) (out []worker.Subject, err error) {
	err = s.use(ctx, connection, func(c *state) error {
		for _, p := range c.subjects {
			if p.Planned.Scored {
				out = append(out, cloneSubject(p))
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
func (s *Store) SaveScored(ctx context.Context, connection string, scored []worker.Scored) error {
	for _, p := range scored {
		for _, v := range []float64{p.Planned.Score, p.Planned.Rows, p.Planned.Cols} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return errors.New("a score is not a number")
			}
		}
	}
	return s.use(ctx, connection, func(c *state) error {
		for _, p := range scored {
			c.saveScored(p)
		}
		return nil
	})
}

func (c *state) saveScored(p worker.Scored) {
	person, stored := c.records[crm.People][p.ID]
	subject, mapped := c.subjects[p.ID]
	if !stored || p.Blob == nil && !mapped {
		return
	}
	subject.ID, subject.Planned = p.ID, p.Planned
	if !p.Planned.Scored {
		subject.Planned.Score = 0
	}
	if p.Blob != nil {
		subject.Blob = bytes.Clone(p.Blob)
		if p.Hash == person.Hash {
			delete(c.dirty, p.ID)
		}
	}
	if p.Pending == nil {
		delete(c.pending, p.ID)
		subject.SetAside = false
	} else {
		was := c.pending[p.ID]
		was.Pending = clonePending(*p.Pending, max(was.Tries, p.Pending.Tries))
		was.ID, was.Entry.At = p.ID, time.Time{} // the entry's moment is when it is acknowledged
		c.pending[p.ID] = was
	}
	c.subjects[p.ID] = subject
}

// Tally implements worker.Store. Pending counts the updates that are not set aside; empty grades, labels and trends, and
// the scores of the unscored, are not counted.
func (s *Store) Tally(ctx context.Context, connection string) (worker.Tally, error) {
	t := worker.Tally{Grades: map[string]int{}, Labels: map[string]int{}, Trends: map[string]int{}}
	err := s.use(ctx, connection, func(c *state) error {
		t.People, t.Mapped, t.Dirty = len(c.records[crm.People]), len(c.subjects), len(c.dirty)
		for _, p := range c.pending {
			if p.aside > 0 {
				t.SetAside++
			} else {
				t.Pending++
			}
		}
		for _, p := range c.subjects {
			count(&t, p.Planned)
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
	p.Blob, p.Shown = bytes.Clone(p.Blob), maps.Clone(p.Shown)
	return p
}
