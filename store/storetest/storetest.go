// Package storetest is the suite every store must pass: it checks the promises of worker.Store one by one, and compares
// long random histories with the store in memory.
package storetest

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// State is one place where state is kept.
type State struct {
	// Open opens the store at this place. The suite closes it before it opens it again, and expects what it stored.
	Open func(t testing.TB) worker.Store
	// Bytes returns everything the store has left outside of memory, nil when there is nothing to look at.
	Bytes func(t testing.TB) []byte
}

// Run runs the suite. fresh makes an empty place, gone with the test.
func Run(t *testing.T, fresh func(t testing.TB) State) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Run("open throughout", func(t *testing.T) { c.run(t, start(t, fresh(t), false)) })
			t.Run("reopened at each step", func(t *testing.T) {
				if testing.Short() {
					t.Skip("what is reopened runs alone: nothing for the race detector, which is slow; make test runs it")
				}
				c.run(t, start(t, fresh(t), true))
			})
		})
	}
	t.Run("readers beside a writer", func(t *testing.T) { readersBesideWriter(t, start(t, fresh(t), false)) })
	t.Run("forgetting leaves no bytes", func(t *testing.T) { forgettingLeavesNoBytes(t, fresh(t)) })
	t.Run("random histories", func(t *testing.T) { randomHistories(t, start(t, fresh(t), false)) })
}

// cases are the promises, in the order of worker.Store.
var cases = []struct {
	name string
	run  func(*testing.T, *place)
}{
	{"bound to one account", bound},
	{"cursor and shape", cursors},
	{"notes", notes},
	{"records", records},
	{"records: a replayed page changes nothing", replay},
	{"records: a merge hands activity over", heirs},
	{"records: nothing else is kept as one", otherObjects},
	{"records: missing from a full reading", missing},
	{"companies make their people dirty", companies},
	{"activity", activity},
	{"activity counts what changed", activityCounts},
	{"ids sort as text", order},
	{"dirty until mapped", dirty},
	{"inputs of everybody", everybody},
	{"mapped inputs stay without a blob", blobs},
	{"nobody is saved who is not stored", strangers},
	{"found by identity", identity},
	{"pending, sent, settled", settle},
	{"in doubt", inDoubt},
	{"pending updates make dirty", pendingDirty},
	{"set aside until due", quarantine},
	{"alerts are raised with the acknowledgement", alerts},
	{"ledger in order of writing", ledger},
	{"gone and merged people are forgotten", goneAndMerged},
	{"forgotten people", forgetPeople},
	{"forgotten companies and activity", forgetOthers},
	{"people kept out", suppressed},
	{"people of whom next to nothing is kept", stripped},
	{"scores set by hand", overrides},
	{"tally", tally},
	{"companies are a population of their own", ownPopulation},
	{"no other population", noOtherPopulation},
	{"shares make companies dirty", shares},
	{"companies take part in activity", companyActivity},
	{"the best", best},
	{"runs", runs},
	{"old runs and ledger entries are pruned", pruned},
	{"connections are strangers", strangersByConnection},
	{"the same people in several connections", kin},
	{"people who live on under another id", livingOn},
	{"a failed page leaves nothing", failedPage},
	{"a cancelled call changes nothing", cancelled},
	{"callers keep their own copies", copies},
}

// place is a store under test.
type place struct {
	t      *testing.T
	state  State
	store  worker.Store
	reopen bool // before each use
}

func start(t *testing.T, state State, reopen bool) *place {
	p := &place{t: t, state: state, store: state.Open(t), reopen: reopen}
	t.Cleanup(func() { p.ok(p.store.Close()) })
	return p
}

// s is the store; in the mode that reopens, a new one each time.
func (p *place) s() worker.Store {
	if p.reopen {
		p.ok(p.store.Close())
		p.store = p.state.Open(p.t)
	}
	return p.store
}

func (p *place) ok(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) fails(err, kind error) {
	p.t.Helper()
	if !errors.Is(err, kind) {
		p.t.Fatalf("got error %v, want one that is %q", err, kind)
	}
}

// equal compares answers. Nothing and an empty list or map of things are one, but for what a record shows: there, nil is
// "never written". Marks are numbers of the store's own.
func equal(t failer, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, options); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

