package salesforce

import (
	"net/http"
	"slices"
	"strings"

	"github.com/bareme/bareme/sandbox/salesforce/soql"
)

// objectFacts are what describe tells of an object as a whole.
type objectFacts struct {
	Activateable        bool              `json:"activateable"`
	Createable          bool              `json:"createable"`
	Custom              bool              `json:"custom"`
	CustomSetting       bool              `json:"customSetting"`
	Deletable           bool              `json:"deletable"`
	DeprecatedAndHidden bool              `json:"deprecatedAndHidden"`
	FeedEnabled         bool              `json:"feedEnabled"`
	HasSubtypes         bool              `json:"hasSubtypes"`
	IsSubtype           bool              `json:"isSubtype"`
	KeyPrefix           string            `json:"keyPrefix"`
	Label               string            `json:"label"`
	LabelPlural         string            `json:"labelPlural"`
	Layoutable          bool              `json:"layoutable"`
	Mergeable           bool              `json:"mergeable"`
	MruEnabled          bool              `json:"mruEnabled"`
	Name                string            `json:"name"`
	Queryable           bool              `json:"queryable"`
	Replicateable       bool              `json:"replicateable"`
	Retrieveable        bool              `json:"retrieveable"`
	Searchable          bool              `json:"searchable"`
	Triggerable         bool              `json:"triggerable"`
	Undeletable         bool              `json:"undeletable"`
	Updateable          bool              `json:"updateable"`
	URLs                map[string]string `json:"urls"`
}

func (v viewer) facts(o *object, base string) objectFacts {
	at := base + "/sobjects/" + o.name
	can := !o.setup && !o.history && v.objectLevel(o) == edit
	people := o.name == "Lead" || o.name == "Contact" || o.name == "Account"
	return objectFacts{Createable: can, Deletable: can, KeyPrefix: o.prefix, Label: o.label, LabelPlural: o.plural, Layoutable: people,
		Mergeable: people, Name: o.name, Queryable: true, Replicateable: !o.setup, Retrieveable: true, Searchable: people, Triggerable: can,
		Undeletable: can && !o.hardDelete, Updateable: can,
		URLs: map[string]string{"sobject": at, "describe": at + "/describe", "rowTemplate": at + "/{ID}"}}
}

// describeGlobal serves GET /sobjects.
func (s *Sandbox) describeGlobal(c *call) (int, any, *apiError) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := []objectFacts{}
	for _, o := range s.order {
		if c.viewer().object(o.name) != nil {
			out = append(out, c.viewer().facts(o, c.base()))
		}
	}
	return http.StatusOK, map[string]any{"encoding": "UTF-8", "maxBatchSize": mostRecords, "sobjects": out}, nil
}

// describeBasic serves GET /sobjects/{object}.
func (s *Sandbox) describeBasic(c *call) (int, any, *apiError) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	o := c.viewer().object(c.object)
	if o == nil {
		return 0, nil, notFound()
	}
	return http.StatusOK, map[string]any{"objectDescribe": c.viewer().facts(o, c.base()), "recentItems": []any{}}, nil
}

// fieldFacts are what describe tells of a field.
type fieldFacts struct {
	Aggregatable       bool     `json:"aggregatable"`
	AutoNumber         bool     `json:"autoNumber"`
	ByteLength         int      `json:"byteLength"`
	Calculated         bool     `json:"calculated"`
	CascadeDelete      bool     `json:"cascadeDelete"`
	CaseSensitive      bool     `json:"caseSensitive"`
	CompoundFieldName  *string  `json:"compoundFieldName"`
	Createable         bool     `json:"createable"`
	Custom             bool     `json:"custom"`
	DefaultValue       any      `json:"defaultValue"`
	DefaultedOnCreate  bool     `json:"defaultedOnCreate"`
	DependentPicklist  bool     `json:"dependentPicklist"`
	DeprecatedHidden   bool     `json:"deprecatedAndHidden"`
	Digits             int      `json:"digits"`
	ExternalID         bool     `json:"externalId"`
	ExtraTypeInfo      *string  `json:"extraTypeInfo"`
	Filterable         bool     `json:"filterable"`
	Groupable          bool     `json:"groupable"`
	HTMLFormatted      bool     `json:"htmlFormatted"`
	IDLookup           bool     `json:"idLookup"`
	InlineHelpText     *string  `json:"inlineHelpText"`
	Label              string   `json:"label"`
	Length             int      `json:"length"`
	Name               string   `json:"name"`
	NameField          bool     `json:"nameField"`
	NamePointing       bool     `json:"namePointing"`
	Nillable           bool     `json:"nillable"`
	Permissionable     bool     `json:"permissionable"`
	PicklistValues     []pick   `json:"picklistValues"`
	PolymorphicForeign bool     `json:"polymorphicForeignKey"`
	Precision          int      `json:"precision"`
	ReferenceTo        []string `json:"referenceTo"`
	RelationshipName   *string  `json:"relationshipName"`
	RestrictedPicklist bool     `json:"restrictedPicklist"`
	Scale              int      `json:"scale"`
	SoapType           string   `json:"soapType"`
	Sortable           bool     `json:"sortable"`
	Type               string   `json:"type"`
	Unique             bool     `json:"unique"`
	Updateable         bool     `json:"updateable"`
}

