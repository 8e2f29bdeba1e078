package scorecard

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// A short card is a list of a few criteria with small whole points, found by a sparse integer search: criteria are taken in
// by Rao's score test (C. Rao, 1948), exchanged while that helps, and their coefficients made whole at several scales, the
// best of which is improved point by point. The idea is that of J. Liu, C. Zhong, B. Li, M. Seltzer, C. Rudin, FasterRisk:
// fast and accurate interpretable risk scores, NeurIPS 2022, without its pool of solutions.
const (
	mostShort  = 10   // points of a criterion
	scales     = 20   // tried when points are made whole
	improved   = 5    // scales whose points are improved one by one
	enter      = 3.84 // of the score test: 5 % of a chi-square with one degree
	shortRidge = 1e-2 // keeps the coefficients of a search finite
	swapGain   = 1e-6 // by which an exchange must lower the loss
	passes     = 8    // of improving points
)

// criterion is yes or no about one attribute: some of its bins.
type criterion struct {
	attribute int
	bins      []int // of the design
}

// short is the state of a search.
type short struct {
	d      *design
	all    []criterion
	chosen []int
	beta   []float64
	a      float64
	s      slope
	matrix []float64
}

func fitShort(columns []Column, converted []bool, at []float64, o *Options) (*Fitted, error) {
	out := &Fitted{}
	in := deal(converted)
	fine := fines(columns, at, in, o)
	kept, left := bins(fine, in, whole, o)
	out.LeftOut = left
	v := search(newDesign(kept, len(converted)), in, whole, o.Short)
	v.exchange()
	if len(v.chosen) == 0 {
		return out, fmt.Errorf("%w (%d looked at)", ErrNothing, len(columns))
	}
	points := v.whole()
	out.Card = v.card(points)
	for j := range kept {
		title := kept[j].title()
		if !slices.ContainsFunc(out.Card.Attributes, func(a Attribute) bool { return a.Title() == title }) {
			out.LeftOut = append(out.LeftOut, LeftOut{title, kept[j].iv, "other criteria tell more, and the card is to be short"})
		}
	}
	slices.SortFunc(out.LeftOut, func(a, b LeftOut) int { return cmp.Compare(a.Name, b.Name) })
	out.OutOfFold = shortFolds(fine, in, o)
	return out, out.Card.calibrate(columns, converted, at, 1)
}

// search chooses at most k criteria, from the rows without a part.
func search(all *design, in *dealt, without, k int) *short {
	d, _ := all.together(in.rest(without), in.converted)
	v := &short{d: d, all: criteria(d), a: d.zero().a, s: d.flat(), matrix: make([]float64, (d.bins+1)*(d.bins+1))}
	v.refit()
	for len(v.chosen) < k {
		best, score := v.candidate()
		if best < 0 || score < enter {
			break
		}
		v.chosen, v.beta = append(v.chosen, best), append(v.beta, 0)
		v.refit()
	}
	return v
}

// shortFolds says of each row what a short card learnt without it would, in coefficients that are not yet whole and without
// exchanges: what it costs to look at fewer criteria is in them all the same.
func shortFolds(fine []fine, in *dealt, o *Options) []float64 {
	logits := make([]float64, len(in.part))
	each(len(in.part), folds, func(part int) {
		kept, _ := bins(fine, in, part, o)
		d := newDesign(kept, len(in.part))
		v := search(d, in, part, o.Short)
		test, of := d.together(in.out[part], in.converted)
		said := test.said(v.coefficients())
		for i, row := range in.out[part] {
			logits[row] = said[of[i]]
		}
	})
	return probabilities(logits)
}

// criteria are all there could be: a number at or above each cut, each group of texts, and each value not known.
func criteria(d *design) []criterion {
	var out []criterion
	for j := range d.attributes {
		f := d.attributes[j].from
		n := len(d.attributes[j].cells)
		ordered := f.kind == Number || f.kind == Date
		ranges := n
		if f.missing {
			ranges--
			out = append(out, criterion{j, []int{d.start[j] + ranges}})
		}
		for i := range ranges {
			c := criterion{j, []int{d.start[j] + i}}
			if ordered {
				if i == 0 {
					continue // everybody
				}
				for k := i + 1; k < ranges; k++ {
					c.bins = append(c.bins, d.start[j]+k)
				}
			}
			out = append(out, c)
		}
	}
	return out
}

// coefficients are those of the chosen criteria, by bin.
func (v *short) coefficients() *coefficients {
	c := &coefficients{v.a, make([]float64, v.d.bins)}
	for i, at := range v.chosen {
		for _, k := range v.all[at].bins {
			c.add[k] += v.beta[i]
		}
	}
	return c
}

