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
	"github.com/bareme/bareme/store/postgres"
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

// TestBudgetKeepsTheLimitAndUsesIt: however many processes ask, by one connection or two to the same account, in whatever
// order, whether they know the account or not, and although some are killed with a place in hand and others come in their
// stead: the CRM never counts more than the limit in any window, however late it counts a call within the margin. And where
// nobody hesitates, all together get at least 95 % of it.
func TestBudgetKeepsTheLimitAndUsesIt(t *testing.T) {
	s := open(t, server.Database(t))
	round := 0
	rapid.Check(t, func(r *rapid.T) {
		round++
		w := &account{store: s, name: fmt.Sprint(round), now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), fatal: r.Fatal}
		start := w.now
		w.limit = rapid.IntRange(1, 20).Draw(r, "limit")
		w.connections = rapid.IntRange(1, 2).Draw(r, "connections")
		w.late = rapid.SliceOfN(rapid.IntRange(0, 399), 16, 16).Draw(r, "ms from the grant to the CRM's count")
		w.knows = rapid.SliceOfN(rapid.IntRange(0, 30), 16, 16).Draw(r, "asks until it knows its account")
		luck := rapid.SliceOfN(rapid.IntRange(0, 999), 64, 64).Draw(r, "luck")
		hesitates := rapid.SampledFrom([]int{0, 0, 50, 5000}).Draw(r, "most ms until it asks again")
		killed := rapid.SampledFrom([]int{0, 0, 20, 100}).Draw(r, "killed of a thousand with a place in hand")
		calls := rapid.IntRange(2, 5).Draw(r, "windows") * w.limit
		w.remember()
		callers := make([]*caller, rapid.IntRange(1, 6).Draw(r, "processes"))
		for i := range callers {
			callers[i] = w.join()
		}
		for n := 0; w.granted < calls; n++ {
			i := soonest(callers)
			w.now = callers[i].next
			g := w.ask(callers[i], 1)
			dies := g.Calls == 1 && luck[(7*n+3)%64] < killed
			if g.Calls == 1 && !(dies && n%2 == 0) { // half of those that die have made their call
				w.counted = append(w.counted, w.now.Add(time.Duration(w.late[w.granted%16])*time.Millisecond))
			}
			if dies {
				callers[i] = w.join()
			}
			callers[i].next = w.now.Add(max(g.Wait, time.Duration(1+luck[n%64]*hesitates/1000)*time.Millisecond))
		}
		if n := most(w.counted, span); n > w.limit {
			r.Fatalf("%d calls counted in one window of %d", n, w.limit)
		}
		if took, least := w.now.Sub(start), time.Duration(calls/w.limit-1)*span; hesitates == 0 && took > least*100/95 {
			r.Fatalf("%d calls took %s; the limit of %d allows them in %s", calls, took, w.limit, least)
		}
	})
}

const span, hold = 10 * time.Second, 10*time.Second + 400*time.Millisecond

// account is a CRM account in simulated time, and what it has counted.
type account struct {
	store                                *postgres.Store
	name                                 string
	limit, connections, granted, callers int
	late, knows                          []int
	now                                  time.Time
	counted                              []time.Time
	fatal                                func(...any)
}

// caller is a process that calls it: it learns which account it is after so many asks.
type caller struct {
	budget crm.Budget
	asks   int
	next   time.Time
}

// join is another process, of one of the connections.
func (w *account) join() *caller {
	w.callers++
	connection := fmt.Sprint(w.name, "-", w.callers%w.connections)
	return &caller{budget: w.store.BudgetAt(connection, func() time.Time { return w.now }), asks: w.knows[w.callers%16], next: w.now}
}

// remember has an earlier run of each connection have learnt the account: before that, nothing can tell that it is one.
func (w *account) remember() {
	for range w.connections {
		c := w.join()
		if c.asks = 0; w.connections > 1 {
			w.ask(c, 0)
		}
	}
}

func (w *account) ask(c *caller, want int) crm.Grant {
	a := crm.Ask{Window: "burst", Want: want, Limit: w.limit, Span: span, Hold: hold}
	if c.asks--; c.asks < 0 {
		a.Account = w.name
	}
	g, err := c.budget.Take(bg, a)
	if err != nil || want > 0 && g.Calls == 0 && g.Wait <= 0 || g.Limit != w.limit {
		w.fatal(g, err)
	}
	w.granted += g.Calls
	return g
}

// soonest is who asks next.
func soonest(callers []*caller) (next int) {
	for i, c := range callers {
		if c.next.Before(callers[next].next) {
			next = i
		}
	}
	return next
}

// TestBudgetIsTheAccounts: two connections to one account spend from the same budget, and what the one asked for before it
// knew its account counts there. Whoever does not know the account yet is sent to where its connection has gone, a process
// of the release before this one, too.
func TestBudgetIsTheAccounts(t *testing.T) {
	s := open(t, server.Database(t))
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	one, two, again := s.BudgetAt("marketing", clock), s.BudgetAt("events", clock), s.BudgetAt("marketing", clock)
	for _, step := range []struct {
		what    string
		who     crm.Budget
		account string
		want    int
		got     int
	}{
		{"before it knows", one, "", 3, 3},
		{"another connection to the account", two, "7", 4, 4},
		{"another account", two, "8", 100, 10},
		{"what was asked for before counts", one, "7", 100, 3},
		{"nothing is left for a process that does not know yet", again, "", 1, 0},
		{"nor when it does", again, "7", 1, 0},
		{"nor for the other connection", two, "7", 1, 0},
	} {
		g, err := step.who.Take(bg, crm.Ask{Account: step.account, Window: "burst", Want: step.want, Limit: 10, Span: span, Hold: hold})
		if err != nil || g.Calls != step.got {
			t.Errorf("%s: %+v %v, want %d", step.what, g, err, step.got)
		}
	}
	var granted int
	if err := s.Pool().QueryRow(bg, "SELECT granted FROM take_budget('crm/marketing/burst', 'old', 1, 10, 10400, 0, 0, 0, 0, '{}', $1)", now).Scan(&granted); err != nil || granted != 0 {
		t.Errorf("the release before: %d %v", granted, err)
	}
}

// TestBudgetLearns: what one process learns holds for all.
func TestBudgetLearns(t *testing.T) {
	s := open(t, server.Database(t))
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	one, two := s.BudgetAt("x", clock), s.BudgetAt("x", clock)
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

// TestReplicasShareOneAccount: clients of two connections to one account, which counts. They spend the first window
// together and not one call more; a few less where a busy machine is late with a grant.
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
	clients := make([]*hubspot.Connector, 4)
	for i := range clients {
		c, err := hubspot.New(hubspot.Options{BaseURL: account.URL, Token: "pat-na1-sandbox", Limits: hubspot.Limits{Burst: hubspot.Rate{Calls: limit, Span: 10 * time.Second}}})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.Share(open(t, url).Budget("hubspot", fmt.Sprint("connection ", i%2)))
		if _, err := c.Account(ctx); err != nil {
			t.Fatal(err)
		}
		clients[i] = c
	}
	var replicas sync.WaitGroup
	for _, c := range clients {
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
	if answered > limit || answered < limit/2 || refused != 0 {
		t.Errorf("%d calls were answered and %d refused; the limit is %d", answered, refused, limit)
	}
}
