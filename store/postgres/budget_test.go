package postgres_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bareme/bareme/connectors/hubspot"
	"github.com/bareme/bareme/crm"
	sandbox "github.com/bareme/bareme/sandbox/hubspot"
)

// most is the highest number of moments in any span, both ends counted.
func most(at []time.Time, span time.Duration) int {
	slices.SortFunc(at, time.Time.Compare)
	n, from := 0, 0
	for to := range at {
		for at[to].Sub(at[from]) > span {
			from++
		}
		n = max(n, to-from+1)
	}
	return n
}

// TestBudgetKeepsTheLimitAndUsesIt: however many processes ask, and however late the CRM counts a call within the margin,
// it never counts more than the limit in any window, and all together get at least 95 % of it.
func TestBudgetKeepsTheLimitAndUsesIt(t *testing.T) {
	s := open(t, server.Database(t))
	const span, hold = 10 * time.Second, 10*time.Second + 400*time.Millisecond
	round := 0
	rapid.Check(t, func(r *rapid.T) {
		limit := rapid.IntRange(1, 25).Draw(r, "limit")
		calls := rapid.IntRange(2, 6).Draw(r, "windows") * limit
		late := rapid.SliceOfN(rapid.IntRange(0, 399), 16, 16).Draw(r, "late") // ms from the grant to the CRM's count
		start := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
		clients := make([]time.Time, rapid.IntRange(1, 6).Draw(r, "clients")) // when each asks next
		for i := range clients {
			clients[i] = start
		}
		var now time.Time
		budgets := make([]crm.Budget, len(clients))
		round++
		for i := range budgets {
			budgets[i] = s.BudgetAt(fmt.Sprint("crm/", round), func() time.Time { return now })
		}
		var granted, counted []time.Time
		for len(granted) < calls {
			next := 0
			for i, at := range clients {
				if at.Before(clients[next]) {
					next = i
				}
			}
			now = clients[next]
			g, err := budgets[next].Take(bg, crm.Ask{Window: "burst", Want: 1, Limit: limit, Span: span, Hold: hold})
			if err != nil {
				r.Fatal(err)
			}
			if g.Calls == 0 && g.Wait <= 0 || g.Limit != limit {
				r.Fatalf("%+v", g)
			}
			if g.Calls == 1 {
				granted = append(granted, now)
				counted = append(counted, now.Add(time.Duration(late[len(granted)%16])*time.Millisecond))
			}
			// A grant is used and answered, and then the next is asked for; a client that waits comes when it was told.
			clients[next] = now.Add(max(g.Wait, time.Millisecond))
		}
		if n := most(counted, span); n > limit {
			r.Fatalf("%d calls counted in one window of %d", n, limit)
		}
		if took, least := now.Sub(start), time.Duration(calls/limit-1)*span; took > least*100/95 {
			r.Fatalf("%d calls took %s; the limit of %d allows them in %s", calls, took, limit, least)
		}
	})
}

// TestBudgetLearns: what one process learns holds for all.
func TestBudgetLearns(t *testing.T) {
	s := open(t, server.Database(t))
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	one, two := s.BudgetAt("crm/x", clock), s.BudgetAt("crm/x", clock)
	take := func(b crm.Budget, a crm.Ask) crm.Grant {
		t.Helper()
		a.Window, a.Limit, a.Span, a.Hold = "burst", 10, 10*time.Second, 10400*time.Millisecond
		g, err := b.Take(bg, a)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	if g := take(one, crm.Ask{Want: 3, Adopt: 20}); g != (crm.Grant{Calls: 3, Limit: 20, Sharers: 1}) {
		t.Errorf("adopted: %+v", g)
	}
	if g := take(two, crm.Ask{Want: 100, Seen: 13}); g != (crm.Grant{Calls: 7, Limit: 20, Sharers: 2}) {
		t.Errorf("three of ours and ten of others: %+v", g)
	}
	now = now.Add(10400 * time.Millisecond)
	if g := take(one, crm.Ask{Refused: 4 * time.Second, Want: 1}); g != (crm.Grant{Wait: 4 * time.Second, Limit: 18, Sharers: 2}) {
		t.Errorf("refused: %+v", g)
	}
	if g := take(two, crm.Ask{Want: 1}); g.Calls != 0 || g.Wait != 4*time.Second {
		t.Errorf("the other calls during the pause: %+v", g)
	}
	now = now.Add(4 * time.Second)
	if g := take(two, crm.Ask{Want: 100, Spent: []time.Duration{time.Second, 9 * time.Second}}); g.Calls != 16 {
		t.Errorf("two calls made without the budget: %+v", g)
	}
	now = now.Add(-time.Hour) // the server's clock is set right: a window's pause, not an hour's
	if g := take(one, crm.Ask{Want: 1}); g.Calls != 0 || g.Wait != 10400*time.Millisecond {
		t.Errorf("the clock went back: %+v", g)
	}
}

// TestReplicasShareOneAccount: clients with a budget in common meet an account that counts. They spend the whole first
// window together and not one call more.
func TestReplicasShareOneAccount(t *testing.T) {
	url := server.Database(t)
	const limit = 60
	box := sandbox.New(sandbox.Options{Seed: 5, People: 10, Limits: sandbox.Limits{Burst: limit}})
	account := httptest.NewServer(box)
	defer account.Close()
	ctx, cancel := context.WithTimeout(bg, 8*time.Second)
	defer cancel()
	box.OnRequest(func(n int, _ *http.Request, at sandbox.Phase) {
		if n == limit && at == sandbox.After {
			time.AfterFunc(500*time.Millisecond, cancel) // time enough for one more, if anybody made it
		}
	})
	var replicas sync.WaitGroup
	for range 4 {
		c, err := hubspot.New(hubspot.Options{BaseURL: account.URL, Token: "pat-na1-sandbox", Limits: hubspot.Limits{Burst: hubspot.Rate{Calls: limit, Span: 10 * time.Second}}})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.Share(open(t, url).Budget("hubspot/marketing"))
		replicas.Go(func() {
			for ctx.Err() == nil {
				if _, err := c.Account(ctx); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
		})
	}
	replicas.Wait()
	answered, refused := 0, 0
	for _, r := range box.Requests() {
		switch r.Status {
		case http.StatusOK:
			answered++
		case http.StatusTooManyRequests:
			refused++
		}
	}
	if answered != limit || refused != 0 {
		t.Errorf("%d calls were answered and %d refused; the limit is %d", answered, refused, limit)
	}
}
