package hubspot

import (
	"slices"
	"strconv"
	"strings"
)

// kind is an object type.
type kind uint8

const (
	contacts kind = iota
	companies
	deals
	calls
	emails
	meetings
	notes
	tasks
	communications
	kinds // how many there are
)

// objectMeta says what HubSpot calls an object type and what it does by default.
type objectMeta struct {
	name, singular, typeID string
	created, modified      string   // names of the properties with these times
	defaults               []string // properties answered when none are asked for
	scope                  string   // object part of crm.objects.<scope>.read
	firstID                int64
}

func objects() [kinds]objectMeta {
	engagement := func(name, singular, typeID string, firstID int64) objectMeta {
		return objectMeta{name: name, singular: singular, typeID: typeID, created: "hs_createdate", modified: "hs_lastmodifieddate",
			defaults: []string{"hs_createdate", "hs_lastmodifieddate", "hs_object_id"}, scope: "contacts", firstID: firstID}
	}
	return [kinds]objectMeta{
		contacts: {name: "contacts", singular: "contact", typeID: "0-1", created: "createdate", modified: "lastmodifieddate",
			defaults: []string{"createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"}, scope: "contacts", firstID: 101},
		companies: {name: "companies", singular: "company", typeID: "0-2", created: "createdate", modified: "hs_lastmodifieddate",
			defaults: []string{"createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"}, scope: "companies", firstID: 5_790_939_450},
		deals: {name: "deals", singular: "deal", typeID: "0-3", created: "createdate", modified: "hs_lastmodifieddate",
			defaults: []string{"amount", "closedate", "createdate", "dealname", "dealstage", "hs_lastmodifieddate", "hs_object_id", "pipeline"}, scope: "deals", firstID: 14_795_354_663},
		calls:          engagement("calls", "call", "0-48", 17_591_596_434),
		emails:         engagement("emails", "email", "0-49", 25_727_582_880),
		meetings:       engagement("meetings", "meeting", "0-47", 33_549_168_270),
		notes:          engagement("notes", "note", "0-46", 41_376_482_010),
		tasks:          engagement("tasks", "task", "0-27", 49_223_771_640),
		communications: engagement("communications", "communication", "0-18", 57_082_914_330),
	}
}

// option is one choice of an enumeration.
type option struct {
	Label        string `json:"label"`
	Value        string `json:"value"`
	Description  string `json:"description,omitempty"`
	DisplayOrder int    `json:"displayOrder"`
	Hidden       bool   `json:"hidden"`
}

// property is the definition of a field, and where records keep its values.
type property struct {
	Name, Label, Description, GroupName, Type, FieldType string
	Options                                              []option
	Calculated, ExternalOptions, HasUniqueValue, Hidden  bool
	HubspotDefined, FormField, ReadOnlyValue             bool
	DisplayOrder                                         int
	CreatedAt, UpdatedAt, ArchivedAt                     int64

	slot     uint16
	computed func(*table, *row) string // set for what HubSpot derives: such values are never stored and never bump a record
}

// group is a named set of properties.
type group struct {
	Name         string `json:"name"`
	Label        string `json:"label"`
	DisplayOrder int    `json:"displayOrder"`
	Archived     bool   `json:"archived"`
}

func newTable(k kind, meta objectMeta, now int64) *table {
	t := &table{
		kind: k, meta: meta, props: map[string]*property{}, groups: map[string]*group{},
		nextID: meta.firstID, aliases: map[int64]int64{}, unique: map[uint16]map[string]*row{},
	}
	derived := derivations(meta)
	for line := range strings.Lines(definitions(k)) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		p := parseDefinition(line)
		p.CreatedAt, p.UpdatedAt = now, now
		p.computed = derived[p.Name]
		t.addProperty(p)
		if t.groups[p.GroupName] == nil {
			t.groups[p.GroupName] = &group{Name: p.GroupName, Label: groupLabel(p.GroupName), DisplayOrder: len(t.groups)}
		}
	}
	return t
}

