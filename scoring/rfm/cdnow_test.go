package rfm_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/scoring/rfm"
)

const cdnow = "cdnow/rfm_sample2357/"

type golden struct {
	N         int
	Quantiles map[string][]float64 `json:"quantiles_type7"`
	Fixed     map[string][]float64 `json:"fixed_bins"`
	Segments  map[string]map[string]int
}

// TestCDNOWFromPurchases starts at the log of purchases: days with a purchase, their sum, the days since the last.
func TestCDNOWFromPurchases(t *testing.T) {
	t.Parallel()
	now := day(t, "20060102", "19970930")
	gathered := map[string]*rfm.Purchases{}
	for _, line := range strings.Split(strings.TrimSpace(string(open(t, "cdnow/CDNOW_sample.txt"))), "\n") {
		w := strings.Fields(line) // in all, in the sample, date, CDs, dollars
		id := strings.TrimLeft(w[1], "0")
		if gathered[id] == nil {
			gathered[id] = &rfm.Purchases{}
		}
		gathered[id].Add(day(t, "20060102", w[2]), 1, number(t, w[4]), now)
	}
	for _, row := range table(t, cdnow+"rfm_customers.csv") {
		c, ok := gathered[row["id"]].Customer(now, true)
		want := rfm.Customer{Recency: number(t, row["recency"]), Frequency: number(t, row["frequency"]), Monetary: number(t, row["monetary"])}
		if !ok || c.Recency != want.Recency || c.Frequency != want.Frequency || c.Monetary-want.Monetary > 1e-9 || want.Monetary-c.Monetary > 1e-9 {
			t.Errorf("customer %s: %v, want %v", row["id"], c, want)
		}
	}
}

// TestCDNOW places the 2,357 customers of the CDNOW sample in every way, ntile aside: it divides customers of equal
// value by their order in the file, so two people who bought alike differ; see the binnings. Nested does the same within
// its groups there, which is what Tie is for.
func TestCDNOW(t *testing.T) {
	t.Parallel()
	var want golden
	decode(t, cdnow+"rfm_golden.json", &want)
	rows := table(t, cdnow+"rfm_customers.csv")
	if len(rows) != want.N {
		t.Fatalf("%d customers, want %d", len(rows), want.N)
	}
	var population []rfm.Customer
	for _, row := range rows {
		population = append(population, rfm.Customer{
			Recency: number(t, row["recency"]), Frequency: number(t, row["frequency"]), Monetary: number(t, row["monetary"]),
			Tie: uint64(number(t, row["id"])),
		})
	}
	fixed := rfm.Spec{
		Binning: rfm.Fixed, Recency: rfm.Measure{Cuts: want.Fixed["R"]},
		Frequency: rfm.Measure{Cuts: want.Fixed["F"]}, Monetary: rfm.Measure{Cuts: want.Fixed["M"]},
	}
	for variant, spec := range map[string]rfm.Spec{
		"qcut": five(rfm.Quantile), "rfmR": five(rfm.RPackage), "midrank": five(rfm.MidRank), "nested": five(rfm.Nested), "fixed": fixed,
	} {
		t.Run(variant, func(t *testing.T) {
			t.Parallel()
			cuts, err := rfm.Fit(population, spec)
			if err != nil {
				t.Fatal(err)
			}
			if variant == "qcut" {
				near(t, "recency", cuts.Recency.Points, want.Quantiles["recency"])
				near(t, "frequency", cuts.Frequency[0].Points, want.Quantiles["frequency"])
				near(t, "monetary", cuts.Monetary[0].Points, want.Quantiles["monetary"])
			}
			compare(t, variant, rows, population, cuts, want.Segments[variant])
		})
	}
}

func compare(t *testing.T, variant string, rows []map[string]string, population []rfm.Customer, cuts rfm.Cuts, sizes map[string]int) {
	t.Helper()
	segmenter, problems := rfm.DefaultSegmenter(cuts.Bins())
	if problems != nil {
		t.Fatal(problems)
	}
	longer := map[string]string{"Loyal": "Loyal Customers", "New": "New Customers", "Can't Lose": "Can't Lose Them"}
	got := map[string]int{}
	wrong := 0
	for i, row := range rows {
		r, f, m := cuts.Score(population[i])
		segment := segmenter.Segment(r, f, m)
		if l, ok := longer[segment]; ok {
			segment = l
		}
		got[segment]++
		places := row["R_"+variant] + row["F_"+variant] + row["M_"+variant]
		if fmt.Sprint(rfm.Number(r, f, m)) != places || segment != row["seg_"+variant] {
			wrong++
			t.Logf("customer %s: %d %s, want %s %s", row["id"], rfm.Number(r, f, m), segment, places, row["seg_"+variant])
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d customers differ", wrong, len(rows))
	}
	if diff := cmp.Diff(sizes, got); diff != "" {
		t.Errorf("segments (-want +got):\n%s", diff)
	}
}
