package scorecard

import (
	"math"
	"slices"
)

// binned is one attribute in the bins of a card.
type binned struct {
	from  *fine
	cells []cell    // in the order of the card; the missing last if it has a bin
	woe   []float64 // by cell
	iv    float64
	fine  []int16 // by fine bin its cell; -1 where it has none
}

// design is rows by the bins they fall in. Neighbouring attributes are coded together, as one number for each combination
// of their bins: fits look up one sum for several attributes.
type design struct {
	attributes []binned
	start      []int     // by attribute, the number of its first bin; at the end how many bins there are
	bins       int       // of all attributes
	woe        []float64 // by bin
	blocks     []block
	rows       []float64 // by row of the design, how many people it stands for
	events     []float64 // of whom so many converted
}

// block is neighbouring attributes in one code.
type block struct {
	codes []uint8   // by row, the combination
	bins  [][]int32 // by combination, the bins it stands for; none of an attribute where nothing was learnt about the value
}

// The sizes of a block: a table of pairs of combinations must pay off, and stay small enough to be kept near.
const (
	leastBlock = 8
	mostBlock  = 64
	pairRows   = 16 // rows for each entry of such a table
)

// newDesign codes every row of a history by these attributes. It stands for no rows yet; together makes designs that do.
func newDesign(attributes []binned, n int) *design {
	d := &design{attributes: attributes, start: []int{0}}
	for j := range attributes {
		d.woe = append(d.woe, attributes[j].woe...)
		d.start = append(d.start, len(d.woe))
	}
	d.bins = len(d.woe)
	limit := min(mostBlock, max(leastBlock, int(math.Sqrt(float64(n)/pairRows))))
	for j := range attributes {
		b := &attributes[j]
		size := len(b.cells)
		if b.open() {
			size++
		}
		if last := len(d.blocks) - 1; last < 0 || len(d.blocks[last].bins)*size > limit {
			d.blocks = append(d.blocks, block{codes: make([]uint8, n), bins: make([][]int32, 1)})
		}
		d.blocks[len(d.blocks)-1].add(b, d.start[j], size)
	}
	return d
}

// open reports whether some row falls in none of the bins.
func (b *binned) open() bool {
	if b.from.bare {
		return true
	}
	for k, c := range b.from.counts {
		if c.rows > 0 && b.fine[k] < 0 {
			return true
		}
	}
	return false
}

// add puts an attribute into the block: each combination there was becomes one for each of its bins.
func (b *block) add(a *binned, start, size int) {
	was := len(b.bins)
	b.bins = slices.Grow(b.bins, was*(size-1))[:was*size]
	for at := was*size - 1; at >= 0; at-- {
		b.bins[at] = slices.Clone(b.bins[at%was])
		if cell := at / was; cell < len(a.cells) {
			b.bins[at] = append(b.bins[at], int32(start+cell))
		}
	}
	code := make([]uint8, len(a.fine)+1) // by fine bin; the last is of rows without one
	for k, cell := range append(slices.Clone(a.fine), -1) {
		if cell < 0 {
			cell = int16(size - 1)
		}
		code[k] = uint8(int(cell) * was)
	}
	for row, k := range a.from.codes {
		if k < 0 {
			k = int16(len(a.fine))
		}
		b.codes[row] += code[k]
	}
}

// together is the design of these rows: those that fall in the same bins everywhere become one. of says of each of the
// rows which it became part of.
func (d *design) together(rows []int32, converted []bool) (out *design, of []int32) {
	patterns := *d
	out = &patterns
	out.rows, out.events, out.blocks = nil, nil, make([]block, len(d.blocks))
	for b := range d.blocks {
		out.blocks[b] = block{bins: d.blocks[b].bins}
	}
	of = make([]int32, len(rows))
	first := make([]int32, 0, len(rows)/2) // by pattern, a row of it
	slots := make([]int32, 1<<bitsFor(2*len(rows)))
	for i, row := range rows {
		at := d.slot(row, first, slots)
		if slots[at] == 0 {
			first = append(first, row)
			slots[at] = int32(len(first))
			out.rows, out.events = append(out.rows, 0), append(out.events, 0)
		}
		of[i] = slots[at] - 1
		out.rows[of[i]]++
		if converted[row] {
			out.events[of[i]]++
		}
	}
	for b := range out.blocks {
		codes := make([]uint8, len(first))
		for i, row := range first {
			codes[i] = d.blocks[b].codes[row]
		}
		out.blocks[b].codes = codes
	}
	return out, of
}

// slot is the place of a row's pattern in a table of twice as many slots as there are rows: where it is, or is to be. Slots
// hold the number of a pattern, counted from 1.
func (d *design) slot(row int32, first, slots []int32) int {
	hash := uint64(14695981039346656037) // FNV-1a
	for b := range d.blocks {
		hash = (hash ^ uint64(d.blocks[b].codes[row])) * 1099511628211
	}
	mask := len(slots) - 1
	for at := int(hash>>20) & mask; ; at = (at + 1) & mask {
		if slots[at] == 0 || d.same(row, first[slots[at]-1]) {
			return at
		}
	}
}

func (d *design) same(a, b int32) bool {
	for i := range d.blocks {
		if codes := d.blocks[i].codes; codes[a] != codes[b] {
			return false
		}
	}
	return true
}

// bitsFor is how many bits number so many slots, at least one.
func bitsFor(n int) int {
	bits := 1
	for 1<<bits < n {
		bits++
	}
	return bits
}

// coefficients are what is fitted: logit = a + what each bin adds.
type coefficients struct {
	a   float64
	add []float64 // by bin
}

func (c *coefficients) copy(from *coefficients) {
	c.a = from.a
	c.add = append(c.add[:0], from.add...)
}

// zero is log-odds of nobody in particular, and nothing that bins add.
func (d *design) zero() coefficients {
	rows, yes := 0.0, 0.0
	for i, e := range d.events {
		rows, yes = rows+d.rows[i], yes+e
	}
	return coefficients{math.Log(yes+.5) - math.Log(rows-yes+.5), make([]float64, d.bins)}
}
