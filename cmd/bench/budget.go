package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bareme/bareme/connectors/hubspot"
	"github.com/bareme/bareme/connectors/salesforce"
	"github.com/bareme/bareme/crm"
	sandbox "github.com/bareme/bareme/sandbox/hubspot"
	salesforcebox "github.com/bareme/bareme/sandbox/salesforce"
	"github.com/bareme/bareme/store/postgres"
	"github.com/bareme/bareme/store/postgres/pgtest"
)

// The limits of a Professional account: what the sandbox enforces in this table.
const (
	burstLimit, burstSpan   = 190, 10 * time.Second
	searchLimit, searchSpan = 5, time.Second
)

// budget has replicas, each with a connection of its own to one database, call one account as fast as they may, and counts
// what the account saw.
func (b bench) budget(ctx context.Context, n sizes) error {
	title(fmt.Sprintf("One budget for an account: %d calls in 10 s and %d searches in 1 s, for %s", burstLimit, searchLimit, n.spending))
	row("", "calls", "refused", "most in span", "share", "asks/call", "ask, median", "ask, p99")
	for _, replicas := range n.replicas {
		err := spendTogether(ctx, replicas, n.spending)
		if errors.Is(err, pgtest.ErrAbsent) && os.Getenv("CI") == "" {
			fmt.Println("    left out:", err)
			return nil
		}
		if err != nil {
			return err
		}
	}
	for _, replicas := range n.replicas {
		if err := spendDay(ctx, replicas); err != nil {
			return err
		}
	}
	return nil
}

