package learning

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bareme/bareme/learning/scorecard"
)

// Outcome is what became of one row.
type Outcome int8

// The outcomes. The zero Outcome is "not known yet", which is not a no.
const (
	Unknown Outcome = 0
	Yes     Outcome = 1
	No      Outcome = -1
)

// Table is the history to learn from: one row for each person at the moment of scoring.
type Table struct {
	IDs      []string           // each once; rows are taken in their order, so that the order they come in changes nothing
	At       []time.Time        // the moment each row was, or would have been, scored; nil where no moment is known
	Columns  []scorecard.Column // the attributes, as they stood at that moment
	Outcomes []Outcome

	// What is known of how the attributes came to be, for the leak guard: by the name of the attribute.
	History map[string]Changes
}

// Changes is what field history tells about one attribute.
type Changes struct {
	LastChanged []time.Time // by row; the zero time where not known
	Converted   []time.Time // by row, when the outcome came; the zero time where it did not
	Unchanging  bool        // the CRM says the value cannot change after creation
}

// Len is how many rows the table has.
func (t *Table) Len() int { return len(t.IDs) }

// sorted checks the table and gives it in the order of the ids.
func (t *Table) sorted() (*Table, error) {
	if err := t.valid(); err != nil {
		return nil, err
	}
	rows := t.byID()
	for i := 1; i < len(rows); i++ {
		if t.IDs[rows[i]] == t.IDs[rows[i-1]] {
			return nil, fmt.Errorf("%w: two rows have the same id (rows %d and %d): keep one row for each person", ErrTable, rows[i-1]+1, rows[i]+1)
		}
	}
	return t.pick(rows), nil
}

func (t *Table) valid() error {
	n := t.Len()
	if n == 0 {
		return noRows()
	}
	if len(t.Outcomes) != n || t.At != nil && len(t.At) != n {
		return fmt.Errorf("%w: %d ids, %d outcomes, %d moments: each row needs one of each", ErrTable, n, len(t.Outcomes), len(t.At))
	}
	for i := range t.Columns {
		if err := t.Columns[i].Valid(n); err != nil {
			return fmt.Errorf("%w: %w", ErrTable, err)
		}
	}
	for i, at := range t.At {
		if at.IsZero() {
			return fmt.Errorf("%w: row %d has no moment: leave it out, or give moments to none", ErrTable, i+1)
		}
	}
	for name, h := range t.History {
		if len(h.LastChanged) != 0 && len(h.LastChanged) != n || len(h.Converted) != 0 && len(h.Converted) != n {
			return fmt.Errorf("%w: the history of %q does not have %d rows", ErrTable, name, n)
		}
	}
	return nil
}

func noRows() error { return fmt.Errorf("%w: it has no rows", ErrTable) }

// pick is the table of these rows, in this order.
func (t *Table) pick(rows []int) *Table {
	out := &Table{IDs: take(t.IDs, rows), At: take(t.At, rows), Outcomes: take(t.Outcomes, rows)}
	for i := range t.Columns {
		out.Columns = append(out.Columns, t.Columns[i].Pick(rows))
	}
	slices.SortFunc(out.Columns, func(a, b scorecard.Column) int { return strings.Compare(a.Name, b.Name) })
	for name, h := range t.History {
		if out.History == nil {
			out.History = map[string]Changes{}
		}
		out.History[name] = Changes{take(h.LastChanged, rows), take(h.Converted, rows), h.Unchanging}
	}
	return out
}

func take[T any](from []T, rows []int) []T {
	if from == nil {
		return nil
	}
	out := make([]T, len(rows))
	for i, r := range rows {
		out[i] = from[r]
	}
	return out
}
