package rfm_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/bareme/bareme/scoring/rfm"
)

func people(t *rapid.T) []rfm.Customer {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) rfm.Customer {
		return rfm.Customer{
			Recency: float64(rapid.IntRange(0, 400).Draw(t, "days")), Frequency: float64(rapid.IntRange(1, 30).Draw(t, "times")),
			Monetary: float64(rapid.IntRange(-50, 5000).Draw(t, "cents")) / 100,
		}
	}), 1, 60).Draw(t, "population")
}

func anySpec(t *rapid.T) rfm.Spec {
	measure := func(name string) rfm.Measure { return rfm.Measure{Bins: rapid.IntRange(1, 6).Draw(t, name)} }
	learnt := []rfm.Binning{rfm.Quantile, rfm.MidRank, rfm.Nested, rfm.RPackage}
	return rfm.Spec{
		Binning: rapid.SampledFrom(learnt).Draw(t, "binning"), Recency: measure("recency bins"), Frequency: measure("frequency bins"), Monetary: measure("monetary bins"),
	}
}

// TestPlacesAreLawful: every customer, of the population or not, has places within the bins; the same customer always
// the same; a later purchase, more of them or more money never a lower place of its own measure; stored and read back,
// cut points place as before.
func TestPlacesAreLawful(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		population, spec := people(t), anySpec(t)
		before := append([]rfm.Customer(nil), population...)
		cuts, err := rfm.Fit(population, spec)
		if err != nil {
			t.Skip(err)
		}
		if diff := cmp.Diff(before, population); diff != "" {
			t.Fatalf("the population was changed: %s", diff)
		}
		if err := cuts.Check(spec); err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(cuts)
		if err != nil {
			t.Fatal(err)
		}
		var stored rfm.Cuts
		if err := json.Unmarshal(text, &stored); err != nil {
			t.Fatal(err)
		}
		bins := [3]int{}
		bins[0], bins[1], bins[2] = spec.Bins()
		for _, c := range append(people(t), population...) {
			places := three(cuts.Score(c))
			if places != three(stored.Score(c)) {
				t.Fatalf("%v is placed otherwise by the stored cut points", c)
			}
			for i, p := range places {
				if p < 1 || p > bins[i] {
					t.Fatalf("%v has places %v with %v bins", c, places, bins)
				}
			}
			better := c
			better.Monetary++
			if p := three(cuts.Score(better)); p[2] < places[2] || p[0] != places[0] || p[1] != places[1] {
				t.Fatalf("more money moved %v to %v", places, p)
			}
			better = c
			better.Recency /= 2
			if p := three(cuts.Score(better)); p[0] < places[0] {
				t.Fatalf("a later purchase moved %v to %v", places, p)
			}
		}
	})
}

func three(r, f, m int) [3]int { return [3]int{r, f, m} }

// TestMidRankIsItsDefinition compares with counting: the middle rank of r among n has bin 1+floor(bins(r-1/2)/n).
func TestMidRankIsItsDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		population := people(t)
		bins := rapid.IntRange(2, 9).Draw(t, "bins")
		one := rfm.Measure{Bins: 1}
		cuts, err := rfm.Fit(population, rfm.Spec{Binning: rfm.MidRank, Recency: one, Frequency: rfm.Measure{Bins: bins}, Monetary: one})
		if err != nil {
			t.Skip(err)
		}
		n := len(population)
		for _, c := range population {
			below, same := 0, 0
			for _, other := range population {
				if other.Frequency < c.Frequency {
					below++
				} else if other.Frequency == c.Frequency {
					same++
				}
			}
			want := 1 + bins*(2*below+same)/(2*n)
			if _, f, _ := cuts.Score(c); f != want {
				t.Fatalf("%v has place %d, want %d", c, f, want)
			}
		}
	})
}

