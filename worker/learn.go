package worker

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/bareme/bareme/learning"
	"github.com/bareme/bareme/learning/scorecard"
	"github.com/bareme/bareme/scoring"
)

// Learn says what is learnt from history. Names are those of the model's attributes and kinds of activity.
type Learn struct {
	Score      string        // that is proposed
	Model      string        // stands for the text of the model file it is proposed for
	Activity   string        // the outcome, by the first time it happens, or
	When       string        // a condition that tells it; both empty: rows bring their outcome
	Within     time.Duration // the time people are given to convert
	Start      string        // the attribute with the date people came; "": their first dated activity
	After      time.Duration // how long after it they are looked at
	Attributes []string      // to learn from; nil: all
	Activities []string      // nil: all but the outcome
	Fixed      []string      // attributes that do not change
	Offline    bool          // no CRM is asked what people were
	Options    learning.Options
}

// History is a table to learn from, and how it came about. It names records by id only.
type History struct {
	Table   *learning.Table
	Timing  *learning.Timing    // how long conversions took; nil when not known
	LeftOut []scorecard.LeftOut // attributes and activity that were no candidates, and why
	AsOf    []AsOf              // how the others are known as of then
	Calls   int                 // of CRMs' APIs, made to read field histories
	Notes   []string            // what to know of the people in it, in words

	// By row: what the model in force makes of the same people at the same moment, from what was known then.
	Rules          []float64 // the overall score; NaN: unscored
	Grades, Labels []string
	Today          []float64 // the same with every attribute as it stands today
	Learnt         []float64 // the learnt score of the model in force; NaN where there is none
}

// Gathering makes a History, person by person. It keeps a few numbers of each.
type Gathering struct {
	model *scoring.Model
	learn Learn
	now   time.Time

	questions  *scoring.Questions
	columns    []learnColumn
	answers    []scoring.Value
	attributes []standing // by slot
	start      int        // slot; -1: the first activity
	outcome    int        // kind of activity; -1: none
	after      time.Time  // who was looked at by then is of no interest
	whole      bool       // rows and columns stay, also where something is not known

	out      History
	cases    []learning.Case
	notes    map[string]int
	dates    []time.Time // by row: when they converted; the zero time when they did not
	result   scoring.Result
	subject  scoring.Subject
	timeless bool // rows have no moment of their own
}

// NewGathering begins a history as of now. Rows of a file hold everything there is: of them no attribute is left out, and
// they have no activity.
func NewGathering(m *scoring.Model, l Learn, file bool, now time.Time) (*Gathering, error) {
	return newGathering(m, l, file, now, nil)
}

// newGathering begins a history with what is known of the past of attributes.
func newGathering(m *scoring.Model, l Learn, file bool, now time.Time, past map[string]attributePast) (*Gathering, error) {
	g := &Gathering{model: m, learn: l, now: now.UTC(), start: -1, outcome: -1, notes: map[string]int{}, timeless: file && l.Start == ""}
	schema := m.Schema()
	if l.Start != "" {
		g.start = slices.IndexFunc(schema.Attributes, func(a scoring.Attribute) bool { return a.Name == l.Start })
	}
	if l.Activity != "" {
		g.outcome = slices.Index(schema.Activities, l.Activity)
	}
	sources := g.candidates(schema, file, past)
	if l.When != "" {
		sources = append(sources, l.When)
	}
	q, problems := m.Questions(sources)
	if len(problems) > 0 {
		return nil, fmt.Errorf("learn: %s: %s", problems[0].Path, problems[0].Message)
	}
	g.questions, g.answers = q, make([]scoring.Value, len(sources))
	for i, source := range sources[:len(g.columns)] {
		g.columns[i] = learnColumn{Name: source, Type: q.Type(i)}
	}
	if len(g.columns) == 0 {
		return nil, fmt.Errorf("%w: nothing to learn from: %s", learning.ErrTooFew, leftOutWords(g.out.LeftOut))
	}
	return g, nil
}

func leftOutWords(list []scorecard.LeftOut) string {
	if len(list) == 0 {
		return "the model maps no attribute and no activity"
	}
	return list[0].Name + " " + list[0].Why
}

// Windows of time in which activity is counted.
func learnWindows() []string { return []string{"30d"} }

