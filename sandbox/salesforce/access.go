package salesforce

import (
	"cmp"
	"strings"

	"github.com/bareme/bareme/sandbox/salesforce/soql"
)

// level is how far a user's access to a field goes.
type level uint8

const (
	none level = iota
	read
	edit
)

// access is who may see and change what, kept under Sandbox.mu.
type access struct {
	granted map[string]map[string]level // by user id, then "object" or "object.field" in lower case: from permission sets
	hidden  map[string]level            // what the profile leaves of "object" or "object.field": none or read
	open    map[string]bool             // custom fields that everybody sees
	rights  map[Right]bool              // what every user of the API may do
}

// Right is a system permission of the API users.
type Right string

// The rights that matter here.
const (
	CustomizeApplication Right = "CustomizeApplication" // create fields and permission sets
	ViewSetup            Right = "ViewSetup"            // see /limits
	EditConvertedLeads   Right = "EditConvertedLeads"   // write to converted leads; off unless granted
)

func newAccess() access {
	return access{granted: map[string]map[string]level{}, hidden: map[string]level{}, open: map[string]bool{},
		rights: map[Right]bool{CustomizeApplication: true, ViewSetup: true}}
}

// regrant works out the permission sets anew. It is called with Sandbox.mu held for writing.
func (s *Sandbox) regrant() {
	s.access.granted = map[string]map[string]level{}
	users := map[string][]string{} // by permission set
	for _, r := range s.objects["permissionsetassignment"].rows {
		set := r.text("PermissionSetId")
		users[set] = append(users[set], r.text("AssigneeId"))
	}
	give := func(set, what string, to level) {
		for _, u := range users[set] {
			if s.access.granted[u] == nil {
				s.access.granted[u] = map[string]level{}
			}
			key := strings.ToLower(what)
			s.access.granted[u][key] = max(s.access.granted[u][key], to)
		}
	}
	grant := func(r *row, what string) {
		to := none
		if r.truth("PermissionsRead") {
			to = read
		}
		if r.truth("PermissionsEdit") {
			to = edit
		}
		give(r.text("ParentId"), what, to)
	}
	for _, r := range s.objects["permissionset"].rows {
		for permission, object := range map[string]string{"PermissionsEditTask": "task", "PermissionsEditEvent": "event"} {
			if r.truth(permission) { // activity has no permissions of its object
				give(r.id, object, edit)
			}
		}
	}
	for _, r := range s.objects["fieldpermissions"].rows {
		grant(r, r.text("Field"))
	}
	for _, r := range s.objects["objectpermissions"].rows {
		grant(r, r.text("SobjectType"))
	}
}

// viewer is the org as one user sees it. It is used with Sandbox.mu held.
type viewer struct {
	s    *Sandbox
	user string
	all  bool // the platform itself, from which nothing is hidden
}

// object finds an object that the user may see.
func (v viewer) object(name string) *object {
	o := v.s.objects[strings.ToLower(name)]
	if o == nil || v.objectLevel(o) == none {
		return nil
	}
	return o
}

func (v viewer) objectLevel(o *object) level {
	key := strings.ToLower(cmp.Or(o.tracks, o.name)) // who may not see a record does not see what it was
	left, limited := v.s.access.hidden[key]
	if v.all || !limited {
		return edit
	}
	return max(left, v.s.access.granted[v.user][key])
}

// level is the user's access to a field.
func (v viewer) level(f *field) level {
	if f.mirrors != nil {
		return min(read, v.level(f.mirrors))
	}
	if v.all || f.system != nil || f.required && !f.custom() {
		return edit
	}
	if !f.custom() && len(v.s.access.hidden) == 0 {
		return edit
	}
	granted := v.s.access.granted[v.user][f.key]
	if f.custom() && !v.s.access.open[f.key] {
		return granted
	}
	if left, limited := v.s.access.hidden[f.key]; limited {
		return max(left, granted)
	}
	return edit
}

func (f *field) custom() bool {
	return strings.HasSuffix(f.Name, "__c") || strings.HasSuffix(f.Name, "__pc")
}

// field finds a field that the user may see.
func (v viewer) field(o *object, name string) *field {
	f := o.find(name)
	if f == nil || v.level(f) == none {
		return nil
	}
	return f
}

// fields are the fields the user may see, in the order of describe.
func (v viewer) fields(o *object) []*field {
	var out []*field
	for _, f := range o.fields {
		if o.find(f.Name) == f && v.level(f) != none {
			out = append(out, f)
		}
	}
	return out
}

// Object makes viewer a soql.Schema.
func (v viewer) Object(name string) soql.Object {
	if o := v.object(name); o != nil {
		return seen{v, o}
	}
	return nil
}

// seen is an object as one user sees it.
type seen struct {
	v viewer
	o *object
}

// Name is the object's.
func (x seen) Name() string { return x.o.name }

// Field finds a visible field.
func (x seen) Field(name string) *soql.Field {
	if f := x.v.field(x.o, name); f != nil {
		return &f.Field
	}
	return nil
}

// Fields lists the visible fields.
func (x seen) Fields() []*soql.Field {
	var out []*soql.Field
	for _, f := range x.v.fields(x.o) {
		out = append(out, &f.Field)
	}
	return out
}

// Child finds the children of a relationship.
func (x seen) Child(relationship string) (string, string) {
	for _, o := range x.v.s.order {
		if x.v.object(o.name) == nil {
			continue
		}
		for _, f := range x.v.fields(o) {
			if strings.EqualFold(f.child, relationship) && f.refersTo(x.o.name) {
				return o.name, f.Name
			}
		}
	}
	return "", ""
}

func (f *field) refersTo(object string) bool {
	for _, t := range f.Targets {
		if t == object {
			return true
		}
	}
	return false
}
