package hubspot

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
)

// flexible is a JSON string or number, kept as text.
type flexible string

// UnmarshalJSON takes a string, a number, a boolean or null.
func (f *flexible) UnmarshalJSON(raw []byte) error {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		*f = flexible(s)
		return nil
	}
	*f = flexible(strings.Trim(string(raw), `"`))
	return nil
}

// searchSort is {"propertyName","direction"}, or a name alone; "-name" descends.
type searchSort struct {
	PropertyName string `json:"propertyName"`
	Direction    string `json:"direction"`
}

// UnmarshalJSON takes both forms HubSpot accepts.
func (s *searchSort) UnmarshalJSON(raw []byte) error {
	var name string
	if json.Unmarshal(raw, &name) == nil {
		s.PropertyName = strings.TrimPrefix(name, "-")
		if s.PropertyName != name {
			s.Direction = "DESCENDING"
		}
		return nil
	}
	type plain searchSort
	return json.Unmarshal(raw, (*plain)(s))
}

// condition is one filter, ready to be tried.
type condition struct {
	prop     *property // nil: the pseudo-property associations.<object>
	linked   kind
	operator string
	value    operand
	high     operand
	values   []string
}

// operand is a filter's value as text and as number.
type operand struct {
	text   string
	number float64
}

func (s *Sandbox) condition(t *table, f filter) (condition, *apiError) {
	c := condition{operator: f.Operator}
	if name, pseudo := strings.CutPrefix(f.PropertyName, "associations."); pseudo && s.byName[name] != nil {
		c.linked = s.byName[name].kind
	} else if c.prop = t.property(f.PropertyName); c.prop == nil {
		return c, badRequest("There was a problem with the request: property %q doesn't exist", f.PropertyName)
	}
	c.value, c.high = c.operand(string(f.Value)), c.operand(string(f.HighValue))
	for _, v := range f.Values {
		c.values = append(c.values, strings.ToLower(v))
	}
	switch f.Operator {
	case "HAS_PROPERTY", "NOT_HAS_PROPERTY":
	case "IN", "NOT_IN":
		if len(f.Values) == 0 {
			return c, badRequest("operator %s requires values", f.Operator)
		}
	case "BETWEEN":
		if f.Value == "" || f.HighValue == "" {
			return c, badRequest("operator BETWEEN requires value and highValue")
		}
	case "EQ", "NEQ", "LT", "LTE", "GT", "GTE", "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN":
		if f.Value == "" {
			return c, badRequest("operator %s requires a value", f.Operator)
		}
	default:
		return c, badRequest("Unknown operator %q", f.Operator)
	}
	return c, nil
}

func (c condition) operand(text string) operand {
	o := operand{text: strings.ToLower(text)}
	if c.prop != nil {
		o.number = numberOf(c.prop, text)
	}
	return o
}

// numberOf is a value as the number it compares by: text has none.
func numberOf(p *property, text string) float64 {
	switch p.Type {
	case "date", "datetime":
		if ms, ok := parseTime(text); ok {
			return float64(ms)
		}
	case "number":
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return n
		}
	}
	return 0
}

// span is a stretch of whole numbers, both ends included.
type span struct{ from, to int64 }

func (s span) holds(n int64) bool { return n >= s.from && n <= s.to }

// conditions are the filters of a group, which must all hold. Those on record id and modified time, which every sync
// uses, become plain comparisons.
type conditions struct {
	id, modified span
	rest         []condition
}

func anything() conditions {
	everywhere := span{math.MinInt64, math.MaxInt64 - 1}
	return conditions{id: everywhere, modified: everywhere}
}

func (g *conditions) and(t *table, c condition) {
	s, simple := c.span()
	switch {
	case simple && c.prop != nil && c.prop.Name == "hs_object_id":
		g.id = span{max(g.id.from, s.from), min(g.id.to, s.to)}
	case simple && c.prop != nil && c.prop.Name == t.meta.modified:
		g.modified = span{max(g.modified.from, s.from), min(g.modified.to, s.to)}
	default:
		g.rest = append(g.rest, c)
	}
}

