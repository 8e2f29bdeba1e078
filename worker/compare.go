package worker

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/scoring"
)

// Contender is one of two model files that are compared.
type Contender struct {
	Name     string
	Hash     string
	Mapper   *mapping.Mapper
	Model    *scoring.Model
	Decimals int
	People   *Contender // of companies: how their people are scored
}

// Comparison says what another model file would make of the people, or companies, of the snapshot. It names records by id
// only.
type Comparison struct {
	At       time.Time        `json:"at"`
	Object   string           `json:"object"` // people or companies
	People   int              `json:"people"` // or companies
	Old      Side             `json:"old"`
	New      Side             `json:"new"`
	Moved    int              `json:"moved"` // people whose grade differs, those who lose or gain one included
	Moves    []GradeMove      `json:"moves"` // the matrix old × new, those who stay included, in the order of the grades
	Most     []ComparedPerson `json:"most"`  // whose score differs most, then those whose grade alone differs
	Criteria []CriterionUse   `json:"criteria"`
	Groups   []GroupUse       `json:"groups"`
	Missing  []Gap            `json:"missing"` // what the new model asks for and does not find, worst first
	Limits   []string         `json:"limits"`  // what cannot be compared, in sentences

	Companies *Comparison `json:"companies,omitempty"` // of people: the same for companies; nil when they are not compared
}

// Side is what one of the two models makes of the population.
type Side struct {
	Name     string   `json:"name"`
	Model    string   `json:"model"`  // hash of the model file
	Grades   []string `json:"grades"` // all there are, best first
	Labels   []string `json:"labels"`
	Tally    Tally    `json:"tally"`
	Mean     float64  `json:"mean"`    // of the overall scores
	Skipped  int      `json:"skipped"` // people not scored by choice; among the unscored
	From, To float64  // the scale of the overall score
	Spread   [20]int  `json:"spread"` // people by score, in equal parts from From to To
	sum      float64
	used     map[use]int // criteria that gave points
	edges    map[use]*edge
}

// ComparedPerson is one person whom the two models see differently.
type ComparedPerson struct {
	ID  string       `json:"id"`
	Old Planned      `json:"old"`
	New Planned      `json:"new"`
	Why []ReasonMove `json:"why"` // what gives more or less in the new model, strongest first; empty when only grades are cut otherwise
}

// CriterionUse is how many of the scored people a criterion gives points to, in the new model.
type CriterionUse struct {
	Score     string `json:"score"`
	Group     string `json:"group"`
	Criterion string `json:"criterion"`
	People    int    `json:"people"`
	Old       *int   `json:"old,omitempty"` // the same in the old model, nil when it has no criterion of that name
}

// GroupUse is how often a group of the new model stands at its cap or floor, of the people who have points in it.
type GroupUse struct {
	Score   string `json:"score"`
	Group   string `json:"group"`
	People  int    `json:"people"` // with any points in it
	AtCap   int    `json:"at_cap"`
	AtFloor int    `json:"at_floor"`
}

// Gap is an attribute that is not known of some people.
type Gap struct {
	Attribute string `json:"attribute"`
	Missing   int    `json:"missing"`
	People    int    `json:"people"` // everybody it was looked for
}

type use struct{ score, group, criterion string }

type edge struct{ people, cap, floor int }

// Compare scores everybody in the snapshot with the model in force and with another, as of one moment, and asks the CRM
// nothing. examples is how many people it names. It reads page by page and stores nothing. Scores set by hand are left
// aside: what is compared is what the two models compute.
func (w *Worker) Compare(ctx context.Context, old, now Contender, examples int) (Comparison, error) {
	for _, k := range []*Contender{&old, &now} {
		if err := w.fitContender(ctx, k); err != nil {
			return Comparison{}, err
		}
	}
	return w.compare(ctx, old, now, examples, func(*comparing, []Inputs) error { return nil })
}

