package scorecard

import (
	"cmp"
	"math"
	"slices"
)

// cell counts the rows of one fine bin, or of several merged.
type cell struct {
	bins   []int // the fine bins in it
	rows   float64
	events float64
}

// and joins a cell with its neighbour, whose bins come next in the array that line made for all.
func (c cell) and(d cell) cell {
	return cell{c.bins[:len(c.bins)+len(d.bins)], c.rows + d.rows, c.events + d.events}
}

// line puts the bins of cells into one array, one after the other.
func line(cells []cell) {
	all := make([]int, 0, len(cells))
	for i := range cells {
		from := len(all)
		all = append(all, cells[i].bins...)
		cells[i].bins = all[from:]
	}
}

// woes are weights of evidence against the counts of all rows (I. Good, Weighing Evidence, 1950; Siddiqi 2006).
type woes struct {
	events, others float64 // of all rows
	half           float64 // added to each count, so that an empty class stays finite
}

func (w *woes) of(c cell) float64 {
	half := w.half
	if c.events == 0 || c.rows == c.events {
		half = .5 // an empty class must stay finite
	}
	return math.Log((c.events+half)/(w.events+half)) - math.Log((c.rows-c.events+half)/(w.others+half))
}

// value is the information value of bins: sum of (share of events - share of others) x WoE.
func (w *woes) value(cells []cell) float64 {
	iv := 0.0
	for _, c := range cells {
		if c.rows == 0 {
			continue
		}
		iv += (c.events/w.events - (c.rows-c.events)/w.others) * w.of(c)
	}
	return iv
}

// noise is the information value that bins of an attribute that tells nothing have on average: one chi-square's mean for
// each bin but one.
func (w *woes) noise(cells []cell) float64 {
	free := -1.0
	for _, c := range cells {
		if c.rows > 0 {
			free++
		}
	}
	return max(0, free) * (1/w.events + 1/w.others)
}

// merge joins the fine bins of an attribute into the bins of a card. counts holds rows and events of each fine bin, the
// missing last if it has one.
func (f *fine) merge(counts []cell, w *woes) []cell {
	cells, bins := make([]cell, 0, f.bins), make([]int, f.bins)
	for i := range f.bins {
		if bins[i] = i; counts[i].rows > 0 || f.fixed {
			cells = append(cells, cell{bins[i : i+1], counts[i].rows, counts[i].events})
		}
	}
	if f.fixed {
		return cells
	}
	if f.kind == Number || f.kind == Date {
		line(cells)
		up, down := pool(cells, 1), pool(cells, -1)
		cells = up
		if w.value(down) > w.value(up) {
			cells = down
		}
	} else {
		slices.SortStableFunc(cells, func(a, b cell) int { return cmp.Compare(w.of(a), w.of(b)) })
		line(cells)
	}
	return w.fewer(cells)
}

// pool joins neighbours until the rate of events only rises (sign 1) or falls (-1): pool adjacent violators (M. Ayer et al.,
// Annals of Mathematical Statistics 26, 1955).
func pool(cells []cell, sign float64) []cell {
	out := make([]cell, 0, len(cells))
	for _, c := range cells {
		out = append(out, c)
		for len(out) > 1 {
			a, b := out[len(out)-2], out[len(out)-1]
			if sign*(b.events*a.rows-a.events*b.rows) >= 0 && b.events*a.rows != a.events*b.rows {
				break
			}
			out = append(out[:len(out)-2], a.and(b))
		}
	}
	return out
}

// fewer joins bins that are too small with the neighbour nearer in weight of evidence, then the nearest of all until there
// are few enough.
func (w *woes) fewer(cells []cell) []cell {
	for len(cells) > 1 {
		at := w.small(cells)
		if at < 0 {
			if len(cells) <= mostBins {
				break
			}
			at = w.alike(cells)
		} else if at > 0 && (at == len(cells)-1 || w.gap(cells, at-1) <= w.gap(cells, at)) {
			at--
		}
		cells[at] = cells[at].and(cells[at+1])
		cells = slices.Delete(cells, at+1, at+2)
	}
	return cells
}

func (w *woes) small(cells []cell) int {
	at, least := -1, math.Inf(1)
	for i, c := range cells {
		small := c.rows < leastPart*(w.events+w.others) || c.events < leastEach || c.rows-c.events < leastEach
		if small && c.rows < least {
			at, least = i, c.rows
		}
	}
	return at
}

// gap is how far bin i and the next are apart.
func (w *woes) gap(cells []cell, i int) float64 { return math.Abs(w.of(cells[i]) - w.of(cells[i+1])) }

// alike is the bin that loses least likelihood when it joins the next.
func (w *woes) alike(cells []cell) int {
	at, least := 0, math.Inf(1)
	for i := 0; i+1 < len(cells); i++ {
		a, b := cells[i], cells[i+1]
		loss := entropy(cell{rows: a.rows + b.rows, events: a.events + b.events}) - entropy(a) - entropy(b)
		if loss < least {
			at, least = i, loss
		}
	}
	return at
}

// entropy is the negative log-likelihood of a bin at its own rate.
func entropy(c cell) float64 {
	sum := 0.0
	for _, k := range []float64{c.events, c.rows - c.events} {
		if k > 0 {
			sum -= k * math.Log(k/c.rows)
		}
	}
	return sum
}
