package learning

import "slices"

// byMonth parts the rows of a table by calendar month, in the order of time; none where rows have no moments.
func (t *Table) byMonth() (months []string, rows map[string][]int) {
	rows = map[string][]int{}
	for row, at := range t.At {
		key := at.UTC().Format("2006-01")
		if rows[key] == nil {
			months = append(months, key)
		}
		rows[key] = append(rows[key], row)
	}
	slices.Sort(months)
	return months, rows
}

// months is what was promised and what came, by month.
func months(t *Table, converted []bool, p []float64) []Period {
	keys, rows := t.byMonth()
	var out []Period
	for _, key := range keys {
		list := rows[key]
		m := period(take(converted, list), take(p, list))
		m.From, m.To = t.At[list[0]].UTC(), t.At[list[0]].UTC()
		for _, row := range list {
			if at := t.At[row].UTC(); at.Before(m.From) {
				m.From = at
			} else if at.After(m.To) {
				m.To = at
			}
		}
		out = append(out, m)
	}
	return out
}

// months is the conversion of the groups by month, of rows with a known outcome.
func (g *Grouping) months(t *Table, of []string) GroupPeriods {
	out := GroupPeriods{Name: g.Name}
	keys, rows := t.byMonth()
	for _, key := range keys {
		var known []int
		for _, row := range rows[key] {
			if t.Outcomes[row] != Unknown {
				known = append(known, row)
			}
		}
		if len(known) == 0 {
			continue
		}
		converted := take(t.converted(), known)
		out.Periods = append(out.Periods, GroupPeriod{Month: key, Groups: g.table(converted, take(of, known)).Groups})
	}
	return out
}
