package metrics

import (
	"fmt"
	"math"
	"slices"
)

// Bin is a group of rows with like probabilities: what was promised and what came.
type Bin struct {
	Rows int     `json:"rows"`
	From float64 `json:"from"` // the lowest probability
	To   float64 `json:"to"`   // the highest
	Said float64 `json:"said"` // the mean probability
	Came float64 `json:"came"` // the share that converted
	SE   float64 `json:"se"`   // of Came, were Said right
}

// Calibrated says how far probabilities can be taken at their word.
type Calibrated struct {
	Bins      []Bin   `json:"bins"`
	ECE       float64 `json:"ece"`       // mean gap between Said and Came over the bins, by rows
	Said      float64 `json:"said"`      // the mean probability of all
	Came      float64 `json:"came"`      // the share of all that converted
	Intercept float64 `json:"intercept"` // of the line through the log-odds: 0 is right
	Slope     float64 `json:"slope"`     // 1 is right; below 1 the probabilities are too extreme
}

// Calibrate groups rows by probability into ten bins of equal count (fewer where there are fewer rows) and fits intercept
// and slope of the logistic line from the said log-odds to what came (D. Cox, Two further applications of a model for
// binary regression, Biometrika 45, 1958). Where equal probabilities lie across the end of a bin they are torn apart, as
// they are in the figures others publish.
func Calibrate(p []float64, converted []bool) (Calibrated, error) {
	if _, err := RowLosses(p, converted); err != nil {
		return Calibrated{}, err
	}
	each := make([]heap, len(p))
	for i, row := range byScore(p) {
		each[i] = heap{p[row], 1, bit(converted[row])}
	}
	out := tenths(each)
	x := make([]float64, len(p))
	for i, v := range p {
		x[i] = logOdds(v)
	}
	out.Intercept, out.Slope = Line(x, converted)
	return out, nil
}

// CalibrateOf is Calibrate of counts: rows at each probability p, of which yes converted. Rows of equal probability stay
// together: a bin ends with the probability that makes it come nearest to where the tenth would end, and where one has more
// rows than a tenth there are fewer bins. The slices are of one length, and their order changes nothing.
func CalibrateOf(p []float64, rows, yes []int) (Calibrated, error) {
	if len(rows) != len(p) || len(yes) != len(p) {
		return Calibrated{}, fmt.Errorf("%w: %d probabilities, %d and %d counts", ErrJudge, len(p), len(rows), len(yes))
	}
	var heaps []heap
	for _, i := range byScore(p) {
		if !(p[i] >= 0 && p[i] <= 1) || yes[i] < 0 || yes[i] > rows[i] {
			return Calibrated{}, fmt.Errorf("%w: probability %d is %g, and %d of %d rows converted", ErrJudge, i+1, p[i], yes[i], rows[i])
		}
		if rows[i] == 0 {
			continue
		}
		if len(heaps) == 0 || heaps[len(heaps)-1].x != p[i] {
			heaps = append(heaps, heap{x: p[i]})
		}
		h := &heaps[len(heaps)-1]
		h.rows, h.yes = h.rows+float64(rows[i]), h.yes+float64(yes[i])
	}
	if len(heaps) == 0 {
		return Calibrated{}, fmt.Errorf("%w: there are no rows", ErrJudge)
	}
	out := tenths(heaps)
	x, n, came := make([]float64, len(heaps)), make([]float64, len(heaps)), make([]float64, len(heaps))
	for i, h := range heaps {
		x[i], n[i], came[i] = logOdds(h.x), h.rows, h.yes
	}
	out.Intercept, out.Slope, _ = LineOf(x, n, came)
	return out, nil
}

// logOdds are those of a probability kept off 0 and 1.
func logOdds(p float64) float64 {
	p = min(1-floor, max(floor, p))
	return math.Log(p) - math.Log1p(-p)
}

