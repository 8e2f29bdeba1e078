package salesforce

import "strings"

// permitted holds writes of permission sets and their parts to their own rules.
func (t *tx) permitted(r *row, c changes, after func(*field) any, creating bool) *rowError {
	text := func(name string) string { return plainText(after(r.o.must(name))) }
	var key []string // the fields that together may stand once
	switch r.o.name {
	case "PermissionSet":
		key = []string{"Name"}
	case "PermissionSetAssignment":
		key = []string{"PermissionSetId", "AssigneeId"}
	case "ObjectPermissions":
		key = []string{"ParentId", "SobjectType"}
	case "FieldPermissions":
		key = []string{"ParentId", "Field"}
	default:
		return nil
	}
	if !t.s.access.rights[CustomizeApplication] {
		return refuse("INSUFFICIENT_ACCESS_OR_READONLY", nil, "insufficient access rights on object id")
	}
	if r.o.name == "FieldPermissions" {
		if err := t.permissible(text("SobjectType"), text("Field")); err != nil {
			return err
		}
		if read, ok := after(r.o.must("PermissionsRead")).(bool); ok && !read && after(r.o.must("PermissionsEdit")) == true {
			return refuse("FIELD_INTEGRITY_EXCEPTION", []string{"PermissionsEdit"}, "Field permissions: edit needs read")
		}
	}
	if !creating && !touches(r, c, key) {
		return nil
	}
	for _, other := range r.o.live(r.o.must(key[0]), text(key[0])) {
		if other != r && (len(key) == 1 || strings.EqualFold(other.text(key[1]), text(key[1]))) {
			code := "DUPLICATE_VALUE"
			if r.o.name == "PermissionSet" {
				code = "DUPLICATE_DEVELOPER_NAME"
			}
			return refuse(code, []string{key[0]}, "duplicate value found: %s duplicates value on record with id: %s", strings.Join(key, ", "), other.id[:15])
		}
	}
	return nil
}

func touches(r *row, c changes, names []string) bool {
	for _, name := range names {
		if _, ok := c[r.o.must(name)]; ok {
			return true
		}
	}
	return false
}

// permissible refuses permissions for a field that is not there, or that nobody can be kept from.
func (t *tx) permissible(object, name string) *rowError {
	of, fieldName, _ := strings.Cut(name, ".")
	o := t.s.objects[strings.ToLower(object)]
	if o == nil || !strings.EqualFold(of, object) || o.find(fieldName) == nil {
		return refuse("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", []string{"Field"}, "Field Name: bad value for restricted picklist field: %s", name)
	}
	if f := o.find(fieldName); f.system != nil || f.required {
		return refuse("FIELD_INTEGRITY_EXCEPTION", []string{"Field"}, "You cannot deploy to a required field: %s", name)
	}
	return nil
}
