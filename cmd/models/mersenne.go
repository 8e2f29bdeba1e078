package main

import "math"

// mersenne is the Mersenne Twister MT19937 (M. Matsumoto, T. Nishimura, 1998), seeded as NumPy's RandomState seeds it. The
// recorded baselines were split with it, so that their rows can be had again.
type mersenne struct {
	state [624]uint32
	at    int
}

func newMersenne(seed uint32) *mersenne {
	m := &mersenne{at: 624}
	for i := range m.state {
		m.state[i] = seed
		seed = 1812433253*(seed^seed>>30) + uint32(i) + 1
	}
	return m
}

func (m *mersenne) next() uint32 {
	if m.at == len(m.state) {
		m.turn()
	}
	y := m.state[m.at]
	m.at++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

func (m *mersenne) turn() {
	n := len(m.state)
	for i := range m.state {
		y := m.state[i]&0x80000000 | m.state[(i+1)%n]&0x7fffffff
		m.state[i] = m.state[(i+397)%n] ^ y>>1
		if y&1 == 1 {
			m.state[i] ^= 0x9908b0df
		}
	}
	m.at = 0
}

// permutation is the numbers below n in the order of RandomState.permutation.
func (m *mersenne) permutation(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	for i := n - 1; i > 0; i-- {
		mask := uint32(math.MaxUint32)
		for mask>>1 >= uint32(i) {
			mask >>= 1
		}
		j := m.next() & mask
		for j > uint32(i) {
			j = m.next() & mask
		}
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// stratified splits rows 70 to 30 within each class, as scikit-learn's train_test_split(test_size=.3, stratify=y,
// random_state=42) does, and tells of each row whether it is kept for the test.
func stratified(converted []bool) []bool {
	n := len(converted)
	classes := make([][]int, 2)
	for row, c := range converted {
		if c {
			classes[1] = append(classes[1], row)
		} else {
			classes[0] = append(classes[0], row)
		}
	}
	m := newMersenne(42)
	test := int(math.Ceil(.3 * float64(n)))
	train := shareOut([]int{len(classes[0]), len(classes[1])}, n-test, m)
	left := shareOut([]int{len(classes[0]) - train[0], len(classes[1]) - train[1]}, test, m)
	out := make([]bool, n)
	for c, rows := range classes {
		order := m.permutation(len(rows))
		for _, at := range order[train[c] : train[c]+left[c]] {
			out[rows[at]] = true
		}
	}
	return out
}

// shareOut gives each class its part of the draws: the whole part of its share, and the rest to the largest remainder.
func shareOut(count []int, draws int, m *mersenne) []int {
	all := count[0] + count[1]
	out := make([]int, 2)
	rest := make([]float64, 2)
	given := 0
	for i, c := range count {
		share := float64(c) / float64(all) * float64(draws)
		out[i] = int(math.Floor(share))
		rest[i] = share - math.Floor(share)
		given += out[i]
	}
	if given == draws {
		return out
	}
	switch {
	case rest[0] > rest[1]:
		out[0]++
	case rest[1] > rest[0]:
		out[1]++
	default:
		out[m.permutation(2)[0]]++
	}
	return out
}
