package file

import (
	"testing"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/internal/outside"
)

// BenchmarkLeads looks the real export through and reads it.
func BenchmarkLeads(b *testing.B) {
	path := outside.Path(b, "data/leads/Leads.csv")
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			if _, err := Open(b.Context(), path, Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		s, err := Open(b.Context(), path, Options{})
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			for _, err := range s.Records(b.Context(), crm.Query{Object: crm.People, Fields: s.names()}) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