// refit fits the chosen criteria and gives the loss.
func (v *short) refit() float64 {
	v.d.slope(v.coefficients(), &v.s)
	for range 50 {
		v.d.curvature(v.s.weight, v.matrix)
		mirror(v.matrix, v.d.bins+1)
		h, g := v.system(v.chosen)
		for i := range v.beta {
			h[(i+1)*len(g)+i+1] += shortRidge
			g[i+1] += shortRidge * v.beta[i]
		}
		solve(h, g)
		step := g
		was := v.s.loss + v.penalty()
		a, beta := v.a, slices.Clone(v.beta)
		moved := false
		for t := 1.0; t > 1e-6; t /= 2 {
			v.a = a - t*step[0]
			for i := range beta {
				v.beta[i] = beta[i] - t*step[i+1]
			}
			v.d.slope(v.coefficients(), &v.s)
			if now := v.s.loss + v.penalty(); now <= was {
				moved = was-now > 1e-2
				break
			}
		}
		if !moved {
			break // the curvature is of a step so small ago that it serves
		}
	}
	return v.s.loss + v.penalty()
}

func (v *short) penalty() float64 {
	sum := 0.0
	for _, b := range v.beta {
		sum += shortRidge * b * b / 2
	}
	return sum
}

// system is curvature and gradient of the intercept and some criteria.
func (v *short) system(of []int) (h, g []float64) {
	n := len(of) + 1
	h, g = make([]float64, n*n), make([]float64, n)
	g[0], h[0] = v.s.all, v.matrix[len(v.matrix)-1]
	for i, at := range of {
		for _, k := range v.all[at].bins {
			g[i+1] += v.s.bin[k]
		}
		v.against(at, of[:i+1], h[(i+1)*n:])
	}
	return h, g
}

// against is the curvature of a criterion with the intercept and some criteria.
func (v *short) against(at int, of []int, out []float64) {
	side := v.d.bins + 1
	out[0] = 0
	for _, k := range v.all[at].bins {
		out[0] += v.matrix[k*side+v.d.bins]
	}
	for i, other := range of {
		out[i+1] = 0
		for _, k := range v.all[at].bins {
			for _, l := range v.all[other].bins {
				out[i+1] += v.matrix[k*side+l]
			}
		}
	}
}

// candidate is the criterion with the largest score test beside those chosen: the square of its gradient over what is left
// of its curvature once the others have moved along.
func (v *short) candidate() (best int, score float64) {
	best = -1
	h, _ := v.system(v.chosen)
	n := len(v.chosen) + 1
	for i := range n {
		h[i*n+i] += 1e-9
	}
	factor(h, n)
	cross, own := make([]float64, n), make([]float64, 2)
	for at := range v.all {
		if slices.Contains(v.chosen, at) {
			continue
		}
		v.against(at, v.chosen, cross)
		v.against(at, []int{at}, own)
		forward(h, cross)
		gradient := 0.0
		for _, k := range v.all[at].bins {
			gradient += v.s.bin[k]
		}
		left := own[1] - floats.Dot(cross, cross)
		if left > 1e-6*own[1] && left > 0 && gradient*gradient/left > score {
			best, score = at, gradient*gradient/left
		}
	}
	return best, score
}

// exchange replaces each criterion by a better one while that lowers the loss.
func (v *short) exchange() {
	loss := v.refit()
	for range 2 {
		changed := false
		for i := range len(v.chosen) {
			chosen, beta, a := slices.Clone(v.chosen), slices.Clone(v.beta), v.a
			v.chosen, v.beta = slices.Delete(v.chosen, i, i+1), slices.Delete(v.beta, i, i+1)
			v.refit()
			if best, _ := v.candidate(); best >= 0 && best != chosen[i] {
				v.chosen, v.beta = slices.Insert(v.chosen, i, best), slices.Insert(v.beta, i, 0)
				if now := v.refit(); now < loss*(1-swapGain) {
					loss, changed = now, true
					continue
				}
			}
			v.chosen, v.beta, v.a = chosen, beta, a
			v.refit()
		}
		if !changed {
			return
		}
	}
}

// whole makes the coefficients whole points.
func (v *short) whole() []int {
	largest := 0.0
	for _, b := range v.beta {
		largest = max(largest, math.Abs(b))
	}
	type try struct {
		points []int
		loss   float64
	}
	var tries []try
	for i := range scales {
		scale := (1 + float64(i)*(mostShort-1)/(scales-1)) / max(largest, 1e-9)
		points := make([]int, len(v.beta))
		for k, b := range v.beta {
			points[k] = int(math.Round(b * scale))
		}
		tries = append(tries, try{points, v.wholeLoss(points)})
	}
	slices.SortStableFunc(tries, func(a, b try) int { return cmp.Compare(a.loss, b.loss) })
	best := tries[0]
	for _, t := range tries[:min(improved, len(tries))] {
		if t.loss = v.improve(t.points, t.loss); t.loss < best.loss-1e-9 {
			best = t
		}
	}
	return best.points
}

// improve moves one criterion's points by one while that lowers the loss.
func (v *short) improve(points []int, loss float64) float64 {
	for range passes {
		moved := false
		for i := range points {
			for _, by := range []int{1, -1} {
				points[i] += by
				now := math.Inf(1)
				if abs(points[i]) <= mostShort {
					now = v.wholeLoss(points)
				}
				if now < loss-1e-9 {
					loss, moved = now, true
				} else {
					points[i] -= by
				}
			}
		}
		if !moved {
			break
		}
	}
	return loss
}
