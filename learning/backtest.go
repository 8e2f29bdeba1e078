package learning

import (
	"fmt"
	"math"
	"time"

	"github.com/bareme/bareme/learning/metrics"
)

// Rival is another score of the same people, to be judged side by side: that of the rules, or the one in force today.
type Rival struct {
	Name   string
	Scores []float64 // by row of the table, more is better; NaN where unscored, which ranks below all
}

// Grouping puts each person in a group, as a grade or a label does.
type Grouping struct {
	Name  string
	Of    []string // by row of the table; "" is in none
	Order []string // the groups, the best first
}

// Report is a backtest: what a card learnt from the past would have been worth afterwards.
type Report struct {
	Cut      time.Time    `json:"cut"` // learnt from before, judged from here on
	Past     int          `json:"past"`
	After    int          `json:"after"`
	PastRate float64      `json:"past_rate"` // the share that converted
	Rate     float64      `json:"rate"`      // afterwards
	Fitted   *Fitted      `json:"fitted"`    // what was learnt from the past
	Judged   []Judged     `json:"judged"`    // the scorecard first, then its rivals
	Against  []Against    `json:"against,omitempty"`
	Groups   []GroupTable `json:"groups,omitempty"`
	Scores   []Band       `json:"scores"` // how the later scores are spread
	Drift    DriftReport  `json:"drift"`  // of the later rows against the past
	Refused  string       `json:"refused,omitempty"`
}

// Against is the paired test of the scorecard against a rival.
type Against struct {
	Name string         `json:"name"`
	AUC  metrics.Paired `json:"auc"`
}

// GroupTable is the conversion of each group.
type GroupTable struct {
	Name   string  `json:"name"`
	Groups []Group `json:"groups"`
}

// Group is one group of people and how many of them converted.
type Group struct {
	Name   string  `json:"name"`
	Rows   int     `json:"rows"`
	Events int     `json:"events"`
	Rate   float64 `json:"rate"`
	SE     float64 `json:"se"`
}

// Band is a range of scores.
type Band struct {
	From   float64 `json:"from"`
	To     float64 `json:"to"` // not in it, except for the last
	Rows   int     `json:"rows"`
	Events int     `json:"events"`
}

// Trusted reports whether the backtest speaks for the card: it beat the base rate surely, and nothing has drifted so far
// that the later rows are another population.
func (r *Report) Trusted() bool {
	return r.Refused == "" && len(r.Judged) > 0 && r.Judged[0].Beats() && !r.Drift.Alarm()
}

// Backtest learns from the past of a table and judges on what came after, beside other scores of the same people. The
// table needs the moment of each row. A card that Fit would refuse is judged all the same, and Refused says why.
func Backtest(t *Table, o Options, rivals []Rival, groupings []Grouping) (*Report, error) {
	order, err := follow(t, rivals, groupings)
	if err != nil {
		return nil, err
	}
	t = t.pick(order)
	past, after, cut, err := t.splitRows(o.heldOut(), o.Within)
	if err != nil {
		return nil, err
	}
	r := &Report{Cut: cut.UTC(), Past: len(past), After: len(after)}
	before, later := t.pick(past), t.pick(after)
	r.PastRate, r.Rate = rate(before.converted()), rate(later.converted())
	r.Fitted, err = fit(before, o)
	if err != nil {
		if r.Fitted == nil || r.Fitted.Card == nil {
			return nil, fmt.Errorf("what came before %s: %w", cut.UTC().Format(time.DateOnly), err)
		}
		r.Refused = err.Error()
	}
	if err := r.judge(later, t, past, after, order, rivals); err != nil {
		return nil, err
	}
	for _, g := range groupings {
		r.Groups = append(r.Groups, g.table(later.converted(), take(g.Of, take(order, after))))
	}
	d, err := Drift(r.Fitted, later)
	if err != nil {
		return nil, err
	}
	r.Drift = *d
	return r, nil
}

