package rfm

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// What can be wrong with a population.
var (
	ErrNobody = errors.New("there is no customer to fit to")   // nobody bought anything
	ErrTooFew = errors.New("fewer different values than bins") // wrapped with the measure and the numbers
)

// Fit learns the cut points of a population. Fixed ones are taken from the spec, whatever the population. It fails when
// there are fewer different values than bins, because the places would not mean what their numbers say. The population
// keeps its order, which does not matter.
func Fit(population []Customer, s Spec) (Cuts, error) {
	if found := s.Check(); len(found) > 0 {
		return Cuts{}, errors.New(found[0].String())
	}
	if s.Binning == Fixed {
		return fixed(s), nil
	}
	if len(population) == 0 {
		return Cuts{}, ErrNobody
	}
	var columns [3][]float64
	for i, m := range s.measures() {
		columns[i] = column(population, i)
		if err := enough(columns[i], m.bins(), i); err != nil {
			return Cuts{}, err
		}
	}
	if s.Binning == Nested {
		return nested(population, s), nil
	}
	var l [3]Ladder
	for i, m := range s.measures() {
		l[i] = ladder(columns[i], s.Binning, m.bins())
	}
	return Cuts{s.Binning, l[0], []Ladder{l[1]}, []Ladder{l[2]}}, nil
}

func (c *Customer) value(measure int) float64 {
	switch measure {
	case 0:
		return c.Recency
	case 1:
		return c.Frequency
	}
	return c.Monetary
}

// column is one measure of everybody, ascending.
func column(population []Customer, measure int) []float64 {
	out := make([]float64, len(population))
	for i := range population {
		out[i] = population[i].value(measure)
	}
	slices.Sort(out)
	return out
}

// enough checks a sorted column for more different values than bins.
func enough(sorted []float64, bins, measure int) error {
	if math.IsNaN(sorted[0]) || math.IsInf(sorted[0], 0) || math.IsInf(sorted[len(sorted)-1], 0) {
		return fmt.Errorf("%s holds something that is no number", Measures()[measure])
	}
	different := 1
	for i := 1; i < len(sorted) && different < bins; i++ {
		if sorted[i] != sorted[i-1] {
			different++
		}
	}
	if different >= bins {
		return nil
	}
	hint := "use fewer bins for it, or binning: fixed with cut points of your own"
	if different == 1 && measure == 2 && sorted[0] == 0 {
		hint = "name the amount of the purchases under people.activity, or leave money out with monetary: {bins: 1}"
	}
	return fmt.Errorf("%s: %w: %d among %d customers, for %d bins; %s", Measures()[measure], ErrTooFew, different, len(sorted), bins, hint)
}

// fixed takes the cut points of the spec. Recency ascends while its places descend, so a value on its cut is still
// better; see Cuts.
func fixed(s Spec) Cuts {
	of := func(m *Measure, above bool) Ladder {
		return Ladder{Bins: m.bins(), Points: slices.Clone(m.Cuts), Above: above && len(m.Cuts) > 0}
	}
	return Cuts{Fixed, of(&s.Recency, true), []Ladder{of(&s.Frequency, false)}, []Ladder{of(&s.Monetary, false)}}
}

func ladder(sorted []float64, b Binning, bins int) Ladder {
	l := Ladder{Bins: bins}
	if bins == 1 {
		return l
	}
	if b == MidRank {
		l.Points = midRanks(sorted, bins)
		return l
	}
	l.Above = b == Quantile
	for i := 1; i < bins; i++ {
		p := type7(sorted, float64(i)/float64(bins))
		if b == RPackage {
			p++
		}
		l.Points = append(l.Points, p)
	}
	return l
}

// type7 is the quantile of sorted values by the seventh definition of Hyndman and Fan, "Sample Quantiles in Statistical
// Packages" (1996): linear between order statistics, with the least at 0 and the most at 1.
func type7(sorted []float64, share float64) float64 {
	h := share * float64(len(sorted)-1)
	low := int(math.Floor(h))
	if low+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[low] + (h-float64(low))*(sorted[low+1]-sorted[low])
}

// midRanks gives each block of equal values the bin of its middle rank, and returns the least value of each bin above
// the first: the middle of rank r of n is at the share (r-1/2)/n of the population.
func midRanks(sorted []float64, bins int) []float64 {
	var points []float64
	n := len(sorted)
	for from := 0; from < n; {
		to := from + 1
		for to < n && sorted[to] == sorted[from] {
			to++
		}
		bin := bins * (from + to) / (2 * n) // 0-based: the mean rank from 0 is (from+to-1)/2, plus a half
		for len(points) < bin {
			points = append(points, sorted[from])
		}
		from = to
	}
	return points
}

// nested divides the population by recency into groups of equal size, each of them by frequency, and each of those by
// money. An empty group has the cut points of the group it is part of.
func nested(population []Customer, s Spec) Cuts {
	r, f, m := s.Bins()
	all := make([]*Customer, len(population))
	for i := range population {
		all[i] = &population[i]
	}
	c := Cuts{Binning: Nested, Recency: equal(all, 0, r)}
	byR := split(all, r, func(x *Customer) int { return r - 1 - c.Recency.count(x.Recency, x.Tie) })
	for i := range byR {
		within := orElse(byR[i], all)
		l := equal(within, 1, f)
		c.Frequency = append(c.Frequency, l)
		for _, cell := range split(within, f, func(x *Customer) int { return l.count(x.Frequency, x.Tie) }) {
			c.Monetary = append(c.Monetary, equal(orElse(cell, within), 2, m))
		}
	}
	return c
}

func orElse(group, parent []*Customer) []*Customer {
	if len(group) == 0 {
		return parent
	}
	return group
}

func split(group []*Customer, bins int, bin func(*Customer) int) [][]*Customer {
	out := make([][]*Customer, bins)
	for _, x := range group {
		b := bin(x)
		out[b] = append(out[b], x)
	}
	return out
}

// ranked is what a customer is ranked by.
type ranked struct {
	value float64
	tie   uint64
}

func (a ranked) compare(b ranked) int {
	switch {
	case a.value < b.value:
		return -1
	case a.value > b.value:
		return 1
	}
	return cmp.Compare(a.tie, b.tie)
}

// equal divides a group into bins of equal size, the first ones larger by one where it does not come out even. Those of
// equal value and Tie are all in the bin of the middle one.
func equal(group []*Customer, measure, bins int) Ladder {
	sorted := make([]ranked, len(group))
	for i, x := range group {
		sorted[i] = ranked{x.value(measure), x.Tie}
	}
	slices.SortFunc(sorted, ranked.compare)
	l := Ladder{Bins: bins}
	tied := false
	for from := 0; from < len(sorted); {
		to := from + 1
		for to < len(sorted) && sorted[to] == sorted[from] {
			to++
		}
		for bin := tile((from+to-1)/2, len(sorted), bins); len(l.Points) < bin; {
			l.Points = append(l.Points, sorted[from].value)
			l.Ties = append(l.Ties, sorted[from].tie)
			tied = tied || sorted[from].tie != 0
		}
		from = to
	}
	if !tied {
		l.Ties = nil
	}
	return l
}

// tile is the bin, from 0, of position i of n.
func tile(i, n, bins int) int {
	size, larger := n/bins, n%bins
	if i < larger*(size+1) {
		return i / (size + 1)
	}
	return larger + (i-larger*(size+1))/size
}
