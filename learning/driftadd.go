package learning

import (
	"fmt"
	"math"
	"slices"
)

// mostRows keeps sums far from overflow.
const mostRows = math.MaxInt32

// Add adds the counts of other people. It fails, and changes nothing, where either was not counted right, or not by the
// same card and groups.
func (c *DriftCounts) Add(other *DriftCounts) error {
	for _, each := range []*DriftCounts{c, other} {
		if err := each.valid(); err != nil {
			return err
		}
	}
	if !c.like(other) {
		return fmt.Errorf("%w: counts of drift by two cards, or by other groups, cannot be added: count again", ErrTable)
	}
	if other.Rows > mostRows-c.Rows {
		return fmt.Errorf("%w: more than %d rows cannot be counted", ErrTable, mostRows)
	}
	c.Rows += other.Rows
	for i, list := range other.Attributes {
		add(c.Attributes[i], list)
	}
	add(c.Scores, other.Scores)
	for key, more := range other.Months {
		m := c.month(key)
		m.reach(more.From, more.To)
		for points, tally := range more.Points {
			m.Points[points] = m.Points[points].and(tally)
		}
		for i, list := range more.Groups {
			for k, tally := range list {
				m.Groups[i][k] = m.Groups[i][k].and(tally)
			}
		}
		c.Months[key] = m
	}
	return nil
}

func add(to, from []int) {
	for i, n := range from {
		to[i] += n
	}
}

// like reports whether both are by the same card and groups.
func (c *DriftCounts) like(other *DriftCounts) bool {
	return c.Card == other.Card && len(c.Scores) == len(other.Scores) &&
		slices.EqualFunc(c.Attributes, other.Attributes, func(a, b []int) bool { return len(a) == len(b) }) &&
		slices.EqualFunc(c.Groupings, other.Groupings, func(a, b GroupNames) bool { return a.Name == b.Name && slices.Equal(a.Order, b.Order) })
}

// of reports whether they were counted right, and by this card.
func (c *DriftCounts) of(f *Fitted) error {
	if err := c.valid(); err != nil {
		return err
	}
	none, err := nobody(f, nil)
	if err != nil {
		return err
	}
	if none.Groupings = c.Groupings; !c.like(none) {
		return fmt.Errorf("%w: the counts of drift are by another card: count again", ErrTable)
	}
	least, most := f.Card.Range()
	for _, m := range c.Months {
		for points := range m.Points {
			if points < least || points > most {
				return broken("%d points, and the card gives %d to %d", points, least, most)
			}
		}
	}
	return nil
}

func broken(what string, args ...any) error {
	return fmt.Errorf("%w: the counts of drift do not add up (%s): count again", ErrTable, fmt.Sprintf(what, args...))
}

func (c *DriftCounts) valid() error {
	if c == nil || c.Card == "" || c.Months == nil || c.Rows < 0 || c.Rows > mostRows {
		return broken("there are none")
	}
	for i, list := range c.Attributes {
		if !sumTo(list, c.Rows) {
			return broken("attribute %d", i+1)
		}
	}
	if !sumTo(c.Scores, c.Rows) {
		return broken("the score")
	}
	rows := 0
	for key, m := range c.Months {
		n, ok := m.valid(key, c.Groupings)
		if !ok || n > c.Rows-rows {
			return broken("month %q", key)
		}
		rows += n
	}
	return nil
}

// sumTo reports whether counts sum to so many rows.
func sumTo(list []int, rows int) bool {
	for _, n := range list {
		if n < 0 || n > rows {
			return false
		}
		rows -= n
	}
	return rows == 0
}

// valid counts the rows of the month.
func (m *MonthCounts) valid(key string, groupings []GroupNames) (rows int, ok bool) {
	if monthOf(m.From) != key || monthOf(m.To) != key || m.To.Before(m.From) || len(m.Groups) != len(groupings) {
		return 0, false
	}
	for _, tally := range m.Points {
		if tally.Rows == 0 || !tally.within(mostRows-rows) {
			return 0, false
		}
		rows += tally.Rows
	}
	for i, list := range m.Groups {
		if len(list) != len(groupings[i].Order) || slices.ContainsFunc(list, func(t Tally) bool { return !t.within(rows) }) {
			return 0, false
		}
	}
	return rows, rows > 0
}

func (a Tally) within(rows int) bool { return a.Events >= 0 && a.Events <= a.Rows && a.Rows <= rows }
