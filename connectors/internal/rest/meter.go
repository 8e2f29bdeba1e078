package rest

import (
	"maps"
	"sync"
	"time"

	"github.com/bareme/bareme/crm"
)

// Meter counts what a client spends. The zero Meter is ready.
type Meter struct {
	mu      sync.Mutex
	calls   map[string]int
	retried int
	waited  time.Duration
	waiting int
	since   time.Time
}

func (m *Meter) call(kind string, again bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.calls == nil {
		m.calls = make(map[string]int)
	}
	m.calls[kind]++
	if again {
		m.retried++
	}
}

// wait notes that a call waits for a rate limit until the returned function is called. Waits that overlap count once:
// the total is the time during which at least one call waited, and so never more than has passed.
func (m *Meter) wait() (done func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.waiting == 0 {
		m.since = time.Now()
	}
	m.waiting++
	return sync.OnceFunc(func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.waiting--; m.waiting == 0 {
			m.waited += time.Since(m.since)
		}
	})
}

// Usage returns the counts so far.
func (m *Meter) Usage() crm.Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	waited := m.waited
	if m.waiting > 0 {
		waited += time.Since(m.since)
	}
	calls := maps.Clone(m.calls)
	if calls == nil {
		calls = map[string]int{}
	}
	return crm.Usage{Calls: calls, Retried: m.retried, Waited: waited}
}
