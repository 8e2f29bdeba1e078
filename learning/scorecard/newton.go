package scorecard

// solver fits coefficients by Newton's method with step halving: a step that does not lower the penalised loss is halved,
// so that the fit cannot run away where the quadratic picture is wrong.
type solver struct {
	d      *design
	c      coefficients // where it stands
	s      slope        // at c
	room   coefficients // a step further
	spare  slope        // at room
	matrix []float64    // curvature by bins and the intercept, the lower half
	stale  bool         // the curvature is not that at c
	prior  prior
	way    system
	tight  float64 // stops when a step promises less than this, in log-likelihood
}

func newSolver(d *design, tight float64) *solver {
	return &solver{d: d, c: d.zero(), s: d.flat(), room: d.zero(), spare: d.flat(), tight: tight, prior: newPrior(d)}
}

// fit finds the coefficients for a ridge, from where it stands. Attributes whose weight of evidence would count against
// itself leave, the worst first, as long as there is one in the quadratic picture; hand-made bins stay.
func (v *solver) fit(r Ridge) {
	v.prior.begin(r, &v.c)
	v.settle()
}

// approach is fit from where the picture says that it ends.
func (v *solver) approach(r Ridge) {
	v.c.copy(v.guess(r))
	v.settle()
}

func (v *solver) settle() {
	v.converge(coarse)
	for v.prior.drop(&v.c) {
		v.look()
		v.room.copy(&v.c)
		v.leave()
		v.c.copy(&v.room)
		v.converge(coarse)
	}
	if v.tight < coarse {
		v.converge(v.tight)
	}
}

// coarse is near enough to see which attributes leave.
const coarse = 1e-2

// converge goes on until a step promises less than so much, or nothing beyond rounding. The curvature at hand serves while
// steps promise little; where it does not lower the loss it is worked out anew.
func (v *solver) converge(tight float64) {
	const most, little = 200, .1
	v.d.slope(&v.c, &v.s)
	if v.matrix == nil {
		v.bend()
	}
	for range most {
		promise := v.way.solve(v.matrix, &v.s, &v.c, &v.prior)
		if v.stale && promise > little {
			v.bend()
			promise = v.way.solve(v.matrix, &v.s, &v.c, &v.prior)
		}
		if v.halve(promise) {
			if promise < tight || promise < 1e-15*v.s.loss {
				return
			}
			v.stale = true
			continue
		}
		if !v.stale {
			return // the loss cannot be lowered beyond rounding
		}
		v.bend()
	}
}

// bend works out the curvature where the solver stands.
func (v *solver) bend() {
	if side := v.d.bins + 1; v.matrix == nil {
		v.matrix = make([]float64, side*side)
	}
	v.d.curvature(v.s.weight, v.matrix)
	v.stale = false
}

// halve takes the step, or as much of it as lowers the loss; false where it does not.
func (v *solver) halve(promise float64) bool {
	loss := v.s.loss + v.prior.penalty(&v.c)
	for t := 1.0; t > 1e-9; t /= 2 {
		v.room.copy(&v.c)
		v.way.move(&v.room, t)
		v.d.slope(&v.room, &v.spare)
		if l := v.spare.loss + v.prior.penalty(&v.room); l <= loss-1e-4*t*promise || promise < 1e-9*loss && l <= loss {
			v.c, v.room = v.room, v.c
			v.s, v.spare = v.spare, v.s
			return true
		}
		if v.stale && t < .3 {
			return false
		}
	}
	return false
}

// look draws the quadratic picture that guesses are made from: slope and curvature where the solver stands.
func (v *solver) look() {
	v.d.slope(&v.c, &v.s)
	v.bend()
}

// guess is what fit would find for a ridge if the loss were its quadratic picture: one step of Newton's, without a look at
// the rows. It is good until the next call.
func (v *solver) guess(r Ridge) *coefficients {
	v.room.copy(&v.c)
	v.prior.begin(r, &v.room)
	v.leave()
	return &v.room
}

// leave steps to the least of the picture, from room, until no attribute has to leave there.
func (v *solver) leave() {
	for {
		v.foresee(&v.room)
		v.way.solve(v.matrix, &v.spare, &v.room, &v.prior)
		v.way.move(&v.room, 1)
		if !v.prior.drop(&v.room) {
			return
		}
	}
}

// foresee puts the gradient of the picture at other coefficients into spare.
func (v *solver) foresee(at *coefficients) {
	side, last := v.d.bins+1, v.d.bins
	gap := make([]float64, side)
	for k := range v.d.bins {
		gap[k] = at.add[k] - v.c.add[k]
	}
	gap[last] = at.a - v.c.a
	sum := make([]float64, side)
	for k := range side {
		row := v.matrix[k*side:][:k+1]
		for l, x := range row[:k] {
			sum[k] += x * gap[l]
			sum[l] += x * gap[k]
		}
		sum[k] += row[k] * gap[k]
	}
	for k := range v.d.bins {
		v.spare.bin[k] = v.s.bin[k] + sum[k]
	}
	v.spare.all = v.s.all + sum[last]
}
