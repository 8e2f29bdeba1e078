package scoring

import (
	"cmp"
	"slices"
	"time"
)

// Reason is one line of a breakdown in words. The Points of the reasons of one score add up to it exactly.
type Reason struct {
	Score     string `json:"score,omitempty"`
	Group     string `json:"group,omitempty"`
	Criterion string `json:"criterion,omitempty"`
	Points    Points `json:"points"`              // millionths; 0 for a remark
	Limit     bool   `json:"limit"`               // a cap, floor or limit, not a fact about the subject
	Estimated bool   `json:"estimated,omitempty"` // rests on an estimate, which the texts say
	Text      string `json:"text"`                // "Clicked an e-mail: 5 times, last on 18 Nov 2026"
	Short     string `json:"short"`               // the same for a CRM field: "Clicked an e-mail (5×, last 18 Nov 2026)"
	Lang      string `json:"lang"`                // the language asked for
	Family    Family `json:"family,omitempty"`
	Nature    Nature `json:"nature,omitempty"`
	Overall   bool   `json:"overall,omitempty"` // moves the overall score itself and belongs to no score
	Hand      bool   `json:"by_hand,omitempty"` // somebody set or moved the overall score by hand
}

// Reasons tells every line of a result in words: what speaks for, strongest first, then what speaks against, strongest
// first, then caps, floors and limits, then remarks without points. Lang is "en" or "fr". The texts hold absolute dates, so they stay true until the
// score is computed again; now is the moment r was computed for.
func (m *Model) Reasons(r *Result, now time.Time, lang string) []Reason {
	_ = now // no text depends on it, by intent
	w := phrasesIn(lang)
	list := make([]Reason, 0, len(r.Lines)+2)
	for _, l := range r.Lines {
		reason := m.reason(l, w)
		reason.Lang = lang
		if m.scores[l.Score].purchases {
			m.tellPurchases(&reason, r, l, w)
		}
		list = append(list, reason)
	}
	for _, l := range r.Adjustments {
		if l.Kind == ByHand {
			list = append(list, handReason(l, r.Hand, w, lang))
			continue
		}
		list = append(list, m.adjustmentReason(l, w, lang))
	}
	slices.SortStableFunc(list, func(a, b Reason) int {
		return cmp.Or(
			cmp.Compare(a.rank(), b.rank()),
			cmp.Compare(b.Points.abs(), a.Points.abs()),
		)
	})
	remark := func(text string) { list = append(list, Reason{Text: text, Short: text, Lang: lang}) }
	for _, move := range r.Moves {
		remark(w.thirds(m.grade.thirds.criteria[move.Criterion].name, move.Thirds))
	}
	m.remarkPurchases(r, w, remark)
	m.remarkValue(r, w, lang, remark)
	m.remarkProduct(r, w, remark)
	for i, s := range r.Scores {
		if s.Outside && !r.Outside && !r.Ignored {
			remark(w.outsideScore(m.scores[i].name))
		}
	}
	if len(r.Unknown) > 0 {
		remark(w.nothingKnown(m.attributeNames(r.Unknown)))
	}
	if r.Later > 0 {
		remark(w.later(r.Later))
	}
	return list
}

// rank orders the kinds of reason: by hand, for, against, limits, remarks.
func (r *Reason) rank() int {
	switch {
	case r.Hand:
		return -1
	case r.Limit:
		return 2
	case r.Points > 0:
		return 0
	case r.Points < 0:
		return 1
	}
	return 3
}

func (m *Model) attributeNames(slots []int) []string {
	names := make([]string, len(slots))
	for i, slot := range slots {
		names[i] = m.extended.Attributes[slot].Name
	}
	return names
}

