package scoring

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/bareme/bareme/scoring/rfm"
)

// rfmModel has a score by purchases and one that asks for what it makes.
func rfmModel(tb testing.TB, b rfm.Binning) *Model {
	tb.Helper()
	m := rfm.Measure{Bins: 3}
	schema := Schema{Attributes: []Attribute{{"employees", Number}}, Activities: []string{"call", "purchase"}}
	model, problems := Compile(Spec{Scores: []ScoreSpec{
		{Name: "value", Path: "$.scores.value", Max: 100, RFM: &RFMSpec{Activity: "purchase", Binning: b, Recency: m, Frequency: m, Monetary: m}},
		{Name: "fit", Path: "$.scores.fit", Max: 100, Groups: []GroupSpec{{Name: "g", Path: "$.scores.fit.groups.g", Criteria: []CriterionSpec{
			{Name: "Best", Path: "$.scores.fit.groups.g.criteria[0]", When: `value_segment == "Champions" && value_m == 3`, Points: 50},
			{Name: "Large", Path: "$.scores.fit.groups.g.criteria[1]", When: `employees > 10`, Points: 50},
		}}}},
	}}, schema)
	if model == nil {
		tb.Fatal(problems)
	}
	return model
}

// shoppers are n people, every seventh of whom never bought anything.
func shoppers(n int, now time.Time) []Subject {
	list := make([]Subject, n)
	for i := range list {
		list[i].Values = []Value{{Type: Number, Num: float64(i)}}
		for j := range i % 7 {
			list[i].Events = append(list[i].Events, Event{Kind: 1, Count: 1, At: now.Add(-time.Duration(i*(j+1)%200) * 24 * time.Hour).UnixMilli(), Amount: float64(i%50) + 0.5})
		}
	}
	return list
}

func fitted(tb testing.TB, m *Model, people []Subject, now time.Time) *Model {
	tb.Helper()
	f := m.Fitter(now)
	for i := range people {
		f.Add(uint64(i), &people[i])
	}
	fits, err := f.Fit()
	if err != nil {
		tb.Fatal(err)
	}
	text, err := json.Marshal(fits)
	if err != nil {
		tb.Fatal(err)
	}
	var stored []Fit
	if err := json.Unmarshal(text, &stored); err != nil {
		tb.Fatal(err)
	}
	out, err := m.WithFits(stored)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// TestFitIsUsedUnchanged: after a fit scores are known, add up, and do not depend on who else is scored; a model whose
// rules changed is not fitted by the fit of before.
func TestFitIsUsedUnchanged(t *testing.T) {
	t.Parallel()
	people := shoppers(200, benchNow)
	for _, b := range []rfm.Binning{rfm.Quantile, rfm.MidRank, rfm.Nested, rfm.RPackage} {
		m := rfmModel(t, b)
		if got := m.Unfitted(); len(got) != 1 || got[0] != "value" || m.Learnt() != "" {
			t.Fatalf("unfitted: %v", got)
		}
		with := fitted(t, m, people, benchNow)
		if len(with.Unfitted()) != 0 || with.Learnt() == "" || with.Hash() == m.Hash() || !strings.HasPrefix(with.Hash(), m.Hash()) {
			t.Fatalf("%s: fitted, and still without: %v, %s", b, with.Unfitted(), with.Hash())
		}
		var r Result
		segments := map[string]int{}
		for i := range people {
			with.Score(&people[i], benchNow, &r)
			adds(t, &r)
			segments[r.Buyers[0].Segment]++
			if bought := i%7 > 0; r.Buyers[0].Buys != bought || (with.DerivedValue("value_segment", &r).Type == Text) != bought || !r.Scored {
				t.Fatalf("%s: person %d: %+v", b, i, r.Buyers[0])
			}
		}
		if len(segments) < 4 {
			t.Errorf("%s: segments %v", b, segments)
		}
	}
	f := rfmModel(t, rfm.Quantile).Fitter(benchNow)
	for i := range people {
		f.Add(uint64(i), &people[i])
	}
	fits, err := f.Fit()
	if err != nil {
		t.Fatal(err)
	}
	other, err := rfmModel(t, rfm.MidRank).WithFits(fits)
	if err != nil || len(other.Unfitted()) != 1 {
		t.Errorf("a fit of other rules was used: %v", err)
	}
	total := 0
	for _, s := range fits[0].Segments {
		total += s.Customers
	}
	if total != fits[0].Customers || total != 171 {
		t.Errorf("%d in segments, %d customers", total, fits[0].Customers)
	}
	fits[0].Cuts.Recency.Points[0] = 1e9
	if _, err := rfmModel(t, rfm.Quantile).WithFits(fits); err == nil {
		t.Error("cut points that descend were taken")
	}
}

func adds(t *testing.T, r *Result) {
	t.Helper()
	sums := make([]Points, len(r.Scores))
	for _, l := range r.Lines {
		sums[l.Score] += l.Points
	}
	for i, s := range r.Scores {
		if sums[i] != s.Points {
			t.Fatalf("the lines of score %d sum to %v, not %v", i, sums[i], s.Points)
		}
	}
}

// TestPurchasesAddUp: whatever the places and the ceiling, three lines sum to the score, and the best of all is the
// ceiling itself.
func TestPurchasesAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		maximum := rapid.Float64Range(0.001, 1000).Draw(t, "max")
		bins := [3]int{rapid.IntRange(2, 9).Draw(t, "r"), rapid.IntRange(2, 9).Draw(t, "f"), rapid.IntRange(1, 9).Draw(t, "m")}
		cuts := func(n int) rfm.Measure {
			m := rfm.Measure{Bins: n}
			for i := 1; i < n; i++ {
				m.Cuts = append(m.Cuts, float64(2*i))
			}
			return m
		}
		m, problems := Compile(Spec{Scores: []ScoreSpec{{Name: "value", Path: "$.scores.value", Max: maximum, RFM: &RFMSpec{
			Activity: "purchase", Binning: rfm.Fixed, Recency: cuts(bins[0]), Frequency: cuts(bins[1]), Monetary: cuts(bins[2]),
		}}}}, Schema{Activities: []string{"purchase"}})
		if m == nil {
			t.Fatal(problems)
		}
		s := Subject{Events: []Event{{
			At:    benchNow.AddDate(0, 0, -rapid.IntRange(0, 20).Draw(t, "days")).UnixMilli(),
			Count: uint32(rapid.IntRange(1, 20).Draw(t, "times")), Amount: float64(rapid.IntRange(-5, 20).Draw(t, "amount")),
		}}}
		var r Result
		m.Score(&s, benchNow, &r)
		var sum Points
		for _, l := range r.Lines {
			sum += l.Points
		}
		if sum != r.Scores[0].Points || sum < 0 || sum > toPoints(maximum) {
			t.Fatalf("lines sum to %v, score %v of %v", sum, r.Scores[0].Points, maximum)
		}
		if b := r.Buyers[0]; b.R == bins[0] && b.F == bins[1] && (b.M == bins[2] || bins[2] == 1) && sum != toPoints(maximum) {
			t.Fatalf("the best has %v of %v", sum, maximum)
		}
	})
}

