package learning

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/bareme/bareme/learning/metrics"
)

// DriftCounts is all that a DriftReport is made from: how many people there are of each kind. Counts of parts, each person
// in one of them, add up to those of the whole, exactly and in any order, and are no larger for more people. They are plain
// data, to be stored as JSON.
type DriftCounts struct {
	Card       string                 `json:"card"` // which card, and which cuts of its score, they are by
	Rows       int                    `json:"rows"`
	Attributes [][]int                `json:"attributes"` // by attribute of the card, rows in each bin, as in Reference
	Scores     []int                  `json:"scores"`     // rows in each bin of the score, as in Reference
	Groupings  []GroupNames           `json:"groupings,omitempty"`
	Months     map[string]MonthCounts `json:"months"` // of rows with a known outcome, as 2026-01; "" where rows have no moments
}

// GroupNames are the groups of a Grouping.
type GroupNames struct {
	Name  string   `json:"name"`
	Order []string `json:"order"` // the best first
}

// MonthCounts are the rows of a month whose outcome is known.
type MonthCounts struct {
	From   time.Time     `json:"from,omitzero"` // the first moment
	To     time.Time     `json:"to,omitzero"`   // and the last
	Points map[int]Tally `json:"points"`        // by points of the card, which tell the probability
	Groups [][]Tally     `json:"groups"`        // by grouping, then by group
}

// Tally is rows and how many of them converted.
type Tally struct {
	Rows   int `json:"rows"`
	Events int `json:"events"`
}

// CountDrift counts recent people, or a part of them, by the bins of a card. A part may be empty. Rows with an unknown
// outcome count for the spread alone; groupings, by row of the table, are for the conversion of grades and labels.
func CountDrift(f *Fitted, t *Table, groupings ...Grouping) (*DriftCounts, error) {
	c, err := nobody(f, groupings)
	if err != nil || t.Len() == 0 {
		return c, err
	}
	if _, err := follow(t, nil, groupings); err != nil {
		return nil, err
	}
	bins, err := spread(f.Card, t)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTable, err)
	}
	points, _, err := f.Card.Table(t.Columns, t.moments(), t.Len())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTable, err)
	}
	c.Rows = t.Len()
	for i := range bins {
		c.Attributes[i] = as[int](bins[i])
	}
	c.Scores = as[int](metrics.Count(as[float64](points), f.Reference.Cuts))
	for row, outcome := range t.Outcomes {
		if outcome != Unknown {
			c.count(t, row, points[row], groupings)
		}
	}
	return c, nil
}

// nobody is the counts of no rows.
func nobody(f *Fitted, groupings []Grouping) (*DriftCounts, error) {
	card, err := f.mark()
	if err != nil {
		return nil, err
	}
	c := &DriftCounts{Card: card, Scores: make([]int, len(f.Reference.Scores)), Months: map[string]MonthCounts{}}
	c.Attributes = make([][]int, len(f.Card.Attributes))
	for i := range c.Attributes {
		c.Attributes[i] = make([]int, len(f.Card.Attributes[i].Bins)+1)
	}
	for _, g := range groupings {
		c.Groupings = append(c.Groupings, GroupNames{g.Name, slices.Clone(g.Order)})
	}
	return c, nil
}

// mark tells a card, with the cuts of its score, from others.
func (f *Fitted) mark() (string, error) {
	if err := f.valid(); err != nil {
		return "", err
	}
	text, err := json.Marshal([]any{f.Card, f.Reference.Cuts})
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrTable, err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16]), nil
}

// as makes counts of one kind of number into another.
func as[To, From int | float64](list []From) []To {
	out := make([]To, len(list))
	for i, v := range list {
		out[i] = To(v)
	}
	return out
}

func (c *DriftCounts) count(t *Table, row, points int, groupings []Grouping) {
	var at time.Time
	if t.At != nil {
		at = t.At[row].UTC()
	}
	one := Tally{Rows: 1}
	if t.Outcomes[row] == Yes {
		one.Events = 1
	}
	key := monthOf(at)
	m := c.month(key)
	m.reach(at, at)
	m.Points[points] = m.Points[points].and(one)
	for i, g := range groupings {
		for k, name := range g.Order {
			if g.Of[row] == name {
				m.Groups[i][k] = m.Groups[i][k].and(one)
			}
		}
	}
	c.Months[key] = m
}

// monthOf is as 2026-01, and "" of no moment.
func monthOf(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01")
}

// month is that of the key, to be added to.
func (c *DriftCounts) month(key string) MonthCounts {
	m, ok := c.Months[key]
	if ok {
		return m
	}
	m = MonthCounts{Points: map[int]Tally{}, Groups: make([][]Tally, len(c.Groupings))}
	for i := range m.Groups {
		m.Groups[i] = make([]Tally, len(c.Groupings[i].Order))
	}
	return m
}

func (m *MonthCounts) reach(from, to time.Time) {
	if m.From.IsZero() || from.Before(m.From) {
		m.From = from
	}
	if m.To.IsZero() || to.After(m.To) {
		m.To = to
	}
}

func (a Tally) and(b Tally) Tally { return Tally{a.Rows + b.Rows, a.Events + b.Events} }