// span is the stretch of numbers a condition leaves open, if it is one.
func (c condition) span() (span, bool) {
	v := int64(c.value.number)
	switch c.operator {
	case "EQ":
		return span{v, v}, true
	case "GT":
		return span{v + 1, math.MaxInt64 - 1}, true
	case "GTE":
		return span{v, math.MaxInt64 - 1}, true
	case "LT":
		return span{math.MinInt64, v - 1}, true
	case "LTE":
		return span{math.MinInt64, v}, true
	case "BETWEEN":
		return span{v, int64(c.high.number)}, true
	}
	return span{}, false
}

// matches tries an index entry: groups are alternatives.
func (p *searchPlan) matches(t *table, e entry) bool {
	fits := len(p.groups) == 0
	for i := 0; i < len(p.groups) && !fits; i++ {
		g := &p.groups[i]
		fits = g.id.holds(e.id) && g.modified.holds(e.at) && (g.rest == nil || g.restHolds(t, e))
	}
	return fits && (len(p.words) == 0 || p.mentions(t, e))
}

func (g *conditions) restHolds(t *table, e entry) bool {
	for i := range g.rest {
		if !g.rest[i].holds(t, e) {
			return false
		}
	}
	return true
}

// mentions says whether a record contains every word of a full-text query in one of its default properties.
func (p *searchPlan) mentions(t *table, e entry) bool {
	var all strings.Builder
	for _, name := range t.meta.defaults {
		all.WriteString(strings.ToLower(t.value(hit{e: e}.shown(), t.props[name])))
		all.WriteByte(' ')
	}
	return !slices.ContainsFunc(p.words, func(w string) bool { return !strings.Contains(all.String(), w) })
}

func (c *condition) holds(t *table, e entry) bool {
	if c.prop == nil {
		return c.holdsLink(e.r)
	}
	switch c.prop.Name { // the two every sync uses need no look at the record
	case "hs_object_id":
		return c.compare(float64(e.id), "")
	case t.meta.modified:
		return c.compare(float64(e.at), "")
	}
	value := t.value(hit{e: e}.shown(), c.prop)
	if value == "" {
		return c.operator == "NOT_HAS_PROPERTY" || c.operator == "NOT_IN" || c.operator == "NEQ" || c.operator == "NOT_CONTAINS_TOKEN"
	}
	return c.compare(numberOf(c.prop, value), strings.ToLower(value))
}

func (c *condition) holdsLink(r *row) bool {
	id, _ := recordID(c.value.text)
	has := slices.ContainsFunc(r.links, func(l link) bool {
		return l.kind == c.linked && (l.to == id || slices.Contains(c.values, itoa(l.to)))
	})
	return has == (c.operator == "EQ" || c.operator == "IN")
}

// compare tries a value that is set.
func (c *condition) compare(number float64, text string) bool {
	numeric := c.prop.Type == "number" || c.prop.Type == "date" || c.prop.Type == "datetime"
	order := func(o operand) int {
		if !numeric {
			return strings.Compare(text, o.text)
		}
		switch {
		case number < o.number:
			return -1
		case number > o.number:
			return 1
		}
		return 0
	}
	switch c.operator {
	case "EQ":
		return order(c.value) == 0
	case "NEQ":
		return order(c.value) != 0
	case "LT":
		return order(c.value) < 0
	case "LTE":
		return order(c.value) <= 0
	case "GT":
		return order(c.value) > 0
	case "GTE":
		return order(c.value) >= 0
	case "BETWEEN":
		return order(c.value) >= 0 && order(c.high) <= 0
	case "IN", "NOT_IN":
		in := slices.ContainsFunc(c.values, func(v string) bool { return order(c.operand(v)) == 0 })
		return in == (c.operator == "IN")
	case "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN":
		return tokens(text, c.value.text) == (c.operator == "CONTAINS_TOKEN")
	}
	return c.operator == "HAS_PROPERTY"
}

// tokens says whether text has a word equal to pattern; a * in pattern stands for any letters at its ends.
func tokens(text, pattern string) bool {
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" @.,;:/-_", r) })
	words = append(words, text)
	bare := strings.Trim(pattern, "*")
	return slices.ContainsFunc(words, func(w string) bool {
		switch {
		case strings.HasPrefix(pattern, "*") && strings.HasSuffix(pattern, "*"):
			return strings.Contains(w, bare)
		case strings.HasPrefix(pattern, "*"):
			return strings.HasSuffix(w, bare)
		case strings.HasSuffix(pattern, "*"):
			return strings.HasPrefix(w, bare)
		}
		return w == bare
	})
}