// compare is Compare; before each page it is made ready.
func (w *Worker) compare(ctx context.Context, old, now Contender, examples int, ready func(*comparing, []Inputs) error) (Comparison, error) {
	c := newComparing(w, old, now)
	after := ""
	for {
		batch, err := w.inputsPage(ctx, after, chunk)
		if err != nil {
			return Comparison{}, err
		}
		if len(batch) == 0 {
			break
		}
		after = batch[len(batch)-1].Record.ID
		if err := ready(c, batch); err != nil {
			return Comparison{}, err
		}
		for i := range batch {
			c.person(&batch[i])
			if len(c.out.Most) > 2*examples+chunk/10 {
				c.out.Most = mostApart(c.out.Most, examples)
			}
		}
		w.step("comparing", c.out.People, 0)
	}
	c.out.Most = mostApart(c.out.Most, examples)
	c.finish()
	return c.out, nil
}

// comparing is a comparison under way.
type comparing struct {
	w        *Worker
	out      Comparison
	old, new contender
	moves    map[[2]string]int
	gaps     []Gap
	odd      map[fieldOf]int // people with a value, of the fields only one of the two reads
}

type fieldOf struct{ object, field string }

// contender scores with one of the models.
type contender struct {
	Contender
	side     *Side
	headline headline
	subject  scoring.Subject
	result   scoring.Result
	past     scoring.Result
	skip     bool
	shares   map[Link][]byte // of the people of a page of companies
}

func newComparing(w *Worker, old, now Contender) *comparing {
	c := &comparing{w: w, moves: map[[2]string]int{}, odd: map[fieldOf]int{}}
	c.out.At, c.out.Object = w.Now().UTC(), w.of().Object
	c.old, c.new = w.contender(old, &c.out.Old), w.contender(now, &c.out.New)
	for _, a := range now.Mapper.Schema().Attributes {
		c.gaps = append(c.gaps, Gap{Attribute: a.Name})
	}
	for f := range oddFields(old.Mapper.Need(), now.Mapper.Need()) {
		c.odd[f] = 0
	}
	return c
}

func (w *Worker) contender(c Contender, side *Side) contender {
	least, most := c.Model.OverallRange()
	*side = Side{
		Name: c.Name, Model: c.Hash, Grades: c.Model.Grades(), Labels: c.Model.Labels(),
		Tally: Tally{Grades: map[string]int{}, Labels: map[string]int{}, Trends: map[string]int{}},
		From:  least.Float(), To: most.Float(), used: map[use]int{}, edges: map[use]*edge{},
	}
	one := Worker{Mapper: c.Mapper, Model: c.Model, Decimals: c.Decimals}
	return contender{Contender: c, side: side, headline: one.headline()}
}

// person scores one person with both models.
func (c *comparing) person(in *Inputs) {
	c.out.People++
	old, now := c.old.score(c.w, in, c.out.At), c.new.score(c.w, in, c.out.At)
	moved := old.Grade != now.Grade || old.Scored != now.Scored
	if moved {
		c.out.Moved++
	}
	c.moves[[2]string{old.Grade, now.Grade}]++
	if moved || old.Score != now.Score {
		c.out.Most = append(c.out.Most, ComparedPerson{ID: in.Record.ID, Old: old, New: now, Why: c.why()})
	}
	if !c.new.skip {
		for slot := range c.gaps {
			c.gaps[slot].People++
			if slot >= len(c.new.subject.Values) || c.new.subject.Values[slot].Type == scoring.Unknown {
				c.gaps[slot].Missing++
			}
		}
	}
	c.look(in)
}

// score maps and scores one person and counts the result.
func (k *contender) score(w *Worker, in *Inputs, now time.Time) Planned {
	k.side.Tally.People++
	input := w.input(k.fed(w.Connection, *in), nil)
	_, k.skip = k.Mapper.Skip(facts(*in, input))
	if k.skip {
		return k.skipped()
	}
	k.Mapper.Subject(input, now, &k.subject)
	if _, k.skip = k.Mapper.Lapsed(&input, &k.subject, now); k.skip {
		return k.skipped()
	}
	k.Model.ScoreFrom(&k.subject, k.Mapper.Stage(in.Shown), now, &k.result)
	trend := k.Model.Trend(&k.subject, now, &k.result, &k.past)
	p := k.headline.of(&k.result, string(trend))
	k.side.Tally.Count(p)
	if p.Scored {
		k.side.count(p.Score)
	}
	k.lines()
	return p
}

