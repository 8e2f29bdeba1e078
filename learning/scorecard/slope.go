package scorecard

import (
	"math"

	"github.com/bareme/bareme/learning/metrics"
)

// slope is the loss at some coefficients with its gradient, and by row the weight of its curvature, its rows x p(1-p).
type slope struct {
	loss   float64   // negative log-likelihood, without ridge
	all    float64   // gradient by the intercept
	bin    []float64 // gradient by what each bin adds
	weight []float64 // by row
	sums   [][]float64
	falls  [][]float64 // by block and combination, the gradient
}

func (d *design) flat() slope {
	return slope{bin: make([]float64, d.bins), weight: make([]float64, len(d.rows)), sums: d.tables(), falls: d.tables()}
}

// stretch is how many rows are looked at at once, block after block: so many that they stay near the processor.
const stretch = 512

// slope works out loss and gradient at c.
func (d *design) slope(c *coefficients, s *slope) {
	d.sums(c, s.sums)
	for b := range s.falls {
		clear(s.falls[b])
	}
	s.loss, s.all = 0, 0
	var logits [stretch]float64
	product := logs{at: 1}
	for from := 0; from < len(d.rows); from += stretch {
		to := min(from+stretch, len(d.rows))
		eta := logits[:to-from]
		d.logits(c.a, s.sums, from, eta)
		rows, events, weight := d.rows[from:to], d.events[from:to], s.weight[from:to]
		for i, x := range eta {
			n, y := rows[i], events[i]
			e := math.Exp(-math.Abs(x))
			p := 1 / (1 + e)
			weight[i] = n * e * p * p
			s.loss += n*max(x, 0) - y*x + product.of(n, e)
			if x < 0 {
				p = e * p
			}
			eta[i] = n*p - y
			s.all += eta[i]
		}
		for b := range d.blocks {
			fall := s.falls[b]
			for i, code := range d.blocks[b].codes[from:to] {
				fall[code] += eta[i]
			}
		}
	}
	s.loss += product.sum()
	d.spread(s.falls, s.bin)
}

// tables has a number for each combination of each block.
func (d *design) tables() [][]float64 {
	out := make([][]float64, len(d.blocks))
	for b := range d.blocks {
		out[b] = make([]float64, len(d.blocks[b].bins))
	}
	return out
}

// sums is what each combination adds to the log-odds.
func (d *design) sums(c *coefficients, out [][]float64) {
	for b := range d.blocks {
		for at, bins := range d.blocks[b].bins {
			out[b][at] = 0
			for _, k := range bins {
				out[b][at] += c.add[k]
			}
		}
	}
}

// spread is the reverse: the sum of each bin over the combinations it is part of.
func (d *design) spread(tables [][]float64, bin []float64) {
	clear(bin)
	for b := range d.blocks {
		for at, bins := range d.blocks[b].bins {
			for _, k := range bins {
				bin[k] += tables[b][at]
			}
		}
	}
}

// logits fills in those of the rows from one on.
func (d *design) logits(a float64, sums [][]float64, from int, out []float64) {
	for i := range out {
		out[i] = a
	}
	for b := range d.blocks {
		sum := sums[b]
		for i, code := range d.blocks[b].codes[from : from+len(out)] {
			out[i] += sum[code]
		}
	}
}

// said is the log-odds of every row.
func (d *design) said(c *coefficients) []float64 {
	out := make([]float64, len(d.rows))
	d.say(c, d.tables(), out)
	return out
}

// say is said, into room of the caller's.
func (d *design) say(c *coefficients, sums [][]float64, out []float64) {
	d.sums(c, sums)
	d.logits(c.a, sums, 0, out)
}

// loss is the negative log-likelihood of log-odds that were said of the rows.
func (d *design) loss(said []float64) float64 {
	loss, product := 0.0, logs{at: 1}
	for i, x := range said {
		loss += d.rows[i]*max(x, 0) - d.events[i]*x + product.of(d.rows[i], math.Exp(-math.Abs(x)))
	}
	return loss + product.sum()
}

// logs sums logarithms of numbers between 1 and 2 by multiplying them, which takes far less time than so many logarithms.
type logs struct {
	at, done float64
	n        float64
}

// of is n ln(1+e), or 0 if it was taken into the product. n is whole.
func (l *logs) of(n, e float64) float64 {
	const most = 512 // 2^512 is far from overflow
	if n > most {
		return n * math.Log1p(e)
	}
	if l.n += n; l.n > most {
		l.done += math.Log(l.at)
		l.at, l.n = 1, n
	}
	power := 1 + e
	for k := int(n); k > 0; k >>= 1 {
		if k&1 == 1 {
			l.at *= power
		}
		power *= power
	}
	return 0
}

func (l *logs) sum() float64 { return l.done + math.Log(l.at) }

// curvature is the matrix of weights by pairs of bins, with the intercept as the last bin. What out holds is overwritten;
// its upper half is not filled in.
func (d *design) curvature(weight, out []float64) {
	side := d.bins + 1
	clear(out)
	for _, w := range weight {
		out[side*side-1] += w
	}
	var pairs, half []float64
	for b := range d.blocks {
		first := &d.blocks[b]
		pairs = sized(pairs, len(first.bins))
		for i, code := range first.codes {
			pairs[code] += weight[i]
		}
		d.within(first, pairs, out)
		for c := range b {
			second := &d.blocks[c]
			width := len(second.bins)
			pairs = sized(pairs, len(first.bins)*width)
			codes := second.codes[:len(weight)]
			for i, code := range first.codes[:len(weight)] {
				pairs[int(code)*width+int(codes[i])] += weight[i]
			}
			half = d.between(first, second, pairs, half, out)
		}
	}
}

// within adds the pairs of bins that one block holds.
func (d *design) within(b *block, weight, out []float64) {
	side := d.bins + 1
	for at, bins := range b.bins {
		for x, k := range bins {
			for _, l := range bins[:x+1] {
				out[int(k)*side+int(l)] += weight[at]
			}
			out[d.bins*side+int(k)] += weight[at]
		}
	}
}

// between adds the pairs of bins of two blocks, the first of which comes later: combinations become bins on one side, then
// on the other. half is room for what is in between.
func (d *design) between(first, second *block, pairs, half, out []float64) []float64 {
	side, width := d.bins+1, len(second.bins)
	from, to := first.reach()
	half = sized(half, (to-from)*width)
	for at, bins := range first.bins {
		line := pairs[at*width : (at+1)*width]
		for _, k := range bins {
			sum := half[(int(k)-from)*width:][:width]
			for i, w := range line {
				sum[i] += w
			}
		}
	}
	for k := from; k < to; k++ {
		line, row := half[(k-from)*width:][:width], out[k*side:]
		for at, bins := range second.bins {
			for _, l := range bins {
				row[l] += line[at]
			}
		}
	}
	return half
}

// reach is the bins of a block: from one to before another.
func (b *block) reach() (from, to int) {
	from = math.MaxInt
	for _, bins := range b.bins {
		for _, k := range bins {
			from, to = min(from, int(k)), max(to, int(k)+1)
		}
	}
	return min(from, to), to
}

// sized is room for n zeros.
func sized(room []float64, n int) []float64 {
	if cap(room) < n {
		return make([]float64, n)
	}
	room = room[:n]
	clear(room)
	return room
}

func probabilities(logits []float64) []float64 {
	out := make([]float64, len(logits))
	for i, l := range logits {
		out[i] = min(1-1e-9, max(1e-9, metrics.Sigmoid(l)))
	}
	return out
}
