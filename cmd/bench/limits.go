package main

import (
	"context"
	"fmt"
	"time"
)

// allowed is HubSpot's limit for a Professional account: so many calls in any ten seconds.
const allowed = 190.0 / 10

// limits measures a first load under the sandbox's real limits against the time the calls take at the allowed rate. The
// first burst is free, so the least time is that of the calls beyond it.
func (b bench) limits(ctx context.Context, n sizes) error {
	a, err := b.open(ctx, n.limits, true)
	if err != nil {
		return err
	}
	defer a.close()
	report, took, err := a.sync(ctx)
	if err != nil {
		return err
	}
	calls := report.AllCalls()
	least := time.Duration(float64(calls) / allowed * float64(time.Second))
	title(fmt.Sprintf("First load under real limits (190 calls in 10 s), %s people", count(n.limits)))
	row("", "calls", "seconds", "calls/rate", "ratio")
	row("first load", count(calls), fmt.Sprintf("%.1f", took.wall.Seconds()), fmt.Sprintf("%.1f s", least.Seconds()),
		fmt.Sprintf("%.3f", took.wall.Seconds()/least.Seconds()))
	fmt.Printf("    waited %s for limits; %d calls were refused and repeated\n", report.Waited.Round(time.Millisecond), report.Retried)
	return nil
}
