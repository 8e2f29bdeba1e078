package scoring

import "time"

// Trend says where the overall score is going.
type Trend string

// The trends. The empty Trend means that there is nothing to compare.
const (
	Rising  Trend = "rising"
	Steady  Trend = "steady"
	Falling Trend = "falling"
)

// defaultMove is the difference that counts as a move when a model does not say.
const defaultMove = 5

// Word is the trend in a language ("en" or "fr"), "" when there is none.
func (t Trend) Word(lang string) string {
	if t == "" {
		return ""
	}
	return phrasesIn(lang).trend(t)
}

// Trend compares the overall score now with the one some days ago, as the model's TrendSpec has it. The past is
// computed from the same facts with every later event left out. overallNow is the subject's result as of now; scratch
// is overwritten. The trend is empty when the model has none, or when either moment has no overall score.
func (m *Model) Trend(s *Subject, now time.Time, overallNow, scratch *Result) Trend {
	over := m.spec.Trend.Over
	if over == 0 || !overallNow.Scored {
		return ""
	}
	m.Score(s, now.Add(-time.Duration(over)), scratch)
	if !scratch.Scored {
		return ""
	}
	move := toPoints(m.spec.Trend.Move)
	if move == 0 {
		move = defaultMove * Point
	}
	switch change := overallNow.Overall - scratch.Overall; {
	case change >= move:
		return Rising
	case change <= -move:
		return Falling
	}
	return Steady
}
