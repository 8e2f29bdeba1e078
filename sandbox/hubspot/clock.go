package hubspot

import (
	"sync/atomic"
	"time"
)

// clock is the account's time: that of a given clock, and as far ahead as it was told to pass.
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

func (c *clock) now() time.Time { return c.base().Add(time.Duration(c.ahead.Load())) }

// Pass lets time pass for the account at once: nothing happens meanwhile, but limits and the index catch up.
func (s *Sandbox) Pass(d time.Duration) { s.clock.ahead.Add(int64(d)) }
