package crmtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/nearest"
)

// Account implements crm.Connector.
func (m *Memory) Account(ctx context.Context) (crm.Account, error) {
	err := m.request(ctx, "account", "read account", "", func() {})
	if err != nil {
		return crm.Account{}, err
	}
	return crm.Account{ID: cmp.Or(m.AccountID, "memory"), TimeZone: "Europe/Paris", Currency: "EUR"}, nil
}

// Check implements crm.Connector.
func (m *Memory) Check(ctx context.Context, need crm.Need) error {
	if err := m.request(ctx, "account", "check", "", func() {}); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []error
	each := func(what string, fields map[string][]string, check func(t *table, op, object, name string) error) {
		for _, object := range slices.Sorted(maps.Keys(fields)) {
			t := m.objects[object]
			if object == crm.Owners {
				continue // not an object with fields of its own
			}
			if t == nil {
				found = append(found, &crm.Error{Kind: crm.ErrInvalid, Op: what + object, Object: object,
					Message: "this CRM has no such object", Hint: "It has " + strings.Join(m.objectNames(), ", ")})
				continue
			}
			for _, name := range fields[object] {
				if err := check(t, what+object, object, name); err != nil {
					found = append(found, err)
				}
			}
		}
	}
	each("read ", need.Read, (*table).checkKnown)
	each("write ", need.Write, (*table).checkWritable)
	return errors.Join(found...)
}

func (t *table) checkKnown(op, object, name string) error {
	if _, ok := t.schema[name]; !ok {
		return t.unknownField(op, object, name)
	}
	return nil
}

// Describe implements crm.Connector.
func (m *Memory) Describe(ctx context.Context, object string) (crm.Schema, error) {
	if err := m.checkQuery(crm.Query{Object: object}, nil); err != nil {
		return crm.Schema{}, err
	}
	s := crm.Schema{Object: object}
	err := m.request(ctx, "schema", "describe "+object, object, func() {
		s.Fields = slices.Collect(maps.Values(m.table(object).schema))
	})
	for i := range s.Fields {
		s.Fields[i].Options = slices.Clone(s.Fields[i].Options)
	}
	slices.SortFunc(s.Fields, func(a, b crm.Field) int { return strings.Compare(a.Name, b.Name) })
	return s, err
}

// Owners implements crm.OwnerLister.
func (m *Memory) Owners(ctx context.Context) ([]crm.Owner, error) {
	var out []crm.Owner
	err := m.request(ctx, "owners", "list owners", crm.Owners, func() { out = slices.Clone(m.owners) })
	return out, err
}

// Provision implements crm.Provisioner.
func (m *Memory) Provision(ctx context.Context, object string, fields []crm.Field) ([]crm.Provisioned, error) {
	op := "provision " + object
	if err := m.checkQuery(crm.Query{Object: object}, []string{crm.People, crm.Companies}); err != nil {
		return nil, err
	}
	var err error
	if e := m.request(ctx, "schema", op, object, func() { err = m.table(object).checkTypes(op, object, fields) }); e != nil {
		return nil, e
	}
	if err != nil {
		return nil, err
	}
	out := make([]crm.Provisioned, 0, len(fields))
	for _, f := range fields {
		m.mu.Lock()
		action, after := m.table(object).plan(f)
		m.mu.Unlock()
		if action != "already there" {
			err := m.request(ctx, "schema", op, object, func() {
				t := m.table(object)
				t.schema[f.Name] = after
				delete(t.archived, f.Name)
			})
			if err != nil {
				return out, err
			}
		}
		out = append(out, crm.Provisioned{Field: f.Name, Action: action})
	}
	return out, nil
}

// checkTypes finds the fields that exist with another type.
func (t *table) checkTypes(op, object string, fields []crm.Field) error {
	var found []error
	for _, f := range fields {
		have, ok := t.schema[f.Name]
		if !ok {
			have, ok = t.archived[f.Name]
		}
		if ok && have.Type != f.Type {
			found = append(found, &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: object, Field: f.Name,
				Message: fmt.Sprintf("the field exists with type %s, not %s", have.Type, f.Type), Hint: "Choose another name or remove the field in the CRM"})
		}
	}
	return errors.Join(found...)
}

// plan says what Provision must do about a field and how it looks afterwards.
func (t *table) plan(f crm.Field) (action string, after crm.Field) {
	have, ok := t.schema[f.Name]
	if old, archived := t.archived[f.Name]; !ok && archived {
		return "restored", withOptions(old, f.Options)
	}
	if !ok {
		f.Label, f.Writable = cmp.Or(f.Label, f.Name), true
		f.Options = slices.Clone(f.Options)
		return "created", f
	}
	after = withOptions(have, f.Options)
	if len(after.Options) > len(have.Options) {
		return "options added", after
	}
	return "already there", have
}

func withOptions(f crm.Field, options []crm.Option) crm.Field {
	f.Options = slices.Clone(f.Options)
	for _, o := range options {
		if !hasOption(f.Options, o.Value) {
			f.Options = append(f.Options, o)
		}
	}
	return f
}

func (t *table) unknownField(op, object, name string) error {
	hint := ""
	if near := nearest.Name(name, slices.Sorted(maps.Keys(t.schema))); near != "" {
		hint = fmt.Sprintf("The closest is %q", near)
	}
	return &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: object, Field: name, Message: "there is no such field", Hint: hint}
}