// TestPurchasesHaveNoOrder: the same purchases in any order are the same customer, to the last digit.
func TestPurchasesHaveNoOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		amounts := rapid.SliceOfN(rapid.Float64Range(-100, 1000), 1, 20).Draw(t, "amounts")
		order := rand.New(rand.NewPCG(1, rapid.Uint64().Draw(t, "seed"))).Perm(len(amounts))
		const now = 400 * day24
		var a, b rfm.Purchases
		for i := range amounts {
			a.Add(int64(i)*day24, 1, amounts[i], now)
			b.Add(int64(order[i])*day24, 1, amounts[order[i]], now)
		}
		ca, oka := a.Customer(now, true)
		cb, okb := b.Customer(now, true)
		if ca != cb || oka != okb {
			t.Fatalf("%v and %v", ca, cb)
		}
	})
}

const day24 = 24 * 60 * 60 * 1000

func TestPurchases(t *testing.T) {
	t.Parallel()
	const now = 100*day24 + day24/2
	add := func(p *rfm.Purchases, day int64, amount float64) { p.Add(day*day24, 1, amount, now) }
	for name, c := range map[string]struct {
		days []int64
		paid []float64
		want rfm.Customer
		none bool
	}{
		"nobody":                    {none: true},
		"refund takes off":          {days: []int64{90, 95}, paid: []float64{100, -30}, want: rfm.Customer{Recency: 10, Frequency: 1, Monetary: 70}},
		"refunds alone":             {days: []int64{95}, paid: []float64{-30}, none: true},
		"more given back than paid": {days: []int64{90, 95}, paid: []float64{10, -30}, want: rfm.Customer{Recency: 10, Frequency: 1, Monetary: -20}},
		"free is a purchase":        {days: []int64{90}, paid: []float64{0}, want: rfm.Customer{Recency: 10, Frequency: 1}},
		"no amount":                 {days: []int64{90, 91}, paid: []float64{5, math.NaN()}, want: rfm.Customer{Recency: 9, Frequency: 2, Monetary: 5}},
		"later today, and tomorrow": {days: []int64{90, 101}, paid: []float64{5, 7}, want: rfm.Customer{Recency: 10, Frequency: 1, Monetary: 5}},
		"no sum of rounding":        {days: []int64{1, 2, 3}, paid: []float64{0.1, 0.2, 0.3}, want: rfm.Customer{Recency: 97, Frequency: 3, Monetary: 0.6}},
		"endless money":             {days: []int64{1}, paid: []float64{math.Inf(1)}, want: rfm.Customer{Recency: 99, Frequency: 1}},
	} {
		var p rfm.Purchases
		for i := range c.days {
			add(&p, c.days[i], c.paid[i])
		}
		got, ok := p.Customer(now, false)
		if ok == c.none || got != c.want {
			t.Errorf("%s: %v %v, want %v", name, got, ok, c.want)
		}
	}
	var p rfm.Purchases
	for range 3 {
		add(&p, 7, 1e300)
	}
	if c, _ := p.Customer(now, true); c.Frequency != 1 || c.Monetary < 1e13 {
		t.Errorf("sums beyond any money: %v", c)
	}
}

