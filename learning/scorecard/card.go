package scorecard

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/bareme/bareme/learning/metrics"
)

// Version is that of the JSON of a card. A card of another version is refused.
const Version = 1

// Card is a fitted scorecard: score = Base + the points of one bin of each attribute, and
// P(converted) = 1/(1+exp(-(Intercept + Slope x score))).
type Card struct {
	Version    int         `json:"version"`
	Base       int         `json:"base"` // 0 unless scaled like a credit score
	Attributes []Attribute `json:"attributes"`
	Intercept  float64     `json:"intercept"`
	Slope      float64     `json:"slope"`
	Rows       int         `json:"rows"` // learnt from
	Events     int         `json:"events"`
	Ridge      Ridge       `json:"ridge"`
	Scaling    *Scaling    `json:"scaling,omitempty"` // where the points mean odds, as in credit
	ByHand     bool        `json:"by_hand,omitempty"` // points were changed by hand
}

// Attribute is the table of points of one attribute.
type Attribute struct {
	Name   string  `json:"name"`
	Kind   Kind    `json:"kind"`
	Member *string `json:"member,omitempty"` // of a list: the text asked for; the bins are "yes" and "no"
	IV     float64 `json:"iv"`               // information value
	// Cuts of numbers, and of days before the scoring for dates: bin 0 is below Cuts[0], bin i from Cuts[i-1] to below Cuts[i].
	Cuts []float64 `json:"cuts,omitempty"`
	Bins []Bin     `json:"bins"`
	// Missing and Other are the bins of what is missing, and of levels never seen; -1 where there was too little to learn
	// from: these get Neutral points.
	Missing int `json:"missing"`
	Other   int `json:"other"`
	Neutral int `json:"neutral"`
}

// Bin is one line of the table.
type Bin struct {
	Levels []string `json:"levels,omitempty"` // of texts
	Rows   int      `json:"rows"`
	Events int      `json:"events"`
	WoE    float64  `json:"woe"`   // weight of evidence: above 0 converts more often than all
	Logit  float64  `json:"logit"` // what the bin adds to the log-odds, before it was made whole points
	Points int      `json:"points"`
}

// Rate is the share of the bin that converted; 0 of an empty bin.
func (b *Bin) Rate() float64 { return float64(b.Events) / float64(max(1, b.Rows)) }

// Scored is what a card says of one person.
type Scored struct {
	Points      int
	Probability float64 // within (0, 1)
	Parts       []Part  // by attribute of the card; with Base they sum to Points
}

// Part is one attribute's share in a score.
type Part struct {
	Attribute int // index into Attributes
	Bin       int // -1: nothing was learnt about such a value
	Points    int
}

// Names lists the attributes a card asks for, each once, in the order of the card.
func (c *Card) Names() []string {
	var names []string
	for i := range c.Attributes {
		if n := c.Attributes[i].Name; !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names
}

// Score applies the card to what is known of one person now. It never fails: what is not known, or of another kind, is
// missing.
func (c *Card) Score(value func(name string) Value, now time.Time) Scored {
	s := Scored{Points: c.Base, Parts: make([]Part, len(c.Attributes))}
	for i := range c.Attributes {
		a := &c.Attributes[i]
		bin := a.of(value(a.Name), now)
		s.Parts[i] = Part{i, bin, a.points(bin)}
		s.Points += s.Parts[i].Points
	}
	s.Probability = c.Probability(s.Points)
	return s
}

// Probability is that of so many points, kept off 0 and 1.
func (c *Card) Probability(points int) float64 {
	const edge = 1e-9
	return min(1-edge, max(edge, metrics.Sigmoid(c.Intercept+c.Slope*float64(points))))
}

// Range is the least and the most points there can be.
func (c *Card) Range() (least, most int) {
	least, most = c.Base, c.Base
	for i := range c.Attributes {
		lo, hi := c.Attributes[i].Range()
		least, most = least+lo, most+hi
	}
	return least, most
}

// Range is the least and the most points of the attribute.
func (a *Attribute) Range() (least, most int) {
	least, most = math.MaxInt, math.MinInt
	for i := range a.Bins {
		least, most = min(least, a.Bins[i].Points), max(most, a.Bins[i].Points)
	}
	if a.Missing < 0 || a.Other < 0 && !a.ordered() {
		least, most = min(least, a.Neutral), max(most, a.Neutral)
	}
	return least, most
}

func (a *Attribute) points(bin int) int {
	if bin < 0 {
		return a.Neutral
	}
	return a.Bins[bin].Points
}

// of is the bin of a value, -1 where none is for it.
func (a *Attribute) of(v Value, now time.Time) int {
	if !v.Known {
		return a.Missing
	}
	switch a.Kind {
	case Number:
		return a.number(v.Number)
	case Date:
		return a.number(days(float64(now.UnixMilli()), v.Number))
	case Bool:
		return a.level(word(v.Number != 0))
	case List:
		return a.level(word(a.Member != nil && slices.Contains(v.List, *a.Member)))
	default:
		return a.level(strings.ToValidUTF8(v.Text, "\uFFFD"))
	}
}

func (a *Attribute) number(v float64) int {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return a.Missing
	}
	return bin(a.Cuts, v)
}

