package salesforce

import (
	"net/http"
	"regexp"
	"strings"
)

// definitionQuery is what a client asks the definitions of fields for: of one object, of one name, or of both. The
// Tooling API knows many more objects; this is the one that does not follow field-level security.
var definitionQuery = regexp.MustCompile(`(?i)^\s*SELECT\s+[\w\s,]+\s+FROM\s+CustomField(?:\s+WHERE\s+(.+))?$`)

var definitionFilter = regexp.MustCompile(`(?i)(DeveloperName|TableEnumOrId)\s*=\s*'(\w+)'`)

// queryDefinitions answers a query for CustomField. ok is false for any other query.
func (s *Sandbox) queryDefinitions(c *call) (handler, bool) {
	m := definitionQuery.FindStringSubmatch(c.r.URL.Query().Get("q"))
	if m == nil {
		return handler{}, false
	}
	return handler{name: "field_query", run: func(c *call) (int, any, *apiError) {
		want := map[string]string{}
		for _, f := range definitionFilter.FindAllStringSubmatch(m[1], -1) {
			want[strings.ToLower(f[1])] = f[2]
		}
		records := []map[string]any{}
		s.mu.RLock()
		defer s.mu.RUnlock()
		for _, o := range s.order {
			for _, f := range o.fields {
				name := strings.TrimSuffix(f.Name, "__c")
				if !f.Custom || f.id == "" || o.find(f.Name) != f || want["tableenumorid"] != "" && !strings.EqualFold(want["tableenumorid"], o.name) ||
					want["developername"] != "" && !strings.EqualFold(want["developername"], name) {
					continue
				}
				url := c.base() + "/tooling/sobjects/CustomField/" + f.id
				records = append(records, map[string]any{"attributes": map[string]string{"type": "CustomField", "url": url},
					"Id": f.id, "DeveloperName": name, "TableEnumOrId": o.name})
			}
		}
		return http.StatusOK, map[string]any{"size": len(records), "totalSize": len(records), "done": true, "records": records}, nil
	}}, true
}

// readField serves GET /tooling/sobjects/CustomField/{id}.
func (s *Sandbox) readField(c *call) (int, any, *apiError) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	o, f := s.customByID(c.rest[3])
	if f == nil {
		return 0, nil, notFound()
	}
	return http.StatusOK, map[string]any{"Id": f.id, "FullName": o.name + "." + f.Name, "Metadata": f.metadata()}, nil
}

// metadata is a field as the Tooling API describes it: what createField takes.
func (f *field) metadata() map[string]any {
	m := map[string]any{"label": f.label, "length": f.length, "precision": f.precision, "scale": f.scale, "required": f.required}
	for name, kind := range metadataTypes() {
		if kind == f.kind && name != "TextArea" {
			m["type"] = name
		}
	}
	if f.options == nil {
		return m
	}
	values := make([]map[string]any, len(f.options))
	for i, v := range f.options {
		values[i] = map[string]any{"fullName": v, "label": v, "default": false}
	}
	m["valueSet"] = map[string]any{"restricted": f.restricted, "valueSetDefinition": map[string]any{"sorted": false, "value": values}}
	return m
}
