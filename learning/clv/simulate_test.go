package clv_test

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/bareme/bareme/learning/clv"
)

// population makes customers up by a process, from a seed: weeks of age between young and old, on whole days where
// days is set. Amounts follow spend where it is not nil.
type population struct {
	process clv.Process
	spend   *clv.GammaGamma
	old     float64
	young   float64
	days    bool
	src     *rand.Rand
	source  *rand.PCG
}

func newPopulation(seed uint64, p clv.Process) *population {
	source := rand.NewPCG(seed, 7)
	return &population{process: p, young: 27, old: 39, src: rand.New(source), source: source}
}

func (p *population) gamma(shape, rate float64) float64 {
	return max(distuv.Gamma{Alpha: shape, Beta: rate, Src: p.source}.Rand(), 1e-12)
}

func (p *population) make(n int) []clv.History {
	out := make([]clv.History, n)
	for i := range out {
		out[i] = p.one()
	}
	return out
}

func (p *population) one() clv.History {
	t := p.young + (p.old-p.young)*p.src.Float64()
	if p.days {
		t = math.Round(t*7) / 7
	}
	h := clv.History{T: t}
	var rate, leave, end float64
	first := false
	switch m := p.process.(type) {
	case clv.BGNBD:
		rate, leave, end = p.gamma(m.R, m.Alpha), distuv.Beta{Alpha: m.A, Beta: m.B, Src: p.source}.Rand(), t
	case clv.MBGNBD:
		rate, leave, end, first = p.gamma(m.R, m.Alpha), distuv.Beta{Alpha: m.A, Beta: m.B, Src: p.source}.Rand(), t, true
	case clv.ParetoNBD:
		rate, end = p.gamma(m.R, m.Alpha), min(t, p.src.ExpFloat64()/p.gamma(m.S, m.Beta))
	}
	last := -1.0
	for at := 0.0; !(first && at == 0 && p.src.Float64() < leave); {
		at += p.src.ExpFloat64() / rate
		if at > end {
			break
		}
		when := at
		if p.days {
			when = math.Floor(at*7) / 7
		}
		if when > max(last, 0) {
			h.X, h.Tx, last = h.X+1, when, when
		}
		if p.src.Float64() < leave {
			break
		}
	}
	if p.spend != nil && h.X > 0 {
		scale := p.gamma(p.spend.Q, p.spend.V)
		h.Mean = p.gamma(p.spend.P*float64(h.X), scale*float64(h.X))
	}
	return h
}
