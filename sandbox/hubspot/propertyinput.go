package hubspot

import (
	"regexp"
	"slices"
	"sort"
)

// propertyInput is a definition a client sends.
type propertyInput struct {
	Name            *string        `json:"name"`
	Label           *string        `json:"label"`
	Type            *string        `json:"type"`
	FieldType       *string        `json:"fieldType"`
	GroupName       *string        `json:"groupName"`
	Description     *string        `json:"description"`
	Options         *[]optionInput `json:"options"`
	DisplayOrder    *int           `json:"displayOrder"`
	HasUniqueValue  *bool          `json:"hasUniqueValue"`
	Hidden          *bool          `json:"hidden"`
	FormField       *bool          `json:"formField"`
	ExternalOptions *bool          `json:"externalOptions"`
}

// optionInput is an option a client sends.
type optionInput struct {
	Label        string `json:"label"`
	Value        string `json:"value"`
	Description  string `json:"description"`
	DisplayOrder *int   `json:"displayOrder"`
	Hidden       bool   `json:"hidden"`
}

var propertyName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func (in propertyInput) check(t *table, dated bool) *apiError {
	for _, f := range []struct {
		name  string
		value *string
	}{{"name", in.Name}, {"label", in.Label}, {"type", in.Type}, {"fieldType", in.FieldType}, {"groupName", in.GroupName}} {
		if f.value == nil || *f.value == "" {
			return badRequest("Some required fields were not set: [%s]", f.name)
		}
	}
	if !propertyName.MatchString(*in.Name) || len(*in.Name) > 100 {
		e := badRequest("Property name %q is not valid: it must begin with a letter and hold only lowercase letters, digits and underscores", *in.Name)
		e.SubCategory = "PropertyValidationError.INVALID_PROPERTY_NAME"
		return e
	}
	if t.groups[*in.GroupName] == nil || t.groups[*in.GroupName].Archived {
		e := badRequest("property group %q does not exist", *in.GroupName)
		e.SubCategory = "PropertyValidationError.PROPERTY_GROUP_NOT_FOUND"
		return e
	}
	if !goesWith(*in.Type, *in.FieldType) {
		e := badRequest("Field type %q can't be used with property type %q", *in.FieldType, *in.Type)
		e.SubCategory = "PropertyValidationError.INVALID_FIELD_TYPE"
		return e
	}
	return in.checkOptions(dated, *in.Type)
}

// goesWith says which field types HubSpot offers for a type.
func goesWith(typ, fieldType string) bool {
	allowed := map[string][]string{
		"bool":         {"booleancheckbox", "calculation_equation"},
		"date":         {"date"},
		"datetime":     {"date"},
		"enumeration":  {"booleancheckbox", "checkbox", "radio", "select", "calculation_equation"},
		"number":       {"number", "calculation_equation"},
		"phone_number": {"phonenumber"},
		"string":       {"text", "textarea", "html", "file", "phonenumber", "calculation_equation"},
	}
	return slices.Contains(allowed[typ], fieldType)
}

// checkOptions wants options where the type has them. Dated paths insist on an order, v3 does not.
func (in propertyInput) checkOptions(dated bool, typ string) *apiError {
	if in.Options == nil {
		if typ == "enumeration" && (in.ExternalOptions == nil || !*in.ExternalOptions) {
			return badRequest("Properties of type enumeration must have options")
		}
		return nil
	}
	seen := map[string]bool{}
	for _, o := range *in.Options {
		if o.Value == "" || o.Label == "" {
			return badRequest("Property options must have a label and a value")
		}
		if dated && o.DisplayOrder == nil {
			return badRequest("Some required fields were not set: [options.displayOrder]")
		}
		if seen[o.Value] {
			e := badRequest("Property option values must be unique, but %q is there twice", o.Value)
			e.SubCategory = "PropertyValidationError.DUPLICATE_OPTION_VALUE"
			return e
		}
		seen[o.Value] = true
	}
	return nil
}

func (in propertyInput) apply(p *property) {
	setText := func(to *string, from *string) {
		if from != nil {
			*to = *from
		}
	}
	setFlag := func(to *bool, from *bool) {
		if from != nil {
			*to = *from
		}
	}
	setText(&p.Label, in.Label)
	setText(&p.Type, in.Type)
	setText(&p.FieldType, in.FieldType)
	setText(&p.GroupName, in.GroupName)
	setText(&p.Description, in.Description)
	setFlag(&p.Hidden, in.Hidden)
	setFlag(&p.FormField, in.FormField)
	setFlag(&p.ExternalOptions, in.ExternalOptions)
	if in.DisplayOrder != nil {
		p.DisplayOrder = *in.DisplayOrder
	}
	if in.Options != nil {
		p.Options = make([]option, 0, len(*in.Options))
		for i, o := range *in.Options {
			order := i
			if o.DisplayOrder != nil {
				order = *o.DisplayOrder
			}
			p.Options = append(p.Options, option{o.Label, o.Value, o.Description, order, o.Hidden})
		}
		sort.SliceStable(p.Options, func(i, j int) bool { return p.Options[i].DisplayOrder < p.Options[j].DisplayOrder })
	}
	if p.Type == "bool" && len(p.Options) == 0 {
		p.Options = parseOptions("@bool")
	}
}
