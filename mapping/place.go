package mapping

import (
	"fmt"
	"strings"

	"github.com/bareme/bareme/crm"
)

// place is where a value is read: a field of the person, of the company or of the owner.
type place struct {
	object     string // crm.People, crm.Companies or crm.Owners
	field      string // as Input has it: with its connection when there are several
	connection string // "" when there is one
}

// parsePlace reads "field", "company.field", "owner.name" or "owner.email". Any other dot belongs to the field's name.
func parsePlace(s string) (place, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return place{}, fmt.Errorf("no field is named")
	}
	if field, ok := strings.CutPrefix(s, "company."); ok {
		if field == "" {
			return place{}, fmt.Errorf("%q names no field of the company", s)
		}
		return place{object: crm.Companies, field: field}, nil
	}
	if field, ok := strings.CutPrefix(s, "owner."); ok {
		if field != "name" && field != "email" {
			return place{}, fmt.Errorf("an owner has a name and an email, not %q", field)
		}
		return place{object: crm.Owners, field: field}, nil
	}
	return place{object: crm.People, field: s}, nil
}

// get returns the value of the place, "" when there is none.
func (p place) get(in *Input) string {
	switch p.object {
	case crm.Companies:
		return in.Company[p.field]
	case crm.Owners:
		owner, field := in.Owner, p.field
		if p.connection != "" {
			owner, field = in.Owners[p.connection], strings.TrimPrefix(p.field, p.connection+".")
		}
		switch {
		case owner == nil:
			return ""
		case field == "name":
			return owner.Name
		default:
			return owner.Email
		}
	default:
		return in.Person[p.field]
	}
}

// String writes the place as the model file does.
func (p place) String() string {
	kind := map[string]string{crm.Companies: "company.", crm.Owners: "owner."}[p.object]
	if p.connection != "" {
		return p.connection + "." + kind + strings.TrimPrefix(p.field, p.connection+".")
	}
	return kind + p.field
}
