package hubspot

import (
	"net/http"
	"slices"
	"strings"
)

// propertyWire is a property definition as HubSpot shows it.
type propertyWire struct {
	UpdatedAt            string               `json:"updatedAt"`
	CreatedAt            string               `json:"createdAt"`
	ArchivedAt           string               `json:"archivedAt,omitempty"`
	Name                 string               `json:"name"`
	Label                string               `json:"label"`
	Type                 string               `json:"type"`
	FieldType            string               `json:"fieldType"`
	Description          string               `json:"description"`
	GroupName            string               `json:"groupName"`
	Options              []option             `json:"options"`
	DisplayOrder         int                  `json:"displayOrder"`
	Calculated           bool                 `json:"calculated"`
	ExternalOptions      bool                 `json:"externalOptions"`
	Archived             bool                 `json:"archived"`
	HasUniqueValue       bool                 `json:"hasUniqueValue"`
	Hidden               bool                 `json:"hidden"`
	HubspotDefined       *bool                `json:"hubspotDefined,omitempty"`
	ModificationMetadata modificationMetadata `json:"modificationMetadata"`
	FormField            bool                 `json:"formField"`
	DataSensitivity      string               `json:"dataSensitivity"`
}

type modificationMetadata struct {
	Archivable         bool  `json:"archivable"`
	ReadOnlyDefinition bool  `json:"readOnlyDefinition"`
	ReadOnlyOptions    *bool `json:"readOnlyOptions,omitempty"`
	ReadOnlyValue      bool  `json:"readOnlyValue"`
}

func (p *property) wire() propertyWire {
	w := propertyWire{
		UpdatedAt: isoTime(p.UpdatedAt), CreatedAt: isoTime(p.CreatedAt), Name: p.Name, Label: p.Label, Type: p.Type,
		FieldType: p.FieldType, Description: p.Description, GroupName: p.GroupName, Options: p.Options,
		DisplayOrder: p.DisplayOrder, Calculated: p.Calculated, ExternalOptions: p.ExternalOptions, Archived: p.ArchivedAt != 0,
		HasUniqueValue: p.HasUniqueValue, Hidden: p.Hidden, FormField: p.FormField, DataSensitivity: "non_sensitive",
		ModificationMetadata: modificationMetadata{Archivable: !p.HubspotDefined, ReadOnlyDefinition: p.HubspotDefined, ReadOnlyValue: p.ReadOnlyValue},
	}
	if w.Options == nil {
		w.Options = []option{}
	}
	if p.ArchivedAt != 0 {
		w.ArchivedAt = isoTime(p.ArchivedAt)
	}
	if p.HubspotDefined {
		w.HubspotDefined = &p.HubspotDefined
	}
	return w
}

// routeProperties serves /crm/properties/….
func (s *Sandbox) routeProperties(c *call, rest []string) operation {
	if len(rest) == 0 {
		return operation{}
	}
	t := s.byName[rest[0]]
	if t == nil {
		c.id = rest[0]
		return operation{name: "unknown", class: burstLimit, run: unknownObject}
	}
	c.table = t
	rest = rest[1:]
	if len(rest) > 0 && rest[0] == "groups" {
		return s.routeGroups(c, rest[1:])
	}
	op := func(name string, scopes []string, run func(*call) (int, any, *apiError)) operation {
		return operation{name: name, class: burstLimit, scopes: scopes, run: run}
	}
	read, write := schemaRead(t), schemaWrite(t)
	switch c.r.Method + " " + strings.Join(rest, "/") {
	case "GET ":
		return op("properties_list", read, s.listProperties)
	case "POST ":
		return op("property_create", write, s.createProperty)
	case "POST batch/read":
		return op("properties_read", read, s.batchReadProperties)
	case "POST batch/create":
		return op("properties_create", write, s.batchCreateProperties)
	case "POST batch/archive":
		return op("properties_archive", write, s.batchArchiveProperties)
	}
	if len(rest) != 1 {
		return operation{}
	}
	c.id = rest[0]
	switch c.r.Method {
	case http.MethodGet:
		return op("property_read", read, s.getProperty)
	case http.MethodPatch:
		return op("property_update", write, s.patchProperty)
	case http.MethodDelete:
		return op("property_archive", write, s.deleteProperty)
	}
	return operation{}
}

