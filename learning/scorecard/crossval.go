package scorecard

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/bareme/bareme/learning/metrics"
)

// folds is into how many parts the rows are dealt for cross-validation.
const folds = 5

// The ridges that cross-validation chooses from, weaker and weaker on bends, stronger and stronger on lines.
func bendsTried() []float64 { return []float64{straight, 1000, 300, 100, 30, 10, 3} }
func linesTried() []float64 { return []float64{.3, 1, 3, 10, 30, 100} }

// spot is a place in the two lists above.
type spot struct{ line, bends int }

// middle is where the search begins.
func middle() spot { return spot{3, 4} }

func (s spot) ridge() Ridge { return Ridge{linesTried()[s.line], bendsTried()[s.bends]} }

// around is the spot and its neighbours.
func (s spot) around() []spot {
	out := []spot{s}
	for _, n := range []spot{{s.line - 1, s.bends}, {s.line + 1, s.bends}, {s.line, s.bends - 1}, {s.line, s.bends + 1}} {
		if n.line >= 0 && n.line < len(linesTried()) && n.bends >= 0 && n.bends < len(bendsTried()) {
			out = append(out, n)
		}
	}
	return out
}

// validated is what cross-validation found.
type validated struct {
	ridge       Ridge
	shrink      float64 // the slope by which log-odds must be shrunk to hold on rows not learnt from
	probability []float64
}

// fold is one part of the rows, judged by a card learnt from all others: bins and all.
type fold struct {
	solver *solver
	test   *design
	of     []int32 // by row left out, its row of test
	sums   [][]float64
	said   []float64 // log-odds of the rows of test, as they were last asked for
}

// validate chooses the ridge with the least log-loss on rows left out. Each fold starts from what all rows come to, draws a
// quadratic picture of its loss there, and foresees from it what each ridge would find; the search goes from neighbour to
// neighbour, and the folds are fitted where it ends. The folds run side by side and do not touch each other, so the number of
// cores changes nothing.
func validate(fines []fine, all *solver, in *dealt, o *Options) validated {
	c := choice{folds: make([]*fold, folds), at: middle()}
	each(len(in.part), folds, func(i int) { c.folds[i] = newFold(fines, all, in, i, o) })
	best := o.Ridge
	if best == nil {
		c.search(in)
		r := c.at.ridge()
		best = &r
	}
	each(len(in.part), folds, func(i int) { c.folds[i].solver.approach(*best) })
	return c.found(*best, in)
}

// found gathers what the folds, fitted with the best ridge, said of each row while it was left out.
func (c *choice) found(best Ridge, in *dealt) validated {
	logits := make([]float64, len(in.part))
	var x, rows, yes []float64
	for i, f := range c.folds {
		f.judge(&f.solver.c)
		for k, row := range in.out[i] {
			logits[row] = f.said[f.of[k]]
		}
		x, rows, yes = append(x, f.said...), append(rows, f.test.rows...), append(yes, f.test.events...)
	}
	v := validated{ridge: best, probability: probabilities(logits)}
	_, v.shrink, _ = metrics.LineOf(x, rows, yes)
	v.shrink = min(1, max(.5, v.shrink))
	return v
}

// choice is the search for a ridge.
type choice struct {
	folds []*fold
	at    spot
}

// worthwhile is by how much a neighbour must lower the loss on the rows left out, in log-likelihood of all of them together.
// Less is chance: the rows would be but e^½ = 1.6 times as likely.
const worthwhile = .5

// search goes to the neighbour with the least loss on the rows left out, as it is foreseen, until there is none worth the way.
func (c *choice) search(in *dealt) {
	tried := map[spot]float64{}
	for {
		var ask []spot
		for _, s := range c.at.around() {
			if _, ok := tried[s]; !ok {
				ask = append(ask, s)
			}
		}
		for i, loss := range c.foresee(ask, len(in.part)) {
			tried[ask[i]] = loss
		}
		was := c.at
		least := tried[was] - worthwhile
		for _, s := range was.around() {
			if tried[s] < least {
				c.at, least = s, tried[s]
			}
		}
		if c.at == was {
			return
		}
	}
}

