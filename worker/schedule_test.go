package worker_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bareme/bareme/worker"
)

// TestScheduleNeverOverlapsAndMakesUpOnce lets two hours pass on a schedule of a quarter of an hour, with one run that
// takes fifty minutes: what fell due meanwhile is run once.
func TestScheduleNeverOverlapsAndMakesUpOnce(t *testing.T) {
	t.Parallel()
	w := first(t, 3)
	one := w.open()
	defer func() { _ = one.Store.Close() }()
	var kinds []string
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		one := *one
		one.Now = time.Now
		one.CRM = refuses{} // the runs end at once: only the schedule is looked at
		start := time.Now().Truncate(time.Hour).Add(time.Hour)
		time.Sleep(time.Until(start.Add(time.Minute)))
		stop := time.AfterFunc(2*time.Hour, cancel)
		defer stop.Stop()
		err := one.Run(ctx, worker.Schedule{Sync: "*/15 * * * *", Rescore: "40 * * * *"}, func(r worker.Report, _ error) {
			kinds = append(kinds, string(r.Kind))
			if len(kinds) == 2 {
				time.Sleep(50 * time.Minute)
			}
		})
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("the schedule ended with %v", err)
		}
	})
	// At once; :15, which takes until 1:05; then the rescore of :40, and one sync for :30, :45 and 1:00; and so on.
	want := "sync sync rescore sync sync sync rescore sync sync"
	if got := strings.Join(kinds, " "); got != want {
		t.Errorf("ran   %s\nwant  %s", got, want)
	}
}
