package crmtest

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/bareme/bareme/crm"
)

// fault is a fault waiting to happen.
type fault struct {
	name    string
	skip, n int
}

// watcher is a function waiting for a request.
type watcher struct {
	left int
	f    func()
}

// defaultTries is how often Memory tries what a passing fault spoils.
const defaultTries = 4

// Fail implements System with the standard faults.
func (m *Memory) Fail(name string, skip, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.queue = append(m.queue, fault{name, skip, n})
}

// Heal implements System.
func (m *Memory) Heal() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.queue = nil
}

// Before implements System.
func (m *Memory) Before(n int, f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.watch = append(m.watch, watcher{n, f})
}

// Requests implements System.
func (m *Memory) Requests() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.asked
}

// Usage implements crm.Metered.
func (m *Memory) Usage() crm.Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	u := m.usage
	u.Calls = maps.Clone(u.Calls)
	u.Clock = m.ahead
	return u
}

// request is one exchange with the CRM, repeated when a passing fault spoils it. do runs under the lock, and as often
// as the CRM acts: it must bear repeating.
func (m *Memory) request(ctx context.Context, call, op, object string, do func()) error {
	var name string
	for range orDefault(m.tries, defaultTries) {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("%s: %w", op, err)
		}
		m.arrive(call)
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("%s: %w", op, err)
		}
		name = m.answer(do)
		switch name {
		case "":
			return nil
		case RateLimited:
			m.repeat(10 * time.Second)
		case Unavailable, ConnectionReset, BodyTruncated:
			m.repeat(0)
		default:
			return faultError(name, op, object)
		}
	}
	return faultError(name, op, object)
}

// arrive counts the request and calls whoever waited for it.
func (m *Memory) arrive(call string) {
	m.mu.Lock()
	m.asked++
	m.usage.Calls[call]++
	var due []func()
	kept := m.watch[:0:0]
	for _, w := range m.watch {
		if w.left == 0 {
			due = append(due, w.f)
		} else {
			kept = append(kept, watcher{w.left - 1, w.f})
		}
	}
	m.watch = kept
	m.mu.Unlock()
	for _, f := range due {
		f()
	}
}

// answer acts on the request unless a fault prevents it, and returns the fault's name.
func (m *Memory) answer(do func()) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	name := ""
	for i := range m.queue {
		f := &m.queue[i]
		switch {
		case f.skip > 0:
			f.skip--
		case f.n != 0 && name == "":
			f.n--
			name = f.name
		}
	}
	if name == "" || name == BodyTruncated {
		do()
	}
	return name
}

func (m *Memory) repeat(wait time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.usage.Retried++
	m.usage.Waited += wait
}

// faultError says what a fault means to the caller.
func faultError(name, op, object string) error {
	e := &crm.Error{Op: op, Object: object, Message: "the CRM answered: " + name}
	switch name {
	case RateLimited, RateLimitedLong:
		e.Kind, e.RetryAfter = crm.ErrRateLimit, 10*time.Minute
		e.Hint = "The next run goes on from here"
	case QuotaSpent:
		e.Kind, e.RetryAfter = crm.ErrQuota, 6*time.Hour
		e.Hint = "The next run after the quota turns over goes on from here"
	case TokenExpired:
		e.Kind, e.Hint = crm.ErrAuth, "Renew the token"
	case ScopeMissing:
		e.Kind, e.Hint = crm.ErrAuth, "Grant the scope"
	default:
		e.Kind, e.Hint = crm.ErrUnavailable, "The next run goes on from here"
	}
	return e
}
