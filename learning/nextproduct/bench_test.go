package nextproduct_test

import (
	"testing"

	"github.com/bareme/bareme/learning/nextproduct"
)

// BenchmarkFit learns from 50,000 people who bought twelve products.
func BenchmarkFit(b *testing.B) {
	all := shop(7, 50_000, true)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := nextproduct.Fit(all, on(1500), nextproduct.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(all)), "purchases")
}
