package scorecard

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// system is the linear equations of a step: by bin where bins may bend, by attribute where they may not, the intercept last.
type system struct {
	prior *prior
	turn  int   // the turn of the prior that h is of; 0 where it is of none
	free  []int // the bins, or the attributes, that are fitted
	h     []float64
	g, x  []float64
}

// solve works out the step to the least of a quadratic picture with its ridge: matrix is its curvature, s its gradient at c.
// promise is by how much that would lower the loss. As long as neither matrix nor prior changes, the curvature is factored once.
func (w *system) solve(matrix []float64, s *slope, c *coefficients, p *prior) (promise float64) {
	if w.prior = p; w.turn != p.turn {
		w.turn = p.turn
		w.choose()
		n := len(w.free) + 1
		w.h = sized(w.h, n*n)
		if p.bent {
			w.bends(matrix)
		} else {
			w.lines(matrix)
		}
		w.h[n*n-1] = matrix[len(matrix)-1]
		factor(w.h, n)
	}
	w.pull(s, c)
	w.x = append(w.x[:0], w.g...)
	substitute(w.h, w.x)
	return math.Abs(floats.Dot(w.x, w.g) / 2)
}

// pull is the gradient with that of the ridge.
func (w *system) pull(s *slope, c *coefficients) {
	p, d := w.prior, w.prior.d
	w.g = w.g[:0]
	for j, on := range p.on {
		if !on {
			continue
		}
		from, to := d.start[j], d.start[j+1]
		if !p.bent {
			w.g = append(w.g, floats.Dot(d.woe[from:to], s.bin[from:to])+p.ridge.Line*p.line(j, c))
			continue
		}
		shared := p.relief(j) * p.along(j, c)
		for k := from; k < to; k++ {
			w.g = append(w.g, s.bin[k]+p.ridge.Bends*c.add[k]-shared*d.woe[k])
		}
	}
	w.g = append(w.g, s.all)
}

func (w *system) choose() {
	w.free = w.free[:0]
	for j, on := range w.prior.on {
		switch {
		case on && !w.prior.bent:
			w.free = append(w.free, j)
		case on:
			for k := w.prior.d.start[j]; k < w.prior.d.start[j+1]; k++ {
				w.free = append(w.free, k)
			}
		}
	}
}

// bends fills in what each bin that takes part has against those before it, and the intercept against all.
func (w *system) bends(matrix []float64) {
	p, d := w.prior, w.prior.d
	n, side := len(w.free)+1, d.bins+1
	last := matrix[d.bins*side:]
	for x, k := range w.free {
		row, line := matrix[k*side:], w.h[x*n:]
		for y, l := range w.free[:x+1] {
			line[y] = row[l]
		}
		line[x] += p.ridge.Bends
		w.h[(n-1)*n+x] = last[k]
	}
	at := 0
	for j, on := range p.on {
		if !on {
			continue
		}
		relief, woe := p.relief(j), d.woe[d.start[j]:d.start[j+1]]
		for x, u := range woe {
			for y, v := range woe[:x+1] {
				w.h[(at+x)*n+at+y] -= relief * u * v
			}
		}
		at += len(woe)
	}
}

// lines does the same by attribute: a line moves each bin of its attribute by its weight of evidence.
func (w *system) lines(matrix []float64) {
	p, d := w.prior, w.prior.d
	n, side := len(w.free)+1, d.bins+1
	sum := make([]float64, side)
	for x, j := range w.free {
		clear(sum)
		for k := d.start[j]; k < d.start[j+1]; k++ {
			floats.AddScaled(sum[:k+1], d.woe[k], matrix[k*side:][:k+1])
			w.h[(n-1)*n+x] += d.woe[k] * matrix[d.bins*side+k]
		}
		for y, l := range w.free[:x+1] {
			w.h[x*n+y] = floats.Dot(d.woe[d.start[l]:d.start[l+1]], sum[d.start[l]:d.start[l+1]])
		}
		w.h[x*n+x] += p.ridge.Line
	}
}

// move goes so much of the step from c.
func (w *system) move(c *coefficients, t float64) {
	d := w.prior.d
	for x, at := range w.free {
		if w.prior.bent {
			c.add[at] -= t * w.x[x]
			continue
		}
		for k := d.start[at]; k < d.start[at+1]; k++ {
			c.add[k] -= t * w.x[x] * d.woe[k]
		}
	}
	c.a -= t * w.x[len(w.free)]
}

// solve solves h x = g: h is symmetric, given by its lower half, and lost; x is g before and the solution after. A direction
// without curvature is left where it is.
func solve(h, x []float64) {
	factor(h, len(x))
	substitute(h, x)
}

// substitute is solve with h factored.
func substitute(h, x []float64) {
	n := len(x)
	forward(h, x)
	for i := n - 1; i >= 0; i-- {
		if line := h[i*n : i*n+i+1]; line[i] != 0 {
			x[i] /= line[i]
			floats.AddScaled(x[:i], -x[i], line[:i])
		}
	}
}

// factor is Cholesky's: the lower half of h becomes the matrix that times its mirror image is h. A row without curvature of
// its own beside those before it gets 0 on the diagonal.
func factor(h []float64, n int) {
	for i := range n {
		line := h[i*n : i*n+i+1]
		j := 0
		for ; j+1 < i; j += 2 { // two at once: what both need is fetched once
			done, x, y := line[:j], line[j], line[j+1]
			a, b := h[j*n:][:len(done)], h[(j+1)*n:][:len(done)]
			for k, l := range done {
				x -= l * a[k]
				y -= l * b[k]
			}
			x = over(x, h[j*n+j])
			line[j], line[j+1] = x, over(y-x*h[(j+1)*n+j], h[(j+1)*n+j+1])
		}
		if j < i {
			line[j] = over(line[j]-floats.Dot(line[:j], h[j*n:j*n+j]), h[j*n+j])
		}
		if own := line[i] - floats.Dot(line[:i], line[:i]); own > 1e-10*(line[i]+1e-300) {
			line[i] = math.Sqrt(own)
		} else {
			line[i] = 0
		}
	}
}

// over is x / y, or 0 where there is no curvature.
func over(x, y float64) float64 {
	if y == 0 {
		return 0
	}
	return x / y
}

// forward solves for the lower half alone.
func forward(h, x []float64) {
	n := len(x)
	for i := range n {
		if on := h[i*n+i]; on != 0 {
			x[i] = (x[i] - floats.Dot(h[i*n:i*n+i], x[:i])) / on
		} else {
			x[i] = 0
		}
	}
}

// mirror fills in the upper half.
func mirror(h []float64, n int) {
	for i := range n {
		for j := range i {
			h[j*n+i] = h[i*n+j]
		}
	}
}
