package scorecard

import "math"

// solver fits coefficients by Newton's method with step halving: a step that does not lower the penalised loss is halved,
// so that the fit cannot run away where the quadratic picture is wrong. The curvature is kept between fits that differ
// little, and worked out anew when it no longer serves.
type solver struct {
	d      *design
	c      coefficients
	on     []bool // by attribute: in the fit
	ridge  Ridge
	tight  float64   // stops when a step promises less than this, in log-likelihood
	bent   bool      // corrections by bin are fitted
	matrix []float64 // curvature by bins
	stale  bool      // the curvature is of coefficients left behind
	s      slope     // at c
	spare  slope
}

func newSolver(d *design, tight float64) *solver {
	v := &solver{d: d, c: d.zero(), tight: tight, on: make([]bool, len(d.attributes))}
	for j := range v.on {
		v.on[j] = true
	}
	return v
}

// fit finds the coefficients for a ridge, from where it stands. Attributes whose weight of evidence would count against
// itself leave, one at a time, the worst first; hand-made bins stay.
func (v *solver) fit(r Ridge) {
	v.ridge = r
	if v.bent = r.Bends > straight; !v.bent {
		clear(v.c.bend)
	}
	for {
		v.converge()
		worst := -1
		for j, line := range v.c.line {
			if v.on[j] && line < 0 && !v.d.attributes[j].from.fixed && (worst < 0 || line < v.c.line[worst]) {
				worst = j
			}
		}
		if worst < 0 {
			return
		}
		v.leave(worst)
	}
}

func (v *solver) leave(attribute int) {
	v.on[attribute] = false
	v.c.line[attribute] = 0
	for k, j := range v.d.attribute {
		if j == attribute {
			v.c.bend[k] = 0
		}
	}
}

func (v *solver) converge() {
	const most = 200
	v.d.slope(&v.c, &v.s)
	for range most {
		if v.matrix == nil {
			v.matrix, v.stale = v.d.curvature(v.s.weight), false
		}
		loss := v.s.loss + v.penalty(&v.c)
		step, promise := v.step()
		if !v.halve(&step, loss, promise) {
			if !v.stale {
				return // the loss cannot be lowered beyond rounding
			}
			v.matrix = nil
			continue
		}
		v.stale = true
		if promise < v.tight {
			return
		}
		if gained := (loss - v.s.loss - v.penalty(&v.c)) / promise; (gained < .8 || gained > 1.25) && promise > 20*v.tight {
			v.matrix = nil // the curvature has changed, and there is a way to go
		}
	}
}

// halve takes the step, or as much of it as lowers the loss.
func (v *solver) halve(step *coefficients, loss, promise float64) bool {
	for t := 1.0; t > 1e-9; t /= 2 {
		next := v.c.less(step, t)
		v.d.slope(&next, &v.spare)
		if l := v.spare.loss + v.penalty(&next); l <= loss-1e-4*t*promise || promise < v.tight && l <= loss {
			v.c = next
			v.s, v.spare = v.spare, v.s
			return true
		}
		if v.stale && t < .3 {
			return false
		}
	}
	return false
}

func (c *coefficients) less(step *coefficients, t float64) coefficients {
	out := coefficients{a: c.a - t*step.a, line: make([]float64, len(c.line)), bend: make([]float64, len(c.bend))}
	for j := range c.line {
		out.line[j] = c.line[j] - t*step.line[j]
	}
	for k := range c.bend {
		out.bend[k] = c.bend[k] - t*step.bend[k]
	}
	return out
}

func (v *solver) penalty(c *coefficients) float64 {
	sum := 0.0
	for _, b := range c.line {
		sum += v.ridge.Line * b * b / 2
	}
	if v.bent {
		for _, b := range c.bend {
			sum += v.ridge.Bends * b * b / 2
		}
	}
	return sum
}

