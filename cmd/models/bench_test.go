package main

import (
	"testing"

	"github.com/bareme/bareme/learning/scorecard"
)

// BenchmarkFit learns a card of each set, its ridge chosen by cross-validation or given.
func BenchmarkFit(b *testing.B) {
	for _, name := range []string{"leads", "bank", "german-credit", "telco"} {
		_, h := load(b, name, false)
		train, y := h.part(false)
		f, err := scorecard.Fit(train, y, nil, scorecard.Options{})
		if err != nil {
			b.Fatal(err)
		}
		ways := []struct {
			name    string
			options scorecard.Options
		}{{"chosen", scorecard.Options{}}, {"given", scorecard.Options{Ridge: &f.Card.Ridge, Once: true}}}
		for _, way := range ways {
			b.Run(name+"/"+way.name, func(b *testing.B) {
				b.ReportAllocs()
				used := processor()
				for b.Loop() {
					if _, err := scorecard.Fit(train, y, nil, way.options); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64((processor()-used).Nanoseconds())/float64(b.N), "cpu-ns/op")
			})
		}
	}
}
