package file

import (
	"slices"
	"strings"
	"time"

	"github.com/bareme/bareme/crm"
)

// column is what is known of one column. While the file is looked through, forms shrinks to the ways every cell so far
// can be read; a column is of a type only when all its cells are.
type column struct {
	name   string
	typ    crm.Type
	form   forms // the one way its cells are read, once decided
	filled int

	zone    *time.Location
	forms   forms
	bools   bool // every cell is a truth value
	exact   bool // some date has a time of day
	fixed   bool // text, whatever it looks like
	choices map[string]int
	shows   xlsxShows
}

// A column of few different texts is a choice.
const (
	mostOptions  = 50
	leastRepeats = 4   // each option on average at least so often
	longOption   = 100 // bytes
)

func newColumn(name string, zone *time.Location) column {
	return column{name: name, typ: crm.Text, zone: zone, forms: allNumbers | allDates, bools: true, choices: map[string]int{}}
}

// fixText makes a column text: ids are, even when they look like numbers.
func (c *column) fixText() { c.fixed, c.forms, c.bools, c.choices = true, 0, false, nil }

// observe takes one trimmed cell into account.
func (c *column) observe(cell string) {
	if cell == "" || c.name == "" {
		return
	}
	c.filled++
	if c.forms&allNumbers != 0 {
		c.forms &^= allNumbers &^ numberForms(cell)
	}
	if c.forms&allDates != 0 {
		c.forms &^= allDates &^ dateForms(cell)
		c.exact = c.exact || strings.Contains(cell, ":")
	}
	if c.bools {
		_, c.bools = truth(cell)
	}
	if c.choices == nil {
		return
	}
	c.choices[strings.Clone(cell)]++
	if len(c.choices) > mostOptions || len(cell) > longOption {
		c.choices = nil
	}
}

// decide settles the type when all cells are seen. Where two orders of date or two ways of writing numbers fit every
// cell, a file with semicolons is read the French way; any other stays text rather than being read wrongly.
func (c *column) decide(french bool) {
	switch {
	case c.fixed || c.filled == 0:
	case c.bools:
		c.typ = crm.Bool
	case c.forms&plainForm != 0:
		c.typ, c.form = crm.Number, plainForm
	case c.forms&allNumbers != 0:
		if c.form = one(c.forms&allNumbers, frenchForm, french); c.form != 0 {
			c.typ = crm.Number
		}
	case c.forms&allDates != 0:
		if c.form = one(c.forms&allDates, dayFirst, french); c.form != 0 {
			c.typ = crm.Date
			if c.exact {
				c.typ = crm.DateTime
			}
		}
	}
	if c.typ == crm.Text && len(c.choices) > 0 && len(c.choices)*leastRepeats <= c.filled {
		c.typ = crm.Choice
	}
}

// one returns the only form of a set, or the preferred one among several.
func one(set, preferred forms, prefer bool) forms {
	switch {
	case set&(set-1) == 0:
		return set
	case prefer && set&preferred != 0:
		return preferred
	default:
		return 0
	}
}

// canonical returns a trimmed cell in the canonical text of the column's type.
func (c *column) canonical(cell string) string {
	switch c.typ {
	case crm.Number:
		return canonicalNumber(cell, c.form)
	case crm.Bool:
		value, _ := truth(cell)
		return value
	case crm.Date, crm.DateTime:
		at, ok := parseDate(cell, c.form, c.zone)
		switch {
		case !ok:
			return cell
		case c.typ == crm.Date:
			return at.Format(time.DateOnly)
		default:
			return at.UTC().Format(time.RFC3339Nano)
		}
	default:
		return cell
	}
}

// field describes the column. Nothing can be written in place.
func (c *column) field() crm.Field {
	f := crm.Field{Name: c.name, Label: c.name, Type: c.typ}
	if c.typ == crm.Choice {
		for value := range c.choices {
			f.Options = append(f.Options, crm.Option{Value: value, Label: value})
		}
		slices.SortFunc(f.Options, func(a, b crm.Option) int { return strings.Compare(a.Value, b.Value) })
	}
	return f
}

// truth reads the words for yes and no, in English and French. 1 and 0 are numbers.
func truth(cell string) (string, bool) {
	switch strings.ToLower(cell) {
	case "true", "yes", "oui", "vrai":
		return "true", true
	case "false", "no", "non", "faux":
		return "false", true
	}
	return "", false
}
