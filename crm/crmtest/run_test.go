package crmtest

import (
	"testing"
	"time"

	"github.com/bareme/bareme/crm"
)

// memoryHarness is a Memory with small pages and every type of field.
func memoryHarness(change ...func(*Memory)) Harness {
	m := NewMemory(func() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) })
	m.PageSize, m.BatchSize = 4, 3
	for _, f := range change {
		f(m)
	}
	m.Declare(crm.People,
		crm.Field{Name: "jobtitle", Writable: true},
		crm.Field{Name: "lastmodified", Type: crm.DateTime},
		crm.Field{Name: "employees", Type: crm.Number, Writable: true},
		crm.Field{Name: "member", Type: crm.Bool, Writable: true},
		crm.Field{Name: "born", Type: crm.Date, Writable: true},
		crm.Field{Name: "seen", Type: crm.DateTime, Writable: true},
		crm.Field{Name: "stage", Type: crm.Choice, Writable: true, Options: []crm.Option{{Value: "lead"}, {Value: "customer"}}},
		crm.Field{Name: "topics", Type: crm.Choices, Writable: true, Options: []crm.Option{{Value: "a"}, {Value: "b"}}},
	)
	m.Declare(crm.Companies, crm.Field{Name: "description", Writable: true})
	m.Declare(crm.Meetings, crm.Field{Name: "title", Writable: true})
	return Harness{
		Connector: m,
		System:    m,
		Reopen:    func() crm.Connector { return m },
		Text:      map[string]string{crm.People: "jobtitle", crm.Companies: "description", crm.Meetings: "title"},
		ReadOnly:  "lastmodified",
		Samples: []Sample{
			{"employees", crm.Number, "1.50", "1.5"},
			{"employees", crm.Number, "1e3", "1000"},
			{"employees", crm.Number, "-0", "0"},
			{"member", crm.Bool, "TRUE", "true"},
			{"born", crm.Date, "2026-02-03T00:00:00Z", "2026-02-03"},
			{"seen", crm.DateTime, "2026-02-03T05:05:06.000+01:00", "2026-02-03T04:05:06Z"},
			{"seen", crm.DateTime, "1770091506789", "2026-02-03T04:05:06.789Z"},
			{"stage", crm.Choice, "lead", "lead"},
			{"topics", crm.Choices, "a;b", "a;b"},
		},
		Faults: StandardFaults(),
		Provision: []crm.Field{
			{Name: "bareme_score", Label: "Score", Type: crm.Number},
			{Name: "bareme_label", Label: "Label", Type: crm.Choice, Options: []crm.Option{{Value: "hot", Label: "Hot"}, {Value: "cold", Label: "Cold"}}},
		},
		PageSize:  m.PageSize,
		BatchSize: m.BatchSize,
		Secrets:   []string{"token-canary"},
	}
}

func TestMemory(t *testing.T) {
	for name, change := range map[string]func(*Memory){
		"plain":     func(*Memory) {},
		"lagging":   func(m *Memory) { m.Lag = 5 * time.Minute },
		"merges to": func(m *Memory) { m.MergeToNew = true },
		"big pages": func(m *Memory) { m.PageSize, m.BatchSize = 0, 0 },
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(*testing.T) Harness { return memoryHarness(change) })
		})
	}
}