// follow checks that what is judged beside fits the table, and gives the order of the rows by id.
func follow(t *Table, rivals []Rival, groupings []Grouping) ([]int, error) {
	if _, err := t.sorted(); err != nil {
		return nil, err
	}
	for _, v := range rivals {
		if len(v.Scores) != t.Len() {
			return nil, fmt.Errorf("%w: %s scores %d of %d rows; NaN stands for unscored", ErrTable, v.Name, len(v.Scores), t.Len())
		}
	}
	for _, g := range groupings {
		if len(g.Of) != t.Len() {
			return nil, fmt.Errorf("%w: %s groups %d of %d rows", ErrTable, g.Name, len(g.Of), t.Len())
		}
	}
	return t.byID(), nil
}

func (r *Report) judge(later, t *Table, past, after, order []int, rivals []Rival) error {
	card := r.Fitted.Card
	points, p, err := card.Table(later.Columns, later.moments(), later.Len())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrTable, err)
	}
	converted := later.converted()
	mine := ranked(card, points)
	j, err := judge("scorecard", mine, p, converted)
	if err != nil {
		return fmt.Errorf("%w: what came after the cut %w", ErrTooFew, err)
	}
	r.Judged = append(r.Judged, j)
	r.Scores = bands(points, converted)
	pastYes := t.pick(past).converted()
	for _, v := range rivals {
		all := scored(take(v.Scores, order))
		a, b := metrics.Line(take(all, past), pastYes)
		score := take(all, after)
		said := make([]float64, len(score))
		for i, s := range score {
			said[i] = metrics.Sigmoid(a + b*s)
		}
		j, err := judge(v.Name, score, said, converted)
		if err != nil {
			return fmt.Errorf("%w: %s: %w", ErrTable, v.Name, err)
		}
		paired, err := metrics.Compare(mine, score, converted)
		if err != nil {
			return fmt.Errorf("%w: %s: %w", ErrTable, v.Name, err)
		}
		r.Judged, r.Against = append(r.Judged, j), append(r.Against, Against{v.Name, paired})
	}
	return nil
}

// scored puts those without a score just below all others.
func scored(list []float64) []float64 {
	least := math.Inf(1)
	for _, s := range list {
		if !math.IsNaN(s) && !math.IsInf(s, 0) {
			least = min(least, s)
		}
	}
	if math.IsInf(least, 1) {
		least = 0
	}
	for i, s := range list {
		if math.IsNaN(s) || math.IsInf(s, 0) {
			list[i] = least - 1
		}
	}
	return list
}

func rate(converted []bool) float64 {
	yes := 0
	for _, c := range converted {
		if c {
			yes++
		}
	}
	return part(yes, len(converted))
}

// table counts conversions by group, in the grouping's order.
func (g *Grouping) table(converted []bool, of []string) GroupTable {
	out := GroupTable{Name: g.Name}
	for _, name := range g.Order {
		var tally Tally
		for i, c := range converted {
			if of[i] != name {
				continue
			}
			if tally.Rows++; c {
				tally.Events++
			}
		}
		out.Groups = append(out.Groups, tally.group(name))
	}
	return out
}

func (a Tally) group(name string) Group {
	rate := part(a.Events, a.Rows)
	return Group{Name: name, Rows: a.Rows, Events: a.Events, Rate: rate, SE: math.Sqrt(rate * (1 - rate) / float64(max(1, a.Rows)))}
}

// bands counts scores in twenty bands of equal width.
func bands(points []int, converted []bool) []Band {
	const n = 20
	least, most := points[0], points[0]
	for _, p := range points {
		least, most = min(least, p), max(most, p)
	}
	width := math.Max(1, math.Ceil(float64(most-least+1)/n))
	var out []Band
	for from := float64(least); from <= float64(most); from += width {
		out = append(out, Band{From: from, To: from + width})
	}
	for i, p := range points {
		b := &out[int((float64(p)-float64(least))/width)]
		if b.Rows++; converted[i] {
			b.Events++
		}
	}
	return out
}
