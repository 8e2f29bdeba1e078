package rfm_test

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/internal/outside"
	"github.com/bareme/bareme/scoring/rfm"
)

func open(t *testing.T, name string) []byte {
	t.Helper()
	return outside.Read(t, "data/"+name)
}

func decode(t *testing.T, name string, into any) {
	t.Helper()
	if err := json.Unmarshal(open(t, name), into); err != nil {
		t.Fatal(err)
	}
}

// table reads a CSV file as rows by column.
func table(t *testing.T, name string) []map[string]string {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(string(open(t, name)))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, column := range lines[0] {
			row[column] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func day(t *testing.T, layout, text string) int64 {
	t.Helper()
	d, err := time.Parse(layout, text)
	if err != nil {
		t.Fatal(err)
	}
	return d.UnixMilli()
}

func five(b rfm.Binning) rfm.Spec {
	m := rfm.Measure{Bins: 5}
	return rfm.Spec{Binning: b, Recency: m, Frequency: m, Monetary: m}
}

// orders is the data of the R package rfm, from its 4,906 orders on.
type orders struct {
	names     []string
	customers map[string]rfm.Customer
	cuts      rfm.Cuts
}

func rOrders(t *testing.T) orders {
	t.Helper()
	now := day(t, time.DateOnly, "2006-12-31")
	o := orders{customers: map[string]rfm.Customer{}}
	gathered := map[string]*rfm.Purchases{}
	for _, row := range table(t, "rfm/rfm_data_orders.csv") {
		name := row["customer_id"]
		if gathered[name] == nil {
			gathered[name] = &rfm.Purchases{}
			o.names = append(o.names, name)
		}
		gathered[name].Add(day(t, time.DateOnly, row["order_date"]), 1, number(t, row["revenue"]), now)
	}
	var population []rfm.Customer
	for _, name := range o.names {
		c, ok := gathered[name].Customer(now, false)
		if !ok {
			t.Fatalf("%s never bought anything", name)
		}
		o.customers[name] = c
		population = append(population, c)
	}
	var err error
	if o.cuts, err = rfm.Fit(population, five(rfm.RPackage)); err != nil {
		t.Fatal(err)
	}
	return o
}

func TestRPackageOrders(t *testing.T) {
	t.Parallel()
	o := rOrders(t)
	var expected struct {
		Thresholds map[string][]float64
		Rows       [][]any `json:"published_rows_10"`
		Total      float64 `json:"published_total_transactions"`
	}
	decode(t, "rfm/rfm_expected.json", &expected)
	got := map[string][]float64{"recency": o.cuts.Recency.Points, "frequency": o.cuts.Frequency[0].Points, "monetary": o.cuts.Monetary[0].Points}
	for measure, want := range expected.Thresholds {
		near(t, measure, got[measure], want)
	}
	rows := table(t, "rfm/rfm_orders_expected.csv")
	if len(rows) != 995 || len(o.names) != 995 {
		t.Fatalf("%d customers, %d expected rows: want 995", len(o.names), len(rows))
	}
	total := 0.0
	for _, row := range rows {
		c := o.customers[row["customer_id"]]
		r, f, m := o.cuts.Score(c)
		want := []float64{
			number(t, row["recency_days"]), number(t, row["transaction_count"]), number(t, row["amount"]),
			number(t, row["recency_score"]), number(t, row["frequency_score"]), number(t, row["monetary_score"]), number(t, row["rfm_score"]),
		}
		got := []float64{c.Recency, c.Frequency, c.Monetary, float64(r), float64(f), float64(m), float64(rfm.Number(r, f, m))}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row["customer_id"], diff)
		}
		total += c.Frequency
	}
	if total != expected.Total {
		t.Errorf("%v orders in all, want %v", total, expected.Total)
	}
	for _, row := range expected.Rows {
		name := row[0].(string)
		c := o.customers[name]
		got := []any{name, c.Recency, c.Frequency, c.Monetary, float64(rfm.Number(o.cuts.Score(c)))}
		if diff := cmp.Diff(row, got); diff != "" {
			t.Errorf("published row (-want +got):\n%s", diff)
		}
	}
}

func near(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-9*(1+math.Abs(want[i])) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
}

// rules makes a table of the R package's bounds; the first that fits wins, and "Others" are the rest.
func rules(list ...rfm.Segment) rfm.Table {
	list = append(list, rfm.Segment{Name: "Others", Blocks: []rfm.Block{{Rest: true}}})
	return rfm.Table{Segments: list, FirstWins: true}
}

