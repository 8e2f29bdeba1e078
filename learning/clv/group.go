package clv

import "slices"

// group is customers who cannot be told apart by when they bought: the likelihood is worked out once for all of them.
type group struct {
	x    int
	tx   float64
	t    float64
	many float64
}

// groups sorts and counts the customers, so that a fit does not depend on their order.
func groups(customers []History) []group {
	sorted := slices.Clone(customers)
	slices.SortFunc(sorted, compare)
	out := make([]group, 0, 1+len(sorted)/2)
	for _, h := range sorted {
		if n := len(out); n > 0 && out[n-1].x == h.X && out[n-1].t == h.T && out[n-1].tx == h.Tx {
			out[n-1].many++
			continue
		}
		out = append(out, group{h.X, h.Tx, h.T, 1})
	}
	return out
}

// counts is how many customers have each number of repeat purchases, ascending: the part of a likelihood that knows
// nothing of time needs no more.
func counts(of []group) []group {
	var out []group
	for _, g := range of {
		if n := len(out); n > 0 && out[n-1].x == g.x {
			out[n-1].many += g.many
			continue
		}
		out = append(out, group{x: g.x, many: g.many})
	}
	return out
}
