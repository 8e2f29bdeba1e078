package learning

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Split parts a table in time: the past, to learn from, and what came after, to judge on. About share of the rows with a
// known outcome come after; rows of one moment stay together. within is the time a conversion is given: rows whose outcome
// was not yet known at the cut are left out of the past, since nobody could have learnt from them then.
func (t *Table) Split(share float64, within time.Duration) (past, after *Table, cut time.Time, err error) {
	rows, after0, cut, err := t.splitRows(share, within)
	if err != nil {
		return nil, nil, cut, err
	}
	return t.pick(rows), t.pick(after0), cut, nil
}

func (t *Table) splitRows(share float64, within time.Duration) (past, after []int, cut time.Time, err error) {
	if t.At == nil {
		return nil, nil, cut, fmt.Errorf("%w: a split in time needs the moment of each row", ErrTable)
	}
	if !(share > 0 && share < 1) {
		return nil, nil, cut, fmt.Errorf("%w: a share of %g cannot be kept for judging: choose one between 0 and 1, as .3", ErrTable, share)
	}
	known := make([]int, 0, t.Len())
	for row, o := range t.Outcomes {
		if o != Unknown {
			known = append(known, row)
		}
	}
	if len(known) == 0 {
		return nil, nil, cut, fmt.Errorf("%w: no row has a known outcome", ErrTooFew)
	}
	moments := take(t.At, known)
	slices.SortFunc(moments, func(a, b time.Time) int { return a.Compare(b) })
	cut = moments[min(len(moments)-1, int(float64(len(moments))*(1-share)+.5))]
	for _, row := range known {
		switch {
		case !t.At[row].Before(cut):
			after = append(after, row)
		case !t.At[row].Add(within).After(cut):
			past = append(past, row)
		}
	}
	if len(past) == 0 || len(after) == 0 {
		return nil, nil, cut, fmt.Errorf("%w: all rows are of one moment, or younger than the time a conversion is given: nothing can be judged on later rows", ErrTable)
	}
	return past, after, cut, nil
}

// known are the rows with a known outcome, and whether each converted.
func (t *Table) known() (*Table, []bool) {
	var rows []int
	for row, o := range t.Outcomes {
		if o != Unknown {
			rows = append(rows, row)
		}
	}
	out := t.pick(rows)
	return out, out.converted()
}

func (t *Table) converted() []bool {
	out := make([]bool, t.Len())
	for row, o := range t.Outcomes {
		out[row] = o == Yes
	}
	return out
}

// moments are the rows' moments in Unix milliseconds, as a card takes them; nil where there are none.
func (t *Table) moments() []float64 {
	if t.At == nil {
		return nil
	}
	out := make([]float64, len(t.At))
	for row, at := range t.At {
		out[row] = float64(at.UnixMilli())
	}
	return out
}

// window is the first and the last moment.
func (t *Table) window() (from, to time.Time) {
	for _, at := range t.At {
		if from.IsZero() || at.Before(from) {
			from = at
		}
		if at.After(to) {
			to = at
		}
	}
	return from.UTC(), to.UTC()
}

// without leaves attributes out.
func (t *Table) without(names map[string]bool) *Table {
	out := *t
	out.Columns = nil
	for i := range t.Columns {
		if !names[t.Columns[i].Name] {
			out.Columns = append(out.Columns, t.Columns[i])
		}
	}
	return &out
}

// byID is the order of the rows by id.
func (t *Table) byID() []int {
	rows := make([]int, t.Len())
	for i := range rows {
		rows[i] = i
	}
	slices.SortFunc(rows, func(a, b int) int { return cmp.Compare(t.IDs[a], t.IDs[b]) })
	return rows
}