// tenths makes bins of heaps that stay whole, the least probability first.
func tenths(heaps []heap) Calibrated {
	var out Calibrated
	n := 0
	for _, h := range heaps {
		n += int(h.rows)
		out.Said += h.rows * h.x
	}
	out.Said /= float64(n)
	const bins = 10
	k := min(bins, n)
	from, to, rows := 0, 0, 0
	for i := 1; i <= k; i++ {
		end := i*(n/k) + min(i, n%k)
		for to < len(heaps) && rows+int(heaps[to].rows)-end <= end-rows {
			rows += int(heaps[to].rows)
			to++
		}
		if to == from {
			continue
		}
		b := bin(heaps[from:to])
		out.Bins = append(out.Bins, b)
		out.ECE += math.Abs(b.Said-b.Came) * float64(b.Rows) / float64(n)
		out.Came += b.Came * float64(b.Rows) / float64(n)
		from = to
	}
	return out
}

func bin(heaps []heap) Bin {
	b := Bin{From: heaps[0].x, To: heaps[len(heaps)-1].x}
	spread := 0.0
	for _, h := range heaps {
		b.Rows += int(h.rows)
		b.Said += h.rows * h.x
		b.Came += h.yes
		spread += h.rows * h.x * (1 - h.x)
	}
	n := float64(b.Rows)
	b.Said, b.Came, b.SE = b.Said/n, b.Came/n, math.Sqrt(spread)/n
	return b
}

// Line fits P(converted) = 1/(1+exp(-(intercept + slope x))) by maximum likelihood (Newton with step halving; J. Platt,
// Probabilistic outputs for support vector machines, 1999). A ridge of 1e-6 on the standardised slope keeps it finite where
// x separates the classes. Where x does not vary the slope is 1, where it is too large to sum 0; where only one outcome was
// seen the intercept is that of half a row of the other. Both are always finite for finite x.
func Line(x []float64, converted []bool) (intercept, slope float64) {
	n := float64(len(x))
	yes := 0.0
	for _, c := range converted {
		yes += bit(c)
	}
	base := math.Log(max(.5, yes)) - math.Log(max(.5, n-yes))
	m := mean(x)
	sd := math.Sqrt(covariance(x, x))
	switch {
	case !measurable(m, sd):
		return base, 0
	case sd <= 1e-12*(1+math.Abs(m)) || yes == 0 || yes == n:
		return base - m, 1
	}
	groups := group(x, converted)
	for i := range groups {
		groups[i].x = (groups[i].x - m) / sd
	}
	a, b := newtonLine(groups, base, m, sd)
	return a - b*m/sd, b / sd
}

// LineOf is Line of counts: rows at each score x, of which yes converted. It gives the log-loss of the line too, summed over
// the rows. The slices are of one length.
func LineOf(x, rows, yes []float64) (intercept, slope, loss float64) {
	var n, came, m, v float64
	for i := range x {
		n, came, m = n+rows[i], came+yes[i], m+rows[i]*x[i]
	}
	m /= max(1, n)
	for i := range x {
		v += rows[i] * (x[i] - m) * (x[i] - m)
	}
	sd := math.Sqrt(v / max(1, n-1))
	base := math.Log(max(.5, came)) - math.Log(max(.5, n-came))
	groups := make([]heap, len(x))
	if flat := sd <= 1e-12*(1+math.Abs(m)) || came == 0 || came == n; flat || !measurable(m, sd) {
		for i := range x {
			groups[i] = heap{0, rows[i], yes[i]}
		}
		loss = lineAt(groups, base, 0, 0).loss
		if !measurable(m, sd) {
			return base, 0, loss
		}
		return base - m, 1, loss
	}
	for i := range x {
		groups[i] = heap{(x[i] - m) / sd, rows[i], yes[i]}
	}
	a, b := newtonLine(groups, base, m, sd)
	return a - b*m/sd, b / sd, lineAt(groups, a, b, 0).loss
}

