package scoring

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/scoring/rfm"
)

// TestPartsLearnWhatAllWould: fitters of the parts of a population, merged in its order, learn what one fitter of all
// would; where customers are too many to be held, too.
func TestPartsLearnWhatAllWould(t *testing.T) {
	t.Parallel()
	m := rfm.Measure{Bins: 3}
	model, problems := Compile(Spec{
		Scores:   []ScoreSpec{{Name: "worth", Path: "$.scores.worth", Max: 100, RFM: &RFMSpec{Activity: "purchase", Binning: rfm.Quantile, Recency: m, Frequency: m, Monetary: m}}},
		Value:    &ValueSpec{Path: "$.value", Activity: "purchase", Process: DefaultProcess, Months: 12, Discount: .1},
		Products: &ProductsSpec{Path: "$.next_product", Of: []string{"call", "purchase"}, Days: 90},
	}, Schema{Activities: []string{"call", "purchase"}})
	if model == nil {
		t.Fatal(problems)
	}
	r := rand.New(rand.NewPCG(2, 3))
	people := shoppers(3000, benchNow)
	for i := range people {
		if i%3 == 0 {
			people[i].Events = append(people[i].Events, Event{Count: 1, At: benchNow.AddDate(0, 0, -r.IntN(300)).UnixMilli()})
		}
	}
	for _, most := range []int{mostLearnt, 500} {
		whole, merged := model.Fitter(benchNow), model.Fitter(benchNow)
		whole.most, merged.most = most, most
		draws := make([]uint64, len(people))
		for i := range people {
			draws[i] = r.Uint64()
			whole.Add(draws[i], &people[i])
		}
		at := 0
		for part := range slices.Chunk(people, 700) {
			f := model.Fitter(benchNow)
			f.most = most
			for i := range part {
				f.Add(draws[at], &part[i])
				at++
			}
			packed, err := f.MarshalBinary()
			if err != nil {
				t.Fatal(err)
			}
			if err := merged.Merge(packed); err != nil {
				t.Fatal(err)
			}
		}
		want, err := whole.Fit()
		if err != nil || len(want) != 3 {
			t.Fatal(want, err)
		}
		got, err := merged.Fit()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("of at most %d customers (-at once +merged):\n%s", most, diff)
		}
	}
}

// TestMergeRefuses what is of another model, of another moment, or broken.
func TestMergeRefuses(t *testing.T) {
	t.Parallel()
	quantile, thirds := rfmModel(t, rfm.Quantile), rfmModel(t, rfm.Nested)
	pack := func(f *Fitter) []byte {
		b, err := f.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	good := pack(quantile.Fitter(benchNow))
	for _, c := range []struct {
		name, want string
		data       []byte
	}{
		{"another model", "of another model", pack(thirds.Fitter(benchNow))},
		{"another moment", "of another moment", pack(quantile.Fitter(benchNow.AddDate(0, 0, 1)))},
		{"nothing", "cannot be read", nil},
		{"half", "cannot be read", good[:len(good)/2]},
	} {
		if err := quantile.Fitter(benchNow).Merge(c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	broken := quantile.Fitter(benchNow)
	broken.met.People[0].Draws = []uint64{1}
	if err := quantile.Fitter(benchNow).Merge(pack(broken)); err == nil || !strings.Contains(err.Error(), "not whole") {
		t.Errorf("a number drawn for nobody: %v", err)
	}
}
