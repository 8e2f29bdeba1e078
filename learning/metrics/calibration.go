package metrics

import "math"

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
// binary regression, Biometrika 45, 1958).
func Calibrate(p []float64, converted []bool) (Calibrated, error) {
	if _, err := RowLosses(p, converted); err != nil {
		return Calibrated{}, err
	}
	order := byScore(p)
	out := Calibrated{Said: mean(p), Slope: 1}
	n := len(p)
	const bins = 10
	k := min(bins, n)
	from := 0
	for i := range k {
		to := from + n/k
		if i < n%k {
			to++
		}
		b := bin(p, converted, order[from:to])
		out.Bins = append(out.Bins, b)
		out.ECE += math.Abs(b.Said-b.Came) * float64(b.Rows) / float64(n)
		out.Came += b.Came * float64(b.Rows) / float64(n)
		from = to
	}
	logit := make([]float64, n)
	for i, v := range p {
		v = min(1-floor, max(floor, v))
		logit[i] = math.Log(v) - math.Log1p(-v)
	}
	out.Intercept, out.Slope = Line(logit, converted)
	return out, nil
}

func bin(p []float64, converted []bool, rows []int) Bin {
	b := Bin{Rows: len(rows), From: p[rows[0]], To: p[rows[len(rows)-1]]}
	n, spread := float64(len(rows)), 0.0
	for _, r := range rows {
		b.Said += p[r] / n
		b.Came += bit(converted[r]) / n
		spread += p[r] * (1 - p[r])
	}
	b.SE = math.Sqrt(spread) / n
	return b
}

// Line fits P(converted) = 1/(1+exp(-(intercept + slope x))) by maximum likelihood (Newton with step halving; J. Platt,
// Probabilistic outputs for support vector machines, 1999). A ridge of 1e-6 on the standardised slope keeps it finite where
// x separates the classes. Where x does not vary the slope is 1; where only one outcome was seen the intercept is that
// of half a row of the other. Both are always finite for finite x.
func Line(x []float64, converted []bool) (intercept, slope float64) {
	n := float64(len(x))
	yes := 0.0
	for _, c := range converted {
		yes += bit(c)
	}
	base := math.Log(max(.5, yes)) - math.Log(max(.5, n-yes))
	m := mean(x)
	sd := math.Sqrt(covariance(x, x))
	if !(sd > 1e-12*(1+math.Abs(m))) || yes == 0 || yes == n || math.IsInf(sd, 0) {
		return base - m, 1
	}
	z := make([]float64, len(x))
	for i := range x {
		z[i] = (x[i] - m) / sd
	}
	a, b := newtonLine(z, converted, base)
	return a - b*m/sd, b / sd
}

func newtonLine(z []float64, converted []bool, base float64) (a, b float64) {
	const ridge, steps = 1e-6, 100
	a = base
	loss := lineLoss(z, converted, a, b, ridge)
	for range steps {
		var ga, gb, haa, hab, hbb float64
		for i, x := range z {
			p := Sigmoid(a + b*x)
			g, h := p-bit(converted[i]), p*(1-p)
			ga, gb = ga+g, gb+g*x
			haa, hab, hbb = haa+h, hab+h*x, hbb+h*x*x
		}
		gb, hbb, haa = gb+ridge*b, hbb+ridge, haa+1e-12
		det := haa*hbb - hab*hab
		if !(det > 0) {
			return a, b
		}
		da, db := (hbb*ga-hab*gb)/det, (haa*gb-hab*ga)/det
		moved := false
		for t := 1.0; t > 1e-8; t /= 2 {
			if l := lineLoss(z, converted, a-t*da, b-t*db, ridge); l <= loss {
				moved = loss-l > 1e-13*(1+loss)
				a, b, loss = a-t*da, b-t*db, l
				break
			}
		}
		if !moved {
			return a, b
		}
	}
	return a, b
}

func lineLoss(z []float64, converted []bool, a, b, ridge float64) float64 {
	loss := ridge * b * b / 2
	for i, x := range z {
		t := a + b*x
		if converted[i] {
			t = -t
		}
		loss += softplus(t)
	}
	return loss
}

// Sigmoid is 1/(1+exp(-x)), without overflow.
func Sigmoid(x float64) float64 {
	if x >= 0 {
		return 1 / (1 + math.Exp(-x))
	}
	e := math.Exp(x)
	return e / (1 + e)
}

// softplus is ln(1+exp(x)), without overflow.
func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }
