package hubspot

import (
	"net/http"
)

type groupInput struct {
	Name         *string `json:"name"`
	Label        *string `json:"label"`
	DisplayOrder *int    `json:"displayOrder"`
}

// routeGroups serves /crm/properties/…/{object}/groups.
func (s *Sandbox) routeGroups(c *call, rest []string) operation {
	op := func(name string, scopes []string, run func(*call) (int, any, *apiError)) operation {
		return operation{name: name, class: burstLimit, scopes: scopes, run: run}
	}
	read, write := schemaRead(c.table), schemaWrite(c.table)
	if len(rest) == 0 {
		switch c.r.Method {
		case http.MethodGet:
			return op("groups_list", read, s.listGroups)
		case http.MethodPost:
			return op("group_create", write, s.createGroup)
		}
		return operation{}
	}
	if len(rest) > 1 {
		return operation{}
	}
	c.id = rest[0]
	switch c.r.Method {
	case http.MethodGet:
		return op("group_read", read, s.getGroup)
	case http.MethodPatch:
		return op("group_update", write, s.patchGroup)
	case http.MethodDelete:
		return op("group_archive", write, s.deleteGroup)
	}
	return operation{}
}

func (s *Sandbox) listGroups(c *call) (int, any, *apiError) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := []group{}
	for _, name := range sortedKeys(c.table.groups) {
		if g := c.table.groups[name]; !g.Archived {
			out = append(out, *g)
		}
	}
	c.records = len(out)
	return http.StatusOK, map[string]any{"results": out}, nil
}

func (s *Sandbox) liveGroup(c *call) (*group, *apiError) {
	g := c.table.groups[c.id]
	if g == nil || g.Archived {
		return nil, fail(http.StatusNotFound, "OBJECT_NOT_FOUND", "Property group %q does not exist", c.id)
	}
	return g, nil
}

func (s *Sandbox) getGroup(c *call) (int, any, *apiError) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	g, err := s.liveGroup(c)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, *g, nil
}

func (s *Sandbox) createGroup(c *call) (int, any, *apiError) {
	var in groupInput
	if err := c.decode(&in); err != nil {
		return 0, nil, err
	}
	if in.Name == nil || in.Label == nil || *in.Name == "" || *in.Label == "" {
		return 0, nil, badRequest("Some required fields were not set: [name, label]")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if g := c.table.groups[*in.Name]; g != nil && !g.Archived {
		e := fail(http.StatusConflict, "OBJECT_ALREADY_EXISTS", "A property group named '%s' already exists.", g.Name)
		e.SubCategory = "PropertyGroups.PROPERTY_GROUP_WITH_NAME_EXISTS"
		return 0, nil, e
	}
	g := &group{Name: *in.Name, Label: *in.Label, DisplayOrder: -1}
	if in.DisplayOrder != nil {
		g.DisplayOrder = *in.DisplayOrder
	}
	c.table.groups[g.Name] = g
	return http.StatusCreated, *g, nil
}

func (s *Sandbox) patchGroup(c *call) (int, any, *apiError) {
	var in groupInput
	if err := c.decode(&in); err != nil {
		return 0, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.liveGroup(c)
	if err != nil {
		return 0, nil, err
	}
	if in.Label != nil {
		g.Label = *in.Label
	}
	if in.DisplayOrder != nil {
		g.DisplayOrder = *in.DisplayOrder
	}
	return http.StatusOK, *g, nil
}

func (s *Sandbox) deleteGroup(c *call) (int, any, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.liveGroup(c)
	if err != nil {
		return 0, nil, err
	}
	for _, p := range c.table.props {
		if p.GroupName == g.Name && p.ArchivedAt == 0 {
			e := badRequest("Property group %q still has properties and can't be deleted", g.Name)
			e.SubCategory = "PropertyGroupError.GROUP_WITH_ACTIVE_PROPERTIES"
			return 0, nil, e
		}
	}
	g.Archived = true
	return http.StatusNoContent, nil, nil
}
