package mapping

import (
	"strings"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
)

// historyKept is how many scores a record shows, the latest among them: a line of them fits into a text field.
const historyKept = 15

// changesShown is how many changes a record shows for the better, and how many for the worse.
const changesShown = 3

// ShowsChanges reports whether records show what would change the grade, which takes longer to find than the grade.
func (m *Mapper) ShowsChanges() bool { return m.fieldOf(KeyChanges) != "" }

// ShowHistory adds today's score to the history a record shows, if it shows one: a day's last score, and days on which it
// did not move left out. Without a score the history stays as it was; a person left alone has none.
func (m *Mapper) ShowHistory(wanted, shown crm.Fields, score float64, scored, leftAlone bool, now time.Time) {
	field := m.fieldOf(KeyHistory)
	switch {
	case field == "":
	case leftAlone:
		wanted[field] = ""
	case !scored:
		wanted[field] = shown[field]
	default:
		wanted[field] = appendHistory(shown[field], decimal(points(score), m.spec.Write.Decimals), now)
	}
}

func points(score float64) scoring.Points { return scoring.Points(score * float64(scoring.Point)) }

// appendHistory adds to "2026-11-02 41; 2026-11-09 58".
func appendHistory(text, score string, now time.Time) string {
	const between = "; "
	var kept []string
	if text != "" {
		kept = strings.Split(text, between)
	}
	entry := now.UTC().Format(time.DateOnly) + " " + score
	if n := len(kept); n > 0 {
		day, last, _ := strings.Cut(kept[n-1], " ")
		switch {
		case last == score:
			return text
		case day == now.UTC().Format(time.DateOnly):
			kept = kept[:n-1]
		}
	}
	kept = append(kept, entry)
	kept = kept[max(0, len(kept)-historyKept):]
	for len(strings.Join(kept, between)) > historyLength {
		kept = kept[1:]
	}
	return strings.Join(kept, between)
}

// ShowChanges writes what would change the grade, a line each, what lifts it first.
func (m *Mapper) ShowChanges(wanted crm.Fields, changes []scoring.Change) {
	field := m.fieldOf(KeyChanges)
	if field == "" {
		return
	}
	var lines []string
	for _, lift := range []bool{true, false} {
		n := 0
		for _, c := range changes {
			if c.Lift == lift && n < changesShown {
				lines = append(lines, c.Text)
				n++
			}
		}
	}
	wanted[field] = firstRunes(strings.Join(lines, "\n"), changesLength)
}

func (m *Mapper) fieldOf(key string) string {
	for _, f := range m.spec.Write.Fields {
		if f.Key == key {
			return f.Field
		}
	}
	return ""
}
