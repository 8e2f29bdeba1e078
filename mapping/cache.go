package mapping

import "sync"

// A memo remembers the answers of a pure function of text. It keeps at most two generations of its size: when the younger
// is full the elder goes, so that what repeats stays and memory is bounded. It is safe for concurrent use.
type memo struct {
	f           func(string) string
	size        int
	mu          sync.RWMutex
	young, aged map[string]string
}

// longest key worth keeping: titles and countries repeat, long texts do not.
const memoKey = 256

func newMemo(f func(string) string, size int) *memo {
	return &memo{f: f, size: size, young: map[string]string{}}
}

func (m *memo) get(key string) string {
	if len(key) > memoKey {
		return m.f(key)
	}
	m.mu.RLock()
	value, ok := m.young[key]
	if ok {
		m.mu.RUnlock()
		return value
	}
	value, ok = m.aged[key]
	m.mu.RUnlock()
	if !ok {
		value = m.f(key)
	}
	m.mu.Lock()
	if len(m.young) >= m.size {
		m.young, m.aged = map[string]string{}, m.young
	}
	m.young[key] = value
	m.mu.Unlock()
	return value
}
