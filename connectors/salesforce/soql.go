package salesforce

import (
	"strings"
	"time"
)

// query is a SOQL query under construction. Names come from describe and literals from checked ids and times, so nothing
// in it needs escaping but quote does it all the same.
type query struct {
	columns []string
	from    string
	where   []string // joined with AND
	order   []string
	all     bool // deleted and archived rows, too
}

func (q query) String() string {
	var b strings.Builder
	b.WriteString("SELECT ")
	b.WriteString(strings.Join(q.columns, ", "))
	b.WriteString(" FROM ")
	b.WriteString(q.from)
	glue := " WHERE "
	for _, w := range q.where {
		if w != "" {
			b.WriteString(glue)
			b.WriteString(w)
			glue = " AND "
		}
	}
	if len(q.order) > 0 {
		b.WriteString(" ORDER BY ")
		b.WriteString(strings.Join(q.order, ", "))
	}
	return b.String()
}

// quote makes a text literal.
func quote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`).Replace(s) + "'"
}

func quoteAll(ids []string) string {
	quoted := make([]string, len(ids))
	for i, id := range ids {
		quoted[i] = quote(id)
	}
	return "(" + strings.Join(quoted, ",") + ")"
}

// window are the conditions that leave the rows of a cursor's window after its bookmark.
func window(at cursor) []string {
	var out []string
	from := at.from()
	switch {
	case at.Stamp != "":
		stamp, _ := parseTime(at.Stamp)
		t := literal(stamp)
		out = append(out, "(("+colStamp+" = "+t+" AND "+colID+" > "+quote(at.ID)+") OR "+colStamp+" > "+t+")")
	case !from.IsZero():
		out = append(out, colStamp+" >= "+literal(from))
	}
	if at.Until != 0 {
		out = append(out, colStamp+" <= "+literal(time.Unix(at.Until, 0)))
	}
	return out
}