// candidates are the expressions to learn from. Attributes without a past are left out, unless they do not change.
func (g *Gathering) candidates(schema scoring.Schema, file bool, past map[string]attributePast) []string {
	var sources []string
	no := func(name, why string) { g.out.LeftOut = append(g.out.LeftOut, scorecard.LeftOut{Name: name, Why: why}) }
	for _, a := range schema.Attributes {
		st := standing{name: a.Name, past: past[a.Name], column: -1, fixed: file || a.Name == g.learn.Start || slices.Contains(g.learn.Fixed, a.Name)}
		known := st.fixed || st.past.kept
		switch {
		case g.learn.Attributes != nil && !slices.Contains(g.learn.Attributes, a.Name):
		case !known:
			no(a.Name, st.past.whyUnknown())
		case a.Name == g.learn.Start:
		default:
			st.column = len(sources)
			sources = append(sources, a.Name)
		}
		st.hidden = !known
		g.attributes = append(g.attributes, st)
	}
	for _, kind := range schema.Activities {
		switch {
		case file || g.learn.Activities != nil && !slices.Contains(g.learn.Activities, kind):
		case kind == g.learn.Activity:
		default:
			sources = append(sources, fmt.Sprintf("count(%q)", kind))
			for _, window := range learnWindows() {
				sources = append(sources, fmt.Sprintf("count(%q, %q)", kind, window))
			}
			sources = append(sources, fmt.Sprintf("days_since(last(%q))", kind))
		}
	}
	g.columns = make([]learnColumn, len(sources))
	return sources
}

// Add takes in one person, as the mapping makes them at a moment.
func (g *Gathering) Add(id string, mapped func(at time.Time, s *scoring.Subject)) {
	if l, ok := g.look(id, mapped); ok {
		g.take(l, mapped, nil)
	}
}

// looked is somebody at the moment they are looked at, by what is known of them today.
type looked struct {
	id        string
	in        Inputs
	at        time.Time
	today     float64         // the score with everything as it stands today
	values    []scoring.Value // as they stand today
	converted time.Time
	told      learning.Outcome // by a condition
	tells     bool             // it says something
}

// look finds the moment to look at somebody, and what became of them. ok is false when there is nothing to look at.
func (g *Gathering) look(id string, mapped func(at time.Time, s *scoring.Subject)) (l *looked, ok bool) {
	mapped(g.now, &g.subject)
	at, ok := g.came()
	if !ok {
		g.notes["have no date of coming, so there is no moment to look at them"]++
		return nil, false
	}
	at = at.Add(g.learn.After)
	switch {
	case at.After(g.now):
		g.notes["came too lately to be looked at"]++
		return nil, false
	case !at.After(g.after):
		return nil, false
	}
	l = &looked{id: id, at: at, today: g.score(at)}
	mapped(at, &g.subject)
	for _, v := range g.subject.Values {
		v.List = slices.Clone(v.List)
		l.values = append(l.values, v)
	}
	if g.outcome >= 0 {
		l.converted = g.first(uint16(g.outcome))
	}
	if g.learn.When != "" && g.questions.Answer(&g.subject, at, g.answers) {
		l.told, l.tells = g.told(at)
	}
	return l, true
}

// take adds somebody who was looked at, as mapping makes them of what is known of then.
func (g *Gathering) take(l *looked, then func(at time.Time, s *scoring.Subject), known func(attribute *standing) fact) {
	then(l.at, &g.subject)
	g.subject.Events = slices.DeleteFunc(g.subject.Events, func(e scoring.Event) bool {
		if e.Undated() {
			g.notes["have activity without a date, which was left out"]++
		}
		return e.Undated()
	})
	facts := g.stand(l, known)
	if !g.questions.Answer(&g.subject, l.at, g.answers) {
		g.notes["are out of scope or ignored by filters"]++
		return
	}
	outcome, ok := g.became(l)
	if !ok {
		return
	}
	g.keep(l.id, l.at, outcome, l.today)
	g.dates = append(g.dates, l.converted)
	g.note(l, facts)
}

// became is what became of somebody; ok is false when they are left out.
func (g *Gathering) became(l *looked) (outcome learning.Outcome, ok bool) {
	switch {
	case g.outcome >= 0:
		if !l.converted.IsZero() && l.converted.Before(l.at) {
			g.notes["had converted before they were looked at"]++
			return outcome, false
		}
		c := learning.Case{Created: l.at, Converted: l.converted}
		if !g.young(l.at) {
			outcome = learning.Rule{Within: g.learn.Within}.Of(c, g.now)
		}
		g.cases = append(g.cases, c)
	case g.learn.When != "":
		if !l.tells {
			g.notes["do not say whether they converted"]++
			return outcome, false
		}
		outcome = l.told
	}
	return outcome, true
}

