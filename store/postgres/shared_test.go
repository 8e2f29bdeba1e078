package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/postgres"
	"github.com/bareme/bareme/store/storetest"
	"github.com/bareme/bareme/worker"
)

var folk = worker.PeopleOf("sales") //nolint:gochecknoglobals // a value

// two opens a database twice, as two processes do.
func two(t *testing.T) (a, b *postgres.Store, url string) {
	t.Helper()
	url = server.Database(t)
	a, b = open(t, url), open(t, url)
	t.Cleanup(func() { check(t, errors.Join(a.Close(), b.Close())) })
	return a, b, url
}

// TestOpenTogether starts several processes on an empty database: one makes the tables, the others wait for it.
func TestOpenTogether(t *testing.T) {
	url := server.Database(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s, err := postgres.Open(bg, url)
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.SaveRecords(bg, worker.RecordPage{Connection: "sales", Object: crm.People, Changed: someone("1")}); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func someone(ids ...string) (list []worker.Snapshot) {
	for _, id := range ids {
		list = append(list, worker.Snapshot{ID: id, Hash: 1})
	}
	return list
}

// TestMarkedWhileScored: whoever is marked again while being scored stays dirty, though nothing of the record changed.
func TestMarkedWhileScored(t *testing.T) {
	a, b, _ := two(t)
	check(t, a.SaveRecords(bg, worker.RecordPage{Connection: "sales", Object: crm.People, Changed: someone("1", "2")}))
	page, err := a.Dirty(bg, folk, "", 10)
	check(t, err)
	_, err = b.SaveActivities(bg, worker.ActivityPage{Connection: "sales", Source: crm.Deals,
		Changed: []crm.Activity{{ID: "9", Time: time.Unix(1, 0), Links: map[string][]string{crm.People: {"2"}}}}})
	check(t, err)
	var scored []worker.Scored
	for _, in := range page {
		scored = append(scored, worker.Scored{ID: in.Record.ID, Hash: in.Record.Hash, Mark: in.Mark, Blob: []byte("x")})
	}
	check(t, a.SaveScored(bg, folk, scored))
	left, err := a.Dirty(bg, folk, "", 10)
	check(t, err)
	if len(left) != 1 || left[0].Record.ID != "2" || len(left[0].Activities) != 1 {
		t.Errorf("left dirty: %+v", left)
	}
}

// TestParts divides a population and scores each part in a process of its own, while records keep changing: nobody is done
// twice, nobody is left out, and whoever changes last is seen.
func TestParts(t *testing.T) {
	a, b, _ := two(t)
	const many, rounds = 400, 5
	save := func(s *postgres.Store, round int) error {
		page := worker.RecordPage{Connection: "sales", Object: crm.People}
		for i := range many {
			if i%(round+1) == 0 {
				page.Changed = append(page.Changed, worker.Snapshot{ID: fmt.Sprintf("%04d", i), Hash: uint64(round), Fields: crm.Fields{"round": fmt.Sprint(round)}})
			}
		}
		return s.SaveRecords(bg, page)
	}
	check(t, save(a, 0))
	parts, err := a.Divide(bg, folk, 4)
	check(t, err)
	if len(parts) != 4 || parts[0].After != "" || parts[3].Upto != "" {
		t.Fatalf("parts: %v", parts)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for round := 1; round <= rounds; round++ {
			if err := save(b, round); err != nil {
				t.Error(err)
			}
		}
	})
	for i, part := range parts {
		store := part.Of([]worker.Store{a, b}[i%2])
		wg.Go(func() {
			for range rounds {
				if err := scoreDirty(store, part); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, part := range parts {
		check(t, scoreDirty(part.Of(a), part))
	}
	inputs, err := a.Inputs(bg, folk, "", many)
	check(t, err)
	subjects, err := a.Subjects(bg, folk, "", many)
	check(t, err)
	if len(inputs) != many || len(subjects) != many {
		t.Fatalf("%d records, %d subjects", len(inputs), len(subjects))
	}
	for i, in := range inputs {
		if in.Mark != 0 || string(subjects[i].Blob) != in.Record.Fields["round"] {
			t.Errorf("%s: marked %d, scored as of round %s, is of round %s", in.Record.ID, in.Mark, subjects[i].Blob, in.Record.Fields["round"])
		}
	}
}

func scoreDirty(s worker.Store, part worker.Part) error {
	for after := ""; ; {
		page, err := s.Dirty(bg, folk, after, 30)
		if err != nil || len(page) == 0 {
			return err
		}
		var scored []worker.Scored
		for _, in := range page {
			if !part.Holds(in.Record.ID) {
				return fmt.Errorf("%s is not of %v", in.Record.ID, part)
			}
			scored = append(scored, worker.Scored{ID: in.Record.ID, Hash: in.Record.Hash, Mark: in.Mark, Blob: []byte(in.Record.Fields["round"]),
				Pending: &worker.Pending{ID: in.Record.ID, Fields: crm.Fields{"score": "1"}}})
		}
		if err := s.SaveScored(bg, folk, scored); err != nil {
			return err
		}
		after = page[len(page)-1].Record.ID
	}
}

// TestDivideEveryone checks that parts of any number hold everybody once, those of tomorrow included.
func TestDivideEveryone(t *testing.T) {
	s := open(t, server.Database(t))
	defer func() { check(t, s.Close()) }()
	for _, stored := range []int{0, 1, 7} {
		var list []string
		for i := range stored {
			list = append(list, fmt.Sprint(i))
		}
		check(t, s.SaveRecords(bg, worker.RecordPage{Connection: "sales", Object: crm.People, Changed: someone(list...)}))
		for parts := range 10 {
			got, err := s.Divide(bg, folk, parts)
			check(t, err)
			if len(got) < 1 || len(got) > max(parts, 1) {
				t.Errorf("%d people in %d parts: %v", stored, parts, got)
			}
			for _, id := range append(list, "", "5x", "zz", "ü") {
				n := 0
				for _, p := range got {
					if p.Holds(id) {
						n++
					}
				}
				if n != 1 && id != "" {
					t.Errorf("%q is in %d of %v", id, n, got)
				}
			}
		}
	}
}

// TestLease: one process at a time, and a holder that loses its connection is told.
func TestLease(t *testing.T) {
	a, b, url := two(t)
	held, release, err := a.Lease(bg, "sales", "run")
	check(t, err)
	if _, _, err := b.Lease(bg, "sales", "run"); !errors.Is(err, worker.ErrStoreLocked) {
		t.Errorf("a second holder: %v", err)
	}
	for _, other := range [][2]string{{"sales", "fit"}, {"marketing", "run"}} {
		_, free, err := b.Lease(bg, other[0], other[1])
		check(t, err)
		free()
	}
	release()
	if !errors.Is(context.Cause(held), context.Canceled) {
		t.Errorf("after the release: %v", context.Cause(held))
	}
	held, release, err = b.Lease(bg, "sales", "run")
	check(t, err)
	defer release()
	c, err := pgx.Connect(bg, url)
	check(t, err)
	_, err = c.Exec(bg, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
	check(t, errors.Join(err, c.Close(bg)))
	select {
	case <-held.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("nobody noticed")
	}
	if !errors.Is(context.Cause(held), worker.ErrLeaseLost) {
		t.Errorf("got %v", context.Cause(held))
	}
}

// TestServerGoesAway restarts the server under a store: what was stored is there, and the store goes on by itself.
func TestServerGoesAway(t *testing.T) {
	a, _, _ := two(t)
	storetest.Fill(t, a, 30)
	before, err := a.Tally(bg, folk)
	check(t, err)
	server.Restart(t, "fast")
	check(t, a.SetNote(bg, "sales", "after", "the restart"))
	after, err := a.Tally(bg, folk)
	check(t, err)
	same(t, "what was stored", before, after)
}

// TestSchemas keeps two states in two schemas of one database: neither sees the other, nor waits for its leases.
func TestSchemas(t *testing.T) {
	address := server.Database(t)
	for _, schema := range []string{"one", "two"} {
		do(t, address, "CREATE SCHEMA "+schema)
	}
	a, b := open(t, address+"&search_path=one"), open(t, address+"&search_path=two")
	defer func() { check(t, errors.Join(a.Close(), b.Close())) }()
	check(t, a.SetNote(bg, "sales", "x", "of one"))
	note, err := b.Note(bg, "sales", "x")
	check(t, err)
	same(t, "the other's note", "", note)
	_, release, err := a.Lease(bg, "sales", "run")
	check(t, err)
	defer release()
	_, free, err := b.Lease(bg, "sales", "run")
	check(t, err)
	free()
}

// TestNotesAreSwapped: of many processes that add to one note, none undoes what another did.
func TestNotesAreSwapped(t *testing.T) {
	a, b, _ := two(t)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			s := []*postgres.Store{a, b}[i%2]
			for {
				old, err := s.Note(bg, "sales", "book")
				if err != nil {
					t.Error(err)
					return
				}
				if done, err := s.SwapNote(bg, "sales", "book", old, old+"x"); done || err != nil {
					if err != nil {
						t.Error(err)
					}
					return
				}
			}
		})
	}
	wg.Wait()
	book, err := a.Note(bg, "sales", "book")
	check(t, err)
	if len(book) != 20 {
		t.Errorf("the note holds %d of 20 changes", len(book))
	}
}

// TestReleasedIsFree: whoever has released a lease has released it when release returns, not a moment later, when the server
// comes to it: the next process may ask at once.
func TestReleasedIsFree(t *testing.T) {
	url := server.Database(t)
	s := open(t, url)
	defer func() { check(t, s.Close()) }()
	for n := range 200 {
		_, release, err := s.Lease(bg, "main", worker.LeaseRun)
		if err != nil {
			t.Fatalf("the lease after %d others: %v", n, err)
		}
		release()
	}
}