// pick is one value of a picklist.
type pick struct {
	Active       bool    `json:"active"`
	DefaultValue bool    `json:"defaultValue"`
	Label        string  `json:"label"`
	ValidFor     *string `json:"validFor"`
	Value        string  `json:"value"`
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (v viewer) fieldFacts(o *object, f *field) fieldFacts {
	can := !o.setup && !o.history && !f.readOnly && v.level(f) == edit && v.objectLevel(o) == edit
	compound := f.Kind == soql.Compound
	out := fieldFacts{Aggregatable: !compound && !f.Unfilterable && f.Kind != soql.Bool, ByteLength: 3 * f.length,
		Calculated: f.calculated && f.custom(), CompoundFieldName: optional(f.part), Createable: can, Custom: f.custom(),
		DefaultedOnCreate: f.system != nil || f.defaultTo != "" || f.Kind == soql.Bool, ExternalID: f.externalID,
		Filterable: !compound && !f.Unfilterable, Groupable: !compound && !f.Unfilterable && f.Kind != soql.DateTime && f.Kind != soql.Double,
		IDLookup: f.lookup || f.externalID || f.Name == "Id", Label: f.label, Length: f.length, Name: f.Name, NameField: f.Name == "Name",
		NamePointing: len(f.Targets) > 1, Nillable: !f.required && f.system == nil && f.Kind != soql.Bool, Permissionable: f.custom() || !f.required && f.system == nil,
		PicklistValues: []pick{}, PolymorphicForeign: len(f.Targets) > 1, Precision: f.precision, ReferenceTo: append([]string{}, f.Targets...),
		RelationshipName: optional(f.Relationship), RestrictedPicklist: f.restricted, Scale: f.scale, SoapType: soapType(f.kind),
		Sortable: !compound && !f.Unfilterable, Type: f.kind, Unique: f.unique, Updateable: can && !f.createOnly}
	if f.Kind == soql.Bool {
		out.DefaultValue = false
	}
	if f.kind == "int" {
		out.Digits, out.Precision, out.Scale = f.precision, 0, 0
	}
	for _, value := range f.options {
		out.PicklistValues = append(out.PicklistValues, pick{Active: true, DefaultValue: value == f.defaultTo, Label: value, Value: value})
	}
	return out
}

func soapType(kind string) string {
	switch kind {
	case "id", "reference":
		return "tns:ID"
	case "boolean", "int", "date":
		return "xsd:" + kind
	case "datetime":
		return "xsd:dateTime"
	case "double", "currency", "percent":
		return "xsd:double"
	case "address":
		return "urn:address"
	case "anyType":
		return "xsd:anyType"
	}
	return "xsd:string"
}

// childFacts is one relationship seen from the parent.
type childFacts struct {
	CascadeDelete    bool    `json:"cascadeDelete"`
	ChildSObject     string  `json:"childSObject"`
	Deprecated       bool    `json:"deprecatedAndHidden"`
	Field            string  `json:"field"`
	RelationshipName *string `json:"relationshipName"`
	RestrictedDelete bool    `json:"restrictedDelete"`
}

// description is the answer to describe.
type description struct {
	objectFacts
	ActionOverrides    []any        `json:"actionOverrides"`
	ChildRelationships []childFacts `json:"childRelationships"`
	Fields             []fieldFacts `json:"fields"`
	NamedLayoutInfos   []any        `json:"namedLayoutInfos"`
	RecordTypeInfos    []any        `json:"recordTypeInfos"`
	SupportedScopes    []any        `json:"supportedScopes"`
}

// describe serves GET /sobjects/{object}/describe. It shows the fields that the user may see, and no others.
func (s *Sandbox) describe(c *call) (int, any, *apiError) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	v := c.viewer()
	o := v.object(c.object)
	if o == nil {
		return 0, nil, notFound()
	}
	if since, err := http.ParseTime(c.r.Header.Get("If-Modified-Since")); err == nil && !s.schemaChanged.After(since) {
		return http.StatusNotModified, nil, nil
	}
	c.header.Set("Last-Modified", s.schemaChanged.UTC().Format(http.TimeFormat))
	out := description{objectFacts: v.facts(o, c.base()), ActionOverrides: []any{}, ChildRelationships: []childFacts{}, NamedLayoutInfos: []any{},
		RecordTypeInfos: s.recordTypes(o), SupportedScopes: []any{}}
	for _, f := range v.fields(o) {
		out.Fields = append(out.Fields, v.fieldFacts(o, f))
	}
	for _, other := range s.order {
		if v.object(other.name) == nil {
			continue
		}
		for _, f := range v.fields(other) {
			if slices.Contains(f.Targets, o.name) {
				out.ChildRelationships = append(out.ChildRelationships, childFacts{ChildSObject: other.name, Field: f.Name, RelationshipName: optional(f.child)})
			}
		}
	}
	return http.StatusOK, out, nil
}

func (s *Sandbox) recordTypes(o *object) []any {
	out := []any{map[string]any{"active": true, "available": true, "defaultRecordTypeMapping": true, "developerName": "Master", "master": true,
		"name": "Master", "recordTypeId": "012000000000000AAA", "urls": map[string]string{}}}
	for _, r := range s.objects["recordtype"].rows {
		if strings.EqualFold(r.text("SobjectType"), o.name) && !r.deleted {
			out = append(out, map[string]any{"active": r.truth("IsActive"), "available": true, "defaultRecordTypeMapping": false,
				"developerName": r.text("DeveloperName"), "master": false, "name": r.text("Name"), "recordTypeId": r.id, "urls": map[string]string{}})
		}
	}
	return out
}
