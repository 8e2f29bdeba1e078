package scoring

import "time"

// Override is a word of a person on the overall score of one subject: it replaces or moves it until a moment, and says who
// and why. It is no part of the model: nothing that is fitted or counted ever sees it.
type Override struct {
	Add    bool   // Points are added; false: they replace the score
	Points Points // kept within the range of the overall score
	Author string // "" when it stands in a field of the CRM
	Reason string
	Until  time.Time // from this moment on it is void
}

// Valid reports whether the override holds at a moment.
func (o *Override) Valid(now time.Time) bool { return o != nil && now.Before(o.Until) }

// Override applies o to a result computed as of now and reports whether it did. A score set by hand counts even where too
// little is known to compute one; where nobody is scored by choice (Ignored, Outside) or there is nothing to add to, it
// does not. The overall score alone moves, by a line of its own in Adjustments: the scores, the grade and where people
// stand remain as computed.
func (m *Model) Override(r *Result, o *Override, now time.Time) bool {
	if !o.Valid(now) || r.Ignored || r.Outside || o.Add && !r.Scored {
		return false
	}
	least, most := m.OverallRange()
	before, after := r.Overall, o.Points
	if !r.Scored {
		before, r.Base, r.Adjustments = 0, 0, r.Adjustments[:0]
	}
	if o.Add {
		after += before
	}
	after = min(max(after, least), most)
	r.Scored, r.Overall, r.Hand = true, after, o
	r.Adjustments = append(r.Adjustments, Line{Kind: ByHand, Points: after - before})
	return true
}

// Words tells an override in a language ("en" or "fr").
func (o *Override) Words(lang string) string { return phrasesIn(lang).byHand(o) }

// handReason tells what was done by hand.
func handReason(l Line, o *Override, w phrases, lang string) Reason {
	text := w.byHand(o)
	return Reason{Points: l.Points, Overall: true, Hand: true, Text: text, Short: text, Lang: lang}
}

// lastDay is the last day an override holds on, in Unix milliseconds.
func (o *Override) lastDay() int64 { return o.Until.Add(-time.Second).UnixMilli() }

func (w english) byHand(o *Override) string {
	text := "Set by hand"
	if o.Add {
		text = "Moved by hand"
	}
	if o.Author != "" {
		text += " by " + o.Author
	}
	text += " until " + w.date(o.lastDay())
	if o.Reason != "" {
		text += ": " + o.Reason
	}
	return text
}

func (w french) byHand(o *Override) string {
	text := "Fixé à la main"
	if o.Add {
		text = "Modifié à la main"
	}
	if o.Author != "" {
		text += " par " + o.Author
	}
	text += " jusqu'au " + w.date(o.lastDay())
	if o.Reason != "" {
		text += " : " + o.Reason
	}
	return text
}
