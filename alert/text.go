package alert

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Text is a message in words.
type Text struct {
	Title string
	Lines []string
}

// Words tells a message in a language, "en" or "fr". Scores have so many decimals, as they are written to the record.
func Words(m Message, language string, decimals int) Text {
	w := words{language, decimals}
	if m.Digest {
		t := Text{Title: m.Rule + ": " + strconv.Itoa(len(m.Events)) + w.pick(" people", " personnes")}
		for _, e := range m.Events {
			t.Lines = append(t.Lines, strings.TrimSpace(w.headline(e)+" "+w.where(e)))
		}
		return t
	}
	e := m.Events[0]
	t := Text{Title: m.Rule + ": " + w.headline(e)}
	t.Lines = append(t.Lines, w.where(e))
	t.Lines = append(t.Lines, e.Reasons...)
	return t
}

type words struct {
	language string
	decimals int
}

func (w words) pick(en, fr string) string {
	if w.language == "fr" {
		return fr
	}
	return en
}

// headline tells what moved, and what the rule shows of the person.
func (w words) headline(e Event) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(e.Show)) {
		parts = append(parts, name+" "+e.Show[name])
	}
	moved := func(what, old, now string) {
		switch {
		case now == "" || old == now:
			return
		case old == "":
			parts = append(parts, what+" "+now)
		default:
			parts = append(parts, what+" "+old+" → "+now)
		}
	}
	old, now := "", w.score(e.New.Score)
	if e.Old.Scored {
		old = w.score(e.Old.Score)
	}
	if old == now {
		parts = append(parts, "score "+now)
	}
	moved("score", old, now)
	moved(w.pick("grade", "classe"), e.Old.Grade, e.New.Grade)
	moved(w.pick("label", "étiquette"), e.Old.Label, e.New.Label)
	return strings.Join(parts, ", ")
}

func (w words) score(v float64) string { return strconv.FormatFloat(v, 'f', w.decimals, 64) }

// where is how the record is found.
func (w words) where(e Event) string {
	if e.Link != "" {
		return e.Link
	}
	return w.pick("record ", "fiche ") + e.Person
}
