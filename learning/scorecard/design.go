package scorecard

import (
	"math"

	"github.com/bareme/bareme/learning/metrics"
)

// binned is one attribute in the bins of a card.
type binned struct {
	from  *fine
	cells []cell    // in the order of the card; the missing last if it has a bin
	woe   []float64 // by cell
	iv    float64
	fine  []int16 // by fine bin its cell; -1 where it has none
}

// design is the rows of a fit: of each row, the bin it falls in of every attribute.
type design struct {
	attributes []binned
	start      []int     // by attribute, the number of its first bin
	bins       int       // of all attributes; bin number bins is that of values nothing was learnt about
	woe        []float64 // by bin
	attribute  []int     // by bin
	codes      []int32   // row by row, a bin of each attribute
	rows       []float64 // by row, how many people it stands for
	events     []float64 // of whom so many converted
}

func newDesign(attributes []binned) *design {
	d := &design{attributes: attributes}
	for j := range attributes {
		d.start = append(d.start, d.bins)
		for _, w := range attributes[j].woe {
			d.woe = append(d.woe, w)
			d.attribute = append(d.attribute, j)
			d.bins++
		}
	}
	return d
}

// take puts these rows into the design.
func (d *design) take(rows []int32, converted []bool) *design {
	out := *d
	width := len(d.attributes)
	out.codes = make([]int32, len(rows)*width)
	out.events, out.rows = make([]float64, len(rows)), make([]float64, len(rows))
	for j := range d.attributes {
		a := &d.attributes[j]
		for i, row := range rows {
			out.codes[i*width+j] = int32(d.bins)
			if code := a.from.codes[row]; code >= 0 && a.fine[code] >= 0 {
				out.codes[i*width+j] = int32(d.start[j]) + int32(a.fine[code])
			}
		}
	}
	for i, row := range rows {
		out.rows[i] = 1
		if converted[row] {
			out.events[i] = 1
		}
	}
	return &out
}

// together counts rows that fall in the same bins everywhere as one: fits look at each pattern once.
func (d *design) together() *design {
	out := *d
	out.codes, out.rows, out.events = nil, nil, nil
	width := len(d.attributes)
	seen := make(map[string]int, len(d.rows))
	key := make([]byte, 0, 4*width)
	for i := range d.rows {
		row := d.codes[i*width : (i+1)*width]
		key = key[:0]
		for _, k := range row {
			key = append(key, byte(k), byte(k>>8))
		}
		at, ok := seen[string(key)]
		if !ok {
			at = len(out.rows)
			seen[string(key)] = at
			out.codes = append(out.codes, row...)
			out.rows, out.events = append(out.rows, 0), append(out.events, 0)
		}
		out.rows[at] += d.rows[i]
		out.events[at] += d.events[i]
	}
	return &out
}

// coefficients are what is fitted: logit = a + sum over attributes of line x WoE + bend of the bin.
type coefficients struct {
	a    float64
	line []float64 // by attribute
	bend []float64 // by bin
}

func (d *design) zero() coefficients {
	c := coefficients{line: make([]float64, len(d.attributes)), bend: make([]float64, d.bins)}
	rows, yes := 0.0, 0.0
	for i, e := range d.events {
		rows, yes = rows+d.rows[i], yes+e
	}
	c.a = math.Log(yes+.5) - math.Log(rows-yes+.5)
	return c
}

// sums is what each bin adds to the log-odds; the last is of values nothing was learnt about.
func (d *design) sums(c *coefficients) []float64 {
	out := make([]float64, d.bins+1)
	for k := range d.bins {
		out[k] = c.line[d.attribute[k]]*d.woe[k] + c.bend[k]
	}
	return out
}

// logits are those of the rows of the design.
func (d *design) logits(c *coefficients) []float64 {
	add := d.sums(c)
	width := len(d.attributes)
	out := make([]float64, len(d.events))
	for i := range out {
		eta := c.a
		for _, k := range d.codes[i*width : (i+1)*width] {
			eta += add[k]
		}
		out[i] = eta
	}
	return out
}

// slope is the loss at c with its gradient by bin, and by row the weight of its curvature, its rows x p(1-p).
type slope struct {
	loss   float64   // negative log-likelihood, without ridge
	all    float64   // gradient by the intercept
	bin    []float64 // gradient by what each bin adds
	weight []float64 // by row
}

func (d *design) slope(c *coefficients, s *slope) {
	if s.bin == nil {
		s.bin, s.weight = make([]float64, d.bins+1), make([]float64, len(d.events))
	}
	clear(s.bin)
	s.loss, s.all = 0, 0
	add := d.sums(c)
	width := len(d.attributes)
	product := logs{at: 1}
	for i, y := range d.events {
		eta, n := c.a, d.rows[i]
		row := d.codes[i*width : (i+1)*width]
		for _, k := range row {
			eta += add[k]
		}
		e := math.Exp(-math.Abs(eta))
		p := 1 / (1 + e)
		s.weight[i] = n * e * p * p
		if eta < 0 {
			p = e * p
		}
		if n == 1 {
			product.times(1 + e)
		} else {
			s.loss += n * math.Log1p(e)
		}
		s.loss += n*max(eta, 0) - y*eta
		g := n*p - y
		s.all += g
		for _, k := range row {
			s.bin[k] += g
		}
	}
	s.loss += product.sum()
}

// logs sums logarithms of numbers between 1 and 2 by multiplying them, which takes far less time than so many logarithms.
type logs struct {
	at, done float64
	n        int
}

func (l *logs) times(v float64) {
	l.at *= v
	if l.n++; l.n == 512 { // 2^512 is far from overflow
		l.done += math.Log(l.at)
		l.at, l.n = 1, 0
	}
}

func (l *logs) sum() float64 { return l.done + math.Log(l.at) }

// curvature is the matrix of weights by pairs of bins, with the intercept as the last bin.
func (d *design) curvature(weight []float64) []float64 {
	width, side := len(d.attributes), d.bins+1
	m := make([]float64, (side+1)*(side+1))
	step := side + 1
	for i, w := range weight {
		row := d.codes[i*width : (i+1)*width]
		for x, k := range row {
			line := m[int(k)*step:]
			for _, l := range row[x:] {
				line[l] += w
			}
			line[side] += w
		}
		m[side*step+side] += w
	}
	for x := range step {
		for y := range x {
			m[x*step+y] = m[y*step+x]
		}
	}
	return m
}

func probabilities(logits []float64) []float64 {
	out := make([]float64, len(logits))
	for i, l := range logits {
		out[i] = min(1-1e-9, max(1e-9, metrics.Sigmoid(l)))
	}
	return out
}