func TestFitterRefuses(t *testing.T) {
	t.Parallel()
	f := rfmModel(t, rfm.Quantile).Fitter(benchNow)
	f.Add(1, &Subject{Events: []Event{{Kind: 0, At: benchNow.UnixMilli()}, {Kind: 1, Amount: 5}}})
	_, err := f.Fit()
	const want = "score value: there is no customer to fit to: nobody has a dated purchase"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestDerivedOutsideOfTheMapping: what a score makes is told by name, and asked for without being mapped.
func TestDerivedOutsideOfTheMapping(t *testing.T) {
	t.Parallel()
	m := rfmModel(t, rfm.Quantile)
	if diff := cmp.Diff([]string{"Champions", "Loyal"}, m.Segments("value_segment")[:2]); diff != "" || m.Segments("fit_segment") != nil {
		t.Error(diff)
	}
	if len(m.Schema().Attributes) != 1 {
		t.Errorf("the schema of subjects grew to %v", m.Schema().Attributes)
	}
	var r Result
	m.Score(&Subject{}, benchNow, &r)
	if got := m.attributeNames(r.Unknown); len(got) != 3 || got[2] != "value_m" {
		t.Errorf("not known: %v", got)
	}
	m.WhatWouldChange(&Subject{}, benchNow, &r, "en")
	m.Trend(&Subject{}, benchNow, &r, &Result{})
}

func BenchmarkScorePurchases(b *testing.B) {
	people := shoppers(512, benchNow)
	m := fitted(b, rfmModel(b, rfm.Nested), people, benchNow)
	var r Result
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.Score(&people[i%len(people)], benchNow, &r)
	}
}

// TestOutsidersAreNoCustomers: those a score is not made for have no place, teach nothing, and are not said to have
// bought nothing.
func TestOutsidersAreNoCustomers(t *testing.T) {
	t.Parallel()
	spec := rfmModel(t, rfm.Quantile).Spec()
	spec.Scores = slices.Clone(spec.Scores)
	spec.Scores[0].Scope = ScopeSpec{Include: "employees >= 100"}
	m, problems := Compile(spec, rfmModel(t, rfm.Quantile).Schema())
	if m == nil {
		t.Fatal(problems)
	}
	people := shoppers(300, benchNow)
	f := m.Fitter(benchNow)
	for i := range people {
		f.Add(uint64(i), &people[i])
	}
	fits, err := f.Fit()
	if err != nil || fits[0].Customers != 172 {
		t.Fatalf("%v: %d learnt from", err, fits[0].Customers)
	}
	with, err := m.WithFits(fits)
	if err != nil {
		t.Fatal(err)
	}
	var r Result
	for i := range people {
		with.Score(&people[i], benchNow, &r)
		if outside := i < 100; outside != r.Scores[0].Outside || outside != (with.DerivedValue("value_frequency", &r).Type == Unknown) {
			t.Fatalf("person %d: %+v", i, r.Buyers[0])
		}
	}
	with.Score(&Subject{Events: people[20].Events}, benchNow, &r)
	if got := with.Unscored(&r, "en"); strings.Contains(got, "fitted") {
		t.Errorf("without employees: %s", got)
	}
}
