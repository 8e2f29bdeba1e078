package clv

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/integrate/quad"
)

// rule is a Gauss-Legendre rule on [-1, 1].
type rule struct{ at, weight []float64 }

// rules are the nodes of 16, 32 and 48 points, worked out once: a table that never changes.
var rules = sync.OnceValue(func() [3]rule { //nolint:gochecknoglobals // a table
	var out [3]rule
	for i, n := range []int{16, 32, 48} {
		out[i] = rule{make([]float64, n), make([]float64, n)}
		quad.Legendre{}.FixedLocations(out[i].at, out[i].weight, -1, 1)
	}
	return out
})

const (
	negligible = 45 // e^-45 of the peak: below what a float64 can see beside it
	longest    = 8  // of one panel, in v
)

// integral is ln ∫ (alpha+u)^-f (beta+u)^-g du for u from tx to end, tx < end. Where moments is not nil, it is set to
// the means of ln(alpha+u), 1/(alpha+u), ln(beta+u) and 1/(beta+u) under that integrand.
//
// With v = ln(m+u), m the smaller of alpha and beta, the integrand has no singular point within π of the line, so that
// the rule converges fast whatever the parameters; it is concave in logarithms, and is cut where nothing is left of it.
func (m ParetoNBD) integral(f, g, tx, end float64, moments *[4]float64) float64 {
	in := integrand{near: f - 1, far: g, base: m.Alpha, gap: m.Beta - m.Alpha}
	if m.Beta < m.Alpha {
		in = integrand{near: g - 1, far: f, base: m.Beta, gap: m.Alpha - m.Beta}
	}
	from := math.Log(in.base + tx)
	width := math.Log1p((end - tx) / (in.base + tx))
	width, drop := in.cut(from, width)
	r := ruleFor(drop, width)
	panels := max(1, math.Ceil(width/longest))
	peak := max(in.log(from), in.log(from+width))
	half := width / panels / 2
	var sum, nearLog, nearOne, farLog, farOne float64
	for p := range int(panels) {
		middle := from + half*float64(2*p+1)
		for i, at := range r.at {
			v := middle + half*at
			e := math.Exp(v)
			far := v
			if in.gap > 0 {
				far = math.Log(e + in.gap)
			}
			w := r.weight[i] * math.Exp(-in.near*v-in.far*far-peak)
			sum += w
			if moments != nil {
				nearLog += w * v
				nearOne += w / e
				farLog += w * far
				farOne += w / (e + in.gap)
			}
		}
	}
	if moments != nil {
		*moments = [4]float64{nearLog / sum, nearOne / sum, farLog / sum, farOne / sum}
		if m.Beta < m.Alpha {
			*moments = [4]float64{farLog / sum, farOne / sum, nearLog / sum, nearOne / sum}
		}
	}
	return peak + math.Log(half*sum)
}

// integrand is e^(-near·v) (e^v+gap)^-far, the line element included in near.
type integrand struct{ near, far, base, gap float64 }

func (in integrand) log(v float64) float64 {
	return -in.near*v - in.far*math.Log(math.Exp(v)+in.gap)
}

// cut shortens the range to where the integrand is not negligible, and says how far its logarithm falls within. The
// logarithm is concave, so Newton's steps from the far end come down on the cut without passing it.
func (in integrand) cut(from, width float64) (to, drop float64) {
	top := in.log(from)
	for range 60 {
		drop = top - in.log(from+width)
		if drop <= negligible+5 {
			break
		}
		e := math.Exp(from + width)
		slope := in.near + in.far*e/(e+in.gap)
		next := width - (drop-negligible)/slope
		if !(next < width && next > 0) {
			break
		}
		width = next
	}
	return width, math.Abs(drop)
}

// ruleFor takes as few points as the fall and the width of a panel allow at full precision.
func ruleFor(drop, width float64) rule {
	all := rules()
	switch {
	case drop < 3 && width < 3:
		return all[0]
	case drop < 20 && width < 6:
		return all[1]
	}
	return all[2]
}
