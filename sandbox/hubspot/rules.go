package hubspot

import "slices"

// requirement is an administrator's rule: a property must have a value, always or when another has a certain one.
type requirement struct {
	Object   string `json:"object"`
	Property string `json:"property"`
	When     string `json:"when,omitempty"`   // the property the rule depends on; "": on creation, always
	Equals   string `json:"equals,omitempty"` // its value
}

// required applies the rules to a record as it would be after a write.
func (s *Sandbox) required(t *table, r *row, values map[uint16]string) *apiError {
	var bad []errorDetail
	after := func(p *property) string {
		if v, written := values[p.slot]; written {
			return v
		}
		if r == nil {
			return ""
		}
		return t.value(r, p)
	}
	for _, rule := range s.rules {
		p := t.property(rule.Property)
		if s.byName[rule.Object] != t || p == nil || after(p) != "" {
			continue
		}
		context := map[string][]string{"propertyName": {p.Name}}
		if rule.When == "" && r == nil {
			bad = append(bad, errorDetail{Code: "MISSING_REQUIRED_PROPERTY", Context: context, Message: "A value for " + p.Name + " must be provided"})
		}
		if on := t.property(rule.When); on != nil && after(on) == rule.Equals {
			bad = append(bad, errorDetail{Code: "MISSING_CONDITIONAL_REQUIRED_PROPERTY", Context: context,
				Message: p.Name + " is required because of a conditional property rule based on [" + on.Name + "]"})
		}
	}
	if bad == nil {
		return nil
	}
	e := badRequest("The property values provided are invalid")
	e.Errors = bad
	return e
}

// Require adds an administrator's rule: records of an object must have a value for property; with when and equals
// only those whose property when has that value.
func (s *Sandbox) Require(object, property, when, equals string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.byName[object]
	if t == nil || t.property(property) == nil {
		return badRequest("no property %q of %q", property, object)
	}
	s.rules = append(s.rules, requirement{object, property, when, equals})
	return nil
}

// DropRules removes every administrator's rule.
func (s *Sandbox) DropRules() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = slices.Delete(s.rules, 0, len(s.rules))
}
