package worker

import (
	"fmt"
	"hash/fnv"
)

// draw is an even number for an id, the same each time and everywhere. It decides who is learnt from where everybody would be
// too many, so that it does not matter which process looks at whom, or when.
func draw(id string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // a hash takes everything
	// The leading bits of FNV hardly depend on the last letters; this spreads them (the finaliser of MurmurHash3).
	x := h.Sum64()
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// sample is who of a population is looked at: one person in 2^n, by the number drawn for the id. Those of a smaller sample are
// among those of a larger one.
type sample uint

// mostHistory is how many people a history is made of at most. It is held in memory whole.
const mostHistory = 1 << 17

// sampleOf is the largest sample of so many people that holds at most so many, but for chance.
func sampleOf(people, most int) (s sample) {
	for people>>s > most {
		s++
	}
	return s
}

func (s sample) holds(id string) bool { return draw(id)>>(64-s) == 0 }

// words tell who was looked at; "" when everybody was.
func (s sample) words() string {
	if s == 0 {
		return ""
	}
	return fmt.Sprintf("one person in %d was looked at, chosen by a hash of the id: everybody would be too many to learn from at once", 1<<s)
}
