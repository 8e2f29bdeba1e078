package rfm

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Table names segments of customers by their places.
type Table struct {
	Segments []Segment

	// FirstWins lets segments overlap: a customer is of the first that fits. Otherwise an overlap is a mistake.
	FirstWins bool
}

// Segment is one named set of customers.
type Segment struct {
	Name   string
	Blocks []Block
}

// Block is a range of places; the zero Range is all of them. Rest is everything that no other segment has.
type Block struct {
	R, F, M Range
	Rest    bool `json:",omitempty"`
}

// Range is from Low to High, both included.
type Range struct{ Low, High int }

func (r Range) has(place int) bool { return r == Range{} || place >= r.Low && place <= r.High }

func (b Block) has(r, f, m int) bool { return !b.Rest && b.R.has(r) && b.F.has(f) && b.M.has(m) }

// ParseBlock reads "R4-5 F3", "M1", or "*" for the rest. What is not named may have any place.
func ParseBlock(text string) (Block, error) {
	if strings.TrimSpace(text) == "*" {
		return Block{Rest: true}, nil
	}
	var b Block
	words := strings.Fields(text)
	if len(words) == 0 {
		return b, fmt.Errorf("%q names no places", text)
	}
	for _, word := range words {
		var to *Range
		switch word[0] {
		case 'R', 'r':
			to = &b.R
		case 'F', 'f':
			to = &b.F
		case 'M', 'm':
			to = &b.M
		}
		low, high, many := strings.Cut(word[1:], "-")
		if !many {
			high = low
		}
		from, err1 := strconv.Atoi(low)
		upTo, err2 := strconv.Atoi(high)
		switch {
		case to == nil || err1 != nil || err2 != nil:
			return b, fmt.Errorf("%q is not places of R, F or M", word)
		case *to != Range{}:
			return b, fmt.Errorf("%q names %c twice", text, word[0])
		case from < 1 || upTo < from || upTo > MostBins:
			return b, fmt.Errorf("%q is no range of places from 1 on", word)
		}
		*to = Range{from, upTo}
	}
	return b, nil
}

// DefaultTable is the 25 cells of R and F, whatever M. There is no standard: this one has no gap and no overlap. It is
// made for 5 bins, and stretched over other numbers of them.
func DefaultTable() Table {
	block := func(r1, r2, f1, f2 int) Block { return Block{R: Range{r1, r2}, F: Range{f1, f2}} }
	return Table{Segments: []Segment{
		{"Champions", []Block{block(5, 5, 4, 5)}},
		{"Loyal", []Block{block(3, 4, 4, 5)}},
		{"Potential Loyalist", []Block{block(4, 5, 2, 3)}},
		{"New", []Block{block(5, 5, 1, 1)}},
		{"Promising", []Block{block(4, 4, 1, 1)}},
		{"Need Attention", []Block{block(3, 3, 3, 3)}},
		{"About To Sleep", []Block{block(3, 3, 1, 2)}},
		{"At Risk", []Block{block(1, 2, 3, 4)}},
		{"Can't Lose", []Block{block(1, 2, 5, 5)}},
		{"Hibernating", []Block{block(1, 2, 1, 2)}},
	}}
}

// stretch is the place out of 5 of a place out of bins.
func stretch(place, bins int) int {
	if bins == 5 || bins < 2 {
		return place
	}
	return 1 + int(math.Round(4*float64(place-1)/float64(bins-1)))
}

// Segmenter says which segment each place is of. It is safe for concurrent use.
type Segmenter struct {
	names   []string
	r, f, m int
	cells   []int16 // by place; -1: none
}

// Segment is the segment of a place.
func (s *Segmenter) Segment(r, f, m int) string {
	if r < 1 || f < 1 || m < 1 || r > s.r || f > s.f || m > s.m {
		return ""
	}
	return s.names[s.cells[((r-1)*s.f+f-1)*s.m+m-1]]
}

// Names are the segments, in the order of the table.
func (s *Segmenter) Names() []string { return slices.Clone(s.names) }

// DefaultSegmenter is the DefaultTable for these numbers of bins. It needs recency and frequency to have 2 or more.
func DefaultSegmenter(r, f, m int) (*Segmenter, []Problem) {
	if r < 2 || f < 2 {
		return nil, []Problem{{"segments", "the usual segments need 2 bins or more of recency and of frequency", "write segments of your own"}}
	}
	five, found := DefaultTable().Compile(5, 5, 1)
	if found != nil {
		return nil, found
	}
	s := &Segmenter{names: five.names, r: r, f: f, m: m}
	for i := range r * f * m {
		s.cells = append(s.cells, five.cells[(stretch(1+i/(f*m), r)-1)*5+stretch(1+i/m%f, f)-1])
	}
	return s, nil
}

