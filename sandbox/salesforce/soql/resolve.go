package soql

import (
	"slices"
	"strings"
)

// deepestPath is how many relationships a path may cross.
const deepestPath = 5

// getter is what a path leads to from a row; nil for no value.
type getter func(*run, Row) any

// column is a resolved path or function of one.
type column struct {
	names []string // of the way, in their proper case: ["Account", "Name"]
	field *Field   // at its end; nil for a polymorphic parent's Type
	kind  Kind
	get   getter
	way   []hop // the relationships it crosses
}

// hop is one step to a parent.
type hop struct {
	name        string // of the relationship
	reference   *Field // the field that holds the parent's id
	polymorphic bool
}

func (c column) path() string { return strings.Join(c.names, ".") }

// resolver finds the paths of one query.
type resolver struct {
	text   string
	schema Schema
	object Object
	alias  string
}

// path resolves "Account.Owner.Name". A leading name or alias of the object itself is dropped.
func (r *resolver) path(pos int, path string) (column, *Error) {
	parts := strings.Split(path, ".")
	if len(parts) > 1 && r.isSelf(parts[0]) {
		parts = parts[1:]
	}
	if len(parts)-1 > deepestPath {
		return column{}, at(r.text, pos, InvalidField, "relationship path '%s' is too long: the maximum is %d relationships", path, deepestPath)
	}
	return r.from(r.object, pos, parts)
}

func (r *resolver) isSelf(name string) bool {
	if strings.EqualFold(name, r.alias) {
		return true
	}
	if !strings.EqualFold(name, r.object.Name()) {
		return false
	}
	return relationship(r.object, name) == nil // Account.Name of Account is its own name, unless it has a parent so called
}

func relationship(o Object, name string) *Field {
	for _, f := range o.Fields() {
		if f.Relationship != "" && strings.EqualFold(f.Relationship, name) {
			return f
		}
	}
	return nil
}

func (r *resolver) from(o Object, pos int, parts []string) (column, *Error) {
	if len(parts) == 1 {
		f := o.Field(parts[0])
		if f == nil {
			return column{}, at(r.text, pos, InvalidField, "No such column '%s' on entity '%s'. %s", parts[0], o.Name(), fieldAdvice)
		}
		return column{names: []string{f.Name}, field: f, kind: f.Kind, get: valueOf(f)}, nil
	}
	ref := relationship(o, parts[0])
	if ref == nil {
		return column{}, at(r.text, pos, InvalidField, "Didn't understand relationship '%s' in field path. %s", parts[0], relationshipAdvice)
	}
	if len(ref.Targets) > 1 {
		return r.polymorphic(ref, pos, parts[1:])
	}
	var parent Object
	if len(ref.Targets) == 1 {
		parent = r.schema.Object(ref.Targets[0])
	}
	if parent == nil {
		return column{}, at(r.text, pos, InvalidField, "Didn't understand relationship '%s' in field path. %s", parts[0], relationshipAdvice)
	}
	c, err := r.from(parent, pos, parts[1:])
	if err != nil {
		return column{}, err
	}
	inner := c.get
	c.get = func(run *run, row Row) any {
		if _, up := run.parent(ref, row); up != nil {
			return inner(run, up)
		}
		return nil
	}
	return c.below(ref, false), nil
}

// polymorphic resolves a path over a reference to several objects: the field of each that has it, or the object's name.
func (r *resolver) polymorphic(ref *Field, pos int, parts []string) (column, *Error) {
	if len(parts) == 1 && strings.EqualFold(parts[0], "Type") {
		c := column{names: []string{"Type"}, kind: Text, get: func(run *run, row Row) any {
			if object, up := run.parent(ref, row); up != nil {
				return object
			}
			return nil
		}}
		return c.below(ref, true), nil
	}
	found, inner := column{}, map[string]getter{}
	var last *Error
	for _, target := range ref.Targets {
		o := r.schema.Object(target)
		if o == nil {
			continue
		}
		c, err := r.from(o, pos, parts)
		if err != nil {
			last = err
			continue
		}
		if inner[o.Name()] = c.get; found.get == nil {
			found = c
		}
	}
	if found.get == nil {
		if last == nil {
			last = at(r.text, pos, InvalidField, "Didn't understand relationship '%s' in field path. %s", ref.Relationship, relationshipAdvice)
		}
		return column{}, last
	}
	found.get = func(run *run, row Row) any {
		object, up := run.parent(ref, row)
		if get := inner[object]; up != nil && get != nil {
			return get(run, up)
		}
		return nil
	}
	return found.below(ref, true), nil
}

// below puts a relationship before the path of a column.
func (c column) below(ref *Field, polymorphic bool) column {
	c.names = slices.Insert(c.names, 0, ref.Relationship)
	c.way = slices.Insert(c.way, 0, hop{name: ref.Relationship, reference: ref, polymorphic: polymorphic})
	return c
}

func valueOf(f *Field) getter {
	return func(_ *run, row Row) any { return present(row.Value(f)) }
}

// present makes nil of an empty text: Salesforce does not tell the two apart.
func present(v any) any {
	if s, ok := v.(string); ok && s == "" {
		return nil
	}
	return v
}
