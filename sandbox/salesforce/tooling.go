package salesforce

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/bareme/bareme/sandbox/salesforce/soql"
)

// routeTooling serves /tooling/…: queries and custom fields.
func (s *Sandbox) routeTooling(c *call) handler {
	rest, method := c.rest[1:], c.r.Method
	at := func(i int) string {
		if i < len(rest) {
			return strings.ToLower(rest[i])
		}
		return ""
	}
	switch {
	case at(0) == "query" && method == http.MethodGet:
		if h, ok := s.queryDefinitions(c); ok {
			return h
		}
		c.rest = c.rest[1:]
		return s.routeQuery(c, "query")
	case at(0) != "sobjects" || at(1) != "customfield":
		return handler{}
	case len(rest) == 2 && method == http.MethodPost:
		return handler{name: "field_create", run: s.createField}
	case len(rest) == 3 && method == http.MethodGet:
		return handler{name: "field_read", run: s.readField}
	case len(rest) == 3 && method == http.MethodPatch:
		return handler{name: "field_update", run: s.updateField}
	case len(rest) == 3 && method == http.MethodDelete:
		return handler{name: "field_delete", run: s.deleteField}
	}
	return handler{}
}

// customField is the Tooling API's record of a field.
type customField struct {
	FullName string        `json:"FullName"`
	Metadata fieldMetadata `json:"Metadata"`
}

type fieldMetadata struct {
	Type        string      `json:"type"`
	Label       string      `json:"label"`
	Description string      `json:"description"`
	Help        string      `json:"inlineHelpText"`
	Length      json.Number `json:"length"`
	Precision   json.Number `json:"precision"`
	Scale       json.Number `json:"scale"`
	Required    bool        `json:"required"`
	Unique      bool        `json:"unique"`
	ExternalID  bool        `json:"externalId"`
	ValueSet    *struct {
		Restricted bool `json:"restricted"`
		Definition struct {
			Sorted bool `json:"sorted"`
			Value  []struct {
				FullName  string `json:"fullName"`
				ValueName string `json:"valueName"`
				Label     string `json:"label"`
				Default   bool   `json:"default"`
			} `json:"value"`
		} `json:"valueSetDefinition"`
	} `json:"valueSet"`
}

var fieldName = regexp.MustCompile(`^([A-Za-z]\w*)\.([A-Za-z](?:_?[A-Za-z0-9])*__c)$`)

// createField serves POST /tooling/sobjects/CustomField. Nobody sees the new field until a permission set shows it.
func (s *Sandbox) createField(c *call) (int, any, *apiError) {
	var b customField
	if err := c.decode(&b); err != nil {
		return 0, nil, err
	}
	c.inputs = 1
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.access.rights[CustomizeApplication] {
		return 0, nil, refuse("INSUFFICIENT_ACCESS", nil, "insufficient access rights on cross-reference id").topLevel()
	}
	m := fieldName.FindStringSubmatch(b.FullName)
	if m == nil {
		return 0, nil, refuse("FIELD_INTEGRITY_EXCEPTION", []string{"FullName"}, "The name of a custom field must be Object.Name__c: %s", b.FullName).topLevel()
	}
	o := c.viewer().object(m[1])
	if o == nil {
		return 0, nil, refuse("INVALID_TYPE", []string{"FullName"}, "Cannot find object %s", m[1]).topLevel()
	}
	c.object = o.name
	if o.find(m[2]) != nil {
		return 0, nil, refuse("DUPLICATE_DEVELOPER_NAME", nil, "There is already a field named %s on %s.", strings.TrimSuffix(m[2], "__c"), o.label).topLevel()
	}
	f, err := b.Metadata.field(m[2])
	if err != nil {
		return 0, nil, err.topLevel()
	}
	return http.StatusCreated, saved{ID: s.addCustom(o, f), Success: true, Errors: []resultError{}}, nil
}

// addCustom adds a field to an object. It is called with Sandbox.mu held.
func (s *Sandbox) addCustom(o *object, f *field) string {
	s.customs++
	f.id, f.Custom = recordID("00N", s.customs), true
	o.addField(f)
	s.schemaChanged = s.Now()
	if o.name == "Contact" && s.personAccounts {
		s.mirrorField(f)
	}
	return f.id
}

// metadataTypes are the field types of metadata, as describe names them.
func metadataTypes() map[string]string {
	return map[string]string{"Text": "string", "TextArea": "textarea", "LongTextArea": "textarea", "Number": "double", "Currency": "currency",
		"Percent": "percent", "Checkbox": "boolean", "Date": "date", "DateTime": "datetime", "Email": "email", "Phone": "phone", "Url": "url",
		"Picklist": "picklist", "MultiselectPicklist": "multipicklist"}
}

// field makes a field from its metadata.
func (m fieldMetadata) field(name string) (*field, *rowError) {
	kind, known := metadataTypes()[m.Type]
	if !known {
		return nil, refuse("INVALID_FIELD", []string{"Metadata"}, "The field type %q is not one this org can create.", m.Type)
	}
	if m.Label == "" {
		return nil, refuse("REQUIRED_FIELD_MISSING", []string{"Label"}, "Required fields are missing: [Label]")
	}
	number := func(n json.Number) int {
		x, _ := n.Int64() // "" is none
		return int(x)
	}
	f := &field{Field: soql.Field{Name: name}, kind: kind, label: m.Label, required: m.Required, unique: m.Unique, externalID: m.ExternalID,
		length: number(m.Length), precision: number(m.Precision), scale: number(m.Scale)}
	switch kind {
	case "double", "currency", "percent":
		f.Kind = soql.Double
		if f.precision < 1 || f.precision > 18 || f.scale > f.precision {
			return nil, refuse("INVALID_FIELD", []string{"Precision"}, "Precision must be between 1 and 18, and no smaller than scale")
		}
	case "boolean":
		f.Kind = soql.Bool
	case "date":
		f.Kind = soql.Date
	case "datetime":
		f.Kind = soql.DateTime
	case "picklist", "multipicklist":
		return m.picklist(f)
	default:
		return m.text(f)
	}
	return f, nil
}

