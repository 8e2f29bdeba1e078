package postgres_test

import (
	"errors"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/bareme/bareme/connectors/hubspot"
	"github.com/bareme/bareme/connectors/salesforce"
	"github.com/bareme/bareme/crm"
	sandbox "github.com/bareme/bareme/sandbox/hubspot"
	salesforcebox "github.com/bareme/bareme/sandbox/salesforce"
)

// TestDayIsTheAccounts: what one process is told of the account's day, and what it spends, all know; a process that is not
// heard of for a minute keeps nothing back.
func TestDayIsTheAccounts(t *testing.T) {
	s := open(t, server.Database(t))
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	one, other, events := s.BudgetAt("marketing", clock), s.BudgetAt("marketing", clock), s.BudgetAt("events", clock)
	for _, step := range []struct {
		what string
		who  crm.Budget
		news crm.DayNews
		pass time.Duration
		want crm.Day
	}{
		{"nobody was told", one, crm.DayNews{Spent: 2}, 0, crm.Day{Spent: 2}},
		{"told", one, crm.DayNews{Spent: 1, Limit: 1000, Left: 397, Turns: time.Hour}, 0, crm.Day{Limit: 1000, Left: 397, Began: 400, Spent: 3}},
		{"a run begins", one, crm.DayNews{Begin: true, Ahead: 10}, 0, crm.Day{Limit: 1000, Left: 397, Began: 397}},
		{"another process of the run", other, crm.DayNews{Spent: 7, Ahead: 5}, 0, crm.Day{Limit: 1000, Left: 390, Began: 397, Spent: 7, Ahead: 10}},
		{"another connection", events, crm.DayNews{Spent: 1}, 0, crm.Day{Limit: 1000, Left: 389, Began: 390, Spent: 1, Ahead: 15}},
		{"older news", events, crm.DayNews{Limit: 1000, Left: 500, Ago: time.Minute}, time.Second, crm.Day{Limit: 1000, Left: 389, Began: 390, Spent: 1, Ahead: 15}},
		{"who is not heard of", other, crm.DayNews{}, time.Minute, crm.Day{Limit: 1000, Left: 389, Began: 397, Spent: 7}},
		{"much more is left: a new day", other, crm.DayNews{Limit: 1000, Left: 900, Turns: 24 * time.Hour}, 0, crm.Day{Limit: 1000, Left: 900, Began: 900}},
		{"the day is over, and nobody knows the next", one, crm.DayNews{Spent: 4}, 25 * time.Hour, crm.Day{Spent: 4}},
	} {
		now = now.Add(step.pass)
		step.news.Account = "7"
		got, err := step.who.Day(bg, step.news)
		if err != nil || got != step.want {
			t.Errorf("%s: %+v %v, want %+v", step.what, got, err, step.want)
		}
	}
}

// TestReplicasShareTheDay: a run's share of the day is what all its processes spend together, at HubSpot and at Salesforce.
func TestReplicasShareTheDay(t *testing.T) {
	const share = 60
	box := sandbox.New(sandbox.Options{Seed: 5, People: 10, Limits: sandbox.Limits{Burst: 1000}})
	box.LeaveDaily(2 * share)
	account := httptest.NewServer(box)
	defer account.Close()
	org := salesforcebox.New(salesforcebox.Options{Seed: 5, People: 10, Limits: salesforcebox.Limits{Daily: 10 * share}})
	orgAt := httptest.NewServer(org)
	defer orgAt.Close()
	for name, connect := range map[string]func() (crm.Connector, error){
		"hubspot": func() (crm.Connector, error) {
			return hubspot.New(hubspot.Options{BaseURL: account.URL, Token: "pat-na1-sandbox", DailyShare: 0.5, Limits: hubspot.Limits{Burst: hubspot.Rate{Calls: 1000, Span: 10 * time.Second}}})
		},
		"salesforce": func() (crm.Connector, error) {
			return salesforce.New(salesforce.Options{LoginURL: orgAt.URL, ClientID: "sandbox-client", ClientSecret: "sandbox-secret", Loopback: true, RunShare: 0.1})
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := server.Database(t)
			var replicas sync.WaitGroup
			for i := range 4 {
				c, err := connect()
				if err != nil {
					t.Fatal(err)
				}
				c.(crm.Budgeted).Share(open(t, url).Budget(name, "marketing"))
				if _, err := c.Account(bg); err != nil {
					t.Fatal(err)
				}
				if i == 0 { // one begins the run for all
					if err := c.Check(bg, crm.Need{}); err != nil {
						t.Fatal(err)
					}
				}
				replicas.Go(func() {
					if err := readOn(c); !errors.Is(err, crm.ErrQuota) {
						t.Error(err)
					}
				})
			}
			replicas.Wait()
			made := map[string]int{"hubspot": len(box.Requests()), "salesforce": len(org.Requests())}[name]
			if made < share*3/4 || made > share+12 { // who logs in or asks for the account is not held back
				t.Errorf("%d calls; the run's share are %d", made, share)
			}
		})
	}
}

// readOn reads everybody again and again, until there is an error.
func readOn(c crm.Connector) error {
	for {
		for _, err := range c.Records(bg, crm.Query{Object: crm.People}) {
			if err != nil {
				return err
			}
		}
	}
}