// step solves for the Newton step. promise is how much it would lower a quadratic loss.
func (v *solver) step() (step coefficients, promise float64) {
	lines, bends := v.free()
	n := 1 + len(lines) + len(bends)
	h, g := v.system(lines, bends)
	x := solve(h, g, n)
	step = coefficients{line: make([]float64, len(v.c.line)), bend: make([]float64, len(v.c.bend)), a: x[0]}
	for i, j := range lines {
		step.line[j] = x[1+i]
	}
	for i, k := range bends {
		step.bend[k] = x[1+len(lines)+i]
	}
	for i := range x {
		promise += x[i] * g[i] / 2
	}
	return step, math.Abs(promise)
}

// free lists the attributes and the bins that are fitted.
func (v *solver) free() (lines, bends []int) {
	for j, on := range v.on {
		if on {
			lines = append(lines, j)
		}
	}
	for k, j := range v.d.attribute {
		if v.bent && v.on[j] {
			bends = append(bends, k)
		}
	}
	return lines, bends
}

// system is curvature and gradient by intercept, lines and bends: a line moves each bin of its attribute by its WoE.
func (v *solver) system(lines, bends []int) (h, g []float64) {
	side := v.d.bins + 2
	all := v.d.bins + 1 // the intercept's place in the matrix
	n := 1 + len(lines) + len(bends)
	h, g = make([]float64, n*n), make([]float64, n)
	// half holds, by variable, its curvature against each bin.
	half := make([][]float64, n)
	half[0] = v.matrix[all*side : (all+1)*side]
	g[0] = v.s.all
	for i, j := range lines {
		half[1+i] = make([]float64, side)
		for k := v.d.start[j]; k < v.d.bins && v.d.attribute[k] == j; k++ {
			w := v.d.woe[k]
			for l, x := range v.matrix[k*side : (k+1)*side] {
				half[1+i][l] += w * x
			}
			g[1+i] += w * v.s.bin[k]
		}
		g[1+i] += v.ridge.Line * v.c.line[j]
	}
	for i, k := range bends {
		half[1+len(lines)+i] = v.matrix[k*side : (k+1)*side]
		g[1+len(lines)+i] = v.s.bin[k] + v.ridge.Bends*v.c.bend[k]
	}
	for x := range n {
		h[x*n] = half[x][all]
		for i, j := range lines {
			for k := v.d.start[j]; k < v.d.bins && v.d.attribute[k] == j; k++ {
				h[x*n+1+i] += v.d.woe[k] * half[x][k]
			}
		}
		for i, k := range bends {
			h[x*n+1+len(lines)+i] = half[x][k]
		}
	}
	for x := 1; x < n; x++ {
		if x <= len(lines) {
			h[x*n+x] += v.ridge.Line
		} else {
			h[x*n+x] += v.ridge.Bends
		}
	}
	return h, g
}

// solve solves h x = g for a symmetric h of side n by Cholesky. A direction without curvature is left where it is.
func solve(h, g []float64, n int) []float64 {
	l := make([]float64, n*n)
	for i := range n {
		for j := range i + 1 {
			sum := h[i*n+j]
			a, b := l[i*n:i*n+j], l[j*n:j*n+j]
			for k := range a {
				sum -= a[k] * b[k]
			}
			switch {
			case i != j && l[j*n+j] > 0:
				l[i*n+j] = sum / l[j*n+j]
			case i == j && sum > 1e-10*(h[i*n+i]+1e-300):
				l[i*n+i] = math.Sqrt(sum)
			}
		}
	}
	x := make([]float64, n)
	for i := range n {
		if l[i*n+i] == 0 {
			continue
		}
		sum := g[i]
		for k := range i {
			sum -= l[i*n+k] * x[k]
		}
		x[i] = sum / l[i*n+i]
	}
	for i := n - 1; i >= 0; i-- {
		if l[i*n+i] == 0 {
			x[i] = 0
			continue
		}
		for k := i + 1; k < n; k++ {
			x[i] -= l[k*n+i] * x[k]
		}
		x[i] /= l[i*n+i]
	}
	return x
}
