package rfm

import (
	"errors"
	"fmt"
	"math"
)

// Cuts place customers. They are plain data, to be stored as JSON and used unchanged until the next fit.
//
// A value on a cut: with Fixed, 30 days still have the better place of a cut at 30, and 50 of money the better one of a
// cut at 50. With Quantile, equal values are never above their quantile. With RPackage they are, one unit later.
type Cuts struct {
	Binning   Binning  `json:"binning"`
	Recency   Ladder   `json:"recency"`
	Frequency []Ladder `json:"frequency"` // one; Nested: one for each place of recency, worst first
	Monetary  []Ladder `json:"monetary"`  // one; Nested: one for each place of frequency, within each of recency
}

// Ladder is the cut points of one measure, ascending.
type Ladder struct {
	Bins   int       `json:"bins"`
	Points []float64 `json:"points,omitempty"` // at most Bins-1: fewer when nobody was in the last bins
	Ties   []uint64  `json:"ties,omitempty"`   // with each point, the Tie from which on equals are above it
	Above  bool      `json:"above,omitempty"`  // a value on a point is not yet above it
}

// count is how many points a value has passed.
func (l *Ladder) count(x float64, tie uint64) int {
	n := 0
	for i, p := range l.Points {
		switch {
		case x > p, x == p && !l.Above && (l.Ties == nil || tie >= l.Ties[i]):
			n++
		}
	}
	return n
}

// Score is the place of a customer, by recency, frequency and monetary value. One whose purchases come to nothing, or
// less, after refunds has the lowest monetary place.
func (c *Cuts) Score(x Customer) (r, f, m int) {
	r = c.Recency.Bins - c.Recency.count(x.Recency, x.Tie)
	i := 0
	if len(c.Frequency) > 1 {
		i = r - 1
	}
	f = 1 + c.Frequency[i].count(x.Frequency, x.Tie)
	j := 0
	if len(c.Monetary) > 1 {
		j = i*c.Frequency[i].Bins + f - 1
	}
	m = 1
	if x.Monetary > 0 {
		m += c.Monetary[j].count(x.Monetary, x.Tie)
	}
	return r, f, m
}

// Bins are how many places each measure has.
func (c *Cuts) Bins() (r, f, m int) { return c.Recency.Bins, c.Frequency[0].Bins, c.Monetary[0].Bins }

// Check reports whether stored cuts are whole and made for a spec.
func (c *Cuts) Check(s Spec) error {
	wantR, wantF, wantM := s.Bins()
	f, m := 1, 1
	if s.Binning == Nested {
		f, m = wantR, wantR*wantF
	}
	if c.Binning != s.Binning || len(c.Frequency) != f || len(c.Monetary) != m {
		return errors.New("the stored cut points are of another binning")
	}
	if err := c.Recency.check(wantR); err != nil {
		return err
	}
	for i := range c.Frequency {
		if err := c.Frequency[i].check(wantF); err != nil {
			return err
		}
	}
	for i := range c.Monetary {
		if err := c.Monetary[i].check(wantM); err != nil {
			return err
		}
	}
	return nil
}

func (l *Ladder) check(bins int) error {
	if l.Bins != bins || len(l.Points) > bins-1 || l.Ties != nil && len(l.Ties) != len(l.Points) {
		return fmt.Errorf("the stored cut points are not for %d bins", bins)
	}
	for i, p := range l.Points {
		if math.IsNaN(p) || math.IsInf(p, 0) || i > 0 && p < l.Points[i-1] {
			return errors.New("the stored cut points do not ascend")
		}
	}
	return nil
}