// parseDefinition reads one line "name|type|fieldType|group|flags|options|label" of the tables in definitions.go.
func parseDefinition(line string) *property {
	f := strings.SplitN(line, "|", 7)
	p := &property{Name: f[0], Type: f[1], FieldType: f[2], GroupName: f[3], Label: f[6], HubspotDefined: true, DisplayOrder: -1}
	for flag := range strings.FieldsSeq(f[4]) {
		switch flag {
		case "ro":
			p.ReadOnlyValue = true
		case "calc":
			p.Calculated, p.ReadOnlyValue = true, true
		case "hidden":
			p.Hidden = true
		case "uniq":
			p.HasUniqueValue = true
		case "ext":
			p.ExternalOptions = true
		case "form":
			p.FormField = true
		}
	}
	p.Options = parseOptions(f[5])
	return p
}

// parseOptions reads "value=Label;value=Label", "@set" for a shared list, or values alone.
func parseOptions(s string) []option {
	if name, shared := strings.CutPrefix(s, "@"); shared {
		s = optionSets(name)
	}
	out := []option{}
	for o := range strings.SplitSeq(s, ";") {
		if o == "" {
			continue
		}
		value, label, named := strings.Cut(o, "=")
		if !named {
			label = strings.ReplaceAll(value, "_", " ")
		}
		out = append(out, option{Value: value, Label: label, DisplayOrder: len(out)})
	}
	return out
}

func groupLabel(name string) string {
	labels := map[string]string{
		"contactinformation": "Contact information", "emailinformation": "Email information",
		"analyticsinformation": "Web analytics history", "conversioninformation": "Conversion information",
		"contact_activity": "Contact activity", "sales_properties": "Sales properties", "deal_information": "Deal information",
		"contactlcs": "Contact lifecycle stage", "companyinformation": "Company information", "dealinformation": "Deal information",
	}
	if l := labels[name]; l != "" {
		return l
	}
	return strings.ToUpper(name[:1]) + strings.ReplaceAll(name[1:], "_", " ")
}

// derivations are the values HubSpot works out itself.
func derivations(meta objectMeta) map[string]func(*table, *row) string {
	created := func(_ *table, r *row) string { return isoTime(r.created) }
	modified := func(_ *table, r *row) string { return isoTime(r.modified) }
	count := func(k kind) func(*table, *row) string {
		return func(t *table, r *row) string {
			n := len(t.linked(r, k))
			if n == 0 {
				return ""
			}
			return itoa(int64(n))
		}
	}
	d := map[string]func(*table, *row) string{
		"hs_object_id":    func(_ *table, r *row) string { return itoa(r.id) },
		meta.created:      created,
		meta.modified:     modified,
		"hs_createdate":   created,
		"hs_email_domain": emailDomain,
		// "a;b": the records merged into this one, and the same with the moment of each merge.
		"hs_merged_object_ids": func(_ *table, r *row) string {
			return joinAbsorbed(r, func(a absorbed) string { return itoa(a.id) })
		},
		"hs_calculated_merged_vids": func(_ *table, r *row) string {
			return joinAbsorbed(r, func(a absorbed) string { return itoa(a.id) + ":" + itoa(a.at) })
		},
		"hs_all_contact_vids": func(_ *table, r *row) string {
			all := joinAbsorbed(r, func(a absorbed) string { return itoa(a.id) })
			return strings.TrimSuffix(itoa(r.id)+";"+all, ";")
		},
	}
	if meta.name == "deals" {
		closed := func(stages ...string) func(*table, *row) string {
			return func(t *table, r *row) string {
				return strconv.FormatBool(slices.Contains(stages, r.values.get(t.props["dealstage"].slot)))
			}
		}
		d["hs_is_closed"], d["hs_is_closed_won"] = closed("closedwon", "closedlost"), closed("closedwon")
	} else {
		d["num_associated_deals"] = count(deals)
	}
	d["num_associated_contacts"] = count(contacts)
	return d
}

func joinAbsorbed(r *row, text func(absorbed) string) string {
	parts := make([]string, len(r.absorbed))
	for i, a := range r.absorbed {
		parts[i] = text(a)
	}
	return strings.Join(parts, ";")
}

func emailDomain(t *table, r *row) string {
	_, domain, _ := strings.Cut(r.values.get(t.props["email"].slot), "@")
	return domain
}
