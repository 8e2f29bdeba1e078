package scorecard

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// system is the linear equations of a step: by bin where bins may bend, by attribute where they may not, the intercept last.
type system struct {
	prior   *prior
	free    []int // the bins, or the attributes, that are fitted
	h, g, x []float64
}

// solve works out the step to the least of a quadratic picture with its ridge: matrix is its curvature, s its gradient at c.
// promise is by how much that would lower the loss.
func (w *system) solve(matrix []float64, s *slope, c *coefficients, p *prior) (promise float64) {
	w.prior = p
	w.choose()
	n := len(w.free) + 1
	w.h, w.g = sized(w.h, n*n), sized(w.g, n)
	if p.bent {
		w.bends(matrix, s, c)
	} else {
		w.lines(matrix, s, c)
	}
	side := p.d.bins + 1
	w.h[n*n-1], w.g[n-1] = matrix[side*side-1], s.all
	w.x = append(w.x[:0], w.g...)
	solve(w.h, w.x)
	return math.Abs(floats.Dot(w.x, w.g) / 2)
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
func (w *system) bends(matrix []float64, s *slope, c *coefficients) {
	p, d := w.prior, w.prior.d
	n, side := len(w.free)+1, d.bins+1
	for x, k := range w.free {
		w.g[x] = s.bin[k] + p.ridge.Bends*c.add[k]
		for y, l := range w.free[:x+1] {
			w.h[x*n+y] = matrix[k*side+l]
		}
		w.h[x*n+x] += p.ridge.Bends
		w.h[(n-1)*n+x] = matrix[d.bins*side+k]
	}
	at := 0
	for j, on := range p.on {
		if !on {
			continue
		}
		relief, along, woe := p.relief(j), p.along(j, c), d.woe[d.start[j]:d.start[j+1]]
		for x, u := range woe {
			w.g[at+x] -= relief * along * u
			for y, v := range woe[:x+1] {
				w.h[(at+x)*n+at+y] -= relief * u * v
			}
		}
		at += len(woe)
	}
}

// lines does the same by attribute: a line moves each bin of its attribute by its weight of evidence.
func (w *system) lines(matrix []float64, s *slope, c *coefficients) {
	p, d := w.prior, w.prior.d
	n, side := len(w.free)+1, d.bins+1
	sum := make([]float64, side)
	for x, j := range w.free {
		clear(sum)
		for k := d.start[j]; k < d.start[j+1]; k++ {
			floats.AddScaled(sum[:k+1], d.woe[k], matrix[k*side:][:k+1])
			w.g[x] += d.woe[k] * s.bin[k]
			w.h[(n-1)*n+x] += d.woe[k] * matrix[d.bins*side+k]
		}
		for y, l := range w.free[:x+1] {
			w.h[x*n+y] = floats.Dot(d.woe[d.start[l]:d.start[l+1]], sum[d.start[l]:d.start[l+1]])
		}
		w.g[x] += p.ridge.Line * p.line(j, c)
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
	n := len(x)
	factor(h, n)
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
		for j := range i {
			if on := h[j*n+j]; on != 0 {
				line[j] = (line[j] - floats.Dot(line[:j], h[j*n:j*n+j])) / on
			} else {
				line[j] = 0
			}
		}
		if own := line[i] - floats.Dot(line[:i], line[:i]); own > 1e-10*(line[i]+1e-300) {
			line[i] = math.Sqrt(own)
		} else {
			line[i] = 0
		}
	}
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
