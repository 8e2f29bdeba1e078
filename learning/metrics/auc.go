package metrics

import (
	"cmp"
	"math"
	"slices"
)

// Ranked says how well a score ranks those who converted above those who did not.
type Ranked struct {
	AUC  float64 `json:"auc"`  // the share of pairs ranked right, ties half; .5 is chance
	SE   float64 `json:"se"`   // its standard error, after DeLong
	Gini float64 `json:"gini"` // 2 AUC - 1
	KS   float64 `json:"ks"`   // the largest gap between the shares of both classes at or above a score
}

// Rank gives AUC, Gini and KS. The standard error is that of E. DeLong, D. DeLong, D. Clarke-Pearson, Comparing the areas
// under two or more correlated receiver operating characteristic curves, Biometrics 44 (1988), with the mid-ranks of
// X. Sun, W. Xu, Fast implementation of DeLong's algorithm, IEEE Signal Processing Letters 21 (2014).
func Rank(score []float64, converted []bool) (Ranked, error) {
	yes, err := check(score, converted)
	if err != nil {
		return Ranked{}, err
	}
	p := placements(score, converted, yes)
	r := Ranked{AUC: mean(p.yes), KS: ks(score, converted, yes)}
	r.Gini = 2*r.AUC - 1
	r.SE = math.Sqrt(covariance(p.yes, p.yes)/float64(len(p.yes)) + covariance(p.no, p.no)/float64(len(p.no)))
	return r, nil
}

// Paired is the comparison of two scores on the same rows.
type Paired struct {
	Difference float64 `json:"difference"` // AUC of the first less that of the second
	SE         float64 `json:"se"`
	Z          float64 `json:"z"` // 0 where both rank alike
	P          float64 `json:"p"` // two-sided
}

// Compare tests whether two scores rank differently, by DeLong's paired test.
func Compare(first, second []float64, converted []bool) (Paired, error) {
	yes, err := check(first, converted)
	if err != nil {
		return Paired{}, err
	}
	if err := numbers(second, converted); err != nil {
		return Paired{}, err
	}
	a, b := placements(first, converted, yes), placements(second, converted, yes)
	out := Paired{Difference: mean(a.yes) - mean(b.yes), P: 1}
	dy, dn := minus(a.yes, b.yes), minus(a.no, b.no)
	out.SE = math.Sqrt(covariance(dy, dy)/float64(len(dy)) + covariance(dn, dn)/float64(len(dn)))
	if out.SE > 0 {
		out.Z = out.Difference / out.SE
		out.P = math.Erfc(math.Abs(out.Z) / math.Sqrt2)
	}
	return out, nil
}

// structural holds, by row, the share of the other class that the row is ranked right against.
type structural struct{ yes, no []float64 }

func placements(score []float64, converted []bool, yes int) structural {
	n := len(score)
	order := byScore(score)
	out := structural{make([]float64, n), make([]float64, n)}
	var yesBelow, noBelow float64
	nYes, nNo := float64(yes), float64(n-yes)
	for from := 0; from < n; {
		to, yesHere, noHere := from, 0.0, 0.0
		for ; to < n && score[order[to]] == score[order[from]]; to++ {
			if converted[order[to]] {
				yesHere++
			} else {
				noHere++
			}
		}
		for _, i := range order[from:to] {
			if converted[i] {
				out.yes[i] = (noBelow + noHere/2) / nNo
			} else {
				out.no[i] = (nYes - yesBelow - yesHere/2) / nYes
			}
		}
		yesBelow, noBelow, from = yesBelow+yesHere, noBelow+noHere, to
	}
	return out.split(converted)
}

// split keeps the rows of each class, in their order.
func (s structural) split(converted []bool) structural {
	var out structural
	for i, c := range converted {
		if c {
			out.yes = append(out.yes, s.yes[i])
		} else {
			out.no = append(out.no, s.no[i])
		}
	}
	return out
}

func ks(score []float64, converted []bool, yes int) float64 {
	order := byScore(score)
	n := len(score)
	var gap, y, no float64
	for i, row := range order {
		if converted[row] {
			y++
		} else {
			no++
		}
		if i+1 == n || score[order[i+1]] != score[row] {
			gap = max(gap, math.Abs(no/float64(n-yes)-y/float64(yes)))
		}
	}
	return gap
}

// byScore is the rows from the lowest score to the highest.
func byScore(score []float64) []int {
	order := make([]int, len(score))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(score[a], score[b]), a-b) })
	return order
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(max(1, len(v)))
}

// covariance is that of a sample; of fewer than two values it is 0.
func covariance(a, b []float64) float64 {
	if len(a) < 2 {
		return 0
	}
	ma, mb, sum := mean(a), mean(b), 0.0
	for i := range a {
		sum += (a[i] - ma) * (b[i] - mb)
	}
	return sum / float64(len(a)-1)
}

func minus(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] - b[i]
	}
	return out
}
