package scorecard_test

import (
	"testing"

	"github.com/bareme/bareme/learning/scorecard"
)

// BenchmarkFitBank fits seven tenths of the bank's calls: 28,831 rows of 19 attributes, the ridge chosen by
// cross-validation, or given.
func BenchmarkFitBank(b *testing.B) {
	columns, converted := calls(b, 1)
	n := 28831
	var rows []int
	for i := range n {
		rows = append(rows, i*10/7)
	}
	for i := range columns {
		columns[i] = columns[i].Pick(rows)
	}
	part := make([]bool, n)
	for i, r := range rows {
		part[i] = converted[r]
	}
	for name, o := range map[string]scorecard.Options{"chosen": {}, "given": {Ridge: &scorecard.Ridge{Line: 30, Bends: 100}, Once: true}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := scorecard.Fit(columns, part, nil, o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
