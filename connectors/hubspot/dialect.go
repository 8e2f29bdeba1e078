package hubspot

import (
	"fmt"
	"regexp"

	"github.com/bareme/bareme/crm"
)

// Version is the version of HubSpot's API the connector speaks unless told otherwise. HubSpot supports each dated version
// for 18 months.
const Version = "2026-09"

// Legacy names the undated paths (/crm/v3, associations at /crm/v4), which HubSpot supports until September 2027.
const Legacy = "v3"

// dialect is where one version of the API keeps its resources.
type dialect struct {
	objects, properties, associations, owners, account, oauth string
}

var dated = regexp.MustCompile(`^20\d\d-\d\d(-beta)?$`)

func dialectOf(version string) (dialect, error) {
	switch {
	case version == "":
		return dialectOf(Version)
	case version == Legacy:
		return dialect{
			objects: "/crm/v3/objects", properties: "/crm/v3/properties", associations: "/crm/v4/associations",
			owners: "/crm/v3/owners", account: "/account-info/v3", oauth: "/oauth/v1/token",
		}, nil
	case dated.MatchString(version):
		return dialect{
			objects: "/crm/objects/" + version, properties: "/crm/properties/" + version,
			associations: "/crm/associations/" + version, owners: "/crm/owners/" + version,
			account: "/account-info/" + version, oauth: "/oauth/" + version + "/token",
		}, nil
	}
	return dialect{}, &crm.Error{Kind: crm.ErrInvalid, Op: "API version", Message: "not a version of HubSpot's API",
		Hint: fmt.Sprintf("Use a dated one such as %s, or %s", Version, Legacy)}
}

// The paths of one object. Ids are whole numbers and names are checked, so nothing here needs escaping.

func (d dialect) list(o object) string { return d.objects + "/" + o.name }
func (d dialect) record(o object, id string) string {
	return d.objects + "/" + o.name + "/" + id
}
func (d dialect) search(o object) string      { return d.objects + "/" + o.name + "/search" }
func (d dialect) batchRead(o object) string   { return d.objects + "/" + o.name + "/batch/read" }
func (d dialect) batchUpdate(o object) string { return d.objects + "/" + o.name + "/batch/update" }
func (d dialect) linked(from, to object) string {
	return d.associations + "/" + from.name + "/" + to.name + "/batch/read"
}
func (d dialect) schema(o object) string { return d.properties + "/" + o.name }
func (d dialect) groups(o object) string { return d.properties + "/" + o.name + "/groups" }
func (d dialect) property(o object, name string) string {
	return d.properties + "/" + o.name + "/" + name
}

// object is what HubSpot calls one of our objects, and what must be known to read it.
type object struct {
	ours     string
	name     string   // in paths
	modified string   // the property that holds the modified date
	when     []string // activity only: properties that say when it happened, the first with a value counts
	merges   bool     // records of it can be merged
}

const (
	mergedProperty  = "hs_merged_object_ids"
	companyProperty = "associatedcompanyid"
	engagementTime  = "hs_timestamp"
	modifiedDate    = "hs_lastmodifieddate"
)

var objects = map[string]object{
	crm.People:         {name: "contacts", modified: "lastmodifieddate", merges: true},
	crm.Companies:      {name: "companies", modified: modifiedDate, merges: true},
	crm.Deals:          {name: "deals", modified: modifiedDate, when: []string{"closedate"}},
	crm.Calls:          {name: "calls", modified: modifiedDate, when: []string{engagementTime}},
	crm.Emails:         {name: "emails", modified: modifiedDate, when: []string{engagementTime}},
	crm.Meetings:       {name: "meetings", modified: modifiedDate, when: []string{"hs_meeting_start_time", engagementTime}},
	crm.Notes:          {name: "notes", modified: modifiedDate, when: []string{engagementTime}},
	crm.Tasks:          {name: "tasks", modified: modifiedDate, when: []string{engagementTime}},
	crm.Communications: {name: "communications", modified: modifiedDate, when: []string{engagementTime}},
}

func objectOf(op, ours string) (object, error) {
	o, ok := objects[ours]
	if !ok {
		return object{}, &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: ours, Message: "HubSpot has no object called " + quoted(ours)}
	}
	o.ours = ours
	return o, nil
}

// recordsOf is objectOf for people and companies.
func recordsOf(op, ours string) (object, error) {
	o, err := objectOf(op, ours)
	if err == nil && len(o.when) > 0 {
		err = &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: ours, Message: ours + " are activity, not records"}
	}
	return o, err
}

// activityOf is objectOf for sources of activity.
func activityOf(op, ours string) (object, error) {
	o, err := objectOf(op, ours)
	if err == nil && len(o.when) == 0 {
		err = &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: ours, Message: ours + " are records, not activity"}
	}
	return o, err
}