func TestFitRefuses(t *testing.T) {
	t.Parallel()
	alike := []rfm.Customer{{Recency: 1, Frequency: 1, Monetary: 0}, {Recency: 2, Frequency: 1, Monetary: 0}, {Recency: 3, Frequency: 2, Monetary: 0}}
	three, one := rfm.Measure{Bins: 3}, rfm.Measure{Bins: 1}
	for want, c := range map[string]struct {
		population []rfm.Customer
		spec       rfm.Spec
	}{
		"there is no customer to fit to": {nil, five(rfm.Quantile)},
		"recency: fewer different values than bins: 3 among 3 customers, for 5 bins; use fewer bins for it, or binning: fixed with cut points of your own": {alike, five(rfm.MidRank)},
		"frequency: fewer different values than bins: 2 among 3 customers, for 3 bins; use fewer bins for it, or binning: fixed with cut points of your own": {
			alike, rfm.Spec{Binning: rfm.Nested, Recency: three, Frequency: three, Monetary: three}},
		"monetary: fewer different values than bins: 1 among 3 customers, for 3 bins; name the amount of the purchases under people.activity, or leave money out with monetary: {bins: 1}": {
			alike, rfm.Spec{Binning: rfm.Quantile, Recency: three, Frequency: one, Monetary: three}},
		"recency holds something that is no number":                                                                              {[]rfm.Customer{{Recency: math.NaN()}}, five(rfm.Quantile)},
		"binning: there is no binning \"ntile\"; use fixed, midrank, nested, quantile or rfm-r":                                  {alike, five("ntile")},
		"monetary.bins: 12 bins are not 1 to 9; 5 are usual; 1 leaves the measure out":                                           {alike, rfm.Spec{Binning: rfm.Quantile, Recency: one, Frequency: three, Monetary: rfm.Measure{Bins: 12}}},
		"recency.bins: every measure has one bin, so every customer would be the same; give at least one of them 2 bins or more": {alike, rfm.Spec{Binning: rfm.Quantile, Recency: one, Frequency: one, Monetary: one}},
		"recency.cuts: cut points are for binning: fixed, and the binning is quantile; remove them, or write binning: fixed":     {alike, rfm.Spec{Binning: rfm.Quantile, Recency: rfm.Measure{Cuts: []float64{1}}, Frequency: one, Monetary: three}},
		"recency.cuts: fixed binning has no cut points for recency; write them, such as [30, 60, 120, 210] (days)":               {alike, rfm.Spec{Binning: rfm.Fixed, Recency: three, Frequency: one, Monetary: one}},
		"recency.cuts: the cut point 5 stands after 9; write them ascending, each once":                                          {alike, rfm.Spec{Binning: rfm.Fixed, Recency: rfm.Measure{Cuts: []float64{9, 5}}, Frequency: one, Monetary: one}},
		"recency.cuts: 5 bins need 4 cut points, and there are 1; leave bins out: it follows from the cut points":                {alike, rfm.Spec{Binning: rfm.Fixed, Recency: rfm.Measure{Bins: 5, Cuts: []float64{9}}, Frequency: one, Monetary: one}},
	} {
		if _, err := rfm.Fit(c.population, c.spec); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	if _, err := rfm.Fit(alike, five(rfm.Quantile)); !errors.Is(err, rfm.ErrTooFew) {
		t.Error(err)
	}
}

func TestTables(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		table rfm.Table
		want  string
	}{
		"overlap": {segments(t, "Loyal: R4-5, F4-5", "Stars: R5 F5", "Others: *"), `segments.Stars: R5 F5 M1 is in "Loyal" and in "Stars"; take it out of one of them, or write first_wins: true`},
		"hole":    {segments(t, "Loyal: R3-5", "Gone: R1-2 F1-4"), `segments: no segment has R1 F5, and 1 more such; add it to one, or give one segment the rest: "*"`},
		"hole in M": {segments(t, "Loyal: R3-5", "Gone: R1-2 M1-4", "Gone rich: R1 M5", "Rich: R2 F2-5 M5"),
			`segments: no segment has R2 F1 M5; add it to one, or give one segment the rest: "*"`},
		"two rests": {segments(t, "A: *", "B: *"), `segments.B: "A" already has the rest; write "*" once`},
		"twice":     {segments(t, "A: *", "A: R1"), `segments.A: two segments are named "A"; name each segment once`},
		"too high":  {segments(t, "A: R6", "B: *"), `segments.A: there is no R6: recency has 5 places; write places from 1 to 5`},
		"empty":     {rfm.Table{}, `segments: 0 segments are not 1 to 100; write some, or remove the key for the usual ones`},
	} {
		s, problems := c.table.Compile(5, 5, 5)
		if s != nil || len(problems) == 0 || problems[0].String() != c.want {
			t.Errorf("%s: got %v, want %s", name, problems, c.want)
		}
	}
	first := segments(t, "Stars: R5 F5", "Loyal: R4-5, F4-5", "Others: *")
	first.FirstWins = true
	s, problems := first.Compile(5, 5, 5)
	if problems != nil || s.Segment(5, 5, 1) != "Stars" || s.Segment(5, 1, 1) != "Loyal" || s.Segment(1, 1, 5) != "Others" || s.Segment(6, 1, 1) != "" {
		t.Error(problems)
	}
	for _, text := range []string{"", "R", "R0", "R5-4", "Q1", "R1 R2", "R1,F2", "R10", "5"} {
		if b, err := rfm.ParseBlock(text); err == nil {
			t.Errorf("%q was read as %v", text, b)
		}
	}
}

