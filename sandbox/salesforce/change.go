package salesforce

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/bareme/bareme/sandbox/salesforce/soql"
)

// changes are the values a write sets, by field.
type changes map[*field]any

// plainText is a value of a request as text.
func plainText(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case json.Number:
		return x.String()
	case bool:
		return fmt.Sprint(x)
	}
	return ""
}

// changes reads the values of an input; r is nil for a record to be made. The result is an error, or empty.
func (t *tx) changes(w saving, o *object, r *row, values map[string]any) (changes, result) {
	out := changes{}
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	sort.Strings(names) // so that of two mistakes always the same is told
	for _, name := range names {
		f, raw, bad := t.resolve(w, o, name, values[name])
		if bad.err != nil {
			return nil, bad
		}
		if f == nil {
			continue
		}
		if err := w.writable(f, r == nil); err != nil {
			return nil, result{err: err}
		}
		v, err, unreadable := f.coerce(raw)
		if err != nil {
			return nil, result{err: err, unreadable: unreadable}
		}
		if err := t.refersWell(f, v); err != nil {
			return nil, result{err: err}
		}
		out[f] = v
	}
	return out, result{}
}

// resolve finds the field a name means. A dotted column, or a nested object, names a record by one of its values.
func (t *tx) resolve(w saving, o *object, name string, raw any) (*field, any, result) {
	if strings.EqualFold(name, "attributes") || strings.EqualFold(name, "id") {
		return nil, nil, result{}
	}
	relationship, column, dotted := strings.Cut(name, ".")
	nested, isMap := raw.(map[string]any)
	if !dotted && !isMap {
		f := w.viewer.field(o, name)
		if f == nil {
			return nil, nil, result{err: noSuchColumn(name, o.name), unreadable: true}
		}
		return f, raw, result{}
	}
	if dotted {
		nested = map[string]any{column: raw}
	}
	return t.resolveParent(w, o, relationship, nested)
}

func (t *tx) resolveParent(w saving, o *object, relationship string, by map[string]any) (*field, any, result) {
	kind, column, polymorphic := strings.Cut(relationship, ":") // Bulk: Lead:Who.Ext__c
	if polymorphic {
		kind, relationship = relationship[:len(kind)], column
	} else {
		kind = ""
	}
	i := slices.IndexFunc(o.fields, func(f *field) bool { return strings.EqualFold(f.Relationship, relationship) && f.Relationship != "" })
	if i < 0 || w.viewer.level(o.fields[i]) == none {
		return nil, nil, result{err: noSuchColumn(relationship, o.name), unreadable: true}
	}
	f := o.fields[i]
	for name, raw := range by {
		if strings.EqualFold(name, "attributes") {
			continue
		}
		value := plainText(raw)
		if value == "" {
			return f, nil, result{}
		}
		id, err := t.named(w, f, kind, name, value)
		return f, id, result{err: err}
	}
	return nil, nil, result{}
}

// named is the id of the record of which a lookup field has a value.
func (t *tx) named(w saving, f *field, kind, column, value string) (any, *rowError) {
	for _, target := range f.Targets {
		o := w.viewer.object(target)
		if o == nil || kind != "" && !strings.EqualFold(kind, target) {
			continue
		}
		by := w.viewer.field(o, column)
		if by == nil || !by.lookup && !by.externalID {
			continue
		}
		switch found := o.live(by, value); len(found) {
		case 0:
		case 1:
			return found[0].id, nil
		default:
			return nil, refuse("INVALID_FIELD", nil, "More than one record found for external id field: %s", by.Name)
		}
	}
	return nil, refuse("INVALID_FIELD", nil, "Foreign key external ID: %s not found for field %s in entity %s", strings.ToLower(value), column, f.Targets[0])
}

// writable says whether the user may set a field.
func (w saving) writable(f *field, creating bool) *rowError {
	if !f.readOnly && (creating || !f.createOnly) && w.viewer.level(f) == edit || w.viewer.all {
		return nil
	}
	return refuse("INVALID_FIELD_FOR_INSERT_UPDATE", []string{f.Name}, "Unable to create/update fields: %s. Please check the security settings "+
		"of this field and verify that it is read/write for your profile or permission set.", f.Name)
}

// refersWell checks a reference: the record must be there and of the right kind.
func (t *tx) refersWell(f *field, v any) *rowError {
	id, _ := v.(string)
	if f.Kind != soql.ID || id == "" {
		return nil
	}
	for _, target := range f.Targets {
		to := t.s.objects[strings.ToLower(target)]
		if to == nil || !strings.HasPrefix(id, to.prefix) {
			continue
		}
		if r := to.byID[id]; r == nil {
			return refuse("INVALID_CROSS_REFERENCE_KEY", []string{f.Name}, "invalid cross reference id")
		} else if r.deleted {
			return refuse("ENTITY_IS_DELETED", []string{f.Name}, "entity is deleted")
		}
		return nil
	}
	return malformedID(f.Name, id)
}

// defaults fills what a new record has without being told.
func (t *tx) defaults(r *row, c changes) {
	for _, f := range r.o.fields {
		if _, given := c[f]; given || f.place < 0 {
			continue
		}
		switch {
		case f.defaultTo != "":
			c[f] = f.defaultTo
		case f.Kind == soql.Bool && !f.calculated:
			c[f] = false
		case f.Name == "OwnerId":
			c[f] = r.createdBy
		}
	}
}