// AddRow takes in one row of a file with its outcome.
func (g *Gathering) AddRow(id string, s *scoring.Subject, outcome learning.Outcome) {
	g.subject = *s
	at := g.now
	if !g.timeless {
		var ok bool
		if at, ok = g.came(); !ok {
			g.notes["have no date of coming, so there is no moment to look at them"]++
			return
		}
	}
	if !g.questions.Answer(&g.subject, at, g.answers) {
		g.notes["are out of scope or ignored by filters"]++
		return
	}
	if g.learn.When != "" {
		var told bool
		if outcome, told = g.told(at); !told {
			g.notes["do not say whether they converted"]++
			return
		}
	}
	g.keep(id, at, outcome, math.NaN())
}

// keep adds a row whose questions are answered.
func (g *Gathering) keep(id string, at time.Time, outcome learning.Outcome, today float64) {
	t := g.table()
	t.IDs = append(t.IDs, id)
	t.Outcomes = append(t.Outcomes, outcome)
	if !g.timeless {
		t.At = append(t.At, at)
	}
	for i := range g.columns {
		g.columns[i].add(g.answers[i])
	}
	g.out.Rules = append(g.out.Rules, g.score(at))
	g.out.Learnt = append(g.out.Learnt, g.learntScore())
	g.out.Today = append(g.out.Today, today)
	g.out.Grades = append(g.out.Grades, g.result.Grade)
	g.out.Labels = append(g.out.Labels, g.result.Label)
}

func (g *Gathering) table() *learning.Table {
	if g.out.Table == nil {
		g.out.Table = &learning.Table{}
	}
	return g.out.Table
}

// young reports whether the time to convert is not over yet. Of such people those who have converted are left aside, too:
// to count them without those who may still convert would make the latest people look the best.
func (g *Gathering) young(at time.Time) bool { return !g.timeless && g.now.Sub(at) < g.learn.Within }

// told is the outcome a condition tells; false where it cannot be answered.
func (g *Gathering) told(at time.Time) (learning.Outcome, bool) {
	v := g.answers[len(g.answers)-1]
	switch {
	case v.Type != scoring.Bool:
		return learning.Unknown, false
	case g.young(at):
		return learning.Unknown, true
	case v.Num == 1:
		return learning.Yes, true
	}
	return learning.No, true
}

// score is the overall score of the subject; NaN when unscored.
func (g *Gathering) score(at time.Time) float64 {
	g.model.Score(&g.subject, at, &g.result)
	if !g.result.Scored {
		return math.NaN()
	}
	return g.result.Overall.Float()
}

// learntScore is the learnt score of the subject that was scored last; NaN when it has none.
func (g *Gathering) learntScore() float64 {
	i, ok := g.model.ScoreIndex(g.learn.Score)
	if !ok || !g.result.Scores[i].Known {
		return math.NaN()
	}
	return g.result.Scores[i].Points.Float()
}

// came is when the subject came.
func (g *Gathering) came() (time.Time, bool) {
	if g.start >= 0 {
		v := g.subject.Values[g.start]
		return time.UnixMilli(int64(v.Num)).UTC(), v.Type == scoring.Date
	}
	earliest := time.Time{}
	for _, e := range g.subject.Events {
		if !e.Undated() && (earliest.IsZero() || e.Time().Before(earliest)) {
			earliest = e.Time()
		}
	}
	return earliest, !earliest.IsZero()
}

// first is when a kind of activity first happened; the zero time when it did not.
func (g *Gathering) first(kind uint16) time.Time {
	var at time.Time
	for _, e := range g.subject.Events {
		if e.Kind == kind && !e.Undated() && !e.Time().After(g.now) && (at.IsZero() || e.Time().Before(at)) {
			at = e.Time()
		}
	}
	return at
}

// Finish is the history. It is an error when nobody is in it.
func (g *Gathering) Finish() (*History, error) {
	if g.out.Table == nil {
		return nil, fmt.Errorf("%w: nobody is left to learn from: %s", learning.ErrTooFew, orNobody(sortedNotes(g.notes)))
	}
	if err := g.settle(); err != nil {
		return nil, err
	}
	g.out.Notes = sortedNotes(g.notes)
	if t, err := learning.Suggest(g.cases, g.now); err == nil {
		g.out.Timing = &t
	}
	return &g.out, nil
}

func orNobody(notes []string) string {
	if len(notes) == 0 {
		return "the snapshot holds nobody"
	}
	return notes[0]
}

func sortedNotes(notes map[string]int) []string {
	var list []string
	for what := range notes {
		list = append(list, what)
	}
	slices.Sort(list)
	for i, what := range list {
		list[i] = fmt.Sprintf("%d %s", notes[what], what)
	}
	return list
}
