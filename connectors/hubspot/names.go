package hubspot

import (
	"strconv"

	"github.com/bareme/bareme/connectors/internal/fields"
	"github.com/bareme/bareme/crm"
)

func quoted(s string) string { return strconv.Quote(s) }

// unknownField is the error of a field HubSpot does not have, with the closest one it has.
func unknownField(op string, s crm.Schema, name string) *crm.Error {
	e := &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: s.Object, Field: name, Message: "HubSpot's " + s.Object + " have no such property"}
	if near := fields.Nearest(name, s); near != "" {
		e.Hint = "Did you mean " + near + "?"
	} else {
		e.Hint = "HubSpot lists the internal names under Settings > Properties"
	}
	return e
}
