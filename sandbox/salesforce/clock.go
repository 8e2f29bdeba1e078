package salesforce

import (
	"sync/atomic"
	"time"
)

// clock is the org's time: that of a given clock, and as far ahead as it was told to pass.
type clock struct {
	base  func() time.Time
	ahead atomic.Int64
}

func newClock(base func() time.Time) *clock {
	if base == nil {
		base = time.Now
	}
	return &clock{base: base}
}

func (c *clock) now() time.Time { return c.base().Add(time.Duration(c.ahead.Load())).UTC() }

// Pass lets time pass for the org at once: nothing happens meanwhile, but sessions and cursors grow old.
func (s *Sandbox) Pass(d time.Duration) { s.clock.ahead.Add(int64(d)) }

// second is the org's time in milliseconds, whole seconds only: Salesforce stamps records no finer.
func (s *Sandbox) second() int64 { return s.clock.now().Unix() * 1000 }
