// Package rfm places customers by recency, frequency and monetary value of their purchases (RFM). It is pure: Fit learns
// cut points from a population once, and Cuts.Score places one customer by them without any population, so that the
// same customer has the same place until the next fit.
//
// Place 1 is the worst and the number of bins the best, in all three: a recent purchase has a high place.
package rfm

import "slices"

// Customer is what is known of one customer's purchases; see Purchases.
type Customer struct {
	Recency   float64 // days since the last purchase
	Frequency float64 // purchases, or days with a purchase
	Monetary  float64 // what they came to, refunds taken off

	// Tie orders customers of equal value where Nested has to divide them: an id, for example. Customers of equal value
	// and equal Tie share a place, so leaving it 0 treats equals equally.
	Tie uint64
}

// Binning is how a population is divided into bins.
type Binning string

// The binnings. There is no "ntile", which makes groups of exactly equal size by dividing customers of equal value: two
// people who bought the same on the same days would have different places, and other ones after the next fit.
const (
	Fixed    Binning = "fixed"    // cut points written out: 30 days are as good in June as in December
	Quantile Binning = "quantile" // quantiles of the population, type 7 of Hyndman and Fan (1996), what R and spreadsheets compute
	MidRank  Binning = "midrank"  // equal shares of the population; customers of equal value share their middle rank
	Nested   Binning = "nested"   // equal groups of R, of F within each R, of M within each R and F
	RPackage Binning = "rfm-r"    // the R package rfm's: quantiles plus one unit, of days, purchases and money alike
)

// Binnings are all of them.
func Binnings() []Binning { return []Binning{Fixed, MidRank, Nested, Quantile, RPackage} }

// Spec says how customers are placed.
type Spec struct {
	Binning                      Binning
	Recency, Frequency, Monetary Measure
}

// Measure is how one of the three is divided.
type Measure struct {
	Bins int       // 1 to MostBins; 1 leaves the measure out. 0 with Cuts: one more than there are cuts
	Cuts []float64 `json:",omitempty"` // Fixed alone: ascending; see Cuts for which side a value on a cut belongs to
}

// MostBins keeps every place one digit of the number 543.
const MostBins = 9

// Measures are the names of the three, in order.
func Measures() [3]string { return [3]string{"recency", "frequency", "monetary"} }

func (s *Spec) measures() [3]*Measure { return [3]*Measure{&s.Recency, &s.Frequency, &s.Monetary} }

// Bins are how many places each measure has.
func (s Spec) Bins() (r, f, m int) {
	return s.Recency.bins(), s.Frequency.bins(), s.Monetary.bins()
}

func (m *Measure) bins() int {
	if m.Bins == 0 && len(m.Cuts) > 0 {
		return len(m.Cuts) + 1
	}
	return m.Bins
}

// Number is the places written one after the other: 543. It names a cell and is no quantity: 555 is not "one more" than 554.
func Number(r, f, m int) int { return 100*r + 10*f + m }

// Problem is one thing wrong in a Spec or a Table.
type Problem struct {
	At      string // the key concerned: "recency.cuts", "segments.Loyal"
	Message string // what is wrong
	Hint    string // what to do
}

// String is the problem on one line.
func (p Problem) String() string { return p.At + ": " + p.Message + "; " + p.Hint }

// known reports whether there is such a binning.
func (b Binning) known() bool { return slices.Contains(Binnings(), b) }