// reason tells one line.
func (m *Model) reason(l Line, w phrases) Reason {
	r := Reason{Points: l.Points, Limit: l.Kind != Earned && l.Kind != Assumed}
	r.Score, r.Group, r.Criterion = m.Names(l)
	r.Family, r.Nature = m.Family(l), m.nature(l)
	s := &m.scores[l.Score]
	switch l.Kind {
	case ScoreMax:
		r.Text = w.scoreMax(s.name, s.max)
	case ScoreMin:
		r.Text = w.scoreMin(s.name, s.min)
	case GroupCap:
		r.Text = w.groupCap(r.Group, *s.groups[l.Group].max)
	case GroupFloor:
		r.Text = w.groupFloor(r.Group, *s.groups[l.Group].min)
	case CriterionCap:
		c := &s.groups[l.Group].criteria[l.Criterion]
		limit := m.rules[c.rule].cap
		if l.Points > 0 {
			limit = -limit // the cap of a penalty
		}
		r.Text = w.criterionCap(r.Criterion, limit)
	case Assumed:
		r.Text = r.Criterion + w.colon() + w.assumed()
	default:
		m.earned(&r, l, w)
		return r
	}
	r.Short = r.Text
	return r
}

// adjustmentReason tells what moved the overall score.
func (m *Model) adjustmentReason(l Line, w phrases, lang string) Reason {
	r := Reason{Points: l.Points, Limit: l.Kind != Adjusted, Overall: true, Lang: lang}
	switch l.Kind {
	case OverallMax:
		r.Text = w.overallMax(m.total.top)
	case OverallMin:
		r.Text = w.overallMin(m.total.bottom)
	default:
		r.Criterion = m.total.adjust[l.Criterion].name
		r.Text = r.Criterion
	}
	r.Short = r.Text
	return r
}

// earned tells what a criterion gave and why.
func (m *Model) earned(r *Reason, l Line, w phrases) {
	c := &m.scores[l.Score].groups[l.Group].criteria[l.Criterion]
	switch c.family {
	case byCondition:
		r.Text = c.name
		if r.Estimated = l.Estimated; l.Estimated {
			r.Text += " (" + w.estimated() + ")"
		}
		r.Short = r.Text
	case byInactivity:
		r.Text = c.name + w.colon() + w.lastActivity(l.Last)
		r.Short = c.name + " (" + w.lastActivity(l.Last) + ")"
	case byActivity:
		r.Text = c.name + w.colon() + w.times(l.Times, l.Last)
		r.Short = c.name + " (" + w.timesShort(l.Times, l.Last) + ")"
	}
}

// Dropped says in words what the model's filters left out, one line for each filter that left something out.
func (m *Model) Dropped(r *Result, lang string) []string {
	w := phrasesIn(lang)
	var list []string
	for _, d := range []struct {
		n    int
		text string
	}{{r.Dropped.Opens, w.droppedOpens(r.Dropped.Opens)}, {r.Dropped.Bursts, w.droppedBursts(r.Dropped.Bursts)}, {r.Dropped.Scanners, w.droppedScanners(r.Dropped.Scanners)}} {
		if d.n > 0 {
			list = append(list, d.text)
		}
	}
	return list
}

// Unscored says in words why a result has no overall score; "" when it has one.
func (m *Model) Unscored(r *Result, lang string) string {
	if r.Scored {
		return ""
	}
	if r.Ignored {
		return phrasesIn(lang).ignored()
	}
	if m.outsideAll(r) {
		return phrasesIn(lang).outside()
	}
	var missing []missingScore
	for i := range m.scores {
		if s := &m.scores[i]; s.weight > 0 && i < len(r.Scores) && !r.Scores[i].Known && !r.Scores[i].Outside {
			needs := m.attributeNames(m.needs(s, r.Unknown))
			if s.purchases && len(needs) == 0 {
				needs = []string{phrasesIn(lang).notFitted()}
			}
			missing = append(missing, missingScore{s.name, needs})
		}
	}
	return phrasesIn(lang).unscored(missing)
}

// needs lists those of some attributes that a score asks for, be it to know whether it is in scope.
func (m *Model) needs(s *compiledScore, slots []int) []int {
	var list []int
	for _, slot := range slots {
		if s.asksFor(slot) || s.scope.asks(slot) || m.scope.asks(slot) {
			list = append(list, slot)
		}
	}
	return list
}

func (s *compiledScore) asksFor(slot int) bool {
	for _, g := range s.groups {
		for _, c := range g.criteria {
			if c.condition != nil && slices.Contains(c.condition.asks, slot) {
				return true
			}
		}
	}
	return false
}
