package scorecard

import "math"

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
	hash       []uint64  // by row of a history, of its codes
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
	leastBlock = 16
	mostBlock  = 64
	pairRows   = 8 // rows for each entry of such a table
)

// newDesign codes every row of a history by these attributes. It stands for no rows yet; together makes designs that do.
func newDesign(attributes []binned, n int) *design {
	d := &design{attributes: attributes, start: []int{0}}
	for j := range attributes {
		d.woe = append(d.woe, attributes[j].woe...)
		d.start = append(d.start, len(d.woe))
	}
	d.bins, d.hash = len(d.woe), make([]uint64, n)
	limit := min(mostBlock, max(leastBlock, int(math.Sqrt(float64(n)/pairRows))))
	for from := 0; from < len(attributes); {
		to, size := from, 1
		for to < len(attributes) && (to == from || size*attributes[to].codes() <= limit) {
			size *= attributes[to].codes()
			to++
		}
		b := d.block(from, to, size, n)
		for row, code := range b.codes {
			d.hash[row] = (d.hash[row] ^ uint64(code)) * 1099511628211 // FNV-1a
		}
		d.blocks = append(d.blocks, b)
		from = to
	}
	return d
}

// codes is how many a row may have: its cells, and one more where some row falls in none.
func (b *binned) codes() int {
	if b.from.bare {
		return len(b.cells) + 1
	}
	for k, c := range b.from.counts {
		if c.rows > 0 && b.fine[k] < 0 {
			return len(b.cells) + 1
		}
	}
	return len(b.cells)
}

// block codes attributes from one to before another together, in so many combinations.
func (d *design) block(from, to, size, n int) block {
	b := block{make([]uint8, n), make([][]int32, size)}
	room := make([]int32, 0, size*(to-from))
	for at := range b.bins {
		begin, rest := len(room), at
		for j := from; j < to; j++ {
			codes := d.attributes[j].codes()
			if cell := rest % codes; cell < len(d.attributes[j].cells) {
				room = append(room, int32(d.start[j]+cell))
			}
			rest /= codes
		}
		b.bins[at] = room[begin:len(room):len(room)]
	}
	times := 1
	for j := from; j < to; j++ {
		d.attributes[j].code(b.codes, times)
		times *= d.attributes[j].codes()
	}
	return b
}

// code adds the attribute's part to the codes of the rows.
func (b *binned) code(codes []uint8, times int) {
	part := make([]uint8, len(b.fine)+1) // by fine bin; the last is of rows without one
	for k := range part {
		cell := len(b.cells)
		if k < len(b.fine) && b.fine[k] >= 0 {
			cell = int(b.fine[k])
		}
		part[k] = uint8(cell * times)
	}
	for row, k := range b.from.codes {
		if k < 0 {
			k = int16(len(b.fine))
		}
		codes[row] += part[k]
	}
}

// together is the design of these rows: those that fall in the same bins everywhere become one. of says of each of the
// rows which it became part of.
func (d *design) together(rows []int32, converted []bool) (out *design, of []int32) {
	patterns := *d
	out = &patterns
	out.hash = nil
	out.blocks = make([]block, len(d.blocks))
	for b := range d.blocks {
		out.blocks[b] = block{bins: d.blocks[b].bins}
	}
	of = make([]int32, len(rows))
	first := make([]int32, 0, len(rows)) // by pattern, a row of it
	out.rows, out.events = make([]float64, 0, len(rows)), make([]float64, 0, len(rows))
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
	mask := len(slots) - 1
	for at := int(d.hash[row]>>20) & mask; ; at = (at + 1) & mask {
		if slots[at] == 0 || d.same(row, first[slots[at]-1]) {
			return at
		}
	}
}

func (d *design) same(a, b int32) bool {
	if d.hash[a] != d.hash[b] {
		return false
	}
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

func (c *coefficients) clear() {
	c.a = 0
	clear(c.add)
}

// zero is log-odds of nobody in particular, and nothing that bins add.
func (d *design) zero() coefficients {
	rows, yes := 0.0, 0.0
	for i, e := range d.events {
		rows, yes = rows+d.rows[i], yes+e
	}
	return coefficients{math.Log(yes+.5) - math.Log(rows-yes+.5), make([]float64, d.bins)}
}