// foresee is the log-loss on the rows left out at each of these ridges, summed over the folds.
func (c *choice) foresee(ask []spot, rows int) []float64 {
	by := make([][]float64, len(c.folds))
	each(rows, len(c.folds), func(i int) {
		for _, s := range ask {
			f := c.folds[i]
			f.judge(f.solver.guess(s.ridge()))
			by[i] = append(by[i], f.test.loss(f.said))
		}
	})
	sum := make([]float64, len(ask))
	for _, losses := range by {
		for i, loss := range losses {
			sum[i] += loss
		}
	}
	return sum
}

// each does so many pieces of work side by side, on as many processors as there are; one after the other where the rows are so
// few that it would take longer to share them out.
func each(rows, n int, work func(i int)) {
	const few = 2000
	if rows < few {
		for i := range n {
			work(i)
		}
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wait.Go(func() {
			for i := int(next.Add(1)); i <= n; i = int(next.Add(1)) {
				work(i - 1)
			}
		})
	}
	wait.Wait()
}

func newFold(fines []fine, all *solver, in *dealt, at int, o *Options) *fold {
	kept, _ := bins(fines, in, at, o)
	d := newDesign(kept, len(in.part))
	f := &fold{}
	train, _ := d.together(in.rest(at), in.converted)
	f.test, f.of = d.together(in.out[at], in.converted)
	f.sums, f.said = f.test.tables(), make([]float64, len(f.test.rows))
	f.solver = newSolver(train)
	f.solver.c.a = all.c.a
	for j := range kept {
		all.spread(&kept[j], f.solver.c.add[d.start[j]:d.start[j+1]])
	}
	f.solver.look()
	return f
}

func (f *fold) judge(c *coefficients) { f.test.say(c, f.sums, f.said) }

// spread fills in what the solver's coefficients add in other bins of an attribute: the mean over the fine bins in each.
func (v *solver) spread(b *binned, add []float64) {
	for j := range v.d.attributes {
		mine := &v.d.attributes[j]
		if mine.from != b.from {
			continue
		}
		for i, c := range b.cells {
			rows, sum := 0.0, 0.0
			for _, bin := range c.bins {
				if cell := mine.fine[bin]; cell >= 0 {
					n := b.from.counts[bin].rows
					rows, sum = rows+n, sum+n*v.c.add[v.d.start[j]+int(cell)]
				}
			}
			add[i] = sum / max(1, rows)
		}
	}
}

// dealt is the rows and what became of them, dealt into parts for cross-validation.
type dealt struct {
	converted []bool
	part      []uint8
	out       [folds][]int32 // by part its rows
	events    [folds]float64 // of whom so many converted
}

// whole stands for no part: nothing is left out.
const whole = -1

// rest is all rows but those of a part.
func (d *dealt) rest(part int) []int32 {
	rows := make([]int32, 0, len(d.part))
	for row, p := range d.part {
		if int(p) != part {
			rows = append(rows, int32(row))
		}
	}
	return rows
}

// weigh counts the outcomes without a part.
func (d *dealt) weigh(without int, half float64) *woes {
	w := &woes{half: half}
	for part, rows := range d.out {
		if part != without {
			w.events += d.events[part]
			w.others += float64(len(rows)) - d.events[part]
		}
	}
	return w
}

// deal gives each row its fold: both outcomes are dealt out evenly, in an order without a pattern.
func deal(converted []bool) *dealt {
	d := &dealt{converted: converted, part: make([]uint8, len(converted))}
	for _, class := range []bool{true, false} {
		var rows []int32
		for row, c := range converted {
			if c == class {
				rows = append(rows, int32(row))
			}
		}
		shuffle(rows)
		for i, row := range rows {
			d.part[row] = uint8(i % folds)
		}
	}
	for row, part := range d.part {
		d.out[part] = append(d.out[part], int32(row))
		if converted[row] {
			d.events[part]++
		}
	}
	return d
}

// shuffle puts rows in an order without a pattern that is always the same (Fisher-Yates with the generator of S. Vigna,
// splitmix64).
func shuffle(rows []int32) {
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