// skipped counts a person who is not scored by choice.
func (k *contender) skipped() Planned {
	k.side.Skipped++
	k.result = scoring.Result{}
	k.side.Tally.Count(Planned{})
	return Planned{}
}

// count adds a score to the distribution.
func (s *Side) count(score float64) {
	s.sum += score
	part := 0
	if s.To > s.From {
		part = int((score - s.From) / (s.To - s.From) * float64(len(s.Spread)))
	}
	s.Spread[min(max(part, 0), len(s.Spread)-1)]++
}

// lines counts which criteria gave points and which groups stand at an edge.
func (k *contender) lines() {
	var group use
	for _, l := range k.result.Lines {
		at := use{}
		at.score, at.group, at.criterion = k.Model.Names(l)
		if l.Kind == scoring.Earned {
			k.side.used[at]++
		}
		if at.group == "" {
			continue
		}
		at.criterion = ""
		e := k.side.edges[at]
		if e == nil {
			e = &edge{}
			k.side.edges[at] = e
		}
		if at != group {
			e.people++
			group = at
		}
		switch l.Kind {
		case scoring.GroupCap:
			e.cap++
		case scoring.GroupFloor:
			e.floor++
		}
	}
}

// why compares the lines of the two results of one person.
func (c *comparing) why() []ReasonMove {
	points := map[string]scoring.Points{}
	for sign, k := range map[scoring.Points]*contender{-1: &c.old, 1: &c.new} {
		for _, l := range k.result.Lines {
			points[k.nameOf(l)] += sign * l.Points
		}
		for _, l := range k.result.Adjustments {
			points["overall"] += sign * l.Points
		}
	}
	var list []ReasonMove
	for name, p := range points {
		if p != 0 {
			list = append(list, ReasonMove{p.Float(), name})
		}
	}
	slices.SortFunc(list, func(a, b ReasonMove) int {
		return cmp.Or(cmp.Compare(math.Abs(b.Points), math.Abs(a.Points)), cmp.Compare(a.Text, b.Text))
	})
	return list[:min(len(list), reasonsTold)]
}

// nameOf names what a line is about, in words both models share.
func (k *contender) nameOf(l scoring.Line) string {
	score, group, criterion := k.Model.Names(l)
	switch l.Kind {
	case scoring.ScoreMax:
		return score + ": ceiling"
	case scoring.ScoreMin:
		return score + ": floor"
	case scoring.GroupCap:
		return score + ", " + group + ": cap"
	case scoring.GroupFloor:
		return score + ", " + group + ": floor"
	case scoring.CriterionCap:
		return criterion + ": cap"
	}
	return criterion
}

// mostApart keeps the n people whose score differs most.
func mostApart(list []ComparedPerson, n int) []ComparedPerson {
	apart := func(p ComparedPerson) float64 { return math.Abs(p.New.Score - p.Old.Score) }
	slices.SortFunc(list, func(a, b ComparedPerson) int {
		return cmp.Or(cmp.Compare(apart(b), apart(a)), strings.Compare(a.ID, b.ID))
	})
	return list[:min(n, len(list))]
}

// look notes which fields that only one of the two reads are in the snapshot at all.
func (c *comparing) look(in *Inputs) {
	for f := range c.odd {
		switch {
		case c.heldBy(f.object, in)[f.field] != "":
			c.odd[f]++
		case f.object != crm.People && f.object != crm.Companies:
			for _, a := range in.Activities {
				if a.Source == f.object && (f.field == "" || a.Fields[f.field] != "") {
					c.odd[f]++
					break
				}
			}
		}
	}
}
