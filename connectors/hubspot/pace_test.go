package hubspot_test

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bareme/bareme/connectors/hubspot"
	"github.com/bareme/bareme/crm"
	sandbox "github.com/bareme/bareme/sandbox/hubspot"
)

// slow is a handler that takes its time, half of it before and half after the work is done.
type slow struct {
	next http.Handler
	took time.Duration
}

func (s slow) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	time.Sleep(s.took / 2)
	w.Header().Set("Date", time.Now().UTC().Format(http.TimeFormat))
	s.next.ServeHTTP(w, r)
	time.Sleep(s.took / 2)
}

// 20,000 contacts under a Professional account's real limits: pull, change all, pull again, write. The limits are used
// to 95 % and never exceeded.
func TestPace(t *testing.T) {
	for _, took := range []time.Duration{20 * time.Millisecond, 120 * time.Millisecond} {
		t.Run(took.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { pace(t, took) })
		})
	}
}

func pace(t *testing.T, took time.Duration) {
	const people = 20_000
	box := sandbox.New(sandbox.Options{People: people})
	c, err := hubspot.New(hubspot.Options{Token: token, BaseURL: "https://api.hubapi.com", Transport: direct{slow{box, took}}})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	q := crm.Query{Object: crm.People, Fields: []string{"jobtitle"}, Links: []string{crm.Companies}}
	pull := func() {
		ids = ids[:0]
		for page, err := range c.Records(t.Context(), q) {
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page.Items {
				ids = append(ids, r.ID)
			}
			q.Cursor = page.Next
		}
		if len(ids) != people {
			t.Fatalf("read %d of %d", len(ids), people)
		}
	}
	step := func(name, kind string, rate float64, run func()) {
		box.ClearRequests()
		began, before := time.Now(), c.Usage().Calls[kind]
		run()
		elapsed := time.Since(began).Seconds()
		calls := c.Usage().Calls[kind] - before
		ratio := elapsed / (float64(calls) / rate)
		t.Logf("%-9s %4d × %-10s in %5.1f s: %.3f of calls ÷ allowed rate", name, calls, kind, elapsed, ratio)
		// Calls that depend on one another cannot go faster than the answers come.
		if alone := float64(calls) * took.Seconds(); ratio > 1.05 && elapsed > alone*1.05 {
			t.Errorf("%s took %.1f s: %.3f times the least", name, elapsed, ratio)
		}
		for _, r := range box.Requests() {
			if r.Status == http.StatusTooManyRequests {
				t.Fatalf("%s: a call was refused for its rate: %s %s", name, r.Method, r.Path)
			}
		}
	}
	const burst, search = 19, 5
	step("list", "list", burst, pull)
	time.Sleep(time.Hour)
	if _, err := box.TouchAll("contacts"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Minute)
	step("increment", "search", search, pull)
	time.Sleep(time.Minute)
	step("write", "write", burst, func() {
		updates := make([]crm.Update, len(ids))
		for i, id := range ids {
			updates[i] = crm.Update{ID: id, Fields: crm.Fields{"jobtitle": "VP"}}
		}
		if out, err := c.Write(t.Context(), crm.People, updates); err != nil || len(out) != people {
			t.Fatalf("%d outcomes, %v", len(out), err)
		}
	})
}

// Somebody else uses the same key and the same searches: we are refused now and then, slow down, and finish.
func TestSharedLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := sandbox.New(sandbox.Options{People: 3000})
		others := true
		handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Date", time.Now().UTC().Format(http.TimeFormat))
			if others { // their call comes first
				box.ServeHTTP(discard{}, r.Clone(r.Context()))
			}
			box.ServeHTTP(w, r)
		})
		c, err := hubspot.New(hubspot.Options{Token: token, Transport: direct{handler}})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for range 12 {
			for page, err := range c.Records(t.Context(), crm.Query{Object: crm.People}) {
				if err != nil {
					t.Fatal(err)
				}
				n += len(page.Items)
			}
		}
		if n != 36_000 {
			t.Errorf("read %d of 36,000", n)
		}
		if u := c.Usage(); u.Retried > u.Calls["list"]/20 {
			t.Errorf("%d of %d calls were refused", u.Retried, u.Calls["list"])
		}
	})
}

type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}

// A run spends no more than its share of what is left today, says when to go on, and a new day brings a new share.
func TestDailyShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := sandbox.New(sandbox.Options{People: 10_000, TimeZone: "America/New_York"})
		box.LeaveDaily(100)
		c, err := hubspot.New(hubspot.Options{Token: token, Transport: direct{slow{box, 0}}, DailyShare: 0.25})
		if err != nil {
			t.Fatal(err)
		}
		need := crm.Need{Read: map[string][]string{crm.People: {"jobtitle"}}}
		if err := c.Check(t.Context(), need); err != nil {
			t.Fatal(err)
		}
		read := func(cursor *crm.Cursor) (pages int, failed error) {
			for page, err := range c.Records(t.Context(), crm.Query{Object: crm.People, Cursor: *cursor}) {
				if err != nil {
					return pages, err
				}
				pages++
				*cursor = page.Next
			}
			return pages, nil
		}
		var cursor crm.Cursor
		pages, err := read(&cursor)
		if !errors.Is(err, crm.ErrQuota) {
			t.Fatalf("after %d pages: %v", pages, err)
		}
		if pages < 22 || pages > 25 {
			t.Errorf("%d calls of the 25 allowed", pages)
		}
		// synctest begins at midnight UTC: five hours to midnight in New York.
		if wait := crm.RetryAfter(err); wait < 5*time.Hour-time.Minute || wait > 5*time.Hour {
			t.Errorf("told to come back after %s, want 5 h", wait)
		}
		if _, left := c.Usage().DailyLimit, c.Usage().DailyLeft; left < 70 || left > 80 {
			t.Errorf("%d calls are left, want about 75", left)
		}
		time.Sleep(crm.RetryAfter(err) + time.Second)
		if err := c.Check(t.Context(), need); err != nil {
			t.Fatal(err)
		}
		if pages, err := read(&cursor); err != nil || pages == 0 {
			t.Errorf("the next day: %d pages, %v", pages, err)
		}
	})
}

// With nothing left at all the run ends before it begins, kindly, and begins again after midnight.
func TestNothingLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := sandbox.New(sandbox.Options{TimeZone: "Europe/Paris"})
		c, err := hubspot.New(hubspot.Options{Token: token, Transport: direct{slow{box, 0}}})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Check(t.Context(), crm.Need{}); err != nil {
			t.Fatal(err)
		}
		box.LeaveDaily(0)
		time.Sleep(time.Minute)
		err = c.Check(t.Context(), crm.Need{})
		if !errors.Is(err, crm.ErrQuota) {
			t.Fatalf("got %v", err)
		}
		time.Sleep(crm.RetryAfter(err) + time.Second)
		if err := c.Check(t.Context(), crm.Need{}); err != nil {
			t.Errorf("the next day: %v", err)
		}
	})
}
