package clv

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
)

// top is where a likelihood is highest, as far as the search came.
type top struct {
	p         []float64 // parameters
	se        []float64 // standard errors of their logarithms; nil where the surface is flat
	ll        float64
	slope     float64 // largest derivative of the mean log-likelihood by a logarithm of a parameter
	converged bool    // slope is nought and the surface curves down in every direction
}

const (
	edge      = 18.4  // logarithm of the parameters that are computed with
	flat      = 1e-8  // slope at a top
	coarse    = 1e-6  // slope at which the search hands over to Newton's steps
	curvature = 1e-9  // least curvature of the mean log-likelihood at a top
	apart     = 1e-4  // step of the differences of the gradient
	longStep  = 0.5   // of Newton's, in logarithms
	polishes  = 8     // Newton's steps at most
	searching = 1_000 // evaluations at most
)

// maximise climbs the likelihood of n customers from each start until one ends on a top; else the highest place reached
// is returned. The parameters are searched by their logarithms: first by BFGS, then by Newton's method with the Hessian
// from differences of the gradient, which also gives the standard errors.
func maximise(f objective, n float64, starts ...[]float64) top {
	var best top
	for i, start := range starts {
		c := climb{f: f, n: n, p: make([]float64, len(start)), g: make([]float64, len(start)), slope: make([]float64, len(start))}
		found := c.from(start)
		if i == 0 || found.converged || found.ll > best.ll {
			best = found
		}
		if best.converged {
			break
		}
	}
	return best
}

type climb struct {
	f    objective
	n    float64
	p, g []float64
	// What was worked out last: the search asks for the value at a place, then for the gradient there.
	last, slope []float64
	value       float64
}

// down is the mean log-likelihood upside down, with its gradient by the logarithms of the parameters where grad is not
// nil.
func (c *climb) down(grad, theta []float64) float64 {
	if !slices.Equal(c.last, theta) {
		c.value = c.work(c.slope, theta)
		c.last = append(c.last[:0], theta...)
	}
	copy(grad, c.slope)
	return c.value
}

func (c *climb) work(grad, theta []float64) float64 {
	for i, t := range theta {
		if !(math.Abs(t) <= edge) {
			return math.Inf(1)
		}
		c.p[i] = math.Exp(t)
	}
	ll := c.f(c.p, c.g)
	for i := range grad {
		grad[i] = -c.g[i] * c.p[i] / c.n
	}
	if math.IsNaN(ll) {
		return math.Inf(1)
	}
	return -ll / c.n
}

func (c *climb) from(start []float64) top {
	theta := make([]float64, len(start))
	for i, s := range start {
		theta[i] = min(max(math.Log(s), -edge/2), edge/2)
	}
	problem := optimize.Problem{
		Func: func(x []float64) float64 { return c.down(nil, x) },
		Grad: func(grad, x []float64) { c.down(grad, x) },
	}
	settings := &optimize.Settings{GradientThreshold: coarse, FuncEvaluations: searching, Converger: optimize.NeverTerminate{}}
	// A search that stops for want of progress is judged like any other, by where it stands.
	if result, _ := optimize.Minimize(problem, theta, settings, &optimize.BFGS{}); result != nil {
		theta = result.X
	}
	return c.polish(theta)
}

// polish takes Newton's steps while they help, and reads off the curvature.
func (c *climb) polish(theta []float64) top {
	k := len(theta)
	grad := make([]float64, k)
	at := c.down(grad, theta)
	var spread *mat.Cholesky
	for range polishes {
		spread = c.spread(theta)
		if spread == nil || largest(grad) < flat/100 {
			break
		}
		next, step := make([]float64, k), mat.NewVecDense(k, nil)
		if spread.SolveVecTo(step, mat.NewVecDense(k, grad)) != nil {
			break
		}
		scale := min(1, longStep/largest(step.RawVector().Data))
		for i := range next {
			next[i] = theta[i] - scale*step.AtVec(i)
		}
		g := make([]float64, k)
		if there := c.down(g, next); there > at+1e-13*math.Abs(at) || largest(g) >= largest(grad) {
			break
		} else {
			theta, grad, at = next, g, there
		}
	}
	out := top{p: make([]float64, k), ll: -at * c.n, slope: largest(grad)}
	for i, t := range theta {
		out.p[i] = math.Exp(t)
	}
	if spread != nil {
		out.se = c.errors(spread, k)
	}
	out.converged = out.se != nil && out.slope < flat
	return out
}

// spread is the Hessian at a place; nil where the surface is flat or curves up.
func (c *climb) spread(theta []float64) *mat.Cholesky {
	k := len(theta)
	rows := make([][]float64, k)
	for i := range k {
		up, down := make([]float64, k), make([]float64, k)
		moved := append([]float64(nil), theta...)
		moved[i] = theta[i] + apart
		one := c.down(up, moved)
		moved[i] = theta[i] - apart
		if two := c.down(down, moved); math.IsInf(one, 0) || math.IsInf(two, 0) {
			return nil
		}
		rows[i] = make([]float64, k)
		for j := range k {
			rows[i][j] = (up[j] - down[j]) / (2 * apart)
		}
	}
	h := mat.NewSymDense(k, nil)
	for i := range k {
		for j := i; j < k; j++ {
			v := (rows[i][j] + rows[j][i]) / 2
			if !finite(v) {
				return nil
			}
			h.SetSym(i, j, v)
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(h, false) || eigen.Values(nil)[0] < curvature {
		return nil
	}
	var out mat.Cholesky
	if !out.Factorize(h) {
		return nil
	}
	return &out
}

// errors are the standard errors of the logarithms of the parameters: the inverse of the information.
func (c *climb) errors(spread *mat.Cholesky, k int) []float64 {
	var inverse mat.SymDense
	if spread.InverseTo(&inverse) != nil {
		return nil
	}
	se := make([]float64, k)
	for i := range se {
		se[i] = math.Sqrt(inverse.At(i, i) / c.n)
		if !finite(se[i]) {
			return nil
		}
	}
	return se
}

func largest(v []float64) float64 {
	out := 0.0
	for _, x := range v {
		out = max(out, math.Abs(x))
	}
	return out
}