// spendTogether measures one number of replicas.
func spendTogether(ctx context.Context, replicas int, lasting time.Duration) error {
	databases := pgtest.Server{Durable: true}
	url, err := databases.Throwaway(ctx)
	if err != nil {
		return err
	}
	defer databases.Stop()
	box := sandbox.New(sandbox.Options{Seed: 1, People: 10})
	server := httptest.NewServer(box)
	defer server.Close()
	// One call more than fit into so many spans: it ends when that one has been answered, and no sooner than the limit allows.
	var burst, search atomic.Int64
	burst.Store(int64(lasting/burstSpan)*burstLimit + 1)
	search.Store(int64(lasting/searchSpan)*searchLimit + 1)
	var counted [2]*counting
	for i := range counted {
		counted[i] = &counting{}
	}
	group, ctx := errgroup.WithContext(ctx)
	for range replicas {
		r, err := newSpender(ctx, url, server.URL, counted)
		if err != nil {
			return err
		}
		defer r.close()
		for range 4 { // as many as the connector has under way
			group.Go(func() error { return spend(&burst, func() error { _, err := r.crm.Account(ctx); return err }) })
		}
		group.Go(func() error { return spend(&search, func() error { return r.search(ctx) }) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	name := named(replicas)
	saw := box.Requests()
	searches := slices.DeleteFunc(slices.Clone(saw), func(r sandbox.Request) bool { return r.Operation != "search" })
	others := slices.DeleteFunc(saw, func(r sandbox.Request) bool { return r.Operation == "search" })
	spentRow(name+", calls", others, burstLimit, burstSpan, counted[0])
	spentRow(name+", searches", searches, searchLimit, searchSpan, counted[1])
	return nil
}

func named(replicas int) string {
	if replicas == 1 {
		return "1 replica"
	}
	return fmt.Sprintf("%d replicas", replicas)
}

// spendDay has replicas read a Salesforce org as fast as they can, until the run's share of the org's calls of a day is
// spent: how many calls they make of it, and how often the database is asked.
func spendDay(ctx context.Context, replicas int) error {
	databases := pgtest.Server{Durable: true}
	url, err := databases.Throwaway(ctx)
	if err != nil {
		return err
	}
	defer databases.Stop()
	const daily, share = 10_000, 0.1
	box := salesforcebox.New(salesforcebox.Options{Seed: 1, People: 10, Limits: salesforcebox.Limits{Daily: daily}})
	server := httptest.NewServer(box)
	defer server.Close()
	asked := &counting{}
	all := make([]*salesforce.Connector, replicas)
	for i := range all {
		c, err := salesforce.New(salesforce.Options{LoginURL: server.URL, ClientID: orgClient, ClientSecret: orgSecret, Loopback: true, RunShare: share})
		if err != nil {
			return err
		}
		defer c.Close()
		s, err := postgres.Open(ctx, url)
		if err != nil {
			return err
		}
		defer func() { _ = s.Close() }() // nothing to keep
		c.Share(listened{s.Budget("salesforce", "bench"), [2]*counting{asked, asked}})
		if _, err := c.Account(ctx); err != nil {
			return err
		}
		all[i] = c
	}
	box.ClearRequests()
	if err := all[0].Check(ctx, crm.Need{}); err != nil { // a run begins
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, c := range all {
		group.Go(func() error { return untilSpent(ctx, c) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	median, p99 := asked.quantiles()
	made, refused := 0, 0
	for _, r := range box.Requests() {
		made++
		if r.Status == http.StatusForbidden {
			refused++
		}
	}
	row(named(replicas)+", a run's share", count(made), count(refused), "", fmt.Sprintf("%.1f %%", 100*float64(made)/(daily*share)),
		fmt.Sprintf("%.2f", float64(asked.n())/float64(made)), micros(median), micros(p99))
	return nil
}

// untilSpent reads everybody again and again, until the run may make no more calls.
func untilSpent(ctx context.Context, c crm.Connector) error {
	for {
		for _, err := range c.Records(ctx, crm.Query{Object: crm.People}) {
			if errors.Is(err, crm.ErrQuota) {
				return nil
			}
			if err != nil {
				return err
			}
		}
	}
}

// spend makes calls until none is left to make.
func spend(left *atomic.Int64, call func() error) error {
	for left.Add(-1) >= 0 {
		if err := call(); err != nil {
			return err
		}
	}
	return nil
}

// spentRow tells what the account saw of one limit: calls, refusals, and the most in any span; and which share of the limit
// was reached: how long so many calls take at least, by how long they took.
func spentRow(name string, saw []sandbox.Request, limit int, span time.Duration, asked *counting) {
	refused, most, from := 0, 0, 0
	for i, r := range saw {
		if r.Status == http.StatusTooManyRequests {
			refused++
		}
		for r.At.Sub(saw[from].At) >= span {
			from++
		}
		most = max(most, i-from+1)
	}
	least := time.Duration((len(saw)-1)/limit) * span
	took := saw[len(saw)-1].At.Sub(saw[0].At)
	median, p99 := asked.quantiles()
	row(name, count(len(saw)), count(refused), count(most), fmt.Sprintf("%.1f %%", 100*least.Seconds()/took.Seconds()),
		fmt.Sprintf("%.2f", float64(asked.n())/float64(len(saw))), micros(median), micros(p99))
}

func micros(d time.Duration) string { return fmt.Sprintf("%d µs", d.Microseconds()) }

// spender is one replica: a client of the account and of the database.
type spender struct {
	store  *postgres.Store
	crm    *hubspot.Connector
	cursor crm.Cursor
}

func newSpender(ctx context.Context, database, account string, counted [2]*counting) (*spender, error) {
	c, err := hubspot.New(hubspot.Options{BaseURL: account, Token: "pat-na1-sandbox", DailyShare: 1})
	if err != nil {
		return nil, err
	}
	s, err := postgres.Open(ctx, database)
	if err != nil {
		return nil, err
	}
	c.Share(listened{s.Budget("hubspot", "bench"), counted})
	// An increment from now on finds nothing: it is one search.
	return &spender{s, c, crm.Cursor(fmt.Sprintf(`{"mode":"search","since":%d}`, time.Now().Add(24*time.Hour).UnixMilli()))}, nil
}

func (s *spender) close() {
	s.crm.Close()
	_ = s.store.Close() // nothing to keep
}

func (s *spender) search(ctx context.Context) error {
	for _, err := range s.crm.Records(ctx, crm.Query{Object: crm.People, Fields: []string{"email"}, Cursor: s.cursor}) {
		if err != nil {
			return err
		}
	}
	return nil
}

// listened is a budget whose asks are counted: those for searches apart.
type listened struct {
	crm.Budget
	counted [2]*counting
}

func (m listened) Take(ctx context.Context, a crm.Ask) (crm.Grant, error) {
	start := time.Now()
	g, err := m.Budget.Take(ctx, a)
	i := 0
	if a.Window == "search" {
		i = 1
	}
	m.counted[i].add(time.Since(start))
	return g, err
}

func (m listened) Day(ctx context.Context, n crm.DayNews) (crm.Day, error) {
	start := time.Now()
	day, err := m.Budget.Day(ctx, n)
	m.counted[0].add(time.Since(start))
	return day, err
}

// counting is how long each of many things took.
type counting struct {
	mu   sync.Mutex
	took []time.Duration
}

func (c *counting) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.took = append(c.took, d)
}

func (c *counting) n() int { return len(c.took) }

func (c *counting) quantiles() (median, p99 time.Duration) {
	slices.Sort(c.took)
	return quantile(c.took, 0.5), quantile(c.took, 0.99)
}

// quantile is the value that a share of sorted ones does not exceed.
func quantile(sorted []time.Duration, share float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}
