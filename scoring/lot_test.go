package scoring

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// TestLotKeepsTheSameWhateverTheOrder is the law of lots: at most so many, drawn alike, and the same in any order.
func TestLotKeepsTheSameWhateverTheOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draws := rapid.SliceOfNDistinct(rapid.Uint64(), 0, 300, rapid.ID).Draw(t, "draws")
		most := rapid.IntRange(1, 200).Draw(t, "most")
		keep := func(order []uint64) lot[uint64] {
			var l lot[uint64]
			for _, d := range order {
				l.add(d, d, most)
			}
			return l
		}
		one := keep(draws)
		slices.Reverse(draws)
		other := keep(draws)
		slices.Sort(one.Items)
		slices.Sort(other.Items)
		if diff := cmp.Diff(one.Items, other.Items); diff != "" || one.Level != other.Level {
			t.Fatalf("another order keeps others: levels %d and %d\n%s", one.Level, other.Level, diff)
		}
		if len(one.Items) > most || one.Seen != len(draws) {
			t.Fatalf("%d kept of %d, at most %d", len(one.Items), one.Seen, most)
		}
	})
}

// TestFitOfASample learns from more customers than are kept: counts are those of all, and cut points close to theirs.
func TestFitOfASample(t *testing.T) {
	t.Parallel()
	m := rfmModel(t, "quantile")
	r := rand.New(rand.NewPCG(1, 2))
	whole, some := m.Fitter(benchNow), m.Fitter(benchNow)
	some.most = 2000
	const customers = 20_000
	for range customers {
		s := Subject{Events: []Event{{Kind: 1, Count: 1, At: benchNow.AddDate(0, 0, -r.IntN(365)).UnixMilli(), Amount: 10 + 1000*r.Float64()}}}
		for range r.IntN(9) {
			s.Events = append(s.Events, s.Events[0])
		}
		draw := r.Uint64()
		whole.Add(draw, &s)
		some.Add(draw, &s)
	}
	all, err := whole.Fit()
	if err != nil {
		t.Fatal(err)
	}
	part, err := some.Fit()
	if err != nil {
		t.Fatal(err)
	}
	a, p := all[0], part[0]
	if a.Customers != customers || p.Customers != customers || a.Sample != 0 || p.Sample == 0 || p.Sample > 2000 {
		t.Errorf("customers %d and %d, of whom %d and %d were learnt from", a.Customers, p.Customers, a.Sample, p.Sample)
	}
	for i, point := range a.Cuts.Recency.Points {
		if got := p.Cuts.Recency.Points[i]; got < point-365*.04 || got > point+365*.04 {
			t.Errorf("recency is cut at %g days, of a sample at %g", point, got)
		}
	}
	counted := 0
	for _, s := range p.Segments {
		counted += s.Customers
	}
	if counted < customers-len(p.Segments) || counted > customers+len(p.Segments) {
		t.Errorf("the segments of %d customers hold %d", customers, counted)
	}
}

// TestLotsMerge is the law of merging: lots of parts, merged in any order, hold whom one lot of all would.
func TestLotsMerge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draws := rapid.SliceOfNDistinct(rapid.Uint64(), 0, 300, rapid.ID).Draw(t, "draws")
		most := rapid.IntRange(1, 200).Draw(t, "most")
		var all lot[uint64]
		parts := make([]lot[uint64], rapid.IntRange(1, 6).Draw(t, "parts"))
		for _, d := range draws {
			all.add(d, d, most)
			parts[rapid.IntRange(0, len(parts)-1).Draw(t, "part")].add(d, d, most)
		}
		var merged lot[uint64]
		for i := range parts {
			merged.merge(&parts[i], most)
		}
		slices.Sort(all.Items)
		slices.Sort(merged.Items)
		if diff := cmp.Diff(all.Items, merged.Items, cmpopts.EquateEmpty()); diff != "" || all.Level != merged.Level || all.Seen != merged.Seen {
			t.Fatalf("merged %d seen at level %d, all at once %d at %d\n%s", merged.Seen, merged.Level, all.Seen, all.Level, diff)
		}
	})
}
