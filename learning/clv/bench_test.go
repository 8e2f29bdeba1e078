package clv_test

import (
	"testing"

	"github.com/bareme/bareme/learning/clv"
)

// BenchmarkFitCDNOW fits the 2,357 customers of the CDNOW sample, without amounts. Aim for BG/NBD: under 60 ms.
func BenchmarkFitCDNOW(b *testing.B) {
	all, _ := customers(b)
	for _, kind := range clv.Kinds() {
		b.Run(string(kind), func(b *testing.B) { fits(b, withoutAmounts(all), kind) })
	}
}

// BenchmarkFitTenfold fits ten times as many customers, made up by the parameters of CDNOW: on whole days as there, and
// at moments that differ for everybody, where nothing can be grouped. Aim for BG/NBD: under 0.6 s.
func BenchmarkFitTenfold(b *testing.B) {
	for name, days := range map[string]bool{"days": true, "moments": false} {
		made := newPopulation(23, clv.BGNBD{R: .2426, Alpha: 4.4136, A: .7929, B: 2.4259})
		made.days = days
		all := made.make(23_570)
		for _, kind := range clv.Kinds() {
			b.Run(string(kind)+"/"+name, func(b *testing.B) { fits(b, all, kind) })
		}
	}
}

// BenchmarkFitWithAmounts is the whole of Fit on the CDNOW sample.
func BenchmarkFitWithAmounts(b *testing.B) {
	all, _ := customers(b)
	fits(b, all, clv.BG)
}

// BenchmarkPredict is what one customer costs: churn risk, purchases in a year, value.
func BenchmarkPredict(b *testing.B) {
	all, _ := customers(b)
	for name, m := range at(b) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				h := all[i%len(all)]
				i++
				_, err1 := m.Alive(h)
				_, err2 := m.Expected(h, 52)
				_, err3 := m.Value(h, clv.Terms{Months: 12, Discount: .01})
				if err1 != nil || err2 != nil || err3 != nil {
					b.Fatal(err1, err2, err3)
				}
			}
		})
	}
}

func withoutAmounts(all []clv.History) []clv.History {
	out := append([]clv.History(nil), all...)
	for i := range out {
		out[i].Mean = 0
	}
	return out
}

func fits(b *testing.B, all []clv.History, kind clv.Kind) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := clv.Fit(all, kind); err != nil {
			b.Fatal(err)
		}
	}
}