// Compile checks a table against the places there are and makes it ready. Every place must have a segment, and only one
// unless FirstWins; each problem names the first cell concerned.
func (t Table) Compile(r, f, m int) (*Segmenter, []Problem) {
	s := &Segmenter{r: r, f: f, m: m}
	found := t.named(r, f, m)
	rest := -1
	for i, seg := range t.Segments {
		s.names = append(s.names, seg.Name)
		if slices.ContainsFunc(seg.Blocks, func(b Block) bool { return b.Rest }) {
			if rest >= 0 {
				found = append(found, Problem{"segments." + seg.Name, fmt.Sprintf("%q already has the rest", t.Segments[rest].Name), `write "*" once`})
			}
			rest = i
		}
	}
	var gaps []cell
	overlaps := map[[2]int]bool{}
	for i := range r * f * m {
		at := cell{1 + i/(f*m), 1 + i/m%f, 1 + i%m}
		first, second := t.at(at)
		switch {
		case first < 0 && rest < 0:
			gaps = append(gaps, at)
		case first < 0:
			first = rest
		case second >= 0 && !t.FirstWins && !overlaps[[2]int{first, second}]:
			overlaps[[2]int{first, second}] = true
			found = append(found, Problem{"segments." + t.Segments[second].Name,
				fmt.Sprintf("%s is in %q and in %q", at, t.Segments[first].Name, t.Segments[second].Name),
				"take it out of one of them, or write first_wins: true"})
		}
		s.cells = append(s.cells, int16(first))
	}
	if len(gaps) > 0 {
		found = append(found, gapProblem(gaps, m))
	}
	if len(found) > 0 {
		return nil, found
	}
	return s, nil
}

// at finds the first two segments that have a cell, -1 for none.
func (t Table) at(c cell) (first, second int) {
	first = -1
	for i, seg := range t.Segments {
		if !slices.ContainsFunc(seg.Blocks, func(b Block) bool { return b.has(c.r, c.f, c.m) }) {
			continue
		}
		if first >= 0 {
			return first, i
		}
		first = i
	}
	return first, -1
}

// named checks the names and that every block names places there are.
func (t Table) named(bins ...int) (found []Problem) {
	if len(t.Segments) == 0 || len(t.Segments) > 100 {
		return []Problem{{"segments", fmt.Sprintf("%d segments are not 1 to 100", len(t.Segments)), "write some, or remove the key for the usual ones"}}
	}
	seen := map[string]bool{}
	for _, seg := range t.Segments {
		at := "segments." + seg.Name
		if seg.Name == "" || seen[seg.Name] {
			found = append(found, Problem{at, fmt.Sprintf("two segments are named %q", seg.Name), "name each segment once"})
		}
		seen[seg.Name] = true
		for _, b := range seg.Blocks {
			for i, span := range [3]Range{b.R, b.F, b.M} {
				if span.High > bins[i] {
					found = append(found, Problem{at, fmt.Sprintf("there is no %s: %s has %d places", word(i, span.High), Measures()[i], bins[i]), "write places from 1 to " + strconv.Itoa(bins[i])})
				}
			}
		}
	}
	return found
}

// cell is one combination of places.
type cell struct{ r, f, m int }

func (c cell) String() string { return fmt.Sprintf("R%d F%d M%d", c.r, c.f, c.m) }

func word(measure, place int) string { return "RFM"[measure:measure+1] + strconv.Itoa(place) }

// gapProblem names the first cell without a segment, by R and F alone when no cell has one for only some M.
func gapProblem(gaps []cell, m int) Problem {
	whole := true // gaps come in order of R, F and M: whole runs of M follow each other
	for i := 0; i < len(gaps) && whole; i += m {
		end := i + m - 1
		whole = end < len(gaps) && gaps[i].m == 1 && gaps[end] == (cell{gaps[i].r, gaps[i].f, m})
	}
	name, more := gaps[0].String(), len(gaps)-1
	if whole {
		name, more = fmt.Sprintf("R%d F%d", gaps[0].r, gaps[0].f), len(gaps)/m-1
	}
	message := "no segment has " + name
	if more > 0 {
		message += fmt.Sprintf(", and %d more such", more)
	}
	return Problem{"segments", message, `add it to one, or give one segment the rest: "*"`}
}