// measurable reports whether scores have a mean and a spread that are numbers; else they are too large to sum.
func measurable(m, sd float64) bool { return m-m == 0 && sd-sd == 0 }

// heap is the rows with one score.
type heap struct{ x, rows, yes float64 }

// group counts rows by score: a card has few scores, and many rows.
func group(x []float64, converted []bool) []heap {
	var out []heap
	for _, row := range byScore(x) {
		if len(out) == 0 || out[len(out)-1].x != x[row] {
			out = append(out, heap{x: x[row]})
		}
		g := &out[len(out)-1]
		g.rows++
		g.yes += bit(converted[row])
	}
	return out
}

// newtonLine starts from nobody in particular, or from x as log-odds that are right, of mean m and deviation sd, if they are
// nearer.
func newtonLine(groups []heap, base, m, sd float64) (a, b float64) {
	const ridge, steps = 1e-6, 100
	a = base
	at := lineAt(groups, a, b, ridge)
	if right := lineAt(groups, m, sd, ridge); right.loss < at.loss {
		a, b, at = m, sd, right
	}
	for range steps {
		det := at.haa*at.hbb - at.hab*at.hab
		if !(det > 0) {
			return a, b
		}
		da, db := (at.hbb*at.ga-at.hab*at.gb)/det, (at.haa*at.gb-at.hab*at.ga)/det
		moved := false
		for t := 1.0; t > 1e-8; t /= 2 {
			if next := lineAt(groups, a-t*da, b-t*db, ridge); next.loss <= at.loss {
				moved = at.loss-next.loss > 1e-13*(1+at.loss)
				a, b, at = a-t*da, b-t*db, next
				break
			}
		}
		if !moved {
			return a, b
		}
	}
	return a, b
}

// lined is the loss of a line with its gradient and curvature.
type lined struct{ loss, ga, gb, haa, hab, hbb float64 }

func lineAt(groups []heap, a, b, ridge float64) lined {
	out := lined{loss: ridge * b * b / 2, gb: ridge * b, haa: 1e-12, hbb: ridge}
	for _, z := range groups {
		t := a + b*z.x
		e := math.Exp(-math.Abs(t))
		p := 1 / (1 + e)
		h := z.rows * e * p * p
		if t < 0 {
			p = e * p
		}
		g := z.rows*p - z.yes
		out.loss += z.rows*(max(t, 0)+math.Log1p(e)) - z.yes*t
		out.ga, out.gb = out.ga+g, out.gb+g*z.x
		out.haa, out.hab, out.hbb = out.haa+h, out.hab+h*z.x, out.hbb+h*z.x*z.x
	}
	return out
}

// InterceptOf is that of a line of a given slope at which the mean probability is the share that converted, for rows at each
// score x of which yes converted. It is finite for finite x; where only one outcome was seen it is that of half a row of the
// other. The slices are of one length.
func InterceptOf(x, rows, yes []float64, slope float64) float64 {
	if len(x) == 0 {
		return 0
	}
	var all, came float64
	for i := range x {
		all, came = all+rows[i], came+yes[i]
	}
	came = min(all-.5, max(.5, came))
	const beyond = 40 // log-odds of a certainty
	ends := []float64{slope * slices.Min(x), slope * slices.Max(x)}
	lo, hi := -max(ends[0], ends[1])-beyond, -min(ends[0], ends[1])+beyond
	for range 200 {
		mid := lo + (hi-lo)/2
		sum := 0.0
		for i := range x {
			sum += rows[i] * Sigmoid(mid+slope*x[i])
		}
		if sum < came {
			lo = mid
		} else {
			hi = mid
		}
		if hi-lo < 1e-12*(1+math.Abs(mid)) {
			break
		}
	}
	return lo + (hi-lo)/2
}

// Sigmoid is 1/(1+exp(-x)), without overflow.
func Sigmoid(x float64) float64 {
	if x >= 0 {
		return 1 / (1 + math.Exp(-x))
	}
	e := math.Exp(x)
	return e / (1 + e)
}
