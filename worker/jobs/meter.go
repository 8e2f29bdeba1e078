package jobs

import (
	"sync"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// meter attributes what a connector's calls cost to pieces, each call once: pieces of one run use it at the same time.
type meter struct {
	crm crm.Connector
	mu  sync.Mutex
	was crm.Usage
}

func newMeter(c crm.Connector) *meter {
	m := &meter{crm: c}
	m.was = m.usage()
	return m
}

func (m *meter) usage() crm.Usage {
	if metered, ok := m.crm.(crm.Metered); ok {
		return metered.Usage()
	}
	return crm.Usage{}
}

// spend adds to a report what calls cost since the last time.
func (m *meter) spend(r *worker.Report) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.usage()
	r.Spend(m.was, now)
	m.was = now
}