// bin is how many of the cuts are at or below v.
func bin(cuts []float64, v float64) int {
	from, to := 0, len(cuts)
	for from < to {
		if mid := int(uint(from+to) >> 1); cuts[mid] <= v {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return from
}

func (a *Attribute) level(text string) int {
	for i := range a.Bins {
		if slices.Contains(a.Bins[i].Levels, text) {
			return i
		}
	}
	return a.Other
}

func word(b bool) string {
	if b {
		return yes
	}
	return no
}

// days is how many days a moment lies before now, both in Unix milliseconds.
func days(now, moment float64) float64 { return (now - moment) / (24 * 60 * 60 * 1000) }

// Table scores whole columns, as they are in the history: points and probability of each row. Columns the card asks for
// and that are not there are missing in every row. at is the moment of each row in Unix milliseconds, needed for dates.
func (c *Card) Table(columns []Column, at []float64, n int) (points []int, probability []float64, err error) {
	points, err = c.sums(columns, at, n)
	for _, p := range points {
		probability = append(probability, c.Probability(p))
	}
	return points, probability, err
}

// sums is the points of every row.
func (c *Card) sums(columns []Column, at []float64, n int) ([]int, error) {
	points := make([]int, n)
	for i := range points {
		points[i] = c.Base
	}
	for i := range c.Attributes {
		bins, err := c.Attributes[i].Rows(columns, at, n)
		if err != nil {
			return nil, err
		}
		for row, bin := range bins {
			points[row] += c.Attributes[i].points(int(bin))
		}
	}
	return points, nil
}

// Rows is the bin of each row of a history, -1 where none is for it.
func (a *Attribute) Rows(columns []Column, at []float64, n int) ([]int32, error) {
	out := make([]int32, n)
	c := find(columns, a.Name)
	if c == nil {
		for i := range out {
			out[i] = int32(a.Missing)
		}
		return out, nil
	}
	if err := c.Valid(n); err != nil {
		return nil, err
	}
	if c.Kind != a.Kind {
		return nil, fmt.Errorf("attribute %q is a %s in the history and a %s in the card: fit again", a.Name, c.Kind, a.Kind)
	}
	if a.Kind == Date && len(at) != n {
		return nil, fmt.Errorf("attribute %q is a date: its rows need the moment of scoring", a.Name)
	}
	a.fill(out, c, at)
	return out, nil
}

func (a *Attribute) fill(out []int32, c *Column, at []float64) {
	byLevel := make([]int32, len(c.Levels))
	for i, text := range c.Levels {
		byLevel[i] = int32(a.level(text))
	}
	for row := range out {
		switch {
		case c.Missing(row):
			out[row] = int32(a.Missing)
		case a.Kind == Number:
			out[row] = int32(a.number(c.Numbers[row]))
		case a.Kind == Date:
			out[row] = int32(a.number(days(at[row], c.Numbers[row])))
		case a.Kind == List:
			out[row] = int32(a.level(word(slices.ContainsFunc(c.Members[row], func(code int32) bool {
				return a.Member != nil && c.Levels[code] == *a.Member
			}))))
		default:
			out[row] = byLevel[c.Codes[row]]
		}
	}
}

func find(columns []Column, name string) *Column {
	for i := range columns {
		if columns[i].Name == name {
			return &columns[i]
		}
	}
	return nil
}
