package hubspot

import (
	"strconv"
	"strings"

	"github.com/bareme/bareme/crm"
)

func quoted(s string) string { return strconv.Quote(s) }

// unknownField is the error of a field HubSpot does not have, with the closest one it has.
func unknownField(op string, s crm.Schema, name string) *crm.Error {
	e := &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: s.Object, Field: name, Message: "HubSpot's " + s.Object + " have no such property"}
	if near := closest(name, s); near != "" {
		e.Hint = "Did you mean " + near + "?"
	} else {
		e.Hint = "HubSpot lists the internal names under Settings > Properties"
	}
	return e
}

// closest returns the name nearest to one that was mistyped, or a name whose label was given instead; "" when nothing is near.
func closest(name string, s crm.Schema) string {
	best, least := "", len(name)/3+1
	for _, f := range s.Fields {
		if strings.EqualFold(f.Label, name) || strings.EqualFold(f.Name, name) {
			return f.Name
		}
		if d := distance(name, f.Name, least); d < least || (d == least && best == "") {
			best, least = f.Name, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, replace or swap to make b of a; anything above limit is limit + 1.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit+1)
}