func rule(t *testing.T, name, places string) rfm.Segment {
	t.Helper()
	b, err := rfm.ParseBlock(places)
	if err != nil {
		t.Fatal(err)
	}
	return rfm.Segment{Name: name, Blocks: []rfm.Block{b}}
}

// amounts are the customers, orders and revenue of one segment.
type amounts [3]float64

func (o orders) bySegment(t *testing.T, table rfm.Table) (map[string]amounts, map[string]string) {
	t.Helper()
	s, problems := table.Compile(o.cuts.Bins())
	if problems != nil {
		t.Fatal(problems)
	}
	sums, of := map[string]amounts{}, map[string]string{}
	for name, c := range o.customers {
		of[name] = s.Segment(o.cuts.Score(c))
		a := sums[of[name]]
		sums[of[name]] = amounts{a[0] + 1, a[1] + c.Frequency, a[2] + c.Monetary}
	}
	return sums, of
}

// TestRPackageSegmentsA is the rule set of the package's own tests.
func TestRPackageSegmentsA(t *testing.T) {
	t.Parallel()
	o := rOrders(t)
	var expected struct {
		Sums      map[string]amounts                  `json:"segments_by_rule"`
		Published struct{ Counts map[string]float64 } `json:"published_segments_A"`
	}
	decode(t, "rfm/rfm_expected.json", &expected)
	sums, of := o.bySegment(t, rules(
		rule(t, "Champions", "R4-5 F4-5 M4-5"), rule(t, "Loyal Customers", "R2-5 F3-5 M3-5"), rule(t, "Potential Loyalist", "R3-5 F1-3 M1-3"),
		rule(t, "New Customers", "R4-5 F1 M1"), rule(t, "Promising", "R3-4 F1 M1"), rule(t, "Need Attention", "R2-3 F2-3 M2-3"),
		rule(t, "About To Sleep", "R2-3 F1-2 M1-2"), rule(t, "At Risk", "R1-2 F2-5 M2-5"), rule(t, "Can't Lose Them", "R1 F4-5 M4-5"),
		rule(t, "Lost", "R1-2 F1-2 M1-2"),
	))
	if diff := cmp.Diff(expected.Sums, sums); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, n := range expected.Published.Counts {
		if sums[name][0] != n {
			t.Errorf("%s: %v customers, published %v", name, sums[name][0], n)
		}
	}
	for _, row := range table(t, "rfm/rfm_orders_expected.csv") {
		if got := of[row["customer_id"]]; got != row["segment_test"] {
			t.Errorf("%s is in %q, want %q", row["customer_id"], got, row["segment_test"])
		}
	}
}

// TestRPackageSegmentsB is the rule set of the package's README.
func TestRPackageSegmentsB(t *testing.T) {
	t.Parallel()
	o := rOrders(t)
	var expected struct {
		Rules []struct {
			Segment string
			R, F, M [2]int
		} `json:"rules_B_README"`
		Sums map[string]struct{ Customers, Orders, Revenue float64 } `json:"segments_B_recomputed"`
	}
	decode(t, "rfm/rfm_expected.json", &expected)
	var list []rfm.Segment
	for _, r := range expected.Rules {
		span := func(x [2]int) rfm.Range { return rfm.Range{Low: x[0], High: x[1]} }
		list = append(list, rfm.Segment{Name: r.Segment, Blocks: []rfm.Block{{R: span(r.R), F: span(r.F), M: span(r.M)}}})
	}
	sums, _ := o.bySegment(t, rules(list...))
	want := map[string]amounts{}
	for name, s := range expected.Sums {
		want[name] = amounts{s.Customers, s.Orders, s.Revenue}
	}
	if diff := cmp.Diff(want, sums); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRPackageCutPoints is R's built-in mtcars$mpg, one decimal each.
func TestRPackageCutPoints(t *testing.T) {
	t.Parallel()
	var expected struct {
		Check struct {
			Cuts []float64 `json:"expected_cut_points"`
		} `json:"bins_unit_check"`
	}
	decode(t, "rfm/rfm_expected.json", &expected)
	var population []rfm.Customer
	for _, mpg := range []float64{21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4, 14.7, 32.4,
		30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26, 30.4, 15.8, 19.7, 15, 21.4} {
		population = append(population, rfm.Customer{Monetary: mpg})
	}
	spec := rfm.Spec{Binning: rfm.RPackage, Recency: rfm.Measure{Bins: 1}, Frequency: rfm.Measure{Bins: 1}, Monetary: rfm.Measure{Bins: 5}}
	cuts, err := rfm.Fit(population, spec)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "mpg", cuts.Monetary[0].Points, expected.Check.Cuts)
}
