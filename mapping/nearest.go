package mapping

// didYouMean begins a hint with the closest of the names, or is "" when none is close.
func didYouMean(name string, names []string) string {
	if near := nearest(name, names); near != "" {
		return "did you mean " + near + "? "
	}
	return ""
}

// nearest returns the name that takes the fewest edits to become, when they are few for its length; the first in order
// of the list among equals, "" when none is close.
func nearest(name string, names []string) string {
	best, found := len(name)/3+2, ""
	from := fold(name)
	if len(from) > 200 {
		return ""
	}
	for _, candidate := range names {
		if d := distance(from, fold(candidate), best); d < best {
			best, found = d, candidate
		}
	}
	return found
}

// distance counts the letters to insert, remove, replace or swap with a neighbour to get from a to b; it stops at limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	before, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
			least = min(least, next[j])
		}
		if least >= limit {
			return limit
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}
