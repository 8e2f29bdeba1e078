package salesforce

import (
	"context"
	"slices"
	"strings"

	"github.com/bareme/bareme/connectors/internal/fields"
	"github.com/bareme/bareme/crm"
)

// column finds a field by name or by path through one parent, such as Account.Industry, and says what type it has.
func (c *Connector) column(ctx context.Context, d description, name string) (crm.Type, bool, error) {
	if f, ok := d.fields[name]; ok {
		return typeOf(f), true, nil
	}
	relation, field, ok := strings.Cut(name, ".")
	through, known := d.paths[relation]
	if !ok || !known || len(through.References) != 1 {
		return "", false, nil // through a field of several parents only what all have could be read
	}
	parent, err := c.describe(ctx, through.References[0])
	if err != nil {
		if coded(err, codeNoObject) {
			err = nil
		}
		return "", false, err
	}
	f, ok := parent.fields[field]
	return typeOf(f), ok, nil
}

// unknownField is the error of a field Salesforce does not show, with the closest one it does.
func unknownField(op string, s crm.Schema, name string) *crm.Error {
	e := &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: s.Object, Field: name,
		Message: "Salesforce's " + s.Object + " have no such field, or the user may not see it"}
	if strings.HasPrefix(name, individual+".") && !hasIndividuals(s) {
		e.Hint = "Switch on Data Protection and Privacy in Salesforce's Setup, and give the user Read on Individuals and on the field Individual of leads and contacts"
	} else if near := fields.Nearest(name, s); near != "" {
		e.Hint = "Did you mean " + near + "?"
	} else {
		e.Hint = "Salesforce lists API names in the Object Manager; bareme check tells a hidden field from one that does not exist"
	}
	return e
}

// hasIndividuals says whether the org keeps what people allow, and shows it.
func hasIndividuals(s crm.Schema) bool {
	return slices.ContainsFunc(s.Fields, func(f crm.Field) bool { return strings.HasPrefix(f.Name, individual+".") })
}
