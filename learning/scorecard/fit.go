package scorecard

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// ErrNothing says that no attribute tells those who converted from the others.
var ErrNothing = errors.New("no attribute tells those who converted from those who did not")

// ErrRows says that rows or options cannot be fitted.
var ErrRows = errors.New("a scorecard cannot be fitted")

// Fitted is a card and what came to light while it was fitted.
type Fitted struct {
	Card *Card
	// OutOfFold is the probability of each row by coefficients and bins fitted without it, in the inner cross-validation.
	OutOfFold []float64
	LeftOut   []LeftOut // attributes that are not in the card, by name
}

// LeftOut is an attribute that is not in the card, and why.
type LeftOut struct {
	Name string  `json:"name"`
	IV   float64 `json:"iv"`
	Why  string  `json:"why"`
}

// Fit learns a card from rows: their attributes, and whether each converted. at is the moment of each row in Unix
// milliseconds; only dates need it. The order of the rows decides the folds of the cross-validation, so give them in an
// order of their own (learning.Fit sorts them by id).
func Fit(columns []Column, converted []bool, at []float64, o Options) (out *Fitted, err error) {
	if err := check(columns, converted, at, &o); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRows, err)
	}
	if o.Short > 0 {
		return fitShort(columns, converted, at, &o)
	}
	out = &Fitted{}
	in := deal(converted)
	fines := fines(columns, at, in, &o)
	kept, left := bins(fines, in, whole, &o)
	out.LeftOut = left
	d, _ := newDesign(kept, len(converted)).together(in.rest(whole), converted)
	s := newSolver(d)
	v := s.choose(fines, in, &o)
	out.OutOfFold = v.probability
	s.fit(v.ridge)
	for j, on := range s.prior.on {
		if !on {
			out.LeftOut = append(out.LeftOut, LeftOut{kept[j].title(), kept[j].iv, "beside the others its points would turn round"})
		}
	}
	slices.SortFunc(out.LeftOut, func(a, b LeftOut) int { return cmp.Compare(a.Name, b.Name) })
	if !slices.Contains(s.prior.on, true) {
		return out, fmt.Errorf("%w (%d looked at)", ErrNothing, len(columns))
	}
	out.Card = s.card(&o)
	if o.Scaling == nil {
		err = out.Card.calibrate(columns, converted, at, v.shrink)
	}
	return out, err
}

func check(columns []Column, converted []bool, at []float64, o *Options) error {
	if err := o.valid(); err != nil {
		return err
	}
	n, events := len(converted), 0
	for _, c := range converted {
		if c {
			events++
		}
	}
	if events == 0 || events == n {
		return fmt.Errorf("of %d rows %d converted: both outcomes are needed", n, events)
	}
	seen := map[string]bool{}
	for i := range columns {
		c := &columns[i]
		if err := c.Valid(n); err != nil {
			return err
		}
		if seen[c.Name] {
			return fmt.Errorf("there are two attributes %q", c.Name)
		}
		seen[c.Name] = true
		if c.Kind == Date && len(at) != n {
			return fmt.Errorf("attribute %q is a date: its rows need the moment of scoring", c.Name)
		}
		if err := o.Fixed[c.Name].valid(c); err != nil {
			return err
		}
	}
	for name := range o.Fixed {
		if !seen[name] {
			return fmt.Errorf("bins are given for %q, which is no attribute", name)
		}
	}
	return nil
}

func (b Bins) valid(c *Column) error {
	for i, cut := range b.Cuts {
		if math.IsNaN(cut) || math.IsInf(cut, 0) || i > 0 && cut <= b.Cuts[i-1] {
			return fmt.Errorf("attribute %q: cuts must be numbers that rise", c.Name)
		}
	}
	if len(b.Cuts) > 0 && len(b.Groups) > 0 || len(b.Groups) > 0 && len(c.Numbers) > 0 || len(b.Cuts) > 0 && len(c.Numbers) == 0 {
		return fmt.Errorf("attribute %q: cuts are for numbers, groups for texts", c.Name)
	}
	if len(b.Cuts) > 200 || len(b.Groups) > 200 {
		return fmt.Errorf("attribute %q: more than 200 bins", c.Name)
	}
	return nil
}