func (m fieldMetadata) text(f *field) (*field, *rowError) {
	most := map[string]int{"Text": 255, "TextArea": 255, "LongTextArea": 131_072, "Email": 80, "Phone": 40, "Url": 255}[m.Type]
	switch m.Type {
	case "Text":
		if f.length < 1 || f.length > most {
			return nil, refuse("INVALID_FIELD", []string{"Length"}, "Must specify 'length' between 1 and %d for a CustomField of type Text", most)
		}
	case "LongTextArea":
		f.Unfilterable = true
		if f.length < 256 || f.length > most {
			return nil, refuse("INVALID_FIELD", []string{"Length"}, "Must specify 'length' between 256 and %d for a CustomField of type LongTextArea", most)
		}
	default:
		f.length = most
	}
	return f, nil
}

func (m fieldMetadata) picklist(f *field) (*field, *rowError) {
	f.length = 255
	if f.kind == "multipicklist" {
		f.Kind, f.length = soql.Multi, 4099
	}
	if m.ValueSet == nil || len(m.ValueSet.Definition.Value) == 0 {
		return nil, refuse("INVALID_FIELD", []string{"ValueSet"}, "Must specify 'valueSet' for a CustomField of type %s", m.Type)
	}
	f.restricted = m.ValueSet.Restricted
	for _, v := range m.ValueSet.Definition.Value {
		name := v.FullName
		if name == "" {
			name = v.ValueName
		}
		if slices.Contains(f.options, name) {
			return nil, refuse("DUPLICATE_VALUE", []string{"ValueSet"}, "duplicate picklist value: %s", name)
		}
		f.options = append(f.options, name)
	}
	return f, nil
}

// customByID finds a custom field by its id.
func (s *Sandbox) customByID(id string) (*object, *field) {
	full, _ := fullID(id)
	for _, o := range s.order {
		for _, f := range o.fields {
			if f.id != "" && f.id == full && o.find(f.Name) == f {
				return o, f
			}
		}
	}
	return nil, nil
}

// updateField serves PATCH /tooling/sobjects/CustomField/{id}: label, length, and the values of a picklist.
func (s *Sandbox) updateField(c *call) (int, any, *apiError) {
	var b customField
	if err := c.decode(&b); err != nil {
		return 0, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o, f := s.customByID(c.rest[3])
	if f == nil {
		return 0, nil, notFound()
	}
	next, err := b.Metadata.field(f.Name)
	if err != nil {
		return 0, nil, err.topLevel()
	}
	if next.kind != f.kind {
		return 0, nil, refuse("FIELD_INTEGRITY_EXCEPTION", []string{"Type"}, "%s.%s cannot change its type here", o.name, f.Name).topLevel()
	}
	f.label, f.length, f.precision, f.scale = next.label, next.length, next.precision, next.scale
	f.options, f.restricted, f.required = next.options, next.restricted, next.required
	s.schemaChanged = s.Now()
	return http.StatusNoContent, nil, nil
}

// deleteField serves DELETE /tooling/sobjects/CustomField/{id}.
func (s *Sandbox) deleteField(c *call) (int, any, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, f := s.customByID(c.rest[3])
	if f == nil {
		return 0, nil, notFound()
	}
	s.dropCustom(o, f)
	return http.StatusNoContent, nil, nil
}

// dropCustom takes a field away: every record's SystemModstamp moves.
func (s *Sandbox) dropCustom(o *object, f *field) {
	s.untrack(o, f)
	delete(o.byName, f.Name)
	delete(o.byName, strings.ToLower(f.Name))
	permissions := s.objects["fieldpermissions"]
	for _, r := range slices.Clone(permissions.rows) {
		if strings.EqualFold(r.text("Field"), o.name+"."+f.Name) {
			permissions.drop(r)
		}
	}
	s.regrant()
	now := s.second()
	for _, r := range o.rows {
		r.put(f, nil)
		r.stamp = now
	}
	o.stamps = nil
	s.schemaChanged = s.Now()
}

// AddField adds a custom field and, unless hidden, lets everybody see and change it. The type is one of objects.txt:
// double(5,0), string(80), picklist(A|B).
func (s *Sandbox) AddField(object, name, typed string, hidden bool, flags ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.objects[strings.ToLower(object)]
	if o == nil {
		return noSuchObject(object)
	}
	if !strings.HasSuffix(name, "__c") || o.find(name) != nil {
		return fmt.Errorf("%s: a custom field ends in __c and is not there yet", name)
	}
	f, err := newField(name, typed)
	if err != nil {
		return err
	}
	if f.Kind == soql.ID {
		f.Relationship = strings.TrimSuffix(name, "__c") + "__r"
	}
	for _, word := range flags {
		switch word {
		case "externalid":
			f.externalID = true
		case "unique":
			f.unique = true
		default:
			if err := f.flag(word); err != nil {
				return err
			}
		}
	}
	s.addCustom(o, f)
	if !hidden {
		s.access.open[strings.ToLower(o.name+"."+name)] = true
	}
	return nil
}
