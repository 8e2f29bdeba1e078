package scoring

import (
	"strings"
	"unicode/utf8"
)

// Summary puts reasons on one line for a CRM field of maxChars characters: "+25 Decision maker; -5 Free mail". It cuts
// between reasons only and then says how many there are besides. What moves the score most comes first: when reasons
// have to be left out, they are the smallest, and the strongest for and against both stay.
func (m *Model) Summary(reasons []Reason, maxChars int) string {
	if len(reasons) == 0 || maxChars <= 0 {
		return ""
	}
	w := phrasesIn(reasons[0].Lang)
	for keep := len(reasons); keep > 0; keep-- {
		text := join(strongest(reasons, keep), w)
		if keep < len(reasons) {
			text += " " + w.more(len(reasons)-keep)
		}
		if utf8.RuneCountInString(text) <= maxChars {
			return text
		}
	}
	return ""
}

// strongest leaves out the weakest reasons and keeps the order of the others. Remarks go first, from the end.
func strongest(reasons []Reason, keep int) []Reason {
	list := append([]Reason(nil), reasons...)
	for len(list) > keep {
		weakest := len(list) - 1
		for i := len(list) - 1; i >= 0; i-- {
			if list[i].Points.abs() < list[weakest].Points.abs() {
				weakest = i
			}
		}
		list = append(list[:weakest], list[weakest+1:]...)
	}
	return list
}

func join(reasons []Reason, w phrases) string {
	parts := make([]string, len(reasons))
	for i, r := range reasons {
		text := strings.Join(strings.Fields(r.Short), " ")
		if r.Points != 0 {
			text = r.Points.signed(w.mark()) + " " + text
		}
		parts[i] = text
	}
	return strings.Join(parts, "; ")
}
