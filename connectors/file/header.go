package file

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"unicode"
)

// trim removes white space around a cell, the kinds people paste included.
func trim(s string) string { return strings.TrimFunc(s, unicode.IsSpace) }

func blank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(c string) bool { return trim(c) != "" })
}

// takeHeader checks the names of the columns. A column without name is passed over in reading and copied in writing:
// exports end their header with a comma.
func (s *Sheet) takeHeader(cells []string) error {
	s.header = slices.Clone(cells)
	if blank(cells) {
		return s.wrong("row 1 is empty where the column names should be", "Put a name above every column")
	}
	seen := map[string]int{}
	for i, cell := range cells {
		name := trim(cell)
		if name == "" {
			continue
		}
		if first, ok := seen[name]; ok {
			return s.wrong(fmt.Sprintf("columns %d and %d are both called %q", first+1, i+1, name), "Rename one of them")
		}
		seen[name] = i
	}
	if i, what := looksLikeData(cells); what != "" {
		// The cell may be a person's: it is not repeated.
		return s.wrong(fmt.Sprintf("row 1 has no column names: cell %d is %s", i+1, what), "Put a row with the column names on top")
	}
	s.columns = make([]column, len(cells))
	for i, cell := range cells {
		s.columns[i] = newColumn(trim(cell), s.o.Location)
	}
	if s.o.IDColumn == "" {
		return nil
	}
	i, ok := seen[s.o.IDColumn]
	if !ok {
		return s.wrong(fmt.Sprintf("there is no column %q for the ids", s.o.IDColumn), "The columns are "+list(s.names(), 40))
	}
	s.id = i
	s.columns[i].fixText()
	return nil
}

// names returns the names of the columns that have one, in their order.
func (s *Sheet) names() []string {
	var out []string
	for _, cell := range s.header {
		if name := trim(cell); name != "" {
			out = append(out, name)
		}
	}
	return out
}

func list(names []string, most int) string {
	text := strings.Join(names[:min(len(names), most)], ", ")
	if len(names) > most {
		text += fmt.Sprintf(" and %d more", len(names)-most)
	}
	return text
}

// looksLikeData finds what no column is called: an e-mail address, a date, or mostly numbers. Years alone may be names.
func looksLikeData(cells []string) (at int, what string) {
	named, numbers, first := 0, 0, 0
	for i, cell := range cells {
		cell = trim(cell)
		if cell == "" {
			continue
		}
		named++
		local, domain, ok := strings.Cut(cell, "@")
		switch {
		case ok && local != "" && strings.Contains(domain, ".") && !strings.ContainsAny(cell, " \t"):
			return i, "an e-mail address"
		case dateForms(cell) != 0:
			return i, "a date"
		case numberForms(cell) != 0:
			if numbers++; numbers == 1 {
				first = i
			}
		}
	}
	if numbers*2 > named {
		return first, "a number, as most of the row"
	}
	return 0, ""
}

// ids finds duplicates by hash: eight bytes an id, whatever its length.
type ids struct {
	seed          maphash.Seed
	seen          map[uint64]int32
	twice         int
	first, second int
}

func newIDs() *ids { return &ids{seed: maphash.MakeSeed(), seen: map[uint64]int32{}} }

func (d *ids) add(id string, row int) {
	hash := maphash.String(d.seed, id)
	if first, ok := d.seen[hash]; ok {
		if d.twice++; d.twice == 1 {
			d.first, d.second = int(first), row
		}
		return
	}
	d.seen[hash] = int32(row)
}
