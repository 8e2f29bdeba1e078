package scoring

// mostLearnt is how many customers a score learns from at most. The rank of a cut point is then known to within 0.2 % (one
// standard error), and what is held while learning does not grow with the population.
const mostLearnt = 1 << 17

// lot keeps at most so many of those it is given. When they are too many, one in two stays, by the leading bits of the numbers
// drawn for them; then one in four, and so on. Who stays depends on who was given, and not on the order.
type lot[T any] struct {
	Seen  int  // how many were given
	Level uint // one in 2^Level stays
	Draws []uint64
	Items []T
}

func (l *lot[T]) add(draw uint64, item T, most int) {
	l.Seen++
	if !l.stays(draw) {
		return
	}
	l.Draws, l.Items = append(l.Draws, draw), append(l.Items, item)
	l.hold(most)
}

// merge takes in a lot of others: whoever stays is whoever would, had all been given to one.
func (l *lot[T]) merge(of *lot[T], most int) {
	l.Seen += of.Seen
	if of.Level > l.Level {
		l.Level = of.Level
		l.thin()
	}
	for i, draw := range of.Draws {
		if l.stays(draw) {
			l.Draws, l.Items = append(l.Draws, draw), append(l.Items, of.Items[i])
		}
	}
	l.hold(most)
}

// hold has so many stay at most.
func (l *lot[T]) hold(most int) {
	for len(l.Items) > most && l.Level < 64 {
		l.Level++
		l.thin()
	}
}

// whole reports whether a lot that was stored can be used.
func (l *lot[T]) whole() bool {
	return len(l.Draws) == len(l.Items) && l.Level <= 64 && l.Seen >= len(l.Items)
}

func (l *lot[T]) stays(draw uint64) bool { return draw>>(64-l.Level) == 0 }

func (l *lot[T]) thin() {
	n := 0
	for i, draw := range l.Draws {
		if l.stays(draw) {
			l.Draws[n], l.Items[n] = draw, l.Items[i]
			n++
		}
	}
	clear(l.Items[n:])
	l.Draws, l.Items = l.Draws[:n], l.Items[:n]
}

// sample is how many stayed when not all did; 0: all.
func (l *lot[T]) sample() int {
	if l.Level == 0 {
		return 0
	}
	return len(l.Items)
}

// all makes a count among those who stayed one among all who were given.
func (l *lot[T]) all(n int) int {
	if l.Level == 0 || len(l.Items) == 0 {
		return n
	}
	return int(float64(n)*float64(l.Seen)/float64(len(l.Items)) + .5)
}
