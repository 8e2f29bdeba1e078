// Package memory keeps the worker's state in memory: the plainest store that keeps every promise of worker.Store. It is
// what other stores are compared with, and serves runs that leave nothing behind.
package memory

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

var _ worker.Store = (*Store)(nil)

// Store is state in memory, safe for concurrent use. Close keeps it as it is, so that a test may open it again.
type Store struct {
	mu    sync.Mutex
	conns map[string]*state
}

// New returns an empty store.
func New() *Store { return &Store{conns: map[string]*state{}} }

// state is what is kept of one connection.
type state struct {
	account     string
	cursors     map[string]cursor
	notes       map[string]string
	populations map[string]*population // by object
	activities  map[activityKey]crm.Activity
	runs        []worker.Run // in order of their first saving
	suppressed  map[string]time.Time
}

// population is what is kept of the people, or of the companies.
type population struct {
	records   map[string]record
	dirty     map[string]bool
	subjects  map[string]worker.Subject
	pending   map[string]pending
	ledger    map[string][]worker.Entry // in order of writing
	overrides map[string]worker.Override
	asides    int               // how often an update was set aside
	heirs     map[string]string // of people whom links name; "": nobody
	standings map[string][]byte
	alerts    []worker.StoredAlert // in order of crossing
	crossings int64                // how many alerts there ever were
}

func newPopulation() *population {
	return &population{
		records: map[string]record{}, dirty: map[string]bool{}, subjects: map[string]worker.Subject{},
		pending: map[string]pending{}, ledger: map[string][]worker.Entry{}, overrides: map[string]worker.Override{},
		heirs: map[string]string{}, standings: map[string][]byte{},
	}
}

func (c *state) people() *population    { return c.populations[crm.People] }
func (c *state) companies() *population { return c.populations[crm.Companies] }

type cursor struct {
	cursor crm.Cursor
	shape  string
}

type record struct {
	worker.Snapshot
	reload string
}

type activityKey struct{ source, id string }

type pending struct {
	worker.Pending
	aside     int // order in which it was set aside, 0 when it is not
	rejection worker.Rejection
}

// use runs fn on a connection's state.
func (s *Store) use(ctx context.Context, name string, fn func(*state) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.conns[name]
	if c == nil {
		c = &state{
			cursors: map[string]cursor{}, notes: map[string]string{},
			populations: map[string]*population{crm.People: newPopulation(), crm.Companies: newPopulation()},
			activities:  map[activityKey]crm.Activity{}, suppressed: map[string]time.Time{},
		}
		s.conns[name] = c
	}
	return fn(c)
}

// useOf runs fn on a connection's state and one of its populations.
func (s *Store) useOf(ctx context.Context, of worker.Population, fn func(*state, *population) error) error {
	return s.use(ctx, of.Connection, func(c *state) error {
		p, err := c.population(of.Object)
		if err != nil {
			return err
		}
		return fn(c, p)
	})
}

func (c *state) population(object string) (*population, error) {
	if p := c.populations[object]; p != nil {
		return p, nil
	}
	return nil, &crm.Error{Kind: crm.ErrInvalid, Op: "use the state", Object: object, Message: "only people and companies are kept as records, not " + object}
}

// Close implements worker.Store.
func (s *Store) Close() error { return nil }

// Bind implements worker.Store.
func (s *Store) Bind(ctx context.Context, connection string, account crm.Account) error {
	return s.use(ctx, connection, func(c *state) error {
		if c.account != "" && c.account != account.ID {
			return fmt.Errorf("%w: connection %q belongs to CRM account %s, the credential opens %s", worker.ErrOtherAccount, connection, c.account, account.ID)
		}
		c.account = account.ID
		return nil
	})
}

// Cursor implements worker.Store.
func (s *Store) Cursor(ctx context.Context, connection, object string) (cur crm.Cursor, shape string, err error) {
	err = s.use(ctx, connection, func(c *state) error {
		cur, shape = c.cursors[object].cursor, c.cursors[object].shape
		return nil
	})
	return cur, shape, err
}

// Note implements worker.Store.
func (s *Store) Note(ctx context.Context, connection, name string) (value string, err error) {
	err = s.use(ctx, connection, func(c *state) error {
		value = c.notes[name]
		return nil
	})
	return value, err
}

// SetNote implements worker.Store.
func (s *Store) SetNote(ctx context.Context, connection, name, value string) error {
	return s.use(ctx, connection, func(c *state) error {
		c.notes[name] = value
		return nil
	})
}

// SaveRun implements worker.Store.
func (s *Store) SaveRun(ctx context.Context, run worker.Run) error {
	return s.use(ctx, run.Connection, func(c *state) error {
		run.Report = bytes.Clone(run.Report)
		if i := slices.IndexFunc(c.runs, func(r worker.Run) bool { return r.ID == run.ID }); i >= 0 {
			c.runs[i] = run
		} else {
			c.runs = append(c.runs, run)
		}
		return nil
	})
}

// Runs implements worker.Store.
func (s *Store) Runs(ctx context.Context, connection string, limit int) (runs []worker.Run, err error) {
	err = s.use(ctx, connection, func(c *state) error {
		runs = latest(c.runs, limit)
		for i := range runs {
			runs[i].Report = bytes.Clone(runs[i].Report)
		}
		return nil
	})
	return runs, err
}

// latest returns up to limit items from the end, the last first.
func latest[T any](items []T, limit int) []T {
	out := slices.Clone(items[len(items)-atMost(limit, len(items)):])
	slices.Reverse(out)
	return out
}

// atMost bounds a limit by what there is; a negative one stands for none at all.
func atMost(limit, there int) int { return max(0, min(limit, there)) }

// page returns up to limit keys in order after the given one, of those that fit.
func page[V any](m map[string]V, after string, limit int, fits func(V) bool) []string {
	var ids []string
	for id, v := range m {
		if id > after && fits(v) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids[:atMost(limit, len(ids))]
}

func cloneLinks(links map[string][]string) map[string][]string {
	out := maps.Clone(links)
	for object, ids := range out {
		out[object] = slices.Clone(ids)
	}
	return out
}

func byKey(a, b activityKey) int {
	return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.id, b.id))
}
