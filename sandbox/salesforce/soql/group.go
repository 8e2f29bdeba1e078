package soql

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// group is one group; it stands in for a row in HAVING, ORDER BY and the result.
type group struct {
	keys []any
	sums []accumulator
}

// Value is never called: the columns of a group reach into it themselves.
func (g *group) Value(*Field) any { return nil }

type accumulator struct {
	count    int
	sum      float64
	min, max any
	distinct map[any]struct{}
}

// grouped puts the rows that pass into groups, in the order of their keys, and drops those that HAVING excludes.
func (s *Statement) grouped(r *run) []Row {
	g := s.groups
	var groups []*group
	found := map[string]*group{}
	if len(g.keys) == 0 { // one group, even of no rows
		groups = append(groups, g.open(nil))
		found[""] = groups[0]
	}
	for _, row := range s.rows(r) {
		keys, name := g.key(r, row)
		into := found[name]
		if into == nil {
			into = g.open(keys)
			found[name] = into
			groups = append(groups, into)
		}
		for i, a := range g.aggregates {
			into.sums[i].add(a, r, row)
		}
	}
	slices.SortStableFunc(groups, g.compare)
	var out []Row
	for _, x := range groups {
		if g.having(r, x) {
			out = append(out, x)
		}
	}
	return out
}

func (g *grouping) open(keys []any) *group {
	return &group{keys: keys, sums: make([]accumulator, len(g.aggregates))}
}

// key finds the group of a row: the values it is grouped by, and a name of them.
func (g *grouping) key(r *run, row Row) ([]any, string) {
	keys := make([]any, len(g.keys))
	var name strings.Builder
	for i, k := range g.keys {
		keys[i] = k.get(r, row)
		name.WriteString(keyText(keys[i]))
		name.WriteByte(0)
	}
	if len(keys) == 0 {
		return nil, ""
	}
	return keys, name.String()
}

func (g *grouping) compare(a, b *group) int {
	for i, k := range g.keys {
		if c := order(k.kind, a.keys[i], b.keys[i]); c != 0 {
			return c
		}
	}
	return 0
}

// keyText tells the keys of groups apart; text is grouped without regard to case.
func keyText(v any) string {
	switch v := v.(type) {
	case string:
		return "s" + strings.ToLower(v)
	case float64:
		return "n" + strconv.FormatFloat(v, 'g', -1, 64)
	case bool:
		return "b" + strconv.FormatBool(v)
	case time.Time:
		return "t" + v.Format(time.RFC3339Nano)
	}
	return ""
}

func (a *accumulator) add(spec aggregate, r *run, row Row) {
	if spec.of.get == nil {
		a.count++
		return
	}
	v := spec.of.get(r, row)
	if v == nil {
		return
	}
	a.count++
	switch spec.fn {
	case "SUM", "AVG":
		n, _ := v.(float64)
		a.sum += n
	case "MIN":
		if a.min == nil || order(spec.of.kind, v, a.min) < 0 {
			a.min = v
		}
	case "MAX":
		if a.max == nil || order(spec.of.kind, v, a.max) > 0 {
			a.max = v
		}
	case "COUNT_DISTINCT":
		if a.distinct == nil {
			a.distinct = map[any]struct{}{}
		}
		a.distinct[keyText(v)] = struct{}{}
	}
}

func (a *accumulator) value(fn string) any {
	switch {
	case fn == "COUNT":
		return float64(a.count)
	case fn == "COUNT_DISTINCT":
		return float64(len(a.distinct))
	case fn == "MIN":
		return a.min
	case fn == "MAX":
		return a.max
	case a.count == 0:
		return nil
	case fn == "AVG":
		return a.sum / float64(a.count)
	}
	return a.sum
}
