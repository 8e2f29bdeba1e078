package metrics

import (
	"fmt"
	"math"
	"slices"
)

// shareFloor stands for a share of zero in PSI, so that an empty bin weighs much and not infinitely.
const shareFloor = 1e-4

// PSI is the population stability index of two counts over the same bins: sum of (a-e) ln(a/e) over the shares, each at
// least 1e-4. By custom, above .1 a shift is worth a look, above .25 it is an alarm (N. Siddiqi, Credit Risk Scorecards,
// 2006). It is 0 where either side counts nothing.
func PSI(expected, actual []float64) (float64, error) {
	e, a, err := shares(expected, actual)
	if err != nil || e == nil {
		return 0, err
	}
	sum := 0.0
	for i := range e {
		x, y := max(e[i], shareFloor), max(a[i], shareFloor)
		sum += (y - x) * math.Log(y/x)
	}
	return sum, nil
}

// JensenShannon is the Jensen-Shannon divergence of two counts over the same bins, in bits: 0 alike, 1 nothing shared
// (J. Lin, Divergence measures based on the Shannon entropy, IEEE Trans. Information Theory 37, 1991).
func JensenShannon(expected, actual []float64) (float64, error) {
	e, a, err := shares(expected, actual)
	if err != nil || e == nil {
		return 0, err
	}
	sum := 0.0
	for i := range e {
		m := (e[i] + a[i]) / 2
		for _, p := range []float64{e[i], a[i]} {
			if p > 0 {
				sum += p * math.Log2(p/m) / 2
			}
		}
	}
	return max(0, sum), nil
}

func shares(expected, actual []float64) (e, a []float64, err error) {
	if len(expected) != len(actual) {
		return nil, nil, fmt.Errorf("%w: %d bins against %d", ErrJudge, len(expected), len(actual))
	}
	var ne, na float64
	for i := range expected {
		if !(expected[i] >= 0) || !(actual[i] >= 0) || math.IsInf(expected[i]+actual[i], 0) {
			return nil, nil, fmt.Errorf("%w: bin %d counts %g and %g rows", ErrJudge, i+1, expected[i], actual[i])
		}
		ne, na = ne+expected[i], na+actual[i]
	}
	if ne == 0 || na == 0 || math.IsInf(ne, 0) || math.IsInf(na, 0) {
		return nil, nil, nil
	}
	e, a = make([]float64, len(expected)), make([]float64, len(actual))
	for i := range e {
		e[i], a[i] = expected[i]/ne, actual[i]/na
	}
	return e, a, nil
}

// Deciles are the cut points of at most ten bins of about equal count of the known values (quantiles of R's type 7), each
// bin reaching up to and including its cut. Where many values are equal the cuts are fewer, and the last may be the largest
// value: the bin above it is empty, and waits for values that were not seen before.
func Deciles(values []float64) []float64 {
	return Quantiles(values, 10)
}

// Quantiles are the inner cut points of so many bins; see Deciles. NaN is passed over.
func Quantiles(values []float64, bins int) []float64 {
	known := make([]float64, 0, len(values))
	for _, v := range values {
		if !math.IsNaN(v) {
			known = append(known, v)
		}
	}
	slices.Sort(known)
	var cuts []float64
	for i := 1; i < bins && len(known) > 0; i++ {
		cuts = append(cuts, quantile(known, float64(i)/float64(bins)))
	}
	return slices.Compact(cuts)
}

// quantile is that of type 7: linear between the order statistics (R. Hyndman, Y. Fan, Sample quantiles in statistical
// packages, The American Statistician 50, 1996).
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	f := at - float64(i)
	return sorted[i]*(1-f) + sorted[i+1]*f
}

// Count counts values into the bins of the cuts, each bin reaching up to and including its cut; the last count is of the
// missing.
func Count(values, cuts []float64) []float64 {
	n := make([]float64, len(cuts)+2)
	for _, v := range values {
		if math.IsNaN(v) {
			n[len(n)-1]++
			continue
		}
		at, _ := slices.BinarySearch(cuts, v)
		n[at]++
	}
	return n
}

// Apart is the largest gap between the cumulative shares of the known values of two samples (the two-sample statistic of
// Kolmogorov and Smirnov). It is 0 where either is empty.
func Apart(expected, actual []float64) float64 {
	var score []float64
	var second []bool
	for i, list := range [][]float64{expected, actual} {
		for _, v := range list {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				score = append(score, v)
				second = append(second, i == 1)
			}
		}
	}
	yes, err := check(score, second)
	if err != nil {
		return 0
	}
	return ks(score, second, yes)
}