func schemaRead(t *table) []string {
	return []string{"crm.objects." + t.meta.scope + ".read|crm.objects." + t.meta.scope + ".write|crm.schemas." + t.meta.scope + ".read"}
}

func schemaWrite(t *table) []string { return []string{"crm.schemas." + t.meta.scope + ".write"} }

func (s *Sandbox) listProperties(c *call) (int, any, *apiError) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := []propertyWire{}
	for _, name := range sortedKeys(c.table.props) {
		if p := c.table.props[name]; (p.ArchivedAt != 0) == c.archived() {
			out = append(out, p.wire())
		}
	}
	c.records = len(out)
	return http.StatusOK, map[string]any{"results": out}, nil
}

func (s *Sandbox) getProperty(c *call) (int, any, *apiError) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	p := c.table.props[c.id]
	if p == nil || (p.ArchivedAt != 0) != c.archived() {
		return 0, nil, noProperty(c.id)
	}
	return http.StatusOK, p.wire(), nil
}

func noProperty(name string) *apiError {
	return fail(http.StatusNotFound, "OBJECT_NOT_FOUND", "Property %q does not exist", name)
}

func (s *Sandbox) createProperty(c *call) (int, any, *apiError) {
	var in propertyInput
	if err := c.decode(&in); err != nil {
		return 0, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.defineProperty(c, in)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, p.wire(), nil
}

// defineProperty makes a property, or brings an archived one of that name back.
func (s *Sandbox) defineProperty(c *call, in propertyInput) (*property, *apiError) {
	t := c.table
	if err := in.check(t, c.dated); err != nil {
		return nil, err
	}
	p := t.props[*in.Name]
	if p != nil && p.ArchivedAt == 0 {
		e := fail(http.StatusConflict, "OBJECT_ALREADY_EXISTS", "A property named '%s' already exists.", p.Name)
		e.SubCategory = "Properties.PROPERTY_WITH_NAME_EXISTS"
		return nil, e
	}
	unique := in.HasUniqueValue != nil && *in.HasUniqueValue
	if unique && p == nil && len(t.unique) > 10 {
		return nil, badRequest("An object can have at most 10 properties with unique values")
	}
	if p == nil {
		p = &property{Name: *in.Name, HasUniqueValue: unique, DisplayOrder: -1}
		in.apply(p)
		t.addProperty(p)
	}
	in.apply(p)
	p.CreatedAt, p.UpdatedAt, p.ArchivedAt = c.now, c.now, 0
	return p, nil
}

// patchProperty changes a definition. A list of options replaces the old list whole.
func (s *Sandbox) patchProperty(c *call) (int, any, *apiError) {
	var in propertyInput
	if err := c.decode(&in); err != nil {
		return 0, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := c.table.property(c.id)
	if p == nil {
		return 0, nil, noProperty(c.id)
	}
	if p.HubspotDefined && in.Options == nil {
		e := badRequest("The definition of property %q is read only", p.Name)
		e.SubCategory = "PropertyValidationError.READ_ONLY_DEFINITION"
		return 0, nil, e
	}
	if err := in.checkOptions(c.dated, ""); err != nil {
		return 0, nil, err
	}
	if in.GroupName != nil && c.table.groups[*in.GroupName] == nil {
		return 0, nil, badRequest("property group %q does not exist", *in.GroupName)
	}
	in.apply(p)
	p.UpdatedAt = c.now
	return http.StatusOK, p.wire(), nil
}

func (s *Sandbox) deleteProperty(c *call) (int, any, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return http.StatusNoContent, nil, s.archiveProperty(c, c.id)
}

func (s *Sandbox) archiveProperty(c *call, name string) *apiError {
	p := c.table.property(name)
	if p == nil {
		return noProperty(name)
	}
	inUse := slices.ContainsFunc(s.rules, func(r requirement) bool { return r.Property == name || r.When == name })
	if p.HubspotDefined || inUse {
		e := badRequest("Property %q is in use and can't be deleted", name)
		e.SubCategory = "PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE"
		return e
	}
	p.ArchivedAt = c.now
	return nil
}
