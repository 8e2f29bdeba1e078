package worker_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bareme/bareme/worker"
)

// ran lets time pass on a schedule, from a minute past a full hour, and returns the kinds of the runs in order. The runs
// end at once, but for what after makes of the n-th.
func ran(t *testing.T, s worker.Schedule, passes time.Duration, after func(n int)) string {
	t.Helper()
	return ranAgain(t, s, nil, passes, after)
}

// ranAgain is ran for a worker that has been there before: how long ago each kind of run last succeeded.
func ranAgain(t *testing.T, s worker.Schedule, before map[worker.Kind]time.Duration, passes time.Duration, after func(n int)) string {
	t.Helper()
	w := first(t, 3)
	one := w.open()
	defer func() { _ = one.Store.Close() }()
	var kinds []string
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		one := *one
		one.Now, one.CRM = time.Now, refuses{} // only the schedule is looked at
		time.Sleep(time.Until(time.Now().Truncate(time.Hour).Add(time.Hour + time.Minute)))
		for kind, ago := range before {
			if err := one.Store.SetNote(ctx, one.Connection, "ran "+string(kind), time.Now().Add(-ago).UTC().Format(time.RFC3339)); err != nil {
				t.Fatal(err)
			}
		}
		stop := time.AfterFunc(passes, cancel)
		defer stop.Stop()
		if err := (worker.Group{&one}).Run(ctx, s, func(r worker.Report, _ error) {
			kinds = append(kinds, string(r.Kind))
			after(len(kinds))
		}); err != nil {
			t.Errorf("the schedule ended with %v", err)
		}
	})
	return strings.Join(kinds, " ")
}

// TestScheduleNeverOverlapsAndMakesUpOnce: on a schedule of a quarter of an hour, with one run that takes fifty minutes,
// what fell due meanwhile is run once.
func TestScheduleNeverOverlapsAndMakesUpOnce(t *testing.T) {
	t.Parallel()
	got := ran(t, worker.Schedule{Sync: "*/15 * * * *", Rescore: "40 * * * *"}, 2*time.Hour, func(n int) {
		if n == 2 {
			time.Sleep(50 * time.Minute)
		}
	})
	// At once; :15, which takes until 1:05; then the rescore of :40, and one sync for :30, :45 and 1:00; and so on.
	if want := "sync sync rescore sync sync sync rescore sync sync"; got != want {
		t.Errorf("ran   %s\nwant  %s", got, want)
	}
}

// TestScheduleFits: a fit runs when it falls due.
func TestScheduleFits(t *testing.T) {
	t.Parallel()
	got := ran(t, worker.Schedule{Fit: "20 * * * *", Rescore: "40 * * * *"}, 70*time.Minute, func(int) {})
	if want := "sync fit rescore"; got != want {
		t.Errorf("ran %s, want %s", got, want)
	}
}

// TestMissedWhileDownIsMadeUpOnce: three nights without a worker are one rescore, after the sync at the start; what is
// not due yet, or never ran here, waits for its time.
func TestMissedWhileDownIsMadeUpOnce(t *testing.T) {
	t.Parallel()
	night := worker.Schedule{Rescore: "0 3 * * *", Reload: "0 2 * * 0", Fit: "0 4 1 */3 *"}
	before := map[worker.Kind]time.Duration{worker.Rescore: 3*24*time.Hour + time.Hour, worker.Reload: time.Hour}
	if got := ranAgain(t, night, before, 20*time.Minute, func(int) {}); got != "sync rescore" {
		t.Errorf("ran %s, want sync rescore", got)
	}
	if got := ranAgain(t, night, nil, 20*time.Minute, func(int) {}); got != "sync" {
		t.Errorf("the first time, ran %s, want sync alone", got)
	}
}
