package scoring

// mostLearnt is how many customers a score learns from at most. The rank of a cut point is then known to within 0.2 % (one
// standard error), and what is held while learning does not grow with the population.
const mostLearnt = 1 << 17

// lot keeps at most so many of those it is given. When they are too many, one in two stays, by the leading bits of the numbers
// drawn for them; then one in four, and so on. Who stays depends on who was given, and not on the order.
type lot[T any] struct {
	seen  int  // how many were given
	level uint // one in 2^level stays
	draws []uint64
	items []T
}

func (l *lot[T]) add(draw uint64, item T, most int) {
	l.seen++
	if !l.stays(draw) {
		return
	}
	l.draws, l.items = append(l.draws, draw), append(l.items, item)
	for len(l.items) > most && l.level < 64 {
		l.level++
		l.thin()
	}
}

func (l *lot[T]) stays(draw uint64) bool { return draw>>(64-l.level) == 0 }

func (l *lot[T]) thin() {
	n := 0
	for i, draw := range l.draws {
		if l.stays(draw) {
			l.draws[n], l.items[n] = draw, l.items[i]
			n++
		}
	}
	clear(l.items[n:])
	l.draws, l.items = l.draws[:n], l.items[:n]
}

// sample is how many stayed when not all did; 0: all.
func (l *lot[T]) sample() int {
	if l.level == 0 {
		return 0
	}
	return len(l.items)
}

// all makes a count among those who stayed one among all who were given.
func (l *lot[T]) all(n int) int {
	if l.level == 0 || len(l.items) == 0 {
		return n
	}
	return int(float64(n)*float64(l.seen)/float64(len(l.items)) + .5)
}
