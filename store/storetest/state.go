package storetest

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/bareme/bareme/alert"
	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// readersBesideWriter checks that readers see whole pages only: each page moves ten people to one new hash.
func readersBesideWriter(t *testing.T, p *place) {
	const people, pages = 10, 60
	save := func(n int) error {
		page := worker.RecordPage{Connection: conn, Object: crm.People}
		for i := range people {
			page.Changed = append(page.Changed, worker.Snapshot{ID: fmt.Sprint(i), Hash: uint64(n), Fields: crm.Fields{"n": fmt.Sprint(n)}})
		}
		return p.store.SaveRecords(bg, page)
	}
	p.ok(save(0))
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for {
				page, err := p.store.Dirty(bg, folk, "", all)
				if err != nil {
					t.Errorf("read: %v", err)
					return
				}
				for _, in := range page {
					if in.Record.Hash != page[0].Record.Hash || len(page) != people {
						t.Errorf("half a page: %d people, hashes %d and %d", len(page), page[0].Record.Hash, in.Record.Hash)
						return
					}
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for n := range pages {
		if err := save(n); err != nil {
			t.Error(err)
		}
	}
	close(done)
	wg.Wait()
}

// canary occurs in every place where something of a person is kept.
const canary = "cAnArY-5c1f0e"

// forgettingLeavesNoBytes fills a store, forgets every second person and looks for their traces in what is left outside
// of memory.
func forgettingLeavesNoBytes(t *testing.T, state State) {
	if state.Bytes == nil {
		t.Skip("this store leaves nothing outside of memory")
	}
	p := &place{t: t, state: state, store: state.Open(t)}
	const people = 600
	var keep, forget []string
	var snapshots []worker.Snapshot
	var meetings []crm.Activity
	for i := range people {
		id, secret := fmt.Sprintf("%04d-kept", i), "kept"
		if i%2 == 1 {
			id, secret = fmt.Sprintf("%04d-%s", i, canary), canary
			forget = append(forget, id)
		} else {
			keep = append(keep, id)
		}
		snapshots = append(snapshots, worker.Snapshot{ID: id, Hash: 1, Modified: t0, Identity: secret + "-identity", Owner: secret, Company: secret,
			Fields: crm.Fields{"jobtitle": secret, "text": string(bytes.Repeat([]byte(secret), i%90))}, Memory: []byte(secret)})
		meetings = append(meetings, crm.Activity{ID: fmt.Sprint(i), Time: t0, Fields: crm.Fields{"title": secret}, Links: with(id)},
			crm.Activity{ID: fmt.Sprint("shared", i), Time: t0, Links: with(id, "0000-kept")})
	}
	// Several rounds, so that pages split, rows move and the same place is written again and again.
	for round := range 3 {
		p.savePeople(snapshots...)
		for i := range meetings {
			meetings[i].Time = t0.Add(time.Duration(round))
		}
		p.saveActivities(crm.Meetings, meetings...)
		var scored []worker.Scored
		var settled []worker.Settled
		for i, s := range snapshots {
			scored = append(scored, worker.Scored{ID: s.ID, Hash: 1, Blob: bytes.Repeat(s.Memory, 1+(i+round)%40),
				Planned: worker.Planned{Scored: true, Score: float64(i % 100)},
				Pending: &worker.Pending{ID: s.ID, Fields: crm.Fields{"reasons": s.Owner + fmt.Sprint(round)}, Entry: worker.Entry{Reasons: []string{s.Owner}}}})
			settled = append(settled, worker.Settled{ID: s.ID, Status: crm.Status(round % 2), At: t0, Reason: s.Owner,
				Raised: &worker.Raised{Standing: []byte(s.Owner), Alerts: []worker.StoredAlert{{Key: fmt.Sprint(s.ID, round), State: alert.Waiting, Body: bytes.Repeat(s.Memory, 1+i%20)}}}})
		}
		p.ok(p.store.SaveScored(bg, folk, scored))
		p.ok(p.store.Settle(bg, folk, settled))
	}
	if !bytes.Contains(state.Bytes(t), []byte(canary)) {
		t.Fatal("the canary is not in the state to begin with: this test proves nothing")
	}
	p.ok(p.store.Forget(bg, conn, crm.People, forget[:100]))
	p.ok(p.store.SaveRecords(bg, worker.RecordPage{Connection: conn, Object: crm.People, Gone: forget[100:200]}))
	var gone []worker.Settled
	for _, id := range forget[200:] {
		gone = append(gone, worker.Settled{ID: id, Status: crm.Gone})
	}
	p.ok(p.store.Settle(bg, folk, gone))
	look := func(when string) {
		t.Helper()
		left := state.Bytes(t)
		if n := bytes.Count(left, []byte(canary)); n > 0 {
			at := bytes.Index(left, []byte(canary))
			t.Errorf("%s: %d traces of forgotten people, the first in %q", when, n, left[max(0, at-80):min(len(left), at+80)])
		}
	}
	p.ok(p.store.SaveRun(bg, worker.Run{ID: "r", Connection: conn, Started: t0, Finished: t0, Status: "done"}))
	look("after the run")
	p.ok(p.store.Close())
	look("after closing")
	p.store = state.Open(t)
	subjects, err := p.store.Subjects(bg, folk, "", all)
	p.ok(err)
	equal(t, "those who stay", keep, ids(subjects, func(s worker.Subject) string { return s.ID }))
	p.ok(p.store.Close())
}
