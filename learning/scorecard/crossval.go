package scorecard

import (
	"math"
	"sync"

	"github.com/bareme/bareme/learning/metrics"
)

// folds is into how many parts the rows are dealt for cross-validation.
const folds = 5

// The ridges that cross-validation walks through: on bends from the strongest down, on lines from 1 up and from 1 down.
func bendsTried() []float64 { return []float64{straight, 1000, 300, 100, 30, 10, 3} }
func linesTried() []float64 { return []float64{1, 3, 10, 30, 100} }
func linesBelow() []float64 { return []float64{1, .3} }

// validated is what cross-validation found.
type validated struct {
	ridge       Ridge
	shrink      float64 // the slope by which log-odds must be shrunk to hold on rows not learnt from
	probability []float64
}

// fold is one part of the rows, judged by a card learnt from all others: bins and all.
type fold struct {
	out    []int32
	solver *solver
	test   *design
	tried  map[Ridge][]float64 // log-odds of the rows left out
}

// validate chooses the ridge with the least log-loss on rows left out, first on the bends, then on the lines. The folds run
// side by side and do not touch each other, so the number of cores changes nothing.
func validate(fines []fine, converted []bool, o *Options) validated {
	if o.Once {
		return validated{ridge: *o.Ridge, shrink: 1}
	}
	parts := deal(converted)
	c := choice{folds: make([]*fold, folds), converted: converted}
	var wait sync.WaitGroup
	for i := range c.folds {
		wait.Go(func() { c.folds[i] = newFold(fines, parts, i, converted, o) })
	}
	wait.Wait()
	if o.Ridge != nil {
		c.walk([]float64{o.Ridge.Line}, func(float64) Ridge { return *o.Ridge })
		return c.found()
	}
	c.walk(bendsTried(), func(bends float64) Ridge { return Ridge{1, bends} })
	bends := c.best.Bends
	c.walk(linesTried(), func(line float64) Ridge { return Ridge{line, bends} })
	if c.best.Line == 1 {
		c.walk(linesBelow(), func(line float64) Ridge { return Ridge{line, bends} })
	}
	return c.found()
}

// found gathers what the best ridge said of each row while it was left out.
func (c *choice) found() validated {
	converted := c.converted
	logits := make([]float64, len(converted))
	for _, f := range c.folds {
		for i, row := range f.out {
			logits[row] = f.tried[c.best][i]
		}
	}
	v := validated{ridge: c.best, probability: probabilities(logits)}
	_, v.shrink = metrics.Line(logits, converted)
	v.shrink = min(1, max(.5, v.shrink))
	return v
}

// choice is the search for a ridge.
type choice struct {
	folds     []*fold
	converted []bool
	best      Ridge
	least     float64 // log-loss of the best, summed over the rows; 0 before there is one
}

// walk tries one ridge after the other until two in a row are no better than the best.
func (c *choice) walk(path []float64, ridge func(float64) Ridge) {
	worse := 0
	for _, at := range path {
		r := ridge(at)
		if loss := c.loss(r); c.least == 0 || loss < c.least*(1-1e-7) {
			c.best, c.least, worse = r, loss, 0
			continue
		}
		if r != c.best {
			worse++
		}
		if worse == 2 {
			return
		}
	}
}

// loss is that of the rows left out of each fold.
func (c *choice) loss(r Ridge) float64 {
	var wait sync.WaitGroup
	for _, f := range c.folds {
		if f.tried[r] != nil {
			continue
		}
		wait.Go(func() {
			f.solver.fit(r)
			f.tried[r] = f.test.logits(&f.solver.c)
		})
	}
	wait.Wait()
	loss := 0.0
	product := logs{at: 1}
	for _, f := range c.folds {
		for i, eta := range f.tried[r] {
			if c.converted[f.out[i]] {
				eta = -eta
			}
			product.times(1 + math.Exp(-math.Abs(eta)))
			loss += max(eta, 0)
		}
	}
	return loss + product.sum()
}

func newFold(fines []fine, parts []uint8, at int, converted []bool, o *Options) *fold {
	f := &fold{tried: map[Ridge][]float64{}}
	var in []int32
	for row, part := range parts {
		if int(part) == at {
			f.out = append(f.out, int32(row))
		} else {
			in = append(in, int32(row))
		}
	}
	kept, _ := bins(fines, in, converted, o)
	d := newDesign(kept)
	f.solver = newSolver(d.take(in, converted).together(), 1e-1)
	f.test = d.take(f.out, converted)
	return f
}

// deal gives each row its fold: both outcomes are dealt out evenly, in an order without a pattern.
func deal(converted []bool) []uint8 {
	parts := make([]uint8, len(converted))
	for _, class := range []bool{true, false} {
		var rows []int
		for row, c := range converted {
			if c == class {
				rows = append(rows, row)
			}
		}
		shuffle(rows)
		for i, row := range rows {
			parts[row] = uint8(i % folds)
		}
	}
	return parts
}

// shuffle puts rows in an order without a pattern that is always the same (Fisher-Yates with the generator of S. Vigna,
// splitmix64).
func shuffle(rows []int) {
	state := uint64(len(rows))
	for i := len(rows) - 1; i > 0; i-- {
		state += 0x9e3779b97f4a7c15
		z := state
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		z ^= z >> 31
		j := int(z % uint64(i+1))
		rows[i], rows[j] = rows[j], rows[i]
	}
}