type failer interface {
	Helper()
	Fatalf(string, ...any)
}

var options = cmp.Options{cmpopts.IgnoreFields(worker.Inputs{}, "Mark"), cmp.FilterPath(func(p cmp.Path) bool {
	if field, ok := p.Last().(cmp.StructField); ok {
		return field.Name() != "Shown"
	}
	return len(p) > 1 || p.Last().Type() != reflect.TypeFor[crm.Fields]()
}, cmpopts.EquateEmpty())}

const (
	conn = "marketing"
	all  = 1 << 20
)

var (
	bg = context.Background()
	// The two populations of conn.
	folk  = worker.PeopleOf(conn)
	firms = worker.CompaniesOf(conn)
	t0    = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)
)

// person is a stored person without fuss.
func person(id string) worker.Snapshot {
	return worker.Snapshot{ID: id, Hash: 1, Modified: t0, Fields: crm.Fields{"jobtitle": "CTO " + id}}
}

func (p *place) savePeople(people ...worker.Snapshot) {
	p.t.Helper()
	p.ok(p.s().SaveRecords(bg, worker.RecordPage{Connection: conn, Object: crm.People, Changed: people}))
}

func (p *place) saveCompanies(companies ...worker.Snapshot) {
	p.t.Helper()
	p.ok(p.s().SaveRecords(bg, worker.RecordPage{Connection: conn, Object: crm.Companies, Changed: companies}))
}

func (p *place) saveActivities(source string, activities ...crm.Activity) int {
	p.t.Helper()
	n, err := p.s().SaveActivities(bg, worker.ActivityPage{Connection: conn, Source: source, Changed: activities})
	p.ok(err)
	return n
}

func with(people ...string) map[string][]string { return map[string][]string{crm.People: people} }

// savePeopleMapped stores people who are mapped, scored and clean.
func (p *place) savePeopleMapped(ids ...string) {
	p.t.Helper()
	for _, id := range ids {
		p.savePeople(person(id))
	}
	p.score(worker.Planned{}, false, ids...)
}

// score saves a result for people, with or without an update.
func (p *place) score(planned worker.Planned, update bool, ids ...string) {
	p.t.Helper()
	var scored []worker.Scored
	for _, id := range ids {
		one := worker.Scored{ID: id, Hash: 1, Blob: []byte("blob " + id), Planned: planned}
		if update {
			one.Pending = &worker.Pending{ID: id, Fields: crm.Fields{"score": "50", "old": ""}, Entry: worker.Entry{Model: "m1", New: planned, Reasons: []string{"+5 because"}}}
		}
		scored = append(scored, one)
	}
	p.ok(p.s().SaveScored(bg, folk, scored))
}

// dirty returns the ids of dirty people.
func (p *place) dirty() []string {
	p.t.Helper()
	page, err := p.s().Dirty(bg, folk, "", all)
	p.ok(err)
	return ids(page, func(in worker.Inputs) string { return in.Record.ID })
}

func (p *place) clean() {
	p.t.Helper()
	page, err := p.s().Dirty(bg, folk, "", all)
	p.ok(err)
	var scored []worker.Scored
	for _, in := range page {
		scored = append(scored, worker.Scored{ID: in.Record.ID, Hash: in.Record.Hash, Blob: []byte("blob")})
	}
	p.ok(p.s().SaveScored(bg, folk, scored))
}

func (p *place) inputs(id string) worker.Inputs {
	p.t.Helper()
	page, err := p.s().Dirty(bg, folk, "", all)
	p.ok(err)
	for _, in := range page {
		if in.Record.ID == id {
			return in
		}
	}
	p.t.Fatalf("%s is not dirty", id)
	return worker.Inputs{}
}

func (p *place) waiting(now time.Time) []string {
	p.t.Helper()
	page, err := p.s().Pending(bg, folk, "", all, now)
	p.ok(err)
	return ids(page, func(u worker.Pending) string { return u.ID })
}

func (p *place) subject(id string) worker.Subject {
	p.t.Helper()
	subject, _, err := p.s().Subject(bg, folk, id)
	p.ok(err)
	return subject
}

func ids[T any](items []T, id func(T) string) []string {
	var out []string
	for _, item := range items {
		out = append(out, id(item))
	}
	return out
}