// segments reads "Name: block, block" lines.
func segments(t *testing.T, lines ...string) rfm.Table {
	t.Helper()
	var out rfm.Table
	for _, line := range lines {
		name, blocks, _ := strings.Cut(line, ": ")
		seg := rfm.Segment{Name: name}
		for _, text := range strings.Split(blocks, ", ") {
			b, err := rfm.ParseBlock(text)
			if err != nil {
				t.Fatal(err)
			}
			seg.Blocks = append(seg.Blocks, b)
		}
		out.Segments = append(out.Segments, seg)
	}
	return out
}

// TestDefaultSegments: there are no gaps and no overlaps, and the best and the worst are what they should be for any bins.
func TestDefaultSegments(t *testing.T) {
	t.Parallel()
	if _, problems := rfm.DefaultTable().Compile(5, 5, 5); problems != nil {
		t.Fatal(problems)
	}
	for r := 2; r <= rfm.MostBins; r++ {
		for f := 2; f <= rfm.MostBins; f++ {
			s, problems := rfm.DefaultSegmenter(r, f, 3)
			if problems != nil || s.Segment(r, f, 1) != "Champions" || s.Segment(1, 1, 3) != "Hibernating" || s.Segment(1, f, 2) != "Can't Lose" || s.Segment(r, 1, 1) != "New" {
				t.Errorf("%d and %d bins: %v", r, f, problems)
			}
		}
	}
	if _, problems := rfm.DefaultSegmenter(5, 1, 5); problems == nil {
		t.Error("the usual segments were used without frequency")
	}
}

func FuzzStoredCuts(f *testing.F) {
	f.Add([]byte(`{"binning":"quantile","recency":{"bins":2,"points":[3]},"frequency":[{"bins":2,"points":[1]}],"monetary":[{"bins":1}]}`))
	spec := rfm.Spec{Binning: rfm.Quantile, Recency: rfm.Measure{Bins: 2}, Frequency: rfm.Measure{Bins: 2}, Monetary: rfm.Measure{Bins: 1}}
	f.Fuzz(func(t *testing.T, data []byte) {
		var c rfm.Cuts
		if json.Unmarshal(data, &c) != nil || c.Check(spec) != nil {
			return
		}
		if r, fr, m := c.Score(rfm.Customer{Recency: 3, Frequency: 1, Monetary: 9}); r < 1 || r > 2 || fr < 1 || fr > 2 || m != 1 {
			t.Errorf("places %d %d %d from %s", r, fr, m, data)
		}
	})
}

// BenchmarkFit learns from a million customers.
func BenchmarkFit(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	population := make([]rfm.Customer, 1_000_000)
	for i := range population {
		population[i] = rfm.Customer{Recency: float64(random.IntN(1000)), Frequency: float64(1 + random.IntN(40)), Monetary: float64(random.IntN(1_000_000)) / 100}
	}
	for _, binning := range []rfm.Binning{rfm.MidRank, rfm.Quantile, rfm.Nested} {
		b.Run(string(binning), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := rfm.Fit(population, five(binning)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
