package hubspot

import (
	"strconv"
	"strings"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/nearest"
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
	names := make([]string, len(s.Fields))
	for i, f := range s.Fields {
		if strings.EqualFold(f.Label, name) {
			return f.Name
		}
		names[i] = f.Name
	}
	return nearest.Name(name, names)
}
