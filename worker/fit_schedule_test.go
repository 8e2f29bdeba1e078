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

// TestScheduleFits: a fit runs when it falls due.
func TestScheduleFits(t *testing.T) {
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
		stop := time.AfterFunc(70*time.Minute, cancel)
		defer stop.Stop()
		err := one.Run(ctx, worker.Schedule{Fit: "20 * * * *", Rescore: "40 * * * *"}, func(r worker.Report, _ error) {
			kinds = append(kinds, string(r.Kind))
		})
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("the schedule ended with %v", err)
		}
	})
	if got := strings.Join(kinds, " "); got != "sync fit rescore" {
		t.Errorf("ran %s, want sync fit rescore", got)
	}
}
