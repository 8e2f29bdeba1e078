package scoring

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Summary puts reasons on one line for a CRM field of maxChars characters: "+25 Decision maker; -5 Free mail". It cuts
// between reasons only and then says how many there are besides. Left out first are remarks, then limits, then the
// weakest facts, so that the strongest for and against stay. It is "" when not even one reason fits.
func (m *Model) Summary(reasons []Reason, maxChars int) string {
	if len(reasons) == 0 {
		return ""
	}
	const between = "; "
	w := phrasesIn(reasons[0].Lang)
	parts := make([]string, len(reasons))
	length := -len(between)
	for i, r := range reasons {
		parts[i] = r.onLine(w)
		length += utf8.RuneCountInString(parts[i]) + len(between)
	}
	more := ""
	for i, left := range weakestFirst(reasons) {
		if length+utf8.RuneCountInString(more) <= maxChars {
			break
		}
		length -= utf8.RuneCountInString(parts[left]) + len(between)
		parts[left] = ""
		more = " " + w.more(i+1)
	}
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, between) + more
}

// weakestFirst orders the indices of reasons by how little is lost without them; of equals, the later goes first.
func weakestFirst(reasons []Reason) []int {
	order := make([]int, len(reasons))
	for i := range order {
		order[i] = len(reasons) - 1 - i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(
			cmp.Compare(max(1, reasons[b].rank()), max(1, reasons[a].rank())),
			cmp.Compare(reasons[a].Points.abs(), reasons[b].Points.abs()),
		)
	})
	return order
}

// onLine is a reason with its points, without line breaks.
func (r *Reason) onLine(w phrases) string {
	text := strings.Join(strings.Fields(r.Short), " ")
	if r.Points == 0 {
		return text
	}
	return r.Points.signed(w.mark()) + " " + text
}
