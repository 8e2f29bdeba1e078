package mapping

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
)

// Longest texts written, in characters. Reasons fill what HubSpot holds in one field.
const (
	reasonsLength  = 65536
	unscoredLength = 500
	nextLength     = 500
	historyLength  = 255
	changesLength  = 4000
)

// Show says what each written field of a person's record should hold, "" for a field to clear. Every written field is
// there. With a skipReason the person is left alone: only the unscored field says something. A score nothing is known
// for is "" and not 0, and one that is known shows even when the overall score does not.
func (m *Mapper) Show(model *scoring.Model, r *scoring.Result, trend string, now time.Time, skipReason string) crm.Fields {
	var reasons []scoring.Reason
	if skipReason == "" {
		reasons = model.Reasons(r, now, m.Language())
	}
	return m.ShowReasons(model, r, reasons, trend, now, skipReason)
}

// ShowReasons is Show for a caller who has the reasons already.
func (m *Mapper) ShowReasons(model *scoring.Model, r *scoring.Result, reasons []scoring.Reason, trend string, now time.Time, skipReason string) crm.Fields {
	want := make(crm.Fields, len(m.spec.Write.Fields))
	for _, f := range m.spec.Write.Fields {
		if skipReason != "" {
			want[f.Field] = ""
			if f.Key == KeyUnscored {
				want[f.Field] = firstRunes(skipReason, unscoredLength)
			}
			continue
		}
		want[f.Field] = m.show(f.Key, model, r, reasons, trend, now)
	}
	return want
}

func (m *Mapper) show(key string, model *scoring.Model, r *scoring.Result, reasons []scoring.Reason, trend string, now time.Time) string {
	switch key {
	case KeyScore:
		if r.Scored {
			return decimal(r.Overall, m.spec.Write.Decimals)
		}
	case KeyGrade:
		return r.Grade
	case KeyLabel:
		return r.Label
	case KeyTrend:
		if r.Scored {
			return trend
		}
	case KeyReasons:
		if r.Scored || len(r.Lines) > 0 {
			return model.Summary(reasons, reasonsLength)
		}
	case KeyScoredAt:
		if anyKnown(r) {
			return now.UTC().Truncate(time.Second).Format(time.RFC3339)
		}
	case KeyNext:
		return firstRunes(model.Next(r, m.Language()), nextLength)
	case KeyLifecycle:
		return r.Stage
	case KeyRouting:
		return r.Route
	case KeyUnscored:
		return firstRunes(model.Unscored(r, m.Language()), unscoredLength)
	default:
		if i, ok := model.ScoreIndex(key); ok && i < len(r.Scores) && r.Scores[i].Known {
			return decimal(r.Scores[i].Points, m.spec.Write.Decimals)
		}
		return derivedText(model.DerivedValue(key, r))
	}
	return ""
}

// derivedText is what a score made, as the CRM keeps it: money to the cent.
func derivedText(v scoring.Value) string {
	switch v.Type {
	case scoring.Text:
		return v.Str
	case scoring.Number:
		return strconv.FormatFloat(math.Round(v.Num*100)/100, 'f', -1, 64)
	}
	return ""
}

func anyKnown(r *scoring.Result) bool {
	for _, s := range r.Scores {
		if s.Known {
			return true
		}
	}
	return r.Scored
}

// decimal writes points with at most this many decimals, half away from zero, without trailing zeros: crm's canonical
// text for numbers.
func decimal(p scoring.Points, decimals int) string {
	p = rounded(p, decimals)
	sign := ""
	if p < 0 {
		sign, p = "-", -p
	}
	text := strconv.FormatInt(int64(p/scoring.Point), 10)
	if rest := p % scoring.Point; rest != 0 {
		digits := strconv.FormatInt(int64(rest+scoring.Point), 10)[1:]
		text += "." + strings.TrimRight(digits, "0")
	}
	return sign + text
}

// rounded is to so many decimals, half away from zero.
func rounded(p scoring.Points, decimals int) scoring.Points {
	unit := scoring.Point
	for range decimals {
		unit /= 10
	}
	half := unit / 2
	if p < 0 {
		half = -half
	}
	return (p + half) / unit * unit
}

func firstRunes(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		return string(runes[:n-1]) + "…"
	}
	return s
}