// choose finds the ridge. Unless it is to be fitted once, the solver stands near by after that.
func (v *solver) choose(fines []fine, in *dealt, o *Options) validated {
	if o.Once {
		return validated{ridge: *o.Ridge, shrink: 1}
	}
	from := middle().ridge()
	if o.Ridge != nil {
		from = *o.Ridge
	}
	v.near(from, worthwhile)
	return validate(fines, v, in, o)
}

// bins merges the fine bins of every attribute by what became of the rows without a part, and says which attributes tell
// something.
func bins(fines []fine, in *dealt, without int, o *Options) (kept []binned, left []LeftOut) {
	half := .5
	if o.Unsmoothed {
		half = 0
	}
	w := in.weigh(without, half)
	for i := range fines {
		f := &fines[i]
		if f.why != "" {
			left = append(left, LeftOut{f.title(), 0, f.why})
			continue
		}
		b := f.bin(f.without(without), w)
		if why := b.weak(w); why != "" && !f.fixed {
			left = append(left, LeftOut{f.title(), b.iv, why})
			continue
		}
		kept = append(kept, b)
	}
	return most(kept, left, o.MostAttributes)
}

// most keeps so many of the attributes that tell most, in their order.
func most(kept []binned, left []LeftOut, n int) ([]binned, []LeftOut) {
	if n == 0 {
		n = mostAttributes
	}
	if len(kept) <= n {
		return kept, left
	}
	ivs := make([]float64, len(kept))
	for i := range kept {
		ivs[i] = kept[i].iv
	}
	slices.Sort(ivs)
	least := ivs[len(ivs)-n]
	var out []binned
	for i := range kept {
		if kept[i].iv >= least && len(out) < n {
			out = append(out, kept[i])
			continue
		}
		left = append(left, LeftOut{kept[i].title(), kept[i].iv, "others tell more, and the card is to have " + strconv.Itoa(n) + " attributes at most"})
	}
	return out, left
}

// count counts rows and events of each fine bin, in all and in each part.
func (f *fine) count(in *dealt) {
	f.counts = make([]cell, f.bins+1)
	for part := range f.parts {
		f.parts[part] = make([]cell, f.bins+1)
	}
	for row, code := range f.codes {
		if code < 0 {
			f.bare = true
			continue
		}
		c := &f.parts[in.part[row]][code]
		c.rows++
		if in.converted[row] {
			c.events++
		}
	}
	for part := range f.parts {
		for code, c := range f.parts[part] {
			f.counts[code].rows += c.rows
			f.counts[code].events += c.events
		}
	}
}

// without is the counts of all rows but those of a part.
func (f *fine) without(part int) []cell {
	out := slices.Clone(f.counts)
	if part == whole {
		return out
	}
	for code, c := range f.parts[part] {
		out[code].rows -= c.rows
		out[code].events -= c.events
	}
	return out
}

func (f *fine) bin(counts []cell, w *woes) binned {
	b := binned{from: f, cells: f.merge(counts, w), fine: make([]int16, f.bins+1)}
	if f.missing {
		b.cells = append(b.cells, cell{[]int{f.bins}, counts[f.bins].rows, counts[f.bins].events})
	}
	for i := range b.fine {
		b.fine[i] = -1
	}
	for i, c := range b.cells {
		b.woe = append(b.woe, w.of(c))
		for _, bin := range c.bins {
			b.fine[bin] = int16(i)
		}
	}
	b.iv = w.value(b.cells)
	return b
}

// weak says why an attribute is not worth a place: its information value is that of noise. Noise of k bins has about
// (k-1)(1/events + 1/others), since both follow a chi-square; three of its standard deviations above that are asked for.
func (b *binned) weak(w *woes) string {
	free := float64(len(b.cells) - 1)
	unit := 1/w.events + 1/w.others
	noise := (free + 3*math.Sqrt(2*free)) * unit
	switch {
	case free < 1:
		return "all its bins convert alike"
	case b.iv < leastIV || b.iv < noise:
		return "it hardly tells the outcomes apart (information value " + strconv.FormatFloat(b.iv, 'f', 3, 64) + ")"
	}
	return ""
}

// mostAttributes is more than anybody reads, and keeps the fit small where a history has thousands of columns.
const mostAttributes = 100

// leastIV is the information value below which an attribute tells too little to be worth a person's attention.
const leastIV = .01

func (f *fine) title() string {
	if f.member == nil {
		return f.name
	}
	return f.name + ": " + *f.member
}

func (b *binned) title() string { return b.from.title() }

func thousands(n int) string {
	s := strconv.Itoa(n)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}
