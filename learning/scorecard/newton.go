package scorecard

import (
	"slices"

	"gonum.org/v1/gonum/floats"
)

// solver fits coefficients by Newton's method with step halving: a step that does not lower the penalised loss is halved,
// so that the fit cannot run away where the quadratic picture is wrong.
type solver struct {
	d      *design
	c      coefficients // where it stands
	s      slope        // at c
	room   coefficients // a step further, or a guess
	spare  slope        // at room
	matrix []float64    // curvature by bins and the intercept, the lower half
	stale  bool         // the curvature is not that at c
	origin slope        // gradient of the picture at zero
	prior  prior
	way    system
}

func newSolver(d *design) *solver {
	return &solver{d: d, c: d.zero(), s: d.flat(), room: d.zero(), spare: d.flat(), prior: newPrior(d)}
}

// fit finds the coefficients for a ridge, from where it stands. Attributes whose weight of evidence would count against
// itself leave, the worst first, as long as there is one in the quadratic picture; hand-made bins stay.
func (v *solver) fit(r Ridge) {
	v.near(r, coarse)
	v.settle()
	v.converge(1e-12)
}

// approach is fit from where the picture says that it ends, and near enough to judge rows by.
func (v *solver) approach(r Ridge) {
	v.c.copy(v.guess(r))
	v.converge(coarse)
	v.settle()
}

// coarse is near enough to see which attributes leave.
const coarse = 1e-2

func (v *solver) settle() {
	for v.prior.drop(&v.c) {
		v.draw()
		v.leave(v.prior.drop)
		v.c.copy(&v.room)
		v.converge(coarse)
	}
}

// near goes towards the coefficients for a ridge until a step promises less than so much. No attribute leaves.
func (v *solver) near(r Ridge, promise float64) {
	v.prior.begin(r, &v.c)
	v.converge(promise)
}

// converge goes on until a step promises less than so much, in log-likelihood, or nothing beyond rounding. The curvature at
// hand serves as long as each step leaves little to the next, and lowers the loss; else it is worked out anew.
func (v *solver) converge(tight float64) {
	const most, little, slow = 200, .1, .02
	v.d.slope(&v.c, &v.s)
	if v.matrix == nil {
		v.bend()
	}
	was := little / slow
	for range most {
		promise := v.way.solve(v.matrix, &v.s, &v.c, &v.prior)
		if promise < tight || promise < 1e-15*v.s.loss {
			return
		}
		if v.stale && promise > slow*was {
			v.bend()
			promise = v.way.solve(v.matrix, &v.s, &v.c, &v.prior)
		}
		was = promise
		if v.halve(promise) {
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
	v.stale, v.way.turn = false, 0
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

// look works out slope and curvature where the solver stands, and draws the picture.
func (v *solver) look() {
	v.d.slope(&v.c, &v.s)
	v.bend()
	v.draw()
}

// draw draws the quadratic picture that guesses are made from, out of the slope and the curvature at hand: the gradient it has
// where nothing is added at all.
func (v *solver) draw() {
	v.origin.all = v.s.all
	v.origin.bin = append(v.origin.bin[:0], v.s.bin...)
	side, last := v.d.bins+1, v.d.bins
	at := append(slices.Clone(v.c.add), v.c.a)
	fall := append(v.origin.bin, v.s.all)
	for k := range side {
		row := v.matrix[k*side:][:k+1]
		floats.AddScaled(fall[:k], -at[k], row[:k])
		fall[k] -= floats.Dot(row, at[:k+1])
	}
	v.origin.bin, v.origin.all = fall[:last], fall[last]
}

// guess is what fit would find for a ridge if the loss were its quadratic picture, without a look at the rows: of the picture
// and the ridge the least. Attributes that have to leave there leave together, which fewer steps tell as well. It is good until
// the next call.
func (v *solver) guess(r Ridge) *coefficients {
	v.prior.begin(r, &v.room)
	v.leave(v.prior.dropAll)
	return &v.room
}

// leave puts the least of the picture into room, and drops attributes until none has to leave there.
func (v *solver) leave(drop func(*coefficients) bool) {
	for {
		v.room.clear()
		v.way.solve(v.matrix, &v.origin, &v.room, &v.prior)
		v.way.move(&v.room, 1)
		if !drop(&v.room) {
			return
		}
	}
}
